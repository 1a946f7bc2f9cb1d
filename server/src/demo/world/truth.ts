import type { KubeObject } from '../api/types.ts';
import { asArray, asObject, asString } from '../api/types.ts';

export type ExpectedAttachment = {
  /** As requested, `ns/name`; a PodNetwork by its name; null when the request cannot be read. */
  network: string | null;
  interface?: string;
  /** The states of the design that are right here. */
  states: string[];
  /** Ids of domain/failures.json of which the first finding carries one; none where the pod is merely not told why. */
  slugs: string[];
};

export type TruthRow = {
  namespace: string;
  /** Name of the pod, or of the workload that owns it. */
  workload: string;
  /** When given, only pods on this node; a name of a pod narrows the same way. */
  node?: string;
  pod?: string;
  attachments: ExpectedAttachment[];
};

const failed = (network: string | null, slugs: string[], ifname?: string): ExpectedAttachment => ({
  network,
  states: ['failed'],
  slugs,
  ...(ifname === undefined ? {} : { interface: ifname }),
});
const blocked = (network: string, ifname?: string): ExpectedAttachment => ({
  network,
  states: ['blocked'],
  slugs: [],
  ...(ifname === undefined ? {} : { interface: ifname }),
});
const ignored = (network: string | null, slug: string): ExpectedAttachment => ({
  network,
  states: ['ignored', 'missing'],
  slugs: [slug],
});
const waits = (network: string, ifname: string): ExpectedAttachment => ({
  network,
  interface: ifname,
  states: ['pending', 'failed', 'ignored'],
  slugs: ['podnetwork-not-ready', 'podnetwork-no-controller'],
});

const row = (
  where: string,
  attachments: ExpectedAttachment[],
  narrow: { node?: string; pod?: string } = {},
): TruthRow => {
  const [namespace = '', workload = ''] = where.split('/');
  return { namespace, workload, attachments, ...narrow };
};

/** What is really wrong in the default world. A pod that asks for networks and is not listed has them all attached, without an error. */
export const TRUTH: TruthRow[] = [
  row('media/pod1', [failed(null, ['sel-json-object'])]),
  row('media/pod1-list', [failed('media/media-net', ['ipam-no-ip', 'static-no-address'], 'net1')]),
  row('media/pod1-native', [waits('media-net', 'net1')]),
  row('media/player', [ignored('media/contribution', 'sel-wrong-key')]),
  row('media/captions', [failed(null, ['sel-json-syntax'])]),
  row('core/smf', [failed('lab/storage-b', ['nad-not-found'], 'net1'), blocked('core/n4', 'net2')]),
  row('core/oam', [{ network: 'core/oam', interface: 'net1', states: ['attached', 'mismatch'], slugs: ['dup-ip'] }]),
  row('core/nrf', [failed('core/n4', ['sel-mac-invalid'], 'n4')]),
  row('core/upf-canary', [
    { network: 'core/n3', interface: 'n3', states: ['pending', 'failed'], slugs: ['resource-insufficient'] },
  ]),
  row('core/nwdaf', [failed('core/n3', ['sriov-no-device-id', 'resource-not-requested'], 'net1')]),
  row('ran/du', [failed('ran/fronthaul', ['master-not-found', 'master-differs-per-node'], 'fh0')], {
    node: 'worker-3',
  }),
  row('ran/cu', [failed('ran/midhaul', ['whereabouts-exhausted'], 'f1')], { pod: 'cu-6' }),
  row('ran/grandmaster', [waits('timing', 'ptp0')]),
  row('lab/oscilloscope', [failed('lab/legacy', ['nad-config-not-json'], 'net1')]),
  row('lab/sniffer', [failed('ran/fronthaul', ['ns-isolation'], 'net1')]),
  row('lab/vswitch-b', [failed('lab/ovs-trunk', ['cni-binary-missing'], 'net1')]),
  row('lab/camera', [failed('lab/camera-lan', ['dhcp-daemon-down'], 'net1')]),
  row('lab/router', [blocked('lab/storage', 'net2'), failed('lab/camera-lan', ['ifname-exists'], 'net2')]),
  row('lab/tracer', [blocked('lab/storage', 'net1'), failed(null, ['sel-empty-item'])]),
  row('storage/osd-spare', [failed('storage/ceph-public', ['sel-ip-invalid'], 'public0')]),
  row('storage/backup', [failed('storage/jumbo', ['mtu-range'], 'net1')]),
  row('monitoring/node-exporter', [ignored('lab/storage', 'sel-hostnetwork')]),
  row('edge/cell-gateway', [ignored('edge/cell-site', 'multus-missing-on-node')]),
  row('lab/testbed-b', [failed('lab/testbed-b', ['nad-not-found', 'udn-not-ready'], 'net1')]),
  row('analytics/trainer-1', [
    { network: 'fast-nic', interface: 'rx0', states: ['missing', 'failed'], slugs: ['dra-device-not-ready'] },
  ]),
  row('analytics/collector', [
    { network: 'analytics/ingest', interface: 'net1', states: ['attached', 'mismatch'], slugs: ['nad-deleted-in-use'] },
  ]),
];

/** Virtual machines: network, state and first cause of each attachment beside the default one. */
export const MACHINES: { id: string; attachments: (string | null | undefined)[][] }[] = [
  { id: 'vmi:lab/testbench', attachments: [['nad:lab/storage', 'attached', null]] },
  { id: 'vmi:lab/packet-broker', attachments: [['lab/mirror-port', 'failed', 'vmi-nad-missing']] },
];

/** Policies for secondary networks, and the first cause of what is wrong with each. */
export const POLICIES: { id: string; slug: string | null }[] = [
  { id: 'policy:core/n4-from-the-core', slug: null },
  { id: 'policy:ran/fronthaul-only', slug: 'mnp-unknown-nad' },
];

/** Workloads whose state changes with the time of day: the cycle breaks and mends them, or they come and go. */
export const MOVING = new Set(['lab/probe', 'media/transcoder', 'core/pm-export']);

/** `ns/name` of the workload behind a pod. */
export const workloadOf = (pod: KubeObject): string => {
  const owner = asObject(asArray(pod.metadata['ownerReferences'])[0]);
  const app = asString(asObject(pod.metadata.labels)['app.kubernetes.io/name']);
  const name = asString(owner['name']) === '' ? pod.metadata.name : app;
  return `${pod.metadata.namespace ?? ''}/${name}`;
};

/** The row that tells of a pod; undefined means: everything it asked for is attached. */
export const truthOf = (pod: KubeObject): TruthRow | undefined => {
  const where = workloadOf(pod);
  const node = asString(asObject(pod['spec'])['nodeName']);
  return TRUTH.find(
    (item) =>
      `${item.namespace}/${item.workload}` === where &&
      (item.node ?? node) === node &&
      (item.pod ?? pod.metadata.name) === pod.metadata.name,
  );
};
