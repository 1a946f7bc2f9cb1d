import type { Engine } from '../engine/engine-api.ts';
import { railOf } from '../graph/member.ts';
import { slotOfAttachment, workloadOfAttachment } from '../model/ids.ts';
import { matchesQuery, parseQuery } from '../view/query.ts';
import type { LitDoc, SearchHit } from './documents.ts';

/** What somebody looks for. */
export type Wanted = {
  /** Slots of each workload; null: all of them. */
  workloads: Map<string, Set<number> | null>;
  networks: Set<string>;
  /** Why the query could not be read. */
  error?: string;
};

/** Pods looked at between two yields. */
const LOOK = 64;

const nothing = (): Wanted => ({ workloads: new Map(), networks: new Set() });

function want({ workloads }: Wanted, attachment: string): void {
  const id = workloadOfAttachment(attachment);
  const slots = workloads.get(id);
  if (slots === null) return;
  if (slots) slots.add(slotOfAttachment(attachment));
  else workloads.set(id, new Set([slotOfAttachment(attachment)]));
}

/** What a finding is about: where it names attachments they alone, not all that their pods and networks have. */
export function wantedByFinding(engine: Engine, id: string): Wanted {
  const wanted = nothing();
  const subjects = engine.findings().find((finding) => finding.id === id)?.subjects ?? [];
  for (const subject of subjects) if (subject.type === 'attachment') want(wanted, subject.id);
  if (wanted.workloads.size > 0) return wanted;
  for (const subject of subjects) {
    if (subject.type === 'workload') wanted.workloads.set(subject.id, null);
    if (subject.type === 'network') wanted.networks.add(subject.id);
  }
  return wanted;
}

/**
 * What a query finds: of each pod the attachments that match it by themselves, all where none or every one does. `look` says what the
 * search box finds; it is asked when the query finds no pod.
 */
export function* wantedByQuery(
  engine: Engine,
  text: string,
  look: () => Generator<void, readonly SearchHit[]>,
): Generator<void, Wanted> {
  const query = parseQuery(text);
  if (query.error) return { ...nothing(), error: query.error.message };
  const wanted = nothing();
  if (query.terms.length === 0) return wanted;
  let looked = 0;
  for (const workload of engine.workloads()) {
    looked += 1;
    if (looked % LOOK === 0) yield;
    const attachments = engine.plugsOf(workload.id);
    const codes = () => engine.findingsOf(workload.id).map((finding) => finding.code);
    const subject = { workload, attachments, network: engine.network, codes };
    if (!matchesQuery(query, subject)) continue;
    const slots = attachments
      .filter((plug) => matchesQuery(query, { ...subject, attachments: [plug] }))
      .map(({ slot }) => slot);
    const isPart = slots.length > 0 && slots.length < attachments.length;
    wanted.workloads.set(workload.id, isPart ? new Set(slots) : null);
  }
  if (wanted.workloads.size > 0) return wanted;
  for (const hit of yield* look()) {
    if (hit.type === 'attachment') want(wanted, hit.id);
    else if (hit.type === 'workload') wanted.workloads.set(hit.id, null);
    else if (hit.type === 'network') wanted.networks.add(hit.id);
  }
  return wanted;
}

/** On which of `cards`, ids with those of the workloads they stand for, what is wanted is, and on which rails it is plugged in there. */
export function* litInTurns(
  engine: Engine,
  wanted: Wanted,
  cards: Iterable<readonly [id: string, members: Iterable<string>]>,
): Generator<void, LitDoc> {
  const lit: LitDoc['cards'] = [];
  let looked = 0;
  for (const [id, members] of cards) {
    const rails = new Set<string>();
    let count = 0;
    for (const member of members) {
      looked += 1;
      if (looked % LOOK === 0) yield;
      const slots = wanted.workloads.get(member);
      if (slots === undefined) continue;
      count += 1;
      for (const plug of engine.plugsOf(member)) {
        const rail = slots === null || slots.has(plug.slot) ? railOf(plug) : null;
        if (rail !== null) rails.add(rail);
      }
    }
    if (count > 0) lit.push({ id, count, rails: [...rails].sort() });
  }
  return {
    revision: engine.revision,
    workloads: wanted.workloads.size,
    cards: lit,
    networks: [...wanted.networks].sort(),
    ...(wanted.error === undefined ? {} : { error: wanted.error }),
  };
}
