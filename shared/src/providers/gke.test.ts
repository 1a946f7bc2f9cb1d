import { describe, expect, test } from 'vitest';
import { engineOf, podOf } from '../testing/cluster.ts';
import { gke } from './gke.ts';

const apiVersion = 'networking.gke.io/v1';
const ready = { conditions: [{ type: 'Ready', status: 'True', reason: 'NetworkReady' }] };
const paramsReady = [{ type: 'Ready', status: 'True', reason: 'GNPReady' }];

const network = (name: string, spec: object, more: object = { status: ready }) => ({
  apiVersion,
  kind: 'Network',
  metadata: { name, uid: `net-${name}` },
  spec,
  ...more,
});
const withParams = (type: string, name: string) => ({
  type,
  parametersRef: { group: 'networking.gke.io', kind: 'GKENetworkParamSet', name },
});
const params = (name: string, spec: object, status: object = {}) => ({
  apiVersion,
  kind: 'GKENetworkParamSet',
  metadata: { name },
  spec,
  status: { conditions: paramsReady, ...status },
});

const asking = (list: unknown, more: Record<string, string> = {}) =>
  podOf('app', 'lab', { annotations: { 'networking.gke.io/interfaces': JSON.stringify(list), ...more } });

const blue = [
  network('blue', withParams('L3', 'blue-params')),
  params(
    'blue-params',
    { vpc: 'data', vpcSubnet: 'data-1', podIPv4Ranges: { rangeNames: ['pods'] } },
    { networkName: 'blue', podCIDRs: { cidrBlocks: ['10.60.0.0/16'] } },
  ),
];
const both = [
  { interfaceName: 'eth0', network: 'default' },
  { interfaceName: 'eth1', network: 'blue' },
];

describe('networks of GKE', () => {
  test('a Network and its parameter set are one network, whichever comes first', () => {
    for (const objects of [blue, blue.toReversed()]) {
      const [found, ...more] = [...engineOf(...objects).networks()];
      expect(more).toEqual([]);
      expect(found).toMatchObject({
        id: 'gke-network:blue',
        name: 'blue',
        provider: 'gke',
        technology: 'gke-l3',
        role: 'secondary',
        subnets: ['10.60.0.0/16'],
        uplinks: [{ physicalNetwork: 'data/data-1' }],
      });
      expect(found?.objects.map(({ kind }) => kind)).toEqual(['Network', 'GKENetworkParamSet']);
      expect(found?.conditions).toHaveLength(2);
    }
  });

  test('a layer-2 network has VLAN, gateway and the interface of the nodes', () => {
    const spec = {
      type: 'L2',
      nodeInterfaceMatcher: { interfaceName: 'ens8' },
      l2NetworkConfig: { vlanID: 120, prefixLength4: 24 },
      gateway4: '10.9.0.1',
    };
    expect([...engineOf(network('storage', spec)).networks()]).toMatchObject([
      { technology: 'gke-l2', vlan: 120, gateways: ['10.9.0.1'], uplinks: [{ device: 'ens8' }] },
    ]);
  });

  test.each(['default', 'pod-network'])('the Network %s is the network of the cluster', (name) => {
    const engine = engineOf(network(name, withParams('L3', name)), params(name, {}), podOf('app', 'lab'));
    expect([...engine.networks()]).toMatchObject([{ id: 'default:cluster', role: 'cluster-default' }]);
    expect(engine.attachmentsOf('pod:lab/app')).toMatchObject([{ network: 'default:cluster', state: 'attached' }]);
  });

  test('nodes tell which NIC is on a network; their network-status is not that of a pod', () => {
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: 'n1',
        annotations: {
          'networking.gke.io/network-status': '[{"name":"default"},{"name":"blue","ipv4-subnet":"172.16.1.0/24"}]',
          'networking.gke.io/north-interfaces': '[{"network":"blue","ipAddress":"172.16.1.5"}]',
          'networking.gke.io/nic-info': '[{"birthIP":"172.16.1.5","pciAddress":"0000:00:06.0","birthName":"eth1"}]',
        },
      },
    };
    const engine = engineOf(...blue, node);
    expect(engine.networkByAlias('gke-network:blue')).toMatchObject({
      subnets: ['10.60.0.0/16', '172.16.1.0/24'],
      uplinks: [{ physicalNetwork: 'data/data-1' }, { node: 'n1', device: 'eth1' }],
    });
    expect([...engine.nodeDevices()]).toMatchObject([
      { node: 'n1', kind: 'nic', name: 'eth1', details: { 'PCI address': '0000:00:06.0' } },
    ]);
  });

  test('a Network of another group is none of GKE', () => {
    const other = { ...network('blue', { type: 'L3' }), apiVersion: 'config.openshift.io/v1' };
    expect(gke.claims(other)).toEqual({});
    expect([...engineOf(other).networks()]).toEqual([]);
  });
});

