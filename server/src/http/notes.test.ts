import type { FindingsDoc } from '@busbar/shared/inspect/documents';
import type { SourceState } from '@busbar/shared/kube/object';
import { expect, test } from 'vitest';
import { createFindingsNotes } from './notes.ts';

type Found = FindingsDoc['findings'][number];
const finding = (id: string, title: string, seen = '1'): Found =>
  ({ id, title, evidence: [{ value: seen }] }) as unknown as Found;
const kind = (count: number): SourceState => ({
  group: '',
  resource: 'events',
  kind: 'Event',
  availability: 'forbidden',
  count,
});

const sequence = (...documents: Pick<FindingsDoc, 'findings' | 'unread'>[]) => {
  const checked = { rules: 1, attachments: 1, workloads: 1 };
  let at = 0;
  return createFindingsNotes(() => {
    const document = { revision: at, checked, ...(documents[at] as Pick<FindingsDoc, 'findings' | 'unread'>) };
    at += 1;
    return document;
  });
};

test('an event seen once more, or a count of what cannot be read, is no news', () => {
  const next = sequence(
    { findings: [finding('a', 'one', '1')], unread: [kind(0)] },
    { findings: [finding('a', 'one', '2')], unread: [kind(5)] },
  );
  expect(next().key).toBe(next().key);
});

test('another title, another order, one more and one less are news, told as what changed', () => {
  const [a, b, c] = [finding('a', 'one'), finding('b', 'two'), finding('c', 'three')] as const;
  const next = sequence(
    { findings: [a, b], unread: [] },
    { findings: [b, a], unread: [] },
    { findings: [b, finding('a', 'other'), c], unread: [] },
    { findings: [b], unread: [] },
  );
  const notes = [next(), next(), next(), next()];
  expect(new Set(notes.map(({ key }) => key)).size).toBe(4);
  const since = (at: number) => JSON.parse(notes[at]?.since?.(notes[at - 1]?.key ?? '') ?? 'null');
  expect(since(1)).toMatchObject({
    findings: {
      put: [],
      gone: [],
      order: [
        [1, 1],
        [0, 1],
      ],
    },
  });
  expect(since(2)).toMatchObject({
    findings: { put: [{ id: 'c' }], gone: [] },
    edits: [{ id: 'a', fields: { title: 'other' } }],
  });
  expect(since(3)).toMatchObject({ findings: { put: [], gone: ['a', 'c'] } });
  expect(notes[3]?.since?.('another start')).toBeUndefined();
});
