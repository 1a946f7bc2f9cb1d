import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Change, type KubeObject, refOf } from '../kube/object.ts';
import { objectKey } from '../model/ids.ts';
import type { Topology } from '../model/topology.ts';
import { providers, watchedKinds } from '../providers/registry.ts';
import { rules } from '../rules/registry.ts';
import { createEngine } from './engine.ts';
import type { Engine } from './engine-api.ts';

/** The law of the engine where nodes report their devices: whatever happens, it equals a fresh engine given the final objects. */

const start = Date.parse('2026-11-24T03:00:00Z');
const state = (engine: Engine): Topology => engine.topology({ name: 'test' }, 'now');
const oneOf = <T>(...items: T[]) => fc.constantFrom(...items);

const sources: Change[] = watchedKinds.map(({ group, resource, kind }) => ({
  type: 'source',
  source: { group, resource, kind, availability: 'present', count: 0 },
}));

const pod = fc
  .record({
    name: oneOf('a', 'b'),
    node: oneOf('n1', 'n2', undefined),
    networks: oneOf('red', 'fast', 'red,fast'),
    up: fc.boolean(),
  })
  .map(
    (it): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: it.name,
        namespace: 'x',
        creationTimestamp: '2026-11-24T02:59:00Z',
        annotations: {
          'k8s.v1.cni.cncf.io/networks': it.networks,
          ...(it.up
            ? {
                'k8s.v1.cni.cncf.io/network-status': JSON.stringify([
                  { name: 'cbr0', interface: 'eth0', ips: ['10.9.0.1'], default: true },
                  { name: `x/${it.networks.split(',')[0]}`, interface: 'net1', ips: ['10.0.0.1'] },
                ]),
              }
            : {}),
        },
      },
      spec: { ...(it.node ? { nodeName: it.node } : {}), containers: [{ name: 'app' }] },
      status: it.up ? { phase: 'Running', podIPs: [{ ip: '10.9.0.1' }] } : { phase: 'Pending' },
    }),
  );

const nad = fc
  .record({
    name: oneOf('red', 'fast'),
    config: oneOf(
      '{"type":"macvlan","cniVersion":"0.3.1","name":"red","master":"eth1"}',
      '{"type":"macvlan","cniVersion":"0.3.1","name":"red","master":"eth1"}',
      '{"type":"macvlan","cniVersion":"0.3.1","name":"red","master":"eth1","mtu":9000}',
      '{"type":"sriov","cniVersion":"0.3.1","name":"fast"}',
      '{"type":"bridge","cniVersion":"0.3.1","name":"red","bridge":"br1","vlan":30}',
      '{"type":"bridge","cniVersion":"0.3.1","name":"red","bridge":"br1"}',
      '{"type":"ovs","cniVersion":"0.3.1","name":"red","bridge":"br1"}',
      '{"type":"ovn-k8s-cni-overlay","cniVersion":"0.3.1","name":"red","topology":"localnet","netAttachDefName":"x/red"}',
    ),
    resource: fc.boolean(),
  })
  .map(
    (it): KubeObject => ({
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: {
        name: it.name,
        namespace: 'x',
        ...(it.resource ? { annotations: { 'k8s.v1.cni.cncf.io/resourceName': 'openshift.io/vf' } } : {}),
      },
      spec: { config: it.config },
    }),
  );

const nodeState = fc
  .record({
    node: oneOf('n1', 'n2'),
    link: oneOf('eth1', 'eth2'),
    state: oneOf('up', 'down'),
    mtu: oneOf(1500, 9000, undefined),
    alt: oneOf(undefined, 'eth1'),
    failing: fc.boolean(),
    bridge: oneOf(undefined, 'linux-bridge', 'linux-bridge', 'ovs-bridge'),
    port: oneOf(
      undefined,
      undefined,
      { name: 'eth1' },
      { name: 'eth1', vlan: { mode: 'trunk', 'trunk-tags': [{ id: 20 }] } },
    ),
    mapping: oneOf(undefined, 'red', 'blue'),
  })
  .map(
    (it): KubeObject => ({
      apiVersion: 'nmstate.io/v1beta1',
      kind: 'NodeNetworkState',
      metadata: { name: it.node },
      status: {
        currentState: {
          interfaces: [
            {
              name: it.link,
              type: 'ethernet',
              state: it.state,
              ...(it.mtu ? { mtu: it.mtu } : {}),
              ...(it.alt ? { 'alt-names': [{ name: it.alt }] } : {}),
            },
            ...(it.bridge ? [{ name: 'br1', type: it.bridge, bridge: { port: it.port ? [it.port] : [] } }] : []),
          ],
          ...(it.mapping ? { ovn: { 'bridge-mappings': [{ localnet: it.mapping, bridge: 'br1' }] } } : {}),
        },
        conditions: [{ type: 'Failing', status: it.failing ? 'True' : 'False' }],
      },
    }),
  );

