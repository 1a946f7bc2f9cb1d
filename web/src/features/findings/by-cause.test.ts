import type { FindingsDoc } from '@busbar/shared/inspect/documents';
import { expect, test } from 'vitest';
import { byCause, whatWasChecked } from './by-cause.ts';

type Found = FindingsDoc['findings'][number];
const found = (id: string, follows?: string, more: Partial<Found> = {}): Found => ({
  id,
  code: 'MN101',
  slug: 'x',
  severity: 'error',
  confidence: 'certain',
  title: id,
  message: '',
  cause: '',
  fix: { text: '' },
  subjects: [],
  evidence: [],
  docs: '',
  workloads: 2,
  namespaces: ['lab'],
  ...(follows === undefined ? {} : { follows }),
  ...more,
});

const shape = (findings: Found[]) =>
  byCause(findings).map((cause) => [cause.finding.id, ...cause.follows.map((one) => one.id)]);

test.each([
  [
    'a consequence stands under its cause, however deep',
    [found('c', 'b'), found('a'), found('b', 'a')],
    [['a', 'c', 'b']],
  ],
  ['one whose cause is not there stands for itself', [found('a', 'gone')], [['a']]],
  ['causes keep their order', [found('b'), found('a')], [['b'], ['a']]],
])('%s', (_, findings, expected) => {
  expect(shape(findings)).toEqual(expected);
});

test('findings that follow from one another in a circle are all still there', () => {
  expect(
    shape([found('a', 'b'), found('b', 'a')])
      .flat()
      .sort(),
  ).toEqual(['a', 'b']);
});

test.each([
  [
    'one pod is named',
    found('a', undefined, { workloads: 1, subjects: [{ type: 'workload', id: 'pod:lab/one' }] }),
    'lab/one',
  ],
  ['several namespaces are counted', found('a', undefined, { namespaces: ['a', 'b', 'c', 'd'] }), 'a and 3 more'],
  [
    'a node is named where there is no namespace',
    found('a', undefined, { namespaces: [], subjects: [{ type: 'node', id: 'worker-3' }] }),
    'worker-3',
  ],
])('where: %s', (_, finding, where) => {
  expect(byCause([finding])[0]?.where).toBe(where);
});

test('what could not be read is said', () => {
  const doc: FindingsDoc = {
    revision: 1,
    findings: [],
    checked: { rules: 9, attachments: 3, workloads: 2 },
    unread: [{ group: '', resource: 'events', kind: 'Event', availability: 'forbidden', count: 0 }],
  };
  expect(whatWasChecked(doc, null).join(' ')).toContain('could not be read: Event');
});
