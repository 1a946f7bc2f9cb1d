import { ipamCapacity } from '../cni/ipam/ipam.ts';
import { kindKey } from '../kube/watched-kind.ts';
import { workloadId } from '../model/ids.ts';
import type { Pool } from '../model/topology.ts';
import { lastOf, toCidr } from '../net/cidr.ts';
import { addToIp, canonicalIp } from '../net/ip.ts';
import { countWithout, type IpRange, rangeContains, rangeOf, rangeOfCidr, usableRange } from '../net/range.ts';
import type { AllocationClaim, PoolClaim, PoolShareClaim } from '../providers/pool-claims.ts';
import type { AllocationFacts, Keeper, NetworkFacts, PoolFacts, ReservationFacts } from '../rules/rule.ts';
import { isEqual } from './equal.ts';
import { baseOf, type Kept, plugsIn } from './kept.ts';
import type { createNetworks } from './networks.ts';
import type { ReadonlySplitMap } from './split-map.ts';
import type { Store } from './store.ts';
import type { Tracker } from './tracker.ts';

type Parts = {
  store: Store;
  networks: ReturnType<typeof createNetworks>;
  tracker: Tracker;
  kept: ReadonlySplitMap<Kept>;
};

const podKey = kindKey({ group: '', kind: 'Pod' });
const stale = new Set<Keeper>(['absent', 'finished', 'other-address']);

/**
 * Pools as they stand, and each of their addresses with the pod that it is for. An address is a subject of its own, so that a pod that
 * comes or goes costs one look and not one per address of its pool.
 */
export function createPools({ store, networks, tracker, kept }: Parts) {
  const { addresses } = store;
  const facts = new Map<string, PoolFacts>();
  const staleOf = new Map<string, Set<string>>();

  /** Puts a pool together; what became of it is told to its readers. False where it is as it was. */
  const putTogether = (id: string): boolean => {
    const before = facts.get(id);
    const after = tracker.run('pool', id, () => {
      tracker.read(`pool-claim:${id}`);
      const claim = addresses.pools.get(id);
      return claim && buildPool(claim, networksOfPool(claim.key), addresses.sharesOf(claim.key));
    });
    if (after) facts.set(id, after);
    else {
      facts.delete(id);
      tracker.forget('pool', id);
    }
    if (
      before &&
      after &&
      before.claim === after.claim &&
      isEqual(before.networks, after.networks) &&
      isEqual(before.pool, after.pool)
    )
      return false;
    tracker.touch(`pool-facts:${id}`);
    tracker.mark('pool-rules', id);
    return true;
  };

  /** Puts dirty pools together. Returns the ids of those that changed. */
  const settle = (): string[] => {
    const changed: string[] = [];
    for (let id = tracker.next('pool'); id !== undefined; id = tracker.next('pool'))
      if (putTogether(id)) changed.push(id);
    return changed.sort();
  };

  const networksOfPool = (key: string): NetworkFacts[] => {
    const found = new Map<string, NetworkFacts>();
    for (const alias of addresses.networksOf(key)) {
      const network = networks.find(alias);
      if (network) found.set(network.network.id, network);
    }
    return [...found.values()];
  };

  const keeperOf = (podRef: string | undefined, device: string | undefined, ip: string): Keeper => {
    const [namespace, name] = (podRef ?? '').split('/');
    if (!namespace || !name) return 'unknown';
    const id = workloadId('Pod', namespace, name);
    tracker.read(`facts:${id}`);
    const pod = kept.get(id);
    if (!pod) {
      tracker.read(`source:${podKey}`);
      const readable = store.sources.get(podKey)?.availability ?? 'present';
      return readable === 'present' ? 'absent' : 'unknown';
    }
    if (pod.finished) return 'finished';
    const held = plugsIn(pod).find((plug) => device && plug.interface?.name === device);
    if (!pod.reported || !held || baseOf(held) !== 'attached') return 'live';
    const has = held.interface?.addresses ?? [];
    return has.length > 0 && has.every((address) => canonicalIp(address.ip) !== ip) ? 'other-address' : 'live';
  };

  const countStale = (pool: string, ip: string, on: boolean) => {
    const set = staleOf.get(pool) ?? new Set<string>();
    const before = set.size;
    set[on ? 'add' : 'delete'](ip);
    if (set.size > 0) staleOf.set(pool, set);
    else staleOf.delete(pool);
    if (before !== set.size) tracker.touch(`stale:${pool}`);
  };

  return {
    facts,
    settle,
    networksOfPool,
    /** Within `tracker.run`. */
    allocation: (key: string): AllocationFacts | null => {
      const hash = key.lastIndexOf('#');
      const [id, ip] = [key.slice(0, hash), key.slice(hash + 1)];
      const pool = addresses.pools.get(id);
      const allocation = addresses.allocations.get(id)?.get(ip);
      if (!pool || !allocation) {
        countStale(id, ip, false);
        return null;
      }
      const keeper = keeperOf(allocation.podRef, allocation.interface, ip);
      countStale(id, ip, stale.has(keeper));
      return { pool, allocation, keeper };
    },
    reservation: (key: string): ReservationFacts | null => {
      const reservation = addresses.reservations.get(key);
      if (!reservation) return null;
      const pools = reservation.ips.flatMap((ip) => addresses.poolsWith(ip));
      const keeper = keeperOf(reservation.podRef, reservation.interface, reservation.ips[0] ?? '');
      return { reservation, pools, keeper };
    },
    /** Tracked. */
    find: (id: string): PoolFacts | undefined => {
      tracker.read(`pool-facts:${id}`);
      return facts.get(id);
    },
    /** Tracked. */
    staleIn: (id: string): number => {
      tracker.read(`stale:${id}`);
      return staleOf.get(id)?.size ?? 0;
    },
  };
}

