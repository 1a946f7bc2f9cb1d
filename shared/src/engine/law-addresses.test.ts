import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Change, type KubeObject, refOf } from '../kube/object.ts';
import { objectKey } from '../model/ids.ts';
import type { Topology } from '../model/topology.ts';
import { providers } from '../providers/registry.ts';
import { rules } from '../rules/registry.ts';
import { createEngine } from './engine.ts';
import type { Engine } from './engine-api.ts';

const start = Date.parse('2026-11-24T03:00:00Z');
const state = (engine: Engine): Topology => engine.topology({ name: 'test' }, 'now');
const oneOf = <T>(...items: T[]) => fc.constantFrom(...items);

const pod = fc
  .record({
    name: oneOf('a', 'b', 'c'),
    namespace: oneOf('x', 'x', 'y'),
    node: oneOf('n1', 'n2'),
    app: oneOf('web', 'db', undefined),
    networks: oneOf(
      undefined,
      'red',
      'x/red,blue',
      '[{"name":"red","ips":["10.0.0.1/24"]}]',
      '[{"name":"blue","ipam-claim-reference":"claim"}]',
    ),
    ip: oneOf(undefined, '10.0.0.1', '10.0.0.2', '10.0.1.1'),
    mac: oneOf('02:00:00:00:00:01', '02:00:00:00:00:02'),
    phase: oneOf('Pending', 'Running', 'Running', 'Running', 'Succeeded'),
    leaving: oneOf(true, false, false, false, false),
  })
  .map(
    (it): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: it.name,
        namespace: it.namespace,
        creationTimestamp: '2026-11-24T02:59:00Z',
        ...(it.leaving ? { deletionTimestamp: '2026-11-24T02:59:30Z' } : {}),
        labels: it.app ? { app: it.app } : {},
        annotations: {
          ...(it.networks === undefined ? {} : { 'k8s.v1.cni.cncf.io/networks': it.networks }),
          ...(it.ip === undefined
            ? {}
            : {
                'k8s.v1.cni.cncf.io/network-status': JSON.stringify([
                  { name: 'cbr0', interface: 'eth0', ips: ['10.9.0.1'], default: true },
                  { name: `${it.namespace}/red`, interface: 'net1', ips: [it.ip], mac: it.mac },
                ]),
              }),
        },
      },
      spec: { nodeName: it.node, containers: [{ name: 'app' }] },
      status: { phase: it.phase, ...(it.phase === 'Running' ? { podIPs: [{ ip: '10.9.0.1' }] } : {}) },
    }),
  );

const nad = fc
  .record({
    name: oneOf('red', 'blue', 'green'),
    namespace: oneOf('x', 'y'),
    type: oneOf('macvlan', 'macvlan', 'ipvlan', 'bridge'),
    master: oneOf('eth1', 'eth1.5'),
    ipam: oneOf(
      '{"type":"whereabouts","range":"10.0.0.0/29"}',
      '{"type":"whereabouts","range":"10.0.0.0/29","network_name":"blue"}',
      '{"type":"whereabouts","range":"10.0.0.0/28","exclude":["10.0.0.1/32"]}',
      '{"type":"whereabouts","range":"10.0.0.0/24","node_slice_size":"/29","network_name":"red"}',
      '{"type":"host-local","subnet":"10.0.0.0/24"}',
      '{"type":"static","addresses":[{"address":"10.0.0.1/24"}]}',
      '{}',
    ),
  })
  .map(
    (it): KubeObject => ({
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name: it.name, namespace: it.namespace },
      spec: {
        config: `{"cniVersion":"1.0.0","name":"${it.name}","type":"${it.type}","master":"${it.master}","ipam":${it.ipam}}`,
      },
    }),
  );

const whereabouts = 'whereabouts.cni.cncf.io/v1alpha1';
const holder = oneOf('x/a', 'x/b', 'y/c', 'x/gone', '');

const pool = fc
  .record({
    name: oneOf('10.0.0.0-29', '10.0.0.0-29', '10.0.0.0-28', 'blue-10.0.0.0-29', 'red-n1-10.0.0.0-29'),
    held: fc.dictionary(oneOf('1', '2', '3', '4', '5', '6', 'junk'), holder, { maxKeys: 6 }),
    uid: oneOf('1', '2'),
  })
  .map(
    (it): KubeObject => ({
      apiVersion: whereabouts,
      kind: 'IPPool',
      metadata: { name: it.name, namespace: 'kube-system', uid: it.uid },
      spec: {
        range: it.name.endsWith('28') ? '10.0.0.0/28' : '10.0.0.0/29',
        allocations: Object.fromEntries(
          Object.entries(it.held).map(([key, podref]) => [key, { id: 'c', podref, ifname: 'net1' }]),
        ),
      },
    }),
  );

const reservation = fc.record({ name: oneOf('10.0.0.1', '10.0.0.4', 'blue-10.0.0.2'), podref: holder }).map(
  (it): KubeObject => ({
    apiVersion: whereabouts,
    kind: 'OverlappingRangeIPReservation',
    metadata: { name: it.name, namespace: 'kube-system' },
    spec: { podref: it.podref, ifname: 'net1' },
  }),
);

