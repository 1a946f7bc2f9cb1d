import { describe, expect, test } from 'vitest';
import { engineOf, podOf } from '../testing/cluster.ts';
import { spiderpool } from './spiderpool.ts';

const apiVersion = 'spiderpool.spidernet.io/v2beta1';
const config = (name: string, spec: object, annotations: Record<string, string> = {}) => ({
  apiVersion,
  kind: 'SpiderMultusConfig',
  metadata: { name, namespace: 'lab', annotations },
  spec,
});
const pool = (name: string, spec: object, status: object = {}) => ({
  apiVersion,
  kind: 'SpiderIPPool',
  metadata: { name },
  spec,
  status,
});
const nad = (name: string, text: object) => ({
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name, namespace: 'lab' },
  spec: { config: JSON.stringify({ cniVersion: '0.3.1', name, ...text }) },
});
const generated = nad('vlan100', {
  plugins: [
    { type: 'ifacer', interfaces: ['eth1'], vlanID: 100 },
    {
      type: 'macvlan',
      master: 'eth1.100',
      mode: 'bridge',
      ipam: { type: 'spiderpool', default_ipv4_ippool: ['v4-100'] },
    },
    { type: 'coordinator', mode: 'auto' },
  ],
});
const smc = config(
  'underlay',
  {
    cniType: 'macvlan',
    macvlan: { master: ['eth1'], vlanID: 100, mtu: 9000, ippools: { ipv4: ['v4-100'], ipv6: ['v6-*'] } },
  },
  { 'multus.spidernet.io/cr-name': 'vlan100' },
);
const v100 = pool(
  'v4-100',
  { ipVersion: 4, subnet: '10.80.0.0/16', ips: ['10.80.0.5-10.80.0.8', '10.80.0.20'], gateway: '10.80.0.1' },
  {
    totalIPCount: 5,
    allocatedIPCount: 1,
    allocatedIPs: JSON.stringify({ '10.80.0.5': { pod: 'lab/web-0', podUid: 'uid-web-0' } }),
  },
);

describe('networks', () => {
  test('a config, the definition made of it and its pool are one network', () => {
    const engine = engineOf(smc, generated, v100);
    expect([...engine.networks()].map(({ id }) => id)).toEqual(['nad:lab/vlan100']);
    expect(engine.networkByAlias('spider-multus-config:lab/underlay')).toMatchObject({
      id: 'nad:lab/vlan100',
      name: 'vlan100',
      provider: 'spiderpool',
      technology: 'macvlan',
      vlan: 100,
      mtu: 9000,
      subnets: ['10.80.0.0/16'],
      gateways: ['10.80.0.1'],
      pools: ['pool:spiderpool:v4-100'],
    });
    expect([...engine.pools()]).toMatchObject([
      { name: 'v4-100', total: '5', used: '1', networks: ['nad:lab/vlan100'], allocations: [{ podRef: 'lab/web-0' }] },
    ]);
  });

  test('a definition alone: plugins that only prepare are not its technology', () => {
    const [network] = [...engineOf(generated).networks()];
    expect(network).toMatchObject({ technology: 'macvlan', vlan: 100 });
  });

  test.each([
    [
      'sriov',
      { sriov: { resourceName: 'nvidia.com/rdma', vlanID: 7 } },
      { vlan: 7, uplinks: [{ resourceName: 'nvidia.com/rdma' }] },
    ],
    ['ib-sriov', { ibsriov: { resourceName: 'nvidia.com/ib' } }, { uplinks: [{ resourceName: 'nvidia.com/ib' }] }],
    ['ovs', { ovs: { bridge: 'br1', vlan: 5 } }, { vlan: 5, uplinks: [{ device: 'br1' }] }],
    [
      'ipvlan',
      { ipvlan: { master: ['a', 'b'], bond: { name: 'bond0', mode: 1 } } },
      { uplinks: [{ device: 'bond0' }] },
    ],
  ])('cniType %s', (cniType, block, expected) => {
    expect(spiderpool.claims(config('x', { cniType, ...block })).networks?.[0]).toMatchObject({
      technology: cniType,
      ...expected,
    });
  });

  test('a config of its own words is read as one', () => {
    const customCNI = JSON.stringify({ cniVersion: '0.3.1', type: 'bridge', bridge: 'br7', vlan: 9 });
    expect(spiderpool.claims(config('x', { cniType: 'custom', customCNI })).networks?.[0]).toMatchObject({
      technology: 'bridge',
      vlan: 9,
    });
  });

  test('a pool names the definitions that it serves', () => {
    const engine = engineOf(
      nad('plain', { type: 'macvlan', master: 'eth1', ipam: { type: 'spiderpool' } }),
      pool('p', { subnet: 'fd00:9::/64', ips: ['fd00:9::1-fd00:9::ffff'], multusName: ['lab/plain'] }),
    );
    expect(engine.networkByAlias('nad:lab/plain')).toMatchObject({
      subnets: ['fd00:9::/64'],
      pools: ['pool:spiderpool:p'],
    });
    expect([...engine.pools()]).toMatchObject([{ total: '65535', used: '0' }]);
  });
});

