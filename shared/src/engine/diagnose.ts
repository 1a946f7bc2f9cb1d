import { causes } from '../messages/catalogue.ts';
import type { Attachment, AttachmentState, Subject, WorkloadKind } from '../model/topology.ts';
import type { AttachmentFacts, Draft, Failure, Rule, WorkloadFacts, World } from '../rules/rule.ts';
import { draftOfEvent } from './event-draft.ts';
import { evidenceOfEvent } from './event-evidence.ts';
import { findingIdOf, type Judged } from './findings.ts';
import { bitsOfAttachment, bitsOfWorkload, byNeeds } from './needs.ts';

const speaksOf =
  (kind: WorkloadKind) =>
  ({ of }: Rule): boolean =>
    of === 'any' || (of ?? 'Pod') === kind;

type ByNeeds<S extends Rule['scope']> = (has: number) => readonly Extract<Rule, { scope: S }>[];

export type RuleSet = {
  /** Rules on virtual machines, instead of those on pods. */
  machine: Pick<RuleSet, 'attachment' | 'workload'>;
  /** By what the attachment has, and by what the workload has. */
  attachment: ByNeeds<'attachment'>;
  workload: ByNeeds<'workload'>;
  network: readonly Extract<Rule, { scope: 'network' }>[];
  pool: readonly Extract<Rule, { scope: 'pool' }>[];
  allocation: readonly Extract<Rule, { scope: 'allocation' }>[];
  answer: readonly Extract<Rule, { scope: 'answer' }>[];
  object: readonly Extract<Rule, { scope: 'object' }>[];
  reservation: readonly Extract<Rule, { scope: 'reservation' }>[];
  policy: readonly Extract<Rule, { scope: 'policy' }>[];
  node: readonly Extract<Rule, { scope: 'node' }>[];
  cluster: readonly Extract<Rule, { scope: 'cluster' }>[];
  bySlug: ReadonlyMap<string, Rule>;
  byCode: ReadonlyMap<string, Rule>;
};

export function toRuleSet(rules: readonly Rule[]): RuleSet {
  const of = <S extends Rule['scope']>(scope: S) =>
    rules.filter((rule): rule is Extract<Rule, { scope: S }> => rule.scope === scope);
  const speaking = (kind: WorkloadKind) => ({
    attachment: byNeeds(of('attachment').filter((rule) => rule.check !== undefined && speaksOf(kind)(rule))),
    workload: byNeeds(of('workload').filter(speaksOf(kind))),
  });
  return {
    ...speaking('Pod'),
    machine: speaking('VirtualMachineInstance'),
    network: of('network'),
    pool: of('pool'),
    allocation: of('allocation'),
    answer: of('answer'),
    object: of('object'),
    reservation: of('reservation'),
    policy: of('policy'),
    node: of('node'),
    cluster: of('cluster'),
    bySlug: new Map(rules.flatMap((rule) => rule.slugs.map((slug) => [slug, rule]))),
    byCode: new Map(rules.map((rule) => [rule.code, rule])),
  };
}

const noDrafts: readonly Draft[] = [];

export const toList = (drafts: Draft | readonly Draft[] | undefined): readonly Draft[] =>
  drafts === undefined ? noDrafts : Array.isArray(drafts) ? (drafts as readonly Draft[]) : [drafts as Draft];

export type Diagnosis = {
  attachments: Attachment[];
  judged: Judged[];
};

/** An attachment of which no rule has anything to say. */
const unsaid = ({ attachment, request }: AttachmentFacts): Attachment =>
  attachment.state !== 'ended' && request?.inert
    ? withState(attachment, 'ignored', request.inert.reason)
    : withState(attachment, attachment.state, undefined);

type Found = { rule: Rule; draft: Draft; slot: number | null; matched: boolean };