/** The addresses that the networks of a pool may give from it. */
function reachOf(claim: PoolClaim, networks: readonly NetworkFacts[]): { ranges: IpRange[]; total: bigint } | null {
  const { subnet } = claim;
  if (!subnet) return null;
  const all = networks.flatMap((network) => network.claims.flatMap((one) => one.ipam ?? []));
  const own = all.flatMap((ipam) => ipam.ranges.filter((range) => range.subnet.text === subnet.text));
  // Neither the network nor the last address is ever given (whereabouts pkg/iphelpers); a slice is all of its node's.
  const last = addToIp(lastOf(subnet), -1n);
  const whole = last && rangeOf(usableRange(subnet).first, last);
  const ranges = own.length > 0 ? own.flatMap(({ start, end }) => rangeOf(start, end) ?? []) : whole ? [whole] : [];
  // What one network excludes another may give.
  const total = own.length === 1 ? ipamCapacity(own) : countWithout(ranges, commonHoles(own.map((one) => one.exclude)));
  return { ranges, total };
}

const commonHoles = (lists: readonly IpRange[][]): IpRange[] => {
  const [first, ...rest] = lists;
  return (first ?? []).filter((hole) =>
    rest.every((list) => list.some((other) => rangeContains(other, hole.first) && rangeContains(other, hole.last))),
  );
};

/** Whether an allocation is of the addresses that networks give; what lies outside takes nothing from them. */
const within = ({ subnet }: PoolClaim, ranges: readonly IpRange[]) => {
  const base = subnet?.network.value ?? 0n;
  const bounds = ranges.map(({ first, last }) => [first.value - base, last.value - base] as const);
  return ({ key }: AllocationClaim): boolean => {
    const offset = BigInt(key);
    return bounds.some(([first, last]) => first <= offset && offset <= last);
  };
};

type Fill = { total: bigint; used: bigint; free: bigint | null };

const toCount = (text: string | undefined): bigint | undefined =>
  text !== undefined && /^\d{1,39}$/.test(text) ? BigInt(text) : undefined;

/** How full a pool is: as its object says, else as the networks say that draw on it. */
function fillOf(claim: PoolClaim, networks: readonly NetworkFacts[], shares: readonly PoolShareClaim[]): Fill {
  const total = toCount(claim.size?.total);
  if (claim.size && total !== undefined) {
    const blocks = shares.flatMap((share) => share.blocks.flatMap((text) => toCidr(text) ?? []));
    const held = countWithout(blocks.map(rangeOfCidr), []);
    const used = toCount(claim.size.used) ?? BigInt(claim.allocations.length) + held;
    return { total, used, free: used > total ? 0n : total - used };
  }
  const reach = reachOf(claim, networks);
  const used = reach ? claim.allocations.filter(within(claim, reach.ranges)).length : claim.allocations.length;
  const free = reach && networks.length > 0 ? reach.total - BigInt(used) : null;
  return { total: reach?.total ?? 0n, used: BigInt(used), free: free !== null && free < 0n ? 0n : free };
}

function buildPool(claim: PoolClaim, networks: readonly NetworkFacts[], shares: readonly PoolShareClaim[]): PoolFacts {
  const { total, used, free } = fillOf(claim, networks, shares);
  const pool: Pool = {
    id: claim.id,
    provider: claim.provider,
    name: claim.name,
    range: claim.range,
    total: String(total),
    used: String(used),
    networks: networks.map((network) => network.network.id),
    allocations: [
      ...claim.allocations.map(({ ip, podRef, interface: device }) => ({
        ip,
        ...(podRef ? { podRef } : {}),
        ...(device ? { interface: device } : {}),
        object: claim.ref,
      })),
      ...shares.flatMap(({ blocks, ref }) => blocks.map((ip) => ({ ip, object: ref }))),
    ],
  };
  if (claim.namespace) pool.namespace = claim.namespace;
  return { pool, claim, networks, free };
}
