import type { JsonObject } from '../api/types.ts';
import { stamp } from './event-log.ts';
import { type Machine, SRIOV_RESOURCE } from './machines.ts';
import type { World } from './world.ts';

const DAY = 24 * 3_600_000;
const PORTS: Record<string, string> = { ens5: 'Ethernet1', ens9: 'Ethernet17' };

const link = (machine: Machine, name: string, mtu: number, index: number): JsonObject => ({
  name,
  type: 'ethernet',
  state: 'up',
  mtu,
  'mac-address': `52:54:00:${machine.ip
    .split('.')
    .slice(2)
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(':')}:${index.toString(16).padStart(2, '0')}`.toUpperCase(),
  ...(name === 'ens3' ? { ipv4: { enabled: true, address: [{ ip: machine.ip, 'prefix-length': 16 }] } } : {}),
  ...(PORTS[name]
    ? {
        lldp: {
          enabled: true,
          neighbors: [
            [
              { type: 5, 'system-name': `leaf-${machine.role}` },
              { type: 2, 'port-id': PORTS[name] },
            ],
          ],
        },
      }
    : {}),
});

/** What bridges are for: storage on every worker, Open vSwitch where its plugin is. */
const bridges = (machine: Machine): JsonObject[] => [
  ...(machine.role === 'worker'
    ? [{ name: 'br-st', type: 'linux-bridge', state: 'up', mtu: 1500, bridge: { port: [{ name: 'ens3' }] } }]
    : []),
  ...(machine.plugins.has('ovs') ? [{ name: 'br-int', type: 'ovs-bridge', state: 'up' }] : []),
];

/** What NMState would report of a node. */
const nodeState = (machine: Machine, at: number): JsonObject => ({
  apiVersion: 'nmstate.io/v1beta1',
  kind: 'NodeNetworkState',
  metadata: { name: machine.name, creationTimestamp: stamp(at) },
  status: {
    currentState: {
      interfaces: [
        { name: 'lo', type: 'loopback', state: 'up', mtu: 65536 },
        ...[...machine.links].map(([name, mtu], index) => link(machine, name, mtu, index)),
        ...bridges(machine),
      ],
    },
    conditions: [
      { type: 'Available', status: 'True', reason: 'SuccessfullyConfigured', lastTransitionTime: stamp(at) },
      { type: 'Failing', status: 'False', reason: 'SuccessfullyConfigured', lastTransitionTime: stamp(at) },
    ],
  },
});

/** A VLAN that one node could not get: it has no such NIC. */
const failedPolicy = (at: number): JsonObject[] => {
  const condition = (type: string, message: string): JsonObject[] => [
    { type, status: 'True', reason: 'FailedToConfigure', message, lastTransitionTime: stamp(at) },
  ];
  return [
    {
      apiVersion: 'nmstate.io/v1',
      kind: 'NodeNetworkConfigurationPolicy',
      metadata: { name: 'fronthaul-vlan', creationTimestamp: stamp(at) },
      spec: {
        desiredState: {
          interfaces: [{ name: 'ens9.330', type: 'vlan', state: 'up', vlan: { 'base-iface': 'ens9', id: 330 } }],
        },
      },
      status: { conditions: condition('Degraded', '1/3 nodes failed to configure') },
    },
    {
      apiVersion: 'nmstate.io/v1beta1',
      kind: 'NodeNetworkConfigurationEnactment',
      metadata: {
        name: 'worker-3.fronthaul-vlan',
        labels: { 'nmstate.io/node': 'worker-3', 'nmstate.io/policy': 'fronthaul-vlan' },
        creationTimestamp: stamp(at),
      },
      status: {
        conditions: condition(
          'Failing',
          'error reconciling NodeNetworkConfigurationPolicy on node worker-3 at desired state apply: NmstateError: InvalidArgument: Base interface ens9 of VLAN ens9.330 does not exist',
        ),
      },
    },
  ];
};