describe('pods on networks of GKE', () => {
  test('the interface is that of the request, the addresses those that GKE reports, the best source first', () => {
    const pod = asking(both, {
      'networking.gke.io/default-interface': 'eth1',
      'networking.gke.io/pod-ips': '[{"networkName":"blue","ip":"10.60.4.2"},{"networkName":"blue","ip":"fd00::2"}]',
      'networking.gke.io/interface-status':
        '[{"networkName":"blue","ipAddresses":["10.60.4.2/24"],"macAddress":"02:00:00:00:00:07","gateway4":"10.60.4.1"}]',
    });
    const engine = engineOf(...blue, pod);
    expect(engine.attachmentsOf('pod:lab/app')).toMatchObject([
      { slot: 0, implicit: false, state: 'attached', requested: { network: 'default', interface: 'eth0' } },
      {
        slot: 1,
        provider: 'gke',
        network: 'gke-network:blue',
        state: 'attached',
        interface: {
          name: 'eth1',
          isDefault: true,
          mac: '02:00:00:00:00:07',
          gateways: ['10.60.4.1'],
          addresses: [{ ip: '10.60.4.2', prefixLength: 24 }],
        },
        observed: [
          { interface: { addresses: [{ ip: '10.60.4.2', prefixLength: 24 }] } },
          { interface: { addresses: [{ ip: '10.60.4.2' }, { ip: 'fd00::2' }] } },
        ],
      },
    ]);
    expect(engine.findings()).toEqual([]);
  });

  test('an interface that is an object of its own leads to its network', () => {
    const own = {
      apiVersion,
      kind: 'NetworkInterface',
      metadata: { name: 'blue-1', namespace: 'lab' },
      spec: { networkName: 'blue', ipAddresses: ['10.9.0.9/24'] },
      status: { ipAddresses: ['10.9.0.9/24'], macAddress: '02:00:00:00:00:09', podName: 'app', gateway4: '10.9.0.1' },
    };
    const engine = engineOf(...blue, own, asking([{ interfaceName: 'eth1', interface: 'blue-1' }]));
    expect(engine.attachmentsOf('pod:lab/app')[1]).toMatchObject({
      network: 'gke-network:blue',
      state: 'attached',
      interface: { mac: '02:00:00:00:00:09', addresses: [{ ip: '10.9.0.9', prefixLength: 24 }] },
    });
  });

  test('of a device network nothing is reported on the pod: unknown, and not missing', () => {
    const device = [network('rdma', withParams('Device', 'rdma')), params('rdma', { deviceMode: 'RDMA' })];
    const pod = asking([{ interfaceName: 'eth2', network: 'rdma' }]);
    const engine = engineOf(...device, pod);
    const [, plug] = engine.attachmentsOf('pod:lab/app');
    expect(plug).toMatchObject({ network: 'gke-network:rdma', state: 'unknown' });
    expect(plug?.reason).toContain('reports nothing');
    expect(engine.findings()).toEqual([]);
  });

  test('what GKE reports and nobody asked for is unexpected; what is asked for and absent is missing', () => {
    const pod = asking(both, { 'networking.gke.io/pod-ips': '[{"networkName":"red","ip":"10.61.0.2"}]' });
    const engine = engineOf(...blue, pod);
    expect(engine.attachmentsOf('pod:lab/app').map(({ state }) => state)).toEqual([
      'attached',
      'missing',
      'unexpected',
    ]);
  });

  test('a pod that waits for a network that is not ready has failed', () => {
    const broken = [
      network('blue', withParams('L3', 'blue-params'), {
        status: { conditions: [{ type: 'Ready', status: 'False', reason: 'ParamsNotReady' }] },
      }),
      {
        ...params('blue-params', { vpc: 'nowhere' }),
        status: { conditions: [{ type: 'Ready', status: 'False', reason: 'VPCNotFound', message: 'no such VPC' }] },
      },
    ];
    const pod = { ...asking(both), spec: {}, status: { phase: 'Pending' } };
    const engine = engineOf(...broken, pod);
    expect(engine.attachmentsOf('pod:lab/app')[1]).toMatchObject({ state: 'failed' });
    expect(engine.findingsOf('pod:lab/app#1')[0]).toMatchObject({
      code: 'MN860',
      severity: 'error',
      title: 'GKENetworkParamSet blue-params is not ready: VPCNotFound',
      message: 'no such VPC',
    });
    expect(engine.findings()).toHaveLength(1);
  });

  test.each([
    ['not JSON', 'eth1=blue'],
    ['no list', '{"network":"blue"}'],
    ['a list of names', '["blue"]'],
    ['an entry without a network', '[{"interfaceName":"eth1"}]'],
    ['numbers for names', '[{"interfaceName":1,"network":2}]'],
  ])('%s throws nothing, and is told of a pod that waits', (_, text) => {
    const pod = podOf('app', 'lab', { annotations: { 'networking.gke.io/interfaces': text } });
    const engine = engineOf(...blue, { ...pod, spec: {}, status: { phase: 'Pending' } });
    const codes = engine.findings().map(({ code }) => code);
    if (text !== '["blue"]') expect(codes).toEqual(['MN869']);
  });
});
