import { describe, expect, test } from 'vitest';
import { engineOf, podOf } from '../testing/cluster.ts';
import { kubeOvn } from './kube-ovn.ts';
import { readProvider } from './kube-ovn-pod.ts';

const apiVersion = 'kubeovn.io/v1';
const subnet = (name: string, spec: object, status: object = {}) => ({
  apiVersion,
  kind: 'Subnet',
  metadata: { name },
  spec,
  status,
});
const nad = (name: string, config: object) => ({
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name, namespace: 'lab' },
  spec: { config: JSON.stringify({ cniVersion: '0.3.1', ...config }) },
});
const macvlan = nad('storage', {
  type: 'macvlan',
  master: 'eth1',
  ipam: { type: 'kube-ovn', server_socket: '/run/openvswitch/kube-ovn-daemon.sock', provider: 'storage.lab' },
});
const attached = nad('blue', { type: 'kube-ovn', provider: 'blue.lab.ovn' });
const status = (...entries: object[]) => JSON.stringify(entries);
const eth0 = { name: 'kube-ovn', interface: 'eth0', ips: ['10.16.0.8'], default: true, dns: {} };

describe('networks', () => {
  test('a subnet and the definition that it serves are one network', () => {
    const engine = engineOf(
      macvlan,
      subnet('storage-net', { provider: 'storage.lab', cidrBlock: '172.17.0.0/16', gateway: '172.17.0.1', mtu: 9000 }),
    );
    expect(
      [...engine.networks()].filter(({ aliases }) => aliases.some(({ scheme }) => scheme === 'nad')),
    ).toMatchObject([
      {
        id: 'nad:lab/storage',
        name: 'storage',
        namespace: 'lab',
        provider: 'kube-ovn',
        technology: 'macvlan',
        subnets: ['172.17.0.0/16'],
        gateways: ['172.17.0.1'],
        mtu: 9000,
        uplinks: [{ device: 'eth1' }],
      },
    ]);
  });

  test('an underlay subnet has the VLAN and the physical network of its Vlan', () => {
    const engine = engineOf(
      subnet('under', {
        vlan: 'v100',
        cidrBlock: '10.9.0.0/24,fd09::/64',
        gateway: '10.9.0.1,fd09::1',
        vpc: 'ovn-cluster',
      }),
      { apiVersion, kind: 'Vlan', metadata: { name: 'v100' }, spec: { id: 100, provider: 'net1' } },
    );
    expect(engine.networkByAlias('kube-ovn-subnet:under')).toMatchObject({
      technology: 'kube-ovn-underlay',
      role: 'primary',
      vlan: 100,
      subnets: ['10.9.0.0/24', 'fd09::/64'],
      gateways: ['10.9.0.1', 'fd09::1'],
      uplinks: [{ physicalNetwork: 'net1' }],
    });
  });

  test('the default subnet is the network of the cluster once pods are on it', () => {
    const status = { v4availableIPs: 65000, v4usingIPs: 12 };
    const engine = engineOf(
      subnet('ovn-default', { default: true, cidrBlock: '10.16.0.0/16' }, status),
      podOf('app', 'lab'),
    );
    expect(engine.networkByAlias('default:cluster')).toMatchObject({
      provider: 'kube-ovn',
      role: 'cluster-default',
      subnets: ['10.16.0.0/16'],
    });
    expect(engine.attachment('pod:lab/app#0')?.network).toBe('default:cluster');
  });

  test('counts of addresses may be larger than a number holds', () => {
    const engine = engineOf(
      subnet(
        'wide',
        { provider: 'blue.lab.ovn', cidrBlock: '10.9.0.0/24,fd09::/64' },
        { v4availableIPs: 250, v4usingIPs: 3, v6availableIPs: '18446744073709551610', v6usingIPs: 4 },
      ),
      attached,
    );
    expect([...engine.pools()].map(({ range, total, used, networks }) => [range, total, used, networks])).toEqual([
      ['10.9.0.0/24', '253', '3', ['nad:lab/blue']],
      ['fd09::/64', '18446744073709551614', '4', ['nad:lab/blue']],
    ]);
  });

  test('without a status the excluded addresses are not counted', () => {
    const { pools } = kubeOvn.claims(
      subnet('s', { cidrBlock: '10.9.0.0/24', excludeIps: ['10.9.0.1..10.9.0.10', '10.9.0.20'] }),
    );
    expect(pools?.[0]?.size).toEqual({ total: '243' });
  });
});

