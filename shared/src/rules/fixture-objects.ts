import { effectiveInterfaces } from '../cni/interface-names.ts';
import { NETWORKS_KEY, parseSelection } from '../cni/selection.ts';
import type { KubeObject } from '../kube/object.ts';
import { asArray, asRecord, asString, type JsonRecord } from '../kube/read.ts';
import { expandEvent, expandFailure, type FixturePod } from './fixture-events.ts';

/**
 * Objects of a fixture. An entry with apiVersion and kind is taken as it stands; the rest is shorthand for the real object:
 *
 * - `nad: lab/net`, config: {...} or 'text', resource: vendor/name, annotations, created        NetworkAttachmentDefinition
 *   (no config: an empty spec; `config: ''` an empty text)
 * - `pod: lab/app`, networks: 'text' or [{...}], default-network: 'text', annotations, labels, owner: Deployment/app, node: worker-1
 *   (null: not scheduled), hostNetwork, resources: {vendor/name: 1}, created, phase, terminating, ready, ip: 10.244.0.7,
 *   and one of
 *     running: {net1: 10.0.0.5, net2: [..], net3: {ips, mac, name, ...}} or true   the sandbox stands, network-status has these entries and
 *       eth0; status: 'text' or none replaces that annotation
 *     failing: 'core message'     FailedCreatePodSandBox in the envelopes of containerd and Multus, at the first network of the pod;
 *       or {message, network: config name or null (the whole pod), raw: true, reason, count, ago: seconds}, or a list of those
 *     neither: it waits, and nothing says why
 * - `event: 'message'`, on: lab/app, reason, type, count, ago: seconds, component, about   Event
 * - `node: worker-1`, podCIDR or podCIDRs, allocatable: {..}, labels, ready: false, conditions  Node
 * - `multus: [worker-1, ..]`                                                        one running daemon pod of Multus on each
 * - `multus-config: {...}`                                                          the ConfigMap that the daemon mounts
 * - `deployment: lab/app`, networks (on the object itself), template: 'networks of the template'
 * - `ippool: 10.0.0.0/24`, allocations: {5: lab/app net1}, namespace                whereabouts IPPool
 * - `source: resource.group`, availability: forbidden, detail                       what could be read; no object
 */
export function expandEntry(
  entry: JsonRecord,
  index: number,
  entries: readonly JsonRecord[],
  now: number,
): KubeObject[] {
  if (typeof entry['apiVersion'] === 'string') return [entry as unknown as KubeObject];
  const kind = Object.keys(expanders).find((key) => key in entry);
  const expand = kind ? expanders[kind] : undefined;
  if (!kind || !expand) throw new Error(`no such shorthand: ${JSON.stringify(entry).slice(0, 200)}`);
  const strange = Object.keys(entry).find((key) => key !== kind && !expand.keys.includes(key));
  if (strange) throw new Error(`${kind} has no "${strange}"`);
  return expand.run(entry, { index, entries, now });
}

type Place = { index: number; entries: readonly JsonRecord[]; now: number };
type Expander = { keys: readonly string[]; run: (entry: JsonRecord, place: Place) => KubeObject[] };

