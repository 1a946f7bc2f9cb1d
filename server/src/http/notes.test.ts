import type { ClusterDoc, FindingsDoc } from '@busbar/shared/inspect/documents';
import type { SourceState } from '@busbar/shared/kube/object';
import { expect, test } from 'vitest';
import { createClusterNotes, createFindingsNotes } from './notes.ts';

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

test('of the cluster only what changed is told, and counts of kinds alone are no news', () => {
  const document = (revision: number, workloads: number, pods: number): ClusterDoc =>
    ({
      revision,
      now: revision,
      health: { state: 'live', since: 0, loaded: pods },
      counts: { workloads, attachments: 0, networks: 0, nodes: 0 },
      namespaces: [{ name: 'lab', workloads: 1, broken: 0 }],
      sources: [kind(pods)],
    }) as unknown as ClusterDoc;
  const documents = [document(1, 5, 1), document(2, 5, 2), document(3, 6, 3)];
  const next = createClusterNotes(() => documents.shift() as ClusterDoc);
  const [first, second, third] = [next(), next(), next()] as const;
  expect(second.key).toBe(first.key);
  expect(JSON.parse(third.since?.(first.key) ?? 'null')).toEqual({
    revision: 3,
    now: 3,
    health: { state: 'live', since: 0, loaded: 3 },
    counts: { workloads: 6, attachments: 0, networks: 0, nodes: 0 },
    kinds: { put: [{ id: '/events', ...kind(3) }], gone: [] },
  });
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
