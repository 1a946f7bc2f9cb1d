import { since } from './duration.ts';
import type { Column, Json, JsonObject, KubeObject } from './types.ts';
import { asArray, asObject, asString } from './types.ts';

type Cell = Column['cell'];
const column = (name: string, cell: Cell, priority = 0, type: Column['type'] = 'string'): Column => ({
  name,
  type,
  priority,
  description: name,
  cell,
});
const wide = (name: string, cell: Cell): Column => column(name, cell, 1);

export const NAME: Column = column('Name', (object) => object.metadata.name);
export const AGE: Column = column('Age', (object, now) => since(object.metadata.creationTimestamp, now));
const CREATED_AT: Column = column('Created At', (object) => object.metadata.creationTimestamp ?? '', 0, 'date');

const spec = (object: JsonObject): JsonObject => asObject(object['spec']);
const status = (object: JsonObject): JsonObject => asObject(object['status']);
const number = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);
const orNone = (value: string): string => (value === '' ? '<none>' : value);
const condition = (object: JsonObject, type: string): JsonObject =>
  asObject(asArray(status(object)['conditions']).find((item) => asObject(item)['type'] === type));

/** printPod of kubernetes/pkg/printers/internalversion: what `kubectl get pods` shows under STATUS. */
const podStatus: Cell = (pod) => {
  let reason = asString(status(pod)['reason']) || asString(status(pod)['phase']);
  for (const item of asArray(status(pod)['containerStatuses'])) {
    const state = asObject(asObject(item)['state']);
    const why = asString(asObject(state['waiting'])['reason']) || asString(asObject(state['terminated'])['reason']);
    if (why !== '') reason = why;
  }
  if (pod.metadata.deletionTimestamp !== undefined)
    return asString(status(pod)['reason']) === 'NodeLost' ? 'Unknown' : 'Terminating';
  return reason;
};

const ready: Cell = (pod) => {
  const all = asArray(status(pod)['containerStatuses']);
  return `${all.filter((item) => asObject(item)['ready'] === true).length}/${asArray(spec(pod)['containers']).length}`;
};

const restarts: Cell = (pod) =>
  asArray(status(pod)['containerStatuses']).reduce(
    (sum: number, item) => sum + number(asObject(item)['restartCount']),
    0,
  );

const pods: Column[] = [
  NAME,
  column('Ready', ready),
  column('Status', podStatus),
  column('Restarts', restarts, 0, 'integer'),
  AGE,
  wide('IP', (pod) => orNone(asString(status(pod)['podIP']))),
  wide('Node', (pod) => orNone(asString(spec(pod)['nodeName']))),
  wide('Nominated Node', (pod) => orNone(asString(status(pod)['nominatedNodeName']))),
  wide('Readiness Gates', () => '<none>'),
];

const ROLE = 'node-role.kubernetes.io/';
const nodeStatus: Cell = (node) => {
  const state = condition(node, 'Ready')['status'] === 'True' ? 'Ready' : 'NotReady';
  return spec(node)['unschedulable'] === true ? `${state},SchedulingDisabled` : state;
};
const address = (node: KubeObject, type: string): string =>
  orNone(
    asString(asObject(asArray(status(node)['addresses']).find((item) => asObject(item)['type'] === type))['address']),
  );
const info =
  (key: string): Cell =>
  (node) =>
    asString(asObject(status(node)['nodeInfo'])[key]) || '<unknown>';

const nodes: Column[] = [
  NAME,
  column('Status', nodeStatus),
  column('Roles', (node) =>
    orNone(
      Object.keys(node.metadata.labels ?? {})
        .filter((key) => key.startsWith(ROLE))
        .map((key) => key.slice(ROLE.length))
        .sort()
        .join(','),
    ),
  ),
  AGE,
  column('Version', info('kubeletVersion')),
  wide('Internal-IP', (node) => address(node, 'InternalIP')),
  wide('External-IP', (node) => address(node, 'ExternalIP')),
  wide('OS-Image', info('osImage')),
  wide('Kernel-Version', info('kernelVersion')),
  wide('Container-Runtime', info('containerRuntimeVersion')),
];

const involved = (event: JsonObject): JsonObject => asObject(event['involvedObject']);
const events: Column[] = [
  column('Last Seen', (event, now) =>
    since(event['lastTimestamp'] ?? event['eventTime'] ?? event['firstTimestamp'], now),
  ),
  column('Type', (event) => asString(event['type'])),
  column('Reason', (event) => asString(event['reason'])),
  column(
    'Object',
    (event) => `${asString(involved(event)['kind']).toLowerCase()}/${asString(involved(event)['name'])}`,
  ),
  wide('Subobject', (event) => asString(involved(event)['fieldPath'])),
  wide('Source', (event) =>
    [asString(asObject(event['source'])['component']), asString(asObject(event['source'])['host'])]
      .filter((part) => part !== '')
      .join(', '),
  ),
  column('Message', (event) => asString(event['message']).trim()),
  wide('First Seen', (event, now) => since(event['firstTimestamp'] ?? event['eventTime'], now)),
  wide('Count', (event) => String(number(event['count']) || 1)),
  wide('Name', (event) => event.metadata.name),
];

