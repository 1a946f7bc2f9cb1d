import { keepPreviousData, type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Problem } from '../../backend/backend.ts';
import { useBackend, useLive } from '../../backend/context.tsx';

/** Documents are read again when the source has moved on, at most once a second; what is shown stays until then. */
export const useFreshDocuments = () => {
  const queries = useQueryClient();
  const revision = useLive((state) => (state.paused ? -1 : (state.graph?.revision ?? state.cluster?.revision ?? 0)));
  useEffect(() => {
    if (revision < 0) return;
    const timer = window.setTimeout(() => void queries.invalidateQueries({ queryKey: ['document'] }), 300);
    return () => window.clearTimeout(timer);
  }, [queries, revision]);
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
