import type { Condition, Evidence } from '../model/topology.ts';
import type { NetworkClaim } from '../providers/provider.ts';
import { isUp } from './pod-event.ts';
import type { AttachmentFacts, NetworkFacts } from './rule.ts';

/** Waits for this attachment: what is wrong with its network now will stop it. */
export const isWaiting = ({ attachment, workload }: AttachmentFacts): boolean =>
  attachment.state === 'pending' && !workload.pod.sandbox && !workload.pod.planned && isUp(workload);

export type Broken = { claim: NetworkClaim; condition: Condition };

/** The first object of a network of which a condition of these types is False; objects in the order of `kinds`. */
export function brokenOf(
  network: NetworkFacts | null | undefined,
  kinds: readonly string[],
  types: ReadonlySet<string>,
): Broken | undefined {
  for (const kind of kinds)
    for (const claim of network?.claims ?? []) {
      if (claim.ref.kind !== kind) continue;
      const condition = claim.conditions.find((item) => types.has(item.type) && item.status === 'False');
      if (condition) return { claim, condition };
    }
  return undefined;
}

export const conditionText = ({ condition }: Broken): string =>
  condition.message ?? `Condition ${condition.type} is False.`;

export const conditionEvidence = ({ claim, condition }: Broken): Evidence => ({
  ref: claim.ref,
  path: '/status/conditions',
  value: `${condition.type}=False ${condition.reason ?? ''} ${condition.message ?? ''}`.trim().slice(0, 400),
});
