import type { RailsDoc } from '@busbar/shared/graph/graph-doc';
import { layoutRails } from '@busbar/shared/graph/layout/rails';
import type { LitDoc } from '@busbar/shared/inspect/documents';
import type { Finding, Subject } from '@busbar/shared/model/topology';
import { expect, test } from 'vitest';
import { litElements, namesAll, touchedByFinding, touchedByLit, touchedByNetwork } from './emphasis.ts';
import { walk } from './walk.ts';

const port = (key: string, rail: string) => ({ key, interface: `net${key}`, state: 'failed' as const, rail });
const doc: RailsDoc = {
  revision: 1,
  lens: 'rails',
  totals: {
    workloads: 3,
    shownWorkloads: 3,
    cards: 2,
    networks: 2,
    drawnNetworks: 2,
    attachments: 3,
    states: {},
    brokenWorkloads: 1,
  },
  bands: [{ id: 'ns:lab', label: 'lab' }],
  rails: ['nad:lab/a', 'ghost:lab/b'].map((id, hue) => ({
    id,
    network: id.startsWith('ghost') ? null : id,
    name: id.slice(-1),
    technology: '',
    detail: '',
    role: 'secondary' as const,
    ghost: id.startsWith('ghost'),
    count: 1,
    worst: 'failed' as const,
    hue,
  })),
  cards: [
    {
      id: 'card:pod:lab/one',
      band: 'ns:lab',
      kind: 'pod',
      name: 'one',
      namespace: 'lab',
      count: 1,
      workload: 'pod:lab/one',
      members: ['one'],
      health: 'failing',
      status: '',
      ports: [port('1', 'nad:lab/a'), port('2', 'ghost:lab/b')],
      expandable: false,
    },
    {
      id: 'card:two',
      band: 'ns:lab',
      kind: 'group',
      name: 'two',
      namespace: 'lab',
      count: 2,
      members: ['two-0', 'two-1'],
      health: 'ok',
      status: '',
      ports: [port('1', 'nad:lab/a')],
      expandable: true,
    },
  ],
  drops: [
    { id: 'd1', card: 'card:pod:lab/one', port: 0, rail: 'nad:lab/a', state: 'failed', interface: 'net1', count: 1 },
    { id: 'd2', card: 'card:pod:lab/one', port: 1, rail: 'ghost:lab/b', state: 'failed', interface: 'net2', count: 1 },
    { id: 'd3', card: 'card:two', port: 0, rail: 'nad:lab/a', state: 'attached', interface: 'net1', count: 2 },
  ],
};

const finding = (...subjects: Subject[]): Finding => ({
  id: 'MN101:x',
  code: 'MN101',
  slug: 'x',
  severity: 'error',
  confidence: 'certain',
  title: '',
  message: '',
  cause: '',
  fix: { text: '' },
  subjects,
  evidence: [],
  docs: '',
});

test.each([
  [
    'an attachment lights its own drop only',
    [
      { type: 'attachment', id: 'pod:lab/one#2' },
      { type: 'workload', id: 'pod:lab/one' },
    ],
    ['card:pod:lab/one'],
    ['ghost:lab/b'],
    ['d2'],
  ],
  [
    'a pod lights all its drops',
    [{ type: 'workload', id: 'pod:lab/one' }],
    ['card:pod:lab/one'],
    ['ghost:lab/b', 'nad:lab/a'],
    ['d1', 'd2'],
  ],
  [
    'a member of a group lights the card of the group',
    [{ type: 'attachment', id: 'pod:lab/two-1#1' }],
    ['card:two'],
    ['nad:lab/a'],
    ['d3'],
  ],
  [
    'a network that does not exist lights its ghost',
    [{ type: 'network', id: 'nad:lab/b' }],
    ['card:pod:lab/one'],
    ['ghost:lab/b'],
    ['d2'],
  ],
  ['what is not drawn lights nothing', [{ type: 'workload', id: 'pod:lab/gone' }], [], [], []],
] satisfies [string, Subject[], string[], string[], string[]][])('%s', (_, subjects, cards, rails, drops) => {
  const touched = touchedByFinding(doc, finding(...subjects));
  expect([[...touched.cards].sort(), [...touched.rails].sort(), [...touched.drops].sort()]).toEqual([
    cards,
    rails,
    drops,
  ]);
});

test('nothing is dimmed when what is selected is not in the picture', () => {
  const layout = layoutRails(doc, { width: 900 });
  expect(litElements(touchedByNetwork(doc, 'nad:other/none'), layout)).toBeNull();
  expect(litElements(touchedByNetwork(doc, 'nad:lab/a'), layout)).toContain('drop d3');
});

test('arrow keys walk from card to card and stop at the ends', () => {
  const layout = layoutRails(doc, { width: 900 });
  const [first, second] = [...layout.cards.keys()];
  expect(walk(layout, null, 'right')).toBe(first);
  expect(walk(layout, first ?? '', 'right')).toBe(second);
  expect(walk(layout, second ?? '', 'right')).toBe(second);
  expect(walk(layout, second ?? '', 'up')).toBe(second);
  expect(walk(layout, second ?? '', 'first')).toBe(first);
});

test('what is meant of a card for many pods lights the drops to its rails, and those to the rail of many networks', () => {
  const rails = [...doc.rails, { ...doc.rails[0], id: 'more:1', networks: 90 } as (typeof doc.rails)[number]];
  const drops = [...doc.drops, { ...doc.drops[2], id: 'd4', rail: 'more:1' } as (typeof doc.drops)[number]];
  const lit = (cards: LitDoc['cards'], networks: string[] = []) => {
    const touched = touchedByLit({ ...doc, rails, drops }, { revision: 1, workloads: 1, cards, networks });
    return [[...touched.cards], [...touched.drops]];
  };
  expect(lit([{ id: 'card:two', count: 1, rails: ['nad:lab/a'] }])).toEqual([['card:two'], ['d3']]);
  expect(lit([{ id: 'card:two', count: 1, rails: ['nad:lab/unseen'] }])).toEqual([['card:two'], ['d4']]);
  expect(lit([], ['nad:lab/b'])).toEqual([['card:pod:lab/one'], ['d2']]);
});

test('the page knows by itself what a finding lights as long as the cards name its pods', () => {
  expect(namesAll(doc, finding({ type: 'attachment', id: 'pod:lab/two-1#1' }))).toBe(true);
  expect(namesAll(doc, finding({ type: 'network', id: 'nad:lab/a' }))).toBe(true);
  expect(namesAll(doc, finding({ type: 'attachment', id: 'pod:lab/seventy#2' }))).toBe(false);
});
