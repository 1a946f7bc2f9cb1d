import type { MatrixCell, MatrixColumn, MatrixDoc, MatrixPart, MatrixRow } from '@busbar/shared/inspect/matrix';
import { viewToQuery } from '@busbar/shared/view/url';
import { defaultView, type View } from '@busbar/shared/view/view';
import { useDebouncedValue } from '@mantine/hooks';
import { useQueries } from '@tanstack/react-query';
import { type Problem, problemOf } from '../../backend/backend.ts';
import { useBackend } from '../../backend/context.tsx';
import { useFresh } from '../../backend/use-fresh.ts';

/** More than any screen shows: what is in sight is never more than two by two tiles. */
const ROWS = 100;
const COLUMNS = 50;
/** While a scroll bar is dragged, tiles that only fly by are not asked for. */
const SETTLE = 80;
/** Tiles out of sight are forgotten. */
const KEEP = 30_000;

export type Order = Pick<MatrixPart, 'sort' | 'desc' | 'rows'>;
export type Span = { first: number; last: number };

export type Matrix = {
  /** How many rows and columns there are; null until the first answer. */
  rows: number | null;
  columns: number | null;
  /** Undefined while it is on its way. */
  rowAt(index: number): MatrixRow | undefined;
  columnAt(index: number): MatrixColumn | undefined;
  cellAt(row: number, column: number): MatrixCell | null | undefined;
  busy: boolean;
  error: Problem | null;
};

const pagesOf = ({ first, last }: Span, size: number): string =>
  [...new Set([Math.floor(first / size), Math.floor(last / size)])].join();

/** The part of a matrix that is in sight. What was read stays until its successor is there. */
export const useMatrix = (view: View, { sort, desc, rows, ...order }: Order, down: Span, across: Span): Matrix => {
  const backend = useBackend();
  useFresh('matrix');
  const { by, namespaces, states, hide, defaultNetwork } = view;
  const filter = viewToQuery({ ...defaultView, by, namespaces, states, hide, defaultNetwork });
  const [rowPages] = useDebouncedValue(pagesOf(down, ROWS), SETTLE, { leading: true });
  const [columnPages] = useDebouncedValue(pagesOf(across, COLUMNS), SETTLE, { leading: true });
  const tiles = rowPages
    .split(',')
    .flatMap((row) => columnPages.split(',').map((column) => ({ row: Number(row), column: Number(column) })));
  const answers = useQueries({
    queries: tiles.map(({ row, column }) => {
      const part = { ...order, sort, desc, rows };
      const cut = { offset: row * ROWS, limit: ROWS, columnOffset: column * COLUMNS, columnLimit: COLUMNS };
      return {
        queryKey: ['matrix', filter, sort, desc, rows, row, column],
        queryFn: ({ signal }: { signal: AbortSignal }) => backend.matrix(view, { ...part, ...cut }, signal),
        gcTime: KEEP,
        // The same tile of another order is better than none; another tile would be wrong.
        placeholderData: (old: MatrixDoc | undefined) =>
          old?.rows.offset === cut.offset && old.columns.offset === cut.columnOffset ? old : undefined,
      };
    }),
  });
  const docs = answers.flatMap(({ data }) => data ?? []);
  const newest = docs.reduce<MatrixDoc | null>((a, b) => (a && a.revision >= b.revision ? a : b), null);
  const error = answers.find((answer) => answer.error)?.error;
  const withRow = (index: number) =>
    docs.filter((doc) => index >= doc.rows.offset && index < doc.rows.offset + doc.rows.items.length);
  const withColumn = (some: readonly MatrixDoc[], index: number) =>
    some.find((doc) => index >= doc.columns.offset && index < doc.columns.offset + doc.columns.items.length);
  return {
    rows: newest?.rows.total ?? null,
    columns: newest?.columns.total ?? null,
    rowAt: (index) => withRow(index)[0]?.rows.items[index % ROWS],
    columnAt: (index) => withColumn(docs, index)?.columns.items[index % COLUMNS],
    cellAt: (row, column) => withColumn(withRow(row), column)?.rows.items[row % ROWS]?.cells[column % COLUMNS],
    busy: answers.some((answer) => answer.isPending || answer.isPlaceholderData),
    error: error ? problemOf(error) : null,
  };
};
