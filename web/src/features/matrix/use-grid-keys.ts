import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';

/** A place in the grid; row -1 is the names of the networks, column -1 those of the rows. */
export type Spot = { row: number; column: number };

type Grid = { rows: number; columns: number; pageRows: number; scrollTo(spot: Spot): void };

const step = (event: KeyboardEvent, at: Spot, { rows, columns, pageRows }: Grid): Spot | null => {
  const far = event.ctrlKey || event.metaKey;
  switch (event.key) {
    case 'ArrowDown':
      return { ...at, row: at.row + 1 };
    case 'ArrowUp':
      return { ...at, row: at.row - 1 };
    case 'ArrowRight':
      return { ...at, column: at.column + 1 };
    case 'ArrowLeft':
      return { ...at, column: at.column - 1 };
    case 'PageDown':
      return { ...at, row: at.row + pageRows };
    case 'PageUp':
      return { ...at, row: at.row - pageRows };
    case 'Home':
      return far ? { row: 0, column: 0 } : { ...at, column: -1 };
    case 'End':
      return far ? { row: rows - 1, column: columns - 1 } : { ...at, column: columns - 1 };
    default:
      return null;
  }
};

export const spotId = ({ row, column }: Spot): string => `${row},${column}`;

/** Arrows walk from cell to cell, also to cells that are not in the page yet: the focus follows once they are. */
export const useGridKeys = (box: RefObject<HTMLElement | null>, grid: Grid) => {
  const [active, setActive] = useState<Spot>({ row: 0, column: 0 });
  const wanted = useRef<Spot | null>(null);
  const focus = (spot: Spot): boolean => {
    const cell = box.current?.querySelector<HTMLElement>(`[data-spot="${spotId(spot)}"]`);
    cell?.focus({ preventScroll: true });
    return cell !== null && cell !== undefined;
  };
  useEffect(() => {
    if (wanted.current && focus(wanted.current)) wanted.current = null;
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || grid.rows === 0 || grid.columns === 0) return;
    if (!(event.target instanceof HTMLElement) || event.target.closest('[data-tools]')) return;
    const to = step(event, wanted.current ?? active, grid);
    if (!to) return;
    event.preventDefault();
    const spot = {
      row: Math.min(grid.rows - 1, Math.max(-1, to.row)),
      column: Math.min(grid.columns - 1, Math.max(-1, to.column)),
    };
    if (spot.row < 0 && spot.column < 0) return;
    setActive(spot);
    grid.scrollTo(spot);
    wanted.current = focus(spot) ? null : spot;
    // The cell that has the focus may go before its successor comes: keys must still arrive here.
    if (wanted.current) box.current?.focus({ preventScroll: true });
  };
  return { active, setActive, onKeyDown };
};
