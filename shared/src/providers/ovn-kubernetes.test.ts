import { describe, expect, test } from 'vitest';
import { engineOf, podOf as pod } from '../testing/cluster.ts';

const namespace = (name: string, labels: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});
const labelled = { 'k8s.ovn.org/primary-user-defined-network': '' };

const udn = (more: object = {}) => ({
  apiVersion: 'k8s.ovn.org/v1',
  kind: 'UserDefinedNetwork',
  metadata: { name: 'tenant', namespace: 'green' },
  spec: {
    topology: 'Layer3',
    layer3: { role: 'Primary', mtu: 1300, subnets: [{ cidr: '203.203.0.0/16', hostSubnet: 24 }] },
  },
  status: { conditions: [{ type: 'NetworkCreated', status: 'True' }] },
  ...more,
});

const generated = (owner: object = { kind: 'UserDefinedNetwork', name: 'tenant' }) => ({
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: {
    name: 'tenant',
    namespace: 'green',
    labels: { 'k8s.ovn.org/user-defined-network': '' },
    ownerReferences: [{ apiVersion: 'k8s.ovn.org/v1', controller: true, uid: '1', ...owner }],
  },
  spec: {
    config: JSON.stringify({
      cniVersion: '1.0.0',
      type: 'ovn-k8s-cni-overlay',
      name: 'green_tenant',
      netAttachDefName: 'green/tenant',
      topology: 'layer3',
      role: 'primary',
      subnets: '203.203.0.0/16/24',
      mtu: 1300,
    }),
  },
});

const decided = JSON.stringify({
  default: { ip_addresses: ['10.244.0.6/24'], mac_address: '0a:58:0a:f4:00:06', role: 'infrastructure-locked' },
  'green/tenant': {
    ip_addresses: ['203.203.2.5/24'],
    mac_address: '0a:58:c8:0a:02:05',
    gateway_ips: ['203.203.2.1'],
    role: 'primary',
  },
});
const status = JSON.stringify([
  { name: 'ovn-kubernetes', interface: 'eth0', ips: ['10.244.0.6'], mac: '0a:58:0a:f4:00:06', dns: {} },
  {
    name: 'ovn-kubernetes',
    interface: 'ovn-udn1',
    ips: ['203.203.2.5'],
    mac: '0a:58:c8:0a:02:05',
    default: true,
    dns: {},
  },
]);
const plugged = {
  annotations: { 'k8s.ovn.org/pod-networks': decided, 'k8s.v1.cni.cncf.io/network-status': status },
};

