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
});
