import type { LedgerDoc, LedgerRow } from '@busbar/shared/inspect/ledger';
import type { LedgerSort } from '@busbar/shared/inspect/ledger-order';
import { viewToQuery } from '@busbar/shared/view/url';
import { defaultView, type View } from '@busbar/shared/view/view';
import { useDebouncedValue } from '@mantine/hooks';
import { useQueries } from '@tanstack/react-query';
import { type Problem, problemOf } from '../../backend/backend.ts';
import { useBackend } from '../../backend/context.tsx';
import { useFresh } from '../../backend/use-fresh.ts';

/** More rows than any screen shows: what is in sight is never more than two pages. */
const PAGE = 200;
/** While the scroll bar is dragged, pages that only fly by are not asked for. */
const SETTLE = 80;
/** Pages out of sight are forgotten: a walk through 300,000 rows must not keep them all. */
const KEEP = 30_000;

export type Order = { sort: LedgerSort; desc: boolean };

type Ledger = {
  /** How many rows there are; null until the first answer. */
  total: number | null;
  /** Undefined while it is on its way. */
  rowAt(index: number): LedgerRow | undefined;
  /** What is shown may be of an earlier order or filter. */
  busy: boolean;
  error: Problem | null;
};

/** The rows of a view around those in sight. What was read stays until its successor is there. */
export const useLedger = (view: View, { sort, desc }: Order, first: number, last: number): Ledger => {
  const backend = useBackend();
  useFresh('ledger');
  const { namespaces, states, hide, defaultNetwork } = view;
  const filter = viewToQuery({ ...defaultView, namespaces, states, hide, defaultNetwork });
  const [from] = useDebouncedValue(Math.floor(first / PAGE), SETTLE, { leading: true });
  const [to] = useDebouncedValue(Math.floor(last / PAGE), SETTLE, { leading: true });
  const pages = to > from ? [from, from + 1] : [from];
  const answers = useQueries({
    queries: pages.map((page) => ({
      queryKey: ['ledger', filter, sort, desc, page],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        backend.ledger(view, { sort, desc, offset: page * PAGE, limit: PAGE }, signal),
      gcTime: KEEP,
      // The same rows of another order or filter are better than none; other rows would be wrong.
      placeholderData: (old: LedgerDoc | undefined) => (old?.offset === page * PAGE ? old : undefined),
    })),
  });
  const documents = answers.flatMap(({ data }) => data ?? []);
  const newest = documents.reduce<LedgerDoc | null>((a, b) => (a && a.revision >= b.revision ? a : b), null);
  const error = answers.find((answer) => answer.error)?.error;
  return {
    total: newest?.total ?? null,
    rowAt: (index) => documents.find(({ offset }) => index >= offset && index < offset + PAGE)?.rows[index % PAGE],
    busy: answers.some((answer) => answer.isPending || answer.isPlaceholderData),
    error: error ? problemOf(error) : null,
  };
};
