import type { Ref } from '../kube/object.ts';
import type { Uplink } from '../model/topology.ts';

/** An object that networks stand on without being it: a VLAN, a physical network, the installation of a plugin. Found by `key`. */
export type PartClaim = {
  key: string;
  ref: Ref;
  name: string;
  /** The key of what it stands on in turn. */
  on?: string;
  /** What the networks that stand on it have from it. */
  vlan?: number;
  uplinks?: Uplink[];
  /** A setting of it that decides how networks behave, as written. */
  mode?: string;
  /** What it has of networks, by their names. */
  holds?: string[];
  /** What is wrong with it everywhere. */
  trouble?: PartTrouble;
  /** Nodes on which it did not come about. */
  failedOn?: (PartTrouble & { node: string })[];
};

export type PartTrouble = { path: string; message: string };