/** Runs the rules over one workload and settles the states of its attachments. */
export function diagnoseWorkload(facts: WorkloadFacts, rules: RuleSet, world: World): Diagnosis {
  const found: Found[] = [];
  const own = facts.workload.kind === 'Pod' ? rules : rules.machine;
  for (const item of facts.attachments)
    for (const rule of own.attachment(bitsOfAttachment(item))) {
      const said = rule.check?.(item, world);
      if (said === undefined) continue;
      for (const draft of toList(said)) found.push({ rule, draft, slot: item.attachment.slot, matched: false });
    }
  for (const rule of own.workload(bitsOfWorkload(facts))) {
    const said = rule.check(facts, world);
    if (said === undefined) continue;
    for (const draft of toList(said)) found.push({ rule, draft, slot: null, matched: false });
  }
  if (found.length === 0 && facts.failure === null) return { attachments: facts.attachments.map(unsaid), judged: [] };
  if (facts.failure) addEvent(found, facts, facts.failure, rules);
  found.sort(byWeight);
  return settle(facts, found);
}

/** What the event says first, then by certainty, then by the stage at which it bites: the code's order. */
const byWeight = (a: Found, b: Found): number =>
  Number(b.matched) - Number(a.matched) ||
  Number(b.draft.effect === 'failed') - Number(a.draft.effect === 'failed') ||
  confidenceOrder.indexOf(a.draft.confidence) - confidenceOrder.indexOf(b.draft.confidence) ||
  (a.rule.code < b.rule.code ? -1 : a.rule.code > b.rule.code ? 1 : 0);

const confidenceOrder = ['certain', 'likely', 'possible'];

/** The event becomes evidence of the static finding that says or explains the same; else it is a finding of its own. */
function addEvent(found: Found[], facts: WorkloadFacts, failure: Failure, rules: RuleSet): void {
  const slug = failure.verdict.slug;
  const evidence = evidenceOfEvent(failure.event);
  const same = found.filter(
    (item) =>
      speaksFor(item, slug) &&
      (item.draft.effect !== undefined || item.rule.eventEffect === 'waits') &&
      (failure.slot === null || item.slot === null || item.slot === failure.slot),
  );
  if (same.length > 0) {
    for (const item of same) {
      item.matched = true;
      item.draft = {
        ...item.draft,
        confidence: item.draft.slug === slug ? 'certain' : item.draft.confidence,
        evidence: [...item.draft.evidence, evidence],
      };
    }
    return;
  }
  const rule = rules.bySlug.get(slug);
  const draft = draftOfEvent(facts, failure, evidence, rule, causes.get(slug));
  const owner = rule ?? rules.byCode.get('MN490');
  if (draft && owner) found.push({ rule: owner, draft, slot: failure.slot, matched: true });
}

/** Words that name no cause: what is surely wrong with this very attachment explains them better than anything. */
const wordless = new Set(['unknown', 'delegate-generic']);

const speaksFor = ({ draft, rule }: Found, slug: string): boolean =>
  draft.slug === slug ||
  rule.explains?.includes(slug) === true ||
  (wordless.has(slug) && draft.confidence === 'certain' && draft.effect === 'failed');

/** What a rule says of an attachment, strongest first. */
const effectRank: readonly AttachmentState[] = ['failed', 'mismatch', 'ignored', 'missing', 'unknown', 'attached'];

function settle(facts: WorkloadFacts, found: readonly Found[]): Diagnosis {
  const judged: Judged[] = [];
  const effects = new Map<number, { state: AttachmentState; reason: string }>();
  for (const item of found) {
    const targets = targetsOf(facts, item);
    const on: Subject[] = [
      { type: 'workload', id: facts.workload.id },
      ...targets.map((target): Subject => ({ type: 'attachment', id: target.attachment.id })),
      ...(item.draft.subjects ?? []),
    ];
    const follows = reasonOf(item, found);
    const one: Judged = { rule: item.rule, draft: item.draft, on, ...(follows ? { follows } : {}) };
    judged.push(one);
    for (const target of targets) {
      const effect = item.draft.effect;
      const old = effects.get(target.attachment.slot);
      if (effect && (!old || effectRank.indexOf(effect) < effectRank.indexOf(old.state))) {
        effects.set(target.attachment.slot, { state: effect, reason: item.draft.title });
      }
    }
  }
  return { attachments: settleStates(facts, effects, found), judged };
}

