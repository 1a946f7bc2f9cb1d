import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEngine } from '../engine/engine.ts';
import type { KubeObject } from '../kube/object.ts';
import { providers } from '../providers/registry.ts';
import { rules } from '../rules/registry.ts';
import { defaultView, type View } from '../view/view.ts';
import { applyDelta, diffGraph } from './delta.ts';
import type { RailsDoc } from './graph-doc.ts';
import { createRailsProjector } from './project.ts';

const root = new URL('../../fixtures/real/', import.meta.url);
const objectsOf = (name: string): KubeObject[] =>
  JSON.parse(readFileSync(new URL(`${name}/cluster.json`, root), 'utf8')).items;
const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

function draw(objects: KubeObject[], view: Partial<View> = {}): RailsDoc {
  const engine = createEngine({ providers, rules });
  engine.apply(
    objects.map((object) => ({ type: 'put', object })),
    Date.parse('2026-11-24T03:00:00Z'),
  );
  return createRailsProjector(engine, { ...defaultView, ...view }).doc();
}

const everything = folders.flatMap(objectsOf);

describe('the picture accounts for every pod', () => {
  test.each([{}, { by: 'node' as const }, { by: 'owner' as const }, { defaultNetwork: false }])('%o', (view) => {
    const doc = draw(everything, view);
    expect(doc.cards.reduce((sum, card) => sum + card.count, 0)).toBe(doc.totals.shownWorkloads);
    expect(doc.totals.shownWorkloads).toBe(doc.totals.workloads);
    const rails = new Set(doc.rails.map((rail) => rail.id));
    const bands = new Set(doc.bands.map((band) => band.id));
    for (const drop of doc.drops) expect(rails).toContain(drop.rail);
    for (const card of doc.cards) expect(bands).toContain(card.band);
  });
});

test('equal pods of one owner share a card, a failing one stands apart', () => {
  const doc = draw(objectsOf('whereabouts-exhausted'));
  const readers = doc.cards.filter((card) => card.namespace === 'ingest');
  expect(readers.map((card) => [card.count, card.health]).sort()).toEqual([
    [2, 'failing'],
    [2, 'ok'],
  ]);
});

test('an opened group shows its pods one by one', () => {
  const closed = draw(objectsOf('whereabouts-exhausted'));
  const group = closed.cards.find((card) => card.health === 'failing')?.group;
  const open = draw(objectsOf('whereabouts-exhausted'), { open: [group ?? ''] });
  const own = open.cards.filter((card) => card.namespace === 'ingest');
  expect(own.map((card) => card.count)).toEqual([1, 1, 1, 1]);
  expect(own.every((card) => card.expanded && card.group === group)).toBe(true);
});

test('what does not exist has a ghost rail named as it was asked for', () => {
  const doc = draw(objectsOf('nad-missing'));
  expect(doc.rails.filter((rail) => rail.ghost).map((rail) => `${rail.namespace}/${rail.name}`)).toEqual([
    'checkout/backend-net',
    'checkout/bakend',
  ]);
});

test('filters leave out, and the totals say so', () => {
  const doc = draw(everything, { namespaces: ['checkout'], states: ['failed'] });
  expect(doc.totals.shownWorkloads).toBe(3);
  expect(doc.totals.workloads).toBeGreaterThan(50);
  expect(draw(everything, { hide: '-ns:checkout' }).totals.shownWorkloads).toBe(doc.totals.workloads - 3);
});

test('a delta leads from any picture to any other', () => {
  const some = fc.subarray(folders, { minLength: 0, maxLength: 4 });
  fc.assert(
    fc.property(some, some, (first, second) => {
      const [a, b] = [draw(first.flatMap(objectsOf)), draw(second.flatMap(objectsOf))];
      const delta = diffGraph(a, b);
      expect(delta === null ? a : applyDelta(a, delta)).toEqual({
        ...b,
        revision: delta === null ? a.revision : b.revision,
      });
    }),
    { numRuns: 40 },
  );
});
