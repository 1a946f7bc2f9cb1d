import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AttachmentState } from '../../model/topology.ts';
import type { Card, Drop, Rail, RailsDoc } from '../graph-doc.ts';
import { chooseWidth } from './choose-width.ts';
import { layoutRails, type RailsLayout } from './rails.ts';

type Shape = {
  band: number;
  name: string;
  count: number;
  ports: { rail: number; state: AttachmentState; name: string }[];
};

const RAILS = 8;

const docOf = (shapes: readonly Shape[]): RailsDoc => {
  const rails = Array.from(
    { length: RAILS },
    (_, i): Rail => ({
      id: `r${i}`,
      network: `r${i}`,
      name: `net-${i}`,
      technology: 'macvlan',
      detail: '',
      role: i === 0 ? 'cluster-default' : 'secondary',
      ghost: i === 7,
      count: 0,
      worst: 'attached',
      hue: i,
    }),
  );
  const cards = shapes.map(
    (shape, i): Card => ({
      id: `c${i}`,
      band: `b${shape.band}`,
      kind: 'pod',
      name: shape.name,
      namespace: 'ns',
      count: shape.count,
      members: [],
      health: 'ok',
      status: 'running',
      ports: shape.ports.map((port, k) => ({
        key: `${k}`,
        interface: port.name,
        state: port.state,
        rail: `r${port.rail}`,
      })),
      expandable: false,
    }),
  );
  const drops = shapes.flatMap((shape, i) =>
    shape.ports.map(
      (port, k): Drop => ({
        id: `c${i}|${k}`,
        card: `c${i}`,
        port: k,
        rail: `r${port.rail}`,
        state: port.state,
        interface: port.name,
        count: 1,
      }),
    ),
  );
  const bands = [...new Set(shapes.map((shape) => shape.band))]
    .sort((a, b) => a - b)
    .map((band) => ({ id: `b${band}`, label: `band ${band}` }));
  return {
    revision: 1,
    lens: 'rails',
    bands,
    rails,
    cards,
    drops,
    totals: {
      workloads: 0,
      shownWorkloads: 0,
      cards: cards.length,
      networks: 0,
      drawnNetworks: 0,
      attachments: 0,
      states: {},
      brokenWorkloads: 0,
    },
  };
};

const shapes = fc.array(
  fc.record({
    band: fc.nat(5),
    name: fc.string({ maxLength: 60 }),
    count: fc.integer({ min: 1, max: 20000 }),
    ports: fc.array(
      fc.record({
        rail: fc.nat(RAILS - 1),
        state: fc.constantFrom<AttachmentState>('attached', 'failed', 'pending', 'unknown'),
        name: fc.string({ maxLength: 15 }),
      }),
      { maxLength: 6 },
    ),
  }),
  { maxLength: 40 },
);
const widths = fc.integer({ min: 50, max: 4000 });

type Box = { x: number; y: number; width: number; height: number };
const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const crowded = (layout: RailsLayout): string[] => {
  const cards = [...layout.cards.values()];
  const found: string[] = [];
  cards.forEach((a, i) => {
    for (const b of cards.slice(i + 1)) if (overlap(a, b)) found.push(`${a.id} and ${b.id}`);
  });
  layout.bands.forEach((a, i) => {
    for (const b of layout.bands.slice(i + 1)) if (overlap(a, b)) found.push(`${a.key} and ${b.key}`);
  });
  for (const rail of layout.rails)
    for (const band of layout.bands)
      if (overlap({ ...rail, height: 8, y: rail.y - 4 }, band)) found.push(`${rail.key} and ${band.key}`);
  layout.drops.forEach((a, i) => {
    for (const b of layout.drops.slice(i + 1)) {
      const together = Math.min(a.y2, b.y2) > Math.max(a.y1, b.y1);
      if (together && Math.abs(a.x - b.x) < 5) found.push(`${a.id} and ${b.id}`);
    }
  });
  return found;
};

