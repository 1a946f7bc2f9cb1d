import { type KubeObject, refOf } from '../kube/object.ts';
import {
  asNumber,
  asRecord,
  asRecords,
  asStringMap,
  asStrings,
  asText,
  getPath,
  getText,
  truncate,
} from '../kube/read.ts';
import { parseAddedInterface } from '../messages/added-interface.ts';
import { classifyMessage } from '../messages/classify.ts';
import { workloadId } from '../model/ids.ts';
import type { Condition, Workload } from '../model/topology.ts';
import {
  type Claims,
  type EventClaim,
  type NodeClaim,
  nothing,
  type Provider,
  type WorkloadClaim,
} from './provider.ts';

const messageLimit = 2048;

export const toTime = (value: unknown): number => {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? 0 : time;
};

export const createdAt = (object: KubeObject): number => toTime(object.metadata.creationTimestamp);

export function toConditions(value: unknown): Condition[] {
  return asRecords(value).flatMap((item) => {
    const type = asText(item['type']);
    const status = asText(item['status']);
    if (!type || !status) return [];
    const condition: Condition = { type, status };
    const reason = asText(item['reason']);
    const message = asText(item['message']);
    const changed = asText(item['lastTransitionTime']);
    if (reason) condition.reason = truncate(reason, 200);
    if (message) condition.message = truncate(message, 1000);
    if (changed) condition.lastTransitionTime = changed;
    return [condition];
  });
}

/** `ns/Kind/name`: the key under which an owner's claims meet its pods. */
export const ownerKey = (namespace: string, kind: string, name: string): string => `${namespace}/${kind}/${name}`;

/** The controller of a pod. A ReplicaSet named `<deployment>-<pod-template-hash>` stands for its Deployment. */
export function ownerOf(pod: KubeObject): { kind: string; name: string } | undefined {
  const owners = asRecords(pod.metadata.ownerReferences);
  const owner = owners.find((item) => item['controller'] === true) ?? owners[0];
  const kind = asText(owner?.['kind']);
  const name = asText(owner?.['name']);
  if (!kind || !name) return undefined;
  const hash = getText(pod, 'metadata', 'labels', 'pod-template-hash');
  if (kind === 'ReplicaSet' && hash && name.endsWith(`-${hash}`)) {
    return { kind: 'Deployment', name: name.slice(0, -hash.length - 1) };
  }
  return { kind, name };
}

const runningContainers = (pod: KubeObject): boolean =>
  ['containerStatuses', 'initContainerStatuses'].some((list) =>
    asRecords(getPath(pod, 'status', list)).some((item) => asRecord(getPath(item, 'state', 'running')) !== undefined),
  );

/** A sandbox exists when the kubelet says so, else when a container runs or the pod has an address. */
function readSandbox(pod: KubeObject, podIps: string[]): { sandbox: boolean; idle: boolean } {
  const said = asRecords(getPath(pod, 'status', 'conditions')).find(
    (item) => item['type'] === 'PodReadyToStartContainers' || item['type'] === 'PodHasNetwork',
  );
  const running = runningContainers(pod);
  if (said) return { sandbox: said['status'] === 'True', idle: false };
  return { sandbox: running || podIps.length > 0, idle: !running };
}

/** Amounts of extended resources (names with a slash) over all containers; init containers count by their maximum. */
function extendedResources(pod: KubeObject): Record<string, number> {
  const total: Record<string, number> = {};
  const read = (list: 'containers' | 'initContainers', join: (a: number, b: number) => number) => {
    for (const container of asRecords(getPath(pod, 'spec', list))) {
      const limits = asRecord(getPath(container, 'resources', 'limits'));
      const requests = asRecord(getPath(container, 'resources', 'requests'));
      for (const [name, amount] of Object.entries({ ...requests, ...limits })) {
        if (!name.includes('/') || name.startsWith('kubernetes.io/')) continue;
        const count = Number(amount);
        if (Number.isFinite(count)) total[name] = join(total[name] ?? 0, count);
      }
    }
  };
  read('containers', (a, b) => a + b);
  read('initContainers', Math.max);
  return total;
}

const quietWaits = new Set(['ContainerCreating', 'PodInitializing']);

