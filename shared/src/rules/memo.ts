import type { WorkloadFacts } from './rule.ts';

/** A value of a pod that every one of its attachments asks for: worked out once, for a pod may ask for hundreds of networks. */
export function perPod<T>(compute: (pod: WorkloadFacts) => T): (pod: WorkloadFacts) => T {
  const known = new WeakMap<WorkloadFacts, { value: T }>();
  return (pod) => {
    const found = known.get(pod);
    if (found) return found.value;
    const value = compute(pod);
    known.set(pod, { value });
    return value;
  };
}
