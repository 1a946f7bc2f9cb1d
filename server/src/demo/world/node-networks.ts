import type { JsonObject } from '../api/types.ts';
import { stamp } from './event-log.ts';
import type { Machine } from './machines.ts';
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

/** What the operators of node networks report of every node that has Multus. */
export const layNodeNetworks = (world: World): void => {
  const at = world.clock.at - 3 * DAY;
  for (const machine of world.machines.filter(({ multus }) => multus)) world.api.store.create(nodeState(machine, at));
  for (const object of failedPolicy(at)) world.api.store.create(object);
};
