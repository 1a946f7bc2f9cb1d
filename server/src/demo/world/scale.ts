import type { JsonObject } from '../api/types.ts';
import { createDefinition } from './base.ts';
import { stamp } from './event-log.ts';
import type { Random } from './random.ts';
import { settleWorkload } from './workloads.ts';
import type { World } from './world.ts';

const APPS = [
  'gateway',
  'ingress',
  'cache',
  'queue',
  'decoder',
  'mixer',
  'recorder',
  'probe',
  'collector',
  'sensor',
  'router',
  'policy',
  'session',
  'billing',
  'catalog',
  'worker',
];
const NETWORKS = [
  'access',
  'signalling',
  'bearer',
  'backhaul',
  'storage',
  'telemetry',
  'multicast',
  'replica',
  'mgmt',
  'oob',
];
/** One workload in this many is broken: two per cent. */
const BROKEN_EVERY = 50;

/** Ranks 0..n-1, the first ones far more often: P(rank) ~ 1/(rank+1). */
const zipf = (size: number): ((random: Random) => number) => {
  const sums: number[] = [];
  let sum = 0;
  for (let i = 0; i < size; i++) {
    sum += 1 / (i + 1);
    sums.push(sum);
  }
  return (random) => {
    const target = random.next() * sum;
    let low = 0;
    let high = size - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? sum) < target) low = middle + 1;
      else high = middle;
    }
    return low;
  };
};

const range = (rank: number): string =>
  rank < 64 ? `10.${128 + rank}.0.0/16` : `100.${64 + Math.floor(rank / 32)}.${(rank % 32) * 8}.0/21`;

const config = (name: string, rank: number): JsonObject => ({
  cniVersion: '0.3.1',
  name,
  type: rank % 3 === 2 ? 'ipvlan' : 'macvlan',
  master: rank % 2 === 0 ? 'ens5' : 'ens9',
  mode: rank % 3 === 2 ? 'l2' : 'bridge',
  ipam: { type: 'whereabouts', range: range(rank) },
});

/** Ways in which a workload of a big world is broken; `good` is a network that works. */
const BROKEN: ((good: string) => string)[] = [
  (good) => `${good}-old`,
  (good) => `{"name":"${good}"}`,
  () => 'shared/uplink-b',
  (good) => `${good}@net2,${good}`,
  () => 'shared/jumbo',
];

/** Fills the world up to about `target` pods: tenants with deployments on networks of which few are used by many. */
export const fill = (world: World, target: number): void => {
  const { store } = world.api;
  const { random } = world;
  const tenants = Math.max(2, Math.min(60, Math.ceil(target / 400)));
  const perTenant = Math.max(4, Math.min(12, Math.ceil(target / 1000)));
  const at = stamp(world.clock.at - 12 * 86_400_000);
  const names = Array.from({ length: tenants }, (_, i) => `tenant-${String(i + 1).padStart(2, '0')}`);
  for (const name of [...names, 'shared'])
    store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, creationTimestamp: at } });
  createDefinition(world, {
    namespace: 'shared',
    name: 'uplink-b',
    config: { ...config('uplink-b', 0), master: 'ens12', ipam: { type: 'whereabouts', range: '10.99.0.0/20' } },
  });
  createDefinition(world, {
    namespace: 'shared',
    name: 'jumbo',
    config: {
      ...config('jumbo', 0),
      master: 'ens10',
      mtu: 9000,
      ipam: { type: 'whereabouts', range: '10.99.16.0/20' },
    },
  });
  let rank = 0;
  const networksOf = new Map(
    names.map((namespace) => [
      namespace,
      Array.from({ length: perTenant }, (_, i) => {
        const name = `${NETWORKS[i % NETWORKS.length] ?? 'net'}${i < NETWORKS.length ? '' : `-${Math.floor(i / NETWORKS.length)}`}`;
        createDefinition(world, { namespace, name, config: config(name, rank++) });
        return name;
      }),
    ]),
  );
  const pickTenant = zipf(tenants);
  const pickNetwork = zipf(perTenant);
  for (let made = store.count('v1', 'Pod'), serial = 1; made < target; serial++) {
    const namespace = names[pickTenant(random)] ?? 'tenant-01';
    const networks = networksOf.get(namespace) ?? [];
    const one = (): string => networks[pickNetwork(random)] ?? 'access';
    const wanted = random.next();
    const healthy = wanted < 0.12 ? undefined : wanted < 0.6 ? one() : `${one()}@data0,${one()}@data1`;
    const chosen =
      serial % BROKEN_EVERY === 0 ? BROKEN[Math.floor(serial / BROKEN_EVERY) % BROKEN.length]?.(one()) : healthy;
    const replicas = Math.min(target - made, 1 + random.int(19));
    const app = random.pick(APPS);
    settleWorkload(world, {
      kind: random.int(5) === 0 ? 'StatefulSet' : 'Deployment',
      namespace,
      name: `${app}-${serial}`,
      replicas,
      image: `registry.example.com/apps/${app}:${1 + random.int(9)}.${random.int(20)}.${random.int(9)}`,
      age: serial % BROKEN_EVERY === 0 ? 20 + random.int(30) : 90 + random.int(20_000),
      ...(chosen === undefined ? {} : { networks: chosen }),
    });
    made += replicas;
  }
};
