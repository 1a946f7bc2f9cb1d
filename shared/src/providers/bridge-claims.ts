import type { Ref } from '../kube/object.ts';
import type { Selector } from './policy-claims.ts';

/** A bridge for pod interfaces that an object wants on the nodes that it selects. */
export type BridgeClaim = {
  ref: Ref;
  path: string;
  /** ms since the epoch */
  createdAt: number;
  /** Of nodes. */
  nodes: Selector;
  name: string;
  /** Interfaces of the node that it leads out by. `vlans`: those that may pass, first and last of each range; absent: all. */
  uplinks: { device: string; vlans?: [first: number, last: number][] }[];
};
