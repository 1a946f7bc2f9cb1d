import type { Ref } from '../kube/object.ts';
import type { NodeDevice } from '../model/topology.ts';
import type { DeviceTrouble, VfOffer } from '../providers/device-claims.ts';

/** A device of a node, and where that is told. */
export type DeviceFacts = {
  device: NodeDevice;
  ref: Ref;
  path: string;
  mtu?: number;
  up?: boolean;
  altNames?: string[];
};

/** `complete`: the object that lists every link of the node; without one a link that is not listed may still be there. */
export type LinkFacts = { devices: readonly DeviceFacts[]; complete?: Ref };

export type TroubleFacts = DeviceTrouble & { node: string; ref: Ref };

/** The part of the world that is about devices of nodes. */
export type DeviceWorld = {
  nodeDevices: (node: string) => LinkFacts;
  /** What of the node's network did not come about; of no node (''): what no single node says. */
  deviceTroubles: (node: string) => readonly TroubleFacts[];
  /** Nodes that report a link of this name; at most 50. */
  nodesWithLink: (link: string) => readonly string[];
  /** Some node reports all of its links. */
  linksKnown: () => boolean;
  /** Objects that make VFs for a resource (bare of its prefix); the empty one: node states, whatever they make. */
  vfOffers: (resource: string) => readonly VfOffer[];
};