const slices = fc.array(oneOf('n1', 'n2', ''), { maxLength: 3 }).map(
  (nodes): KubeObject => ({
    apiVersion: whereabouts,
    kind: 'NodeSlicePool',
    metadata: { name: 'red', namespace: 'kube-system' },
    spec: { range: '10.0.0.0/24', sliceSize: '/29' },
    status: { allocations: nodes.map((nodeName, at) => ({ nodeName, sliceRange: `10.0.0.${at * 8}/29` })) },
  }),
);

const policy = fc
  .record({
    name: oneOf('p', 'q'),
    namespace: oneOf('x', 'y'),
    networks: oneOf(undefined, 'red', 'x/red,y/blue', 'nowhere'),
    selector: oneOf<unknown>(
      {},
      { matchLabels: { app: 'web' } },
      { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] },
      { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] },
    ),
  })
  .map(
    (it): KubeObject => ({
      apiVersion: 'k8s.cni.cncf.io/v1beta1',
      kind: 'MultiNetworkPolicy',
      metadata: {
        name: it.name,
        namespace: it.namespace,
        annotations: it.networks === undefined ? {} : { 'k8s.v1.cni.cncf.io/policy-for': it.networks },
      },
      spec: { podSelector: it.selector, ingress: [{ from: [{ podSelector: {} }] }] },
    }),
  );

const other = oneOf<KubeObject>(
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1' },
    spec: { podCIDR: '10.0.0.0/25' },
    status: { addresses: [{ type: 'InternalIP', address: '10.0.0.5' }] },
  },
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: { podCIDR: '10.9.0.0/24' } },
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n2' }, spec: { podCIDR: '10.0.0.0/15' } },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'kube-system' },
    spec: {
      template: {
        spec: { containers: [{ image: 'multi-networkpolicy-iptables', args: ['--network-plugins=ipvlan'] }] },
      },
    },
  },
  {
    apiVersion: 'k8s.cni.cncf.io/v1alpha1',
    kind: 'IPAMClaim',
    metadata: { name: 'claim', namespace: 'x' },
    spec: { network: 'red' },
  },
);

const availability = (kind: string, resource: string, group: string): Change => ({
  type: 'source',
  source: { group, resource, kind, availability: 'present', count: 1 },
});
const sources = [
  availability('Pod', 'pods', ''),
  availability('IPPool', 'ippools', 'whereabouts.cni.cncf.io'),
  availability('IPAMClaim', 'ipamclaims', 'k8s.cni.cncf.io'),
  availability('NodeSlicePool', 'nodeslicepools', 'whereabouts.cni.cncf.io'),
  availability('DaemonSet', 'daemonsets', 'apps'),
];

const anything = fc.oneof(pod, pod, pod, nad, nad, pool, pool, reservation, slices, policy, other);

const move = fc.record({
  object: anything,
  gone: oneOf(true, false, false),
  batch: fc.boolean(),
});

/** There from the start, so that pods share it. */
const red: KubeObject = {
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name: 'red', namespace: 'x' },
  spec: {
    config:
      '{"cniVersion":"1.0.0","name":"red","type":"macvlan","master":"eth1","ipam":{"type":"whereabouts","range":"10.0.0.0/29"}}',
  },
};

test('law: in a world of pools and policies the engine equals a fresh one given the final objects', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(move, { minLength: 4, maxLength: 50 }),
      fc.array(anything, { maxLength: 5 }),
      (moves, preview) => {
        const engine = createEngine({ providers, rules, warm: 2 });
        const final = new Map([[objectKey(refOf(red)), red]]);
        let pending: Change[] = [...sources, { type: 'put', object: red }];
        for (const { object, gone, batch } of moves) {
          if (gone) final.delete(objectKey(refOf(object)));
          else final.set(objectKey(refOf(object)), object);
          pending.push(gone ? { type: 'delete', ref: refOf(object) } : { type: 'put', object });
          if (batch) continue;
          engine.apply(pending, start);
          pending = [];
          for (const { slug } of engine.findings()) seen.add(slug);
        }
        engine.apply(pending, start);
        const whole = state(engine);
        engine.preview(
          preview.map((object) => ({ type: 'put', object })),
          () => state(engine),
        );
        expect(state(engine), 'a preview leaves nothing behind').toEqual(whole);
        const fresh = createEngine({ providers, rules });
        fresh.apply([...sources, ...[...final.values()].map((object): Change => ({ type: 'put', object }))], start);
        expect(state(engine)).toEqual(state(fresh));
      },
    ),
    { numRuns: 300, seed: 20261124 },
  );
  // The world is of no use if nothing happens in it.
  expect([...seen]).toEqual(
    expect.arrayContaining([
      'dup-ip',
      'whereabouts-leak',
      'whereabouts-orphan-reservation',
      'whereabouts-missing-allocation',
      'ranges-overlap',
      'same-range-two-nads',
      'overlap-node-cidr',
      'mnp-selects-nothing',
      'mnp-unknown-nad',
      'mnp-plugin-not-watched',
      'mnp-not-deployed',
    ]),
  );
}, 120_000);
