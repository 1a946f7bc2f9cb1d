import { byText } from './memo.ts';
import type { KubeObject } from './object.ts';
import { asRecord } from './read.ts';

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

/** No field of the API; assigned it would become what all others are looked up in. */
const prototype = '__proto__';

function without(record: Fields, names: ReadonlySet<string>): Fields {
  const left: Fields = {};
  for (const key in record) if (!names.has(key) && key !== prototype) left[key] = record[key];
  return left;
}

/** The list with its records made lean; anything else is left for its reader to complain about. */
function each(value: unknown, lean: (record: Fields) => Fields): unknown {
  if (!Array.isArray(value)) return value;
  const list: Fields[] = [];
  for (const item of value) {
    const record = asRecord(item);
    if (!record) return value;
    list.push(lean(record));
  }
  return list;
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  for (const _ in value) return false;
  return true;
}

/** Fields that are there. */
function defined(record: Fields): Fields {
  const left: Fields = {};
  for (const key in record) {
    const value = record[key];
    if (value !== undefined && !isEmpty(value)) left[key] = value;
  }
  return left;
}

const changeList = (record: Fields, key: string, lean: (item: Fields) => Fields): void => {
  if (record[key] !== undefined) record[key] = each(record[key], lean);
};

/** Only extended resources are devices: their names have a slash. */
function extended(amounts: unknown): unknown {
  const written = asRecord(amounts);
  if (!written) return amounts;
  const left: Fields = {};
  for (const name in written) if (name.includes('/')) left[name] = written[name];
  return left;
}

function leanContainer(container: Fields): Fields {
  const left = without(container, dull.container);
  const resources = asRecord(left['resources']);
  if (!resources) return left;
  const amounts: Fields = { ...resources };
  if (amounts['limits'] !== undefined) amounts['limits'] = extended(amounts['limits']);
  if (amounts['requests'] !== undefined) amounts['requests'] = extended(amounts['requests']);
  const devices = defined(amounts);
  left['resources'] = isEmpty(devices) ? undefined : devices;
  return left;
}

function leanContainerStatus(container: Fields): Fields {
  const left = without(container, dull.containerStatus);
  const state = asRecord(left['state']);
  const running = asRecord(state?.['running']);
  if (running) left['state'] = { ...state, running: without(running, dull.running) };
  return left;
}

const leanCondition = (condition: Fields): Fields => without(condition, dull.condition);
const leanOwner = (owner: Fields): Fields => without(owner, dull.owner);

function leanStatus(status: Fields): Fields {
  const left = without(status, dull.status);
  changeList(left, 'conditions', leanCondition);
  changeList(left, 'containerStatuses', leanContainerStatus);
  changeList(left, 'initContainerStatuses', leanContainerStatus);
  return left;
}

/** Written into each pod by itself: by the kubelet, a CNI plugin or a controller that numbers its pods. */
const perPod = /status|pod-networks|pod-?ips?$|containerid|address|pod-name|pod-index|allocat/i;
const isPerPod = byText(2000, (key) => perPod.test(key));
const statusKey = /^k8s\.v1\.cni\.cncf\.io\/networks?-status$/;

/** Multus writes its report indented by four: a third of it are blanks. No text in JSON has a line break. */
const unindented = (key: string, value: unknown): unknown =>
  typeof value === 'string' && value.includes('\n') && statusKey.test(key) ? value.replace(/\n *(?=\S)/g, '') : value;

function halves(record: Fields | undefined): { shared: Fields; own: Fields } {
  const [shared, own]: [Fields, Fields] = [{}, {}];
  for (const key in record)
    if (isPerPod(key)) own[key] = unindented(key, record[key]);
    else if (key !== prototype) shared[key] = record[key];
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
  changeList(common, 'ownerReferences', leanOwner);
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
    changeList(left, 'containers', leanContainer);
    changeList(left, 'initContainers', leanContainer);
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
  for (const key in b) {
    const [known, other] = [asRecord(joined[key]), asRecord(b[key])];
    joined[key] = known && other ? join(known, other) : b[key];
  }
  return joined;
}

export const joinPod = ({ shared, own }: LeanPod): KubeObject => join(shared, own) as KubeObject;
