import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createEngine } from '../engine/engine.ts';
import type { KubeObject } from '../kube/object.ts';
import { providers } from './registry.ts';
import { sriov } from './sriov.ts';

const apiVersion = 'sriovnetwork.openshift.io/v1';

const network: KubeObject = {
  apiVersion,
  kind: 'SriovNetwork',
  metadata: { name: 'fast', namespace: 'sriov-network-operator' },
  spec: {
    resourceName: 'fastvf',
    networkNamespace: 'lab',
    vlan: 20,
    ipam: '{"type":"host-local","subnet":"10.20.0.0/24","gateway":"10.20.0.1"}',
  },
  status: { conditions: [{ type: 'Ready', status: 'True', reason: 'NetworkReady' }] },
};

const nodeState: KubeObject = {
  apiVersion,
  kind: 'SriovNetworkNodeState',
  metadata: { name: 'worker-1', namespace: 'sriov-network-operator' },
  spec: {
    interfaces: [
      {
        pciAddress: '0000:03:00.0',
        name: 'ens1f0',
        numVfs: 4,
        vfGroups: [{ resourceName: 'fastvf', policyName: 'fast', vfRange: 'ens1f0#0-1' }],
      },
    ],
  },
  status: {
    syncStatus: 'Failed',
    lastSyncError: 'cannot set numVfs',
    interfaces: [
      {
        name: 'ens1f0',
        pciAddress: '0000:03:00.0',
        mtu: 1500,
        totalvfs: 64,
        linkAdminState: 'up',
        Vfs: [
          { name: 'ens1f0v0', pciAddress: '0000:03:02.0', vfID: 0, Vlan: 20 },
          { pciAddress: '0000:03:02.2', vfID: 2, driver: 'vfio-pci' },
          { vfID: 3 },
        ],
      },
      'nonsense',
    ],
  },
};

test('an SriovNetwork and the NAD that is made of it are one network', () => {
  const engine = createEngine({ providers, rules: [] });
  engine.apply([{ type: 'put', object: network }], 0);
  expect(engine.networkByAlias('nad:lab/fast')).toMatchObject({
    provider: 'sriov-operator',
    technology: 'sriov',
    vlan: 20,
    subnets: ['10.20.0.0/24'],
    conditions: [{ type: 'Ready', status: 'True' }],
  });
  const nad: KubeObject = {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: {
      name: 'fast',
      namespace: 'lab',
      annotations: { 'k8s.v1.cni.cncf.io/resourceName': 'openshift.io/fastvf' },
    },
    spec: { config: '{"cniVersion":"1.0.0","name":"fast","type":"sriov","vlan":20}' },
  };
  engine.apply([{ type: 'put', object: nad }], 0);
  expect([...engine.networks()]).toMatchObject([
    { id: 'nad:lab/fast', objects: [{ kind: 'NetworkAttachmentDefinition' }, { kind: 'SriovNetwork' }] },
  ]);
});

test('a node state is read as NICs with their VFs, and says which resources they serve', () => {
  const claims = sriov.claims(nodeState);
  expect(claims.devices?.[0]).toMatchObject({
    complete: false,
    trouble: { kind: 'sriov-sync-failed', condition: { message: 'cannot set numVfs' } },
    devices: [
      { id: 'device:worker-1/nic/ens1f0', details: { 'VFs wanted': '4', 'VFs at most': '64', policies: 'fast' } },
      {
        id: 'device:worker-1/vf/0000:03:02.0',
        name: 'ens1f0v0',
        parent: 'device:worker-1/nic/ens1f0',
        resourceName: 'fastvf',
        path: '/status/interfaces/0/Vfs/0',
        details: { vlan: '20' },
      },
      { id: 'device:worker-1/vf/0000:03:02.2', name: '0000:03:02.2' },
    ],
  });
  expect(claims.devices?.[0]?.devices).toHaveLength(3);
  expect(claims.devices?.[0]?.devices[2]?.resourceName).toBeUndefined();
  expect(claims.vfOffers?.map(({ resource }) => resource)).toEqual(['', 'fastvf']);
});

test.each(['{', '[', '"', '10', ''])('an ipam of %j is no reason to throw', (ipam) => {
  expect(sriov.claims({ ...network, spec: { ipam } }).networks?.[0]?.subnets).toEqual([]);
});

const folder = new URL('../../../../shared/fixtures/apis/sriov-operator/', import.meta.url);
test.skipIf(!existsSync(folder))('public manifests (skipped without ../shared/fixtures)', () => {
  const read = (file: string) => parse(readFileSync(new URL(file, folder), 'utf8'));
  expect(sriov.claims(read('sriovnetwork.yaml')).networks).toMatchObject([
    {
      technology: 'sriov',
      vlan: 100,
      subnets: ['192.168.1.0/24'],
      gateways: ['192.168.1.1'],
      vfResource: 'intel_sriov_netdevice',
    },
  ]);
  const fragment = { ...nodeState, spec: {}, ...read('nodestate-status-fragment.yaml') };
  expect(sriov.claims(fragment).devices?.[0]?.devices.map(({ kind, name }) => [kind, name])).toEqual([
    ['nic', 'eno1'],
    ['vf', 'eno1v0'],
  ]);
});
