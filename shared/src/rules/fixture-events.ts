import type { KubeObject } from '../kube/object.ts';
import { asArray, asNumber, asRecord, asString, type JsonRecord } from '../kube/read.ts';

export type FixturePod = { namespace: string; name: string; uid: string; firstConfig: string };

type Place = { index: number; now: number };

const sandbox = 'a1b2c3d4'.repeat(8);

/** The envelopes of a sandbox failure as the kubelet prints it with containerd and the thin Multus plugin. */
function wrap(message: string, network: string | null, { namespace, name, uid }: FixturePod): string {
  const inner =
    network === null
      ? `Multus: [${namespace}/${name}/${uid}]: ${message}`
      : `[${namespace}/${name}/${uid}:${network}]: error adding container to network "${network}": ${message}`;
  return `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "${sandbox}": plugin type="multus" name="multus-cni-network" failed (add): ${inner}`;
}

type EventParts = {
  on: { kind?: string; apiVersion?: string; namespace: string; name: string; uid?: string };
  name: string;
  message: string;
  reason: string;
  type: string;
  component: string;
  count: number;
  at: number;
};

function toEvent({ on, name, message, reason, type, component, count, at }: EventParts): KubeObject {
  const last = new Date(at).toISOString().replace('.000Z', 'Z');
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace: on.namespace, name },
    involvedObject: {
      ...(on.apiVersion ? { apiVersion: on.apiVersion } : {}),
      kind: on.kind ?? 'Pod',
      namespace: on.namespace,
      name: on.name,
      ...(on.uid ? { uid: on.uid } : {}),
    },
    type,
    reason,
    message,
    source: { component },
    count,
    firstTimestamp: last,
    lastTimestamp: last,
  };
}

/** `failing` of a pod: one failure or a list of them. */
export function expandFailure(value: unknown, pod: FixturePod, { index, now }: Place): KubeObject[] {
  if (value === undefined) return [];
  return (asArray(value) ?? [value]).map((one, number) => {
    const record = asRecord(one) ?? { message: one };
    const message = String(record['message'] ?? '');
    const network = record['network'] === undefined ? pod.firstConfig : asString(record['network']);
    return toEvent({
      on: pod,
      name: `${pod.name}.failed-${index}-${number}`,
      message: record['raw'] === true ? message : wrap(message, network ?? null, pod),
      reason: asString(record['reason']) ?? 'FailedCreatePodSandBox',
      type: 'Warning',
      component: 'kubelet',
      count: asNumber(record['count']) ?? 3,
      at: now - 1000 * (asNumber(record['ago']) ?? 60),
    });
  });
}

/** `event: 'message'`, on: lab/app; of anything but a pod with `about: apps/v1 ReplicaSet`. */
export function expandEvent(entry: JsonRecord, { index, now }: Place): KubeObject[] {
  const [namespace, name] = String(entry['on']).split('/');
  if (!namespace || !name) throw new Error('an event needs "on": namespace/pod');
  const reason = asString(entry['reason']) ?? 'FailedCreatePodSandBox';
  const normal = ['AddedInterface', 'SandboxChanged', 'SuccessfulCreate'].includes(reason);
  const [apiVersion, kind] = asString(entry['about'])?.split(' ') ?? [];
  return [
    toEvent({
      on: { namespace, name, ...(kind ? { kind } : {}), ...(apiVersion ? { apiVersion } : {}) },
      name: `${name}.event-${index}`,
      message: String(entry['event']),
      reason,
      type: asString(entry['type']) ?? (normal ? 'Normal' : 'Warning'),
      component: asString(entry['component']) ?? (reason === 'AddedInterface' ? 'multus' : 'kubelet'),
      count: asNumber(entry['count']) ?? 1,
      at: now - 1000 * (asNumber(entry['ago']) ?? 60),
    }),
  ];
}
