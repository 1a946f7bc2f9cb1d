import type { Ref } from '../kube/object.ts';
import type { Cidr } from '../net/cidr.ts';

/** A range of addresses and who holds which, as its object says. */
export type PoolClaim = {
  id: string;
  ref: Ref;
  name: string;
  namespace?: string;
  /** The key by which networks name it. */
  key: string;
  range: string;
  subnet?: Cidr;
  allocations: AllocationClaim[];
};

export type AllocationClaim = {
  /** Canonical. */
  ip: string;
  /** Decimal offset from the network address: its key in the pool's object. */
  key: string;
  /** `ns/name`, as written. */
  podRef?: string;
  interface?: string;
};

/** One address held cluster-wide, whatever pool it is from. `ips`: what the object's name can be read as. */
export type ReservationClaim = { ref: Ref; ips: string[]; podRef?: string; interface?: string };

/** A range cut into one slice a node. `pool`: names that the pool of the slice may have. */
export type SliceClaim = {
  ref: Ref;
  name: string;
  range: string;
  slices: { node: string; range: string; pools: string[] }[];
  /** Slices that no node has yet. */
  free: number;
};

export type IpamClaimClaim = {
  ref: Ref;
  /** `ns/name` */
  key: string;
  /** The CNI network's name, not that of the NAD. */
  network: string;
  interface?: string;
  ips: string[];
  owner?: string;
};

/**
 * `key` names the layer 2 that an interface lands on (`eth1/10`: master and VLAN). `perNode`: each node has one of its own, the
 * nodes' do not meet (a bridge without uplink).
 */
export type Segment = { key: string; perNode: boolean };