describe('OVN-Kubernetes', () => {
  test('a definition that was generated from a network is that network, and what generated it names it', () => {
    const networks = [...engineOf(udn(), generated()).networks()].filter((item) => item.role !== 'cluster-default');
    expect(networks).toMatchObject([
      {
        id: 'udn:green/tenant',
        name: 'tenant',
        provider: 'ovn-kubernetes',
        technology: 'ovn-layer3',
        role: 'primary',
        subnets: ['203.203.0.0/16'],
        mtu: 1300,
        conditions: [{ type: 'NetworkCreated', status: 'True' }],
      },
    ]);
    expect(networks[0]?.aliases.map((alias) => `${alias.scheme}:${alias.value}`)).toContain('nad:green/tenant');
  });

  test('definitions of one cluster-wide network are one, by owner or by the name that old builds gave', () => {
    const cluster = {
      apiVersion: 'k8s.ovn.org/v1',
      kind: 'ClusterUserDefinedNetwork',
      metadata: { name: 'vlan33' },
      spec: {
        network: {
          topology: 'Localnet',
          localnet: {
            role: 'Secondary',
            physicalNetworkName: 'physnet1',
            vlan: { mode: 'Access', access: { id: 33 } },
          },
        },
      },
    };
    const nad = (ns: string, name: string) => ({
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name: 'vlan33', namespace: ns, labels: { 'k8s.ovn.org/user-defined-network': '' } },
      spec: {
        config: JSON.stringify({
          cniVersion: '1.0.0',
          type: 'ovn-k8s-cni-overlay',
          name,
          netAttachDefName: `${ns}/vlan33`,
          topology: 'localnet',
          physicalNetworkName: 'physnet1',
          vlanID: 33,
        }),
      },
    });
    const networks = [...engineOf(nad('a', 'cluster_udn_vlan33'), cluster, nad('b', 'cluster.udn.vlan33')).networks()];
    expect(networks).toMatchObject([
      { id: 'udn:vlan33', vlan: 33, technology: 'ovn-localnet', uplinks: [{ physicalNetwork: 'physnet1' }] },
    ]);
    expect(networks[0]?.objects).toHaveLength(3);
  });

  test('a foreign definition of the same name stays its own network', () => {
    const foreign = generated();
    foreign.metadata.labels = {} as never;
    foreign.metadata.ownerReferences = [];
    foreign.spec.config = '{"cniVersion":"1.0.0","type":"macvlan","name":"x"}';
    const ids = [...engineOf(udn(), foreign).networks()].map((item) => item.id);
    expect(ids.sort()).toEqual(['nad:green/tenant', 'udn:green/tenant']);
  });

  test('the primary network is on ovn-udn1, with prefix length and gateway; eth0 stays the default network', () => {
    const engine = engineOf(namespace('green', labelled), udn(), generated(), pod('a', 'green', plugged));
    expect(engine.attachmentsOf('pod:green/a')).toMatchObject([
      { slot: 0, state: 'attached', interface: { name: 'eth0', addresses: [{ ip: '10.244.0.6', prefixLength: 24 }] } },
      {
        slot: 1,
        state: 'attached',
        implicit: true,
        provider: 'ovn-kubernetes',
        network: 'udn:green/tenant',
        interface: {
          name: 'ovn-udn1',
          addresses: [{ ip: '203.203.2.5', prefixLength: 24 }],
          gateways: ['203.203.2.1'],
          mac: '0a:58:c8:0a:02:05',
        },
      },
    ]);
    expect(engine.attachmentsOf('pod:green/a')).toHaveLength(2);
    expect(engine.findings().map((item) => item.code)).toEqual([]);
  });

  test('what was decided is seen without any other object, too', () => {
    const engine = engineOf(pod('a', 'green', plugged));
    expect(engine.attachmentsOf('pod:green/a')).toMatchObject([
      { state: 'attached' },
      { state: 'attached', network: null },
    ]);
  });

  test.each([
    ['labelled', [namespace('green', labelled), udn(), generated()], 2],
    ['not to be read', [udn(), generated()], 2],
    ['labelled, the definition still to come', [namespace('green', labelled), udn()], 2],
    ['not to be read, the definition still to come', [udn()], 1],
    ['not labelled', [namespace('green'), udn(), generated()], 1],
  ])('a namespace that is %s', (_, objects, count) => {
    const waiting = pod('a', 'green');
    waiting.status = { phase: 'Pending', conditions: [], podIPs: [] };
    expect(engineOf(...objects, waiting).attachmentsOf('pod:green/a')).toHaveLength(count);
  });

  test('a pod on the network of the host gets no primary network', () => {
    const host = pod('a', 'green');
    const engine = engineOf(generated(), { ...host, spec: { ...host.spec, hostNetwork: true } });
    expect(engine.attachmentsOf('pod:green/a')).toEqual([]);
  });

  test('an address that was only decided does not make an interface', () => {
    const nad = {
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name: 'l2', namespace: 'green' },
      spec: {
        config:
          '{"cniVersion":"1.0.0","type":"ovn-k8s-cni-overlay","name":"l2","topology":"layer2","netAttachDefName":"green/l2"}',
      },
    };
    const annotations = {
      'k8s.v1.cni.cncf.io/networks': 'l2,l2',
      'k8s.v1.cni.cncf.io/network-status': JSON.stringify([
        { name: 'ovn-kubernetes', interface: 'eth0', ips: ['10.244.0.6'], default: true },
        { name: 'green/l2', interface: 'net1', ips: ['10.1.0.5'] },
      ]),
      'k8s.ovn.org/pod-networks': JSON.stringify({
        'green/l2/1': { ip_addresses: ['10.1.0.6/24'], role: 'secondary' },
        'green/l2': { ip_addresses: ['10.1.0.5/24'], role: 'secondary' },
      }),
    };
    expect(engineOf(nad, pod('a', 'green', { annotations })).attachmentsOf('pod:green/a')).toMatchObject([
      { slot: 0 },
      { state: 'attached', interface: { name: 'net1', addresses: [{ ip: '10.1.0.5', prefixLength: 24 }] } },
      { state: 'missing' },
    ]);
  });
});

test('a network of the cluster is one network in all namespaces that it selects, by labels and by expressions', () => {
  const cluster = {
    apiVersion: 'k8s.ovn.org/v1',
    kind: 'ClusterUserDefinedNetwork',
    metadata: { name: 'tenants', creationTimestamp: '2026-11-24T01:00:00Z' },
    spec: {
      namespaceSelector: { matchExpressions: [{ key: 'tenant', operator: 'In', values: ['red', 'blue'] }] },
      network: { topology: 'Layer2', layer2: { role: 'Secondary', subnets: ['10.44.0.0/16'] } },
    },
    status: { conditions: [{ type: 'NetworkCreated', status: 'True' }] },
  };
  const namespace = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { tenant: name } },
  });
  const generated = (name: string) => ({
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name: 'tenants', namespace: name, labels: { 'k8s.ovn.org/user-defined-network': '' } },
    spec: {
      config: JSON.stringify({
        cniVersion: '1.0.0',
        name: 'cluster_udn_tenants',
        type: 'ovn-k8s-cni-overlay',
        netAttachDefName: `${name}/tenants`,
        topology: 'layer2',
        subnets: '10.44.0.0/16',
      }),
    },
  });
  const whole = [cluster, namespace('red'), namespace('blue'), namespace('green'), generated('red')];
  const sources = [
    { group: 'k8s.cni.cncf.io', resource: 'network-attachment-definitions', kind: 'NetworkAttachmentDefinition' },
  ].map((source) => ({ type: 'source' as const, source: { ...source, availability: 'present' as const, count: 1 } }));
  const engine = engineOf(...whole);
  engine.apply(sources, Date.parse('2026-11-24T03:00:00Z'));
  expect(engine.networkByAlias('nad:red/tenants')?.id).toBe('udn:tenants');
  expect(engine.findings().map(({ slug, title }) => [slug, title])).toEqual([
    ['cudn-nad-missing', 'ClusterUserDefinedNetwork tenants has no definition in blue'],
  ]);
  engine.apply([{ type: 'put', object: generated('blue') }], Date.parse('2026-11-24T03:00:10Z'));
  expect(engine.networkByAlias('nad:blue/tenants')?.id).toBe('udn:tenants');
  expect(engine.findings()).toEqual([]);
});
