import type { JsonObject } from '../api/types.ts';
import { createDefinition, createPodNetwork } from './base.ts';
import { tellDra } from './dra.ts';
import { SRIOV_RESOURCE } from './machines.ts';
import { tellPolicies } from './policies.ts';
import { DEFINITIONS, macvlan, whereabouts } from './telco-networks.ts';
import { tellUserNetworks } from './user-networks.ts';
import type { Workload } from './workloads.ts';
import { settleWorkload } from './workloads.ts';
import type { World } from './world.ts';

const DAYS = 24 * 60;
const AMF = 'registry.example.com/5gc/amf:2.8.1';
const cnf = (name: string): string => AMF.replace('amf', name);
const on = (node: string): JsonObject => ({ nodeSelector: { 'kubernetes.io/hostname': node } });
const VF = { [SRIOV_RESOURCE]: '1' };
const EDGE = {
  nodeSelector: { location: 'edge' },
  tolerations: [{ key: 'location', operator: 'Equal', value: 'edge', effect: 'NoSchedule' }],
};

/** Which pods exist. The comment before a workload is its truth; `truth.ts` says the same for machines. */
const WORKLOADS: Workload[] = [
  // media: healthy but for the talk's pods, a key nobody reads and a comma too many.
  {
    kind: 'Deployment',
    namespace: 'media',
    name: 'transcoder',
    replicas: 2,
    image: 'registry.example.com/media/transcoder:5.1.0',
    networks: 'contribution',
    age: 3 * DAYS,
  },
  {
    kind: 'Deployment',
    namespace: 'media',
    name: 'player',
    image: 'registry.example.com/media/player:1.9.2',
    annotations: { 'k8s.v1.cni.cncf.io/network': 'contribution' },
    age: 40,
  },
  {
    kind: 'Pod',
    namespace: 'media',
    name: 'captions',
    image: 'registry.example.com/media/captions:0.7.0',
    networks: '[{"name": "contribution", "interface": "cap0"},]',
    age: 12,
  },
  // core: upf and amf are healthy. smf names a definition that does not exist (lab/storage does).
  {
    kind: 'Deployment',
    namespace: 'core',
    name: 'upf',
    replicas: 4,
    image: cnf('upf'),
    networks: '[{"name":"n3","interface":"n3"},{"name":"n6","interface":"n6"}]',
    limits: VF,
    age: 2 * DAYS,
  },
  {
    kind: 'Deployment',
    namespace: 'core',
    name: 'smf',
    replicas: 2,
    image: cnf('smf'),
    networks: 'lab/storage-b,n4',
    age: 25,
  },
  {
    kind: 'Deployment',
    namespace: 'core',
    name: 'amf',
    replicas: 2,
    image: AMF,
    networks: '[{"name":"n2","interface":"n2"},{"name":"n4","interface":"n11"}]',
    age: 2 * DAYS,
  },
  // Both get 10.20.9.15.
  { kind: 'Deployment', namespace: 'core', name: 'oam', replicas: 2, image: cnf('oam'), networks: 'oam', age: DAYS },
  // zz is not hexadecimal.
  {
    kind: 'Deployment',
    namespace: 'core',
    name: 'nrf',
    image: cnf('nrf'),
    networks: '[{"name":"n4","interface":"n4","mac":"02:zz:00:00:00:11"}]',
    age: 18,
  },
  // All virtual functions are taken by upf.
  {
    kind: 'Pod',
    namespace: 'core',
    name: 'upf-canary',
    image: cnf('upf'),
    networks: '[{"name":"n3","interface":"n3"}]',
    limits: VF,
    age: 35,
  },
  // Uses the SR-IOV network without asking for a virtual function.
  { kind: 'Deployment', namespace: 'core', name: 'nwdaf', image: cnf('nwdaf'), networks: 'n3', age: 50 },
  // ran: du works where ens9 is, on worker-1 and worker-2; the three on worker-3 fail. The seventh cu finds no address.
  {
    kind: 'Deployment',
    namespace: 'ran',
    name: 'du',
    replicas: 9,
    image: 'registry.example.com/ran/du:4.0.3',
    networks: '[{"name":"fronthaul","interface":"fh0"}]',
    age: 90,
  },
  {
    kind: 'StatefulSet',
    namespace: 'ran',
    name: 'cu',
    replicas: 7,
    image: 'registry.example.com/ran/cu:4.0.3',
    networks: '[{"name":"midhaul","interface":"f1"}]',
    age: 80,
  },
  // Its PodNetwork is administratively there, but its parameters are not.
  {
    kind: 'Pod',
    namespace: 'ran',
    name: 'grandmaster',
    image: 'registry.example.com/ran/ptp:1.2.0',
    spec: { networks: [{ podNetworkName: 'timing', interfaceName: 'ptp0' }] },
    age: 55,
  },
  // lab
  {
    kind: 'Pod',
    namespace: 'lab',
    name: 'notebook',
    image: 'registry.example.com/lab/notebook:7.2',
    networks: 'storage@st0',
    age: 5 * DAYS,
  },
  {
    kind: 'Pod',
    namespace: 'lab',
    name: 'oscilloscope',
    image: 'registry.example.com/lab/scope:1.0',
    networks: 'legacy',
    age: 28,
  },
  // ran is neither its own namespace nor a global one.
  {
    kind: 'Pod',
    namespace: 'lab',
    name: 'sniffer',
    image: 'registry.example.com/lab/sniffer:3.3',
    networks: 'ran/fronthaul',
    age: 22,
  },
  {
    kind: 'Pod',
    namespace: 'lab',
    name: 'vswitch-a',
    image: 'registry.example.com/lab/vswitch:2.1',
    networks: 'ovs-trunk',
    spec: on('worker-1'),
    age: 4 * DAYS,
  },
  {
    kind: 'Pod',
    namespace: 'lab',
    name: 'vswitch-b',
    image: 'registry.example.com/lab/vswitch:2.1',
    networks: 'ovs-trunk',
    spec: on('worker-2'),
    age: 33,
  },
  {
    kind: 'Pod',
    namespace: 'lab',
    name: 'camera',
    image: 'registry.example.com/lab/camera:0.4',
    networks: 'camera-lan',
    age: 45,
  },
  // The first takes net2 by name, the second gets net2 by its place in the list.
  {
    kind: 'Pod',
    namespace: 'lab',
    name: 'router',
    image: 'registry.example.com/lab/router:6.1',
    networks: 'storage@net2,camera-lan',
    age: 15,
  },
  // An empty item behind the last comma.
  {
    kind: 'Pod',
    namespace: 'lab',
    name: 'tracer',
    image: 'registry.example.com/lab/tracer:1.1',
    networks: 'storage,',
    age: 9,
  },
  {
    kind: 'Deployment',
    namespace: 'lab',
    name: 'probe',
    replicas: 2,
    image: 'registry.example.com/lab/probe:1.4',
    networks: '[{"name":"transit","interface":"tr0"}]',
    age: 3 * DAYS,
  },
  // storage: the three osd work, the fourth asks for an address that is none.
  {
    kind: 'StatefulSet',
    namespace: 'storage',
    name: 'osd',
    replicas: 3,
    image: 'quay.io/ceph/ceph:v19.2.1',
    networks: 'ceph-public@public0',
    age: 9 * DAYS,
  },
  {
    kind: 'Pod',
    namespace: 'storage',
    name: 'osd-spare',
    image: 'quay.io/ceph/ceph:v19.2.1',
    networks: '[{"name":"ceph-public","interface":"public0","ips":["10.50.0.300"]}]',
    age: 20,
  },
  {
    kind: 'Pod',
    namespace: 'storage',
    name: 'backup',
    image: 'registry.example.com/storage/restic:0.17',
    networks: 'jumbo',
    age: 30,
  },
  // monitoring: in the node's network there is nothing to plug.
  {
    kind: 'DaemonSet',
    namespace: 'monitoring',
    name: 'node-exporter',
    image: 'quay.io/prometheus/node-exporter:v1.9.0',
    networks: 'lab/storage',
    spec: { hostNetwork: true },
    age: 8 * DAYS,
    nodes: ['worker-1', 'worker-2', 'worker-3'],
  },
  {
    kind: 'Deployment',
    namespace: 'monitoring',
    name: 'prometheus',
    image: 'quay.io/prometheus/prometheus:v3.2.0',
    networks: 'lab/storage',
    age: 8 * DAYS,
  },
  // edge: Multus is not on edge-1, so nobody reads the annotation.
  {
    kind: 'Deployment',
    namespace: 'edge',
    name: 'cell-gateway',
    replicas: 2,
    image: 'registry.example.com/edge/gateway:1.3',
    networks: 'cell-site',
    spec: EDGE,
    age: 2 * DAYS,
  },
];

