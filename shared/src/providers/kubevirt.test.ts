import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createEngine } from '../engine/engine.ts';
import { buildWorkloadDoc } from '../inspect/workload.ts';
import type { KubeObject } from '../kube/object.ts';
import { rules } from '../rules/registry.ts';
import { hashedName, kubevirt } from './kubevirt.ts';
import { providers } from './registry.ts';

const now = Date.parse('2026-11-24T03:00:00Z');
const engineOf = (...objects: KubeObject[]) => {
  const engine = createEngine({ providers, rules });
  engine.apply(
    objects.map((object) => ({ type: 'put', object })),
    now,
  );
  return engine;
};

const networks = [
  { name: 'default', pod: {} },
  { name: 'stor', multus: { networkName: 'storage' } },
];
const domain = {
  devices: {
    interfaces: [
      { name: 'default', masquerade: {} },
      { name: 'stor', bridge: {}, macAddress: '02:00:00:00:02:00' },
    ],
  },
};

const vmi = (status: object, spec: object = {}): KubeObject => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachineInstance',
  metadata: { name: 'vm1', namespace: 'lab', uid: 'u', creationTimestamp: '2026-11-24T02:50:00Z' },
  spec: { domain, networks, ...spec },
  status,
});

const running = {
  phase: 'Running',
  nodeName: 'worker-1',
  conditions: [{ type: 'Ready', status: 'True' }],
  interfaces: [
    {
      name: 'default',
      podInterfaceName: 'eth0',
      interfaceName: 'enp1s0',
      ipAddress: '10.244.1.9',
      mac: '02:00:00:00:01:00',
      infoSource: 'domain, guest-agent',
    },
    {
      name: 'stor',
      podInterfaceName: 'pod50281f1fba4',
      interfaceName: 'enp2s0',
      ipAddresses: ['10.0.0.7/24', 'fe80::1/64'],
      mac: '02:00:00:00:02:00',
      infoSource: 'domain, guest-agent, multus-status',
    },
    { interfaceName: 'docker0', ipAddress: '172.17.0.1', infoSource: 'guest-agent' },
  ],
};

const nad: KubeObject = {
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name: 'storage', namespace: 'lab' },
  spec: { config: '{"cniVersion":"0.3.1","name":"storage","type":"bridge","bridge":"br1"}' },
};

const launcher: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'virt-launcher-vm1-x',
    namespace: 'lab',
    uid: 'p',
    creationTimestamp: '2026-11-24T02:50:00Z',
    labels: { 'kubevirt.io': 'virt-launcher' },
    annotations: {
      'kubevirt.io/domain': 'vm1',
      'k8s.v1.cni.cncf.io/networks': '[{"name":"storage","namespace":"lab","interface":"pod50281f1fba4"}]',
      'k8s.v1.cni.cncf.io/network-status': JSON.stringify([
        { name: 'cbr0', interface: 'eth0', ips: ['10.244.1.9'], default: true },
        { name: 'lab/storage', interface: 'pod50281f1fba4', ips: ['10.0.0.7'], mac: '02:00:00:00:02:00' },
      ]),
    },
    ownerReferences: [
      { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name: 'vm1', uid: 'u', controller: true },
    ],
  },
  spec: { nodeName: 'worker-1', containers: [{ name: 'compute' }] },
  status: { phase: 'Running', podIPs: [{ ip: '10.244.1.9' }], conditions: [{ type: 'Ready', status: 'True' }] },
};

test('the name of an interface in the launcher pod is a hash of the network’s', () => {
  expect(hashedName('stor')).toBe('pod50281f1fba4');
});

test('a machine is a workload with its networks, as its guest sees them; its launcher pod is behind it', () => {
  const engine = engineOf(vmi(running), nad, launcher);
  expect(engine.workload('vmi:lab/vm1')).toMatchObject({ phase: 'Running', ready: true, node: 'worker-1' });
  expect(engine.attachmentsOf('vmi:lab/vm1')).toMatchObject([
    { network: 'default:cluster', state: 'attached', interface: { name: 'enp1s0', addresses: [{ ip: '10.244.1.9' }] } },
    {
      network: 'nad:lab/storage',
      provider: 'kubevirt',
      state: 'attached',
      requested: { network: 'lab/storage', mac: '02:00:00:00:02:00' },
      interface: {
        name: 'enp2s0',
        addresses: [
          { ip: '10.0.0.7', prefixLength: 24 },
          { ip: 'fe80::1', prefixLength: 64 },
        ],
        device: { details: { 'name in the launcher pod': 'pod50281f1fba4', binding: 'bridge' } },
      },
    },
  ]);
  expect([...engine.edges()]).toMatchObject([
    { kind: 'backs', from: 'pod:lab/virt-launcher-vm1-x', to: 'vmi:lab/vm1' },
  ]);
  expect(buildWorkloadDoc(engine, 'vmi:lab/vm1')?.behind.map(({ name }) => name)).toEqual(['virt-launcher-vm1-x']);
  expect(buildWorkloadDoc(engine, 'pod:lab/virt-launcher-vm1-x')?.behind.map(({ id }) => id)).toEqual(['vmi:lab/vm1']);
  // One address, one holder: the machine and its pod do not quarrel over it.
  expect(engine.findings().filter(({ severity }) => severity !== 'info')).toEqual([]);
  expect(engine.lookup('10.0.0.7', 5).map(({ id }) => id)).toEqual(['pod:lab/virt-launcher-vm1-x#1', 'vmi:lab/vm1#1']);
});