describe('pods', () => {
  const endpoint = (uid: string, ...ips: object[]) => ({
    apiVersion,
    kind: 'SpiderEndpoint',
    metadata: { name: 'web-0', namespace: 'lab' },
    status: { ownerControllerType: 'StatefulSet', ownerControllerName: 'web', current: { uid, node: 'n1', ips } },
  });
  const net1 = {
    interface: 'net1',
    ipv4: '10.80.0.5/16',
    ipv6: 'fd80::5/64',
    ipv4Pool: 'v4-100',
    ipv4Gateway: '10.80.0.1',
    vlan: 100,
    mac: '02:00:00:00:08:05',
  };
  const eth0 = { name: 'k8s-pod-network', interface: 'eth0', ips: ['10.244.0.6'], default: true, dns: {} };
  const reported = { name: 'lab/vlan100', interface: 'net1', ips: ['10.80.0.5', 'fd80::5'], dns: {} };
  const annotations = {
    'k8s.v1.cni.cncf.io/networks': 'vlan100',
    'k8s.v1.cni.cncf.io/network-status': JSON.stringify([eth0, reported]),
    'ipam.spidernet.io/ippools': JSON.stringify([{ interface: 'net1', ipv4: ['v4-100'] }]),
  };

  test('have lengths, gateways and hardware addresses from their endpoint', () => {
    const engine = engineOf(smc, generated, v100, podOf('web-0', 'lab', { annotations }), endpoint('uid-web-0', net1));
    const [, second, ...more] = engine.attachmentsOf('pod:lab/web-0');
    expect(more).toEqual([]);
    expect(second).toMatchObject({
      network: 'nad:lab/vlan100',
      state: 'attached',
      requested: { network: 'lab/vlan100' },
      interface: {
        name: 'net1',
        addresses: [
          { ip: '10.80.0.5', prefixLength: 16 },
          { ip: 'fd80::5', prefixLength: 64 },
        ],
        mac: '02:00:00:00:08:05',
        gateways: ['10.80.0.1'],
      },
    });
    expect(second?.observed.map(({ provider }) => provider)).toEqual(['npwg', 'spiderpool']);
    expect(engine.findings().filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('have nothing of an earlier pod of their name', () => {
    const [, second] = engineOf(
      generated,
      podOf('web-0', 'lab', { annotations }),
      endpoint('another', net1),
    ).attachmentsOf('pod:lab/web-0');
    expect(second?.observed.map(({ provider }) => provider)).toEqual(['npwg']);
  });

  test('with Spiderpool as their default network have its address on eth0', () => {
    const [first] = engineOf(
      podOf('web-0', 'lab'),
      endpoint('uid-web-0', { interface: 'eth0', ipv4: '10.244.0.6/20', ipv4Gateway: '10.244.0.1' }),
    ).attachmentsOf('pod:lab/web-0');
    expect(first).toMatchObject({
      slot: 0,
      interface: { name: 'eth0', addresses: [{ ip: '10.244.0.6', prefixLength: 20 }] },
    });
  });
});

test.each([
  [{ 'ipam.spidernet.io/ippool': '{"ipv4":["a"],"ipv6":["b","c-*"]}' }, [[null, ['a', 'b']]]],
  [
    { 'ipam.spidernet.io/ippools': '[{"interface":"eth0","ipv4":["a"]},{"interface":"net1","ipv4":"b"}]' },
    [
      ['eth0', ['a']],
      ['net1', ['b']],
    ],
  ],
  [{ 'ipam.spidernet.io/subnet': '{"ipv4":["s"]}' }, [[null, ['s']]]],
  [{ 'ipam.spidernet.io/ippools': '[]', 'ipam.spidernet.io/ippool': '{"ipv4":["a"]}' }, undefined],
  [{ 'ipam.spidernet.io/ippools': 'not json' }, undefined],
])('%o asks for pools', (annotations, expected) => {
  const requests = spiderpool.claims(podOf('a', 'lab', { annotations }) as never).requests;
  expect(requests?.map((item) => [item.interface, item.needs?.map(({ name }) => name)])).toEqual(expected);
});

test('allocations of older releases name pod and namespace apart', () => {
  const old = pool(
    'p',
    { subnet: '10.0.0.0/24' },
    { allocatedIPs: { '10.0.0.9': { namespace: 'lab', pod: 'a', interface: 'net1' } } },
  );
  expect(spiderpool.claims(old).pools?.[0]?.allocations).toEqual([
    { ip: '10.0.0.9', key: '10.0.0.9', podRef: 'lab/a', interface: 'net1' },
  ]);
});
