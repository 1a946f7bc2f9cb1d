/** Clusters of any size, the same ones every time: objects as an API server would send them, one after the other. */
import type { KubeObject } from '@busbar/shared/kube/object';
import { createRandom, type Random } from './random.ts';

export type ClusterOptions = {
  pods: number;
  seed?: number;
  /** Every pod asks for something else: the case that no grouping helps. */
  different?: boolean;
};

const podsPerNode = 100;
const podsPerWorkload = 10;
const born = Date.UTC(2026, 10, 1);
const stamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const networksKey = 'k8s.v1.cni.cncf.io/networks';

type Nad = { namespace: string; name: string };
type Shape = { namespaces: string[]; nads: Nad[]; nodes: number };

const shapeOf = (pods: number): Shape => {
  const namespaces = Array.from(
    { length: Math.max(2, Math.min(200, Math.ceil(pods / 250))) },
    (_, i) => `tenant-${i + 1}`,
  );
  const count = Math.max(8, Math.min(400, Math.ceil(pods / 100)));
  const nads = Array.from({ length: count }, (_, i) => ({ namespace: 'networks', name: `net-${i + 1}` }));
  return { namespaces, nads, nodes: Math.max(2, Math.ceil(pods / podsPerNode)) };
};

/** Rank 0 far more often than the last: P(rank) ~ 1/(rank+1). */
const zipf = (random: Random, size: number): number => Math.min(size - 1, Math.floor((size + 1) ** random() - 1));

/** Everything but pods and events: what the pods lean on comes first. */
export function* generateBase({ pods }: ClusterOptions): Generator<KubeObject> {
  const { namespaces, nads, nodes } = shapeOf(pods);
  for (const name of ['networks', ...namespaces]) yield { apiVersion: 'v1', kind: 'Namespace', metadata: meta(name) };
  for (let index = 0; index < nodes; index += 1) yield node(index);
  for (const [index, nad] of nads.entries()) yield definition(nad, index);
}

/** Pods, workload by workload; what fails has its events behind it. */
export function* generatePods(options: ClusterOptions): Generator<KubeObject> {
  const { pods, seed = 1, different = false } = options;
  const shape = shapeOf(pods);
  const random = createRandom(seed);
  const place = createPlaces(shape.nodes);
  for (let made = 0, serial = 1; made < pods; serial += 1) {
    const namespace = shape.namespaces[zipf(random, shape.namespaces.length)] ?? 'tenant-1';
    const broken = serial % 40 === 0;
    const chosen = choose(random, shape, broken);
    for (let at = 0; at < podsPerWorkload && made < pods; at += 1, made += 1) {
      const own = different ? choose(random, shape, made % 40 === 0) : chosen;
      const pod = toPod({ namespace, serial, at, index: made, place, chosen: own, random });
      yield pod;
      if (own.broken) yield failure(pod, own);
    }
  }
}

/** The first pods of a cluster that their networks were reported for, at most so many. */
export function reportedPods(pods: number, most: number): KubeObject[] {
  const found: KubeObject[] = [];
  for (const object of generatePods({ pods })) {
    if (found.length >= most) break;
    if (object.metadata.annotations?.['k8s.v1.cni.cncf.io/network-status']) found.push(object);
  }
  return found;
}

type Chosen = { names: string[]; broken: boolean };

/** One to three networks (rarely none); what is broken asks for one that does not exist. */
const choose = (random: Random, { nads }: Shape, broken: boolean): Chosen => {
  const count = random() < 0.1 ? 0 : 1 + Math.floor(random() * 3);
  const names = Array.from({ length: broken ? Math.max(1, count) : count }, () => {
    const nad = nads[zipf(random, nads.length)] ?? { namespace: 'networks', name: 'net-1' };
    return `${nad.namespace}/${nad.name}`;
  });
  if (broken) names[names.length - 1] = `networks/gone-${1 + zipf(random, 20)}`;
  return { names, broken };
};

const meta = (name: string, namespace?: string) => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
  uid: uidOf(`${namespace ?? ''}/${name}`),
  creationTimestamp: stamp(born),
});

const node = (index: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { ...meta(nodeName(index)), labels: { 'kubernetes.io/hostname': nodeName(index) } },
  spec: { podCIDR: `10.${index >> 8}.${index & 255}.0/24`, podCIDRs: [`10.${index >> 8}.${index & 255}.0/24`] },
  status: {
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: stamp(born) }],
    addresses: [{ type: 'InternalIP', address: `192.168.${index >> 8}.${index & 255}` }],
    allocatable: { cpu: '64', memory: '256Gi', pods: '250' },
  },
});
const nodeName = (index: number): string => `worker-${index + 1}`;

