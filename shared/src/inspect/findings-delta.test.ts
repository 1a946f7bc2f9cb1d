import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FindingsDoc } from './documents.ts';
import { applyFindings, diffFindings } from './findings-delta.ts';

type Found = FindingsDoc['findings'][number];

const subject = fc.oneof(
  fc.record({ type: fc.constantFrom('workload', 'attachment'), id: fc.constantFrom(...'abcdefgh') }),
  fc.record({
    type: fc.constant('object'),
    ref: fc.record({ kind: fc.constant('Node'), name: fc.constantFrom('x', 'y') }),
  }),
);
const finding = fc.record(
  {
    id: fc.constantFrom(...'123456'),
    title: fc.constantFrom('one', 'other'),
    follows: fc.constantFrom('1', '2'),
    subjects: fc.array(subject, { maxLength: 8 }),
    evidence: fc.array(fc.record({ path: fc.constantFrom('/a', '/b') }), { maxLength: 3 }),
    workloads: fc.nat(3),
  },
  { requiredKeys: ['id', 'title', 'subjects', 'evidence', 'workloads'] },
);
const doc = fc.record({ revision: fc.nat(), findings: fc.uniqueArray(finding, { selector: ({ id }) => id }) }).map(
  ({ revision, findings }): FindingsDoc => ({
    revision,
    findings: findings as unknown as Found[],
    checked: { rules: 1, attachments: 2, workloads: 3 },
    unread: [],
  }),
);

test('a document of findings and what changed in it give the one that it became', () => {
  fc.assert(
    fc.property(doc, doc, (before, after) => {
      const delta = JSON.parse(JSON.stringify(diffFindings(before, after)));
      expect(applyFindings(before, delta)).toEqual(after);
    }),
    { numRuns: 500 },
  );
});

test('one more pod of a finding about thousands is told as that one', () => {
  const subjects = Array.from({ length: 5000 }, (_, at) => ({ type: 'workload' as const, id: `pod:tenant/pod-${at}` }));
  const documentOf = (list: typeof subjects): FindingsDoc => ({
    revision: list.length,
    findings: [{ id: 'f', title: 'broken', subjects: list, evidence: [], workloads: list.length } as unknown as Found],
    checked: { rules: 1, attachments: 1, workloads: 1 },
    unread: [],
  });
  const more = subjects.toSpliced(2500, 0, { type: 'workload', id: 'pod:tenant/new' });
  expect(diffFindings(documentOf(subjects), documentOf(more)).edits).toEqual([
    {
      id: 'f',
      fields: { workloads: 5001 },
      subjects: [[0, 2500], { type: 'workload', id: 'pod:tenant/new' }, [2500, 2500]],
    },
  ]);
});
