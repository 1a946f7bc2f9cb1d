import { describe, expect, test } from 'vitest';
import { engineOf, podOf } from '../testing/cluster.ts';
import { danm } from './danm.ts';
import { countSetBits } from './danm-bitmap.ts';

const network = (kind: string, name: string, spec: object, apiVersion = 'danm.io/v1') => ({
  apiVersion,
  kind,
  metadata: kind === 'ClusterNetwork' ? { name } : { name, namespace: 'lab' },
  spec,
});
const endpoint = (name: string, spec: object) => ({
  apiVersion: 'danm.io/v1',
  kind: 'DanmEp',
  metadata: { name, namespace: 'lab' },
  spec: { EndpointID: name, Host: 'n1', Pod: 'web', ...spec },
});

const base64 = (...bytes: number[]): string => btoa(String.fromCharCode(...bytes));

test.each([
  ['no address', base64(0b1000_0001), 1n, 6n, 0],
  ['two addresses', base64(0b1110_0001), 1n, 6n, 2],
  ['all of it', base64(0xff, 0xff), 1n, 14n, 14],
  ['across letters', base64(0b0000_0111, 0b1100_0000), 4n, 10n, 5],
  ['one bit', base64(0, 0, 1), 23n, 23n, 1],
  ['beyond the end', base64(0xff), 0n, 40n, undefined],
  ['no base64', '????', 0n, 3n, undefined],
])('a bitmap with %s taken', (_, text, first, last, count) => {
  expect(countSetBits(text, first, last)).toBe(count);
});

describe('networks', () => {
  test('a DanmNet with its pool', () => {
    const engine = engineOf(
      network('DanmNet', 'ext', {
        NetworkID: 'ext',
        NetworkType: 'macvlan',
        Options: {
          host_device: 'ens4',
          vlan: 300,
          cidr: '10.100.20.0/29',
          net6: '2001:db8::/64',
          allocation_pool: { start: '10.100.20.1', end: '10.100.20.6' },
          alloc: base64(0b1110_0001),
          container_prefix: 'ext',
        },
      }),
    );
    expect([...engine.networks()]).toMatchObject([
      {
        id: 'danmnet:lab/ext',
        name: 'ext',
        namespace: 'lab',
        provider: 'danm',
        technology: 'macvlan',
        vlan: 300,
        subnets: ['10.100.20.0/29', '2001:db8::/64'],
        uplinks: [{ device: 'ens4' }],
      },
    ]);
    expect(
      [...engine.pools()].map(({ range, total, used, networks }) => [range, total, used, networks]),
    ).toContainEqual(['10.100.20.1-10.100.20.6', '6', '2', ['danmnet:lab/ext']]);
  });

  test('one of the first shape', () => {
    const options = {
      network: '10.3.0.0',
      prefix: '29',
      start: 1,
      end: 6,
      device: 'eth1',
      vlan: '7',
      alloc: base64(0b1110_0001),
    };
    const engine = engineOf(
      network('DanmNet', 'old', { NetworkID: 'old', Options: options }, 'kubernetes.nokia.com/v1'),
    );
    expect([...engine.networks()]).toMatchObject([
      { vlan: 7, subnets: ['10.3.0.0/29'], uplinks: [{ device: 'eth1' }] },
    ]);
    expect([...engine.pools()]).toMatchObject([{ range: '10.3.0.1-10.3.0.6', total: '6', used: '2' }]);
  });

  test.each([
    ['danm.k8s.io/v1', 'TenantNetwork', 'danm-tenantnetwork:lab/n'],
    ['danm.io/v1', 'ClusterNetwork', 'danm-clusternetwork:n'],
    ['kubernetes.nokia.com/v1', 'DanmNet', 'danmnet:lab/n'],
  ])('%s %s', (apiVersion, kind, id) => {
    const engine = engineOf(network(kind, 'n', { Options: { device_pool: 'nokia.k8s.io/sriov' } }, apiVersion));
    expect([...engine.networks()]).toMatchObject([
      { id, technology: 'ipvlan', uplinks: [{ resourceName: 'nokia.k8s.io/sriov' }] },
    ]);
  });
});