const sriovState = fc
  .record({
    node: oneOf('n1', 'n2'),
    resource: oneOf('vf', 'other', undefined),
    failed: fc.boolean(),
    most: oneOf(2, 64),
  })
  .map(
    (it): KubeObject => ({
      apiVersion: 'sriovnetwork.openshift.io/v1',
      kind: 'SriovNetworkNodeState',
      metadata: { name: it.node, namespace: 'op' },
      spec: {
        interfaces: [
          {
            pciAddress: '0:1',
            numVfs: 4,
            vfGroups: it.resource ? [{ resourceName: it.resource, vfRange: 'eth1#0-3' }] : [],
          },
        ],
      },
      status: {
        syncStatus: it.failed ? 'Failed' : 'Succeeded',
        interfaces: [
          { name: 'eth1', pciAddress: '0:1', mtu: 1500, totalvfs: it.most, Vfs: [{ pciAddress: '0:2', vfID: 0 }] },
        ],
      },
    }),
  );

const other = oneOf<KubeObject>(
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: { podCIDR: '10.9.0.0/24' } },
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n2' }, status: { allocatable: { 'openshift.io/vf': '1' } } },
  {
    apiVersion: 'sriovnetwork.openshift.io/v1',
    kind: 'SriovNetwork',
    metadata: { name: 'fast', namespace: 'op', creationTimestamp: '2026-11-24T02:50:00Z' },
    spec: { resourceName: 'vf', networkNamespace: 'x' },
  },
  {
    apiVersion: 'sriovnetwork.openshift.io/v1',
    kind: 'SriovNetworkNodePolicy',
    metadata: { name: 'p', namespace: 'op' },
    spec: { resourceName: 'vf' },
  },
  {
    apiVersion: 'nmstate.io/v1beta1',
    kind: 'NodeNetworkConfigurationEnactment',
    metadata: { name: 'n1.p' },
    status: { conditions: [{ type: 'Failing', status: 'True', message: 'no such link' }] },
  },
  {
    apiVersion: 'nmstate.io/v1',
    kind: 'NodeNetworkConfigurationPolicy',
    metadata: { name: 'p' },
    status: { conditions: [{ type: 'Degraded', status: 'True' }] },
  },
);

const networksOf = (twice: boolean) => [
  { name: 'default', pod: {} },
  { name: 'stor', multus: { networkName: 'red' } },
  ...(twice ? [{ name: 'fast', multus: { networkName: 'x/fast' } }] : []),
];

const vmi = fc
  .record({
    name: oneOf('m1', 'm2'),
    phase: oneOf('Pending', 'Running', 'Running', 'Succeeded'),
    twice: fc.boolean(),
    by: oneOf('multus-status', 'domain', 'domain, guest-agent', undefined),
    synced: fc.boolean(),
    migrating: fc.boolean(),
  })
  .map(
    (it): KubeObject => ({
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachineInstance',
      metadata: { name: it.name, namespace: 'x', labels: { app: 'a' }, creationTimestamp: '2026-11-24T02:50:00Z' },
      spec: { networks: networksOf(it.twice) },
      status: {
        phase: it.phase,
        nodeName: 'n1',
        ...(it.migrating ? { migrationState: { sourcePod: 'a', targetPod: 'b' } } : {}),
        conditions: [
          { type: 'AgentConnected', status: 'True' },
          ...(it.synced ? [] : [{ type: 'Synchronized', status: 'False', message: 'failed to configure vmi network' }]),
        ],
        interfaces:
          it.phase === 'Running'
            ? [
                { name: 'default', infoSource: 'domain, guest-agent', ipAddress: '10.9.0.1' },
                { name: 'stor', ...(it.by ? { infoSource: it.by } : {}), ipAddress: '10.0.0.1' },
              ]
            : [],
      },
    }),
  );

