import type { RailsDoc } from '@busbar/shared/graph/graph-doc';
import type { SearchHit } from '@busbar/shared/inspect/documents';
import { workloadOfAttachment } from '@busbar/shared/model/ids';

/** Cards that stand for what a search has found. */
export const cardsOfHits = (hits: readonly SearchHit[], doc: RailsDoc): Set<string> => {
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
