import { describe, expect, test } from 'vitest';
import { engineOf, podOf as pod } from '../testing/cluster.ts';

const deviceClass = (name: string, driver: string) => ({
  apiVersion: 'resource.k8s.io/v1',
  kind: 'DeviceClass',
  metadata: { name },
  spec: { selectors: [{ cel: { expression: `device.driver == "${driver}"` } }] },
});

const using = (name: string, claim: object, claimStatuses: object[] = []) => {
  const base = pod(name, 'lab');
  return {
    ...base,
    spec: { ...base.spec, resourceClaims: [{ name: 'nic', ...claim }] },
    status: { ...base.status, resourceClaimStatuses: claimStatuses },
  };
};

const exactly = { requests: [{ name: 'nic', exactly: { deviceClassName: 'multinic' } }] };
const flat = { requests: [{ name: 'nic', deviceClassName: 'multinic' }] };
const parameters = { interface: { name: 'rx0', addresses: ['10.9.0.3/24'] } };
const config = [{ opaque: { driver: 'dra.net', parameters } }];
const result = { request: 'nic', driver: 'dra.net', pool: 'n1', device: 'ens7' };
const networkData = { interfaceName: 'rx0', ips: ['10.9.0.3/24'], hardwareAddress: '02:00:00:00:00:03' };

const claim = (version: string, devices: object, more: object = {}) => ({
  apiVersion: `resource.k8s.io/${version}`,
  kind: 'ResourceClaim',
  metadata: { name: 'rx', namespace: 'lab' },
  spec: { devices: { ...devices, config } },
  status: {
    reservedFor: [{ resource: 'pods', name: 'a', uid: 'uid-a' }],
    allocation: { devices: { results: [result] } },
    devices: [{ driver: 'dra.net', pool: 'n1', device: 'ens7', conditions: null, networkData }],
  },
  ...more,
});

