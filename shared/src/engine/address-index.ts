import { type GroupKind, kindKey } from '../kube/watched-kind.ts';
import { aliasKey, objectKey } from '../model/ids.ts';
import { type Cidr, toCidr, toIpOrCidr } from '../net/cidr.ts';
import type { BridgeClaim } from '../providers/bridge-claims.ts';
import type { NetworkKindClaim } from '../providers/network-kind-claims.ts';
import type {
  AllocationClaim,
  IpamClaimClaim,
  NamespacePoolClaim,
  PoolClaim,
  PoolShareClaim,
  ReservationClaim,
  SliceClaim,
} from '../providers/pool-claims.ts';
import type { Claims, NetworkClaim, NodeClaim } from '../providers/provider.ts';
import { sliceKey } from '../providers/whereabouts.ts';
import { isEqual } from './equal.ts';
import { createMultiMap } from './multimap.ts';
import { createSorted } from './sorted-map.ts';
import type { Tracker } from './tracker.ts';

export type NodeRange = { node: string; cidr: Cidr; what: 'pods' | 'node' };

const allocationKey = (pool: string, ip: string): string => `${pool}#${ip}`;

/** Bits of a bucket. Nodes have many ranges in one block of addresses, networks of a segment each their own. */
type Grain = { 4: number; 6: number };
const nodeGrain: Grain = { 4: 16, 6: 48 };
const networkGrain: Grain = { 4: 24, 6: 64 };
const spread = 8;

/** Ranges meet in buckets: a range reads those that it touches. One wider than 256 of them is in the bucket `wide` alone. */
function bucketsOf({ family, network, prefixLength }: Cidr, grain: Grain): string[] {
  const missing = grain[family] - Math.min(grain[family], prefixLength);
  if (missing > spread) return [`${family}:wide`];
  const first = network.value >> BigInt((family === 4 ? 32 : 128) - grain[family]);
  return Array.from({ length: 2 ** missing }, (_, at) => `${family}:${first + BigInt(at)}`);
}

const segmentKeys = (segment: string, ranges: readonly { subnet: Cidr }[]): string[] => [
  ...new Set(ranges.flatMap(({ subnet }) => bucketsOf(subnet, networkGrain)).map((bucket) => `${segment}|${bucket}`)),
];

const isSame = (a: AllocationClaim | undefined, b: AllocationClaim | undefined): boolean =>
  a?.ip === b?.ip && a?.podRef === b?.podRef && a?.interface === b?.interface;

