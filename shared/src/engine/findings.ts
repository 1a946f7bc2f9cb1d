import { findingId, refKey } from '../model/ids.ts';
import type { Confidence, Evidence, Finding, Severity, Subject } from '../model/topology.ts';
import type { Draft, Rule } from '../rules/rule.ts';

/** A draft with the rule it came from and the subject it was found on. */
export type Judged = { rule: Pick<Rule, 'code' | 'severity' | 'why'>; draft: Draft; on: Subject[]; follows?: string };

/**
 * Id of the finding that a draft belongs to. What is only a warning to one pod and an error to its neighbour is two findings: a running
 * pod must not stand under an error because another one with the same annotation cannot start.
 */
export const findingIdOf = ({ rule, draft }: Pick<Judged, 'rule' | 'draft'>, onWorkload: boolean): string => {
  const apart = onWorkload && draft.severity !== undefined && draft.severity !== rule.severity;
  return findingId(rule.code, apart ? `${draft.group}~${draft.severity}` : draft.group);
};

const severityRank: Record<Severity, number> = { error: 0, warning: 1, info: 2 };
const confidenceRank: Record<Confidence, number> = { certain: 0, likely: 1, possible: 2 };

const evidenceLimit = 10;
const none: ReadonlySet<string> = new Set();

export const subjectKey = (subject: Subject): string => (subject.type === 'object' ? refKey(subject.ref) : subject.id);

const evidenceKey = (evidence: Evidence): string => `${refKey(evidence.ref)} ${evidence.path} ${evidence.at ?? ''}`;

/**
 * Findings by root cause: drafts of one code and group are one finding, whoever produced them. A producer (a workload, a network, ...)
 * replaces all its drafts at once.
 */
export function createFindings() {
  /** Finding id -> producer and number -> draft. */
  const groups = new Map<string, Map<string, Judged>>();
  const produced = new Map<string, { id: string; key: string }[]>();
  /** Subject -> finding id -> how many drafts name it. */
  const bySubject = new Map<string, Map<string, number>>();
  const built = new Map<string, Finding>();

  const count = (id: string, judged: Judged, by: 1 | -1) => {
    for (const subject of judged.on.map(subjectKey)) {
      const counts = bySubject.get(subject) ?? new Map<string, number>();
      const left = (counts.get(id) ?? 0) + by;
      if (left > 0) counts.set(id, left);
      else counts.delete(id);
      if (counts.size > 0) bySubject.set(subject, counts);
      else bySubject.delete(subject);
    }
  };

  const withdraw = (id: string, key: string) => {
    const group = groups.get(id);
    const old = group?.get(key);
    if (!group || !old) return;
    group.delete(key);
    if (group.size === 0) groups.delete(id);
    count(id, old, -1);
  };

  const replace = (producer: string, judged: readonly Judged[]): ReadonlySet<string> => {
    if (judged.length === 0 && !produced.has(producer)) return none;
    const touched = new Set<string>();
    for (const { id, key } of produced.get(producer) ?? []) {
      withdraw(id, key);
      touched.add(id);
    }
    const kept = judged.map((item, index) => {
      const id = findingIdOf(
        item,
        item.on.some((subject) => subject.type === 'workload'),
      );
      const key = `${producer} ${index}`;
      const group = groups.get(id) ?? new Map<string, Judged>();
      group.set(key, item);
      groups.set(id, group);
      count(id, item, 1);
      touched.add(id);
      return { id, key };
    });
    if (kept.length > 0) produced.set(producer, kept);
    else produced.delete(producer);
    for (const id of touched) built.delete(id);
    return touched;
  };

  const get = (id: string): Finding | undefined => {
    const known = built.get(id);
    if (known) return known;
    const group = groups.get(id);
    if (!group) return undefined;
    const finding = buildFinding(
      id,
      [...group.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item),
    );
    if (finding) built.set(id, finding);
    return finding;
  };

  return {
    replace,
    /** What a producer says at present. */
    of: (producer: string): Judged[] =>
      (produced.get(producer) ?? []).flatMap(({ id, key }) => groups.get(id)?.get(key) ?? []),
    get,
    ids: (): Iterable<string> => groups.keys(),
    idsOf: (subject: string): Iterable<string> => bySubject.get(subject)?.keys() ?? [],
  };
}

export const compareFindings = (a: Finding, b: Finding): number =>
  severityRank[a.severity] - severityRank[b.severity] ||
  b.subjects.length - a.subjects.length ||
  (a.code < b.code ? -1 : a.code > b.code ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

function buildFinding(id: string, items: readonly Judged[]): Finding | undefined {
  const first = [...items].sort(
    (a, b) =>
      severityRank[a.draft.severity ?? a.rule.severity] - severityRank[b.draft.severity ?? b.rule.severity] ||
      confidenceRank[a.draft.confidence] - confidenceRank[b.draft.confidence],
  )[0];
  if (!first) return undefined;
  const { rule, draft } = first;
  const subjects = new Map<string, Subject>();
  const evidence = new Map<string, Evidence>();
  for (const item of [first, ...items]) {
    for (const subject of item.on) subjects.set(subjectKey(subject), subject);
    for (const one of item.draft.evidence) if (evidence.size < evidenceLimit) evidence.set(evidenceKey(one), one);
  }
  return {
    id,
    code: rule.code,
    slug: draft.slug,
    severity: draft.severity ?? rule.severity,
    confidence: draft.confidence,
    title: draft.title,
    message: draft.message,
    cause: draft.cause ?? rule.why,
    fix: draft.fix,
    subjects: [...subjects.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subject]) => subject),
    evidence: [...evidence.values()],
    docs: `docs/rules/${rule.code}.md`,
    // Where it stands alone on one of its subjects it is a cause of its own.
    ...(first.follows && items.every((item) => item.follows === first.follows) ? { follows: first.follows } : {}),
  };
}
