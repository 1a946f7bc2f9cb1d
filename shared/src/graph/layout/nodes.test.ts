import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NodeCard, NodeLane, NodesDoc, NodeUse } from '../nodes-doc.ts';
import { columnsFor, layoutNodes, type NodesLayout } from './nodes.ts';
import type { Box } from './rails.ts';

type Size = { lanes: number; uses: number };

const cardOf = (name: string): NodeCard => ({
  id: `node:${name}`,
  kind: 'node',
  name,
  count: 1,
  node: name,
  members: [name],
  ready: 'ready',
  multus: 'running',
  devices: 'links',
  pods: 1,
  plugless: 0,
  broken: 0,
  health: 'ok',
  idle: [],
  moreIdle: 0,
  expandable: false,
});

const laneOf = (card: string, at: number): NodeLane => ({
  id: `${card}|eth${at}`,
  card,
  name: `eth${at}`,
  kind: 'nic',
  state: 'up',
  nodes: 1,
  inState: 1,
  chain: [],
  switchPorts: [],
});

const useOf = (card: string, at: number, lane: string | null): NodeUse => ({
  id: `use:${card}|${at}`,
  card,
  lane,
  rail: `net-${at}`,
  networks: 1,
  nodes: 1,
  count: 1,
  states: { attached: 1 },
  worst: 'attached',
  also: [],
  troubled: [],
});

const docOf = (sizes: Readonly<Record<string, Size>>): NodesDoc => {
  const nodes = Object.keys(sizes).map(cardOf);
  const lanes = nodes.flatMap(({ id, name }) =>
    Array.from({ length: sizes[name]?.lanes ?? 0 }, (_, at) => laneOf(id, at)),
  );
  const uses = nodes.flatMap(({ id, name }) => {
    const { lanes: count, uses: rows } = sizes[name] ?? { lanes: 0, uses: 0 };
    return Array.from({ length: rows }, (_, at) =>
      useOf(id, at, count > 0 && at % 3 > 0 ? `${id}|eth${at % count}` : null),
    );
  });
  const totals = {
    workloads: 0,
    shownWorkloads: 0,
    cards: nodes.length,
    networks: 0,
    drawnNetworks: 0,
    attachments: 0,
    states: {},
    brokenWorkloads: 0,
  };
  return { revision: 1, lens: 'nodes', totals, sources: [], rails: [], nodes, lanes, uses };
};

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const within = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;
const at = (layout: NodesLayout, name: string): Box | undefined => layout.cards.find(({ id }) => id === `node:${name}`);

const anySizes = fc
  .array(fc.record({ lanes: fc.nat(5), uses: fc.nat(12) }), { minLength: 1, maxLength: 12 })
  .map((sizes) => Object.fromEntries(sizes.map((size, index) => [`n${index}`, size])));

test('no card covers another, nothing leaves its card, and no two rows share a place', () => {
  fc.assert(
    fc.property(anySizes, fc.integer({ min: 200, max: 2600 }), (sizes, width) => {
      const doc = docOf(sizes);
      const layout = layoutNodes(doc, { width });
      expect(layout.cards).toHaveLength(doc.nodes.length);
      expect(layout.lanes.filter(({ id }) => id !== null)).toHaveLength(doc.lanes.length);
      expect(layout.uses).toHaveLength(doc.uses.length);
      for (const [index, card] of layout.cards.entries())
        for (const other of layout.cards.slice(index + 1)) expect(overlap(card, other)).toBe(false);
      for (const row of [...layout.lanes, ...layout.uses]) {
        const card = layout.cards.find(({ id }) => id === row.card);
        expect(card && within(row, card)).toBe(true);
        expect(row.y + row.height).toBeLessThanOrEqual(layout.height);
      }
      for (const [index, row] of layout.uses.entries())
        for (const other of layout.uses.slice(index + 1)) expect(overlap(row, other)).toBe(false);
    }),
  );
});

test('as many columns as fit, and one where none does', () => {
  expect([columnsFor(200), columnsFor(360), columnsFor(800), columnsFor(1150)]).toEqual([1, 1, 2, 3]);
});

test('a node that changes moves nothing but what lies beneath it', () => {
  const sizes = {
    a: { lanes: 1, uses: 4 },
    b: { lanes: 1, uses: 2 },
    c: { lanes: 1, uses: 2 },
    d: { lanes: 2, uses: 2 },
  };
  const before = layoutNodes(docOf(sizes), { width: 800 });
  const smaller = layoutNodes(docOf({ ...sizes, a: { lanes: 1, uses: 1 } }), { width: 800, before: before.plan });
  for (const name of ['b', 'c', 'd']) expect(at(smaller, name)).toEqual(at(before, name));
  const larger = layoutNodes(docOf({ ...sizes, b: { lanes: 1, uses: 9 } }), { width: 800, before: before.plan });
  const below = (name: string) => at(before, name)?.x === at(before, 'b')?.x && name !== 'b';
  for (const name of ['a', 'c', 'd'].filter((one) => !below(one))) expect(at(larger, name)).toEqual(at(before, name));
});

test('a node that goes leaves its place free; one that comes takes it where it fits', () => {
  const sizes = {
    a: { lanes: 1, uses: 4 },
    b: { lanes: 1, uses: 2 },
    c: { lanes: 1, uses: 2 },
    d: { lanes: 2, uses: 2 },
  };
  const before = layoutNodes(docOf(sizes), { width: 800 });
  const { a: _, ...rest } = sizes;
  const without = layoutNodes(docOf(rest), { width: 800, before: before.plan });
  for (const name of ['b', 'c', 'd']) expect(at(without, name)).toEqual(at(before, name));
  const again = layoutNodes(docOf({ ...rest, e: { lanes: 1, uses: 3 } }), { width: 800, before: without.plan });
  expect([at(again, 'e')?.x, at(again, 'e')?.y]).toEqual([at(before, 'a')?.x, at(before, 'a')?.y]);
});
