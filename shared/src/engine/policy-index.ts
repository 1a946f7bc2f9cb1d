import type { EnforcerClaim, PolicyClaim, Selector } from '../providers/policy-claims.ts';
import type { Claims, WorkloadClaim } from '../providers/provider.ts';
import { isEqual } from './equal.ts';
import { createMultiMap } from './multimap.ts';
import type { Tracker } from './tracker.ts';

const pairsOf = ({ workload }: WorkloadClaim): string[] => [
  workload.namespace,
  ...Object.entries(workload.labels).map(([key, value]) => `${workload.namespace}/${key}=${value}`),
];

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

/** Policies, the agents that enforce them, and pods by namespace and label. */
export function createPolicyIndex(tracker: Tracker) {
  const policies = new Map<string, PolicyClaim>();
  const enforcers = new Map<string, EnforcerClaim[]>();
  /** `ns` and `ns/key=value` -> workloads */
  const labelled = createMultiMap<string, string>();

  const indexLabels = (before: WorkloadClaim | undefined, after: WorkloadClaim | undefined) => {
    const podPairs = (claim: WorkloadClaim | undefined): string[] =>
      claim?.workload.kind === 'Pod' ? pairsOf(claim) : [];
    const pairs = [podPairs(before), podPairs(after)] as const;
    if (isEqual(pairs[0], pairs[1])) return;
    for (const pair of pairs[0]) if (before) labelled.delete(pair, before.workload.id);
    for (const pair of pairs[1]) if (after) labelled.add(pair, after.workload.id);
    for (const pair of new Set(pairs.flat())) tracker.touch(`labelled:${pair}`);
  };

  return {
    policies,
    change: (key: string, before: Claims | undefined, after: Claims | undefined): void => {
      indexLabels(before?.workload, after?.workload);
      for (const policy of [...(before?.policies ?? []), ...(after?.policies ?? [])]) {
        if (after?.policies) policies.set(policy.id, policy);
        else policies.delete(policy.id);
        tracker.touch(`policy-claim:${policy.id}`);
        tracker.mark(`policy:${policy.id}`);
      }
      if (isEqual(before?.enforcers, after?.enforcers)) return;
      if (after?.enforcers) enforcers.set(key, after.enforcers);
      else enforcers.delete(key);
      tracker.touch('enforcers');
    },
    /** The smallest set of workloads that holds all that a selector means; which of them it means is left to `matches`. Tracked. */
    candidates: (namespace: string, { labels }: Selector): ReadonlySet<string> => {
      let [best, name] = [labelled.get(namespace), namespace];
      for (const [key, value] of labels) {
        const pair = `${namespace}/${key}=${value}`;
        const set = labelled.get(pair);
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
