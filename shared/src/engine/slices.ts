import type { SliceDeviceClaim, SlicePoolClaim, TaintRuleClaim } from '../providers/grant-claims.ts';
import type { Claims } from '../providers/provider.ts';
import type { DriverDevices, IncompletePool, SliceWorld, TaintFacts } from '../rules/rule.ts';
import { isEqual } from './equal.ts';
import type { Tracker } from './tracker.ts';

type Slice = { pool: SlicePoolClaim; devices: readonly SliceDeviceClaim[] };

/** How many pools and devices are named; more would say nothing new. */
const nameLimit = 50;

const byKey = <T>([a]: [string, T], [b]: [string, T]): number => (a < b ? -1 : a > b ? 1 : 0);

/** A pool is what its newest generation is: slices of earlier ones are about to be deleted. */
function poolsOf(slices: Iterable<Slice>): Map<string, { newest: Slice; all: Slice[] }> {
  const pools = new Map<string, { newest: Slice; all: Slice[] }>();
  for (const slice of slices) {
    const known = pools.get(slice.pool.pool);
    if (!known || slice.pool.generation > known.newest.pool.generation)
      pools.set(slice.pool.pool, { newest: slice, all: [slice] });
    else if (slice.pool.generation === known.newest.pool.generation) known.all.push(slice);
  }
  return pools;
}

/** What a rule leaves out matches all. `device`: `driver/pool/device`; only a pool's name may have a slash in it. */
function matches({ driver, pool, device }: TaintRuleClaim, full: string): boolean {
  const [first, last] = [full.indexOf('/'), full.lastIndexOf('/')];
  return (
    (driver === undefined || driver === full.slice(0, first)) &&
    (pool === undefined || pool === full.slice(first + 1, last)) &&
    (device === undefined || device === full.slice(last + 1))
  );
}

/** Slices by driver, and taints that are put on their devices from outside. */
export function createSlices(tracker: Tracker) {
  const byDriver = new Map<string, Map<string, Slice>>();
  const rules = new Map<string, TaintRuleClaim>();
  const counted = new Map<string, DriverDevices>();
  const broken = new Map<string, readonly IncompletePool[]>();

  const index = (key: string, claims: Claims | undefined, on: boolean) => {
    for (const pool of claims?.slicePools ?? []) {
      const own = byDriver.get(pool.driver) ?? new Map<string, Slice>();
      if (on) own.set(key, { pool, devices: claims?.sliceDevices ?? [] });
      else own.delete(key);
      if (own.size > 0) byDriver.set(pool.driver, own);
      else byDriver.delete(pool.driver);
      counted.delete(pool.driver);
      broken.delete(pool.driver);
      tracker.touch(`slices:${pool.driver}`);
    }
    for (const rule of claims?.taintRules ?? []) {
      if (on) rules.set(key, rule);
      else rules.delete(key);
      counted.clear();
      tracker.touch('taint-rules');
    }
  };

  const slicesOf = (driver: string): Slice[] => [...(byDriver.get(driver) ?? [])].sort(byKey).map(([, slice]) => slice);

  const rulesOn = (device: string): TaintFacts[] =>
    [...rules]
      .sort(byKey)
      .flatMap(([, rule]) =>
        matches(rule, device) ? [{ taint: rule.taint, ref: rule.ref, path: '/spec/taint' }] : [],
      );

  const taintsOf = ({ device, taints, ref, path }: SliceDeviceClaim): TaintFacts[] => [
    ...(taints ?? []).map(({ path: within, ...taint }) => ({ taint, ref, path: `${path}${within}` })),
    ...rulesOn(device),
  ];

  const count = (driver: string): DriverDevices => {
    const devices = [...poolsOf(slicesOf(driver)).values()].flatMap(({ all }) => all.flatMap((slice) => slice.devices));
    const tainted = devices.flatMap((device) => {
      const [first] = taintsOf(device);
      return first ? [{ ...first, device: device.device }] : [];
    });
    return { count: devices.length, taintedCount: tainted.length, tainted: tainted.slice(0, nameLimit) };
  };

  const findBroken = (driver: string): IncompletePool[] =>
    [...poolsOf(slicesOf(driver)).entries()]
      .flatMap(([pool, { newest, all }]): IncompletePool[] => {
        const { slices, ref, node } = newest.pool;
        return slices > all.length ? [{ pool, wanted: slices, seen: all.length, ref, ...(node ? { node } : {}) }] : [];
      })
      .slice(0, nameLimit);

  const cached = <T>(cache: Map<string, T>, driver: string, make: (driver: string) => T): T => {
    const known = cache.get(driver) ?? make(driver);
    cache.set(driver, known);
    return known;
  };

  const world: Pick<SliceWorld, 'incompletePools' | 'driverDevices'> = {
    incompletePools: (driver) => {
      tracker.read(`slices:${driver}`);
      return cached(broken, driver, findBroken);
    },
    driverDevices: (driver) => {
      tracker.read(`slices:${driver}`);
      tracker.read('taint-rules');
      return cached(counted, driver, count);
    },
  };

  return {
    world,
    /** Tracked. */
    taintsOf: (device: SliceDeviceClaim): TaintFacts[] => {
      tracker.read('taint-rules');
      return taintsOf(device);
    },
    /** Claims that it looks at: nothing else need be told. */
    reads: ['slicePools', 'sliceDevices', 'taintRules'] as const satisfies readonly (keyof Claims)[],
    change: (key: string, before: Claims | undefined, after: Claims | undefined): void => {
      const parts = (claims: Claims | undefined) => [claims?.slicePools, claims?.sliceDevices, claims?.taintRules];
      if (isEqual(parts(before), parts(after))) return;
      index(key, before, false);
      index(key, after, true);
    },
  };
}
