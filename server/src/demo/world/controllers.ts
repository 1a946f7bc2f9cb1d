import type { JsonObject, KubeObject } from '../api/types.ts';
import { asArray, asObject, asString } from '../api/types.ts';
import { stamp } from './event-log.ts';
import { podOf, replicaSetOf, workloadStatus } from './workloads.ts';
import type { World } from './world.ts';
import { tolerate } from './world.ts';

const APPS = 'apps/v1';
const KINDS: Record<string, string> = { Deployment: APPS, ReplicaSet: APPS, StatefulSet: APPS, Job: 'batch/v1' };

export type Controllers = {
  /** Remembers that a workload, or a pod of one, has changed. */
  touch: (object: KubeObject) => void;
  /** Brings the workloads that changed to what they want. */
  run: () => void;
};

const refOf = (object: KubeObject) => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
});
const replicasOf = (object: KubeObject): number => Number(asObject(object['spec'])['replicas'] ?? 1);
const isPodNow = (object: KubeObject): boolean =>
  object.kind === 'Pod' && object.metadata.deletionTimestamp === undefined;
const phaseOf = (pod: KubeObject): string => asString(asObject(pod['status'])['phase']);

/** Deployment, ReplicaSet, StatefulSet and Job controllers, as far as pods coming and going needs them. */
export const createControllers = (world: World): Controllers => {
  const { store } = world.api;
  const dirty = new Set<string>();

  const setStatus = (object: KubeObject, status: JsonObject): void => {
    store.update({
      ...object,
      status: { ...status, observedGeneration: object.metadata.generation ?? 1 },
    } as KubeObject);
  };

  const note = (
    object: KubeObject,
    component: 'replicaset-controller' | 'deployment-controller' | 'job-controller',
    reason: string,
    message: string,
  ): void => world.events.record(object, { reason, type: 'Normal', message, component }, world.clock.at);

  const deployment = (object: KubeObject): void => {
    const wanted = replicaSetOf(object, stamp(world.clock.at));
    const name = asString(asObject(wanted['metadata'])['name']);
    const sets = store.owned(object.metadata.uid ?? '').filter((item) => item.kind === 'ReplicaSet');
    const count = replicasOf(object);
    if (!sets.some((item) => item.metadata.name === name)) store.create(wanted);
    for (const set of sets) {
      const target = set.metadata.name === name ? count : 0;
      if (replicasOf(set) === target) continue;
      const verb = replicasOf(set) < target ? 'up' : 'down';
      note(
        object,
        'deployment-controller',
        'ScalingReplicaSet',
        `Scaled ${verb} replica set ${set.metadata.name} from ${replicasOf(set)} to ${target}`,
      );
      store.update({ ...set, spec: { ...asObject(set['spec']), replicas: target } } as KubeObject);
    }
    const pods = sets.flatMap((set) => store.owned(set.metadata.uid ?? '')).filter(isPodNow);
    setStatus(object, workloadStatus('Deployment', count, pods));
  };

  /** Those that do not run go first, as the real controller ranks them. */
  const surplus = (pods: KubeObject[], count: number): KubeObject[] =>
    [...pods]
      .sort((a, b) => Number(phaseOf(a) === 'Running') - Number(phaseOf(b) === 'Running'))
      .slice(0, Math.max(0, pods.length - count));

  const replicaSet = (object: KubeObject): void => {
    const count = replicasOf(object);
    const pods = store.owned(object.metadata.uid ?? '').filter(isPodNow);
    for (let i = pods.length; i < count; i++) {
      const pod = store.create(podOf(object, `${object.metadata.name}-${world.random.suffix()}`));
      note(object, 'replicaset-controller', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    }
    for (const pod of surplus(pods, count)) {
      note(object, 'replicaset-controller', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
      store.delete(refOf(pod));
    }
    setStatus(object, workloadStatus('ReplicaSet', count, store.owned(object.metadata.uid ?? '').filter(isPodNow)));
  };

  const statefulSet = (object: KubeObject): void => {
    const count = replicasOf(object);
    const { name, namespace = '' } = object.metadata;
    const pods = store.owned(object.metadata.uid ?? '').filter((item) => item.kind === 'Pod');
    for (let i = 0; i < count; i++) {
      const podName = `${name}-${i}`;
      if (
        pods.some((pod) => pod.metadata.name === podName) ||
        store.get({ apiVersion: 'v1', kind: 'Pod', namespace, name: podName }) !== undefined
      )
        continue;
      store.create(podOf(object, podName, { 'statefulset.kubernetes.io/pod-name': podName }));
    }
    for (const pod of pods.filter(isPodNow)) {
      if (Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? 0) >= count) store.delete(refOf(pod));
    }
    setStatus(object, workloadStatus('StatefulSet', count, store.owned(object.metadata.uid ?? '').filter(isPodNow)));
  };

  const job = (object: KubeObject): void => {
    const pods = store.owned(object.metadata.uid ?? '').filter(isPodNow);
    if (asArray(asObject(object['status'])['conditions']).length > 0) return;
    const done = pods.filter((pod) => phaseOf(pod) === 'Succeeded').length;
    const startTime = asString(asObject(object['status'])['startTime']) || stamp(world.clock.at);
    if (done > 0) {
      const at = stamp(world.clock.at);
      note(object, 'job-controller', 'Completed', 'Job completed');
      setStatus(object, {
        startTime,
        completionTime: at,
        succeeded: done,
        conditions: [{ type: 'Complete', status: 'True', lastProbeTime: at, lastTransitionTime: at }],
      });
      return;
    }
    if (pods.length === 0) {
      const pod = store.create(
        podOf(object, `${object.metadata.name}-${world.random.suffix()}`, {
          'job-name': object.metadata.name,
          'batch.kubernetes.io/job-name': object.metadata.name,
        }),
      );
      note(object, 'job-controller', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    }
    setStatus(object, { startTime, active: 1 });
  };

  const BY_KIND: Record<string, (object: KubeObject) => void> = {
    Deployment: deployment,
    ReplicaSet: replicaSet,
    StatefulSet: statefulSet,
    Job: job,
  };

  const reconcile = (id: string): void => {
    const [kind = '', namespace = '', name = ''] = id.split('|');
    const object = store.get({ apiVersion: KINDS[kind] ?? APPS, kind, namespace, name });
    if (object !== undefined && object.metadata.deletionTimestamp === undefined) BY_KIND[kind]?.(object);
  };

  return {
    touch: (object) => {
      const owner = asObject(asArray(object.metadata['ownerReferences'])[0]);
      const namespace = object.metadata.namespace ?? '';
      if (object.kind in BY_KIND) dirty.add(`${object.kind}|${namespace}|${object.metadata.name}`);
      if (asString(owner['kind']) in BY_KIND)
        dirty.add(`${asString(owner['kind'])}|${namespace}|${asString(owner['name'])}`);
    },
    run: () => {
      // What one pass writes may make the next owner dirty; a bound keeps two quarrelling owners from looping.
      for (let pass = 0; pass < 4 && dirty.size > 0; pass++) {
        const now = [...dirty];
        dirty.clear();
        for (const id of now) tolerate(() => reconcile(id));
      }
    },
  };
};
