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
const proposal = 'multinetwork.networking.x-k8s.io';
const poc = 'multinetwork.networking.k8s.io';

const annotationsOf = (wants: string | undefined, reports: boolean): Record<string, string> => {
  const blue = '[{"interfaceName":"eth0","network":"default"},{"interfaceName":"eth1","network":"blue"}]';
  switch (wants) {
    case 'gke':
      return {
        'networking.gke.io/interfaces': blue,
        ...(reports ? { 'networking.gke.io/pod-ips': '[{"networkName":"blue","ip":"10.60.0.5"}]' } : {}),
      };
    case 'gke-interface':
      return { 'networking.gke.io/interfaces': '[{"interfaceName":"eth1","interface":"i"}]' };
    case 'gke-broken':
      return { 'networking.gke.io/interfaces': '[{"interfaceName":"eth1"}]' };
    case 'antrea':
      return {
        'k8s.v1.cni.cncf.io/networks': 'v',
        ...(reports
          ? { 'k8s.v1.cni.cncf.io/network-status': '[{"name":"x/v","interface":"eth1","ips":["10.10.1.5"]}]' }
          : {}),
      };
    case 'cilium':
      return { 'ipam.cilium.io/ip-pool': 'green' };
    default:
      return {};
  }
};

const pod = fc
  .record({
    name: oneOf('a', 'b'),
    wants: oneOf(undefined, 'gke', 'gke-interface', 'gke-broken', 'antrea', 'cilium'),
    networks: oneOf<object[] | undefined>(
      undefined,
      [{ podNetworkName: 'blue', interfaceName: 'net1' }],
      [{ podNetworkAttachmentName: 'fast' }, { podNetworkName: 'default' }],
    ),
    reports: fc.boolean(),
    running: fc.boolean(),
    claim: fc.boolean(),
    gated: oneOf(true, false, false),
    message: oneOf(
      'Insufficient networking.gke.io.networks/blue.IP',
      'PodNetwork "blue" not found',
      '0/1 nodes are available',
    ),
  })
  .map(
    (it): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: it.name,
        namespace: 'x',
        uid: it.name,
        creationTimestamp: '2026-11-24T02:57:00Z',
        annotations: annotationsOf(it.wants, it.reports),
      },
      spec: {
        ...(it.running || it.wants === 'cilium' ? { nodeName: 'n1' } : {}),
        ...(it.networks ? { networks: it.networks } : {}),
        ...(it.claim ? { resourceClaims: [{ name: 'nic', resourceClaimName: 'c' }] } : {}),
        ...(it.gated ? { schedulingGates: [{ name: `${proposal}/pod-networks` }] } : {}),
        containers: [{ name: 'app' }],
      },
      status: {
        phase: it.running ? 'Running' : 'Pending',
        ...(it.running
          ? {
              podIPs: [
                { ip: '10.9.0.1' },
                ...(it.reports && it.networks ? [{ ip: '10.2.0.4', podNetwork: 'blue' }] : []),
              ],
            }
          : { conditions: [{ type: 'PodScheduled', status: 'False', message: it.message }] }),
      },
    }),
  );

const condition = (status: string) => ({ conditions: [{ type: 'Ready', status, reason: 'Because' }] });
const gke = (kind: string, name: string, spec: object, status: object = {}, namespace?: string): KubeObject => ({
  apiVersion: 'networking.gke.io/v1',
  kind,
  metadata: { name, ...(namespace ? { namespace } : {}) },
  spec,
  status,
});
const blueOf = (status: string, type: string) =>
  gke('Network', 'blue', { type, parametersRef: { kind: 'GKENetworkParamSet', name: 'p' } }, condition(status));
