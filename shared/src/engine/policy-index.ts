import type { Workload } from '../model/topology.ts';
import type { EnforcerClaim, PolicyClaim, Selector } from '../providers/policy-claims.ts';
import type { Claims } from '../providers/provider.ts';
import { isEqual } from './equal.ts';
import { createMultiMap } from './multimap.ts';
import type { Tracker } from './tracker.ts';

/** Labels that are indexed at a time: policies that came and went must not pile up. */
const pairLimit = 10_000;

export function matches({ labels, expressions }: Selector, of: Readonly<Record<string, string>>): boolean {
  const valueAt = (key: string) => (Object.hasOwn(of, key) ? of[key] : undefined);
  return (
    labels.every(([key, value]) => valueAt(key) === value) &&
    expressions.every(({ key, operator, values }) => {
      const value = valueAt(key);
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const held = value !== undefined && values.includes(value);
      return operator === 'In' ? held : !held;
    })
  );
}

const pairsOf = ({ namespace, labels }: Workload): string[] =>
  Object.entries(labels).map(([key, value]) => `${namespace}/${key}=${value}`);

/** Policies, the agents that enforce them, and pods by namespace and by the labels that some policy has asked for. */
export function createPolicyIndex(tracker: Tracker, workload: (id: string) => Workload | undefined) {
  const policies = new Map<string, PolicyClaim>();
  const enforcers = new Map<string, EnforcerClaim[]>();
  const inNamespace = createMultiMap<string, string>();
  /** `ns/key=value` -> workloads */
  const labelled = new Map<string, Set<string>>();

  const indexLabels = (before: Workload | undefined, after: Workload | undefined) => {
    const podOf = (one: Workload | undefined) => (one?.kind === 'Pod' ? one : undefined);
    const [old, fresh] = [podOf(before), podOf(after)];
    if (!old && !fresh) return;
    if (old?.namespace !== fresh?.namespace || old?.id !== fresh?.id) {
      if (old) inNamespace.delete(old.namespace, old.id);
      if (fresh) inNamespace.add(fresh.namespace, fresh.id);
    }
    if (old && fresh && old.namespace === fresh.namespace && isEqual(old.labels, fresh.labels)) return;
    for (const [one, edit] of [
      [old, 'delete'],
      [fresh, 'add'],
    ] as const) {
      if (!one) continue;
      tracker.touch(`labelled:${one.namespace}`);
      // Where none was ever asked for, nobody reads one.
      for (const pair of labelled.size > 0 ? pairsOf(one) : []) {
        labelled.get(pair)?.[edit](one.id);
        tracker.touch(`labelled:${pair}`);
      }
    }
  };

  const withLabel = (namespace: string, pair: string): ReadonlySet<string> => {
    const known = labelled.get(pair);
    if (known) return known;
    const found = new Set<string>();
    for (const id of inNamespace.get(namespace)) {
      const one = workload(id);
      if (one && pairsOf(one).includes(pair)) found.add(id);
    }
    if (labelled.size >= pairLimit) labelled.clear();
    labelled.set(pair, found);
    return found;
  };

  return {
    policies,
    /** Claims that it looks at: nothing else need be told. */
    reads: ['workload', 'policies', 'enforcers'] as const satisfies readonly (keyof Claims)[],
    change: (key: string, before: Claims | undefined, after: Claims | undefined): void => {
      indexLabels(before?.workload?.workload, after?.workload?.workload);
      for (const policy of [...(before?.policies ?? []), ...(after?.policies ?? [])]) {
        if (after?.policies) policies.set(policy.id, policy);
        else policies.delete(policy.id);
        tracker.touch(`policy-claim:${policy.id}`);
        tracker.mark('policy', policy.id);
      }
      if (isEqual(before?.enforcers, after?.enforcers)) return;
      if (after?.enforcers) enforcers.set(key, after.enforcers);
      else enforcers.delete(key);
      tracker.touch('enforcers');
    },
    /** The smallest set of workloads that holds all that a selector means; which of them it means is left to `matches`. Tracked. */
    candidates: (namespace: string, { labels }: Selector): ReadonlySet<string> => {
      let [best, name] = [inNamespace.get(namespace), namespace];
      for (const [key, value] of labels) {
        const pair = `${namespace}/${key}=${value}`;
        const set = withLabel(namespace, pair);
        if (set.size < best.size) [best, name] = [set, pair];
      }
      tracker.read(`labelled:${name}`);
      return best;
    },
    /** Tracked. */
    enforcers: (): EnforcerClaim[] => {
      tracker.read('enforcers');
      return [...enforcers.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, claims]) => claims);
    },
  };
}
