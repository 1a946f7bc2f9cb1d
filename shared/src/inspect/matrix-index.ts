import type { Applied, Engine } from '../engine/engine-api.ts';
import { railOf } from '../graph/member.ts';
import { createIsShown, shownPlugs } from '../graph/shown.ts';
import { type AttachmentState, attachmentStates, type Workload } from '../model/topology.ts';
import { brokenStates } from '../view/query.ts';
import type { View } from '../view/view.ts';
import { mergeInTurns, sortInTurns } from './in-turns.ts';

/** What the rows can be sorted by; `state` puts first what an eye should be drawn to. */
export const matrixSorts = ['state', 'name', 'pods'] as const;
export type MatrixSort = (typeof matrixSorts)[number];

/** Attachments by state. */
export type StateCounts = Map<AttachmentState, number>;

/** A namespace, a node or an owner: whatever `view.by` asks for. */
export type IndexedRow = {
  id: string;
  label: string;
  namespace?: string;
  workloads: Set<string>;
  cells: Map<string, StateCounts>;
  states: StateCounts;
};
export type IndexedColumn = { rail: string; states: StateCounts };

/** Counts of attachments by row and network, kept up to date by what changed. */
export type MatrixIndex = {
  readonly rows: ReadonlyMap<string, IndexedRow>;
  /** For a guess of what it costs: rows and workloads. */
  readonly size: number;
  /** True when `refresh` has something to do before rows can be read in this order. */
  isStale: (sort: MatrixSort) => boolean;
  /** Rows in an order, as of the last refresh. */
  order: (sort: MatrixSort) => readonly IndexedRow[];
  /** What is broken first, then by use. */
  columns: () => readonly IndexedColumn[];
  update: (applied: Applied) => void;
  /** Takes in all that `update` told so far. Yields every few milliseconds. */
  refresh: (sort: MatrixSort) => Generator<void, void>;
};

type Place = { row: IndexedRow; key: string; label: string };
type Part = {
  key: string;
  uses: number;
  row: string;
  plugs: readonly (readonly [rail: string, state: AttachmentState])[];
};

/** Pods looked at between two yields: a filter by code asks for the findings of each. */
const LOOK = 128;
const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
const compare = (a: Place, b: Place): number =>
  byText(a.key, b.key) || byText(a.label, b.label) || byText(a.row.id, b.row.id);

const rankOf = new Map(attachmentStates.map((state, rank) => [state, rank]));
export const worstState = (states: StateCounts): AttachmentState => {
  let worst: AttachmentState = 'ended';
  for (const state of states.keys()) if ((rankOf.get(state) ?? 0) < (rankOf.get(worst) ?? 0)) worst = state;
  return worst;
};
export const countOf = (states: StateCounts): number => {
  let sum = 0;
  for (const count of states.values()) sum += count;
  return sum;
};
/** Without what is blocked: that is fine in itself, and would hide behind which network the trouble is. */
export const brokenOf = (states: StateCounts): number => {
  let sum = 0;
  for (const [state, count] of states) if (brokenStates.has(state) && state !== 'blocked') sum += count;
  return sum;
};

const descending = (count: number): string => String(1e9 - count).padStart(10, '0');
const natural = (name: string): string => name.replace(/\d{1,9}/g, (digits) => digits.padStart(9, '0'));
const keyOf: Readonly<Record<MatrixSort, (row: IndexedRow) => string>> = {
  state: (row) =>
    `${descending(brokenOf(row.states))} ${String(rankOf.get(worstState(row.states)) ?? 0).padStart(2, '0')}`,
  name: () => '',
  pods: (row) => descending(row.workloads.size),
};

function addTo(states: StateCounts, state: AttachmentState, by: 1 | -1): void {
  const left = (states.get(state) ?? 0) + by;
  if (left > 0) states.set(state, left);
  else states.delete(state);
}

function rowOf(workload: Workload, by: View['by']): Pick<IndexedRow, 'id' | 'label' | 'namespace'> {
  const { namespace, node, owner } = workload;
  switch (by) {
    case 'namespace':
      return { id: `ns:${namespace}`, label: namespace };
    case 'node':
      return { id: `node:${node ?? ''}`, label: node ?? 'not scheduled' };
    case 'owner':
      return owner
        ? { id: `owner:${namespace}/${owner.kind}/${owner.name}`, label: owner.name, namespace }
        : { id: `bare:ns:${namespace}`, label: 'no owner', namespace };
    default:
      return by satisfies never;
  }
}