test('nothing overlaps: cards, bands, rails and drops keep apart at any width', () => {
  fc.assert(
    fc.property(shapes, widths, (list, width) => {
      expect(crowded(layoutRails(docOf(list), { width }))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('every card and every drop has its place, and a drop runs from its card to its rail', () => {
  fc.assert(
    fc.property(shapes, widths, (list, width) => {
      const doc = docOf(list);
      const layout = layoutRails(doc, { width });
      expect(layout.cards.size).toBe(doc.cards.length);
      expect(layout.drops.length).toBe(doc.drops.length);
      for (const drop of layout.drops) {
        const card = layout.cards.get(drop.card);
        const rail = layout.rails.find((one) => one.key === drop.railKey);
        expect(card && drop.x > card.x && drop.x < card.x + card.width).toBe(true);
        expect(rail && drop.y2 === rail.y && drop.y1 < drop.cut && drop.cut < drop.y2).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('equal input gives equal output', () => {
  fc.assert(
    fc.property(shapes, widths, (list, width) => {
      expect(layoutRails(docOf(list), { width })).toEqual(layoutRails(docOf(list), { width }));
    }),
    { numRuns: 20 },
  );
});

test('a card that changes its state, count or status moves nothing', () => {
  fc.assert(
    fc.property(
      shapes.filter((list) => list.length > 0),
      widths,
      (list, width) => {
        const before = layoutRails(docOf(list), { width });
        const after = docOf(list);
        for (const card of after.cards.slice(0, 1))
          Object.assign(card, {
            health: 'failing',
            status: 'failing',
            ports: card.ports.map((port) => ({ ...port, state: 'failed' })),
          });
        for (const drop of after.drops) if (drop.card === 'c0') drop.state = 'failed';
        expect(layoutRails(after, { width })).toEqual(before);
      },
    ),
    { numRuns: 30 },
  );
});

const without = (doc: RailsDoc, card: string): RailsDoc => ({
  ...doc,
  cards: doc.cards.filter((one) => one.id !== card),
  drops: doc.drops.filter((one) => one.card !== card),
});

test('a card that goes leaves a gap: no other card, drop or rail moves, and when it comes back it is where it was', () => {
  fc.assert(
    fc.property(
      shapes.filter((list) => list.length > 1),
      widths,
      fc.nat(),
      (list, width, pick) => {
        const doc = docOf(list);
        const first = layoutRails(doc, { width });
        const gone = doc.cards[pick % doc.cards.length]?.id ?? '';
        const second = layoutRails(without(doc, gone), { width, before: first.plan });
        for (const [id, card] of second.cards) expect(card).toEqual(first.cards.get(id));
        for (const rail of second.rails.filter((one) => second.drops.some((drop) => drop.railKey === one.key))) {
          expect(rail).toEqual(first.rails.find((one) => one.key === rail.key));
        }
        const third = layoutRails(doc, { width, before: second.plan });
        expect(new Map([...third.cards].sort())).toEqual(new Map([...first.cards].sort()));
      },
    ),
    { numRuns: 60 },
  );
});

test('a new card moves nothing in the bands before its own', () => {
  const base: Shape[] = ['a', 'b', 'c', 'd'].map((name, i) => ({ band: i % 2, name, count: 1, ports: [] }));
  const first = layoutRails(docOf(base), { width: 2000 });
  const second = layoutRails(docOf([...base, { band: 1, name: '0-first-by-name', count: 1, ports: [] }]), {
    width: 2000,
    before: first.plan,
  });
  for (const [id, card] of first.cards) expect(second.cards.get(id)).toEqual(card);
});

test('laid out again on its own plan, a picture stays as it is', () => {
  fc.assert(
    fc.property(shapes, widths, (list, width) => {
      const first = layoutRails(docOf(list), { width });
      expect(layoutRails(docOf(list), { width, before: first.plan })).toEqual(first);
    }),
    { numRuns: 30 },
  );
});

test('what a person has moved stays moved, and its drops follow', () => {
  const doc = docOf([{ band: 0, name: 'a', count: 1, ports: [{ rail: 1, state: 'attached', name: 'net1' }] }]);
  const [plain, moved] = [
    layoutRails(doc, { width: 900 }),
    layoutRails(doc, { width: 900, moved: new Map([['c0', { dx: 30, dy: 4 }]]) }),
  ];
  expect((moved.cards.get('c0')?.x ?? 0) - (plain.cards.get('c0')?.x ?? 0)).toBe(30);
  expect((moved.drops[0]?.x ?? 0) - (plain.drops[0]?.x ?? 0)).toBe(30);
});

test('the chosen width keeps few cards in one tier and breaks many into several', () => {
  const card = (i: number): Shape => ({
    band: i % 6,
    name: `app-${i}`,
    count: 1,
    ports: [{ rail: 1 + (i % 6), state: 'attached', name: 'net1' }],
  });
  const tiers = (n: number): number => {
    const doc = docOf(Array.from({ length: n }, (_, i) => card(i)));
    return layoutRails(doc, { width: chooseWidth(doc, { width: 980, height: 780 }) }).tiers;
  };
  expect(tiers(6)).toBe(1);
  expect(tiers(30)).toBeGreaterThan(1);
  expect(tiers(200)).toBeGreaterThan(3);
});

test('dangling references are left out', () => {
  const doc = docOf([{ band: 0, name: 'a', count: 1, ports: [] }]);
  doc.drops.push(
    { id: 'x', card: 'gone', port: 0, rail: 'r1', state: 'attached', interface: '', count: 1 },
    { id: 'y', card: 'c0', port: 9, rail: 'r1', state: 'attached', interface: '', count: 1 },
  );
  doc.cards.push({ ...(doc.cards[0] as Card), id: 'stray', band: 'nowhere' });
  const layout = layoutRails(doc, { width: 800 });
  expect(layout.drops).toEqual([]);
  expect(layout.cards.has('stray')).toBe(true);
});

test('4,500 elements are laid out well within a frame budget that a slow machine meets', () => {
  const doc = docOf(
    Array.from({ length: 1500 }, (_, i) => ({
      band: i % 40,
      name: `app-${i}`,
      count: 1,
      ports: [
        { rail: 0, state: 'attached' as const, name: 'eth0' },
        { rail: 1 + (i % 7), state: 'attached' as const, name: 'net1' },
      ],
    })),
  );
  layoutRails(doc, { width: 6000 });
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    layoutRails(doc, { width: 6000 });
    return performance.now() - start;
  }).sort((a, b) => a - b);
  expect(times[3]).toBeLessThan(50);
});

test('rails stand as far apart as the page has room for, and the picture is as high as they take', () => {
  const ports = [0, 1, 2].map((rail) => ({ rail, state: 'attached' as const, name: `net${rail}` }));
  const doc = docOf([{ band: 0, name: 'pod', count: 1, ports }]);
  const step = (layout: RailsLayout) => (layout.rails[2]?.y ?? 0) - (layout.rails[1]?.y ?? 0);
  const narrow = layoutRails(doc, { width: 900 });
  const wide = layoutRails(doc, { width: 900, railStep: 40 });
  expect([step(wide), wide.railStep]).toEqual([40, 40]);
  expect(wide.height - narrow.height).toBeCloseTo((wide.rails.length - 0.5) * (40 - step(narrow)));
  const yOf = new Map(wide.rails.map(({ key, y }) => [key, y]));
  expect(wide.drops.map(({ y2 }) => y2)).toEqual(wide.drops.map(({ railKey }) => yOf.get(railKey)));
});
