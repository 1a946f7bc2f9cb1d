import type { ObjectStore } from '../api/object-store.ts';
import type { JsonObject, KubeObject } from '../api/types.ts';
import { asArray, asObject, asString } from '../api/types.ts';
import type { Machine } from './machines.ts';
import { nodeLabels, taintsOf } from './objects.ts';
import type { Random } from './random.ts';

export type Placement = { machine: Machine; devices: Map<string, string[]> } | { refused: string };

export type Scheduler = {
  place: (pod: KubeObject) => Placement;
  /** Puts a pod that has its node already on the books. */
  bind: (pod: KubeObject, machine: Machine) => Map<string, string[]>;
  release: (key: string) => void;
};

type Booked = { machine: string; owner: string; devices: Map<string, string[]> };

const tolerates = (pod: JsonObject, taint: JsonObject): boolean =>
  asArray(asObject(pod['spec'])['tolerations'])
    .map(asObject)
    .some((item) =>
      item['operator'] === 'Exists' && item['key'] === undefined
        ? true
        : item['key'] === taint['key'] &&
          (item['operator'] === 'Exists' || (item['value'] ?? '') === (taint['value'] ?? '')),
    );

const selected = (pod: JsonObject, machine: Machine): boolean => {
  const wants = Object.entries(asObject(asObject(pod['spec'])['nodeSelector']));
  if (wants.length === 0) return true;
  const labels = nodeLabels(machine);
  return wants.every(([key, value]) => labels[key] === value);
};

/** Extended resources the containers ask for. */
const wanted = (pod: JsonObject): Map<string, number> => {
  const sum = new Map<string, number>();
  for (const container of asArray(asObject(pod['spec'])['containers'])) {
    for (const [name, value] of Object.entries(asObject(asObject(asObject(container)['resources'])['limits']))) {
      if (name.includes('/')) sum.set(name, (sum.get(name) ?? 0) + Number(value));
    }
  }
  return sum;
};

const ownerOf = (pod: KubeObject): string =>
  asString(asObject(asArray(pod.metadata['ownerReferences'])[0])['uid']) || (pod.metadata.uid ?? '');
const keyOf = (pod: KubeObject): string => `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;

/** A network of KEP-3698 that is not there or not Ready keeps the pod from being scheduled. */
const networkRefusal = (pod: JsonObject, store: ObjectStore): string | null => {
  for (const item of asArray(asObject(pod['spec'])['networks'])) {
    const name = asString(asObject(item)['podNetworkName']);
    if (name === '' || name === 'default') continue;
    const network = store.get({ apiVersion: 'v1', kind: 'PodNetwork', name });
    if (network === undefined) return `PodNetwork "${name}" not found`;
    const ready = asArray(asObject(network['status'])['conditions'])
      .map(asObject)
      .find((one) => one['type'] === 'Ready');
    if (ready?.['status'] !== 'True') return `PodNetwork "${name}" is not Ready`;
  }
  return null;
};

/** Nodes looked at for one pod in a big cluster, as percentageOfNodesToScore does. */
const SAMPLE = 8;

export const createScheduler = (machines: Machine[], store: ObjectStore, random: Random): Scheduler => {
  const booked = new Map<string, Booked>();
  const load = new Map<string, number>();
  const add = (key: string, by: number): void => void load.set(key, (load.get(key) ?? 0) + by);
  const free = new Map(
    machines.map((machine) => [machine.name, new Map([...machine.devices].map(([name, list]) => [name, [...list]]))]),
  );

  const cordoned = new Set<string>();
  store.listen((change) => {
    if (change.resource !== 'nodes') return;
    const node = change.object();
    if (change.kind !== 'DELETED' && asObject(node['spec'])['unschedulable'] === true) cordoned.add(node.metadata.name);
    else cordoned.delete(node.metadata.name);
  });

  const has = (machine: Machine, want: Map<string, number>): boolean =>
    [...want].every(([name, count]) => (free.get(machine.name)?.get(name)?.length ?? 0) >= count);

  const bind = (pod: KubeObject, machine: Machine): Map<string, string[]> => {
    const devices = new Map<string, string[]>();
    for (const [name, count] of wanted(pod))
      devices.set(name, free.get(machine.name)?.get(name)?.splice(0, count) ?? []);
    const owner = ownerOf(pod);
    booked.set(keyOf(pod), { machine: machine.name, owner, devices });
    add(machine.name, 1);
    add(`${owner}|${machine.name}`, 1);
    return devices;
  };

  const refusal = (pod: KubeObject, want: Map<string, number>): string => {
    const reasons = new Map<string, number>();
    for (const machine of machines) {
      const taint = taintsOf(machine).find((item) => !tolerates(pod, item));
      const missing = [...want].find(([name, count]) => (free.get(machine.name)?.get(name)?.length ?? 0) < count);
      const reason = cordoned.has(machine.name)
        ? 'node(s) were unschedulable'
        : taint !== undefined
          ? `node(s) had untolerated taint {${asString(taint['key'])}: ${asString(taint['value'])}}`
          : !selected(pod, machine)
            ? "node(s) didn't match Pod's node affinity/selector"
            : `Insufficient ${missing?.[0] ?? 'pods'}`;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    const text = [...reasons]
      .map(([reason, count]) => `${count} ${reason}`)
      .sort()
      .join(', ');
    return `0/${machines.length} nodes are available: ${text}. preemption: 0/${machines.length} nodes are available: ${machines.length} Preemption is not helpful for scheduling.`;
  };

  const candidates = (pod: KubeObject, want: Map<string, number>): Machine[] => {
    const fits = (machine: Machine): boolean =>
      !cordoned.has(machine.name) &&
      taintsOf(machine).every((taint) => tolerates(pod, taint)) &&
      selected(pod, machine) &&
      has(machine, want);
    if (machines.length <= 3 * SAMPLE) return machines.filter(fits);
    const sample = Array.from({ length: SAMPLE }, () => random.pick(machines)).filter(fits);
    return sample.length > 0 ? sample : machines.filter(fits);
  };

  return {
    bind,
    place: (pod) => {
      const network = networkRefusal(pod, store);
      if (network !== null) return { refused: `0/${machines.length} nodes are available: ${network}.` };
      const want = wanted(pod);
      const owner = ownerOf(pod);
      const score = (machine: Machine): number =>
        (load.get(`${owner}|${machine.name}`) ?? 0) * 1000 + (load.get(machine.name) ?? 0);
      const best = candidates(pod, want).reduce<Machine | null>(
        (found, machine) => (found === null || score(machine) < score(found) ? machine : found),
        null,
      );
      if (best === null) return { refused: refusal(pod, want) };
      return { machine: best, devices: bind(pod, best) };
    },
    release: (key) => {
      const entry = booked.get(key);
      if (entry === undefined) return;
      booked.delete(key);
      add(entry.machine, -1);
      add(`${entry.owner}|${entry.machine}`, -1);
      for (const [name, list] of entry.devices)
        free
          .get(entry.machine)
          ?.get(name)
          ?.push(...list);
    },
  };
};
