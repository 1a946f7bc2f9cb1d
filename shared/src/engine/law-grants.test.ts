import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Change, type KubeObject, refOf } from '../kube/object.ts';
import { objectKey } from '../model/ids.ts';
import { providers } from '../providers/registry.ts';
import { rules } from '../rules/registry.ts';
import { createEngine } from './engine.ts';
import type { Engine } from './engine-api.ts';

const start = Date.parse('2026-11-24T03:00:00Z');
const state = (engine: Engine) => engine.topology({ name: 'test' }, 'now');
const oneOf = <T>(...items: T[]) => fc.constantFrom(...items);

const decided = (namespace: string, ip: string) =>
  JSON.stringify({
    default: { ip_addresses: ['10.9.0.1/24'], role: 'infrastructure-locked' },
    [`${namespace}/red`]: { ip_addresses: [`${ip}/24`], role: 'primary' },
    [`${namespace}/blue`]: { ip_addresses: ['10.3.0.5/24'], role: 'secondary' },
  });

const pod = fc
  .record({
    name: oneOf('a', 'b'),
    namespace: oneOf('x', 'x', 'y'),
    uid: oneOf('1', '1', '2', undefined),
    networks: oneOf(undefined, 'blue', 'vf'),
    decided: oneOf(undefined, undefined, '10.2.0.1', '10.2.0.2'),
    status: oneOf(true, false),
    claim: oneOf(
      undefined,
      { resourceClaimName: 'c' },
      { resourceClaimName: 'silent' },
      { resourceClaimName: 'broken' },
      { resourceClaimTemplateName: 't' },
    ),
    generated: oneOf(undefined, {}, { resourceClaimName: 'c' }),
    running: oneOf(true, true, false),
    hostNetwork: oneOf(true, false, false, false),
  })
  .map(
    (it): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: it.name,
        namespace: it.namespace,
        ...(it.uid ? { uid: it.uid } : {}),
        creationTimestamp: '2026-11-24T02:57:00Z',
        annotations: {
          ...(it.networks ? { 'k8s.v1.cni.cncf.io/networks': it.networks } : {}),
          ...(it.decided ? { 'k8s.ovn.org/pod-networks': decided(it.namespace, it.decided) } : {}),
          ...(it.status
            ? {
                'k8s.v1.cni.cncf.io/network-status': JSON.stringify([
                  { name: 'ovn-kubernetes', interface: 'eth0', ips: ['10.9.0.1'] },
                  { name: 'ovn-kubernetes', interface: 'ovn-udn1', ips: ['10.2.0.1'], default: true },
                  { name: `${it.namespace}/blue`, interface: 'net1', ips: ['10.3.0.5'] },
                ]),
              }
            : {}),
        },
      },
      spec: {
        nodeName: 'n1',
        hostNetwork: it.hostNetwork,
        containers: [{ name: 'app' }],
        ...(it.claim ? { resourceClaims: [{ name: 'nic', ...it.claim }] } : {}),
      },
      status: {
        phase: it.running ? 'Running' : 'Pending',
        ...(it.running ? { podIPs: [{ ip: '10.9.0.1' }] } : {}),
        ...(it.generated ? { resourceClaimStatuses: [{ name: 'nic', ...it.generated }] } : {}),
      },
    }),
  );

const udn = fc
  .record({
    name: oneOf('red', 'blue'),
    namespace: oneOf('x', 'y', undefined),
    role: oneOf('Primary', 'Secondary'),
    status: oneOf('True', 'False'),
    type: oneOf('NetworkCreated', 'NetworkCreated', 'NetworkReady'),
    tenant: oneOf('t', 'u', undefined),
  })
  .map(({ name, namespace, role, status, type, tenant }): KubeObject => {
    const spec = { topology: 'Layer2', layer2: { role, subnets: ['10.2.0.0/24'] } };
    return {
      apiVersion: 'k8s.ovn.org/v1',
      kind: namespace ? 'UserDefinedNetwork' : 'ClusterUserDefinedNetwork',
      metadata: { name, ...(namespace ? { namespace } : {}), creationTimestamp: '2026-11-24T02:58:00Z' },
      spec: namespace ? spec : { network: spec, ...(tenant ? { namespaceSelector: { matchLabels: { tenant } } } : {}) },
      status: { conditions: [{ type, status }] },
    };
  });

