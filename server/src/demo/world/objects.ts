import type { JsonObject, KubeObject } from '../api/types.ts';
import { asArray, asObject, asString } from '../api/types.ts';
import { stamp } from './event-log.ts';
import type { Machine } from './machines.ts';
import type { Random } from './random.ts';

const condition = (type: string, status: 'True' | 'False', at: number, extra: JsonObject = {}): JsonObject => ({
  type,
  status,
  lastProbeTime: null,
  lastTransitionTime: stamp(at),
  ...extra,
});

const containerNames = (pod: JsonObject): string[] =>
  asArray(asObject(pod['spec'])['containers']).map((item) => asString(asObject(item)['name']));

const unready = (pod: JsonObject): JsonObject => ({
  reason: 'ContainersNotReady',
  message: `containers with unready status: [${containerNames(pod).join(' ')}]`,
});

const images = (pod: JsonObject): { name: string; image: string }[] =>
  asArray(asObject(pod['spec'])['containers']).map((item) => ({
    name: asString(asObject(item)['name']),
    image: asString(asObject(item)['image']),
  }));

/** Scheduled, and its sandbox does not come up. */
export const creatingStatus = (pod: JsonObject, machine: Machine, at: number): JsonObject => ({
  phase: 'Pending',
  conditions: [
    condition('Initialized', 'True', at),
    condition('Ready', 'False', at, unready(pod)),
    condition('ContainersReady', 'False', at, unready(pod)),
    condition('PodScheduled', 'True', at),
  ],
  hostIP: machine.ip,
  startTime: stamp(at),
  containerStatuses: images(pod).map(({ name, image }) => ({
    name,
    state: { waiting: { reason: 'ContainerCreating' } },
    lastState: {},
    ready: false,
    restartCount: 0,
    image,
    imageID: '',
    started: false,
  })),
  qosClass: 'BestEffort',
});

/** No node takes it. */
export const unschedulableStatus = (message: string, at: number): JsonObject => ({
  phase: 'Pending',
  conditions: [condition('PodScheduled', 'False', at, { reason: 'Unschedulable', message })],
  qosClass: 'BestEffort',
});

export const runningStatus = (
  pod: JsonObject,
  machine: Machine,
  podIPs: JsonObject[],
  at: number,
  random: Random,
): JsonObject => ({
  phase: 'Running',
  conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => condition(type, 'True', at)),
  hostIP: machine.ip,
  podIP: asString(podIPs[0]?.['ip']),
  podIPs,
  startTime: stamp(at),
  containerStatuses: images(pod).map(({ name, image }) => ({
    name,
    state: { running: { startedAt: stamp(at + 1000) } },
    lastState: {},
    ready: true,
    restartCount: 0,
    image,
    imageID: `${image.split(':')[0] ?? image}@sha256:${random.hex(64)}`,
    containerID: `${machine.runtime}://${random.hex(64)}`,
    started: true,
  })),
  qosClass: 'BestEffort',
});

/** The status of a pod whose containers ended well. */
export const succeededStatus = (pod: KubeObject, at: number): JsonObject => {
  const status = asObject(pod['status']);
  return {
    ...status,
    phase: 'Succeeded',
    conditions: [
      condition('Initialized', 'True', at, { reason: 'PodCompleted' }),
      condition('Ready', 'False', at, { reason: 'PodCompleted' }),
      condition('ContainersReady', 'False', at, { reason: 'PodCompleted' }),
      condition('PodScheduled', 'True', at),
    ],
    containerStatuses: asArray(status['containerStatuses']).map((item) => ({
      ...asObject(item),
      ready: false,
      started: false,
      state: {
        terminated: {
          exitCode: 0,
          reason: 'Completed',
          startedAt: asString(status['startTime']),
          finishedAt: stamp(at),
        },
      },
    })),
  };
};

const TAINTS: Record<Machine['role'], JsonObject[]> = {
  'control-plane': [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
  worker: [],
  edge: [{ key: 'location', value: 'edge', effect: 'NoSchedule' }],
};

const RUNTIME = { containerd: 'containerd://2.0.4', 'cri-o': 'cri-o://1.34.0' };

export const nodeLabels = (machine: Machine): Record<string, string> => ({
  'kubernetes.io/arch': 'amd64',
  'kubernetes.io/hostname': machine.name,
  'kubernetes.io/os': 'linux',
  ...(machine.role === 'edge' ? { location: 'edge' } : {}),
  [`node-role.kubernetes.io/${machine.role === 'control-plane' ? 'control-plane' : 'worker'}`]: '',
});

export const taintsOf = (machine: Machine): JsonObject[] => TAINTS[machine.role];

export const nodeObject = (machine: Machine, at: number, beatAt: number): JsonObject => {
  const resources: JsonObject = { cpu: '32', 'ephemeral-storage': '101430960Ki', memory: '131617108Ki', pods: '250' };
  for (const [name, devices] of machine.devices) resources[name] = String(devices.length);
  const state = (type: string, status: string, reason: string, message: string): JsonObject => ({
    type,
    status,
    lastHeartbeatTime: stamp(beatAt),
    lastTransitionTime: stamp(at),
    reason,
    message,
  });
  const taints = taintsOf(machine);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: machine.name, labels: nodeLabels(machine), creationTimestamp: stamp(at) },
    spec: { podCIDR: machine.podCidr, podCIDRs: [machine.podCidr], ...(taints.length === 0 ? {} : { taints }) },
    status: {
      capacity: resources,
      allocatable: resources,
      conditions: [
        state('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
        state('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        state('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        state('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
      ],
      addresses: [
        { type: 'InternalIP', address: machine.ip },
        { type: 'Hostname', address: machine.name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: machine.name,
        systemUUID: machine.name,
        bootID: machine.name,
        kernelVersion: '6.8.0-60-generic',
        osImage: 'Ubuntu 24.04.2 LTS',
        containerRuntimeVersion: RUNTIME[machine.runtime],
        kubeletVersion: 'v1.34.1',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  };
};

/** The node after its kubelet has said once more that all is well. */
export const beaten = (node: KubeObject, at: number): KubeObject => {
  const status = asObject(node['status']);
  const conditions = asArray(status['conditions']).map((item) => ({ ...asObject(item), lastHeartbeatTime: stamp(at) }));
  return { ...node, status: { ...status, conditions } } as KubeObject;
};

export const leaseObject = (machine: Machine, at: number): JsonObject => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: machine.name, namespace: 'kube-node-lease' },
  spec: { holderIdentity: machine.name, leaseDurationSeconds: 40, renewTime: `${stamp(at).slice(0, -1)}.000000Z` },
});