describe('DRA', () => {
  test.each([
    ['v1', exactly],
    ['v1beta2', exactly],
    ['v1beta1', flat],
  ])('%s: a claim is the request and the report of the pod that holds it', (version, devices) => {
    const engine = engineOf(
      deviceClass('multinic', 'dra.net'),
      claim(version, devices),
      using('a', { resourceClaimName: 'rx' }),
      using('b', { resourceClaimName: 'rx' }),
    );
    expect(engine.attachmentsOf('pod:lab/a')[1]).toMatchObject({
      provider: 'dra',
      network: 'deviceclass:multinic',
      state: 'attached',
      requested: { network: 'multinic', interface: 'rx0', ips: ['10.9.0.3/24'] },
      interface: {
        name: 'rx0',
        mac: '02:00:00:00:00:03',
        addresses: [{ ip: '10.9.0.3', prefixLength: 24 }],
        device: { type: 'dra', id: 'ens7' },
      },
    });
    expect(engine.attachmentsOf('pod:lab/b')[1]?.interface).toBeNull();
    expect(engine.network('deviceclass:multinic')).toMatchObject({ technology: 'dra.net', provider: 'dra' });
  });

  test('a generated claim is found by the status of the pod, its template until then', () => {
    const template = {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaimTemplate',
      metadata: { name: 'tx', namespace: 'lab' },
      spec: { spec: { devices: { ...exactly, config } } },
    };
    const wanted = { resourceClaimTemplateName: 'tx' };
    const before = engineOf(template, using('a', wanted));
    expect(before.attachmentsOf('pod:lab/a')[1]).toMatchObject({ network: 'deviceclass:multinic', interface: null });
    const after = engineOf(
      template,
      claim('v1', exactly),
      using('a', wanted, [{ name: 'nic', resourceClaimName: 'rx' }]),
    );
    expect(after.attachmentsOf('pod:lab/a')).toHaveLength(2);
    expect(after.attachmentsOf('pod:lab/a')[1]?.state).toBe('attached');
    const unneeded = engineOf(template, using('a', wanted, [{ name: 'nic' }]));
    expect(unneeded.attachmentsOf('pod:lab/a')).toHaveLength(1);
  });

  test.each([
    ['a GPU', 'gpu.example.com', undefined, 0],
    ['an unknown driver that reports an interface', 'new.example.com', networkData, 1],
    ['a VF that Multus plumbs', 'sriovnetwork.k8snetworkplumbingwg.io', undefined, 0],
    ['a driver of Cilium', 'sriov.cilium.k8s.io', undefined, 1],
    ['a CNI driver', 'cni.dra.networking.x-k8s.io', networkData, 1],
  ])('%s', (_, driver, data, count) => {
    const own = { driver, pool: 'n1', device: 'ens7' };
    const engine = engineOf(
      claim(
        'v1',
        { requests: [{ name: 'nic', exactly: { deviceClassName: 'things' } }] },
        {
          spec: { devices: { requests: [{ name: 'nic', exactly: { deviceClassName: 'things' } }] } },
          status: {
            reservedFor: [{ resource: 'pods', name: 'a', uid: 'uid-a' }],
            allocation: { devices: { results: [{ request: 'nic', ...own }] } },
            devices: data ? [{ ...own, networkData: data }] : [],
          },
        },
      ),
      using('a', { resourceClaimName: 'rx' }),
    );
    expect(engine.attachmentsOf('pod:lab/a').slice(1)).toHaveLength(count);
  });

  test('a VF of which the driver runs a definition is attached to the network of that', () => {
    const driver = 'sriovnetwork.k8snetworkplumbingwg.io';
    const opaque = { driver, parameters: { ifName: 'net1', netAttachDefName: 'vf' } };
    const template = {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaimTemplate',
      metadata: { name: 'tx', namespace: 'lab' },
      spec: {
        spec: {
          devices: {
            requests: [{ name: 'vf', exactly: { deviceClassName: driver } }],
            config: [{ requests: ['vf'], opaque }],
          },
        },
      },
    };
    const nad = {
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name: 'vf', namespace: 'lab' },
      spec: { config: '{"cniVersion":"1.0.0","type":"sriov","name":"vf"}' },
    };
    const engine = engineOf(nad, template, using('a', { resourceClaimTemplateName: 'tx' }));
    expect(engine.attachmentsOf('pod:lab/a')[1]).toMatchObject({
      network: 'nad:lab/vf',
      requested: { network: 'lab/vf', interface: 'net1' },
    });
  });

  const slice = (spec: object, version = 'v1') => ({
    apiVersion: `resource.k8s.io/${version}`,
    kind: 'ResourceSlice',
    metadata: { name: 's' },
    spec: { driver: 'dra.net', nodeName: 'n1', pool: { name: 'n1', generation: 1, resourceSliceCount: 1 }, ...spec },
  });
  const attributes = {
    'dra.net/ifName': { string: 'ens7' },
    'dra.net/mtu': { int: 8896 },
    'dra.net/numaNode': { int: 1 },
    'dra.net/pciAddress': { string: '0000:3b:00.0' },
    'dra.net/rdma': { bool: false },
  };

  test.each([
    ['v1', { name: 'ens7', attributes }],
    ['v1beta2', { name: 'ens7', attributes }],
    ['v1beta1', { name: 'ens7', basic: { attributes } }],
    ['v1alpha3', { name: 'ens7', basic: { attributes } }],
  ])('%s: a slice tells of the device of an interface, and of those of its node', (version, device) => {
    const engine = engineOf(
      deviceClass('multinic', 'dra.net'),
      slice({ devices: [device] }, version),
      claim('v1', exactly),
      using('a', { resourceClaimName: 'rx' }),
    );
    expect(engine.attachmentsOf('pod:lab/a')[1]?.interface).toMatchObject({
      mtu: 8896,
      device: { type: 'dra', details: { 'PCI address': '0000:3b:00.0', 'NUMA node': '1', driver: 'dra.net' } },
    });
    expect(engine.devicesOf('n1')).toMatchObject([
      { kind: 'dra', name: 'ens7', details: { interface: 'ens7', mtu: '8896', driver: 'dra.net' } },
    ]);
  });

  test.each([
    ['a pod network', { 'multinetwork.networking.k8s.io/podNetwork': { string: 'blue' } }, 'podnetwork:blue'],
    ['one of a proof of concept', { 'dra.net/podNetwork': { string: 'blue' } }, 'podnetwork:blue'],
    [
      'one of a namespace',
      {
        'multinetwork.networking.x-k8s.io/podNetwork': { string: 'blue' },
        'multinetwork.networking.x-k8s.io/podNetworkNamespace': { string: 'lab' },
      },
      'podnetwork:lab/blue',
    ],
    ['the network of a cloud', { 'gce.dra.net/networkName': { string: 'vpc-rdma' } }, 'dra:vpc-rdma'],
    ['the same in old releases', { 'dra.net/cloudNetwork': { string: 'vpc-rdma' } }, 'dra:vpc-rdma'],
    ['nothing that is known', {}, 'deviceclass:multinic'],
  ])('a device that leads to %s', (_, more, network) => {
    const engine = engineOf(
      deviceClass('multinic', 'dra.net'),
      slice({ devices: [{ name: 'ens7', attributes: { ...attributes, ...more } }] }),
      claim('v1', exactly),
      using('a', { resourceClaimName: 'rx' }),
    );
    expect(engine.attachmentsOf('pod:lab/a')[1]).toMatchObject({ network, state: 'attached' });
    expect(engine.network(network)?.name).toBe(network.split(/[:/]/).at(-1));
  });

  test('a pod network that is a user-defined network is that network', () => {
    const udn = {
      apiVersion: 'k8s.ovn.org/v1',
      kind: 'UserDefinedNetwork',
      metadata: { name: 'blue', namespace: 'lab' },
      spec: { topology: 'Layer2', layer2: { role: 'Secondary', subnets: ['10.9.0.0/24'] } },
    };
    const leading = {
      'multinetwork.networking.k8s.io/podNetwork': { string: 'blue' },
      'multinetwork.networking.k8s.io/podNetworkNamespace': { string: 'lab' },
    };
    const engine = engineOf(
      udn,
      slice({ devices: [{ name: 'ens7', attributes: leading }] }),
      claim('v1', exactly),
      using('a', { resourceClaimName: 'rx' }),
    );
    expect(engine.attachmentsOf('pod:lab/a')[1]).toMatchObject({ network: 'udn:lab/blue', state: 'attached' });
  });

  const allocated = (driver: string, devices: object[], results: object[] = []) => ({
    spec: { devices: { requests: [{ name: 'nic', exactly: { deviceClassName: 'things' } }] } },
    status: {
      reservedFor: [{ resource: 'pods', name: 'a', uid: 'uid-a' }],
      allocation: { devices: { results: [{ request: 'nic', driver, pool: 'n1', device: 'cni' }, ...results] } },
      devices,
    },
  });
  const made = {
    cniVersion: '1.0.0',
    interfaces: [
      { name: 'veth1', mac: '02:00:00:00:00:aa' },
      { name: 'ext0', mac: '02:00:00:00:00:0b', sandbox: '/run/netns/x' },
    ],
    ips: [{ address: '10.66.0.2/24', gateway: '10.66.0.1', interface: 1 }],
  };

  test.each([
    ['an object', made],
    ['a list', [made]],
  ])('the CNI result that a driver reports as %s is read where it says no more', (_, data) => {
    const own = { driver: 'cni.dra.networking.x-k8s.io', pool: 'n1', device: 'cni', conditions: null, data };
    const engine = engineOf(
      claim('v1', {}, allocated('cni.dra.networking.x-k8s.io', [own])),
      using('a', { resourceClaimName: 'rx' }),
    );
    expect(engine.attachmentsOf('pod:lab/a')[1]).toMatchObject({
      state: 'attached',
      interface: {
        name: 'ext0',
        mac: '02:00:00:00:00:0b',
        addresses: [{ ip: '10.66.0.2', prefixLength: 24 }],
        gateways: ['10.66.0.1'],
      },
    });
  });

  test('two shares of one device are two interfaces', () => {
    const share = (shareID: string, ip: string) => ({
      driver: 'dra.net',
      pool: 'n1',
      device: 'cni',
      shareID,
      networkData: { interfaceName: `net${shareID}`, ips: [`${ip}/24`] },
    });
    const both = allocated(
      'dra.net',
      [share('2', '10.9.0.2'), share('1', '10.9.0.1')],
      [{ request: 'nic', driver: 'dra.net', pool: 'n1', device: 'cni', shareID: '2' }],
    );
    (both.status.allocation.devices.results[0] as { shareID?: string }).shareID = '1';
    const engine = engineOf(claim('v1', {}, both), using('a', { resourceClaimName: 'rx' }));
    expect(
      engine.attachmentsOf('pod:lab/a').flatMap(({ interface: own }) => own?.addresses.map(({ ip }) => ip) ?? []),
    ).toEqual(['10.244.0.6', '10.9.0.1', '10.9.0.2']);
  });

  test('what one claim reports is not a duplicate of itself, however many pods hold it', () => {
    const held = claim('v1', exactly);
    held.status.reservedFor.push({ resource: 'pods', name: 'b', uid: 'uid-b' });
    const engine = engineOf(
      deviceClass('multinic', 'dra.net'),
      held,
      using('a', { resourceClaimName: 'rx' }),
      using('b', { resourceClaimName: 'rx' }),
    );
    expect(engine.findings().map(({ slug }) => slug)).toEqual(['dra-claim-shared']);
  });

  test('a claim that waits asks for a network where its class turns out to be one', () => {
    const waiting = claim('v1', exactly, { spec: { devices: exactly }, status: {} });
    const engine = engineOf(waiting, using('a', { resourceClaimName: 'rx' }));
    expect(engine.attachmentsOf('pod:lab/a')).toHaveLength(1);
    engine.apply([{ type: 'put', object: deviceClass('multinic', 'dra.net') }], Date.parse('2026-11-24T03:00:00Z'));
    expect(engine.attachmentsOf('pod:lab/a')[1]).toMatchObject({ network: 'deviceclass:multinic' });
    engine.apply(
      [{ type: 'put', object: deviceClass('multinic', 'gpu.example.com') }],
      Date.parse('2026-11-24T03:00:00Z'),
    );
    expect(engine.attachmentsOf('pod:lab/a')).toHaveLength(1);
  });

  test('a look at a device that others use is no attachment', () => {
    const admin = { requests: [{ name: 'nic', exactly: { deviceClassName: 'multinic', adminAccess: true } }] };
    const engine = engineOf(
      deviceClass('multinic', 'dra.net'),
      claim('v1', admin),
      using('a', { resourceClaimName: 'rx' }),
    );
    expect(engine.attachmentsOf('pod:lab/a')).toHaveLength(1);
  });

  test('the devices that Multus hands to the plugins of NADs, in the order of their ids', () => {
    const driver = 'sriovnetwork.k8snetworkplumbingwg.io';
    const vf = (name: string, id: string) => ({
      name,
      attributes: {
        'k8s.cni.cncf.io/resourceName': { string: 'example.com/vf' },
        'k8s.cni.cncf.io/deviceID': { string: id },
        [`${driver}/PFName`]: { string: 'ens1f0' },
      },
    });
    const status = (second: string) =>
      JSON.stringify([
        { name: 'cbr0', interface: 'eth0', ips: ['10.244.0.6'], default: true },
        { name: 'lab/fast', interface: 'net1' },
        {
          name: 'lab/fast',
          interface: 'net2',
          'device-info': { type: 'pci', version: '1.0.0', pci: { 'pci-address': second } },
        },
      ]);
    const both = (second: string) => {
      const results = ['vf7', 'vf2'].map((device) => ({ request: 'nic', driver, pool: 'n1', device }));
      const base = using('a', { resourceClaimName: 'rx' });
      const annotations = {
        'k8s.v1.cni.cncf.io/networks': 'fast,fast',
        'k8s.v1.cni.cncf.io/network-status': status(second),
      };
      return [
        {
          apiVersion: 'k8s.cni.cncf.io/v1',
          kind: 'NetworkAttachmentDefinition',
          metadata: {
            name: 'fast',
            namespace: 'lab',
            annotations: { 'k8s.v1.cni.cncf.io/resourceName': 'example.com/vf' },
          },
          spec: { config: '{"cniVersion":"1.0.0","type":"sriov","name":"fast"}' },
        },
        slice({ driver, devices: [vf('vf7', '0000:3b:02.7'), vf('vf2', '0000:3b:02.2')] }),
        claim('v1', exactly, {
          spec: { devices: { requests: [{ name: 'nic', exactly: { deviceClassName: 'vfs' } }] } },
          status: {
            reservedFor: [{ resource: 'pods', name: 'a', uid: 'uid-a' }],
            allocation: { devices: { results } },
          },
        }),
        { ...base, metadata: { ...base.metadata, annotations } },
      ];
    };
    const engine = engineOf(...both('0000:3b:02.7'));
    expect(engine.attachmentsOf('pod:lab/a').map((item) => item.interface?.device?.id)).toEqual([
      undefined,
      '0000:3b:02.2',
      '0000:3b:02.7',
    ]);
    expect(engine.attachmentsOf('pod:lab/a')[1]?.interface?.device?.details).toMatchObject({ PF: 'ens1f0' });
    expect(engine.findings()).toEqual([]);
    const wrong = engineOf(...both('0000:3b:02.5')).findings();
    expect(wrong.map(({ slug, severity }) => [slug, severity])).toEqual([['sources-disagree-fields', 'warning']]);
    expect(wrong[0]?.evidence.map(({ ref }) => ref.kind)).toEqual(['Pod', 'ResourceSlice']);
  });
});
