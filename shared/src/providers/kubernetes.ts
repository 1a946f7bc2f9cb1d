import { type KubeObject, refOf } from '../kube/object.ts';
import {
  asRecord,
  asRecords,
  asStringMap,
  asStrings,
  asText,
  findRecord,
  getPath,
  getText,
  type JsonRecord,
  truncate,
} from '../kube/read.ts';
import { parseAddedInterface } from '../messages/added-interface.ts';
import { classifyMessage } from '../messages/classify.ts';
import { workloadId } from '../model/ids.ts';
import type { Condition, Workload } from '../model/topology.ts';
import { readEventRecord, toTime } from './event-record.ts';
import {
  type Claims,
  type EventClaim,
  type NodeClaim,
  nothing,
  type Provider,
  type WorkloadClaim,
} from './provider.ts';

const none: JsonRecord = {};

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

const isController = (owner: JsonRecord): boolean => owner['controller'] === true;
const isAny = (): boolean => true;

/** The controller of a pod. A ReplicaSet named `<deployment>-<pod-template-hash>` stands for its Deployment. */
export function ownerOf(pod: KubeObject): { kind: string; name: string } | undefined {
  const owners = pod.metadata.ownerReferences;
  const owner = findRecord(owners, isController) ?? findRecord(owners, isAny);
  const kind = asText(owner?.['kind']);
  const name = asText(owner?.['name']);
  if (!kind || !name) return undefined;
  const hash = getText(pod, 'metadata', 'labels', 'pod-template-hash');
  if (kind === 'ReplicaSet' && hash && name.endsWith(`-${hash}`)) {
    return { kind: 'Deployment', name: name.slice(0, -hash.length - 1) };
  }
  return { kind, name };
}

const isRunning = (container: JsonRecord): boolean => asRecord(asRecord(container['state'])?.['running']) !== undefined;

const saysOfSandbox = ({ type }: JsonRecord): boolean =>
  type === 'PodReadyToStartContainers' || type === 'PodHasNetwork';

/** A sandbox exists when the kubelet says so, else when a container runs or the pod has an address. */
function readSandbox(status: JsonRecord, podIps: string[]): { sandbox: boolean; idle: boolean } {
  const said = findRecord(status['conditions'], saysOfSandbox);
  if (said) return { sandbox: said['status'] === 'True', idle: false };
  const running =
    findRecord(status['containerStatuses'], isRunning) ?? findRecord(status['initContainerStatuses'], isRunning);
  return { sandbox: running !== undefined || podIps.length > 0, idle: running === undefined };
}

type Amounts = Record<string, number>;

function addResources(total: Amounts, container: JsonRecord, join: (a: number, b: number) => number): void {
  const resources = asRecord(container['resources']);
  const limits = asRecord(resources?.['limits']) ?? none;
  const requests = asRecord(resources?.['requests']) ?? none;
  const add = (name: string, amount: unknown) => {
    if (!name.includes('/') || name.startsWith('kubernetes.io/')) return;
    const count = Number(amount);
    if (Number.isFinite(count)) total[name] = join(total[name] ?? 0, count);
  };
  for (const name in requests) add(name, Object.hasOwn(limits, name) ? limits[name] : requests[name]);
  for (const name in limits) if (!Object.hasOwn(requests, name)) add(name, limits[name]);
}

const sum = (a: number, b: number): number => a + b;

/** Amounts of extended resources (names with a slash) over all containers; init containers count by their maximum. */
function extendedResources(spec: JsonRecord): Amounts {
  const total: Amounts = {};
  for (const container of asRecords(spec['containers'])) addResources(total, container, sum);
  for (const container of asRecords(spec['initContainers'])) addResources(total, container, Math.max);
  return total;
}

const quietWaits = new Set(['ContainerCreating', 'PodInitializing']);

function waitingReasons(status: JsonRecord): string[] {
  const reasons: string[] = [];
  for (const list of ['containerStatuses', 'initContainerStatuses'] as const) {
    for (const item of asRecords(status[list])) {
      const reason = asText(asRecord(asRecord(item['state'])?.['waiting'])?.['reason']);
      if (!reason || quietWaits.has(reason) || reasons.length === 5) continue;
      const short = truncate(reason, 80);
      if (!reasons.includes(short)) reasons.push(short);
    }
  }
  return reasons;
}

const multusImage = /(^|[/-])multus(-cni|-thick)?([:@-]|$)/;
const notTheDaemon = /dynamic|admission|additional|metrics|whereabouts|webhook/;