test('interfaces of old launcher pods are counted over the networks that are not the default', () => {
  const two = [...networks, { name: 'back', multus: { networkName: 'other/backup' } }];
  const claims = kubevirt.claims(vmi({ interfaces: [{ name: 'back', podInterfaceName: 'net2' }] }, { networks: two }));
  expect(claims.requests?.map((request) => request.interface)).toEqual(['eth0', 'net1', 'net2']);
});

test('two networks on one NAD are told apart by their names, in whatever order they are reported', () => {
  const twice = [
    { name: 'a', multus: { networkName: 'storage' } },
    { name: 'b', multus: { networkName: 'storage' } },
  ];
  const interfaces = [
    { name: 'b', interfaceName: 'enp2s0', infoSource: 'domain' },
    { name: 'a', interfaceName: 'enp1s0', infoSource: 'domain' },
  ];
  const engine = engineOf(vmi({ phase: 'Running', interfaces }, { networks: twice }), nad);
  expect(
    engine.attachmentsOf('vmi:lab/vm1').map(({ requested, interface: own }) => [requested?.source.value, own?.name]),
  ).toEqual([
    ['a', 'enp1s0'],
    ['b', 'enp2s0'],
  ]);
});

test('a machine that does not run is shown by its VirtualMachine until there is an instance', () => {
  const vm: KubeObject = {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name: 'vm1', namespace: 'lab', uid: 'v' },
    spec: { runStrategy: 'Halted', template: { spec: { domain, networks } } },
    status: { printableStatus: 'Stopped' },
  };
  const engine = engineOf(vm, nad);
  expect(engine.workload('vmi:lab/vm1')?.phase).toBe('Stopped');
  expect(engine.attachmentsOf('vmi:lab/vm1').map(({ state, network }) => [state, network])).toEqual([
    ['ended', 'default:cluster'],
    ['ended', 'nad:lab/storage'],
  ]);
  engine.apply([{ type: 'put', object: vmi(running) }], now);
  expect(engine.workload('vmi:lab/vm1')?.phase).toBe('Running');
  expect(engine.counts().workloads).toBe(1);
  engine.apply(
    [{ type: 'delete', ref: { group: 'kubevirt.io', kind: 'VirtualMachineInstance', namespace: 'lab', name: 'vm1' } }],
    now,
  );
  expect(engine.workload('vmi:lab/vm1')?.phase).toBe('Stopped');
});

test('a network that is to be unplugged is asked for no more', () => {
  const interfaces = [{ name: 'stor', bridge: {}, state: 'absent' }];
  const claims = kubevirt.claims(vmi(running, { domain: { devices: { interfaces } } }));
  expect(claims.requests?.map(({ requested }) => requested.network)).toEqual(['default']);
});

test('while a machine migrates its two launcher pods do not quarrel over its addresses, and it is told which is which', () => {
  const moved = {
    ...launcher,
    metadata: { ...launcher.metadata, name: 'virt-launcher-vm1-y', uid: 'p2' },
    spec: { nodeName: 'worker-2', containers: [{ name: 'compute' }] },
  };
  const migrationState = { sourcePod: 'virt-launcher-vm1-x', targetPod: 'virt-launcher-vm1-y' };
  const other = {
    ...moved,
    metadata: {
      ...moved.metadata,
      name: 'virt-launcher-vm2-z',
      uid: 'p3',
      ownerReferences: [
        { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name: 'vm2', uid: 'w', controller: true },
      ],
    },
  };
  // On a bridge without an uplink the two nodes would not meet.
  const flat = { ...nad, spec: { config: '{"cniVersion":"0.3.1","name":"storage","type":"macvlan","master":"eth1"}' } };
  const engine = engineOf(vmi({ ...running, migrationState }), flat, launcher, moved);
  const told = () => engine.findings().flatMap(({ slug, severity }) => (severity === 'info' ? [] : [slug]));
  expect(told()).toEqual([]);
  expect(engine.findings().find(({ slug }) => slug === 'vmi-migrating')?.message).toContain(
    'in virt-launcher-vm1-x and goes to virt-launcher-vm1-y',
  );
  expect(buildWorkloadDoc(engine, 'vmi:lab/vm1')?.behind).toHaveLength(2);
  engine.apply([{ type: 'put', object: other }], now);
  expect(told(), 'another machine with the same addresses').toEqual(['dup-ip', 'dup-mac']);
});

const folder = new URL('../../../../shared/fixtures/apis/kubevirt/', import.meta.url);
test.skipIf(!existsSync(folder))('public manifests (skipped without ../shared/fixtures)', () => {
  for (const [file, network] of [
    ['vmi-multus-multiple-net.yaml', 'default/ptp-conf'],
    ['vmi-sriov.yaml', 'sriov/sriov-network'],
  ]) {
    const object = parse(readFileSync(new URL(file ?? '', folder), 'utf8')) as KubeObject;
    const claims = kubevirt.claims(object);
    expect(claims.requests?.map(({ requested }) => requested.network)).toEqual(['default', network]);
    expect(
      engineOf(object)
        .findings()
        .filter(({ severity }) => severity === 'error'),
    ).toEqual([]);
  }
});
