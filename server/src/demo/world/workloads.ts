import type { JsonObject, KubeObject } from '../api/types.ts';
import { asObject, asString } from '../api/types.ts';
import { stamp } from './event-log.ts';
import { NETWORKS } from './multus.ts';
import type { World } from './world.ts';

export type WorkloadKind = 'Pod' | 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Job';

/** One workload of a scenario, in the fewest words. */
export type Workload = {
  kind: WorkloadKind;
  namespace: string;
  name: string;
  replicas?: number;
  image: string;
  /** Value of the networks annotation. */
  networks?: string;
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  /** Merged into the pod's spec. */
  spec?: JsonObject;
  /** Extended resource limits of the container. */
  limits?: Record<string, string>;
  /** Minutes since it was created. */
  age: number;
  /** Names the nodes of a DaemonSet. */
  nodes?: string[];
};

const MINUTE = 60_000;

export const podTemplate = (workload: Workload): JsonObject => {
  const annotations = {
    ...(workload.networks === undefined ? {} : { [NETWORKS]: workload.networks }),
    ...workload.annotations,
  };
  return {
    metadata: {
      labels: {
        app: workload.name,
        'app.kubernetes.io/name': workload.name,
        'app.kubernetes.io/part-of': workload.namespace,
        ...workload.labels,
      },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: {
      containers: [
        {
          name: workload.name,
          image: workload.image,
          resources: workload.limits === undefined ? {} : { limits: workload.limits, requests: workload.limits },
        },
      ],
      ...workload.spec,
    },
  };
};

const HASH_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** A stable stand-in for the controller's hash of the pod template. */
const templateHash = (template: JsonObject): string => {
  let hash = 0x811c9dc5;
  for (const c of JSON.stringify(template)) hash = Math.imul(hash ^ (c.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  let text = '';
  for (let i = 0; i < 9; i++) {
    text += HASH_ALPHABET[hash % HASH_ALPHABET.length] ?? 'b';
    hash = Math.imul(hash ^ (hash >>> 13), 0x5bd1e995) >>> 0;
  }
  return text;
};

const ownerReference = (owner: KubeObject): JsonObject => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
});

/** A pod made from a controller's template. */
export const podOf = (owner: KubeObject, name: string, extraLabels: Record<string, string> = {}): JsonObject => {
  const template = asObject(asObject(owner['spec'])['template']);
  const metadata = asObject(template['metadata']);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      name,
      ...(owner.kind === 'StatefulSet' ? {} : { generateName: `${owner.metadata.name}-` }),
      namespace: owner.metadata.namespace ?? 'default',
      labels: { ...asObject(metadata['labels']), ...extraLabels },
      ownerReferences: [ownerReference(owner)],
    },
    spec: { ...asObject(template['spec']) },
  };
};

export const replicaSetOf = (deployment: KubeObject, createdAt: string): JsonObject => {
  const spec = asObject(deployment['spec']);
  const template = asObject(spec['template']);
  const hash = templateHash(template);
  const labels = { ...asObject(asObject(template['metadata'])['labels']), 'pod-template-hash': hash };
  const matchLabels = { ...asObject(asObject(spec['selector'])['matchLabels']), 'pod-template-hash': hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      creationTimestamp: createdAt,
      namespace: deployment.metadata.namespace ?? 'default',
      labels,
      annotations: {
        'deployment.kubernetes.io/desired-replicas': String(spec['replicas'] ?? 1),
        'deployment.kubernetes.io/revision': '1',
      },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: spec['replicas'] ?? 1,
      selector: { matchLabels },
      template: { ...template, metadata: { ...asObject(template['metadata']), labels } },
    },
  };
};

const controller = (workload: Workload, bornAt: number): JsonObject => {
  const selector = { matchLabels: { app: workload.name } };
  const spec: JsonObject = { selector, template: podTemplate(workload) };
  if (workload.kind === 'Deployment' || workload.kind === 'StatefulSet') spec['replicas'] = workload.replicas ?? 1;
  if (workload.kind === 'StatefulSet') spec['serviceName'] = workload.name;
  if (workload.kind === 'Job') Object.assign(spec, { completions: 1, parallelism: 1, backoffLimit: 6 });
  return {
    apiVersion: workload.kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind: workload.kind,
    metadata: {
      name: workload.name,
      namespace: workload.namespace,
      labels: { app: workload.name },
      creationTimestamp: stamp(bornAt),
    },
    spec,
  };
};

const isReady = (pod: KubeObject): boolean => asString(asObject(pod['status'])['phase']) === 'Running';

export const workloadStatus = (kind: string, desired: number, pods: KubeObject[]): JsonObject => {
  const ready = pods.filter(isReady).length;
  if (kind === 'DaemonSet') {
    return {
      currentNumberScheduled: pods.length,
      desiredNumberScheduled: desired,
      numberMisscheduled: 0,
      numberReady: ready,
      numberAvailable: ready,
      updatedNumberScheduled: pods.length,
      observedGeneration: 1,
    };
  }
  return {
    observedGeneration: 1,
    replicas: pods.length,
    ...(kind === 'ReplicaSet' ? { fullyLabeledReplicas: pods.length } : { updatedReplicas: pods.length }),
    ...(ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : {}),
    ...(kind === 'Deployment' && desired > ready ? { unavailableReplicas: desired - ready } : {}),
  };
};

const finish = (world: World, owner: KubeObject, desired: number, pods: KubeObject[]): void => {
  const ref = {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    namespace: owner.metadata.namespace ?? '',
    name: owner.metadata.name,
  };
  world.api.store.patch(ref, { status: workloadStatus(owner.kind, desired, pods) });
};

/** Puts a workload and its pods into the world as they are after `age` minutes of life. */
export const settleWorkload = (world: World, workload: Workload): KubeObject[] => {
  const { store } = world.api;
  const bornAt = world.clock.at - workload.age * MINUTE;
  if (workload.kind === 'Pod') {
    const template = podTemplate(workload);
    return [
      world.settle(
        {
          ...template,
          metadata: { ...asObject(template['metadata']), name: workload.name, namespace: workload.namespace },
        },
        bornAt,
      ),
    ];
  }
  const owner = store.create(controller(workload, bornAt));
  const count = workload.replicas ?? 1;
  if (workload.kind === 'DaemonSet') {
    const nodes = workload.nodes ?? [];
    const pods = nodes.map((nodeName) => {
      const pod = podOf(owner, `${workload.name}-${world.random.suffix()}`, { 'pod-template-generation': '1' });
      return world.settle({ ...pod, spec: { ...asObject(pod['spec']), nodeName } }, bornAt);
    });
    finish(world, owner, nodes.length, pods);
    return pods;
  }
  if (workload.kind === 'StatefulSet') {
    const pods = Array.from({ length: count }, (_, i) =>
      world.settle(
        podOf(owner, `${workload.name}-${i}`, { 'statefulset.kubernetes.io/pod-name': `${workload.name}-${i}` }),
        bornAt + i * 5000,
      ),
    );
    finish(world, owner, count, pods);
    return pods;
  }
  const direct = workload.kind === 'Deployment' ? store.create(replicaSetOf(owner, stamp(bornAt))) : owner;
  const pods = Array.from({ length: count }, () =>
    world.settle(podOf(direct, `${direct.metadata.name}-${world.random.suffix()}`), bornAt),
  );
  if (direct !== owner) finish(world, direct, count, pods);
  finish(world, owner, count, pods);
  return pods;
};