export function createMatrixIndex(engine: Engine, view: View): MatrixIndex {
  const isShown = createIsShown(engine, view);
  const rows = new Map<string, IndexedRow>();
  const columns = new Map<string, IndexedColumn>();
  const parts = new Map<string, Part>();
  /** Equal parts once. */
  const interned = new Map<string, Part>();
  const orders = new Map<MatrixSort, Place[]>();
  /** Rows that an order does not have as they are now. */
  const behind = new Map<MatrixSort, Set<string>>();
  let changed = new Set<string>();
  let begun = false;
  let columnOrder: IndexedColumn[] | null = null;

  const partOf = (id: string): Part | undefined => {
    const workload = engine.workload(id);
    if (!workload || !isShown(id)) return undefined;
    const row = rowOf(workload, view.by).id;
    const plugs = shownPlugs(engine.plugsOf(id), view).flatMap((plug) => {
      const rail = railOf(plug);
      return rail === null ? [] : [[rail, plug.state] as const];
    });
    const key = `${row} ${plugs.map(([rail, state]) => `${state} ${rail}`).join('|')}`;
    return interned.get(key) ?? { key, uses: 0, row, plugs };
  };
  const count = (id: string, part: Part, by: 1 | -1) => {
    const row = rows.get(part.row);
    if (!row) return;
    if (by === 1) row.workloads.add(id);
    else row.workloads.delete(id);
    for (const [rail, state] of part.plugs) {
      const cell = row.cells.get(rail) ?? new Map();
      const column = columns.get(rail) ?? { rail, states: new Map() };
      for (const states of [cell, column.states, row.states]) addTo(states, state, by);
      if (cell.size > 0) row.cells.set(rail, cell);
      else row.cells.delete(rail);
      if (column.states.size > 0) columns.set(rail, column);
      else columns.delete(rail);
    }
    if (row.workloads.size === 0) rows.delete(row.id);
    columnOrder = null;
    for (const late of behind.values()) late.add(row.id);
  };
  const place = (id: string) => {
    const old = parts.get(id);
    const part = partOf(id);
    if (old === part) return;
    if (old) {
      count(id, old, -1);
      old.uses -= 1;
      if (old.uses === 0) interned.delete(old.key);
    }
    if (!part) {
      parts.delete(id);
      return;
    }
    part.uses += 1;
    interned.set(part.key, part);
    parts.set(id, part);
    const workload = engine.workload(id);
    if (!rows.has(part.row) && workload)
      rows.set(part.row, {
        ...rowOf(workload, view.by),
        workloads: new Set(),
        cells: new Map(),
        states: new Map(),
      });
    count(id, part, 1);
  };
  const placesOf =
    (sort: MatrixSort) =>
    (id: string): Place[] => {
      const row = rows.get(id);
      return row ? [{ row, key: keyOf[sort](row), label: natural(row.label) }] : [];
    };

  return {
    rows,
    get size() {
      return rows.size + parts.size;
    },
    isStale: (sort) => !begun || changed.size > 0 || !orders.has(sort) || (behind.get(sort)?.size ?? 0) > 0,
    order: (sort) => (orders.get(sort) ?? []).map(({ row }) => row).filter((row) => row.workloads.size > 0),
    columns: () => {
      columnOrder ??= inOrder(columns.values());
      return columnOrder;
    },
    update: (applied) => {
      for (const id of applied.workloads) changed.add(id);
    },
    *refresh(sort) {
      const taken = changed;
      changed = new Set();
      let looked = 0;
      for (const id of begun ? taken : idsOf(engine)) {
        place(id);
        looked += 1;
        if (looked % LOOK === 0) yield;
      }
      begun = true;
      const old = orders.get(sort);
      const late = behind.get(sort) ?? new Set(rows.keys());
      behind.set(sort, new Set());
      const fresh = yield* sortInTurns(old ? late : rows.keys(), placesOf(sort), compare, LOOK);
      orders.set(sort, yield* mergeInTurns(old ?? [], fresh, compare, ({ row }) => late.has(row.id)));
    },
  };
}

function inOrder(columns: Iterable<IndexedColumn>): IndexedColumn[] {
  const counted = [...columns].map((column) => ({
    column,
    broken: brokenOf(column.states),
    count: countOf(column.states),
  }));
  counted.sort((a, b) => b.broken - a.broken || b.count - a.count || byText(a.column.rail, b.column.rail));
  return counted.map(({ column }) => column);
}

function* idsOf(engine: Engine): Generator<string> {
  for (const workload of engine.workloads()) yield workload.id;
}
