import { describe, expect, test } from 'vitest';
import { engineOf, podOf } from '../testing/cluster.ts';

const nad = (name: string, ipam: object = {}) => ({
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name, namespace: 'lab' },
  spec: {
    config: JSON.stringify({
      cniVersion: '0.3.1',
      type: 'calico',
      mtu: 1410,
      ipam: { type: 'calico-ipam', assign_ipv4: 'true', ...ipam },
    }),
  },
});
const pool = (name: string, cidr: string) => ({
  apiVersion: 'projectcalico.org/v3',
  kind: 'IPPool',
  metadata: { name },
  spec: { cidr, blockSize: 26 },
});
const installation = (calicoNetwork: object) => ({
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  metadata: { name: 'default' },
  spec: { variant: 'TigeraSecureEnterprise', calicoNetwork },
});
const endpoint = (labels: object, spec: object) => ({
  apiVersion: 'projectcalico.org/v3',
  kind: 'WorkloadEndpoint',
  metadata: { name: `n1-k8s-app-${JSON.stringify(spec).length}`, namespace: 'lab', labels },
  spec: { orchestrator: 'k8s', node: 'n1', pod: 'app', ...spec },
});

describe('networks', () => {
  test('a definition with Calico has the subnets of the pools that it names', () => {
    const engine = engineOf(nad('fast', { ipv4_pools: ['fast-v4', '10.9.0.0/24'] }), pool('fast-v4', '10.8.0.0/16'));
    expect(engine.networkByAlias('nad:lab/fast')).toMatchObject({
      provider: 'calico',
      technology: 'calico',
      mtu: 1410,
      subnets: ['10.9.0.0/24', '10.8.0.0/16'],
      pools: ['pool:calico:fast-v4'],
    });
  });

  test('the operator says that the network of the cluster is of Calico, and what it has', () => {
    const engine = engineOf(installation({ mtu: 1440, ipPools: [{ cidr: '10.244.0.0/16' }] }), podOf('app', 'lab'));
    expect(engine.networkByAlias('default:cluster')).toMatchObject({
      name: 'k8s-pod-network',
      provider: 'calico',
      technology: 'calico',
      mtu: 1440,
      subnets: ['10.244.0.0/16'],
    });
  });

  test('an installation beside another plugin says nothing of the network of the cluster', () => {
    const other = {
      ...installation({ multiInterfaceMode: 'Multus' }),
      spec: { cni: { type: 'AmazonVPC' }, calicoNetwork: {} },
    };
    expect([...engineOf(other).networks()]).toEqual([]);
  });
});

describe('pods', () => {
  const annotations = {
    'cni.projectcalico.org/podIP': '10.244.0.6/32',
    'cni.projectcalico.org/podIPs': '10.244.0.6/32,fd44::6/128',
    'cni.projectcalico.org/containerID': 'c0ffee',
    'k8s.v1.cni.cncf.io/networks': 'fast@cali1,slow@cali2',
  };
  const labelled = {
    'projectcalico.org/network': 'fast',
    'projectcalico.org/network-namespace': 'lab',
    'projectcalico.org/network-interface': 'cali1',
  };
  const vrf = {
    'projectcalico.org/network': 'vrf-red',
    'projectcalico.org/network-attachment': 'slow',
    'projectcalico.org/network-attachment-namespace': 'lab',
  };
  const engine = engineOf(
    installation({ multiInterfaceMode: 'Multus', ipPools: [{ cidr: '10.244.0.0/16' }] }),
    nad('fast'),
    nad('slow'),
    podOf('app', 'lab', { annotations }),
    endpoint({}, { endpoint: 'eth0', ipNetworks: ['10.244.0.6/32', 'fd44::6/128'], interfaceName: 'cali123' }),
    endpoint(labelled, { endpoint: 'cali1', ipNetworks: ['10.8.0.4/32'], mac: 'AA:BB:CC:00:00:01' }),
    endpoint(vrf, { endpoint: 'cali2', ipNetworks: ['10.9.0.4/32'] }),
  );

  test('have the interfaces that their endpoints tell, under old labels and new', () => {
    expect(
      engine
        .attachmentsOf('pod:lab/app')
        .map(({ slot, network, state, interface: seen }) => [slot, network, state, seen?.name, seen?.addresses[0]?.ip]),
    ).toEqual([
      [0, 'default:cluster', 'attached', 'eth0', '10.244.0.6'],
      [1, 'nad:lab/fast', 'attached', 'cali1', '10.8.0.4'],
      [2, 'nad:lab/slow', 'attached', 'cali2', '10.9.0.4'],
    ]);
    expect(engine.attachment('pod:lab/app#1')?.interface?.mac).toBe('aa:bb:cc:00:00:01');
    expect(engine.attachment('pod:lab/app#0')?.interface?.addresses).toEqual([
      { ip: '10.244.0.6', prefixLength: 32 },
      { ip: 'fd44::6', prefixLength: 128 },
    ]);
    expect(engine.findings().filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('ask for addresses of eth0 in annotations of Calico: that is one request', () => {
    const asked = engineOf(
      podOf('app', 'lab', {
        annotations: {
          'cni.projectcalico.org/ipAddrs': '["10.244.7.7"]',
          'cni.projectcalico.org/hwAddr': '1c:0c:0a:c0:ff:ee',
        },
      }),
    ).attachmentsOf('pod:lab/app');
    expect(asked).toHaveLength(1);
    expect(asked[0]?.requested).toMatchObject({ network: 'default', ips: ['10.244.7.7'], mac: '1c:0c:0a:c0:ff:ee' });
  });
});