const podNetwork = (apiVersion: string, spec: object, status: object = {}): KubeObject => ({
  apiVersion,
  kind: 'PodNetwork',
  metadata: { name: 'blue' },
  spec,
  status,
});
const ippool = (total: number, vlan: number): KubeObject => ({
  apiVersion: 'crd.antrea.io/v1beta1',
  kind: 'IPPool',
  metadata: { name: 'p' },
  spec: { ipRanges: [{ cidr: '10.10.1.0/24' }], subnetInfo: { gateway: '10.10.1.1', prefixLength: 24, vlan } },
  status: {
    usage: { total, used: 2 },
    ipAddresses: [{ ipAddress: '10.10.1.5', owner: { pod: { name: 'a', namespace: 'x' } } }],
  },
});
const bridge = (name: string, vlans: string[]): KubeObject => ({
  apiVersion: 'crd.antrea.io/v1alpha1',
  kind: 'AntreaNodeConfig',
  metadata: { name },
  spec: {
    nodeSelector: { matchLabels: { pool: name } },
    secondaryNetwork: {
      ovsBridges: [{ bridgeName: 'br', physicalInterfaces: [{ name: 'eth2', allowedVLANs: vlans }] }],
    },
  },
});
const ciliumNode = (name: string, cidrs: string[]): KubeObject => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumNode',
  metadata: { name },
  spec: {
    ipam: {
      pools: { allocated: [{ pool: 'green', cidrs }], requested: [{ pool: 'green', needed: { 'ipv4-addrs': 8 } }] },
    },
  },
});
const greenOf = (cidr: string): KubeObject => ({
  apiVersion: 'cilium.io/v2alpha1',
  kind: 'CiliumPodIPPool',
  metadata: { name: 'green' },
  spec: { ipv4: { cidrs: [cidr], maskSize: 26 } },
});
const sliceOf = (attribute: string): KubeObject => ({
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceSlice',
  metadata: { name: 's' },
  spec: {
    driver: 'net.example.org',
    nodeName: 'n1',
    pool: { name: 'n1', generation: 1, resourceSliceCount: 1 },
    devices: [
      { name: 'd', attributes: { [attribute]: { string: 'blue' }, [`${attribute}Namespace`]: { string: 'x' } } },
    ],
  },
});

const claim: KubeObject = {
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceClaim',
  metadata: { name: 'c', namespace: 'x' },
  spec: {
    devices: {
      requests: [
        {
          name: 'nic',
          exactly: {
            deviceClassName: 'nets',
            selectors: [{ cel: { expression: `device.attributes["${proposal}"].podNetwork == "blue"` } }],
          },
        },
      ],
    },
  },
};

const object = oneOf<KubeObject>(
  blueOf('True', 'L3'),
  blueOf('False', 'Device'),
  gke('GKENetworkParamSet', 'p', { vpc: 'v' }, { networkName: 'blue', podCIDRs: { cidrBlocks: ['10.60.0.0/16'] } }),
  gke('GKENetworkParamSet', 'p', { vpc: 'w' }, condition('False')),
  gke('NetworkInterface', 'i', { networkName: 'blue' }, { podName: 'a', ipAddresses: ['10.60.0.9/24'] }, 'x'),
  podNetwork('v1', { provider: 'a.b/c' }),
  podNetwork('v1', { provider: 'a.b/c', enabled: false }, condition('True')),
  podNetwork(`${poc}/v1alpha1`, { parameters: {} }, condition('False')),
  podNetwork(`${poc}/v1alpha1`, { parameters: {} }, condition('True')),
  podNetwork(`${proposal}/v1alpha1`, { networkref: { apigroup: 'networking.gke.io', kind: 'Network', name: 'blue' } }),
  {
    apiVersion: 'v1',
    kind: 'PodNetworkAttachment',
    metadata: { name: 'fast', namespace: 'x' },
    spec: { podNetworkName: 'blue' },
    status: condition('False'),
  },
  {
    apiVersion: `${proposal}/v1alpha1`,
    kind: 'NetworkKind',
    metadata: { name: 'k' },
    spec: { implementationType: { group: 'k8s.ovn.org', kind: 'UserDefinedNetwork' } },
    status: { conditions: [{ type: 'ImplementationTypeReady', status: 'False', reason: 'CRDNotFound' }] },
  },
  {
    apiVersion: 'k8s.ovn.org/v1',
    kind: 'UserDefinedNetwork',
    metadata: { name: 'blue', namespace: 'x' },
    spec: { topology: 'Layer2', layer2: { role: 'Secondary' } },
  },
  sliceOf(`${proposal}/podNetwork`),
  sliceOf('dra.net/podNetwork'),
  claim,
  {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name: 'v', namespace: 'x' },
    spec: {
      config: '{"cniVersion":"0.3.0","type":"antrea","networkType":"vlan","ipam":{"type":"antrea","ippools":["p"]}}',
    },
  },
  ippool(2, 100),
  ippool(250, 300),
  bridge('one', ['100-110']),
  bridge('two', []),
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', labels: { pool: 'one' } }, spec: {}, status: {} },
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', labels: { pool: 'none' } }, spec: {}, status: {} },
  greenOf('10.20.0.0/25'),
  greenOf('10.30.0.0/25'),
  ciliumNode('n1', []),
  ciliumNode('n2', ['10.20.0.0/26', '10.20.0.64/26']),
  ciliumNode('n2', ['10.20.0.0/26']),
);

/** There from the start: it takes several objects at once for a VLAN that a node does not let pass. */
const first: readonly KubeObject[] = [
  {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name: 'v', namespace: 'x' },
    spec: { config: '{"cniVersion":"0.3.0","type":"antrea","networkType":"vlan","vlan":300}' },
  },
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', labels: { pool: 'one' } }, spec: {}, status: {} },
  bridge('one', ['100-110']),
  claim,
];

