import type { GraphDoc } from '@busbar/shared/graph/graph-doc';
import { attachmentStates } from '@busbar/shared/model/topology';
import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFns,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { count } from '../../ui/format.ts';
import { Link } from '../../ui/link.tsx';
import { StateMark } from '../../ui/state-mark.tsx';
import { type Row, tableRows } from './rows.ts';
import classes from './table.module.css';

type Props = { doc: GraphDoc; select: string | null; onSelect(id: string): void };

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns });
const column = createColumnHelper<typeof features, Row>();
const badness = (row: Row): number =>
  row.state === null ? attachmentStates.length : attachmentStates.indexOf(row.state);

const columnsFor = (onSelect: (id: string) => void) =>
  column.columns([
    column.accessor('namespace', { header: 'Namespace', sortFn: 'alphanumeric' }),
    column.accessor('name', {
      header: 'Pod',
      sortFn: 'alphanumeric',
      cell: (info) => <Link onClick={() => onSelect(info.row.original.select)}>{info.getValue()}</Link>,
    }),
    column.accessor('count', { header: 'Pods', cell: (info) => count(info.getValue()), sortFn: 'basic' }),
    column.accessor('status', { header: 'Status', sortFn: 'alphanumeric' }),
    column.accessor('interface', {
      header: 'Interface',
      sortFn: 'alphanumeric',
      cell: (info) => <span className="mono">{info.getValue()}</span>,
    }),
    column.accessor('network', {
      header: 'Network',
      sortFn: 'alphanumeric',
      cell: (info) => {
        const id = info.row.original.networkId;
        return id ? <Link onClick={() => onSelect(id)}>{info.getValue()}</Link> : info.getValue();
      },
    }),
    column.accessor('technology', { header: 'Technology', sortFn: 'alphanumeric' }),
    column.accessor(badness, {
      id: 'state',
      header: 'State',
      sortFn: 'basic',
      cell: (info) => (info.row.original.state ? <StateMark state={info.row.original.state} /> : 'no interface'),
    }),
  ]);

const NUMERIC = new Set(['count']);

/** The attachment ledger: the same as the picture, as rows. Sorted by a click on a heading; only what is in sight is in the page. */
export const TableView = ({ doc, select, onSelect }: Props) => {
  const data = useMemo(() => tableRows(doc), [doc]);
  const columns = useMemo(() => columnsFor(onSelect), [onSelect]);
  const table = useTable({ features, columns, data, getRowId: (row) => row.id });
  const scroll = useRef<HTMLElement>(null);
  const { rows } = table.getRowModel();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 29,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <section
      ref={scroll}
      className={classes['scroll']}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
      tabIndex={0}
      aria-label="Attachments as a table"
      data-testid="table"
    >
      <table className={classes['table']} aria-rowcount={rows.length + 1}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => {
                const sorted = header.column.getIsSorted();
                return (
                  <th
                    key={header.id}
                    data-numeric={NUMERIC.has(header.column.id) || undefined}
                    aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none'}
                  >
                    <button type="button" onClick={header.column.getToggleSortingHandler()}>
                      <table.FlexRender header={header} />
                      <span aria-hidden="true">{sorted === 'asc' ? ' ↑' : sorted === 'desc' ? ' ↓' : ''}</span>
                    </button>
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {before > 0 && (
            <tr>
              <td colSpan={8} style={{ height: before, padding: 0, border: 0 }} />
            </tr>
          )}
          {items.map((item) => {
            const row = rows[item.index];
            return row ? (
              <tr
                key={row.id}
                aria-rowindex={item.index + 2}
                data-selected={row.original.select === select || undefined}
              >
                {row.getAllCells().map((cell) => (
                  <td key={cell.id} data-numeric={NUMERIC.has(cell.column.id) || undefined}>
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            ) : null;
          })}
          {after > 0 && (
            <tr>
              <td colSpan={8} style={{ height: after, padding: 0, border: 0 }} />
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
};
