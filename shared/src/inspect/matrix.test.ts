import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createEngine } from '../engine/engine.ts';
import type { Engine } from '../engine/engine-api.ts';
import { railOf } from '../graph/member.ts';
import { createIsShown } from '../graph/shown.ts';
import type { KubeObject } from '../kube/object.ts';
import { refOf } from '../kube/object.ts';
import { providers } from '../providers/registry.ts';
import { rules } from '../rules/registry.ts';
import { brokenStates } from '../view/query.ts';
import { defaultView, type View } from '../view/view.ts';
import { buildMatrixCell, buildMatrixDoc, type MatrixDoc, type MatrixPart } from './matrix.ts';
import { createMatrixIndex, type MatrixIndex, type MatrixSort, matrixSorts } from './matrix-index.ts';

const NOW = Date.parse('2026-11-24T03:00:00Z');
const root = new URL('../../fixtures/real/', import.meta.url);
const everything: KubeObject[] = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((entry) => JSON.parse(readFileSync(new URL(`${entry.name}/cluster.json`, root), 'utf8')).items);

const engineOf = (objects: readonly KubeObject[]): Engine => {
  const engine = createEngine({ providers, rules });
  engine.apply(
    objects.map((object) => ({ type: 'put', object })),
    NOW,
  );
  return engine;
};
const refreshed = (index: MatrixIndex, sort: MatrixSort): MatrixIndex => {
  while (index.isStale(sort)) for (const _ of index.refresh(sort));
  return index;
};
const all: MatrixPart = {
  sort: 'state',
  desc: false,
  rows: '',
  offset: 0,
  limit: 9999,
  columnOffset: 0,
  columnLimit: 9999,
};
const matrixOf = (engine: Engine, view: View, part: Partial<MatrixPart> = {}): MatrixDoc => {
  const asked = { ...all, ...part };
  return buildMatrixDoc(engine, refreshed(createMatrixIndex(engine, view), asked.sort), asked);
};
const views: [string, Partial<View>][] = [
  ['namespaces', {}],
  ['nodes', { by: 'node' }],
  ['owners', { by: 'owner' }],
  ['a filter, without the default network', { namespaces: ['checkout', 'ingest'], defaultNetwork: false }],
];

test.each(views)('every attachment is in one cell: %s', (_, change) => {
  const engine = engineOf(everything);
  const view = { ...defaultView, ...change };
  const doc = matrixOf(engine, view);
  const isShown = createIsShown(engine, view);
  const shown = [...engine.workloads()].filter(({ id }) => isShown(id));
  const plugs = shown
    .flatMap(({ id }) => engine.plugsOf(id))
    .filter((plug) => railOf(plug) !== null && (view.defaultNetwork || plug.slot > 0));
  const cells = doc.rows.items.flatMap((row) => row.cells.flatMap((cell) => cell ?? []));
  const sum = (counts: number[]) => counts.reduce((a, b) => a + b, 0);
  expect(sum(cells.map((cell) => cell.count))).toBe(plugs.length);
  expect(sum(cells.map((cell) => cell.broken))).toBe(
    plugs.filter(({ state }) => state !== 'blocked' && brokenStates.has(state)).length,
  );
  expect(sum(doc.rows.items.map((row) => row.workloads))).toBe(shown.length);
  for (const [at, column] of doc.columns.items.entries())
    expect(column.count).toBe(sum(doc.rows.items.map((row) => row.cells[at]?.count ?? 0)));
});

test('what has most broken is on top, by rows and by columns, and parts are parts of the whole', () => {
  const engine = engineOf(everything);
  const whole = matrixOf(engine, defaultView);
  const broken = whole.rows.items.map((row) => row.broken);
  expect(broken[0]).toBeGreaterThan(0);
  expect(broken).toEqual([...broken].sort((a, b) => b - a));
  const columns = whole.columns.items.map((column) => column.broken);
  expect(columns).toEqual([...columns].sort((a, b) => b - a));
  const part = matrixOf(engine, defaultView, { offset: 2, limit: 3, columnOffset: 1, columnLimit: 4 });
  expect(part.rows).toMatchObject({ total: whole.rows.total, offset: 2 });
  expect(part.rows.items).toEqual(
    whole.rows.items.slice(2, 5).map((row) => ({ ...row, cells: row.cells.slice(1, 5) })),
  );
  const up = matrixOf(engine, defaultView, { sort: 'name' }).rows.items.map((row) => row.id);
  expect(matrixOf(engine, defaultView, { sort: 'name', desc: true }).rows.items.map((row) => row.id)).toEqual(
    [...up].reverse(),
  );
  expect(matrixOf(engine, defaultView, { rows: 'checkO' }).rows.items.map((row) => row.label)).toEqual(['checkout']);
});

test('a cell names its attachments, those in trouble first', () => {
  const engine = engineOf(everything);
  const index = refreshed(createMatrixIndex(engine, defaultView), 'state');
  const { rows, columns } = buildMatrixDoc(engine, index, all);
  const row = rows.items[0];
  const at = row?.cells.findIndex((cell) => cell !== null && cell.broken > 0) ?? -1;
  const network = columns.items[at]?.id ?? '';
  const cell = buildMatrixCell(engine, index, { row: row?.id ?? '', network }, 100);
  expect(cell).toMatchObject({ ...row?.cells[at], network: { id: network } });
  expect(cell?.attachments.length).toBe(cell?.count);
  expect(cell?.attachments.every((item) => item.network === network)).toBe(true);
  expect(brokenStates.has(cell?.attachments[0]?.state ?? '')).toBe(true);
  expect(buildMatrixCell(engine, index, { row: 'ns:nowhere', network }, 100)).toBeNull();
});

test.each(matrixSorts)('law: whatever comes and goes, the matrix equals a fresh one, sorted by %s', (sort) => {
  const half = everything.filter((_, at) => at % 2 === 0);
  const engine = engineOf(half);
  const view: View = { ...defaultView, by: 'owner' };
  const index = refreshed(createMatrixIndex(engine, view), sort);
  const rest = everything.filter((_, at) => at % 2 === 1);
  for (let from = 0; from < rest.length; from += 40) {
    const some = rest.slice(from, from + 40);
    index.update(
      engine.apply(
        some.map((object) => ({ type: 'put', object })),
        NOW,
      ),
    );
    if (from % 80 === 0) refreshed(index, sort);
  }
  for (const object of half.filter(({ kind }, at) => kind === 'Pod' && at % 3 === 0))
    index.update(engine.apply([{ type: 'delete', ref: refOf(object) }], NOW));
  expect(buildMatrixDoc(engine, refreshed(index, sort), { ...all, sort })).toEqual(matrixOf(engine, view, { sort }));
});