const SRIOV = 'sriovnetwork.openshift.io/v1';
const OPERATOR = 'sriov-network-operator';

/** The NIC behind the VFs of a node, as the SR-IOV operator reports it. */
const sriovState = (machine: Machine, resource: string, vfs: string[], at: number): JsonObject => {
  const pciAddress = (vfs[0] ?? '').replace(/:02\.0$/, ':00.0');
  return {
    apiVersion: SRIOV,
    kind: 'SriovNetworkNodeState',
    metadata: { name: machine.name, namespace: OPERATOR, creationTimestamp: stamp(at) },
    spec: {
      interfaces: [
        {
          name: 'ens1f0',
          pciAddress,
          numVfs: vfs.length,
          vfGroups: [{ resourceName: resource, policyName: 'n3', vfRange: `ens1f0#0-${vfs.length - 1}` }],
        },
      ],
    },
    status: {
      syncStatus: 'Succeeded',
      lastSyncError: '',
      interfaces: [
        {
          name: 'ens1f0',
          pciAddress,
          driver: 'ice',
          mtu: 1500,
          numVfs: vfs.length,
          totalvfs: 128,
          linkSpeed: '25000 Mb/s',
          linkType: 'ETH',
          linkAdminState: 'up',
          eSwitchMode: 'legacy',
          Vfs: vfs.map((address, vfID) => ({
            name: `ens1f0v${vfID}`,
            pciAddress: address,
            vfID,
            driver: 'iavf',
            mtu: 1500,
          })),
        },
      ],
    },
  };
};

/** The network of the user plane with the VFs behind it; on worker-3 the firmware refuses to make any. */
const sriovObjects = (world: World, at: number): JsonObject[] => {
  const bare = SRIOV_RESOURCE.slice(SRIOV_RESOURCE.indexOf('/') + 1);
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: OPERATOR, creationTimestamp: stamp(at) } },
    {
      apiVersion: SRIOV,
      kind: 'SriovNetwork',
      metadata: { name: 'n3', namespace: OPERATOR, creationTimestamp: stamp(at) },
      spec: { resourceName: bare, networkNamespace: 'core', vlan: 310, spoofChk: 'off', trust: 'on' },
      status: {
        conditions: [{ type: 'Ready', status: 'True', reason: 'NetworkReady', lastTransitionTime: stamp(at) }],
      },
    },
    {
      apiVersion: SRIOV,
      kind: 'SriovNetworkNodePolicy',
      metadata: { name: 'n3', namespace: OPERATOR, creationTimestamp: stamp(at) },
      spec: { resourceName: bare, numVfs: 2, nicSelector: { pfNames: ['ens1f0'] }, deviceType: 'netdevice' },
    },
    ...world.machines.flatMap((machine) => {
      const vfs = machine.devices.get(SRIOV_RESOURCE) ?? [];
      return vfs.length > 0 ? [sriovState(machine, bare, vfs, at)] : [];
    }),
    {
      apiVersion: SRIOV,
      kind: 'SriovNetworkNodeState',
      metadata: { name: 'worker-3', namespace: OPERATOR, creationTimestamp: stamp(at) },
      spec: { interfaces: [{ name: 'ens1f0', pciAddress: '0000:3b:00.0', numVfs: 2 }] },
      status: {
        syncStatus: 'Failed',
        lastSyncError: 'write /sys/bus/pci/devices/0000:3b:00.0/sriov_numvfs: no such device',
        interfaces: [{ name: 'ens1f0', pciAddress: '0000:3b:00.0', driver: 'ice', mtu: 1500, numVfs: 0, totalvfs: 0 }],
      },
    },
  ];
};

/** What the operators of node networks report of every node that has Multus. */
export const layNodeNetworks = (world: World): void => {
  const at = world.clock.at - 3 * DAY;
  const states = world.machines.filter(({ multus }) => multus).map((machine) => nodeState(machine, at));
  for (const object of [...states, ...failedPolicy(at), ...sriovObjects(world, at)]) world.api.store.create(object);
};
