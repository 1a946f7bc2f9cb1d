import type { KubeObject } from '../api/types.ts';
import { asArray, asObject, asString } from '../api/types.ts';
import { createControllers } from './controllers.ts';
import type { Machine } from './machines.ts';
import { beaten, leaseObject, succeededStatus, unschedulableStatus } from './objects.ts';
import type { World } from './world.ts';
import { BEAT_MS, keyOf, POD, tolerate } from './world.ts';

/** One thing a scenario does over time: called every tick with the seconds since the start. */
export type Script = (world: World, seconds: number) => void;

export type Life = {
  /** Lets the time between the last tick and `now` happen. */
  tick: (now: number) => void;
  stop: () => void;
};

const WORKLOADS = new Set(['deployments.apps', 'replicasets.apps', 'statefulsets.apps', 'jobs.batch']);
const JOB_RUNS_MS = 20_000;
const PRUNE_EVERY_MS = 60_000;

type Bound = { machine: Machine; devices: Map<string, string[]> };

/** Scheduler, kubelets and controllers at work on the store, and the scenario's script. */
export const createLife = (world: World, script: Script): Life => {
  const { store } = world.api;
  const controllers = createControllers(world);
  const unplaced = new Map<string, number>();
  const starting = new Map<string, number>();
  const bound = new Map<string, Bound>();
  const finishing = new Map<string, number>();
  const startedAt = world.clock.at;
  let prunedAt = startedAt;
  let beatAt = startedAt;
  let beats = 0;

  const refOf = (key: string) => {
    const [namespace = '', name = ''] = key.split('/');
    return { ...POD, namespace, name };
  };

  const podChanged = (kind: string, pod: KubeObject): void => {
    const key = keyOf(pod);
    if (kind === 'DELETED') {
      world.kubelet.teardown(pod);
      world.scheduler.release(key);
      for (const map of [unplaced, starting, bound, finishing, world.retries]) map.delete(key);
    } else if (kind === 'ADDED') {
      const node = asString(asObject(pod['spec'])['nodeName']);
      const machine = world.byName.get(node);
      if (node === '') unplaced.set(key, world.clock.at);
      else if (machine !== undefined && asObject(pod['status'])['startTime'] === undefined) {
        bound.set(key, { machine, devices: world.scheduler.bind(pod, machine) });
        starting.set(key, world.clock.at);
      }
    }
    controllers.touch(pod);
  };

  const unlisten = store.listen((change) => {
    if (change.resource === 'pods') podChanged(change.kind, change.object());
    else if (WORKLOADS.has(change.resource)) controllers.touch(change.object());
  });

  const place = (key: string): void => {
    const pod = store.get(refOf(key));
    unplaced.delete(key);
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return;
    const found = world.scheduler.place(pod);
    if ('refused' in found) {
      world.events.record(
        pod,
        { reason: 'FailedScheduling', type: 'Warning', message: found.refused, component: 'default-scheduler' },
        world.clock.at,
      );
      const told = asObject(asArray(asObject(pod['status'])['conditions'])[0])['message'];
      if (told !== found.refused)
        store.update({ ...pod, status: unschedulableStatus(found.refused, world.clock.at) } as KubeObject);
      world.retries.set(key, world.clock.at + 60_000);
      return;
    }
    const stored = store.update({
      ...pod,
      spec: { ...asObject(pod['spec']), nodeName: found.machine.name },
    } as KubeObject);
    world.events.record(
      stored,
      {
        reason: 'Scheduled',
        type: 'Normal',
        message: `Successfully assigned ${key} to ${found.machine.name}`,
        component: 'default-scheduler',
      },
      world.clock.at,
    );
    bound.set(key, found);
    starting.set(key, world.clock.at + 300);
  };

  const start = (key: string): void => {
    const pod = store.get(refOf(key));
    const node = asString(asObject(pod?.['spec'])['nodeName']);
    const machine = world.byName.get(node);
    starting.delete(key);
    if (pod === undefined || machine === undefined || pod.metadata.deletionTimestamp !== undefined) return;
    const outcome = world.kubelet.attempt(pod, machine, bound.get(key)?.devices ?? new Map(), world.clock.at);
    const stored = store.update(outcome.pod);
    world.kubelet.report(stored, machine, outcome, world.clock.at);
    if (!outcome.running) {
      // In a big world with many failing pods each waits longer, as a node under load does.
      const gap = Math.max(12_000 + world.random.int(14_000), world.retries.size * 250);
      world.retries.set(key, world.clock.at + gap);
      return;
    }
    if (asString(asObject(asArray(pod.metadata['ownerReferences'])[0])['kind']) === 'Job')
      finishing.set(key, world.clock.at + JOB_RUNS_MS);
  };

  const end = (key: string): void => {
    finishing.delete(key);
    const pod = store.get(refOf(key));
    if (pod === undefined) return;
    world.ipam.release(key);
    world.scheduler.release(key);
    store.update({ ...pod, status: succeededStatus(pod, world.clock.at) } as KubeObject);
  };

  const due = (map: Map<string, number>, act: (key: string) => void): void => {
    for (const [key, at] of [...map]) if (at <= world.clock.at) tolerate(() => act(key));
  };

  const retry = (key: string): void => {
    world.retries.delete(key);
    const pod = store.get(refOf(key));
    if (pod === undefined) return;
    if (asString(asObject(pod['spec'])['nodeName']) === '') unplaced.set(key, world.clock.at);
    else starting.set(key, world.clock.at);
  };

  /** One node after the other, so that every node has its turn in BEAT_MS. */
  const beat = (now: number): void => {
    const { machines } = world;
    for (; beatAt + BEAT_MS / machines.length <= now; beatAt += BEAT_MS / machines.length) {
      const machine = machines[beats++ % machines.length];
      const node =
        machine === undefined ? undefined : store.get({ apiVersion: 'v1', kind: 'Node', name: machine.name });
      if (machine === undefined || node === undefined) continue;
      tolerate(() => void store.update(beaten(node, now)));
      const lease = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        namespace: 'kube-node-lease',
        name: machine.name,
      };
      if (store.get(lease) !== undefined) store.patch(lease, { spec: leaseObject(machine, now)['spec'] ?? {} });
    }
  };

  return {
    tick: (now) => {
      world.clock.at = now;
      tolerate(() => script(world, (now - startedAt) / 1000));
      due(world.retries, retry);
      due(finishing, end);
      controllers.run();
      due(unplaced, place);
      due(starting, start);
      controllers.run();
      tolerate(() => world.flushPools(now));
      beat(now);
      if (now - prunedAt < PRUNE_EVERY_MS) return;
      prunedAt = now;
      tolerate(() => world.events.prune(now));
    },
    stop: unlisten,
  };
};
