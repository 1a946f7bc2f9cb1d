import { keepPreviousData, type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Problem } from '../../backend/backend.ts';
import { useBackend, useLive } from '../../backend/context.tsx';

const SOONEST = 150;
const SPACING = 1000;

/** Documents are read again when the source has moved on, at most once a second; what is shown stays until then. */
export const useFreshDocuments = () => {
  const queries = useQueryClient();
  const timer = useRef(0);
  const last = useRef(0);
  const revision = useLive((state) =>
    state.paused ? -1 : Math.max(state.graph?.revision ?? 0, state.cluster?.revision ?? 0),
  );
  useEffect(() => {
    // A timer that runs is left alone: under steady changes one that starts anew each time would never end.
    if (revision < 0 || timer.current !== 0) return;
    const wait = Math.max(SOONEST, last.current + SPACING - Date.now());
    timer.current = window.setTimeout(() => {
      timer.current = 0;
      last.current = Date.now();
      void queries.invalidateQueries({ queryKey: ['document'] });
    }, wait);
  }, [queries, revision]);
  useEffect(
    () => () => {
      window.clearTimeout(timer.current);
      timer.current = 0;
    },
    [],
  );
};

type Answer<T> = { data: T | undefined; error: Error | null };

/** What was deleted is not shown as if it were there; any other error leaves the last answer in place. */
const presentOnly = <T>({ data, error }: UseQueryResult<T>): Answer<T> => ({
  data: error instanceof Problem && error.status === 404 ? undefined : data,
  error,
});

export const useWorkload = (id: string) => {
  const backend = useBackend();
  return presentOnly(useQuery({ queryKey: ['document', 'workload', id], queryFn: () => backend.workload(id) }));
};

export const useNetwork = (id: string) => {
  const backend = useBackend();
  return presentOnly(
    useQuery({
      queryKey: ['document', 'network', id],
      queryFn: () => backend.network(id),
      placeholderData: (old) => (old?.id === id ? keepPreviousData(old) : undefined),
    }),
  );
};

export const useNode = (name: string) => {
  const backend = useBackend();
  return presentOnly(useQuery({ queryKey: ['document', 'node', name], queryFn: () => backend.node(name) }));
};
