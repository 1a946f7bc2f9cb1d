import type { KubeObject } from '../api/types.ts';
import { asObject } from '../api/types.ts';
import { stamp } from './event-log.ts';
import type { Script } from './life.ts';
import { podTemplate } from './workloads.ts';
import type { World } from './world.ts';
import { NAD } from './world.ts';

const TRANSIT = { ...NAD, namespace: 'lab', name: 'transit' };
const CYCLE_SECONDS = 120;
/** When in the cycle the definition goes, a pod is restarted, and the definition comes back. */
const GONE_AT = 30;
const RESTART_AT = 36;
const BACK_AT = 80;

const probes = (world: World): KubeObject[] =>
  world.api.store
    .list('v1', 'Pod', 'lab')
    .filter((pod) => pod.metadata.labels?.['app'] === 'probe' && pod.metadata.deletionTimestamp === undefined);

/** lab/transit is deleted, a pod of lab/probe restarts and fails, the definition is created again, the pod attaches. */
const breakAndMend = (): Script => {
  let saved: KubeObject | undefined;
  let restarted = false;
  return (world, seconds) => {
    const { store } = world.api;
    const at = seconds % CYCLE_SECONDS;
    const there = store.get(TRANSIT);
    if (at >= GONE_AT && at < BACK_AT && there !== undefined) {
      saved = there;
      restarted = false;
      store.delete(TRANSIT);
    }
    if (at >= RESTART_AT && at < BACK_AT && !restarted && saved !== undefined) {
      restarted = true;
      const [pod] = probes(world);
      if (pod !== undefined) store.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'lab', name: pod.metadata.name });
    }
    if ((at >= BACK_AT || at < GONE_AT) && there === undefined && saved !== undefined) {
      store.create({
        ...NAD,
        metadata: { name: TRANSIT.name, namespace: TRANSIT.namespace, creationTimestamp: stamp(world.clock.at) },
        spec: saved['spec'] ?? {},
      });
    }
  };
};

/** media/transcoder follows its load. */
const scale = (): Script => {
  let next = 25;
  return (world, seconds) => {
    if (seconds < next) return;
    next = seconds + 35 + world.random.int(20);
    const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'media', name: 'transcoder' };
    const old = world.api.store.get(ref);
    if (old !== undefined)
      world.api.store.update({
        ...old,
        spec: { ...asObject(old['spec']), replicas: 1 + world.random.int(4) },
      } as KubeObject);
  };
};

const JOB = {
  kind: 'Job' as const,
  namespace: 'core',
  name: 'pm-export',
  image: 'registry.example.com/5gc/pm-export:1.6',
  networks: '[{"name":"n6","interface":"n6"}]',
  spec: { restartPolicy: 'Never' },
  age: 0,
};
const JOBS_KEPT = 2;

/** core/pm-export runs every minute and is cleared away. */
const jobs = (): Script => {
  let next = 10;
  const running: string[] = [];
  return (world, seconds) => {
    if (seconds < next) return;
    next = seconds + 60;
    const { store } = world.api;
    const name = `pm-export-${Math.floor(world.clock.at / 60_000)}`;
    const ref = { apiVersion: 'batch/v1', kind: 'Job', namespace: 'core', name };
    if (store.get(ref) !== undefined) return;
    store.create({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, namespace: 'core', labels: { app: 'pm-export' }, creationTimestamp: stamp(world.clock.at) },
      spec: { completions: 1, parallelism: 1, backoffLimit: 6, template: podTemplate(JOB) },
    });
    running.push(name);
    const old = running.length > JOBS_KEPT ? running.shift() : undefined;
    if (old !== undefined && store.get({ ...ref, name: old }) !== undefined) store.delete({ ...ref, name: old });
  };
};

export const still: Script = () => {};

const together =
  (...scripts: Script[]): Script =>
  (world, seconds) => {
    for (const script of scripts) script(world, seconds);
  };

export const busyLife = (): Script => together(breakAndMend(), scale(), jobs());
export const calmLife = (): Script => together(scale(), jobs());
