import type { Engine } from '../engine/engine-api.ts';
import { ghostName, railOf } from '../graph/member.ts';
import { type AttachmentState, attachmentStates } from '../model/topology.ts';
import { buildLedgerRow, type LedgerRow } from './ledger.ts';
import {
  brokenOf,
  countOf,
  type IndexedColumn,
  type IndexedRow,
  type MatrixIndex,
  type MatrixSort,
  type StateCounts,
  worstState,
} from './matrix-index.ts';

/**
 * Attachments of a row on a network: how many, the state an eye should be drawn to first, and how many are in that. `broken`: failed,
 * mismatched or missing.
 */
export type MatrixCell = { count: number; broken: number; worst: AttachmentState; ofWorst: number };

export type MatrixRow = {
  /** `ns:...`, `node:...`, `owner:...`, as `view.by` asks; `bare:...` for pods without an owner. */
  id: string;
  label: string;
  namespace?: string;
  workloads: number;
  broken: number;
  worst: AttachmentState;
  /** One for each column of the answer; null where there is none. */
  cells: (MatrixCell | null)[];
};

export type MatrixColumn = MatrixCell & {
  /** Id of the network, or of the rail of what was asked for and does not exist. */
  id: string;
  name: string;
  namespace?: string;
  technology: string;
  /** It was asked for and does not exist. */
  ghost: boolean;
};

/** A part of the matrix of a view; the totals count all of it. */
export type MatrixDoc = {
  revision: number;
  rows: { total: number; offset: number; items: MatrixRow[] };
  columns: { total: number; offset: number; items: MatrixColumn[] };
};

export type MatrixPart = {
  sort: MatrixSort;
  desc: boolean;
  /** Text that the names of rows have. */
  rows: string;
  offset: number;
  limit: number;
  columnOffset: number;
  columnLimit: number;
};

function toCell(states: StateCounts): MatrixCell {
  const worst = worstState(states);
  return { count: countOf(states), broken: brokenOf(states), worst, ofWorst: states.get(worst) ?? 0 };
}

function toRow(row: IndexedRow, columns: readonly IndexedColumn[]): MatrixRow {
  const { id, label, namespace, workloads, states } = row;
  return {
    id,
    label,
    ...(namespace === undefined ? {} : { namespace }),
    workloads: workloads.size,
    broken: brokenOf(states),
    worst: worstState(states),
    cells: columns.map(({ rail }) => {
      const cell = row.cells.get(rail);
      return cell ? toCell(cell) : null;
    }),
  };
}

const networkOf = (engine: Engine, rail: string): Pick<MatrixColumn, 'name' | 'namespace' | 'technology' | 'ghost'> => {
  const network = engine.network(rail);
  const { name, namespace } = network ?? ghostName(rail);
  return {
    name: name ?? 'unreadable request',
    ...(namespace === undefined ? {} : { namespace }),
    technology: network && network.technology !== 'unknown' ? network.technology : '',
    ghost: network === undefined,
  };
};

const toColumn = (engine: Engine, { rail, states }: IndexedColumn): MatrixColumn => ({
  id: rail,
  ...networkOf(engine, rail),
  ...toCell(states),
});

/** Rows and columns of a matrix, as of its last refresh. */
export function buildMatrixDoc(engine: Engine, index: MatrixIndex, part: MatrixPart): MatrixDoc {
  const wanted = part.rows.toLowerCase();
  const order = index.order(part.sort);
  const rows = wanted
    ? order.filter(({ label, namespace }) => `${namespace ?? ''}/${label}`.toLowerCase().includes(wanted))
    : order;
  const from = part.desc ? Math.max(0, rows.length - part.offset - part.limit) : part.offset;
  const some = rows.slice(from, part.desc ? rows.length - part.offset : part.offset + part.limit);
  if (part.desc) some.reverse();
  const columns = index.columns();
  const shown = columns.slice(part.columnOffset, part.columnOffset + part.columnLimit);
  return {
    revision: engine.revision,
    rows: { total: rows.length, offset: part.offset, items: some.map((row) => toRow(row, shown)) },
    columns: {
      total: columns.length,
      offset: part.columnOffset,
      items: shown.map((column) => toColumn(engine, column)),
    },
  };
}

/** What stands behind one cell: its attachments, those in trouble first, at most `limit`. */
export type MatrixCellDoc = MatrixCell & {
  revision: number;
  row: { id: string; label: string; namespace?: string };
  network: { id: string; name: string; namespace?: string; technology: string; ghost: boolean };
  states: Partial<Record<AttachmentState, number>>;
  attachments: LedgerRow[];
};

/** null where the row or the network has nothing there. */
export function buildMatrixCell(
  engine: Engine,
  index: MatrixIndex,
  { row: rowId, network }: { row: string; network: string },
  limit: number,
): MatrixCellDoc | null {
  const row = index.rows.get(rowId);
  const states = row?.cells.get(network);
  if (!row || !states) return null;
  const byState = new Map<AttachmentState, [workload: string, slot: number][]>();
  for (const id of row.workloads)
    for (const plug of engine.plugsOf(id)) {
      if (railOf(plug) !== network) continue;
      const some = byState.get(plug.state) ?? [];
      byState.set(plug.state, some);
      if (some.length < limit) some.push([id, plug.slot]);
    }
  const first = attachmentStates.flatMap((state) => byState.get(state) ?? []).slice(0, limit);
  const { id, label, namespace } = row;
  return {
    revision: engine.revision,
    row: { id, label, ...(namespace === undefined ? {} : { namespace }) },
    network: { id: network, ...networkOf(engine, network) },
    ...toCell(states),
    states: Object.fromEntries(
      attachmentStates.flatMap((state) => (states.has(state) ? [[state, states.get(state)]] : [])),
    ),
    attachments: first.flatMap(([workload, slot]) => buildLedgerRow(engine, workload, slot) ?? []),
  };
}
