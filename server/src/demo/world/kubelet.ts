import type { JsonObject, KubeObject } from '../api/types.ts';
import { asArray, asObject, asString } from '../api/types.ts';
import type { EventLog, EventNote } from './event-log.ts';
import { toRange } from './ipam.ts';
import type { Machine } from './machines.ts';
import type { Attempt, PodToPlug, Surroundings } from './multus.ts';
import { attachPod, NETWORK_STATUS, NETWORKS, sandboxMessage, statusAnnotation } from './multus.ts';
import { creatingStatus, runningStatus } from './objects.ts';

export type Kubelet = {
  /** Tries to bring the pod up once: the pod as it is afterwards, not yet stored, and what happened on the way. */
  attempt: (pod: KubeObject, machine: Machine, devices: Map<string, string[]>, at: number) => Outcome;
  /** Posts the events of a start. */
  report: (
    pod: KubeObject,
    machine: Machine,
    outcome: Outcome,
    at: number,
    earlier?: { count: number; firstAt: number },
  ) => void;
  /** The pod is gone from its node: its addresses are free again. */
  teardown: (pod: KubeObject) => void;
};

export type Outcome = { pod: KubeObject; running: boolean; events: Attempt['events']; error: string };

/** Address ranges of the PodNetworks that somebody implements here. */
const NATIVE_RANGE = toRange('10.80.0.0/16');

const nativeAddresses = (pod: KubeObject, hostIp: string, around: Surroundings): JsonObject[] => {
  const asked = asArray(asObject(pod['spec'])['networks']).map(asObject);
  if (asked.length === 0) return [{ ip: hostIp }];
  const extra = asked
    .filter((item) => asString(item['podNetworkName']) !== 'default')
    .map((item, i) => ({
      ip: around.ipam.local(`podnetwork|${asString(item['podNetworkName'])}`, NATIVE_RANGE) ?? '',
      podNetwork: asString(item['podNetworkName']),
      interfaceName: asString(item['interfaceName']) || `net${i + 1}`,
    }));
  return [{ ip: hostIp, podNetwork: 'default', interfaceName: 'eth0' }, ...extra];
};

export const createKubelet = (events: EventLog, around: Surroundings, machines: Map<string, Machine>): Kubelet => {
  const start = (pod: KubeObject, machine: Machine, attempt: Attempt, at: number): Outcome => {
    const status = runningStatus(pod, machine, nativeAddresses(pod, attempt.hostAddress, around), at, around.random);
    const annotations = {
      ...pod.metadata.annotations,
      ...(attempt.ok && attempt.status.length > 0 ? { [NETWORK_STATUS]: statusAnnotation(attempt.status) } : {}),
    };
    const metadata = { ...pod.metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) };
    return { pod: { ...pod, metadata, status } as KubeObject, running: true, events: attempt.events, error: '' };
  };

  /** What happens on a node whose CNI is the default one alone, and in the node's own network. */
  const plain = (pod: KubeObject, machine: Machine): Attempt => {
    const range = toRange(machine.podCidr);
    const host = asObject(pod['spec'])['hostNetwork'] === true;
    const hostAddress = host
      ? machine.ip
      : (around.ipam.local(machine.name, { ...range, first: range.base + 2 }) ?? '');
    return { events: [], hostAddress, ok: true, status: [] };
  };

  const note = (pod: KubeObject, at: number, item: EventNote): void => events.record(pod, item, at);

  return {
    attempt: (pod, machine, devices, at) => {
      if (asObject(pod['spec'])['hostNetwork'] === true || !machine.multus)
        return start(pod, machine, plain(pod, machine), at);
      const toPlug: PodToPlug = {
        namespace: pod.metadata.namespace ?? '',
        name: pod.metadata.name,
        uid: pod.metadata.uid ?? '',
        annotation: asString(asObject(pod.metadata.annotations)[NETWORKS]),
        machine,
        sandbox: around.random.hex(64),
        devices,
      };
      const attempt = attachPod(toPlug, around);
      if (attempt.ok) return start(pod, machine, attempt, at);
      const began = Date.parse(asString(asObject(pod['status'])['startTime'])) || at;
      return {
        pod: { ...pod, status: creatingStatus(pod, machine, began) } as KubeObject,
        running: false,
        events: attempt.events,
        error: sandboxMessage(toPlug, attempt.error),
      };
    },
    report: (pod, machine, outcome, at, earlier) => {
      const host = machine.name;
      for (const item of outcome.events) events.record(pod, { ...item, component: 'multus' }, at, earlier);
      if (!outcome.running) {
        events.record(
          pod,
          { reason: 'FailedCreatePodSandBox', type: 'Warning', message: outcome.error, component: 'kubelet', host },
          at,
          earlier,
        );
        return;
      }
      for (const container of asArray(asObject(pod['spec'])['containers']).map(asObject)) {
        const name = asString(container['name']);
        const fieldPath = `spec.containers{${name}}`;
        note(pod, at, {
          reason: 'Pulled',
          type: 'Normal',
          message: `Container image "${asString(container['image'])}" already present on machine`,
          component: 'kubelet',
          host,
          fieldPath,
        });
        note(pod, at, {
          reason: 'Created',
          type: 'Normal',
          message: `Created container: ${name}`,
          component: 'kubelet',
          host,
          fieldPath,
        });
        note(pod, at, {
          reason: 'Started',
          type: 'Normal',
          message: `Started container ${name}`,
          component: 'kubelet',
          host,
          fieldPath,
        });
      }
    },
    teardown: (pod) => {
      events.forget(pod.metadata.uid ?? '');
      around.ipam.release(`${pod.metadata.namespace ?? ''}/${pod.metadata.name}`);
      const node = asString(asObject(pod['spec'])['nodeName']);
      const ip = asString(asObject(pod['status'])['podIP']);
      if (machines.has(node) && ip !== '' && asObject(pod['spec'])['hostNetwork'] !== true)
        around.ipam.freeLocal(node, ip);
    },
  };
};
