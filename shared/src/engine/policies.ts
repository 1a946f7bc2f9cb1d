import type { PolicyClaim } from '../providers/policy-claims.ts';
import type { AttachmentFacts, PolicyFacts, WorkloadFacts } from '../rules/rule.ts';
import type { MultiMap } from './multimap.ts';
import type { createNetworks } from './networks.ts';
import { matches } from './policy-index.ts';
import type { Store } from './store.ts';
import type { Tracker } from './tracker.ts';

type Parts = {
  store: Store;
  networks: ReturnType<typeof createNetworks>;
  tracker: Tracker;
  assembled: ReadonlyMap<string, WorkloadFacts>;
  /** Network id or unanswered alias -> attachment ids. */
  members: MultiMap<string, string>;
  workloadOf: (attachment: string) => string;
};

/** Network id, else the alias that nothing answers: what `members` is keyed by. */
export const memberKey = ({ attachment, request }: AttachmentFacts): string | null =>
  attachment.network ?? (request?.alias ? `${request.alias.scheme}:${request.alias.value}` : null);

/** A policy can act on it: its pod is not over, and somebody acts on the request. */
const isOpen = ({ attachment }: AttachmentFacts): boolean =>
  attachment.state !== 'ended' && attachment.state !== 'ignored';

const openKeys = (facts: WorkloadFacts | null | undefined): Set<string> =>
  new Set((facts?.attachments ?? []).filter(isOpen).flatMap((item) => memberKey(item) ?? []));

/** Says which networks a workload joined or left; what else changed of it is nothing to a policy. */
export function touchMembers(tracker: Tracker, before: WorkloadFacts | undefined, after: WorkloadFacts | null): void {
  const [old, fresh] = [openKeys(before), openKeys(after)];
  for (const key of old) if (!fresh.has(key)) tracker.touch(`members:${key}`);
  for (const key of fresh) if (!old.has(key)) tracker.touch(`members:${key}`);
}

/** What a policy acts on. It walks the smaller of the pods that may have its labels and the members of its networks. */
export function createPolicies({ store, networks, tracker, assembled, members, workloadOf }: Parts) {
  const keyOf = (alias: string): string => networks.find(alias)?.network.id ?? alias;

  const reach = (policy: PolicyClaim): { matching: boolean; acts: boolean } => {
    const candidates = store.policies.candidates(policy.namespace, policy.selector);
    const keys = new Set(policy.networks.map((name) => keyOf(`nad:${name}`)));
    for (const key of keys) tracker.read(`members:${key}`);
    const fits = (id: string): boolean => {
      const workload = assembled.get(id)?.workload;
      return (
        workload?.kind === 'Pod' && workload.namespace === policy.namespace && matches(policy.selector, workload.labels)
      );
    };
    const joins = (id: string): boolean =>
      assembled.get(id)?.attachments.some((item) => isOpen(item) && keys.has(memberKey(item) ?? '')) === true;
    const matching = some(candidates, fits);
    const inside = [...keys].map((key) => members.get(key));
    if (!matching) return { matching, acts: false };
    const both = (id: string): boolean => fits(id) && joins(id);
    const acts =
      inside.reduce((sum, set) => sum + set.size, 0) < candidates.size
        ? inside.some((set) => some(set, (id) => both(workloadOf(id))))
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
