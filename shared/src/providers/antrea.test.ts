import { describe, expect, test } from 'vitest';
import { engineOf, podOf } from '../testing/cluster.ts';
import { antrea } from './antrea.ts';

const nad = (name: string, config: object, annotations: Record<string, string> = {}) => ({
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name, namespace: 'lab', annotations },
  spec: { config: JSON.stringify({ cniVersion: '0.3.0', type: 'antrea', ...config }) },
});
const pool = (name: string, spec: object, status: object = {}) => ({
  apiVersion: 'crd.antrea.io/v1beta1',
  kind: 'IPPool',
  metadata: { name },
  spec,
  status,
});
const ipam = (...ippools: string[]) => ({ ipam: { type: 'antrea', ippools } });
const v100 = pool(
  'v100',
  { ipRanges: [{ cidr: '10.10.1.0/26' }], subnetInfo: { gateway: '10.10.1.1', prefixLength: 24, vlan: 100 } },
  {
    usage: { total: 61, used: 2 },
    ipAddresses: [
      {
        ipAddress: '10.10.1.5',
        phase: 'Allocated',
        owner: { pod: { name: 'app', namespace: 'lab', containerID: 'c0ffee', ifName: 'eth1' } },
      },
      { ipAddress: '10.10.1.6', phase: 'Reserved', owner: { statefulSet: { name: 'db', namespace: 'lab', index: 2 } } },
    ],
  },
);

describe('secondary networks of Antrea', () => {
  test('a definition has subnet, gateway and VLAN of its pool, and its own VLAN before that', () => {
    const engine = engineOf(
      nad('storage', { networkType: 'vlan', mtu: 1300, ...ipam('v100') }),
      nad('other', { networkType: 'vlan', vlan: 7, ...ipam('v100') }),
      v100,
    );
    expect(engine.networkByAlias('nad:lab/storage')).toMatchObject({
      technology: 'antrea-vlan',
      vlan: 100,
      mtu: 1300,
      subnets: ['10.10.1.0/24'],
      gateways: ['10.10.1.1'],
      pools: ['pool:antrea:v100'],
    });
    // One pool serves two networks: that makes them neighbours, not one.
    expect(engine.networkByAlias('nad:lab/other')).toMatchObject({ id: 'nad:lab/other', vlan: 7 });
  });

  test('a pool comes, changes and goes: its networks follow', () => {
    const network = nad('storage', { networkType: 'vlan', ...ipam('v100') });
    const engine = engineOf(network);
    const put = (object: object) => engine.apply([{ type: 'put', object: object as typeof v100 }], 0);
    expect(engine.networkByAlias('nad:lab/storage')?.subnets).toEqual([]);
    put(v100);
    expect(engine.networkByAlias('nad:lab/storage')?.vlan).toBe(100);
    put(pool('v100', { ipRanges: [{ cidr: '10.20.0.0/24' }], subnetInfo: { prefixLength: 24, vlan: 200 } }));
    expect(engine.networkByAlias('nad:lab/storage')).toMatchObject({ vlan: 200, subnets: ['10.20.0.0/24'] });
    engine.apply([{ type: 'delete', ref: { group: 'crd.antrea.io', kind: 'IPPool', name: 'v100' } }], 0);
    expect(engine.networkByAlias('nad:lab/storage')?.subnets).toEqual([]);
  });

  test('a pool tells how much of it is taken, and by whom', () => {
    const engine = engineOf(nad('storage', { networkType: 'vlan', ...ipam('v100') }), v100);
    expect([...engine.pools()]).toMatchObject([
      {
        provider: 'antrea',
        name: 'v100',
        range: '10.10.1.0/26',
        total: '61',
        used: '2',
        networks: ['nad:lab/storage'],
        allocations: [
          { ip: '10.10.1.5', podRef: 'lab/app', interface: 'eth1' },
          { ip: '10.10.1.6', podRef: 'lab/db-2' },
        ],
      },
    ]);
  });

  test.each([
    [
      'a range of IPv4 without its gateway',
      { ipRanges: [{ cidr: '10.0.0.0/24' }], subnetInfo: { gateway: '10.0.0.1', prefixLength: 24 } },
      '253',
    ],
    [
      'from start to end',
      { ipRanges: [{ start: '10.0.0.5', end: '10.0.0.9' }], subnetInfo: { prefixLength: 24 } },
      '5',
    ],
    [
      'IPv6, more than a number holds',
      { ipRanges: [{ cidr: 'fd00::/48' }], subnetInfo: { prefixLength: 64 } },
      String(2n ** 80n - 1n),
    ],
    [
      'v1alpha2: each range has its own subnet',
      { ipRanges: [{ start: '10.0.0.5', end: '10.0.0.6', gateway: '10.0.0.1', prefixLength: 24 }] },
      '2',
    ],
    ['nothing that can be read', { ipRanges: [{ cidr: 'all' }, { start: '10.0.0.9', end: '10.0.0.1' }, 7] }, '0'],
  ])('without a status the size of a pool is counted: %s', (_, spec, total) => {
    expect([...engineOf(pool('p', spec)).pools()]).toMatchObject([{ total, used: '0' }]);
  });

  test('an IPPool of whereabouts is none of Antrea', () => {
    const other = { ...v100, apiVersion: 'whereabouts.cni.cncf.io/v1alpha1' };
    expect(antrea.claims(other)).toEqual({});
  });
});

describe('pods on secondary networks of Antrea', () => {
  const storage = nad('storage', { networkType: 'vlan', ...ipam('v100') });
  const annotations = (networks: string, status?: object[]) => ({
    'k8s.v1.cni.cncf.io/networks': networks,
    ...(status ? { 'k8s.v1.cni.cncf.io/network-status': JSON.stringify(status) } : {}),
  });
  const primary = { name: 'antrea', interface: 'eth0', ips: ['10.244.0.6'], default: true, dns: {} };

  test('the primary network stands last in the status, and unnamed interfaces are eth1, eth2', () => {
    const second = { name: 'lab/storage', interface: 'eth1', ips: ['10.10.1.5'], mac: '02:00:00:00:00:05', dns: {} };
    const engine = engineOf(
      storage,
      v100,
      podOf('app', 'lab', { annotations: annotations('[{"name":"storage"}]', [second, primary]) }),
    );
    expect(engine.attachmentsOf('pod:lab/app')).toMatchObject([
      { slot: 0, state: 'attached', network: 'default:cluster', interface: { name: 'eth0' } },
      { slot: 1, state: 'attached', network: 'nad:lab/storage', interface: { name: 'eth1' } },
    ]);
    expect(engine.findings()).toEqual([]);
  });

  test('a pod that runs without its interface, for want of an address, is told why', () => {
    const taken = pool(
      'v100',
      { ipRanges: [{ start: '10.10.1.5', end: '10.10.1.5' }], subnetInfo: { prefixLength: 24 } },
      { usage: { total: 1, used: 1 } },
    );
    const engine = engineOf(storage, taken, podOf('app', 'lab', { annotations: annotations('storage') }));
    expect(engine.attachmentsOf('pod:lab/app')[1]).toMatchObject({ state: 'failed' });
    expect(engine.findingsOf('pod:lab/app#1').map(({ code }) => code)).toEqual(['MN865', 'MN819']);
  });
});
