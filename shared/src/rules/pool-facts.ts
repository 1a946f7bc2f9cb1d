import type { Pool } from '../model/topology.ts';
import type { Cidr } from '../net/cidr.ts';
import type { BridgeClaim } from '../providers/bridge-claims.ts';
import type { NetworkKindClaim } from '../providers/network-kind-claims.ts';
import type { EnforcerClaim, PolicyClaim } from '../providers/policy-claims.ts';
import type {
  AllocationClaim,
  IpamClaimClaim,
  NamespacePoolClaim,
  PoolClaim,
  ReservationClaim,
  SliceClaim,
} from '../providers/pool-claims.ts';
import type { NetworkFacts, WorkloadFacts } from './rule.ts';

/** `free`: how many addresses its networks may still give; null where no network says how far it reaches. */
export type PoolFacts = { pool: Pool; claim: PoolClaim; networks: readonly NetworkFacts[]; free: bigint | null };

/**
 * Whether the pod that an address is allocated to still has it. `absent`: there is no such pod; `finished`: it has ended and its
 * sandbox is gone or going; `other-address`: its interface has another one; `unknown`: pods may not be read.
 */
export type Keeper = 'live' | 'absent' | 'finished' | 'other-address' | 'unknown';

export type AllocationFacts = {
  pool: Pick<PoolClaim, 'id' | 'provider' | 'ref' | 'name' | 'range'>;
  allocation: AllocationClaim;
  keeper: Keeper;
};

export type ReservationFacts = {
  reservation: ReservationClaim;
  /** Pools in which the address is allocated. */
  pools: readonly string[];
  keeper: Keeper;
};

export type PolicyFacts = {
  policy: PolicyClaim;
  networks: readonly { name: string; facts: NetworkFacts | undefined }[];
  /** Some pod of the namespace has the labels. */
  matching: boolean;
  /** And one of those is plugged into one of the networks. */
  acts: boolean;
};

export type NodeRange = { node: string; cidr: Cidr; what: 'pods' | 'node' };

/** What a rule may look up about addresses and policies; tracked like all of `World`. */
export type AddressWorld = {
  workload: (id: string) => WorkloadFacts | undefined;
  pool: (id: string) => PoolFacts | undefined;
  /** How many addresses of a pool no living pod holds. */
  staleIn: (pool: string) => number;
  /** Pools by the key that networks name. */
  poolsOf: (key: string) => readonly string[];
  /** Aliases of the networks that draw on the pools of a key, sorted. */
  drawersOf: (key: string) => readonly string[];
  /** Ids of the pools that have allocated an address (canonical text). */
  poolsWith: (ip: string) => readonly string[];
  /** Tracked like all. */
  namespacePool: (namespace: string) => NamespacePoolClaim | undefined;
  /** Bridges that objects want on nodes, by object. */
  bridges: () => readonly BridgeClaim[];
  /** Kinds of which every object is a network. */
  networkKinds: () => readonly NetworkKindClaim[];
  slicesOf: (name: string) => SliceClaim | undefined;
  /** By `ns/name`. */
  ipamClaim: (key: string) => IpamClaimClaim | undefined;
  /** Networks on a segment with ranges near this one, the first of them where there are many. */
  segment: (key: string, near: Cidr) => readonly NetworkFacts[];
  /** Ranges and addresses of nodes around a range: look for those that overlap. */
  near: (cidr: Cidr) => readonly NodeRange[];
  enforcers: () => readonly EnforcerClaim[];
};
