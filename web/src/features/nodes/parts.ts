import { railSpaces } from '@busbar/shared/graph/layout/node-look';
import type { NodesLayout } from '@busbar/shared/graph/layout/nodes';
import type { NodesDoc } from '@busbar/shared/graph/nodes-doc';
import type { Lit } from './emphasis.ts';
import type { CardParts } from './node-card.tsx';

export const byId = <T extends { id: string }>(list: readonly T[]): ReadonlyMap<string, T> =>
  new Map(list.map((item) => [item.id, item]));

/** The picture card by card, in reading order. */
export const partsOf = (doc: NodesDoc, layout: NodesLayout, lit: Lit | null): CardParts[] => {
  const [cards, lanes, uses, rails] = [byId(doc.nodes), byId(doc.lanes), byId(doc.uses), byId(doc.rails)];
  const spaces = railSpaces(doc.rails);
  const lanesOf = Map.groupBy(layout.lanes, ({ card }) => card);
  const usesOf = Map.groupBy(layout.uses, ({ card }) => card);
  const dims = (bright: ReadonlySet<string> | undefined, id: string): boolean =>
    bright !== undefined && !bright.has(id);
  const parts = layout.cards.flatMap((at): CardParts[] => {
    const card = cards.get(at.id);
    if (!card) return [];
    const dim = dims(lit?.cards, at.id);
    return [
      {
        at,
        card,
        lanes: (lanesOf.get(at.id) ?? []).map((place) => ({
          at: place,
          lane: place.id === null ? undefined : lanes.get(place.id),
          dim: place.id === null ? dim : dims(lit?.lanes, place.id),
        })),
        uses: (usesOf.get(at.id) ?? []).flatMap((place) => {
          const use = uses.get(place.id);
          if (!use) return [];
          const rail = use.rail ?? '';
          const found = { rail: rails.get(rail), space: spaces.get(rail) };
          return [{ at: place, use, ...found, dim: dims(lit?.uses, use.id), lit: lit?.uses.has(use.id) ?? false }];
        }),
        foot: layout.feet.get(at.id),
        dim,
      },
    ];
  });
  const order = new Map(doc.nodes.map((card, index) => [card.id, index]));
  return parts.sort((a, b) => (order.get(a.card.id) ?? 0) - (order.get(b.card.id) ?? 0));
};
