import { applyList, diffList } from '../graph/delta.ts';
import type { ListDelta } from '../graph/lens-doc.ts';
import type { FindingsDoc } from './documents.ts';

type Found = FindingsDoc['findings'][number];

/** What changed from one document of findings to the next; the small lists come whole. */
export type FindingsDelta = Pick<FindingsDoc, 'revision' | 'checked' | 'unread'> & { findings?: ListDelta<Found> };

export function diffFindings(before: FindingsDoc, after: FindingsDoc): FindingsDelta {
  const { revision, checked, unread } = after;
  const findings = diffList(before.findings, after.findings);
  return { revision, checked, unread, ...(findings ? { findings } : {}) };
}

/** The document after a delta; findings that did not change keep their identity. */
export const applyFindings = (doc: FindingsDoc, { findings, ...rest }: FindingsDelta): FindingsDoc => ({
  ...rest,
  findings: [...applyList(doc.findings, findings)],
});
