import { defaultView } from '@busbar/shared/view/view';
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { Problem } from '../../backend/backend.ts';
import { useBackend, useLive } from '../../backend/context.tsx';

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

/** Nothing is asked for while there is no id. */
export const useNetwork = (id: string) => {
  const backend = useBackend();
  return presentOnly(
    useQuery({
      queryKey: ['document', 'network', id],
      queryFn: () => backend.network(id),
      enabled: id !== '',
      placeholderData: (old) => (old?.id === id ? keepPreviousData(old) : undefined),
    }),
  );
};

export const useNode = (name: string) => {
  const backend = useBackend();
  return presentOnly(useQuery({ queryKey: ['document', 'node', name], queryFn: () => backend.node(name) }));
};

/** What a cell of the matrix of the view stands for. */
export const useCell = (row: string, network: string) => {
  const backend = useBackend();
  const view = useLive((state) => state.shown);
  return presentOnly(
    useQuery({
      queryKey: ['document', 'cell', row, network, view],
      queryFn: () => backend.matrixCell(view ?? defaultView, { row, network }),
      enabled: view !== null,
      placeholderData: keepPreviousData,
    }),
  );
};

/** The pods of a card in the view that is shown. */
export const useMembers = (card: string) => {
  const backend = useBackend();
  const view = useLive((state) => state.shown);
  return presentOnly(
    useQuery({
      queryKey: ['document', 'members', card, view],
      queryFn: () => backend.members(view ?? defaultView, card),
      enabled: view !== null,
    }),
  );
};
