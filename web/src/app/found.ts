import type { SearchHit } from '@busbar/shared/inspect/documents';
import { useQuery } from '@tanstack/react-query';
import { useBackend } from '../backend/context.tsx';

/** What `find` stands for; null when nothing is looked for. It is part of the URL, so a link shows the same. */
export const useFound = (find: string): readonly SearchHit[] | null => {
  const backend = useBackend();
  const { data } = useQuery({
    queryKey: ['search', find],
    queryFn: ({ signal }) => backend.search(find, signal),
    enabled: find !== '',
  });
  return find && data ? data.hits : null;
};
