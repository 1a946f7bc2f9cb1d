import type { Ref } from '../kube/object.ts';
import type { Condition } from '../model/topology.ts';
import type { Cidr } from '../net/cidr.ts';
import type { Selector } from './policy-claims.ts';

/** A range of addresses and who holds which, as its object says. */
export type PoolClaim = {
  id: string;
  /** Id of the provider that says so. */
  provider: string;
  ref: Ref;
  name: string;
  namespace?: string;
  /** The key by which networks name it. */
  key: string;
  range: string;
  subnet?: Cidr;
  allocations: AllocationClaim[];
  /**
   * How many addresses it has, and how many of them are taken, as decimal numbers, where its own object tells; else that follows from
   * the networks that draw on it. Without `used` its allocations and shares are all that is taken.
   */
  size?: { total: string; used?: string };
  /** Nothing is given out of it any more. */
  disabled?: true;
  /**
   * Who may have addresses of it, where it says: pods of these namespaces and nodes, by name or by labels, pods with these labels, and
   * attachments to these definitions (`ns/name`, or a bare name).
   */
  only?: {
    namespaces?: string[];
    namespaceLabels?: Selector;
    nodes?: string[];
    nodeLabels?: Selector;
    podLabels?: Selector;
    definitions?: string[];
  };
  /** What the networks that draw on it have from it. */
  lends?: { subnets: string[]; gateways: string[]; vlan?: number };
};

/** Blocks of a pool that a node holds, as CIDRs, whoever uses their addresses there. `pool`: the key of the pool. */
export type PoolShareClaim = { pool: string; ref: Ref; node: string; blocks: string[] };

export type AllocationClaim = {
  /** Canonical. */
  ip: string;
  /** Decimal offset from the network address, by which whereabouts keeps it; of others where it stands in their list. */
  key: string;
  /** `ns/name`, as written. */
  podRef?: string;
  interface?: string;
};

/** Pools that pods of a namespace get addresses from unless they say otherwise, by name. */
export type NamespacePoolClaim = { namespace: string; ref: Ref; path: string; pools: string[] };

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
  conditions?: Condition[];
};

/**
 * `key` names the layer 2 that an interface lands on (`eth1/10`: master and VLAN). `perNode`: each node has one of its own, the
 * nodes' do not meet (a bridge without uplink).
 */
export type Segment = { key: string; perNode: boolean };
