import { type MatrixSort, matrixSorts } from '@busbar/shared/inspect/matrix-index';
import type { View } from '@busbar/shared/view/view';
import { SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { count, plural } from '../../ui/format.ts';
import grid from '../../ui/grid.module.css';
import { Message } from '../../ui/message.tsx';
import { Cell, ColumnHead, RowHead } from './cells.tsx';
import classes from './matrix.module.css';
import { type Spot, useGridKeys } from './use-grid-keys.ts';
import { useMatrix } from './use-matrix.ts';

type Props = { view: View; onSelect(id: string): void; onShow(change: Partial<View>): void };

/** As the style sheet has it. */
const ROW = 27;
const COLUMN = 52;
const SIDE = 240;
const HEAD = 122;

const rowNouns: Record<View['by'], string> = { namespace: 'namespace', node: 'node', owner: 'owner' };
const sortNames: Record<MatrixSort, string> = { state: 'Broken', name: 'Name', pods: 'Pods' };

/** What a row stands for, as a filter of the picture. */
const rowFilter = (id: string, view: View): Partial<View> => {
  const [kind, ...rest] = id.split(':');
  const name = rest.join(':');
  if (kind === 'ns') return { namespaces: [name] };
  if (kind === 'node') return { hide: `${view.hide} node:${name}`.trim() };
  const [namespace = '', , owner = ''] = name.replace(/^ns:/, '').split('/');
  return { namespaces: [namespace], ...(owner ? { hide: `${view.hide} owner:${owner}`.trim() } : {}) };
};

const Gap = ({ width }: { width: number }) => (width > 0 ? <td aria-hidden="true" className={classes['gap']} /> : null);
const Spacer = ({ height, span }: { height: number; span: number }) =>
  height > 0 ? (
    <tr>
      <td colSpan={span} className={classes['gap']} style={{ height }} />
    </tr>
  ) : null;

/** Rows by networks: how many attachments each has there and the worst of them. The lens for more pods than can be drawn. */
export const MatrixView = ({ view, onSelect, onShow }: Props) => {
  const sort = matrixSorts.find((one) => one === view.sort) ?? 'state';
  const [text, setText] = useState('');
  const [rowsNamed] = useDebouncedValue(text.trim(), 200);
  const [size, setSize] = useState({ rows: 0, columns: 0 });
  const box = useRef<HTMLElement>(null);
  const down = useVirtualizer<HTMLElement, Element>({
    count: size.rows,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 8,
    scrollPaddingStart: HEAD,
  });
  const across = useVirtualizer<HTMLElement, Element>({
    horizontal: true,
    count: size.columns,
    getScrollElement: () => box.current,
    estimateSize: () => COLUMN,
    overscan: 4,
    scrollPaddingStart: SIDE,
  });
  const [rows, columns] = [down.getVirtualItems(), across.getVirtualItems()];
  const span = (items: typeof rows) => ({ first: items[0]?.index ?? 0, last: items.at(-1)?.index ?? 0 });
  const matrix = useMatrix(view, { sort, desc: false, rows: rowsNamed }, span(rows), span(columns));
  if (matrix.rows !== null && (matrix.rows !== size.rows || matrix.columns !== size.columns))
    setSize({ rows: matrix.rows, columns: matrix.columns ?? 0 });

  const { active, setActive, onKeyDown } = useGridKeys(box, {
    ...size,
    pageRows: Math.max(1, Math.floor(((box.current?.clientHeight ?? 0) - HEAD) / ROW) - 1),
    scrollTo: (spot) => {
      if (spot.row >= 0) down.scrollToIndex(spot.row);
      if (spot.column >= 0) across.scrollToIndex(spot.column);
    },
  });
  const order = `${sort} ${rowsNamed} ${view.by}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another order begins at its top
  useEffect(() => {
    box.current?.scrollTo({ top: 0 });
  }, [order]);

  if (matrix.error && matrix.rows === null) return <Message title={matrix.error.message} text={matrix.error.detail} />;
  const before = columns[0]?.start ?? 0;
  const after = across.getTotalSize() - (columns.at(-1)?.end ?? 0);
  const place = (spot: Spot) => ({ spot, active, onActive: setActive });
  const noun = rowNouns[view.by];
  return (
    <>
      <section
        ref={box}
        className={grid['scroll']}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
        tabIndex={0}
        aria-label="Attachments by network"
        aria-busy={matrix.busy}
        data-testid="matrix"
        onKeyDown={onKeyDown}
      >
        <table
          className={`${grid['table']} ${classes['table']}`}
          style={{ width: SIDE + across.getTotalSize() }}
          aria-label={`${plural(size.rows, noun)} by ${plural(size.columns, 'network')}`}
          aria-rowcount={size.rows + 1}
          aria-colcount={size.columns + 1}
        >
          <colgroup>
            <col style={{ width: SIDE }} />
            {before > 0 && <col style={{ width: before }} />}
            {columns.map(({ key }) => (
              <col key={key} style={{ width: COLUMN }} />
            ))}
            {after > 0 && <col style={{ width: after }} />}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              <td className={classes['corner']} aria-colindex={1}>
                <div data-tools className={classes['tools']}>
                  <TextInput
                    size="xs"
                    aria-label={`Only ${noun}s named`}
                    placeholder={`${noun}s named …`}
                    value={text}
                    onChange={(event) => setText(event.currentTarget.value)}
                  />
                  <SegmentedControl
                    size="xs"
                    fullWidth
                    aria-label="Order of the rows"
                    value={sort}
                    onChange={(value) => onShow({ sort: value === 'state' ? '' : value })}
                    data={matrixSorts.map((value) => ({ value, label: sortNames[value] }))}
                  />
                </div>
              </td>
              <Gap width={before} />
              {columns.map(({ index, key }) => {
                const column = matrix.columnAt(index);
                return (
                  <ColumnHead
                    key={key}
                    column={column}
                    place={place({ row: -1, column: index })}
                    onOpen={() => column && onSelect(column.id)}
                  />
                );
              })}
              <Gap width={after} />
            </tr>
          </thead>
          <tbody>
            <Spacer height={rows[0]?.start ?? 0} span={columns.length + 3} />
            {rows.map(({ index, key }) => {
              const row = matrix.rowAt(index);
              return (
                <tr key={key} aria-rowindex={index + 2} aria-busy={row === undefined || undefined}>
                  <RowHead
                    row={row}
                    place={place({ row: index, column: -1 })}
                    onOpen={() => row && onShow({ lens: 'rails', ...rowFilter(row.id, view) })}
                  />
                  <Gap width={before} />
                  {columns.map((item) => {
                    const column = matrix.columnAt(item.index);
                    const id = row && column ? `cell:${row.id}|${column.id}` : '';
                    return (
                      <Cell
                        key={item.key}
                        row={row}
                        column={column}
                        cell={matrix.cellAt(index, item.index)}
                        selected={id !== '' && view.select === id}
                        place={place({ row: index, column: item.index })}
                        onOpen={() => onSelect(id)}
                      />
                    );
                  })}
                  <Gap width={after} />
                </tr>
              );
            })}
            <Spacer height={down.getTotalSize() - (rows.at(-1)?.end ?? 0)} span={columns.length + 3} />
          </tbody>
        </table>
        {matrix.rows === 0 && (
          <Message title="No rows" text={`No ${noun} passes the filter${rowsNamed ? ' and has that name' : ''}.`} />
        )}
      </section>
      <p className={grid['foot']} role="status">
        {matrix.rows === null
          ? 'Counting the attachments'
          : `${plural(size.rows, noun)} by ${count(size.columns)} networks · a cell tells the worst state of its attachments and how many are in it`}
        {matrix.error && ` · ${matrix.error.message}`}
      </p>
    </>
  );
};
