import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Change, type KubeObject, refOf } from '../kube/object.ts';
import { objectKey } from '../model/ids.ts';
import { providers } from '../providers/registry.ts';
import { rules } from '../rules/registry.ts';
import { createEngine } from './engine.ts';
import type { Engine } from './engine-api.ts';

/** The law of the engine over objects of vendors: additions to requests, parts under networks, pools that count, endpoints. */

const start = Date.parse('2026-11-24T03:00:00Z');
const state = (engine: Engine) => engine.topology({ name: 'test' }, 'now');
const oneOf = <T>(...items: T[]) => fc.constantFrom(...items);
const maybe = (on: boolean, fields: object) => (on ? fields : {});

const pod = fc
  .record({
    name: oneOf('a', 'b', 'a-0'),
    uid: oneOf('1', '2'),
    running: oneOf(true, false),
    networks: oneOf(undefined, 'blue', 'blue@fast0', 'vlan,blue'),
    status: oneOf(true, false),
    allocated: oneOf(true, false),
    subnet: oneOf(undefined, 'team', 'under'),
    pools: oneOf(undefined, '[{"interface":"net1","ipv4":["p"]}]', '[{"ipv4":["q"]}]'),
    danm: oneOf(undefined, undefined, '[{"network":"n","ip":"dynamic"},{"clusterNetwork":"c"}]', '{'),
    calico: oneOf(undefined, '["fast"]'),
    node: oneOf('n1', 'n2'),
  })
  .map(
    (it): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: it.name,
        namespace: 'lab',
        uid: it.uid,
        creationTimestamp: '2026-11-24T02:57:00Z',
        annotations: {
          ...(it.networks ? { 'k8s.v1.cni.cncf.io/networks': it.networks } : {}),
          ...(it.subnet ? { 'ovn.kubernetes.io/logical_switch': it.subnet } : {}),
          ...(it.pools ? { 'ipam.spidernet.io/ippools': it.pools } : {}),
          ...(it.danm ? { 'danm.io/interfaces': it.danm } : {}),
          ...(it.calico ? { 'cni.projectcalico.org/ipv4pools': it.calico } : {}),
          'blue.lab.ovn.kubernetes.io/ip_address': '10.8.0.4',
          ...maybe(it.allocated, {
            'blue.lab.ovn.kubernetes.io/allocated': 'true',
            'ovn.kubernetes.io/allocated': 'true',
          }),
          ...maybe(it.status, {
            'k8s.v1.cni.cncf.io/network-status': JSON.stringify([
              { name: 'kube-ovn', interface: 'eth0', ips: ['10.16.0.4'], default: true },
              { name: 'lab/blue', interface: 'net1', ips: ['10.8.0.4'] },
            ]),
          }),
        },
      },
      spec: { nodeName: it.node, containers: [{ name: 'app' }] },
      status: it.running ? { phase: 'Running', podIPs: [{ ip: '10.16.0.4' }] } : { phase: 'Pending' },
    }),
  );

const nad = fc
  .record({
    name: oneOf('blue', 'vlan'),
    type: oneOf('kube-ovn', 'macvlan', 'calico'),
    ipam: oneOf('kube-ovn', 'spiderpool'),
  })
  .map(
    ({ name, type, ipam }): KubeObject => ({
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name, namespace: 'lab', creationTimestamp: '2026-11-24T02:50:00Z' },
      spec: {
        config: JSON.stringify({
          cniVersion: '0.3.1',
          type,
          ...(type === 'kube-ovn' ? { provider: `${name}.lab.ovn` } : { master: 'eth1' }),
          ipam: { type: ipam, provider: `${name}.lab`, default_ipv4_ippool: ['p'], ipv4_pools: ['fast'] },
        }),
      },
    }),
  );

const own = (apiVersion: string, kind: string, name: string, spec: object, status: object = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: {
    name,
    ...(kind.startsWith('SpiderM') || kind.startsWith('SpiderE') || kind.startsWith('Danm')
      ? { namespace: 'lab' }
      : {}),
  },
  spec,
  status,
});

const kubeOvn = fc.oneof(
  fc
    .record({
      name: oneOf('team', 'under', 'blue-net'),
      provider: oneOf('ovn', 'blue.lab.ovn', 'vlan.lab'),
      vlan: oneOf(undefined, 'v1'),
      free: oneOf(0, 9),
      ready: oneOf('True', 'False'),
      whole: oneOf(true, false),
    })
    .map(({ name, provider, vlan, free, ready, whole }) =>
      own(
        'kubeovn.io/v1',
        'Subnet',
        name,
        { provider, default: whole, cidrBlock: '10.8.0.0/24', ...(vlan ? { vlan } : {}) },
        { v4availableIPs: free, v4usingIPs: 3, conditions: [{ type: 'Ready', status: ready }] },
      ),
    ),
  oneOf(1, 2).map((id) => own('kubeovn.io/v1', 'Vlan', 'v1', { id, provider: 'pn' }, { conflict: id === 2 })),
  oneOf('n1', 'n2').map((node) =>
    own(
      'kubeovn.io/v1',
      'ProviderNetwork',
      'pn',
      { defaultInterface: 'eth1' },
      { readyNodes: ['n1', 'n2'], notReadyNodes: [node] },
    ),
  ),
  oneOf('a.lab', 'a.lab.blue.lab.ovn', 'gone.lab').map((name) =>
    own('kubeovn.io/v1', 'IP', name, {
      podName: name.split('.')[0],
      namespace: 'lab',
      v4IpAddress: '10.8.0.4',
      subnet: 'team',
    }),
  ),
  oneOf('team', 'under').map((subnet) => own('kubeovn.io/v1', 'IPPool', 'share', { subnet, ips: ['10.8.0.9'] })),
);