/** Pools, what they hold, who draws on them, and the ranges of nodes: the part of the store that addresses meet in. */
export function createAddressIndex(tracker: Tracker, dirtyAliases: Set<string>) {
  const pools = new Map<string, PoolClaim>();
  const allocations = new Map<string, ReadonlyMap<string, AllocationClaim>>();
  const poolsByIp = createMultiMap<string, string>();
  const poolsByKey = createMultiMap<string, string>();
  const networksByPool = createSorted();
  /** Pool key -> keys of the objects that hold blocks of it. */
  const sharesByPool = createMultiMap<string, string>();
  const shares = new Map<string, readonly PoolShareClaim[]>();
  const slicePools = createMultiMap<string, string>();
  const slices = new Map<string, SliceClaim>();
  const slicesByName = createMultiMap<string, string>();
  const reservations = new Map<string, ReservationClaim>();
  const ipamClaims = new Map<string, IpamClaimClaim>();
  const bridges = new Map<string, readonly BridgeClaim[]>();
  const networkKinds = new Map<string, readonly NetworkKindClaim[]>();
  /** Kinds of objects that began or ceased to be networks, or whose conditions changed. */
  const changedKinds = new Set<string>();
  const namespacePools = new Map<string, NamespacePoolClaim>();
  const segments = createSorted();
  const nodeRanges = new Map<string, Map<string, NodeRange>>();

  /** Aliases of the networks that draw on a pool, by its key. Tracked. */
  const networksOf = (key: string): readonly string[] => {
    tracker.read(`drawn:${key}`);
    if (!slicePools.has(key)) return networksByPool.get(key);
    const found = new Set(networksByPool.get(key));
    for (const slice of slicePools.get(key)) {
      tracker.read(`drawn:${slice}`);
      for (const alias of networksByPool.get(slice)) found.add(alias);
    }
    return [...found].sort();
  };

  /** Only what changed of a pool is looked at again: most of its addresses stay as they are. */
  const indexPool = (before: PoolClaim | undefined, after: PoolClaim | undefined) => {
    const pool = after ?? before;
    if (!pool) return;
    const { id, key } = pool;
    const old = allocations.get(id) ?? new Map<string, AllocationClaim>();
    const fresh = new Map((after?.allocations ?? []).map((item) => [item.ip, item]));
    const same = isEqual(before?.ref, after?.ref);
    for (const ip of new Set([...old.keys(), ...fresh.keys()])) {
      if (same && isSame(old.get(ip), fresh.get(ip))) continue;
      poolsByIp[fresh.has(ip) ? 'add' : 'delete'](ip, id);
      tracker.mark('allocation', allocationKey(id, ip));
      tracker.touch(`allocated:${ip}`);
    }
    if (after) {
      pools.set(id, after);
      allocations.set(id, fresh);
    } else {
      pools.delete(id);
      allocations.delete(id);
    }
    poolsByKey[after ? 'add' : 'delete'](key, id);
    if (!before || !after) tracker.touch(`pools-of:${key}`);
    if (!before || !after || !isEqual(before.lends, after.lends)) {
      for (const alias of networksOf(key)) dirtyAliases.add(alias);
    }
    tracker.touch(`pool-claim:${id}`);
    tracker.mark('pool', id);
  };

  const indexNetwork = (claim: NetworkClaim, on: boolean) => {
    const edit = on ? 'add' : 'delete';
    for (const alias of claim.aliases.slice(0, 1).map(aliasKey)) {
      for (const key of claim.poolKeys ?? []) {
        networksByPool[edit](key, alias);
        tracker.touch(`drawn:${key}`);
      }
      for (const key of claim.segment ? segmentKeys(claim.segment.key, claim.ipam?.ranges ?? []) : []) {
        segments[edit](key, alias);
        tracker.touch(`segment:${key}`);
      }
    }
  };

  const indexShares = (
    key: string,
    before: readonly PoolShareClaim[] | undefined,
    after: readonly PoolShareClaim[] | undefined,
  ) => {
    if (after) shares.set(key, after);
    else shares.delete(key);
    for (const { pool } of before ?? []) sharesByPool.delete(pool, key);
    for (const { pool } of after ?? []) sharesByPool.add(pool, key);
    for (const { pool } of [...(before ?? []), ...(after ?? [])]) tracker.touch(`shares:${pool}`);
  };

  const indexSlices = (key: string, claim: SliceClaim, on: boolean) => {
    const edit = on ? 'add' : 'delete';
    if (on) slices.set(key, claim);
    else slices.delete(key);
    slicesByName[edit](claim.name, key);
    for (const name of claim.slices.flatMap((slice) => slice.pools)) {
      slicePools[edit](`whereabouts:${name}`, sliceKey(claim.name));
      tracker.touch(`drawn:whereabouts:${name}`);
    }
    for (const alias of networksByPool.get(sliceKey(claim.name))) dirtyAliases.add(alias);
    tracker.touch(`slices:${claim.name}`);
  };

  const indexNode = (node: NodeClaim, on: boolean) => {
    const ranges: NodeRange[] = [
      ...node.podCidrs
        .flatMap((text) => toCidr(text) ?? [])
        .map((cidr) => ({ node: node.name, cidr, what: 'pods' as const })),
      ...node.addresses
        .flatMap((text) => toIpOrCidr(text) ?? [])
        .map((cidr) => ({ node: node.name, cidr, what: 'node' as const })),
    ];
    for (const range of ranges) {
      for (const bucket of bucketsOf(range.cidr, nodeGrain)) {
        const held = nodeRanges.get(bucket) ?? new Map<string, NodeRange>();
        const key = `${range.node} ${range.what} ${range.cidr.text}`;
        if (on) nodeRanges.set(bucket, held.set(key, range));
        else if (held.delete(key) && held.size === 0) nodeRanges.delete(bucket);
        tracker.touch(`near:${bucket}`);
      }
    }
  };

  return {
    pools,
    allocations,
    reservations,
    /** Claims that it looks at: nothing else need be told. */
    reads: [
      'pools',
      'poolShares',
      'namespacePool',
      'bridges',
      'networkKinds',
      'reservations',
      'slices',
      'ipamClaims',
      'networks',
      'node',
    ] as const satisfies readonly (keyof Claims)[],
    /** The claims of one object before and after a change. */
    change: (key: string, before: Claims | undefined, after: Claims | undefined): void => {
      const byId = (claims: Claims | undefined) => new Map(claims?.pools?.map((pool) => [pool.id, pool]));
      const [old, fresh] = [byId(before), byId(after)];
      for (const id of new Set([...old.keys(), ...fresh.keys()])) indexPool(old.get(id), fresh.get(id));
      for (const [claims, on] of [
        [before, false],
        [after, true],
      ] as const) {
        for (const claim of claims?.slices ?? []) indexSlices(key, claim, on);
        for (const claim of claims?.networks ?? []) indexNetwork(claim, on);
      }
      if (!isEqual(before?.poolShares, after?.poolShares)) indexShares(key, before?.poolShares, after?.poolShares);
      if (!isEqual(before?.bridges, after?.bridges)) {
        if (after?.bridges) bridges.set(key, after.bridges);
        else bridges.delete(key);
        tracker.touch('bridges');
      }
      if (!isEqual(before?.networkKinds, after?.networkKinds)) {
        if (after?.networkKinds) networkKinds.set(key, after.networkKinds);
        else networkKinds.delete(key);
        tracker.touch('network-kinds');
        for (const { of } of [...(before?.networkKinds ?? []), ...(after?.networkKinds ?? [])])
          changedKinds.add(kindKey(of));
      }
      for (const claim of [before?.namespacePool, after?.namespacePool]) {
        if (!claim) continue;
        if (after?.namespacePool) namespacePools.set(claim.namespace, after.namespacePool);
        else namespacePools.delete(claim.namespace);
        tracker.touch(`namespace-pool:${claim.namespace}`);
      }
      if (!isEqual(before?.node && rangesOf(before.node), after?.node && rangesOf(after.node))) {
        if (before?.node) indexNode(before.node, false);
        if (after?.node) indexNode(after.node, true);
      }
      for (const claim of [...(before?.reservations ?? []), ...(after?.reservations ?? [])]) {
        const id = objectKey(claim.ref);
        if (after?.reservations) reservations.set(id, claim);
        else reservations.delete(id);
        tracker.mark('reservation', id);
      }
      for (const claim of [...(before?.ipamClaims ?? []), ...(after?.ipamClaims ?? [])]) {
        if (after?.ipamClaims) ipamClaims.set(claim.key, claim);
        else ipamClaims.delete(claim.key);
        tracker.touch(`ipam-claim:${claim.key}`);
      }
    },
    networksOf,
    /** Tracked. */
    bridges: (): BridgeClaim[] => {
      tracker.read('bridges');
      return [...bridges.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, claims]) => claims);
    },
    /** Tracked. */
    networkKinds: (): NetworkKindClaim[] => {
      tracker.read('network-kinds');
      return [...networkKinds.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, claims]) => claims);
    },
    /** What has been told of a kind of objects since this was asked last. */
    takeChangedKinds: (): string[] => {
      const changed = [...changedKinds];
      changedKinds.clear();
      return changed;
    },
    /** Not tracked: networks of a kind that changes are put together again. */
    kindsOf: (kind: GroupKind): NetworkKindClaim[] =>
      [...networkKinds.entries()]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([, claims]) => claims.filter(({ of }) => kindKey(of) === kindKey(kind))),
    /** Tracked. */
    namespacePool: (namespace: string): NamespacePoolClaim | undefined => {
      tracker.read(`namespace-pool:${namespace}`);
      return namespacePools.get(namespace);
    },
    /** Blocks of a pool (by its key) that nodes hold, by node. Tracked. */
    sharesOf: (pool: string): PoolShareClaim[] => {
      tracker.read(`shares:${pool}`);
      return [...sharesByPool.get(pool)]
        .sort()
        .flatMap((key) => shares.get(key)?.filter((one) => one.pool === pool) ?? []);
    },
    /** Ids of the pools of one key; of a key of slices, those of the nodes. Tracked. */
    poolsOf: (key: string): string[] => {
      const name = key.startsWith(sliceKey('')) ? key.slice(sliceKey('').length) : undefined;
      if (name !== undefined) tracker.read(`slices:${name}`);
      const sliced =
        name === undefined ? [] : [...slicesByName.get(name)].flatMap((id) => slices.get(id)?.slices ?? []);
      const keys = sliced.flatMap((slice) => slice.pools.map((pool) => `whereabouts:${pool}`));
      return [key, ...keys]
        .flatMap((one) => {
          tracker.read(`pools-of:${one}`);
          return [...poolsByKey.get(one)];
        })
        .sort();
    },
    /** Ids of the pools in which an address is taken. Tracked. */
    poolsWith: (ip: string): string[] => {
      tracker.read(`allocated:${ip}`);
      return [...poolsByIp.get(ip)].sort();
    },
    /** Tracked. */
    slicesOf: (name: string): SliceClaim | undefined => {
      tracker.read(`slices:${name}`);
      const first = [...slicesByName.get(name)].sort()[0];
      return first === undefined ? undefined : slices.get(first);
    },
    /** Tracked. */
    ipamClaim: (key: string): IpamClaimClaim | undefined => {
      tracker.read(`ipam-claim:${key}`);
      return ipamClaims.get(key);
    },
    /** Aliases of networks on a segment with a range near this one, or a wide one; at most `limit` of each bucket. Tracked. */
    segment: (segment: string, cidr: Cidr, limit: number): readonly string[] => [
      ...new Set(
        [...segmentKeys(segment, [{ subnet: cidr }]), `${segment}|${cidr.family}:wide`].flatMap((key) => {
          tracker.read(`segment:${key}`);
          return segments.get(key).slice(0, limit);
        }),
      ),
    ],
    /** Ranges and addresses of nodes in the same 16 bits as a range. Tracked. */
    near: (cidr: Cidr): NodeRange[] =>
      [...new Set([...bucketsOf(cidr, nodeGrain), `${cidr.family}:wide`])].flatMap((bucket) => {
        tracker.read(`near:${bucket}`);
        return [...(nodeRanges.get(bucket)?.entries() ?? [])]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([, range]) => range);
      }),
  };
}

const rangesOf = (node: NodeClaim) => [node.podCidrs, node.addresses];
