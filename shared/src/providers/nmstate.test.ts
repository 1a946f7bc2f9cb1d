import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createEngine } from '../engine/engine.ts';
import { buildNodeDoc } from '../inspect/node.ts';
import type { KubeObject } from '../kube/object.ts';
import { rules } from '../rules/registry.ts';
import { nmstate } from './nmstate.ts';
import { providers } from './registry.ts';

const state = (currentState: unknown, status: object = {}): KubeObject => ({
  apiVersion: 'nmstate.io/v1beta1',
  kind: 'NodeNetworkState',
  metadata: { name: 'worker-1' },
  status: { currentState, ...status },
});

const interfaces = [
  { name: 'eno1', type: 'ethernet', state: 'up', mtu: 9000, 'mac-address': '0C:42:A1:00:00:01', controller: 'bond0' },
  {
    name: 'eno2',
    type: 'ethernet',
    state: 'down',
    'alt-names': [{ name: 'enp2s0' }],
    lldp: {
      enabled: true,
      neighbors: [
        [
          { type: 1, 'chassis-id': '00:01:30:F9:AD:A0' },
          { type: 5, 'system-name': 'leaf-7' },
          { type: 2, 'port-id': 'Ethernet1/14' },
        ],
      ],
    },
  },
  {
    name: 'bond0',
    type: 'bond',
    state: 'up',
    mtu: 9000,
    'link-aggregation': { mode: '802.3ad', port: ['eno1', 'eno2'] },
  },
  { name: 'bond0.20', type: 'vlan', state: 'up', mtu: 1500, vlan: { 'base-iface': 'bond0', id: 20 } },
  { name: 'br1', type: 'linux-bridge', bridge: { port: [{ name: 'bond0.20' }] } },
  { name: 'br-ex', type: 'ovs-bridge' },
  {
    name: 'br-ex',
    type: 'ovs-interface',
    ipv4: { enabled: true, address: [{ ip: '10.0.0.5', 'prefix-length': 24 }] },
  },
  { name: 101, type: 'dummy' },
  { type: 'nameless' },
];
const ovn = { 'bridge-mappings': [{ localnet: 'physnet1', bridge: 'br-ex', state: 'present' }] };

test('a node state is read as devices: NICs, bond, VLAN on its base, bridges, switch ports, mappings', () => {
  const [report] = nmstate.claims(state({ interfaces, ovn })).devices ?? [];
  expect(report).toMatchObject({ node: 'worker-1', complete: true });
  const byId = new Map(report?.devices.map((device) => [device.id, device]));
  expect([...byId.keys()]).toEqual([
    'device:worker-1/nic/eno1',
    'device:worker-1/nic/eno2',
    'device:worker-1/bond/bond0',
    'device:worker-1/vlan/bond0.20',
    'device:worker-1/bridge/br1',
    'device:worker-1/ovs-bridge/br-ex',
    'device:worker-1/ovs-interface/br-ex',
    'device:worker-1/dummy/101',
    'device:worker-1/bridge-mapping/physnet1',
  ]);
  expect(byId.get('device:worker-1/nic/eno1')).toMatchObject({
    mtu: 9000,
    up: true,
    details: { mac: '0c:42:a1:00:00:01', controller: 'bond0' },
  });
  expect(byId.get('device:worker-1/nic/eno2')).toMatchObject({
    up: false,
    altNames: ['enp2s0'],
    details: { 'switch port': 'leaf-7 Ethernet1/14' },
  });
  expect(byId.get('device:worker-1/bond/bond0')?.details).toMatchObject({ mode: '802.3ad', ports: 'eno1 eno2' });
  expect(byId.get('device:worker-1/vlan/bond0.20')).toMatchObject({
    parent: 'device:worker-1/bond/bond0',
    details: { vlan: '20' },
  });
  expect(byId.get('device:worker-1/ovs-interface/br-ex')?.details).toMatchObject({ addresses: '10.0.0.5/24' });
  expect(byId.get('device:worker-1/bridge-mapping/physnet1')?.parent).toBe('device:worker-1/ovs-bridge/br-ex');
});

