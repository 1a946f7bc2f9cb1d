import type { Json, JsonObject, KubeObject, ResourceType } from './types.ts';
import { asArray, asObject, asString, resourceKey } from './types.ts';

const container = (item: JsonObject): JsonObject => ({
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: /:latest$|^[^:@]+$/.test(asString(item['image'])) ? 'Always' : 'IfNotPresent',
  ...item,
  ...(item['ports'] === undefined
    ? {}
    : { ports: asArray(item['ports']).map((port) => ({ protocol: 'TCP', ...asObject(port) })) }),
  resources: item['resources'] ?? {},
});

const toleration = (name: string): JsonObject => ({
  key: `node.kubernetes.io/${name}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
});

/** The DefaultTolerationSeconds admission plugin. */
const withDefaults = (given: Json[]): Json[] => {
  const has = (name: string): boolean =>
    given
      .map(asObject)
      .some(
        (item) =>
          (item['key'] === undefined || item['key'] === `node.kubernetes.io/${name}`) &&
          (item['effect'] ?? 'NoExecute') === 'NoExecute',
      );
  return [...given, ...['not-ready', 'unreachable'].filter((name) => !has(name)).map(toleration)];
};

/** Fields the API server fills in for a pod. Fields it has never heard of, `networks` for one, stay. */
const podSpecDefaults = (spec: JsonObject): JsonObject => ({
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  serviceAccountName: 'default',
  serviceAccount: asString(spec['serviceAccountName']) || 'default',
  securityContext: {},
  schedulerName: 'default-scheduler',
  enableServiceLinks: true,
  preemptionPolicy: 'PreemptLowerPriority',
  priority: 0,
  ...spec,
  tolerations: withDefaults(asArray(spec['tolerations'])),
  containers: asArray(spec['containers']).map((item) => container(asObject(item))),
});

const withTemplate = (spec: JsonObject): JsonObject => {
  const template = asObject(spec['template']);
  return { ...spec, template: { ...template, spec: podSpecDefaults(asObject(template['spec'])) } };
};

const crdStatus = (object: KubeObject, now: string): JsonObject => {
  const condition = (type: string, reason: string, message: string): JsonObject => ({
    type,
    status: 'True',
    reason,
    message,
    lastTransitionTime: now,
  });
  const spec = asObject(object['spec']);
  return {
    acceptedNames: asObject(spec['names']),
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
    storedVersions: asArray(spec['versions']).map((item) => asString(asObject(item)['name'])),
  };
};

/** What a fresh object looks like after admission; `now` is an RFC 3339 time. */
export const applyDefaults = (type: ResourceType, object: KubeObject, now: string): KubeObject => {
  const spec = asObject(object['spec']);
  switch (resourceKey(type)) {
    case 'pods':
      return {
        ...object,
        spec: podSpecDefaults(spec),
        status: object['status'] ?? { phase: 'Pending', qosClass: 'BestEffort' },
      } as KubeObject;
    case 'namespaces':
      return {
        ...object,
        metadata: {
          ...object.metadata,
          labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
        },
        spec: { finalizers: ['kubernetes'], ...spec },
        status: { phase: 'Active', ...asObject(object['status']) },
      } as unknown as KubeObject;
    case 'services':
      return {
        ...object,
        spec: { type: 'ClusterIP', sessionAffinity: 'None', ...spec },
        status: object['status'] ?? { loadBalancer: {} },
      } as KubeObject;
    case 'deployments.apps':
    case 'replicasets.apps':
    case 'statefulsets.apps':
      return { ...object, spec: withTemplate({ replicas: 1, ...spec }), status: object['status'] ?? {} } as KubeObject;
    case 'daemonsets.apps':
    case 'jobs.batch':
      return { ...object, spec: withTemplate(spec), status: object['status'] ?? {} } as KubeObject;
    case 'customresourcedefinitions.apiextensions.k8s.io':
      return { ...object, status: crdStatus(object, now) } as KubeObject;
    default:
      return object;
  }
};

/** Core kinds carry no generation; kinds with a desired state do. */
export const hasGeneration = (type: ResourceType): boolean =>
  !type.builtin || type.group !== '' || type.kind === 'PodNetwork';
