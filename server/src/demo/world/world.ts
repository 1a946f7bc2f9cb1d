import type { DemoApi } from '../api/start.ts';
import { ApiError } from '../api/status.ts';
import type { JsonObject, KubeObject } from '../api/types.ts';
import { asObject, asString } from '../api/types.ts';
import type { EventLog } from './event-log.ts';
import { createEventLog, stamp } from './event-log.ts';
import type { Ipam } from './ipam.ts';
import { createIpam } from './ipam.ts';
import type { Kubelet } from './kubelet.ts';
import { createKubelet } from './kubelet.ts';
import type { Machine } from './machines.ts';
import type { MultusConfig, Surroundings } from './multus.ts';
import { leaseObject, nodeObject, unschedulableStatus } from './objects.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import { createScheduler } from './scheduler.ts';

export const NAD = { apiVersion: 'k8s.cni.cncf.io/v1', kind: 'NetworkAttachmentDefinition' };
const IP_POOL = { apiVersion: 'whereabouts.cni.cncf.io/v1alpha1', kind: 'IPPool' };
export const POD = { apiVersion: 'v1', kind: 'Pod' };

export type World = {
  api: DemoApi;
  random: Random;
  machines: Machine[];
  byName: Map<string, Machine>;
  ipam: Ipam;
  events: EventLog;
  kubelet: Kubelet;
  scheduler: Scheduler;
  multus: MultusConfig;
  /** The time the world believes it is, in ms: the past while it is being built. */
  clock: { at: number };
  /** Builds a pod with the life it has had since `bornAt`, in one write. */
  settle: (manifest: JsonObject, bornAt: number) => KubeObject;
  /** Pods whose last start failed, with the time of the next try. */
  retries: Map<string, number>;
  addMachines: (more: Machine[]) => void;
  /** Writes the IPPool objects that changed; new ones were made at this time. */
  flushPools: (createdAt: number) => void;
};