function waitingReasons(pod: KubeObject): string[] {
  const reasons = new Set<string>();
  for (const list of ['containerStatuses', 'initContainerStatuses']) {
    for (const item of asRecords(getPath(pod, 'status', list))) {
      const reason = getText(item, 'state', 'waiting', 'reason');
      if (reason && !quietWaits.has(reason)) reasons.add(truncate(reason, 80));
    }
  }
  return [...reasons].slice(0, 5);
}

const multusImage = /(^|[/-])multus(-cni|-thick)?([:@-]|$)/;
const notTheDaemon = /dynamic|admission|additional|metrics|whereabouts|webhook/;

/** Multus' daemon by what all its manifests share: a DaemonSet whose container is named or built as multus. */
function isMultusDaemon(pod: KubeObject, owner: { kind: string; name: string } | undefined): boolean {
  if (owner?.kind !== 'DaemonSet' || notTheDaemon.test(owner.name)) return false;
  return asRecords(getPath(pod, 'spec', 'containers')).some((container) => {
    const name = asText(container['name']) ?? '';
    const image = asText(container['image']) ?? '';
    return /(^|-)multus($|-)/.test(name) || multusImage.test(image);
  });
}

function toLabels(pod: KubeObject): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [key, value] of asStringMap(pod.metadata.labels)) labels[key] = value;
  return labels;
}

function buildWorkload(pod: KubeObject, owner: { kind: string; name: string } | undefined): Workload {
  const namespace = pod.metadata.namespace ?? 'default';
  const terminating = typeof pod.metadata.deletionTimestamp === 'string';
  const ready = asRecords(getPath(pod, 'status', 'conditions')).some(
    (c) => c['type'] === 'Ready' && c['status'] === 'True',
  );
  const workload: Workload = {
    id: workloadId('Pod', namespace, pod.metadata.name),
    kind: 'Pod',
    namespace,
    name: pod.metadata.name,
    phase: terminating ? 'Terminating' : (getText(pod, 'status', 'phase') ?? 'Unknown'),
    ready,
    hostNetwork: getPath(pod, 'spec', 'hostNetwork') === true,
    labels: toLabels(pod),
  };
  const node = getText(pod, 'spec', 'nodeName');
  const startedAt = getText(pod, 'status', 'startTime');
  if (pod.metadata.uid) workload.uid = pod.metadata.uid;
  if (node) workload.node = node;
  if (owner) workload.owner = owner;
  if (startedAt) workload.startedAt = startedAt;
  return workload;
}

export const podIpsOf = (pod: KubeObject): string[] => {
  const list = asRecords(getPath(pod, 'status', 'podIPs')).flatMap((item) => {
    // KEP-3698: addresses of other networks name them.
    const network = asText(item['podNetwork']) ?? asText(item['podNetworkName']) ?? 'default';
    return network === 'default' ? (asText(item['ip']) ?? []) : [];
  });
  const single = getText(pod, 'status', 'podIP');
  return list.length > 0 ? list.slice(0, 16) : single ? [single] : [];
};

function podClaims(pod: KubeObject): Claims {
  const owner = ownerOf(pod);
  const workload = buildWorkload(pod, owner);
  const podIps = podIpsOf(pod);
  const phase = getText(pod, 'status', 'phase');
  const claim: WorkloadClaim = {
    workload,
    ref: refOf(pod),
    createdAt: createdAt(pod),
    planned: !pod.metadata.uid && !pod.metadata.resourceVersion && pod['status'] === undefined,
    terminating: typeof pod.metadata.deletionTimestamp === 'string',
    finished: phase === 'Succeeded' || phase === 'Failed',
    ...readSandbox(pod, podIps),
    podIps,
    resources: extendedResources(pod),
    waiting: waitingReasons(pod),
    multusDaemon: isMultusDaemon(pod, owner),
  };
  if (owner) claim.ownerKey = ownerKey(workload.namespace, owner.kind, owner.name);
  const scheduled = asRecords(getPath(pod, 'status', 'conditions')).find((c) => c['type'] === 'PodScheduled');
  if (asRecords(getPath(pod, 'spec', 'resourceClaims')).length > 0) claim.resourceClaims = true;
  const gates = asRecords(getPath(pod, 'spec', 'schedulingGates')).flatMap((item) => asText(item['name']) ?? []);
  if (gates.length > 0) claim.gates = gates.slice(0, 16).map((name) => truncate(name, 317));
  const deletionAt = toTime(pod.metadata.deletionTimestamp);
  if (deletionAt > 0) claim.deletionAt = deletionAt;
  if (scheduled?.['status'] === 'False') claim.unschedulable = truncate(asText(scheduled['message']) ?? '', 500);
  return { workload: claim };
}