describe('pods', () => {
  const annotations = {
    'danm.io/interfaces': JSON.stringify([
      { network: 'mgmt', ip: 'dynamic' },
      { clusterNetwork: 'ext', ip: '10.9.0.5/24', ip6: 'dynamic' },
      { tenantNetwork: 'fast', ip: 'none' },
    ]),
  };
  const engine = engineOf(
    network('DanmNet', 'mgmt', { Options: {} }),
    network('ClusterNetwork', 'ext', { Options: {} }),
    network('TenantNetwork', 'fast', { NetworkType: 'sriov', Options: { device_pool: 'nokia.k8s.io/a' } }),
    podOf('web', 'lab', { annotations }),
    endpoint('e1', {
      NetworkName: 'mgmt',
      apiType: 'DanmNet',
      PodUID: 'uid-web',
      Interface: { Name: 'eth0', Address: '10.244.0.6/24', AddressIPv6: '', MacAddress: 'FA:16:3E:00:00:01' },
    }),
    endpoint('e2', {
      NetworkName: 'ext',
      apiType: 'ClusterNetwork',
      PodUID: 'uid-web',
      Interface: {
        Name: 'ext1',
        Address: '10.9.0.5/24',
        AddressIPv6: '2001:db8::5/64',
        MacAddress: 'fa:16:3e:00:00:02',
      },
    }),
    endpoint('e3', {
      NetworkName: 'fast',
      apiType: 'TenantNetwork',
      PodUID: 'uid-web',
      Interface: { Name: 'eth2', Address: 'none', AddressIPv6: '', MacAddress: '', DeviceID: '0000:3b:02.1' },
    }),
    endpoint('e4', {
      NetworkName: 'fast',
      apiType: 'TenantNetwork',
      PodUID: 'earlier',
      Interface: { Name: 'eth2', Address: '10.1.1.1/24', AddressIPv6: '', MacAddress: '' },
    }),
  );
  const attachments = engine.attachmentsOf('pod:lab/web');

  test('the first element is eth0, in the place of the network of the cluster', () => {
    expect(attachments.map(({ slot, network: on, state, interface: seen }) => [slot, on, state, seen?.name])).toEqual([
      [0, 'danmnet:lab/mgmt', 'attached', 'eth0'],
      [1, 'danm-clusternetwork:ext', 'attached', 'ext1'],
      [2, 'danm-tenantnetwork:lab/fast', 'attached', 'eth2'],
    ]);
  });

  test('endpoints tell addresses, hardware addresses and devices, and nothing of an earlier pod', () => {
    expect(attachments[1]).toMatchObject({
      requested: { network: 'ext', ips: ['10.9.0.5/24'] },
      interface: {
        addresses: [
          { ip: '10.9.0.5', prefixLength: 24 },
          { ip: '2001:db8::5', prefixLength: 64 },
        ],
        mac: 'fa:16:3e:00:00:02',
      },
    });
    expect(attachments[2]?.interface).toMatchObject({ addresses: [], device: { type: 'pci', id: '0000:3b:02.1' } });
  });

  test('one network twice: the name of the interface tells which element it is of', () => {
    const twice = engineOf(
      podOf('web', 'lab', {
        annotations: { 'danm.io/interfaces': '[{"network":"m"},{"network":"x"},{"network":"x"}]' },
      }),
      endpoint('a', { NetworkName: 'x', Interface: { Name: 'ext2', Address: '10.1.0.2/24' } }),
      endpoint('b', { NetworkName: 'x', Interface: { Name: 'ext1', Address: '10.1.0.1/24' } }),
    );
    expect(twice.attachmentsOf('pod:lab/web').map((item) => item.interface?.name)).toEqual([undefined, 'ext1', 'ext2']);
  });

  test('are healthy', () => {
    expect(engine.findings().filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('the annotation has the name of its group', () => {
    const old = podOf('a', 'lab', { annotations: { 'danm.k8s.io/interfaces': '[{"network":"x"},{"network":"x"}]' } });
    expect(danm.claims(old as never).requests?.map(({ index, alias }) => [index, alias?.value])).toEqual([
      ['default', 'lab/x'],
      [1, 'lab/x'],
    ]);
  });

  test.each(['{', '{"network":"x"}', '"x"', '[7]', '[{}]'])('%s is an issue of the request', (text) => {
    const bad = podOf('a', 'lab', { annotations: { 'danm.io/interfaces': text } });
    expect(danm.claims(bad as never).requests?.[0]?.issues[0]?.slug).toBe('danm-annotation-invalid');
  });
});
