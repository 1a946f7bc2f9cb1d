import type { Json, JsonObject, KubeObject, ResourceType } from './types.ts';
import { asObject, asString, resourceKey } from './types.ts';

const SCALABLE = new Set(['deployments.apps', 'replicasets.apps', 'statefulsets.apps']);

/** Kinds with a `/scale` subresource, which `kubectl scale` writes to. */
export const isScalable = (type: ResourceType): boolean => SCALABLE.has(resourceKey(type));

/** autoscaling/v1 Scale of a workload. */
export const toScale = (object: KubeObject): JsonObject => {
  const { name, namespace = '', uid = '', resourceVersion = '', creationTimestamp = '' } = object.metadata;
  const spec = asObject(object['spec']);
  const labels = Object.entries(asObject(asObject(spec['selector'])['matchLabels']));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec['replicas'] ?? 1 },
    status: {
      replicas: asObject(object['status'])['replicas'] ?? 0,
      selector: labels.map(([key, value]) => `${key}=${asString(value)}`).join(','),
    },
  };
};

/** The workload with the replicas a Scale (or a patch of one) asks for; a resourceVersion in it is kept as a precondition. */
export const scaled = (object: KubeObject, scale: Json): KubeObject => {
  const asked = asObject(asObject(scale)['spec'])['replicas'];
  const version = asString(asObject(asObject(scale)['metadata'])['resourceVersion']);
  return {
    ...object,
    metadata: { ...object.metadata, ...(version === '' ? {} : { resourceVersion: version }) },
    spec: { ...asObject(object['spec']), replicas: typeof asked === 'number' ? asked : 0 },
  } as KubeObject;
};