/** Attached while their definition was there; it has been deleted since. */
const deletedLater = (world: World): void => {
  createDefinition(world, {
    namespace: 'analytics',
    name: 'ingest',
    config: macvlan('ingest', 'ens5', whereabouts('10.70.0.0/24')),
  });
  settleWorkload(world, {
    kind: 'StatefulSet',
    namespace: 'analytics',
    name: 'collector',
    replicas: 2,
    image: 'registry.example.com/analytics/collector:2.4.1',
    networks: 'ingest',
    age: 6 * DAYS,
  });
  world.api.store.delete({
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    namespace: 'analytics',
    name: 'ingest',
  });
};

export const TELCO_NAMESPACES = ['media', 'core', 'ran', 'lab', 'storage', 'edge', 'analytics', 'monitoring'];

/** A small 5G core, its radio side, a lab and a media farm: some work, some do not, each for its own reason. */
export const tellTelco = (world: World): void => {
  for (const definition of DEFINITIONS) createDefinition(world, definition);
  createPodNetwork(
    world,
    'timing',
    {
      enabled: true,
      provider: 'podnet.example.com/vlan',
      parametersRefs: [{ group: 'podnet.example.com', kind: 'VlanParams', name: 'ptp' }],
    },
    { status: 'False', reason: 'ParamsNotFound', message: 'vlanparams.podnet.example.com "ptp" not found' },
  );
  for (const workload of WORKLOADS) settleWorkload(world, workload);
  deletedLater(world);
  tellDra(world, true);
  tellUserNetworks(world, true);
  tellPolicies(world, true);
};

/** The same without what is broken. */
export const tellHealthy = (world: World): void => {
  const broken = new Set([
    'media/player',
    'media/captions',
    'core/smf',
    'core/oam',
    'core/nrf',
    'core/upf-canary',
    'core/nwdaf',
    'ran/grandmaster',
    'lab/oscilloscope',
    'lab/sniffer',
    'lab/vswitch-b',
    'lab/camera',
    'lab/router',
    'lab/tracer',
    'storage/osd-spare',
    'storage/backup',
    'monitoring/node-exporter',
    'edge/cell-gateway',
  ]);
  for (const definition of DEFINITIONS) if (definition.name !== 'legacy') createDefinition(world, definition);
  for (const workload of WORKLOADS) {
    if (broken.has(`${workload.namespace}/${workload.name}`)) continue;
    const replicas = workload.name === 'cu' ? { replicas: 5 } : {};
    const spec = workload.name === 'du' ? { spec: on('worker-1') } : {};
    settleWorkload(world, { ...workload, ...replicas, ...spec });
  }
  tellDra(world, false);
  tellUserNetworks(world, false);
  tellPolicies(world, false);
};