const definition = ({ namespace, name }: Nad, index: number): KubeObject => ({
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: meta(name, namespace),
  spec: {
    config: JSON.stringify({
      cniVersion: '0.3.1',
      name,
      type: index % 3 === 2 ? 'ipvlan' : 'macvlan',
      master: `ens${4 + (index % 6)}.${100 + index}`,
      mode: index % 3 === 2 ? 'l2' : 'bridge',
      ipam: { type: 'whereabouts', range: `${11 + (index >> 7)}.${(index & 127) * 2}.0.0/15` },
    }),
  },
});

/** A node with room, and an address of its range that no other pod has. */
const createPlaces = (nodes: number) => {
  const taken = new Uint8Array(nodes);
  return (random: Random): { node: number; ip: string } => {
    let node = Math.floor(random() * nodes);
    while ((taken[node] ?? 0) >= 250) node = (node + 1) % nodes;
    taken[node] = (taken[node] ?? 0) + 1;
    return { node, ip: `10.${node >> 8}.${node & 255}.${taken[node]}` };
  };
};

type PodInput = {
  namespace: string;
  serial: number;
  at: number;
  index: number;
  place: (random: Random) => { node: number; ip: string };
  chosen: Chosen;
  random: Random;
};

function toPod({ namespace, serial, at, index, place, chosen, random }: PodInput): KubeObject {
  const app = `app-${serial}`;
  const hash = uidOf(app).slice(0, 8);
  const name = `${app}-${hash}-${suffix(at + serial * podsPerWorkload)}`;
  const created = born + Math.floor(random() * 2e9);
  const { node: nodeIndex, ip } = place(random);
  const networks = chosen.names.join(', ');
  const annotations = {
    'openshift.io/scc': 'restricted-v2',
    'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default',
    ...(networks ? { [networksKey]: networks } : {}),
    ...(chosen.broken ? {} : { 'k8s.v1.cni.cncf.io/network-status': status(chosen.names, ip, index) }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: uidOf(name),
      creationTimestamp: stamp(created),
      labels: { app, 'app.kubernetes.io/name': app, 'app.kubernetes.io/part-of': namespace, 'pod-template-hash': hash },
      annotations,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `${app}-${hash}`,
          uid: uidOf(`${app}-${hash}`),
          controller: true,
          ...{ blockOwnerDeletion: true },
        },
      ],
      ...{ generateName: `${app}-${hash}-`, managedFields: managedFields(created) },
    },
    spec: podSpec(app, nodeName(nodeIndex)),
    status: podStatus(app, chosen.broken ? undefined : ip, created),
  };
}

/** network-status as Multus writes it, indented and all. Interfaces have addresses and MACs of their own. */
const status = (names: readonly string[], ip: string, index: number): string =>
  JSON.stringify(
    [
      { name: 'ovn-kubernetes', interface: 'eth0', ips: [ip], mac: macOf(index, 0), default: true, dns: {} },
      ...names.map((name, at) => ({
        name,
        interface: `net${at + 1}`,
        ips: [secondaryIp(name, index)],
        mac: macOf(index, at + 1),
        dns: {},
      })),
    ],
    null,
    4,
  );

const secondaryIp = (name: string, index: number): string => {
  const rank = Number(name.slice(name.lastIndexOf('-') + 1)) - 1;
  const at = index + 10;
  return `${11 + (rank >> 7)}.${(rank & 127) * 2 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}`;
};

const macOf = (index: number, at: number): string =>
  [0x0a, at, index >> 16, (index >> 8) & 255, index & 255, 7]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(':');

function podSpec(app: string, nodeName: string) {
  const container = (name: string) => ({
    name,
    image: `registry.example.com/apps/${app}/${name}:1.14.2`,
    command: ['/usr/local/bin/start', '--config=/etc/app/config.yaml', '--log-level=info'],
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: Array.from({ length: 8 }, (_, i) => ({ name: `APP_SETTING_${i}`, value: `value-of-setting-${i}-of-${app}` })),
    resources: { limits: { cpu: '500m', memory: '512Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
    volumeMounts: [
      { name: 'config', mountPath: '/etc/app' },
      { name: 'kube-api-access', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ],
    livenessProbe: { httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10 },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
  });
  return {
    volumes: [
      { name: 'config', configMap: { name: `${app}-config`, defaultMode: 420 } },
      {
        name: 'kube-api-access',
        projected: { defaultMode: 420, sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }] },
      },
    ],
    containers: [container('main'), container('sidecar')],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    nodeName,
    schedulerName: 'default-scheduler',
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ],
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
  };
}

