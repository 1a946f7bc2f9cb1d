import type { KubeObject } from './object.ts';
import { asRecord, asRecords } from './read.ts';

/** What says nothing of networks, as the API names it. What is not named here stays, for somebody's patched API server may mean it. */
const dull = {
  metadata: new Set(['managedFields', 'generateName', 'selfLink', 'generation']),
  annotation: new Set(['kubectl.kubernetes.io/last-applied-configuration']),
  owner: new Set(['apiVersion', 'uid', 'blockOwnerDeletion']),
  spec: new Set([
    'activeDeadlineSeconds',
    'affinity',
    'automountServiceAccountToken',
    'dnsConfig',
    'dnsPolicy',
    'enableServiceLinks',
    'ephemeralContainers',
    'hostAliases',
    'imagePullSecrets',
    'nodeSelector',
    'preemptionPolicy',
    'priority',
    'priorityClassName',
    'readinessGates',
    'restartPolicy',
    'schedulerName',
    'securityContext',
    'serviceAccount',
    'serviceAccountName',
    'terminationGracePeriodSeconds',
    'tolerations',
    'topologySpreadConstraints',
    'volumes',
  ]),
  container: new Set([
    'args',
    'command',
    'env',
    'envFrom',
    'imagePullPolicy',
    'lifecycle',
    'livenessProbe',
    'ports',
    'readinessProbe',
    'resizePolicy',
    'securityContext',
    'startupProbe',
    'stdin',
    'terminationMessagePath',
    'terminationMessagePolicy',
    'tty',
    'volumeDevices',
    'volumeMounts',
    'workingDir',
  ]),
  status: new Set(['hostIP', 'hostIPs', 'observedGeneration', 'qosClass', 'ephemeralContainerStatuses']),
  condition: new Set(['lastProbeTime', 'lastTransitionTime', 'observedGeneration']),
  containerStatus: new Set([
    'allocatedResources',
    'containerID',
    'image',
    'imageID',
    'lastState',
    'name',
    'ready',
    'resources',
    'restartCount',
    'started',
    'user',
    'volumeMounts',
  ]),
  running: new Set(['startedAt']),
} as const;

/** Keys that are left out of a record, the records in it that have some too, and the lists of such records. */
type DullPlace = {
  drop: ReadonlySet<string>;
  records?: Readonly<Record<string, DullPlace>>;
  lists?: Readonly<Record<string, DullPlace>>;
};

const containerStatus: DullPlace = {
  drop: dull.containerStatus,
  records: { state: { drop: new Set(), records: { running: { drop: dull.running } } } },
};

/** What `toLeanPod` leaves out, by place, for whoever reads pods as text and need not even parse it. */
export const dullOfPod = {
  drop: new Set(),
  records: {
    metadata: {
      drop: dull.metadata,
      records: { annotations: { drop: dull.annotation } },
      lists: { ownerReferences: { drop: dull.owner } },
    },
    spec: {
      drop: dull.spec,
      lists: { containers: { drop: dull.container }, initContainers: { drop: dull.container } },
    },
    status: {
      drop: dull.status,
      lists: {
        conditions: { drop: dull.condition },
        containerStatuses: containerStatus,
        initContainerStatuses: containerStatus,
      },
    },
  },
} satisfies DullPlace;

type Fields = Record<string, unknown>;

function without(record: Fields, names: ReadonlySet<string>): Fields {
  const left: Fields = {};
  for (const key of Object.keys(record)) if (!names.has(key)) left[key] = record[key];
  return left;
}

/** The list with its records made lean; anything else is left for its reader to complain about. */
const each = (value: unknown, lean: (record: Fields) => Fields): unknown =>
  Array.isArray(value) && asRecords(value).length === value.length ? asRecords(value).map(lean) : value;

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** Fields that are there. */
const defined = (record: Fields): Fields =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined && !isEmpty(value)));

const change = (record: Fields, key: string, lean: (value: unknown) => unknown): void => {
  if (Object.hasOwn(record, key)) record[key] = lean(record[key]);
};

const changeRecord = (record: Fields, key: string, lean: (value: Fields) => Fields): void =>
  change(record, key, (value) => {
    const found = asRecord(value);
    return found ? lean(found) : value;
  });

/** Only extended resources are devices: their names have a slash. */
const extended = (amounts: Fields): Fields =>
  Object.fromEntries(Object.entries(amounts).filter(([name]) => name.includes('/')));