test.each([
  ['empty', {}, {}],
  ['no longer refreshed', { interfaces }, { conditions: [{ type: 'Failing', status: 'True' }] }],
  ['not a list', { interfaces: 'many' }, {}],
])('a state that is %s proves nothing by what it leaves out', (_, currentState, status) => {
  expect(nmstate.claims(state(currentState, status)).devices?.[0]?.complete).toBe(false);
});

test('an enactment that fails is trouble of its node, a degraded policy of none', () => {
  const enactment = nmstate.claims({
    apiVersion: 'nmstate.io/v1beta1',
    kind: 'NodeNetworkConfigurationEnactment',
    metadata: { name: 'worker-1.example.com.bond-vlan', labels: { 'nmstate.io/policy': 'bond-vlan' } },
    status: {
      conditions: [
        { type: 'Available', status: 'False' },
        { type: 'Failing', status: 'True', reason: 'FailedToConfigure', message: 'NmstateError: eth7 not found' },
      ],
    },
  });
  expect(enactment.devices?.[0]).toMatchObject({
    node: 'worker-1.example.com',
    trouble: { about: 'bond-vlan', path: '/status/conditions/1', condition: { reason: 'FailedToConfigure' } },
  });
  const policy = nmstate.claims({
    apiVersion: 'nmstate.io/v1',
    kind: 'NodeNetworkConfigurationPolicy',
    metadata: { name: 'bond-vlan' },
    status: { conditions: [{ type: 'Degraded', status: 'True', reason: 'FailedToConfigure' }] },
  });
  expect(policy.devices?.[0]).toMatchObject({ node: '', trouble: { about: 'bond-vlan' } });
});

test('one device that two operators report is one, with what each knows', () => {
  const engine = createEngine({ providers, rules: [] });
  const sriovState: KubeObject = {
    apiVersion: 'sriovnetwork.openshift.io/v1',
    kind: 'SriovNetworkNodeState',
    metadata: { name: 'worker-1', namespace: 'sriov-network-operator' },
    status: { interfaces: [{ name: 'eno1', pciAddress: '0000:03:00.0', totalvfs: 64, Vfs: [] }] },
  };
  engine.apply(
    [state({ interfaces }), sriovState].map((object) => ({ type: 'put', object })),
    0,
  );
  const nics = engine.devicesOf('worker-1').filter(({ name }) => name === 'eno1');
  expect(nics).toMatchObject([
    { provider: 'nmstate', details: { mtu: '9000', 'PCI address': '0000:03:00.0', 'VFs at most': '64' } },
  ]);
  expect(engine.topology({ name: 'c' }, 'now').nodeDevices).toEqual(engine.devicesOf('worker-1'));
});

test('the document of a node has its devices and what is wrong with it', () => {
  const engine = createEngine({ providers, rules });
  const node: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-1' } };
  const failed: KubeObject = {
    apiVersion: 'nmstate.io/v1beta1',
    kind: 'NodeNetworkConfigurationEnactment',
    metadata: { name: 'worker-1.bond-vlan' },
    status: { conditions: [{ type: 'Failing', status: 'True', message: 'no such link' }] },
  };
  engine.apply(
    [node, failed, state({ interfaces })].map((object) => ({ type: 'put', object })),
    0,
  );
  const doc = buildNodeDoc(engine, 'worker-1');
  expect(doc?.devices.map(({ name }) => name)).toContain('bond0');
  expect(doc?.findings.map(({ slug }) => slug)).toContain('nmstate-enactment-failed');
});

const folder = new URL('../../../../shared/fixtures/apis/nmstate/', import.meta.url);
test.skipIf(!existsSync(folder))(
  'public policies that say nothing of their state are no trouble (skipped without ../shared/fixtures)',
  () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(nmstate.claims(parse(readFileSync(new URL(file, folder), 'utf8')))).toEqual({});
  },
);