/** Kinds that could be read, of which nothing must be there for a name to be known as wrong. */
const known = [
  ['networking.gke.io', 'Network'],
  ['networking.gke.io', 'GKENetworkParamSet'],
  ['crd.antrea.io', 'IPPool'],
  ['cilium.io', 'CiliumPodIPPool'],
  [proposal, 'PodNetwork'],
  ['resource.k8s.io', 'ResourceSlice'],
] as const;
const sources = known.map(
  ([group, kind]): Change => ({
    type: 'source',
    source: { group, kind, resource: `${kind.toLowerCase()}s`, availability: 'present', count: 0 },
  }),
);

const move = fc.record({
  object: fc.oneof(pod, object, object),
  gone: oneOf(true, false, false, false),
  wait: fc.nat(60_000),
  batch: fc.boolean(),
});

test('law: in a world of native, GKE, Antrea and Cilium networks the engine equals a fresh one given the final objects', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(move, { minLength: 4, maxLength: 50 }), (moves) => {
      const engine = createEngine({ providers, rules, warm: 2 });
      engine.apply(sources, start);
      const final = new Map(first.map((it) => [objectKey(refOf(it)), it]));
      let now = start;
      let pending: Change[] = first.map((it) => ({ type: 'put', object: it }));
      for (const { object: it, gone, wait, batch } of moves) {
        const ref = refOf(it);
        pending.push(gone ? { type: 'delete', ref } : { type: 'put', object: it });
        if (gone) final.delete(objectKey(ref));
        else final.set(objectKey(ref), it);
        now += wait;
        if (batch) continue;
        engine.apply(pending, now);
        pending = [];
        for (const { slug } of engine.findings()) seen.add(slug);
      }
      engine.apply(pending, now);
      const whole = state(engine);
      engine.preview(
        moves.slice(0, 5).map(({ object: it }): Change => ({ type: 'put', object: it })),
        () => state(engine),
      );
      expect(state(engine), 'a preview leaves nothing behind').toEqual(whole);
      const fresh = createEngine({ providers, rules });
      fresh.apply([...sources, ...[...final.values()].map((it): Change => ({ type: 'put', object: it }))], now);
      expect(state(engine)).toEqual(state(fresh));
    }),
    { numRuns: 250, seed: 20261125 },
  );
  // The world is of no use if nothing happens in it.
  expect([...seen]).toEqual(
    expect.arrayContaining([
      'gke-network-not-ready',
      'gke-params-missing',
      'gke-network-absent',
      'gke-network-exhausted',
      'gke-interfaces-invalid',
      'podnetwork-not-found',
      'podnetwork-not-ready',
      'podnetwork-no-controller',
      'podnetwork-look-alike',
      'podnetworkattachment-unusable',
      'networkkind-not-ready',
      'podnetwork-not-schedulable',
      'podnetwork-no-device',
      'antrea-ippool-absent',
      'antrea-ippool-full',
      'antrea-vlan-not-allowed',
      'antrea-no-bridge',
      'antrea-interface-missing',
      'cilium-pool-absent',
      'cilium-pool-full',
      'cilium-node-short',
    ]),
  );
}, 60_000);

/** One value somewhere replaced by something else, in an annotation's text too. */
const damage = (value: unknown, path: readonly number[], by: unknown): unknown => {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  if (typeof value === 'string' && /^[[{]/.test(value)) return JSON.stringify(damage(JSON.parse(value), path, by));
  if (typeof value !== 'object' || value === null) return by;
  const keys = Object.keys(value).filter((key) => !['apiVersion', 'kind', 'name', 'namespace'].includes(key));
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return value;
  const changed = damage((value as Record<string, unknown>)[key], rest, by);
  return Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
};

test('whatever is wrong with one of these objects, nothing throws, and the law holds', () => {
  const whole = fc.oneof(pod, object);
  const broken = fc
    .tuple(whole, fc.array(fc.nat(30), { minLength: 1, maxLength: 9 }), fc.jsonValue())
    .map(([it, path, by]) => {
      const made = damage(it, path, by) as KubeObject;
      return typeof made.metadata?.name === 'string' ? made : it;
    });
  fc.assert(
    fc.property(fc.array(fc.oneof(whole, broken, broken), { maxLength: 14 }), (objects) => {
      const engine = createEngine({ providers, rules, warm: 2 });
      engine.apply(sources, start);
      for (const it of objects) engine.apply([{ type: 'put', object: it }], start);
      const final = new Map(objects.map((it) => [objectKey(refOf(it)), it]));
      const fresh = createEngine({ providers, rules });
      fresh.apply([...sources, ...[...final.values()].map((it): Change => ({ type: 'put', object: it }))], start);
      expect(state(engine)).toEqual(state(fresh));
    }),
    { numRuns: 300, seed: 20261125 },
  );
}, 60_000);
