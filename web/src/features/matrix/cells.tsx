import { shortCount } from '@busbar/shared/graph/layout/card-face';
import { dropLook } from '@busbar/shared/graph/layout/look';
import type { MatrixCell, MatrixColumn, MatrixRow } from '@busbar/shared/inspect/matrix';
import { plural } from '../../ui/format.ts';
import { StateShape } from '../../ui/state-mark.tsx';
import classes from './matrix.module.css';
import { type Spot, spotId } from './use-grid-keys.ts';

const nameOf = ({ namespace, name }: MatrixColumn): string => (namespace ? `${namespace}/${name}` : name);
const rowName = ({ namespace, label }: MatrixRow): string => (namespace ? `${namespace}/${label}` : label);
const inTrouble = (broken: number): string => (broken > 0 ? `, ${broken.toLocaleString('en-US')} broken` : '');

type Place = { spot: Spot; active: Spot; onActive(spot: Spot): void };
const tabIndex = ({ spot, active }: Place): 0 | -1 => (spotId(spot) === spotId(active) ? 0 : -1);

export const ColumnHead = ({
  column,
  place,
  onOpen,
}: {
  column: MatrixColumn | undefined;
  place: Place;
  onOpen(): void;
}) => (
  <th
    scope="col"
    aria-colindex={place.spot.column + 2}
    className={classes['column']}
    data-broken={(column?.broken ?? 0) > 0}
  >
    <button
      type="button"
      data-spot={spotId(place.spot)}
      tabIndex={tabIndex(place)}
      onFocus={() => place.onActive(place.spot)}
      onClick={onOpen}
      title={
        column &&
        `${nameOf(column)}\n${[column.technology, plural(column.count, 'attachment')].filter(Boolean).join(' · ')}${inTrouble(column.broken)}`
      }
      data-ghost={column?.ghost || undefined}
    >
      <span>
        {column?.name ?? ''}
        {column?.namespace && <small>{column.namespace}</small>}
      </span>
    </button>
  </th>
);

export const RowHead = ({ row, place, onOpen }: { row: MatrixRow | undefined; place: Place; onOpen(): void }) => (
  <th scope="row" aria-colindex={1} className={classes['row']}>
    <button
      type="button"
      data-spot={spotId(place.spot)}
      tabIndex={tabIndex(place)}
      onFocus={() => place.onActive(place.spot)}
      onClick={onOpen}
      title={row && `${rowName(row)}: ${plural(row.workloads, 'pod')}${inTrouble(row.broken)}`}
    >
      <span className={classes['label']}>
        {row?.label}
        {row?.namespace && <small>{row.namespace}</small>}
      </span>
      {row && row.broken > 0 && (
        <b className={classes['broken']}>
          <StateShape state="failed" /> {shortCount(row.broken)}
        </b>
      )}
      <span className={classes['pods']}>{row && shortCount(row.workloads)}</span>
    </button>
  </th>
);

type CellProps = {
  cell: MatrixCell | null | undefined;
  row: MatrixRow | undefined;
  column: MatrixColumn | undefined;
  selected: boolean;
  place: Place;
  onOpen(): void;
};

export const Cell = ({ cell, row, column, selected, place, onOpen }: CellProps) => (
  <td
    aria-colindex={place.spot.column + 2}
    data-tone={cell ? dropLook(cell.worst).tone : undefined}
    data-selected={selected || undefined}
  >
    <button
      type="button"
      data-spot={spotId(place.spot)}
      tabIndex={tabIndex(place)}
      onFocus={() => place.onActive(place.spot)}
      onClick={cell ? onOpen : undefined}
      aria-disabled={!cell}
      aria-label={
        row && column
          ? `${rowName(row)} on ${nameOf(column)}: ${cell ? `${plural(cell.count, 'attachment')}, ${cell.ofWorst.toLocaleString('en-US')} ${cell.worst}` : 'none'}`
          : 'on its way'
      }
    >
      {cell && (
        <>
          <StateShape state={cell.worst} />
          {shortCount(cell.ofWorst)}
        </>
      )}
    </button>
  </td>
);
