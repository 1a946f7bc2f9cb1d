import type { GraphDoc } from '@busbar/shared/graph/graph-doc';

export type InspectTarget =
  | { type: 'workload'; id: string; attachment: string | null }
  | { type: 'network'; id: string }
  | { type: 'node'; name: string }
  | { type: 'finding'; id: string }
  | { type: 'group'; card: string }
  | { type: 'gone' };

/** A group's card is named for what its pods have in common: when that changes, the card with the same owner stands for it. */
const successor = (select: string, doc: GraphDoc): string | undefined => {
  const owner = select.slice(0, select.lastIndexOf('~') + 1);
  return owner ? doc.cards.find((card) => card.id.startsWith(owner))?.id : undefined;
};

/** What a selected id stands for; an id that is nothing else names a network or a name that somebody asked for. */
export const inspectTarget = (select: string, doc: GraphDoc | null): InspectTarget => {
  if (/^MN\d{3}:/.test(select)) return { type: 'finding', id: select };
  if (select.startsWith('node:')) return { type: 'node', name: select.slice(5) };
  const card = doc?.cards.find((one) => one.id === select);
  if (card && !card.workload) return { type: 'group', card: card.id };
  if (card?.workload) return { type: 'workload', id: card.workload, attachment: null };
  if (select.startsWith('card:') && doc) {
    const next = successor(select, doc);
    return next && next !== select ? inspectTarget(next, doc) : { type: 'gone' };
  }
  if (/^(pod|vmi):/.test(select)) {
    const hash = select.lastIndexOf('#');
    return hash < 0
      ? { type: 'workload', id: select, attachment: null }
      : { type: 'workload', id: select.slice(0, hash), attachment: select };
  }
  return { type: 'network', id: select };
};
