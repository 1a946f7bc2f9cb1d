import type { AttachmentFacts, Need, Rule, WorkloadFacts } from '../rules/rule.ts';

/** One bit for each thing that a rule may need. */
const bitOf: Readonly<Record<Need, number>> = {
  open: 1,
  unattached: 2,
  failure: 4,
  'request-issue': 8,
  event: 16,
  wish: 32,
  sources: 64,
  'node-answer': 128,
  device: 256,
  native: 512,
};

/** What every subject has: bit of the rules that need nothing in particular. */
const always = 1024;

const bitsOf = (needs: Rule['needs']): number =>
  needs === undefined
    ? always
    : typeof needs === 'string'
      ? bitOf[needs]
      : needs.reduce((bits, one) => bits | bitOf[one], 0);

/** Rules in their order, by the bits of a subject: those that may have something to say of it. Each list is made once. */
export function byNeeds<R extends Rule>(rules: readonly R[]): (has: number) => readonly R[] {
  const wanted = rules.map(({ needs }) => bitsOf(needs));
  const lists = new Map<number, readonly R[]>();
  return (has) => {
    const known = lists.get(has);
    if (known) return known;
    const list = rules.filter((_, at) => ((wanted[at] ?? always) & has) !== 0);
    lists.set(has, list);
    return list;
  };
}

const isStillToCome = ({ pod, workload }: WorkloadFacts): boolean =>
  !pod.sandbox && !pod.finished && !pod.terminating && !workload.hostNetwork;

const isUnattached = ({ attachment }: AttachmentFacts): boolean => attachment.state !== 'attached';

/** What a workload has, for the rules on workloads. */
export const bitsOfWorkload = (facts: WorkloadFacts): number =>
  always |
  (isStillToCome(facts) ? bitOf.open : 0) |
  (facts.attachments.some(isUnattached) ? bitOf.unattached : 0) |
  (facts.failure !== null ? bitOf.failure : 0) |
  (facts.events.length > 0 ? bitOf.event : 0);

/** A request may ask for addresses and the like beside a network and the name of an interface. */
const asksForMore = ({ element, attachment: { requested } }: AttachmentFacts): boolean =>
  (requested !== null && (requested.ips !== undefined || requested.mac !== undefined)) ||
  (element !== null &&
    (element.ips !== undefined ||
      element.mac !== undefined ||
      element.portMappings !== undefined ||
      element.bandwidth !== undefined ||
      element.infinibandGuid !== undefined ||
      element.ipamClaimReference !== undefined));

const isOfNode = ({ provider }: { provider: string }): boolean => provider === 'node-answers';

/** Providers of attachments that every cluster with Multus has. */
const isNative = ({ attachment: { provider } }: AttachmentFacts): boolean =>
  provider !== 'npwg' && provider !== 'default-network';

/** What one attachment has, for the rules on attachments. */
export function bitsOfAttachment(item: AttachmentFacts): number {
  const { attachment, request, workload } = item;
  let bits = always;
  if (isUnattached(item)) bits |= bitOf.unattached;
  if (attachment.state !== 'ignored' && isStillToCome(workload)) bits |= bitOf.open;
  if (item.failure !== null) bits |= bitOf.failure;
  if (request !== null && request.issues.length > 0) bits |= bitOf['request-issue'];
  if (request?.device !== undefined) bits |= bitOf.device;
  if (workload.events.length > 0) bits |= bitOf.event;
  if (asksForMore(item)) bits |= bitOf.wish;
  if (attachment.observed.length > 1) bits |= bitOf.sources;
  if (attachment.observed.some(isOfNode)) bits |= bitOf['node-answer'];
  if (isNative(item)) bits |= bitOf.native;
  return bits;
}