const nad = fc
  .record({
    name: oneOf('red', 'blue', 'vf'),
    namespace: oneOf('x', 'y'),
    configName: oneOf('x_red', 'x.red', 'cluster_udn_red', 'blue'),
    role: oneOf('primary', 'secondary'),
    from: oneOf('UserDefinedNetwork', 'ClusterUserDefinedNetwork', undefined),
    labelled: oneOf(true, false),
  })
  .map(
    (it): KubeObject => ({
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: {
        name: it.name,
        namespace: it.namespace,
        creationTimestamp: '2026-11-24T02:59:30Z',
        ...(it.labelled ? { labels: { 'k8s.ovn.org/user-defined-network': '' } } : {}),
        ...(it.from
          ? {
              ownerReferences: [
                { apiVersion: 'k8s.ovn.org/v1', kind: it.from, name: it.name, uid: '7', controller: true },
              ],
            }
          : {}),
        ...(it.name === 'vf' ? { annotations: { 'k8s.v1.cni.cncf.io/resourceName': 'vfs' } } : {}),
      },
      spec: {
        config: JSON.stringify(
          it.name === 'vf'
            ? { cniVersion: '1.0.0', type: 'sriov', name: 'vf' }
            : {
                cniVersion: '1.0.0',
                type: 'ovn-k8s-cni-overlay',
                name: it.configName,
                netAttachDefName: `${it.namespace}/${it.name}`,
                topology: 'layer2',
                role: it.role,
              },
        ),
      },
    }),
  );

const sriov = 'sriovnetwork.k8snetworkplumbingwg.io';
const drivers = oneOf('dra.net', sriov, sriov, 'gpu.example.com');
const className = oneOf('nics', 'dra.net');

const claim = fc
  .record({
    kind: oneOf('ResourceClaim', 'ResourceClaim', 'ResourceClaimTemplate'),
    namespace: oneOf('x', 'y'),
    className,
    driver: drivers,
    allocated: oneOf(true, true, false),
    reported: oneOf('data', 'failed', 'none', 'none'),
    holder: oneOf('1', '2', undefined),
    definition: oneOf('red', 'vf', undefined),
    plain: oneOf(true, false),
    shared: oneOf(true, false, false),
  })
  .map((it): KubeObject => {
    const parameters = { ifName: 'net7', netAttachDefName: it.definition };
    const devices = {
      requests: [{ name: 'nic', exactly: { deviceClassName: it.className } }],
      config: it.plain ? [] : [{ opaque: { driver: it.driver, parameters } }],
    };
    const own = { driver: it.driver, pool: 'n1', device: 'ens7' };
    const networkData = { interfaceName: 'net7', ips: ['10.4.0.5/24'], hardwareAddress: '02:00:00:00:00:07' };
    const conditions = [{ type: 'Ready', status: it.reported === 'failed' ? 'False' : 'True' }];
    const template = it.kind === 'ResourceClaimTemplate';
    return {
      apiVersion: 'resource.k8s.io/v1',
      kind: it.kind,
      metadata: { name: template ? 't' : 'c', namespace: it.namespace },
      spec: template ? { spec: { devices } } : { devices },
      status: {
        reservedFor: [
          ...(it.holder ? [{ resource: 'pods', name: 'a', uid: it.holder }] : []),
          ...(it.shared ? [{ resource: 'pods', name: 'b', uid: '1' }] : []),
        ],
        ...(it.allocated && !template ? { allocation: { devices: { results: [{ request: 'nic', ...own }] } } } : {}),
        devices:
          it.reported === 'none' ? [] : [{ ...own, conditions, ...(it.reported === 'data' ? { networkData } : {}) }],
      },
    };
  });

const other = fc.oneof(
  fc.record({ name: oneOf('x', 'y'), labelled: oneOf(true, false), tenant: oneOf('t', 'v') }).map(
    ({ name, labelled, tenant }): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { tenant, ...(labelled ? { 'k8s.ovn.org/primary-user-defined-network': '' } : {}) } },
    }),
  ),
  fc.record({ name: className, driver: drivers }).map(
    ({ name, driver }): KubeObject => ({
      apiVersion: 'resource.k8s.io/v1',
      kind: 'DeviceClass',
      metadata: { name },
      spec: { selectors: [{ cel: { expression: `device.driver == "${driver}"` } }] },
    }),
  ),
  fc.record({ driver: oneOf('dra.net', sriov, undefined), effect: oneOf('NoSchedule', 'NoExecute') }).map(
    ({ driver, effect }): KubeObject => ({
      apiVersion: 'resource.k8s.io/v1beta2',
      kind: 'DeviceTaintRule',
      metadata: { name: 'r' },
      spec: { deviceSelector: driver ? { driver } : {}, taint: { key: 'recall', effect } },
    }),
  ),
  fc
    .record({
      name: oneOf('s1', 's2'),
      driver: drivers,
      resource: oneOf('vfs', undefined),
      slices: oneOf(1, 2),
      tainted: oneOf(true, false),
      network: oneOf('red', undefined, undefined),
    })
    .map(
      ({ name, driver, resource, slices, tainted, network }): KubeObject => ({
        apiVersion: 'resource.k8s.io/v1',
        kind: 'ResourceSlice',
        metadata: { name },
        spec: {
          driver,
          nodeName: 'n1',
          pool: { name: 'n1', generation: slices, resourceSliceCount: slices },
          devices: [
            {
              name: 'ens7',
              ...(tainted ? { taints: [{ key: 'unwell', effect: 'NoExecute' }] } : {}),
              attributes: {
                'k8s.cni.cncf.io/deviceID': { string: '0000:18:02.1' },
                ...(network ? { 'multinetwork.networking.k8s.io/podNetwork': { string: network } } : {}),
                ...(resource ? { 'k8s.cni.cncf.io/resourceName': { string: resource } } : {}),
              },
            },
          ],
        },
      }),
    ),
);

