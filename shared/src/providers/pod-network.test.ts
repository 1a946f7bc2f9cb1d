import { describe, expect, test } from 'vitest';
import { engineOf, podOf } from '../testing/cluster.ts';
import { podNetwork } from './pod-network.ts';

const poc = 'multinetwork.networking.k8s.io';
const proposal = 'multinetwork.networking.x-k8s.io';
const ready = { conditions: [{ type: 'Ready', status: 'True', reason: 'Ready' }] };
const network = (apiVersion: string, name: string, spec: object, status: object = ready) => ({
  apiVersion,
  kind: 'PodNetwork',
  metadata: { name },
  spec,
  status,
});
const kep = (name: string, more: object = {}) =>
  network('v1', name, { provider: 'acme.example/vlan', parametersRefs: [], ...more });

/** A pod with `spec.networks`, and what `status.podIPs` says of them. */
const asking = (networks: object[], podIPs?: object[]) => {
  const pod = podOf('upf', 'core');
  return {
    ...pod,
    spec: { ...pod.spec, networks },
    status: podIPs ? { ...pod.status, podIPs } : { phase: 'Pending' },
  };
};

describe('what is called PodNetwork', () => {
  const all = [
    kep('blue'),
    network(`${poc}/v1alpha1`, 'blue', {
      provider: 'podnetwork.example.com',
      enabled: true,
      parameters: { name: 'dummy0' },
    }),
    network(`${proposal}/v1alpha1`, 'blue', {
      provider: 'foo.example/net',
      networkref: { apigroup: 'foo.example', kind: 'Foo', name: 'blue' },
    }),
    network(
      'acn.azure.com/v1alpha1',
      'blue',
      { subnetResourceID: '/subnets/blue' },
      { status: 'Ready', addressPrefixes: ['10.8.0.0/24'] },
    ),
  ];

  test('four of one name are four networks, each with its own shape', () => {
    const networks = [...engineOf(...all).networks()];
    expect(networks.map(({ id, technology }) => [id, technology]).sort()).toEqual([
      ['podnetwork:acn.azure.com/blue', 'acn.azure.com'],
      ['podnetwork:blue', 'acme.example/vlan'],
      [`podnetwork:${poc}/blue`, 'podnetwork.example.com'],
      [`podnetwork:${proposal}/blue`, 'foo.example/net'],
    ]);
    expect(networks.find(({ id }) => id.includes('azure'))).toMatchObject({
      subnets: ['10.8.0.0/24'],
      conditions: [{ type: 'Ready', status: 'True', reason: 'Ready' }],
    });
  });

  test.each([
    ['v1', { provider: 'a.b/c', enabled: true }, 'podnetwork-kep-3698'],
    ['v1', { parametersRefs: [{ group: 'a.b', kind: 'Params', name: 'x' }] }, 'podnetwork-kep-3698'],
    [`${poc}/v1alpha1`, { parameters: {} }, 'podnetwork-poc'],
    [`${poc}/v1alpha1`, {}, 'podnetwork-poc'],
    [`${proposal}/v1alpha1`, { networkref: {} }, 'podnetwork-2026'],
    [`${proposal}/v1beta9`, { tomorrow: true }, 'podnetwork-2026'],
  ])('%s with %o is a %s', (apiVersion, spec, shape) => {
    const claimed = podNetwork.claims(network(apiVersion, 'x', spec)).networks?.[0];
    expect(claimed?.implementation).toContain(shape);
  });

  test('the first draft has a provider and nothing else', () => {
    const seed = { apiVersion: 'v1', kind: 'PodNetwork', metadata: { name: 'x' }, spec: { provider: 'a.b/c' } };
    expect(podNetwork.claims(seed).networks?.[0]).toMatchObject({
      technology: 'a.b/c',
      implementation: 'a.b/c (podnetwork-seed)',
    });
  });

  test('a PodNetwork of a group that nobody knows is none', () => {
    expect(podNetwork.claims(network('example.com/v1', 'x', {}))).toEqual({});
  });

  test('that named default is the network of the cluster', () => {
    const engine = engineOf(kep('default'), podOf('app', 'lab'));
    expect([...engine.networks()]).toMatchObject([{ id: 'default:cluster', role: 'cluster-default' }]);
  });

  test('the proposal points to the network itself: both are one', () => {
    const udn = {
      apiVersion: 'k8s.ovn.org/v1',
      kind: 'UserDefinedNetwork',
      metadata: { name: 'blue', namespace: 'lab' },
      spec: { topology: 'Layer2', layer2: { role: 'Secondary', subnets: ['10.9.0.0/24'] } },
    };
    const pointer = network(`${proposal}/v1alpha1`, 'podnet-blue', {
      provider: 'ovn.example/udn',
      networkref: { apigroup: 'k8s.ovn.org', kind: 'UserDefinedNetwork', name: 'blue', namespace: 'lab' },
    });
    const [found, ...more] = [...engineOf(udn, pointer).networks()];
    expect(more).toEqual([]);
    expect(found).toMatchObject({ id: 'udn:lab/blue', subnets: ['10.9.0.0/24'] });
    expect(found?.aliases).toContainEqual({ scheme: 'podnetwork', value: `${proposal}/podnet-blue` });
  });

  test('what a NetworkKind says of a kind is said of each network of that kind, and no longer once it is gone', () => {
    const udn = {
      apiVersion: 'k8s.ovn.org/v1',
      kind: 'UserDefinedNetwork',
      metadata: { name: 'blue', namespace: 'lab' },
      spec: { topology: 'Layer2', layer2: { role: 'Secondary' } },
    };
    const kind = {
      apiVersion: `${proposal}/v1alpha1`,
      kind: 'NetworkKind',
      metadata: { name: 'udn' },
      spec: { implementationType: { group: 'k8s.ovn.org', kind: 'UserDefinedNetwork' } },
      status: { conditions: [{ type: 'ImplementationTypeReady', status: 'True', reason: 'Compliant' }] },
    };
    const engine = engineOf(udn);
    engine.apply([{ type: 'put', object: kind }], 0);
    expect(engine.networkByAlias('udn:lab/blue')?.conditions).toMatchObject([
      { type: 'ImplementationTypeReady of NetworkKind udn', status: 'True', reason: 'Compliant' },
    ]);
    engine.apply([{ type: 'delete', ref: { group: proposal, kind: 'NetworkKind', name: 'udn' } }], 0);
    expect(engine.networkByAlias('udn:lab/blue')?.conditions).toEqual([]);
  });

  test('parameters of the KEP stand behind the network; a plural name of a resource will do', () => {
    const ref = { group: 'k8s.cni.cncf.io', kind: 'network-attachment-definitions', name: 'a', namespace: 'lab' };
    const engine = engineOf(
      kep('blue', { parametersRefs: [ref, { group: 'acme.example', kind: 'Vlan', name: 'v20' }] }),
    );
    expect([...engine.edges()].map(({ kind, from, to }) => [kind, from, to]).sort()).toEqual([
      ['implements', 'nad:lab/a', 'podnetwork:blue'],
      ['implements', 'object:acme.example/Vlan/default/v20', 'podnetwork:blue'],
    ]);
  });
});

