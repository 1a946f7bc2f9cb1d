import type { Card, GraphDoc } from '@busbar/shared/graph/graph-doc';

export type InspectTarget =
  | { type: 'workload'; id: string; attachment: string | null }
  | { type: 'network'; id: string }
  | { type: 'node'; name: string; device: string | null }
  | { type: 'nodes'; card: string }
  | { type: 'use'; use: string }
  | { type: 'finding'; id: string }
  | { type: 'group'; card: string }
  | { type: 'more'; rail: string }
  | { type: 'cell'; row: string; network: string }
  | { type: 'gone' };

/** A group's card is named for what its pods have in common: when that changes, the card with the same owner stands for it. */
const successor = (select: string, cards: readonly Card[]): string | undefined => {
  const owner = select.slice(0, select.lastIndexOf('~') + 1);
  return owner ? cards.find((card) => card.id.startsWith(owner))?.id : undefined;
};

/** What a selected id stands for; an id that is nothing else names a network or a name that somebody asked for. */
export const inspectTarget = (select: string, doc: GraphDoc | null): InspectTarget => {
  if (/^MN\d{3}:/.test(select)) return { type: 'finding', id: select };
  if (doc?.lens === 'nodes') {
    if (doc.nodes.some((card) => card.id === select && card.kind !== 'node')) return { type: 'nodes', card: select };
    if (doc.uses.some((use) => use.id === select)) return { type: 'use', use: select };
  }
  if (/^(nodes|use):/.test(select)) return { type: 'gone' };
  if (select.startsWith('cell:')) {
    const bar = select.indexOf('|');
    return { type: 'cell', row: select.slice('cell:'.length, bar), network: select.slice(bar + 1) };
  }
  if (select.startsWith('more:')) return { type: 'more', rail: select };
  if (select.startsWith('node:')) return { type: 'node', name: select.slice(5), device: null };
  if (select.startsWith('device:'))
    return { type: 'node', name: select.slice(7, Math.max(7, select.indexOf('/'))), device: select };
  const cards = doc?.lens === 'rails' ? doc.cards : [];
  const card = cards.find((one) => one.id === select);
  if (card && !card.workload) return { type: 'group', card: card.id };
  if (card?.workload) return { type: 'workload', id: card.workload, attachment: null };
  if (select.startsWith('card:') && doc) {
    const next = successor(select, cards);
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
