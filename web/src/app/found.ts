import type { GraphDoc } from '@busbar/shared/graph/graph-doc';
import type { SearchHit } from '@busbar/shared/inspect/documents';
import { workloadOfAttachment } from '@busbar/shared/model/ids';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useBackend } from '../backend/context.tsx';

/** Cards that stand for what a search has found. */
const cardsOfHits = (hits: readonly SearchHit[], doc: GraphDoc): Set<string> => {
  const workloads = new Set(
    hits
      .filter((hit) => hit.type === 'workload' || hit.type === 'attachment')
      .map((hit) => (hit.type === 'attachment' ? workloadOfAttachment(hit.id) : hit.id)),
  );
  const networks = new Set(hits.filter((hit) => hit.type === 'network').map((hit) => hit.id));
  const rails = new Set(doc.rails.filter((rail) => networks.has(rail.network ?? rail.id)).map((rail) => rail.id));
  const found = new Set(doc.drops.filter((drop) => rails.has(drop.rail)).map((drop) => drop.card));
  for (const card of doc.cards) {
    const names = card.workload
      ? [card.workload]
      : card.members.map(
          (member) =>
            `${card.kind === 'vm' ? 'vmi' : 'pod'}:${member.includes('/') ? member : `${card.namespace}/${member}`}`,
        );
    if (workloads.has(card.id) || names.some((name) => workloads.has(name))) found.add(card.id);
  }
  return found;
};

/** Cards that `find` lights; null when nothing is looked for. It is part of the URL, so a link shows the same. */
export const useFound = (find: string, doc: GraphDoc | null): ReadonlySet<string> | null => {
  const backend = useBackend();
  const { data } = useQuery({
    queryKey: ['search', find],
    queryFn: ({ signal }) => backend.search(find, signal),
    enabled: find !== '',
  });
  return useMemo(() => (find && data && doc ? cardsOfHits(data.hits, doc) : null), [find, data, doc]);
};
