import type { LitDoc } from '@busbar/shared/inspect/documents';
import { defaultView, type View } from '@busbar/shared/view/view';
import { useQuery } from '@tanstack/react-query';
import { useBackend } from '../backend/context.tsx';
import { useFresh } from '../backend/use-fresh.ts';

/** What the selected finding, else `find`, is about in the picture `shown`; null where nothing is looked for, or until it is known. */
export const useLit = ({ find, select }: View, shown: View | null): LitDoc | null => {
  const backend = useBackend();
  useFresh('document');
  const finding = select && /^MN\d{3}:/.test(select) ? select : '';
  const { data } = useQuery({
    queryKey: ['document', 'lit', finding, finding ? '' : find, shown],
    queryFn: ({ signal }) => backend.lit(shown ?? defaultView, finding ? { finding } : { find }, signal),
    enabled: shown !== null && (finding !== '' || find !== ''),
  });
  return (finding || find) && data ? data : null;
};
