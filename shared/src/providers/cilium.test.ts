import { describe, expect, test } from 'vitest';
import { engineOf, podOf } from '../testing/cluster.ts';
import { cilium } from './cilium.ts';

const pool = (name: string, spec: object, apiVersion = 'cilium.io/v2alpha1') => ({
  apiVersion,
  kind: 'CiliumPodIPPool',
  metadata: { name },
  spec,
});
const node = (name: string, allocated: object[], requested: object[] = []) => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumNode',
  metadata: { name },
  spec: { ipam: { pools: { allocated, requested } } },
});
const green = pool('green', { ipv4: { cidrs: ['10.20.0.0/16', '10.30.0.0/16'], maskSize: 24 } });

describe('pools of Cilium', () => {
  test.each(['cilium.io/v2alpha1', 'cilium.io/v2'])('%s: a pool is one of the network of the cluster', (apiVersion) => {
    const engine = engineOf({ ...green, apiVersion }, podOf('app', 'lab'));
    expect([...engine.networks()]).toMatchObject([
      {
        id: 'default:cluster',
        role: 'cluster-default',
        technology: 'cilium',
        subnets: ['10.20.0.0/16', '10.30.0.0/16'],
        pools: ['pool:cilium:green'],
      },
    ]);
    expect(engine.findings()).toEqual([]);
  });

  test('what is used of it are the blocks that nodes hold, with the node that holds each', () => {
    const engine = engineOf(
      green,
      node('n1', [{ pool: 'green', cidrs: ['10.20.0.0/24', '10.20.1.0/24'] }]),
      node('n2', [
        { pool: 'green', cidrs: ['10.20.2.0/24'] },
        { pool: 'other', cidrs: ['10.9.0.0/24'] },
      ]),
    );
    expect([...engine.pools()]).toMatchObject([
      { name: 'green', provider: 'cilium', total: '131072', used: '768', networks: ['default:cluster'] },
    ]);
    expect([...engine.pools()][0]?.allocations.map(({ ip, object }) => [ip, object.name])).toEqual([
      ['10.20.0.0/24', 'n1'],
      ['10.20.1.0/24', 'n1'],
      ['10.20.2.0/24', 'n2'],
    ]);
    engine.apply([{ type: 'delete', ref: { group: 'cilium.io', kind: 'CiliumNode', name: 'n1' } }], 0);
    expect([...engine.pools()][0]?.used).toBe('256');
  });

  test('a pool of both families is counted family by family, beyond what a number holds', () => {
    const both = pool('both', {
      ipv4: { cidrs: ['10.0.0.0/24'], maskSize: 26 },
      ipv6: { cidrs: ['fd00::/48'], maskSize: 96 },
    });
    const engine = engineOf(both, node('n1', [{ pool: 'both', cidrs: ['10.0.0.0/26', 'fd00::/96'] }]));
    expect([...engine.pools()].map(({ id, total, used }) => [id, total, used])).toEqual([
      ['pool:cilium:both', '256', '64'],
      ['pool:cilium:both/ipv6', String(2n ** 80n), String(2n ** 32n)],
    ]);
  });

  test('CIDRs as objects, as some manifests have them, are read too; what is no CIDR is not', () => {
    const engine = engineOf(pool('odd', { ipv4: { cidrs: [{ cidr: '10.0.0.0/24' }, 'all', 7] } }));
    expect([...engine.pools()]).toMatchObject([{ range: '10.0.0.0/24', total: '256' }]);
    expect(cilium.claims(pool('none', { ipv4: 'all' }))).toEqual({});
  });

  test('a pool of load balancers is none of pods', () => {
    expect(cilium.claims({ ...green, kind: 'CiliumLoadBalancerIPPool' })).toEqual({});
  });
});

describe('pods on Cilium', () => {
  test('a pod asks for a pool; its endpoint tells the address', () => {
    const endpoint = {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumEndpoint',
      metadata: { name: 'app', namespace: 'lab', ownerReferences: [{ kind: 'Pod', name: 'app', uid: 'uid-app' }] },
      status: { networking: { addressing: [{ ipv4: '10.20.0.6', ipv6: 'fd00::6' }] } },
    };
    const base = podOf('app', 'lab', { annotations: { 'ipam.cilium.io/ip-pool': 'green' } });
    const pod = { ...base, status: { ...base.status, podIPs: [{ ip: '10.20.0.6' }] } };
    const engine = engineOf(green, endpoint, pod);
    expect(engine.attachmentsOf('pod:lab/app')).toMatchObject([
      {
        slot: 0,
        state: 'attached',
        provider: 'cilium',
        requested: { source: { value: 'green' } },
        interface: { addresses: [{ ip: '10.20.0.6' }, { ip: 'fd00::6' }] },
      },
    ]);
    const later = { ...endpoint, metadata: { ...endpoint.metadata, ownerReferences: [{ kind: 'Pod', uid: 'gone' }] } };
    expect(engineOf(later, pod).attachmentsOf('pod:lab/app')[0]?.observed).toHaveLength(1);
  });

  test('a pod that waits for a pool that does not exist has failed', () => {
    const pod = {
      ...podOf('app', 'lab', { annotations: { 'ipam.cilium.io/ip-pool': 'red' } }),
      status: { phase: 'Pending' },
    };
    const engine = engineOf(green, pod);
    engine.apply(
      [
        {
          type: 'source',
          source: {
            group: 'cilium.io',
            resource: 'ciliumpodippools',
            kind: 'CiliumPodIPPool',
            availability: 'present',
            count: 1,
          },
        },
      ],
      0,
    );
    expect(engine.attachmentsOf('pod:lab/app')[0]).toMatchObject({ state: 'failed' });
    expect(engine.findings().map(({ code, severity }) => [code, severity])).toEqual([['MN867', 'error']]);
  });
});