const others = fc.oneof(
  fc
    .record({
      name: oneOf('p', 'q'),
      used: oneOf(1, 2),
      disable: oneOf(true, false),
      serves: oneOf('lab/blue', 'lab/vlan'),
    })
    .map(({ name, used, disable, serves }) =>
      own(
        'spiderpool.spidernet.io/v2beta1',
        'SpiderIPPool',
        name,
        { subnet: '10.80.0.0/24', disable, multusName: [serves], vlan: used },
        { totalIPCount: 2, allocatedIPCount: used, allocatedIPs: `{"10.80.0.5":{"pod":"lab/a"}}` },
      ),
    ),
  oneOf('vlan', 'blue').map((name) =>
    own('spiderpool.spidernet.io/v2beta1', 'SpiderMultusConfig', name, {
      cniType: 'macvlan',
      macvlan: { master: ['eth1'], vlanID: 5, ippools: { ipv4: ['p'] } },
    }),
  ),
  fc
    .record({ name: oneOf('a', 'gone'), uid: oneOf('1', '2') })
    .map(({ name, uid }) =>
      own(
        'spiderpool.spidernet.io/v2beta1',
        'SpiderEndpoint',
        name,
        {},
        { current: { uid, ips: [{ interface: 'net1', ipv4: '10.80.0.5/24' }] } },
      ),
    ),
  oneOf('None', 'Multus').map((multiInterfaceMode) =>
    own('operator.tigera.io/v1', 'Installation', 'default', {
      calicoNetwork: { multiInterfaceMode, ipPools: [{ cidr: '10.16.0.0/16' }] },
    }),
  ),
  oneOf(true, false).map((disabled) =>
    own('projectcalico.org/v3', 'IPPool', 'fast', { cidr: '10.9.0.0/24', disabled }),
  ),
  oneOf('4Q==', 'gQ==').map((alloc) =>
    own('danm.io/v1', 'DanmNet', 'n', {
      Options: { cidr: '10.3.0.0/29', alloc, allocation_pool: { start: '10.3.0.1', end: '10.3.0.2' } },
    }),
  ),
  oneOf(['lab'], ['other'], undefined).map((AllowedTenants) =>
    own('danm.io/v1', 'ClusterNetwork', 'c', { ...(AllowedTenants ? { AllowedTenants } : {}), Options: {} }),
  ),
  fc
    .record({ Pod: oneOf('a', 'gone'), PodUID: oneOf('1', '2'), Name: oneOf('eth0', 'c1') })
    .map(({ Pod, PodUID, Name }) =>
      own('danm.io/v1', 'DanmEp', `ep-${Name}`, {
        Pod,
        PodUID,
        apiType: Name === 'c1' ? 'ClusterNetwork' : 'DanmNet',
        NetworkName: Name === 'c1' ? 'c' : 'n',
        Interface: { Name, Address: '10.3.0.4/29' },
      }),
    ),
  oneOf('n1', 'n2').map((name): KubeObject => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })),
  oneOf('team', 'under', 'team,under').map(
    (subnet): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'lab', annotations: { 'ovn.kubernetes.io/logical_switch': subnet } },
    }),
  ),
);

const kinds: [string, string, string][] = [
  ['', 'Pod', 'pods'],
  ['kubeovn.io', 'Subnet', 'subnets'],
  ['spiderpool.spidernet.io', 'SpiderIPPool', 'spiderippools'],
  ['projectcalico.org', 'IPPool', 'ippools'],
  ['danm.io', 'DanmNet', 'danmnets'],
  ['danm.io', 'ClusterNetwork', 'clusternetworks'],
];
const sources: Change[] = kinds.map(([group, kind, resource]) => ({
  type: 'source',
  source: { group, kind, resource, availability: 'present', count: 1 },
}));

const object = fc.oneof(
  { weight: 3, arbitrary: pod },
  nad,
  { weight: 3, arbitrary: kubeOvn },
  { weight: 4, arbitrary: others },
);
const step = fc.record({ object, gone: oneOf(false, false, false, true) });

test('whatever changes in whatever order, the result is that of the final objects', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
      const engine = createEngine({ providers, rules, warm: 2 });
      engine.apply(sources, start);
      const left = new Map<string, KubeObject>();
      for (const { object: one, gone } of steps) {
        const key = objectKey(refOf(one));
        if (gone) left.delete(key);
        else left.set(key, one);
        engine.apply([gone ? { type: 'delete', ref: refOf(one) } : { type: 'put', object: one }], start);
      }
      const fresh = createEngine({ providers, rules });
      fresh.apply([...sources, ...[...left.values()].map((item): Change => ({ type: 'put', object: item }))], start);
      expect(state(engine)).toEqual(state(fresh));
    }),
    { numRuns: 300 },
  );
});

test('whatever stands in these objects, nothing throws', () => {
  const broken = fc.record({
    one: object,
    field: oneOf('spec', 'status', 'metadata.annotations'),
    value: fc.jsonValue(),
  });
  fc.assert(
    fc.property(fc.array(broken, { minLength: 1, maxLength: 8 }), (list) => {
      const engine = createEngine({ providers, rules, warm: 2 });
      const objects = list.map(({ one, field, value }) =>
        field === 'metadata.annotations'
          ? { ...one, metadata: { ...one.metadata, annotations: value as Record<string, string> } }
          : { ...one, [field]: value },
      );
      engine.apply([...sources, ...objects.map((item): Change => ({ type: 'put', object: item }))], start);
      expect(state(engine).kind).toBe('Topology');
    }),
    { numRuns: 300 },
  );
});
