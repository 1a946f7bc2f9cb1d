import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEngine } from '../engine/engine.ts';
import type { Engine } from '../engine/engine-api.ts';
import { createProjector } from '../graph/lenses.ts';
import type { Change, KubeObject } from '../kube/object.ts';
import { providers } from '../providers/registry.ts';
import { rules } from '../rules/registry.ts';
import { defaultView, type View } from '../view/view.ts';
import { buildLedgerDoc, type LedgerRow } from './ledger.ts';
import { createLedgerOrder, type LedgerOrder, type LedgerSort, ledgerSorts } from './ledger-order.ts';

const root = new URL('../../fixtures/real/', import.meta.url);
const everything: KubeObject[] = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => JSON.parse(readFileSync(new URL(`${name}/cluster.json`, root), 'utf8')).items);
const now = Date.parse('2026-11-24T03:00:00Z');
const put = (object: KubeObject): Change => ({ type: 'put', object });

const engineOf = (objects: readonly KubeObject[]): Engine => {
  const engine = createEngine({ providers, rules });
  engine.apply(objects.map(put), now);
  return engine;
};
const refreshed = (order: LedgerOrder): LedgerOrder => {
  for (const _ of order.refresh());
  return order;
};
const orderOf = (engine: Engine, sort: LedgerSort, view: Partial<View> = {}): LedgerOrder =>
  refreshed(createLedgerOrder(engine, { ...defaultView, ...view }, sort));
const rowsOf = (engine: Engine, order: LedgerOrder, desc = false): LedgerRow[] =>
  buildLedgerDoc(engine, order, { offset: 0, limit: order.length, desc }).rows;

const engine = engineOf(everything);

describe('the ledger has exactly the attachments of the picture', () => {
  test.each<Partial<View>>([
    {},
    { namespaces: ['checkout'] },
    { states: ['broken'] },
    { hide: 'state:failed -ns:checkout' },
    { hide: 'no such thing at all' },
  ])('%o', (view) => {
    const { totals } = createProjector(engine, { ...defaultView, ...view }).doc();
    const rows = rowsOf(engine, orderOf(engine, 'state', view));
    expect(rows.length).toBe(totals.attachments);
    const states: Record<string, number> = {};
    for (const { state } of rows) states[state] = (states[state] ?? 0) + 1;
    expect(states).toEqual(totals.states);
  });

  test('without the default network where the view leaves it out', () => {
    const rows = rowsOf(engine, orderOf(engine, 'pod', { defaultNetwork: false }));
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter(({ id }) => id.endsWith('#0'))).toEqual([]);
  });
});

test.each(ledgerSorts)('by %s: parts join without gap or overlap, descending has the same lines', (sort) => {
  const order = orderOf(engine, sort);
  const ids = rowsOf(engine, order).map(({ id }) => id);
  expect(new Set(ids).size).toBe(engine.counts().attachments);
  const parts: string[] = [];
  for (let offset = 0; offset < order.length; offset += 7)
    parts.push(...buildLedgerDoc(engine, order, { offset, limit: 7, desc: false }).rows.map(({ id }) => id));
  expect(parts).toEqual(ids);
  const turned = rowsOf(engine, order, true).map(({ id }) => id);
  expect(turned).not.toEqual(ids);
  expect([...turned].sort()).toEqual([...ids].sort());
});

test('the worst comes first, with what explains it', () => {
  const rows = rowsOf(engine, orderOf(engine, 'state'));
  expect(rows[0]).toMatchObject({ state: 'failed', finding: { severity: 'error' } });
  expect(['attached', 'ended']).toContain(rows.at(-1)?.state);
});

test('addresses go by number, and what has none is last in both directions', () => {
  const order = orderOf(engine, 'address');
  const first = (rows: LedgerRow[]) => rows.map(({ addresses }) => addresses[0]?.ip ?? '');
  const [up, down] = [first(rowsOf(engine, order)), first(rowsOf(engine, order, true))];
  expect(up.at(-1)).toBe('');
  expect(down.at(-1)).toBe('');
  const filled = up.filter(Boolean);
  expect(down.filter(Boolean)).toEqual([...filled].reverse());
  const v4 = filled.filter((ip) => ip.includes('.'));
  const numbers = v4.map((ip) => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0));
  expect(numbers.length).toBeGreaterThan(20);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
});

test('an order that followed changes is that of a fresh one', () => {
  const pods = everything.filter((object) => object.kind === 'Pod' || object.kind === 'NetworkAttachmentDefinition');
  const some = fc.subarray(pods, { maxLength: 25 });
  fc.assert(
    fc.property(fc.constantFrom(...ledgerSorts), some, some, fc.boolean(), (sort, first, second, hidden) => {
      const live = engineOf(everything);
      const view = hidden ? { hide: 'state:attached' } : {};
      const order = orderOf(live, sort, view);
      for (const [objects, type] of [
        [first, 'delete'],
        [second, 'put'],
      ] as const) {
        const changes = objects.map(
          (object): Change => (type === 'put' ? put(object) : { type: 'delete', ref: refOf(object) }),
        );
        order.update(live.apply(changes, now));
        refreshed(order);
      }
      const fresh = orderOf(live, sort, view);
      expect(order.slice(0, order.length, false)).toEqual(fresh.slice(0, fresh.length, false));
    }),
    { numRuns: 15 },
  );
});

const refOf = ({ apiVersion = '', kind = '', metadata }: KubeObject) => ({
  group: apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '',
  kind,
  name: metadata?.name ?? '',
  ...(metadata?.namespace === undefined ? {} : { namespace: metadata.namespace }),
});
