import type { Ref } from '../kube/object.ts';
import type { Condition, NodeDevice } from '../model/topology.ts';

/** A device of a node as one object tells it. `path`: where, in that object. */
export type DeviceClaim = Omit<NodeDevice, 'provider'> & {
  path: string;
  mtu?: number;
  /** Set where the object tells whether the link is up. */
  up?: boolean;
  /** Other names of the same link. */
  altNames?: string[];
};

/** What one object tells of the devices of one node. */
export type NodeDeviceReport = {
  node: string;
  ref: Ref;
  /** Every link of the node is listed, but for those that belong to pods: what is not there does not exist. */
  complete: boolean;
  devices: DeviceClaim[];
  /** That something which was wanted of the node's network did not come about. */
  trouble?: DeviceTrouble;
};

/** `kind` is the cause (a slug), `path` where the object says so. */
export type DeviceTrouble = { kind: string; path: string; condition: Condition; about: string };

/** A resource that an object makes devices of, bare of its prefix; without a node, one that is only wished for. */
export type VfOffer = { resource: string; node?: string; ref: Ref; path: string };
