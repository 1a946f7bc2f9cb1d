import { linkLook } from '@busbar/shared/graph/layout/node-look';
import type { NodesDoc } from '@busbar/shared/graph/nodes-doc';
import { plural } from '../../ui/format.ts';

/** The picture in words. */
export const describeNodes = (doc: NodesDoc): string => {
  const nodes = doc.nodes.reduce((sum, card) => sum + card.count, 0);
  const missing = doc.lanes.filter(({ state }) => state === 'missing');
  const names = new Map(doc.nodes.map((card) => [card.id, card.name]));
  return [
    `${plural(nodes, 'node')} as ${plural(doc.nodes.length, 'card')}, ${plural(doc.totals.shownWorkloads, 'pod')}.`,
    ...missing.slice(0, 10).map((lane) => `${lane.name} is ${linkLook('missing').word} on ${names.get(lane.card)}.`),
    'Arrow keys walk from card to link to network, Enter opens one, Space opens a group of nodes. The table lens holds the same as rows.',
  ].join(' ');
};