const held = (name: string, driver: string, devices: object[] = []): KubeObject => ({
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceClaim',
  metadata: { name, namespace: 'x' },
  spec: { devices: { requests: [{ name: 'nic', exactly: { deviceClassName: driver } }] } },
  status: {
    reservedFor: [{ resource: 'pods', name: 'a', uid: '1' }],
    allocation: { devices: { results: [{ request: 'nic', driver, pool: 'n1', device: 'ens7' }] } },
    devices,
  },
});

/** There from the start: it takes several objects at once for a VF that Multus cannot map, or a driver that says nothing. */
const first: readonly KubeObject[] = [
  held('silent', 'dra.net'),
  held('c', sriov),
  held('broken', 'dra.net', [
    { driver: 'dra.net', pool: 'n1', device: 'ens7', conditions: [{ type: 'Ready', status: 'False' }] },
  ]),
  {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name: 'vf', namespace: 'x', annotations: { 'k8s.v1.cni.cncf.io/resourceName': 'vfs' } },
    spec: { config: '{"cniVersion":"1.0.0","type":"sriov","name":"vf"}' },
  },
  {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceSlice',
    metadata: { name: 's1' },
    spec: { driver: sriov, pool: { name: 'n1' }, devices: [{ name: 'ens7', attributes: {} }] },
  },
];

const move = fc.record({
  object: fc.oneof(pod, pod, udn, nad, nad, claim, claim, other),
  gone: oneOf(true, false, false),
  wait: fc.nat(60_000),
  batch: fc.boolean(),
});

test('law: in a world of primary networks and claims of devices the engine equals a fresh one given the final objects', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(move, { minLength: 4, maxLength: 50 }), (moves) => {
      const engine = createEngine({ providers, rules, warm: 2 });
      const final = new Map(first.map((object) => [objectKey(refOf(object)), object]));
      let now = start;
      let pending: Change[] = first.map((object) => ({ type: 'put', object }));
      for (const { object, gone, wait, batch } of moves) {
        const ref = refOf(object);
        pending.push(gone ? { type: 'delete', ref } : { type: 'put', object });
        if (gone) final.delete(objectKey(ref));
        else final.set(objectKey(ref), object);
        now += wait;
        if (batch) continue;
        engine.apply(pending, now);
        pending = [];
        for (const { slug } of engine.findings()) seen.add(slug);
      }
      engine.apply(pending, now);
      const whole = state(engine);
      const tried = moves.slice(0, 5).map(({ object }): Change => ({ type: 'put', object }));
      engine.preview(tried, () => state(engine));
      expect(state(engine), 'a preview leaves nothing behind').toEqual(whole);
      const fresh = createEngine({ providers, rules });
      fresh.apply(
        [...final.values()].map((object) => ({ type: 'put', object })),
        now,
      );
      expect(state(engine)).toEqual(state(fresh));
      expect(engine.counts()).toEqual(fresh.counts());
    }),
    { numRuns: 500, seed: 20261124 },
  );
  // The world is of no use if nothing happens in it.
  expect([...seen]).toEqual(
    expect.arrayContaining([
      'udn-not-ready',
      'udn-primary-absent',
      'udn-ns-label-missing',
      'dra-no-status',
      'dra-slice-attrs',
      'dra-device-not-ready',
      'cudn-selects-nothing',
      'dra-device-tainted',
      'dra-pool-incomplete',
      'dra-claim-shared',
      'sources-disagree',
    ]),
  );
}, 60_000);

/** One value somewhere replaced by something else, in an annotation's text too. */
const damage = (value: unknown, path: readonly number[], by: unknown): unknown => {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  if (typeof value === 'string' && value.startsWith('{')) return JSON.stringify(damage(JSON.parse(value), path, by));
  if (typeof value !== 'object' || value === null) return by;
  const keys = Object.keys(value).filter((key) => !['apiVersion', 'kind', 'name', 'namespace'].includes(key));
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return value;
  const changed = damage((value as Record<string, unknown>)[key], rest, by);
  return Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
};

test('whatever is wrong with one of these objects, nothing throws', () => {
  const whole = fc.oneof(pod, udn, nad, claim, other);
  const broken = fc
    .tuple(whole, fc.array(fc.nat(30), { minLength: 1, maxLength: 7 }), fc.jsonValue())
    .map(([object, path, by]) => {
      const made = damage(object, path, by) as KubeObject;
      return typeof made.metadata?.name === 'string' ? made : object;
    });
  fc.assert(
    fc.property(fc.array(fc.oneof(whole, broken, broken), { maxLength: 12 }), (objects) => {
      const engine = createEngine({ providers, rules, warm: 2 });
      for (const object of objects) engine.apply([{ type: 'put', object }], start);
      expect(state(engine).kind).toBe('Topology');
    }),
    { numRuns: 500, seed: 20261124 },
  );
}, 60_000);