describe('pods with spec.networks', () => {
  const podIPs = [
    { ip: '10.1.0.4', podNetwork: 'default', interfaceName: 'eth0' },
    { ip: '10.20.0.4', podNetwork: 'dataplane', interfaceName: 'n6' },
    { ip: 'fd00::4', podNetwork: 'dataplane', interfaceName: 'n6' },
  ];
  const wanted = [
    { podNetworkName: 'default', interfaceName: 'eth0' },
    { podNetworkName: 'dataplane', interfaceName: 'n6', isDefaultGW4: true },
  ];

  test('addresses by network and interface; those of the default network are its own alone', () => {
    const engine = engineOf(kep('dataplane'), asking(wanted, podIPs));
    expect(engine.attachmentsOf('pod:core/upf')).toMatchObject([
      {
        slot: 0,
        state: 'attached',
        implicit: false,
        requested: { network: 'default', interface: 'eth0' },
        interface: { addresses: [{ ip: '10.1.0.4' }] },
      },
      {
        slot: 1,
        state: 'attached',
        network: 'podnetwork:dataplane',
        interface: { name: 'n6', isDefault: true, addresses: [{ ip: '10.20.0.4' }, { ip: 'fd00::4' }] },
      },
    ]);
    expect(engine.findings()).toEqual([]);
  });

  test.each([
    ['podNetwork, as in the sample of the KEP', { podNetwork: 'dataplane', interfaceName: 'n6' }],
    ['primary, of an older revision', { podNetworkName: 'dataplane', interfaceName: 'n6', primary: true }],
    ['name, of a draft', { name: 'dataplane', interfaceName: 'n6' }],
  ])('the request may be written with %s', (_, item) => {
    const engine = engineOf(kep('dataplane'), asking([item], podIPs));
    expect(engine.attachmentsOf('pod:core/upf')[1]).toMatchObject({
      state: 'attached',
      network: 'podnetwork:dataplane',
    });
  });

  test('status.networks of a draft tells of interfaces too', () => {
    const pod = asking(wanted.slice(1), [{ ip: '10.1.0.4' }]);
    const networks = [{ name: 'dataplane', interfaceName: 'n6', ips: ['10.20.0.4'], mac: '02:00:00:00:00:04' }];
    const engine = engineOf(kep('dataplane'), { ...pod, status: { ...pod.status, networks } });
    expect(engine.attachmentsOf('pod:core/upf')[1]).toMatchObject({
      state: 'attached',
      interface: { mac: '02:00:00:00:00:04' },
    });
  });

  test('an attachment leads to its network, whatever name the status gives', () => {
    const fast = {
      apiVersion: 'v1',
      kind: 'PodNetworkAttachment',
      metadata: { name: 'fast', namespace: 'core' },
      spec: { podNetworkName: 'dataplane' },
      status: { conditions: [{ type: 'Ready', status: 'False', reason: 'ParamsNotReady' }] },
    };
    for (const podNetworkName of ['fast', 'dataplane']) {
      const ips = [
        { ip: '10.1.0.4', podNetwork: 'default' },
        { ip: '10.20.0.4', podNetwork: podNetworkName, interfaceName: 'n6' },
      ];
      const engine = engineOf(
        kep('dataplane'),
        fast,
        asking([{ podNetworkAttachmentName: 'fast', interfaceName: 'n6' }], ips),
      );
      expect(engine.attachmentsOf('pod:core/upf')).toHaveLength(2);
      expect(engine.attachmentsOf('pod:core/upf')[1]).toMatchObject({
        state: 'attached',
        network: 'podnetwork:dataplane',
      });
      // What is wrong with one attachment is nothing to the network.
      expect(engine.findings()).toEqual([]);
    }
  });

  test('a network that is not ready stops who waits, and not who runs', () => {
    const broken = network(
      'v1',
      'dataplane',
      { provider: 'a.b/c' },
      { conditions: [{ type: 'Ready', status: 'False', reason: 'AdministrativelyDisabled' }] },
    );
    expect(engineOf(broken, asking(wanted)).attachmentsOf('pod:core/upf')[1]).toMatchObject({ state: 'failed' });
    const running = engineOf(broken, asking(wanted, podIPs));
    expect(running.attachmentsOf('pod:core/upf')[1]).toMatchObject({ state: 'attached' });
    expect(running.findings().filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('a condition that a CRD gives every new object is no word of a controller', () => {
    const pending = {
      conditions: [{ type: 'Accepted', status: 'Unknown', reason: 'Pending', message: 'Waiting for controller' }],
    };
    const engine = engineOf(network('v1', 'dataplane', { provider: 'a.b/c' }, pending), asking(wanted));
    expect(engine.attachmentsOf('pod:core/upf')[1]).toMatchObject({ state: 'ignored' });
    expect(engine.findingsOf('pod:core/upf#1')[0]?.code).toBe('MN803');
  });

  test.each([
    ['numbers and nothing', [1, null, {}, { podNetworkName: 7 }]],
    ['text', 'dataplane'],
    ['a hundred thousand', Array.from({ length: 100_000 }, () => ({ podNetworkName: 'x' }))],
  ])('%s throws nothing', (_, networks) => {
    const pod = podOf('upf', 'core');
    expect(() => engineOf({ ...pod, spec: { ...pod.spec, networks } }).findings()).not.toThrow();
  });
});

describe('networks that claims of devices name', () => {
  const claim = (attributes: string) => ({
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: { name: 'nic', namespace: 'core' },
    spec: {
      devices: {
        requests: [
          { name: 'nic', exactly: { deviceClassName: 'nets', selectors: [{ cel: { expression: attributes } }] } },
        ],
      },
    },
  });
  const pod = () => {
    const base = podOf('upf', 'core');
    return {
      ...base,
      spec: { resourceClaims: [{ name: 'nic', resourceClaimName: 'nic' }] },
      status: { phase: 'Pending' },
    };
  };
  const slice = (attribute: string) => ({
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceSlice',
    metadata: { name: 'n1-net' },
    spec: {
      driver: 'net.example.org',
      nodeName: 'n1',
      pool: { name: 'n1', generation: 1, resourceSliceCount: 1 },
      devices: [{ name: 'blue', attributes: { [attribute]: { string: 'blue' } } }],
    },
  });

  test.each([
    [poc, 'dra.net', 'dra.net/podNetwork'],
    [proposal, 'multinetwork.networking.x-k8s.io', `${proposal}/podNetwork`],
    [proposal, 'multinetwork.networking.k8s.io', `${poc}/podNetwork`],
  ])(
    'a claim finds the PodNetwork of %s by the attributes of %s, and its devices add no second network',
    (group, domain, attribute) => {
      const object = network(`${group}/v1alpha1`, 'blue', { provider: 'net.example.org/x' });
      const objects = [object, slice(attribute), claim(`device.attributes["${domain}"].podNetwork == "blue"`), pod()];
      for (const order of [objects, objects.toReversed()]) {
        const engine = engineOf(...order);
        const ids = [...engine.networks()].map(({ id }) => id).filter((id) => id.startsWith('podnetwork:'));
        expect(ids).toEqual([`podnetwork:${group}/blue`]);
        expect(engine.attachmentsOf('pod:core/upf')[1]).toMatchObject({
          network: `podnetwork:${group}/blue`,
          state: 'pending',
        });
      }
      const engine = engineOf(...objects);
      engine.apply([{ type: 'delete', ref: { group, kind: 'PodNetwork', name: 'blue' } }], 0);
      expect(engine.networkByAlias('podnetwork:blue')).toBeDefined();
    },
  );

  test('a status that tells of devices and not of their allocation, as drafts have it, is read', () => {
    const object = network(`${proposal}/v1alpha1`, 'podnetwork-blue', { provider: 'net.example.org/x' });
    const claimed = {
      ...claim(''),
      status: {
        devices: [
          {
            device: 'blue',
            driver: 'net.example.org',
            pool: 'n1',
            data: { podNetwork: 'podnetwork-blue' },
            networkData: { interfaceName: 'eth1', ips: ['10.9.0.4/29'], hardwareAddress: '02:00:00:00:00:04' },
          },
        ],
      },
    };
    const engine = engineOf(object, claimed, { ...pod(), status: podOf('upf', 'core').status });
    expect(engine.attachmentsOf('pod:core/upf')[1]).toMatchObject({
      state: 'attached',
      network: `podnetwork:${proposal}/podnetwork-blue`,
      interface: { name: 'eth1', addresses: [{ ip: '10.9.0.4', prefixLength: 29 }] },
    });
  });
});