/** Multus' daemon by what all its manifests share: a DaemonSet whose container is named or built as multus. */
function isMultusDaemon(spec: JsonRecord, owner: { kind: string; name: string } | undefined): boolean {
  if (owner?.kind !== 'DaemonSet' || notTheDaemon.test(owner.name)) return false;
  return asRecords(spec['containers']).some((container) => {
    const name = asText(container['name']) ?? '';
    const image = asText(container['image']) ?? '';
    return /(^|-)multus($|-)/.test(name) || multusImage.test(image);
  });
}

function toLabels(object: KubeObject): Record<string, string> {
  const labels: Record<string, string> = {};
  const written = asRecord(object.metadata.labels);
  for (const key in written) {
    const value = written[key];
    if (typeof value === 'string') labels[key] = value;
  }
  return labels;
}

const isReady = ({ type, status }: JsonRecord): boolean => type === 'Ready' && status === 'True';
const isScheduled = ({ type }: JsonRecord): boolean => type === 'PodScheduled';

function buildWorkload(
  { metadata }: KubeObject,
  spec: JsonRecord,
  status: JsonRecord,
  owner: { kind: string; name: string } | undefined,
  labels: Record<string, string>,
): Workload {
  const { name, uid } = metadata;
  const namespace = metadata.namespace ?? 'default';
  const id = workloadId('Pod', namespace, name);
  const terminating = typeof metadata.deletionTimestamp === 'string';
  const phase = terminating ? 'Terminating' : (asText(status['phase']) ?? 'Unknown');
  const ready = findRecord(status['conditions'], isReady) !== undefined;
  const hostNetwork = spec['hostNetwork'] === true;
  const node = asText(spec['nodeName']);
  const startedAt = asText(status['startTime']);
  // Nearly all have all of it; fields that are added later cost as much again.
  if (uid && node && owner && startedAt)
    return { id, kind: 'Pod', namespace, name, phase, ready, hostNetwork, labels, uid, node, owner, startedAt };
  const workload: Workload = { id, kind: 'Pod', namespace, name, phase, ready, hostNetwork, labels };
  if (uid) workload.uid = uid;
  if (node) workload.node = node;
  if (owner) workload.owner = owner;
  if (startedAt) workload.startedAt = startedAt;
  return workload;
}

const addressLimit = 16;

export function podIpsOf(pod: KubeObject): string[] {
  const status = asRecord(pod['status']) ?? none;
  const list: string[] = [];
  for (const item of asRecords(status['podIPs'])) {
    // KEP-3698: addresses of other networks name them.
    const network = asText(item['podNetwork']) ?? asText(item['podNetworkName']) ?? 'default';
    const ip = network === 'default' && list.length < addressLimit ? asText(item['ip']) : undefined;
    if (ip) list.push(ip);
  }
  if (list.length > 0) return list;
  const single = asText(status['podIP']);
  return single ? [single] : [];
}

function podClaims(pod: KubeObject): Claims {
  const owner = ownerOf(pod);
  const spec = asRecord(pod['spec']) ?? none;
  const status = asRecord(pod['status']) ?? none;
  const workload = buildWorkload(pod, spec, status, owner, toLabels(pod));
  const podIps = podIpsOf(pod);
  const phase = status['phase'];
  const { sandbox, idle } = readSandbox(status, podIps);
  const claim: WorkloadClaim = {
    workload,
    ref: refOf(pod),
    createdAt: createdAt(pod),
    planned: !pod.metadata.uid && !pod.metadata.resourceVersion && pod['status'] === undefined,
    terminating: typeof pod.metadata.deletionTimestamp === 'string',
    finished: phase === 'Succeeded' || phase === 'Failed',
    sandbox,
    idle,
    podIps,
    resources: extendedResources(spec),
    waiting: waitingReasons(status),
    multusDaemon: isMultusDaemon(spec, owner),
  };
  if (owner) claim.ownerKey = ownerKey(workload.namespace, owner.kind, owner.name);
  const scheduled = findRecord(status['conditions'], isScheduled);
  if (findRecord(spec['resourceClaims'], isAny)) claim.resourceClaims = true;
  const gates = asRecords(spec['schedulingGates']).flatMap((item) => asText(item['name']) ?? []);
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
  const record = readEventRecord(event);
  const claim: EventClaim = {
    workload: workloadId(kind === 'Pod' ? kind : 'VirtualMachineInstance', namespace, name),
    record,
  };
  const uid = asText(about?.['uid']);
  if (uid) claim.uid = uid;
  if (record.type === 'Warning') {
    const verdict = classifyMessage({ reason: record.reason, message: record.message });
    claim.verdict = verdict;
    if (verdict.slug !== 'unknown') record.slug = verdict.slug;
    if (verdict.span) record.mark = verdict.span;
  } else if (record.reason === 'AddedInterface') {
    const added = parseAddedInterface(record.message);
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