function nodeClaims(node: KubeObject): Claims {
  const single = getText(node, 'spec', 'podCIDR');
  const cidrs = asStrings(getPath(node, 'spec', 'podCIDRs'));
  const conditions = toConditions(getPath(node, 'status', 'conditions'));
  const allocatable: Record<string, string> = {};
  for (const [name, amount] of asStringMap(getPath(node, 'status', 'allocatable'))) allocatable[name] = amount;
  const claim: NodeClaim = {
    ref: refOf(node),
    name: node.metadata.name,
    ready: conditions.some((c) => c.type === 'Ready' && c.status === 'True'),
    // A heartbeat alone must not look like a change.
    conditions,
    podCidrs: cidrs.length > 0 ? cidrs : single ? [single] : [],
    allocatable,
    addresses: asRecords(getPath(node, 'status', 'addresses')).flatMap((item) => asText(item['address']) ?? []),
    labels: toLabels(node),
  };
  return { node: claim };
}

/** A machine that does not run has its events under the name that its instance would have. */
const machines = new Set(['VirtualMachineInstance', 'VirtualMachine']);

function eventClaims(event: KubeObject): Claims {
  const about = asRecord(event['involvedObject']) ?? asRecord(event['regarding']);
  const name = asText(about?.['name']);
  const kind = asText(about?.['kind']) ?? '';
  if (!name || (kind !== 'Pod' && !machines.has(kind))) return nothing;
  const namespace = asText(about?.['namespace']) ?? event.metadata.namespace ?? 'default';
  const full = asText(event['message']) ?? asText(event['note']) ?? '';
  const reason = asText(event['reason']) ?? '';
  const type = asText(event['type']) ?? 'Normal';
  const series = asRecord(event['series']);
  const at = toTime(event['eventTime']) || createdAt(event);
  const first = toTime(event['firstTimestamp']) || toTime(event['deprecatedFirstTimestamp']) || at;
  const last =
    toTime(series?.['lastObservedTime']) ||
    toTime(event['lastTimestamp']) ||
    toTime(event['deprecatedLastTimestamp']) ||
    at ||
    first;
  const count = asNumber(series?.['count']) ?? asNumber(event['count']) ?? asNumber(event['deprecatedCount']) ?? 1;
  const component =
    getText(event, 'source', 'component') ??
    asText(event['reportingComponent']) ??
    asText(event['reportingController']) ??
    '';
  const message = truncate(full, messageLimit);
  const claim: EventClaim = {
    workload: workloadId(kind === 'Pod' ? kind : 'VirtualMachineInstance', namespace, name),
    record: {
      ref: refOf(event),
      type,
      reason: truncate(reason, 100),
      message,
      component: truncate(component, 100),
      first,
      last,
      count,
    },
  };
  const uid = asText(about?.['uid']);
  if (uid) claim.uid = uid;
  if (type === 'Warning') {
    const verdict = classifyMessage({ reason, message });
    claim.verdict = verdict;
    if (verdict.slug !== 'unknown') claim.record.slug = verdict.slug;
    if (verdict.span) claim.record.mark = verdict.span;
  } else if (reason === 'AddedInterface') {
    const added = parseAddedInterface(message);
    if (added) claim.added = added;
  }
  return { event: claim };
}

/** What every other provider leans on: pods as workloads, their events, nodes. */
export const kubernetes: Provider = {
  id: 'kubernetes',
  title: 'Kubernetes',
  kinds: [
    {
      group: '',
      versions: ['v1'],
      resource: 'pods',
      kind: 'Pod',
      namespaced: true,
      optional: false,
      why: 'pods and their interfaces',
    },
    {
      group: '',
      versions: ['v1'],
      resource: 'events',
      kind: 'Event',
      namespaced: true,
      optional: false,
      why: 'why a pod could not be plugged in',
    },
    {
      group: '',
      versions: ['v1'],
      resource: 'nodes',
      kind: 'Node',
      namespaced: false,
      optional: false,
      why: 'node ranges, resources and daemons',
    },
  ],
  claims: (object) => {
    if (object.kind === 'Pod') return podClaims(object);
    if (object.kind === 'Event') return eventClaims(object);
    if (object.kind === 'Node') return nodeClaims(object);
    return nothing;
  },
};
