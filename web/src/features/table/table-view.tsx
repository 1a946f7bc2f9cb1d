import { ledgerSorts } from '@busbar/shared/inspect/ledger-order';
import type { View } from '@busbar/shared/view/view';
import { type SortingState, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { plural } from '../../ui/format.ts';
import grid from '../../ui/grid.module.css';
import { Message } from '../../ui/message.tsx';
import { columnsFor, features, type Line, titleOf } from './columns.tsx';
import classes from './table.module.css';
import { type Order, useLedger } from './use-ledger.ts';
import { useRowKeys } from './use-row-keys.ts';

type Props = { view: View; onSelect(id: string): void; onShow(change: Partial<View>): void };

/** As the style sheet has it. */
const ROW = 29;
const HEAD = 32;
const OVERSCAN = 12;

/** As the URL has it; what no column is called is the first order. */
const toOrder = (text: string): Order => ({
  sort: ledgerSorts.find((sort) => sort === text.replace(/^-/, '')) ?? 'state',
  desc: text.startsWith('-'),
});
const toText = ([first]: SortingState): string => {
  const text = first ? `${first.desc ? '-' : ''}${first.id}` : '';
  return text === 'state' ? '' : text;
};

const Spacer = ({ height }: { height: number }) =>
  height > 0 ? (
    <tr>
      <td colSpan={9} style={{ height, padding: 0, border: 0 }} />
    </tr>
  ) : null;

/**
 * The attachment ledger: the accessible twin of the picture, one row per attachment. The server sorts, filters and cuts; only rows in
 * sight are in the page.
 */
export const TableView = ({ view, onSelect, onShow }: Props) => {
  const order = useMemo(() => toOrder(view.sort), [view.sort]);
  const sorting = useMemo((): SortingState => [{ id: order.sort, desc: order.desc }], [order]);
  const [total, setTotal] = useState<number | null>(null);
  const box = useRef<HTMLElement>(null);
  const virtual = useVirtualizer<HTMLElement, Element>({
    count: total ?? 0,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: OVERSCAN,
    scrollPaddingStart: HEAD,
  });
  const items = virtual.getVirtualItems();
  const ledger = useLedger(view, order, items[0]?.index ?? 0, items.at(-1)?.index ?? 0);
  if (ledger.total !== null && ledger.total !== total) setTotal(ledger.total);

  const data = items.map(({ index }): Line => ({ index, row: ledger.rowAt(index) }));
  const columns = useMemo(() => columnsFor(onSelect), [onSelect]);
  const table = useTable({
    features,
    columns,
    data,
    // By place: a row that moved with its pod would take the focus out of the page.
    getRowId: ({ index }) => String(index),
    manualSorting: true,
    enableSortingRemoval: false,
    sortDescFirst: false,
    state: { sorting },
    onSortingChange: (next) => onShow({ sort: toText(typeof next === 'function' ? next(sorting) : next) }),
  });
  const onKeyDown = useRowKeys(box, virtual, total ?? 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another order begins at its top
  useEffect(() => {
    box.current?.scrollTo({ top: 0 });
  }, [order]);

  if (ledger.error && total === null) return <Message title={ledger.error.message} text={ledger.error.detail} />;
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <>
      <section
        ref={box}
        className={grid['scroll']}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
        tabIndex={0}
        aria-label="Attachments as a table"
        aria-busy={ledger.busy}
        data-testid="table"
        onKeyDown={onKeyDown}
      >
        <table
          className={`${grid['table']} ${classes['table']}`}
          aria-label={total === null ? 'Attachments' : plural(total, 'attachment')}
          aria-rowcount={total === null ? -1 : total + 1}
        >
          <thead>
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id} aria-rowindex={1}>
                {group.headers.map((header) => {
                  const sorted = header.column.getIsSorted();
                  const title = <table.FlexRender header={header} />;
                  return (
                    <th
                      key={header.id}
                      scope="col"
                      data-column={header.column.id}
                      {...(header.column.getCanSort()
                        ? { 'aria-sort': sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none' }
                        : {})}
                    >
                      {header.column.getCanSort() ? (
                        <button type="button" onClick={header.column.getToggleSortingHandler()}>
                          {title}
                          <span aria-hidden="true">{sorted === 'asc' ? ' ↑' : sorted === 'desc' ? ' ↓' : ''}</span>
                        </button>
                      ) : (
                        <span>{title}</span>
                      )}
                    </th>
                  );
                })}
              </tr>
            ))}
          </thead>
          <tbody>
            <Spacer height={before} />
            {table.getRowModel().rows.map((line) => {
              const { index, row } = line.original;
              return (
                <tr
                  key={line.id}
                  aria-rowindex={index + 2}
                  aria-busy={row === undefined || undefined}
                  data-selected={(row && (view.select === row.id || view.select === row.workload)) || undefined}
                >
                  {line.getAllCells().map((cell) => (
                    <td key={cell.id} data-column={cell.column.id} title={titleOf(cell.column.id, row)}>
                      <table.FlexRender cell={cell} />
                    </td>
                  ))}
                </tr>
              );
            })}
            <Spacer height={after} />
          </tbody>
        </table>
        {total === 0 && <Message title="No attachments" text="The pods that pass the filter have no interface here." />}
      </section>
      <p className={grid['foot']} role="status">
        {total === null ? 'Reading the attachments' : `${plural(total, 'attachment')} of the pods shown`}
        {ledger.error && ` · ${ledger.error.message}`}
      </p>
    </>
  );
};