test.each([
  ['blue.lab.ovn', 'lab/blue', undefined],
  ['blue.lab', 'lab/blue', undefined],
  ['blue.lab.ovn.net7', 'lab/blue', 'net7'],
  ['a.b.lab.ovn', 'lab/a.b', undefined],
  ['ovn', undefined, undefined],
])('the provider %s is of %s', (provider, name, device) => {
  const read = readProvider(provider);
  expect([read?.alias.value, read?.interface]).toEqual([name, device]);
});

describe('pods', () => {
  const annotations = {
    'k8s.v1.cni.cncf.io/networks': 'storage, blue@fast0',
    'k8s.v1.cni.cncf.io/network-status': status(
      eth0,
      { name: 'lab/storage', interface: 'net1', ips: ['172.17.0.100'], mac: '00:00:00:00:00:01', dns: {} },
      { name: 'lab/blue', interface: 'fast0', ips: ['10.8.0.4', 'fd08::4'], dns: {} },
    ),
    'ovn.kubernetes.io/allocated': 'true',
    'ovn.kubernetes.io/routed': 'true',
    'ovn.kubernetes.io/ip_address': '10.16.0.8',
    'ovn.kubernetes.io/mac_address': '00:00:00:53:6B:B6',
    'ovn.kubernetes.io/cidr': '10.16.0.0/16',
    'ovn.kubernetes.io/gateway': '10.16.0.1',
    'ovn.kubernetes.io/logical_switch': 'team-a',
    'storage.lab.kubernetes.io/allocated': 'true',
    'storage.lab.kubernetes.io/ip_address': '172.17.0.100',
    'storage.lab.kubernetes.io/cidr': '172.17.0.0/16',
    'storage.lab.kubernetes.io/mac_address': '00:00:00:00:00:09',
    'blue.lab.ovn.fast0.kubernetes.io/allocated': 'true',
    'blue.lab.ovn.fast0.kubernetes.io/ip_address': '10.8.0.4,fd08::4',
    'blue.lab.ovn.fast0.kubernetes.io/cidr': '10.8.0.0/24,fd08::/64',
    'blue.lab.ovn.fast0.kubernetes.io/mac_address': '00:00:00:00:00:02',
  };
  const engine = engineOf(
    macvlan,
    attached,
    subnet('team-a', { cidrBlock: '10.16.0.0/16', vpc: 'ovn-cluster' }),
    subnet('blue-net', { provider: 'blue.lab.ovn', cidrBlock: '10.8.0.0/24,fd08::/64' }),
    podOf('app', 'lab', { annotations }),
    {
      apiVersion,
      kind: 'IP',
      metadata: { name: 'app.lab' },
      spec: {
        podName: 'app',
        namespace: 'lab',
        subnet: 'team-a',
        v4IpAddress: '10.16.0.8',
        macAddress: '00:00:00:53:6b:b6',
      },
    },
  );
  const attachments = engine.attachmentsOf('pod:lab/app');

  test('have one attachment for each plug, with what every source tells', () => {
    expect(attachments.map(({ slot, network, state, interface: seen }) => [slot, network, state, seen?.name])).toEqual([
      [0, 'kube-ovn-subnet:team-a', 'attached', 'eth0'],
      [1, 'nad:lab/storage', 'attached', 'net1'],
      [2, 'nad:lab/blue', 'attached', 'fast0'],
    ]);
    expect(attachments[0]?.observed.map(({ provider }) => provider)).toEqual([
      'npwg',
      'kube-ovn',
      'kube-ovn',
      'default-network',
    ]);
  });

  test('fill field by field: the length is from the subnet, the better source wins and the other is kept', () => {
    expect(attachments[0]?.interface).toMatchObject({
      addresses: [{ ip: '10.16.0.8', prefixLength: 16 }],
      mac: '00:00:00:53:6b:b6',
      gateways: ['10.16.0.1'],
    });
    expect(attachments[1]?.interface).toMatchObject({
      addresses: [{ ip: '172.17.0.100', prefixLength: 16 }],
      mac: '00:00:00:00:00:01',
    });
    expect(attachments[1]?.observed[1]?.interface.mac).toBe('00:00:00:00:00:09');
    expect(attachments[2]?.interface).toMatchObject({
      addresses: [
        { ip: '10.8.0.4', prefixLength: 24 },
        { ip: 'fd08::4', prefixLength: 64 },
      ],
      mac: '00:00:00:00:00:02',
    });
  });

  test('are healthy', () => {
    expect(engine.findings().filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('ask with the same keys before the controller has come by: one request, not two', () => {
    const asked = engineOf(macvlan, {
      ...podOf('app', 'lab', {
        annotations: {
          'k8s.v1.cni.cncf.io/networks': 'storage',
          'ovn.kubernetes.io/ip_address': '10.16.0.15',
          'storage.lab.kubernetes.io/ip_address': '172.17.0.100',
          'storage.lab.kubernetes.io/mac_address': '00:00:00:53:6B:BB',
        },
      }),
      status: { phase: 'Pending' },
    }).attachmentsOf('pod:lab/app');
    expect(
      asked.map(({ requested, observed }) => [requested?.network, requested?.ips, requested?.mac, observed]),
    ).toEqual([
      ['default', ['10.16.0.15'], undefined, []],
      ['lab/storage', ['172.17.0.100'], '00:00:00:53:6B:BB', []],
    ]);
  });

  test('beside another network of the cluster keep that as their default', () => {
    const [first, second] = engineOf(
      attached,
      subnet('ovn-default', { default: true, cidrBlock: '10.16.0.0/16' }),
      subnet('blue-net', { provider: 'blue.lab.ovn', cidrBlock: '10.8.0.0/24' }),
      podOf('app', 'lab', {
        annotations: {
          'k8s.v1.cni.cncf.io/networks': 'blue',
          'blue.lab.ovn.kubernetes.io/allocated': 'true',
          'blue.lab.ovn.kubernetes.io/ip_address': '10.8.0.4',
        },
      }),
    ).attachmentsOf('pod:lab/app');
    expect(first).toMatchObject({ network: 'default:cluster', provider: 'default-network' });
    expect(second).toMatchObject({
      network: 'nad:lab/blue',
      state: 'attached',
      interface: { addresses: [{ ip: '10.8.0.4' }] },
    });
  });
});

test('a physical network tells bridges and NICs of nodes', () => {
  const engine = engineOf({
    apiVersion,
    kind: 'ProviderNetwork',
    metadata: { name: 'net1' },
    spec: { defaultInterface: 'eth1', customInterfaces: [{ interface: 'ens5', nodes: ['n2'] }] },
    status: { readyNodes: ['n1', 'n2'], notReadyNodes: ['n3'] },
  });
  expect([...engine.nodeDevices()].map(({ node, name, parent }) => [node, name, parent])).toEqual([
    ['n1', 'br-net1', 'device:n1/nic/eth1'],
    ['n1', 'eth1', undefined],
    ['n2', 'br-net1', 'device:n2/nic/ens5'],
    ['n2', 'ens5', undefined],
  ]);
});

test('unknown fields and shapes are read as far as they go', () => {
  expect(
    kubeOvn.claims({ apiVersion: 'kubeovn.io/v9', kind: 'Subnet', metadata: { name: 'x' }, spec: 7 }).networks,
  ).toMatchObject([{ name: 'x', subnets: [], technology: 'kube-ovn' }]);
});