function podStatus(app: string, ip: string | undefined, created: number) {
  const ready = ip === undefined ? 'False' : 'True';
  const container = (name: string) => ({
    name,
    state:
      ip === undefined
        ? { waiting: { reason: 'ContainerCreating' } }
        : { running: { startedAt: stamp(created + 5000) } },
    lastState: {},
    ready: ip !== undefined,
    restartCount: 0,
    image: `registry.example.com/apps/${app}/${name}:1.14.2`,
    imageID: `registry.example.com/apps/${app}/${name}@sha256:${uidOf(name).repeat(2)}`,
    started: ip !== undefined,
  });
  return {
    phase: ip === undefined ? 'Pending' : 'Running',
    conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
      (type) => ({
        type,
        status: type === 'Initialized' || type === 'PodScheduled' ? 'True' : ready,
        lastProbeTime: null,
        lastTransitionTime: stamp(created + 4000),
      }),
    ),
    hostIP: '192.168.0.10',
    ...(ip === undefined ? {} : { podIP: ip, podIPs: [{ ip }] }),
    startTime: stamp(created),
    containerStatuses: [container('main'), container('sidecar')],
    qosClass: 'Burstable',
  };
}

const fields = (...names: string[]) => Object.fromEntries(names.map((name) => [`f:${name}`, {}]));

/** A third of a real pod: who wrote which field. */
function managedFields(created: number) {
  const entry = (manager: string, fieldsV1: object, subresource = '') => ({
    manager,
    operation: 'Update',
    apiVersion: 'v1',
    time: stamp(created),
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(subresource ? { subresource } : {}),
  });
  const container = {
    '.': {},
    ...fields(
      'command',
      'image',
      'imagePullPolicy',
      'livenessProbe',
      'name',
      'ports',
      'resources',
      'terminationMessagePath',
    ),
    'f:env': Object.fromEntries(
      Array.from({ length: 8 }, (_, i) => [`k:{"name":"APP_SETTING_${i}"}`, { '.': {}, ...fields('name', 'value') }]),
    ),
    'f:volumeMounts': { '.': {}, 'k:{"mountPath":"/etc/app"}': { '.': {}, ...fields('mountPath', 'name') } },
  };
  return [
    entry('kube-controller-manager', {
      'f:metadata': {
        'f:annotations': { '.': {}, ...fields('openshift.io/scc', networksKey) },
        ...fields('generateName'),
        'f:labels': {
          '.': {},
          ...fields('app', 'app.kubernetes.io/name', 'app.kubernetes.io/part-of', 'pod-template-hash'),
        },
      },
      'f:spec': {
        'f:containers': { 'k:{"name":"main"}': container, 'k:{"name":"sidecar"}': container },
        ...fields('dnsPolicy', 'enableServiceLinks', 'restartPolicy', 'schedulerName', 'securityContext', 'volumes'),
      },
    }),
    entry(
      'multus-daemon',
      { 'f:metadata': { 'f:annotations': fields('k8s.v1.cni.cncf.io/network-status') } },
      'status',
    ),
    entry(
      'kubelet',
      { 'f:status': fields('conditions', 'containerStatuses', 'hostIP', 'phase', 'podIP', 'podIPs', 'startTime') },
      'status',
    ),
  ];
}

function failure(pod: KubeObject, { names }: Chosen): KubeObject {
  const { name, namespace = '', uid = '', creationTimestamp = '' } = pod.metadata;
  const missing = (names.at(-1) ?? '').slice('networks/'.length);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { ...meta(`${name}.1`, namespace), creationTimestamp },
    involvedObject: { kind: 'Pod', namespace, name, uid, apiVersion: 'v1' },
    reason: 'FailedCreatePodSandBox',
    message: `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "${uid}": plugin type="multus" name="multus-cni-network" failed (add): Multus: [${namespace}/${name}/${uid}]: error loading k8s delegates k8s args: TryLoadPodDelegates: error in getting k8s network for pod: GetNetworkDelegates: failed getting the delegate: getKubernetesDelegate: cannot find a network-attachment-definition (${missing}) in namespace (networks): network-attachment-definitions.k8s.cni.cncf.io "${missing}" not found`,
    type: 'Warning',
    count: 12,
    firstTimestamp: creationTimestamp,
    lastTimestamp: stamp(Date.parse(creationTimestamp) + 600_000),
    source: { component: 'kubelet' },
  };
}

/** 36 characters that look like a uid, the same for the same text. */
function uidOf(text: string): string {
  let hash = 0x811c9dc5;
  let hex = '';
  for (let round = 0; round < 4; round += 1) {
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
    hex += hash.toString(16).padStart(8, '0');
  }
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
function suffix(index: number): string {
  let text = '';
  for (let rest = index * 7919 + 11, at = 0; at < 5; at += 1, rest = Math.floor(rest / alphabet.length))
    text += alphabet[rest % alphabet.length] ?? 'b';
  return text;
}
