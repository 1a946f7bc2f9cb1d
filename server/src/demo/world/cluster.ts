import type { DemoApi } from '../api/start.ts';
import { startDemoApi } from '../api/start.ts';
import type { JsonObject } from '../api/types.ts';
import { layBase } from './base.ts';
import type { Script } from './life.ts';
import { createLife } from './life.ts';
import { extraWorkers, smallCluster } from './machines.ts';
import { layNodeNetworks } from './node-networks.ts';
import { createRandom } from './random.ts';
import { fill } from './scale.ts';
import { busyLife, calmLife, still } from './scripts.ts';
import { tellTalk } from './talk.ts';
import { TELCO_NAMESPACES, tellHealthy, tellTelco } from './telco.ts';
import { tellMachines } from './virtual-machines.ts';
import type { World } from './world.ts';
import { createWorld } from './world.ts';

export type DemoClusterOptions = {
  scenario?: string;
  /** About how many pods; fewer than the scenario has on its own changes nothing. */
  pods?: number;
  seed?: number;
  /** A clock of one's own: then nothing happens by itself and `tick` must be called. */
  now?: () => number;
  port?: number;
};

export type DemoCluster = {
  api: DemoApi;
  url: string;
  kubeconfig: JsonObject;
  scenario: string;
  /** Lets the world live up to the present of its clock. */
  tick: () => void;
  stop: () => Promise<void>;
};

type Scenario = { summary: string; namespaces: string[]; build: (world: World) => void; life: () => Script };

export const SCENARIOS: Record<string, Scenario> = {
  default: {
    summary:
      'A small 5G core, its radio side, a lab and a media farm, with more than twenty different failures and the designs of the talk',
    namespaces: TELCO_NAMESPACES,
    build: (world) => {
      tellTalk(world);
      tellTelco(world);
      layNodeNetworks(world);
      tellMachines(world);
    },
    life: busyLife,
  },
  healthy: {
    summary: 'The same cluster with everything attached',
    namespaces: TELCO_NAMESPACES,
    build: tellHealthy,
    life: calmLife,
  },
  talk: {
    summary: 'Only the two designs of the talk, each beside a twin that works',
    namespaces: ['media'],
    build: tellTalk,
    life: () => still,
  },
  empty: { summary: 'Nodes and Multus, nothing else', namespaces: [], build: () => {}, life: () => still },
};

const TICK_MS = 500;
const POD_LIMIT = 200_000;

/** Starts the demo cluster: a Kubernetes API on loopback and a world on it that lives. */
export const startDemoCluster = async (options: DemoClusterOptions = {}): Promise<DemoCluster> => {
  const name = options.scenario ?? 'default';
  const scenario = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined;
  if (scenario === undefined)
    throw new RangeError(`there is no scenario "${name}"; there are ${Object.keys(SCENARIOS).join(', ')}`);
  const pods = Math.min(options.pods ?? 0, POD_LIMIT);
  const now = options.now ?? Date.now;
  const random = createRandom(options.seed ?? 42);
  const api = await startDemoApi({
    now,
    uid: random.uuid,
    suffix: random.suffix,
    historySize: 8192,
    ...(options.port === undefined ? {} : { port: options.port }),
  });
  try {
    const world = createWorld(
      api,
      random,
      smallCluster(),
      { namespaceIsolation: true, globalNamespaces: ['default', 'lab', 'shared'] },
      { at: now() },
    );
    layBase(world, scenario.namespaces);
    scenario.build(world);
    if (pods > api.store.count('v1', 'Pod')) {
      world.addMachines(extraWorkers(pods));
      fill(world, pods);
    }
    world.flushPools(world.clock.at - 10 * 86_400_000);
    const life = createLife(world, scenario.life());
    const tick = (): void => life.tick(now());
    const timer = options.now === undefined ? setInterval(tick, TICK_MS) : undefined;
    timer?.unref();
    return {
      api,
      url: api.url,
      kubeconfig: api.kubeconfig(),
      scenario: name,
      tick,
      stop: async () => {
        clearInterval(timer);
        life.stop();
        await api.stop();
      },
    };
  } catch (error) {
    await api.stop();
    throw error;
  }
};