const split = (value: unknown): { namespace: string; name: string } => {
  const text = String(value);
  const slash = text.indexOf('/');
  if (slash < 0) throw new Error(`"${text}" should be namespace/name`);
  return { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
};

const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
const created = (entry: JsonRecord, now: number): string => asString(entry['created']) ?? iso(now - 600_000);
const uidOf = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function nad(entry: JsonRecord, { now }: Place): KubeObject[] {
  const annotations = {
    ...asRecord(entry['annotations']),
    ...(entry['resource'] ? { 'k8s.v1.cni.cncf.io/resourceName': String(entry['resource']) } : {}),
  } as Record<string, string>;
  return [
    {
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: {
        ...split(entry['nad']),
        creationTimestamp: created(entry, now),
        ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      },
      spec: entry['config'] === undefined ? {} : { config: textOf(entry['config']) },
    },
  ];
}

/** network-status as Multus writes it: the default network first, then the requests that got an interface. */
function statusOf(entry: JsonRecord, networks: string | undefined, namespace: string, ip: string): string {
  const { elements } = parseSelection(networks, namespace);
  const asked = effectiveInterfaces(elements);
  const nameOf = (device: string): string => {
    const found = elements[asked.findIndex((item) => item.interface === device)];
    return found ? `${found.namespace}/${found.name}` : `${namespace}/${device}`;
  };
  const given =
    entry['running'] === true
      ? Object.fromEntries(asked.map((item) => [item.interface, {}]))
      : (asRecord(entry['running']) ?? {});
  const own = Object.entries(given).map(([device, value]) => {
    const fields = asRecord(value) ?? { ips: asArray(value) ?? [value] };
    return { name: nameOf(device), interface: device, ...fields, dns: {} };
  });
  const first = { name: 'cbr0', interface: 'eth0', ips: [ip], mac: '0a:58:0a:f4:00:01', default: true, dns: {} };
  return JSON.stringify('eth0' in given ? own : [first, ...own]);
}

function podStatus(entry: JsonRecord, ip: string): JsonRecord {
  const running = entry['running'] !== undefined;
  const condition = (type: string, on: boolean) => ({ type, status: on ? 'True' : 'False' });
  return {
    phase: asString(entry['phase']) ?? (running ? 'Running' : 'Pending'),
    conditions: [
      condition('PodReadyToStartContainers', running),
      condition('Ready', running && entry['ready'] !== false),
      condition('PodScheduled', entry['node'] !== null),
    ],
    ...(running ? { podIP: ip, podIPs: [{ ip }] } : {}),
    containerStatuses: [
      { name: 'app', state: running ? { running: {} } : { waiting: { reason: 'ContainerCreating' } } },
    ],
  };
}

function podMeta(entry: JsonRecord, ip: string, { index, now }: Place): KubeObject['metadata'] {
  const { namespace, name } = split(entry['pod']);
  const networks = entry['networks'] === undefined ? undefined : textOf(entry['networks']);
  const annotations: Record<string, string> = { ...(asRecord(entry['annotations']) as Record<string, string>) };
  if (networks !== undefined) annotations[NETWORKS_KEY] = networks;
  if (entry['default-network'] !== undefined)
    annotations['v1.multus-cni.io/default-network'] = textOf(entry['default-network']);
  const status = entry['status'] ?? (entry['running'] === undefined ? 'none' : undefined);
  if (status !== 'none')
    annotations['k8s.v1.cni.cncf.io/network-status'] =
      status === undefined ? statusOf(entry, networks, namespace, ip) : textOf(status);
  const [ownerKind, ownerName] = String(entry['owner'] ?? '').split('/');
  const hash = ownerKind === 'Deployment' ? { 'pod-template-hash': '5d4f8c' } : {};
  const labels = { ...hash, ...(asRecord(entry['labels']) as Record<string, string>) };
  const controller =
    ownerKind === 'Deployment'
      ? { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${ownerName}-5d4f8c` }
      : { apiVersion: 'apps/v1', kind: ownerKind ?? '', name: ownerName ?? '' };
  return {
    namespace,
    name,
    uid: uidOf(index),
    creationTimestamp: created(entry, now),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    ...(ownerKind ? { ownerReferences: [{ ...controller, uid: uidOf(900 + index), controller: true }] } : {}),
    ...(entry['terminating'] === true ? { deletionTimestamp: iso(now - 30_000) } : {}),
  };
}

function pod(entry: JsonRecord, place: Place): KubeObject[] {
  const ip = asString(entry['ip']) ?? `10.244.${place.index}.7`;
  const limits = asRecord(entry['resources']);
  const metadata = podMeta(entry, ip, place);
  const object: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: {
      ...(entry['node'] === null ? {} : { nodeName: asString(entry['node']) ?? 'worker-1' }),
      ...(entry['hostNetwork'] === true ? { hostNetwork: true } : {}),
      containers: [{ name: 'app', image: 'app:1', ...(limits ? { resources: { limits, requests: limits } } : {}) }],
    },
    status: podStatus(entry, ip),
  };
  const facts: FixturePod = {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    firstConfig: firstConfigName(metadata.annotations?.[NETWORKS_KEY], metadata.namespace ?? '', place.entries),
  };
  return [object, ...expandFailure(entry['failing'], facts, place)];
}

/** The name that messages give the first network of a pod: that of its config, else of its NAD. */
function firstConfigName(networks: string | undefined, namespace: string, entries: readonly JsonRecord[]): string {
  const first = parseSelection(networks, namespace).elements[0];
  if (!first) return 'net';
  const config = entries.find((entry) => entry['nad'] === `${first.namespace}/${first.name}`)?.['config'];
  return asString(asRecord(config)?.['name']) ?? (first.name || 'net');
}

function node(entry: JsonRecord): KubeObject[] {
  const ready = { type: 'Ready', status: entry['ready'] === false ? 'False' : 'True' };
  const cidrs = entry['podCIDRs'] ?? (entry['podCIDR'] ? [entry['podCIDR']] : undefined);
  const allocatable = Object.entries(asRecord(entry['allocatable']) ?? {}).map(([key, value]) => [key, String(value)]);
  return [
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: String(entry['node']),
        ...(entry['labels'] ? { labels: asRecord(entry['labels']) as Record<string, string> } : {}),
      },
      spec: cidrs ? { podCIDRs: cidrs } : {},
      status: {
        conditions: [ready, ...(asArray(entry['conditions']) ?? [])],
        allocatable: Object.fromEntries(allocatable),
      },
    },
  ];
}

const multus = (entry: JsonRecord, { now }: Place): KubeObject[] =>
  (asArray(entry['multus']) ?? []).map((name) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: 'kube-system',
      name: `kube-multus-ds-${name}`,
      creationTimestamp: iso(now - 86_400_000),
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'kube-multus-ds', uid: uidOf(800), controller: true },
      ],
    },
    spec: {
      nodeName: String(name),
      hostNetwork: true,
      containers: [{ name: 'kube-multus', image: 'ghcr.io/k8snetworkplumbingwg/multus-cni:snapshot-thick' }],
    },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      podIPs: [{ ip: '192.168.0.10' }],
    },
  }));

const multusConfig = (entry: JsonRecord): KubeObject[] => [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'kube-system', name: 'multus-daemon-config' },
    data: { 'daemon-config.json': JSON.stringify({ chrootDir: '/hostroot', ...asRecord(entry['multus-config']) }) },
  },
];

const deployment = (entry: JsonRecord): KubeObject[] => [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      ...split(entry['deployment']),
      ...(entry['networks'] === undefined ? {} : { annotations: { [NETWORKS_KEY]: textOf(entry['networks']) } }),
    },
    spec: {
      template: {
        metadata: entry['template'] === undefined ? {} : { annotations: { [NETWORKS_KEY]: textOf(entry['template']) } },
      },
    },
  },
];

const ippool = (entry: JsonRecord): KubeObject[] => {
  const range = String(entry['ippool']);
  const allocations = Object.entries(asRecord(entry['allocations']) ?? {}).map(([offset, value]) => {
    const [podref, ifname] = String(value).split(' ');
    return [offset, { id: 'c0ffee', podref, ...(ifname ? { ifname } : {}) }];
  });
  return [
    {
      apiVersion: 'whereabouts.cni.cncf.io/v1alpha1',
      kind: 'IPPool',
      metadata: { namespace: asString(entry['namespace']) ?? 'kube-system', name: range.replace(/[:/]/g, '-') },
      spec: { range, allocations: Object.fromEntries(allocations) },
    },
  ];
};

const podKeys =
  'networks default-network annotations labels owner node hostNetwork resources created phase terminating ready ip running status failing';

/** Looked up in this order: `pod` has a key `node`, so it stands before `node`. */
const expanders: Readonly<Record<string, Expander>> = {
  nad: { keys: ['config', 'resource', 'annotations', 'created'], run: nad },
  pod: { keys: podKeys.split(' '), run: pod },
  event: { keys: ['on', 'about', 'reason', 'type', 'count', 'ago', 'component'], run: expandEvent },
  multus: { keys: [], run: multus },
  'multus-config': { keys: [], run: multusConfig },
  deployment: { keys: ['networks', 'template'], run: deployment },
  ippool: { keys: ['allocations', 'namespace'], run: ippool },
  node: { keys: ['podCIDR', 'podCIDRs', 'allocatable', 'labels', 'ready', 'conditions'], run: node },
};
