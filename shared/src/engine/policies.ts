import type { PolicyClaim } from '../providers/policy-claims.ts';
import type { PolicyFacts } from '../rules/rule.ts';
import { baseOf, type Kept, memberKey, type PlugShape } from './kept.ts';
import type { MultiMap } from './multimap.ts';
import type { createNetworks } from './networks.ts';
import { matches } from './policy-index.ts';
import type { ReadonlySplitMap } from './split-map.ts';
import type { Store } from './store.ts';
import type { Tracker } from './tracker.ts';

type Parts = {
  store: Store;
  networks: ReturnType<typeof createNetworks>;
  tracker: Tracker;
  kept: ReadonlySplitMap<Kept>;
  /** Network id or unanswered alias -> workload ids. */
  members: MultiMap<string, string>;
};

/** A policy can act on it: its pod is not over, and somebody acts on the request. */
const isOpen = (shape: PlugShape): boolean => {
  const state = baseOf(shape);
  return state !== 'ended' && state !== 'ignored';
};

const openKeys = (kept: Kept | undefined): string[] =>
  kept ? kept.shapes.flatMap((shape) => (isOpen(shape) && memberKey(shape)) || []) : [];

/** Says which networks a workload joined or left; what else changed of it is nothing to a policy. */
export function touchMembers(tracker: Tracker, before: Kept | undefined, after: Kept | undefined): void {
  if (before?.shapes === after?.shapes) return;
  const [old, fresh] = [openKeys(before), openKeys(after)];
  for (const key of old) if (!fresh.includes(key)) tracker.touch(`members:${key}`);
  for (const key of fresh) if (!old.includes(key)) tracker.touch(`members:${key}`);
}

/** What a policy acts on. It walks the smaller of the pods that may have its labels and the members of its networks. */
export function createPolicies({ store, networks, tracker, kept, members }: Parts) {
  const keyOf = (alias: string): string => networks.find(alias)?.network.id ?? alias;

  const reach = (policy: PolicyClaim): { matching: boolean; acts: boolean } => {
    const candidates = store.policies.candidates(policy.namespace, policy.selector);
    const keys = new Set(policy.networks.map((name) => keyOf(`nad:${name}`)));
    for (const key of keys) tracker.read(`members:${key}`);
    const fits = (id: string): boolean => {
      const workload = kept.get(id)?.workload;
      return (
        workload?.kind === 'Pod' && workload.namespace === policy.namespace && matches(policy.selector, workload.labels)
      );
    };
    const joins = (id: string): boolean =>
      kept.get(id)?.shapes.some((shape) => isOpen(shape) && keys.has(memberKey(shape) ?? '')) === true;
    const matching = some(candidates, fits);
    const inside = [...keys].map((key) => members.get(key));
    if (!matching) return { matching, acts: false };
    const both = (id: string): boolean => fits(id) && joins(id);
    const acts =
      inside.reduce((sum, set) => sum + set.size, 0) < candidates.size
        ? inside.some((set) => some(set, both))
        : some(candidates, both);
    return { matching, acts };
  };

  /** Within `tracker.run`. */
  return (id: string): PolicyFacts | null => {
    tracker.read(`policy-claim:${id}`);
    const policy = store.policies.policies.get(id);
    if (!policy) return null;
    return {
      policy,
      networks: policy.networks.map((name) => ({ name, facts: networks.find(`nad:${name}`) })),
      ...reach(policy),
    };
  };
}

function some<T>(items: Iterable<T>, test: (item: T) => boolean): boolean {
  for (const item of items) if (test(item)) return true;
  return false;
}