const vm = fc.record({ name: oneOf('m1', 'm2'), twice: fc.boolean(), said: oneOf('Stopped', 'Starting') }).map(
  (it): KubeObject => ({
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name: it.name, namespace: 'x', uid: 'v' },
    spec: { template: { spec: { networks: networksOf(it.twice) } } },
    status: { printableStatus: it.said },
  }),
);

const launched = fc.tuple(pod, oneOf('m1', 'm2')).map(
  ([object, machine]): KubeObject => ({
    ...object,
    metadata: {
      ...object.metadata,
      labels: { 'kubevirt.io': 'virt-launcher', app: 'a' },
      ownerReferences: [{ apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name: machine, uid: 'u' }],
    },
  }),
);

const aroundMachines = oneOf<KubeObject>(
  {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e', namespace: 'x' },
    involvedObject: { kind: 'VirtualMachineInstance', namespace: 'x', name: 'm1' },
    type: 'Warning',
    reason: 'FailedCreate',
    lastTimestamp: '2026-11-24T02:59:50Z',
    message: 'failed to locate network attachment definition x/red',
  },
  {
    apiVersion: 'k8s.cni.cncf.io/v1beta1',
    kind: 'MultiNetworkPolicy',
    metadata: { name: 'p', namespace: 'x', annotations: { 'k8s.v1.cni.cncf.io/policy-for': 'red' } },
    spec: { podSelector: { matchLabels: { app: 'a' } } },
  },
  {
    apiVersion: 'k8s.ovn.org/v1',
    kind: 'UserDefinedNetwork',
    metadata: { name: 'primary', namespace: 'x' },
    spec: { topology: 'Layer2', layer2: { role: 'Primary', subnets: ['10.100.0.0/16'] } },
  },
);

type Move = { object: KubeObject; gone: boolean; batch: boolean };

function holdsTheLaw(moves: readonly Move[], tried: readonly Move[], seen: Set<string>): void {
  const engine = createEngine({ providers, rules, warm: 2 });
  const final = new Map<string, KubeObject>();
  let pending: Change[] = [...sources];
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
    tried.map(({ object }) => ({ type: 'put', object })),
    () => state(engine),
  );
  expect(state(engine), 'a preview leaves nothing behind').toEqual(whole);
  const fresh = createEngine({ providers, rules });
  fresh.apply([...sources, ...[...final.values()].map((object): Change => ({ type: 'put', object }))], start);
  expect(whole).toEqual(state(fresh));
  expect(engine.counts()).toEqual(fresh.counts());
  expect([...engine.namespaces()].sort()).toEqual([...fresh.namespaces()].sort());
}

/** The world is of no use if nothing happens in it: `slugs` have been found at some time. */
function check(move: fc.Arbitrary<Move>, numRuns: number, slugs: readonly string[]): void {
  const seen = new Set<string>();
  const moves = fc.array(move, { minLength: 4, maxLength: 40 });
  fc.assert(
    fc.property(moves, fc.array(move, { maxLength: 6 }), (done, tried) => holdsTheLaw(done, tried, seen)),
    { numRuns, seed: 20261124 },
  );
  expect([...seen]).toEqual(expect.arrayContaining([...slugs]));
}

const moveOf = (object: fc.Arbitrary<KubeObject>): fc.Arbitrary<Move> =>
  fc.record({ object, gone: oneOf(true, false, false), batch: fc.boolean() });

test('law: where nodes report their devices', () => {
  check(moveOf(fc.oneof(pod, pod, nad, nodeState, nodeState, sriovState, other)), 350, [
    'localnet-unmapped',
    'master-absent',
    'master-down',
    'mtu-above-link',
    'nad-not-found',
    'nmstate-enactment-failed',
    'nmstate-policy-degraded',
    'sriov-nad-missing',
    'sriov-no-vfs',
    'sriov-sync-failed',
    'sriov-too-many-vfs',
  ]);
}, 120_000);

test('law: where virtual machines run, stop and migrate', () => {
  check(moveOf(fc.oneof(vmi, vmi, vm, launched, nad, aroundMachines)), 250, [
    'kubevirt-nad-missing',
    'vmi-hotplug-pending',
    'vmi-interface-absent',
    'vmi-migrating',
    'vmi-nad-missing',
    'vmi-not-synchronized',
  ]);
}, 120_000);
