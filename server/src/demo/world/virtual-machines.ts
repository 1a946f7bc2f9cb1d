import { hashedName } from '@busbar/shared/providers/kubevirt';
import type { JsonObject, KubeObject } from '../api/types.ts';
import { asArray, asObject, asString } from '../api/types.ts';
import { stamp } from './event-log.ts';
import { settleWorkload } from './workloads.ts';
import type { World } from './world.ts';

const DAY = 24 * 3_600_000;
const STATUS = 'k8s.v1.cni.cncf.io/network-status';

const machine = (name: string, nad: string, at: number, status: JsonObject): JsonObject => ({
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachineInstance',
  metadata: { name, namespace: 'lab', labels: { 'kubevirt.io/vm': name }, creationTimestamp: stamp(at) },
  spec: {
    domain: {
      devices: {
        interfaces: [
          { name: 'default', masquerade: {} },
          { name: 'data', bridge: {} },
        ],
      },
    },
    networks: [
      { name: 'default', pod: {} },
      { name: 'data', multus: { networkName: nad } },
    ],
  },
  status,
});

/** What the guest agent and Multus would tell of the machine behind a launcher pod. */
const seenIn = (pod: KubeObject): JsonObject[] =>
  asArray(JSON.parse(asString(asObject(pod.metadata.annotations)[STATUS]) || '[]')).map((entry, index) => {
    const { interface: device, ips, mac } = asObject(entry);
    return {
      name: index === 0 ? 'default' : 'data',
      podInterfaceName: asString(device),
      interfaceName: `enp${index + 1}s0`,
      ipAddress: asString(asArray(ips)[0]),
      ipAddresses: asArray(ips),
      ...(asString(mac) === '' ? {} : { mac: asString(mac) }),
      infoSource: index === 0 ? 'domain, guest-agent' : 'domain, guest-agent, multus-status',
      linkState: 'up',
    };
  });

/** A machine that works, and one whose NAD does not exist, so that KubeVirt makes no pod for it. */
export const tellMachines = (world: World): void => {
  const at = world.clock.at - 2 * DAY;
  const [launcher] = settleWorkload(world, {
    kind: 'Pod',
    namespace: 'lab',
    name: 'virt-launcher-testbench-q7x2k',
    image: 'quay.io/kubevirt/virt-launcher:v1.5.0',
    networks: JSON.stringify([{ name: 'storage', namespace: 'lab', interface: hashedName('data') }]),
    labels: { 'kubevirt.io': 'virt-launcher', 'vm.kubevirt.io/name': 'testbench' },
    annotations: { 'kubevirt.io/domain': 'testbench' },
    age: 2 * 24 * 60,
  });
  if (launcher)
    world.api.store.create(
      machine('testbench', 'storage', at, {
        phase: 'Running',
        nodeName: asString(asObject(launcher['spec'])['nodeName']),
        conditions: [
          { type: 'Ready', status: 'True', lastTransitionTime: stamp(at) },
          { type: 'AgentConnected', status: 'True', lastTransitionTime: stamp(at) },
          { type: 'Synchronized', status: 'True', lastTransitionTime: stamp(at) },
        ],
        interfaces: seenIn(launcher),
      }),
    );
  world.api.store.create(machine('packet-broker', 'mirror-port', world.clock.at - DAY / 24, { phase: 'Pending' }));
};