function leanContainer(container: Fields): Fields {
  const left = without(container, dull.container);
  changeRecord(left, 'resources', (resources) => {
    const amounts = { ...resources };
    for (const key of ['limits', 'requests']) changeRecord(amounts, key, extended);
    return amounts;
  });
  return left;
}

function leanContainerStatus(container: Fields): Fields {
  const left = without(container, dull.containerStatus);
  changeRecord(left, 'state', (state) => {
    const now = { ...state };
    changeRecord(now, 'running', (running) => without(running, dull.running));
    return now;
  });
  return left;
}

function leanStatus(status: Fields): Fields {
  const left = without(status, dull.status);
  change(left, 'conditions', (list) => each(list, (condition) => without(condition, dull.condition)));
  for (const key of ['containerStatuses', 'initContainerStatuses'])
    change(left, key, (list) => each(list, leanContainerStatus));
  return left;
}

/** Written into each pod by itself: by the kubelet, a CNI plugin or a controller that numbers its pods. */
const perPod = /status|pod-networks|pod-?ips?$|containerid|address|pod-name|pod-index|allocat/i;
const statusKey = /^k8s\.v1\.cni\.cncf\.io\/networks?-status$/;

/** Multus writes its report indented by four: a third of it are blanks. No text in JSON has a line break. */
const unindented = (key: string, value: unknown): unknown =>
  typeof value === 'string' && statusKey.test(key) ? value.replace(/\n *(?=\S)/g, '') : value;

function halves(record: Fields | undefined): { shared: Fields; own: Fields } {
  const [shared, own]: [Fields, Fields] = [{}, {}];
  for (const [key, value] of Object.entries(record ?? {}))
    if (perPod.test(key)) own[key] = unindented(key, value);
    else shared[key] = value;
  return { shared, own };
}

/** A pod in two halves: what the pods of a workload have in common, and what is its own. */
export type LeanPod = { shared: Fields; own: Fields };

/**
 * A pod without what no provider reads, which is most of it: its claims are what `joinPod` of the halves claims. The contract test holds
 * providers to reading nothing that is left out here.
 */
export function toLeanPod(pod: KubeObject): LeanPod {
  const { metadata, spec, status, apiVersion, kind, ...rest } = pod;
  const { name, uid, creationTimestamp, deletionTimestamp, resourceVersion, namespace, labels, annotations, ...more } =
    metadata;
  const label = halves(asRecord(labels));
  const note = halves(without(asRecord(annotations) ?? {}, dull.annotation));
  const common = without(more, dull.metadata);
  change(common, 'ownerReferences', (value) => each(value, (owner) => without(owner, dull.owner)));
  const shared: Fields = {
    apiVersion,
    kind,
    metadata: defined({
      namespace,
      ...common,
      labels: labels && label.shared,
      annotations: annotations && note.shared,
    }),
  };
  const own: Fields = {
    metadata: defined({
      name,
      uid: uid || undefined,
      creationTimestamp,
      deletionTimestamp,
      // Without a uid it is what tells a pod that an API server has seen.
      resourceVersion: uid ? undefined : resourceVersion,
      labels: label.own,
      annotations: note.own,
    }),
    ...rest,
  };
  const body = asRecord(spec);
  if (body) {
    const left = without(body, dull.spec);
    for (const key of ['containers', 'initContainers']) change(left, key, (list) => each(list, leanContainer));
    const { nodeName, ...common } = left;
    shared['spec'] = common;
    if (nodeName !== undefined) own['spec'] = { nodeName };
  } else if (spec !== undefined) own['spec'] = spec;
  const state = asRecord(status);
  if (state) {
    const { podIP, podIPs, startTime, resourceClaimStatuses, networks, ...common } = leanStatus(state);
    shared['status'] = common;
    own['status'] = defined({ podIP, podIPs, startTime, resourceClaimStatuses, networks });
  } else if (status !== undefined) own['status'] = status;
  return { shared, own };
}

/** Fields of both; records that both have are joined too. */
function join(a: Fields, b: Fields): Fields {
  const joined = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const [known, other] = [asRecord(joined[key]), asRecord(value)];
    joined[key] = known && other ? join(known, other) : value;
  }
  return joined;
}

export const joinPod = ({ shared, own }: LeanPod): KubeObject => join(shared, own) as KubeObject;
