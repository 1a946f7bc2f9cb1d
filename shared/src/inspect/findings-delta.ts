import { isEqual } from '../engine/equal.ts';
import { applyList, diffList } from '../graph/delta.ts';
import type { ListDelta } from '../graph/lens-doc.ts';
import type { FindingsDoc } from './documents.ts';

type Found = FindingsDoc['findings'][number];
type Subject = Found['subjects'][number];
/** Subjects, and runs `[from, count]` of those before. */
type SubjectRuns = (Subject | [number, number])[];

/** What changed in a finding: fields that are other now, and of its subjects, which may be thousands, only the new ones. */
type FindingEdit = { id: string; fields: Partial<Omit<Found, 'subjects'>>; subjects?: SubjectRuns };

/** What changed from one document of findings to the next; the small lists come whole, `edits` after `findings`. */
export type FindingsDelta = Pick<FindingsDoc, 'revision' | 'checked' | 'unread'> & {
  findings?: ListDelta<Found>;
  edits?: FindingEdit[];
};

export function diffFindings(before: FindingsDoc, after: FindingsDoc): FindingsDelta {
  const { revision, checked, unread } = after;
  const delta: FindingsDelta = { revision, checked, unread };
  const list = diffList(before.findings, after.findings);
  if (!list) return delta;
  const known = new Map(before.findings.map((finding) => [finding.id, finding]));
  const edits: FindingEdit[] = [];
  const put = list.put.filter((finding) => {
    const earlier = known.get(finding.id);
    const edit = earlier && toEdit(earlier, finding);
    if (edit) edits.push(edit);
    return edit === undefined;
  });
  if (put.length > 0 || list.gone.length > 0 || list.order) delta.findings = { ...list, put };
  if (edits.length > 0) delta.edits = edits;
  return delta;
}

/** The document after a delta; findings that did not change keep their identity. */
export function applyFindings(doc: FindingsDoc, { findings, edits = [], ...rest }: FindingsDelta): FindingsDoc {
  const byId = new Map(edits.map((edit) => [edit.id, edit]));
  const list = applyList(doc.findings, findings);
  return {
    ...rest,
    findings: list.map((finding) => {
      const edit = byId.get(finding.id);
      return edit ? applyEdit(finding, edit) : finding;
    }),
  };
}

/** Undefined: a field is gone, which an edit cannot say. */
function toEdit(before: Found, after: Found): FindingEdit | undefined {
  if (Object.keys(before).some((key) => !(key in after))) return undefined;
  const { subjects: old, ...was } = before;
  const { subjects: now, ...is } = after;
  const fields = Object.fromEntries(
    Object.entries(is).filter(([key, value]) => !isEqual(value, was[key as keyof typeof was])),
  );
  return { id: after.id, fields, ...(isEqual(old, now) ? {} : { subjects: toRuns(old, now) }) };
}

const applyEdit = (finding: Found, { fields, subjects }: FindingEdit): Found => ({
  ...finding,
  ...fields,
  ...(subjects
    ? {
        subjects: subjects.flatMap((part) =>
          Array.isArray(part) ? finding.subjects.slice(part[0], part[0] + part[1]) : part,
        ),
      }
    : {}),
});

function toRuns(before: readonly Subject[], after: readonly Subject[]): SubjectRuns {
  const places = new Map(before.map((subject, at) => [JSON.stringify(subject), at]));
  const runs: SubjectRuns = [];
  for (const subject of after) {
    const at = places.get(JSON.stringify(subject));
    const run = runs.at(-1);
    if (at === undefined) runs.push(subject);
    else if (Array.isArray(run) && run[0] + run[1] === at) run[1] += 1;
    else runs.push([at, 1]);
  }
  return runs;
}
