const toNumber = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const toIp = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

export type Range = { base: number; first: number; last: number; length: number; text: string };

/** `10.1.0.0/24`, with optional bounds; first and last are the usable ones. */
export const toRange = (cidr: string, start = '', end = ''): Range => {
  const [ip = '0.0.0.0', bits = '32'] = cidr.split('/');
  const length = Number(bits);
  const size = 2 ** (32 - length);
  const base = Math.floor(toNumber(ip) / size) * size;
  return {
    base,
    first: start === '' ? base + 1 : toNumber(start),
    last: end === '' ? base + size - 2 : toNumber(end),
    length,
    text: `${toIp(base)}/${length}`,
  };
};

type Claim = { id: string; podref: string; ifname: string };
type Pool = { range: Range; taken: Map<number, Claim>; hint: number };

export type PoolState = { name: string; range: string; allocations: Record<string, Claim> };

export type Ipam = {
  /** The next free address of a range that one node hands out for itself, or null when it is full. */
  local: (key: string, range: Range) => string | null;
  freeLocal: (key: string, ip: string) => void;
  /** Whereabouts: cluster wide, lowest free address, the same pod and interface keeps its own. Null when full. */
  whereabouts: (range: Range, claim: Claim) => string | null;
  release: (podref: string) => void;
  /** The pools that changed since the last call. */
  changedPools: () => PoolState[];
};

const lowest = (pool: Pool): number | null => {
  for (let at = pool.hint; at <= pool.range.last; at++) {
    if (!pool.taken.has(at)) {
      pool.hint = at + 1;
      return at;
    }
  }
  return null;
};

/** Who holds which address, for the node-local and the cluster-wide allocators. */
export const createIpam = (): Ipam => {
  const locals = new Map<string, Pool>();
  const pools = new Map<string, Pool>();
  const held = new Map<string, { pool: Pool; at: number }[]>();
  const changed = new Set<Pool>();

  const poolOf = (map: Map<string, Pool>, key: string, range: Range): Pool => {
    const pool = map.get(key) ?? { range, taken: new Map<number, Claim>(), hint: range.first };
    map.set(key, pool);
    return pool;
  };

  return {
    local: (key, range) => {
      const pool = poolOf(locals, key, range);
      const at = lowest(pool);
      if (at === null) return null;
      pool.taken.set(at, { id: '', podref: '', ifname: '' });
      return toIp(at);
    },
    freeLocal: (key, ip) => {
      const pool = locals.get(key);
      if (pool === undefined) return;
      pool.taken.delete(toNumber(ip));
      pool.hint = Math.min(pool.hint, toNumber(ip));
    },
    whereabouts: (range, claim) => {
      const pool = poolOf(pools, range.text, range);
      const mine = held
        .get(claim.podref)
        ?.find((item) => item.pool === pool && pool.taken.get(item.at)?.ifname === claim.ifname);
      const at = mine?.at ?? lowest(pool);
      if (at === null) return null;
      pool.taken.set(at, claim);
      if (mine === undefined) held.set(claim.podref, [...(held.get(claim.podref) ?? []), { pool, at }]);
      changed.add(pool);
      return toIp(at);
    },
    release: (podref) => {
      for (const { pool, at } of held.get(podref) ?? []) {
        pool.taken.delete(at);
        pool.hint = Math.min(pool.hint, at);
        changed.add(pool);
      }
      held.delete(podref);
    },
    changedPools: () => {
      const states = [...changed].map((pool) => ({
        name: pool.range.text.replace('/', '-'),
        range: pool.range.text,
        allocations: Object.fromEntries([...pool.taken].map(([at, claim]) => [String(at - pool.range.base), claim])),
      }));
      changed.clear();
      return states;
    },
  };
};
