import type { Virtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';

const target = (key: string, at: number, step: number, total: number): number | null => {
  switch (key) {
    case 'ArrowDown':
      return at + 1;
    case 'ArrowUp':
      return at - 1;
    case 'PageDown':
      return at + step;
    case 'PageUp':
      return at - step;
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    default:
      return null;
  }
};

/** Focuses the name in a row; false where the row is not in the page yet. */
const focusRow = (box: HTMLElement | null, index: number): boolean => {
  const link = box?.querySelector<HTMLElement>(`tr[aria-rowindex="${index + 2}"] [data-column="pod"] button`);
  link?.focus({ preventScroll: true });
  return link !== null && link !== undefined;
};

/** Arrows walk from row to row, also to rows that are not in the page yet: the focus follows on the row's name once it is there. */
export const useRowKeys = (
  box: RefObject<HTMLElement | null>,
  virtual: Virtualizer<HTMLElement, Element>,
  total: number,
) => {
  const wanted = useRef<number | null>(null);
  useEffect(() => {
    if (wanted.current === null || total === 0) return;
    if (focusRow(box.current, Math.min(wanted.current, total - 1))) wanted.current = null;
  });
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || total === 0) return;
    const row = document.activeElement?.closest('tr[aria-rowindex]');
    const focused = row && box.current?.contains(row) ? Number(row.getAttribute('aria-rowindex')) - 2 : null;
    const height = virtual.options.estimateSize(0);
    const top = Math.floor((virtual.scrollOffset ?? 0) / height);
    const step = Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / height) - 2);
    const to = target(event.key, wanted.current ?? focused ?? top - 1, step, total);
    if (to === null) return;
    event.preventDefault();
    const index = Math.min(total - 1, Math.max(0, to));
    virtual.scrollToIndex(index);
    wanted.current = focusRow(box.current, index) ? null : index;
    // The row that has the focus may go before its successor comes: keys must still arrive here.
    if (wanted.current !== null) box.current?.focus({ preventScroll: true });
  };
};