export const keyOf = (object: KubeObject): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`;

const HOUR = 3_600_000;
/** nodeStatusReportFrequency of the kubelet: an unchanged status is told this often. */
export const BEAT_MS = 300_000;
/** Events older than this are gone: the API server keeps them an hour. */
const YOUNG = HOUR;

const surroundings = (api: DemoApi, random: Random, ipam: Ipam, config: MultusConfig): Surroundings => {
  const cache = new Map<string, KubeObject>();
  api.store.listen((change) => {
    if (change.resource === 'network-attachment-definitions.k8s.cni.cncf.io') cache.delete(keyOf(change.object()));
  });
  return {
    config,
    ipam,
    random,
    definition: (namespace, name) => {
      const key = `${namespace}/${name}`;
      const found = cache.get(key) ?? api.store.get({ ...NAD, namespace, name });
      if (found !== undefined) cache.set(key, found);
      return found;
    },
  };
};

const writePools = (api: DemoApi, ipam: Ipam, createdAt: number): void => {
  for (const pool of ipam.changedPools()) {
    const ref = { ...IP_POOL, namespace: 'kube-system', name: pool.name };
    const spec = { range: pool.range, allocations: pool.allocations };
    const old = api.store.get(ref);
    if (old === undefined)
      api.store.create({
        ...IP_POOL,
        metadata: { name: pool.name, namespace: 'kube-system', creationTimestamp: stamp(createdAt) },
        spec,
      });
    else api.store.update({ ...old, spec } as KubeObject);
  }
};

/** The machinery of the demo cluster, without any content yet. */
export const createWorld = (
  api: DemoApi,
  random: Random,
  machines: Machine[],
  multus: MultusConfig,
  clock: { at: number },
): World => {
  const ipam = createIpam();
  const byName = new Map(machines.map((machine) => [machine.name, machine]));
  const events = createEventLog(api.store, random);
  const kubelet = createKubelet(events, surroundings(api, random, ipam, multus), byName);
  const scheduler = createScheduler(machines, api.store, random);
  const retries = new Map<string, number>();
  const register = (machine: Machine): void => {
    api.store.create(nodeObject(machine, clock.at - 12 * 24 * HOUR, clock.at - random.int(BEAT_MS)));
    api.store.create(leaseObject(machine, clock.at));
  };
  machines.forEach(register);

  const refuse = (pod: KubeObject, message: string, bornAt: number): KubeObject => {
    const stored = api.store.create({ ...pod, status: unschedulableStatus(message, bornAt) });
    const count = Math.max(1, Math.floor((clock.at - bornAt) / 300_000));
    events.record(
      stored,
      { reason: 'FailedScheduling', type: 'Warning', message, component: 'default-scheduler' },
      clock.at - 20_000,
      { count, firstAt: bornAt },
    );
    retries.set(keyOf(stored), clock.at + 60_000);
    return stored;
  };

  /** First tries one by one, then the folded event that tells of all since. */
  const failedBefore = (
    pod: KubeObject,
    machine: Machine,
    devices: Map<string, string[]>,
    first: ReturnType<Kubelet['attempt']>,
    bornAt: number,
  ): void => {
    const remembered = clock.at - bornAt < YOUNG;
    if (remembered) kubelet.report(pod, machine, first, bornAt + 3000);
    const second = kubelet.attempt(pod, machine, devices, bornAt);
    if (remembered) kubelet.report(pod, machine, second, bornAt + 16_000);
    const tries = Math.floor((clock.at - bornAt) / 15_000);
    if (tries > 2)
      kubelet.report(
        pod,
        machine,
        kubelet.attempt(pod, machine, devices, bornAt),
        clock.at - 1000 * (2 + random.int(12)),
        { count: tries, firstAt: bornAt + 29_000 },
      );
    retries.set(keyOf(pod), clock.at + 1000 * (4 + random.int(16)));
  };

  const settle = (manifest: JsonObject, bornAt: number): KubeObject => {
    const metadata = { uid: random.uuid(), creationTimestamp: stamp(bornAt), ...asObject(manifest['metadata']) };
    const pod = { ...manifest, ...POD, metadata } as unknown as KubeObject;
    const given = byName.get(asString(asObject(pod['spec'])['nodeName']));
    const place = given === undefined ? scheduler.place(pod) : { machine: given, devices: scheduler.bind(pod, given) };
    if ('refused' in place) return refuse(pod, place.refused, bornAt);
    const bound = { ...pod, spec: { ...asObject(pod['spec']), nodeName: place.machine.name } } as KubeObject;
    const outcome = kubelet.attempt(bound, place.machine, place.devices, bornAt + 1000);
    const stored = api.store.create(outcome.pod);
    if (clock.at - bornAt < YOUNG) {
      events.record(
        stored,
        {
          reason: 'Scheduled',
          type: 'Normal',
          message: `Successfully assigned ${keyOf(stored)} to ${place.machine.name}`,
          component: 'default-scheduler',
        },
        bornAt,
      );
    }
    if (!outcome.running) failedBefore(stored, place.machine, place.devices, outcome, bornAt);
    else if (clock.at - bornAt < YOUNG) kubelet.report(stored, place.machine, outcome, bornAt + 2000);
    return stored;
  };

  const addMachines = (more: Machine[]): void => {
    for (const machine of more) {
      machines.push(machine);
      byName.set(machine.name, machine);
      register(machine);
    }
  };

  return {
    api,
    random,
    machines,
    byName,
    ipam,
    events,
    kubelet,
    scheduler,
    multus,
    clock,
    settle,
    retries,
    addMachines,
    flushPools: (createdAt) => writePools(api, ipam, createdAt),
  };
};

/** People delete namespaces and kinds under the world's feet; what it cannot write any more, it leaves. */
export const tolerate = (act: () => void): void => {
  try {
    act();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
};