const replicas = (object: JsonObject): number => number(spec(object)['replicas']);
const count =
  (key: string): Cell =>
  (object) =>
    number(status(object)[key]);
const selector: Cell = (object) =>
  orNone(
    Object.entries(asObject(asObject(spec(object)['selector'])['matchLabels']))
      .map(([key, value]) => `${key}=${asString(value)}`)
      .join(','),
  );
const containers = (object: JsonObject): JsonObject[] =>
  asArray(spec(asObject(spec(object)['template']))['containers']).map(asObject);
const template = [
  wide('Containers', (object) =>
    containers(object)
      .map((item) => asString(item['name']))
      .join(','),
  ),
  wide('Images', (object) =>
    containers(object)
      .map((item) => asString(item['image']))
      .join(','),
  ),
  wide('Selector', selector),
];
const integer = (name: string, cell: Cell): Column => column(name, cell, 0, 'integer');

const jobDuration: Cell = (job, now) => {
  const start = status(job)['startTime'];
  if (typeof start !== 'string') return '';
  const end = status(job)['completionTime'];
  return since(start, typeof end === 'string' ? Date.parse(end) : now);
};

const services: Column[] = [
  NAME,
  column('Type', (service) => asString(spec(service)['type']) || 'ClusterIP'),
  column('Cluster-IP', (service) => orNone(asString(spec(service)['clusterIP']))),
  column('External-IP', () => '<none>'),
  column('Port(s)', (service) =>
    orNone(
      asArray(spec(service)['ports'])
        .map((port) => `${number(asObject(port)['port'])}/${asString(asObject(port)['protocol']) || 'TCP'}`)
        .join(','),
    ),
  ),
  AGE,
];

/** Columns by `plural.group`; a kind that is not here prints NAME and AGE. */
export const COLUMNS: Record<string, Column[]> = {
  pods,
  nodes,
  events,
  services,
  namespaces: [NAME, column('Status', (object) => asString(status(object)['phase'])), AGE],
  configmaps: [NAME, column('Data', (object) => String(Object.keys(asObject(object['data'])).length)), AGE],
  secrets: [
    NAME,
    column('Type', (object) => asString(object['type'])),
    column('Data', (object) => Object.keys(asObject(object['data'])).length, 0, 'integer'),
    AGE,
  ],
  serviceaccounts: [NAME, column('Secrets', (object) => asArray(object['secrets']).length, 0, 'integer'), AGE],
  podnetworks: [
    NAME,
    column('Provider', (object) => orNone(asString(spec(object)['provider']))),
    column('Ready', (object) => asString(condition(object, 'Ready')['status']) || 'Unknown'),
    AGE,
  ],
  'deployments.apps': [
    NAME,
    column('Ready', (object) => `${number(status(object)['readyReplicas'])}/${replicas(object)}`),
    integer('Up-to-date', count('updatedReplicas')),
    integer('Available', count('availableReplicas')),
    AGE,
    ...template,
  ],
  'replicasets.apps': [
    NAME,
    integer('Desired', replicas),
    integer('Current', count('replicas')),
    integer('Ready', count('readyReplicas')),
    AGE,
    ...template,
  ],
  'statefulsets.apps': [
    NAME,
    column('Ready', (object) => `${number(status(object)['readyReplicas'])}/${replicas(object)}`),
    AGE,
    ...template.slice(0, 2),
  ],
  'daemonsets.apps': [
    NAME,
    integer('Desired', count('desiredNumberScheduled')),
    integer('Current', count('currentNumberScheduled')),
    integer('Ready', count('numberReady')),
    integer('Up-to-date', count('updatedNumberScheduled')),
    integer('Available', count('numberAvailable')),
    column('Node Selector', () => '<none>'),
    AGE,
    ...template,
  ],
  'jobs.batch': [
    NAME,
    column(
      'Completions',
      (object) => `${number(status(object)['succeeded'])}/${number(spec(object)['completions']) || 1}`,
    ),
    column('Duration', jobDuration),
    AGE,
    ...template,
  ],
  'customresourcedefinitions.apiextensions.k8s.io': [NAME, CREATED_AT],
};