/** Id of the finding that a draft merely follows from: of a code it names, on the same attachment or the whole pod. */
function reasonOf(own: Found, found: readonly Found[]): string | undefined {
  const { follows } = own.draft;
  if (!follows) return undefined;
  const reason = found.find(
    (item) =>
      item !== own &&
      (follows === 'failure' ? item.draft.effect === 'failed' : follows.includes(item.rule.code)) &&
      (item.slot === null || own.slot === null || item.slot === own.slot),
  );
  return reason ? findingIdOf(reason, true) : undefined;
}

/** A finding on a workload touches the attachments that it names, or all that ask for something when it has an effect. */
function targetsOf(facts: WorkloadFacts, { draft, slot }: Found): readonly AttachmentFacts[] {
  if (slot !== null) return facts.attachments.filter((item) => item.attachment.slot === slot);
  const named = new Set(
    (draft.subjects ?? []).flatMap((subject) => (subject.type === 'attachment' ? [subject.id] : [])),
  );
  if (named.size > 0) return facts.attachments.filter((item) => named.has(item.attachment.id));
  if (!draft.effect) return [];
  const asked = facts.attachments.filter(
    (item) => item.request && item.request.index !== 'default' && !item.request.inert,
  );
  return asked.length > 0 ? asked : facts.attachments.slice(0, 1);
}

function settleStates(
  facts: WorkloadFacts,
  effects: ReadonlyMap<number, { state: AttachmentState; reason: string }>,
  found: readonly Found[],
): Attachment[] {
  const stopped =
    !facts.pod.sandbox && (facts.failure !== null || found.some((item) => item.draft.effect === 'failed'));
  const stoppedAt = facts.failure?.slot ?? null;
  const atFault = stoppedAt !== null && effects.get(stoppedAt)?.state === 'failed';
  const states = facts.attachments.map(({ attachment, request }): Attachment => {
    const effect = effects.get(attachment.slot);
    // A report left over from an earlier sandbox says nothing about the one that fails now.
    const base = stopped && facts.failure && attachment.state === 'attached' ? 'pending' : attachment.state;
    if (base === 'ended') return withState(attachment, 'ended', undefined);
    if (request?.inert) return withState(attachment, 'ignored', request.inert.reason);
    // The sandbox stopped at another one: what is wrong here as well is the next trap, and has stopped nothing yet.
    if (atFault && attachment.slot !== stoppedAt && effect?.state === 'failed')
      return withState(attachment, 'blocked', `Another attachment failed first. Next: ${effect.reason}`);
    if (effect) return withState(attachment, effect.state, effect.reason);
    return withState(attachment, base, undefined);
  });
  const failed = states.filter((attachment) => attachment.state === 'failed');
  if (!stopped || failed.length === 0) return states;
  const [first] = failed;
  const culprit = first?.interface?.name ?? first?.requested?.interface ?? first?.requested?.network ?? '';
  // What failed for all of them is no fault of the first.
  const shared = failed.length > 1 && failed.every((attachment) => attachment.reason === first?.reason);
  const why = shared && first?.reason ? `: ${first.reason}.` : ` because of ${culprit || 'another attachment'}.`;
  return states.map((attachment) =>
    attachment.state === 'pending' ? withState(attachment, 'blocked', `The pod's sandbox failed${why}`) : attachment,
  );
}

/** The same object where nothing differs: nearly always, and it is kept twice else. */
function withState(attachment: Attachment, state: AttachmentState, reason: string | undefined): Attachment {
  if (!reason && attachment.state === state) return attachment;
  return reason ? { ...attachment, state, reason } : { ...attachment, state };
}
