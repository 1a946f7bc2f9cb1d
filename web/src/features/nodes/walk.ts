import type { NodesLayout } from '@busbar/shared/graph/layout/nodes';

/** Something that can have the focus: a card, a link, a network on it, or the tallies of that network. */
export type Stop = { key: string; card: string; x: number; y: number; width: number; height: number };
export type Step = 'left' | 'right' | 'up' | 'down' | 'first' | 'last';

export const cardKey = (id: string): string => `card ${id}`;
export const laneKey = (key: string): string => `lane ${key}`;
export const useKey = (id: string): string => `use ${id}`;

/** Heads of cards, links and networks, as they lie in the picture, in reading order. */
export const stopsOf = (layout: NodesLayout, head: number): Stop[] =>
  layout.cards.flatMap((card) => [
    { key: cardKey(card.id), card: card.id, x: card.x, y: card.y, width: card.width, height: head },
    ...layout.lanes
      .filter((lane) => lane.card === card.id && lane.id !== null)
      .map((lane) => ({ ...lane, key: laneKey(lane.key), height: 20 })),
    ...layout.uses.filter((use) => use.card === card.id).map((use) => ({ ...use, key: useKey(use.id) })),
  ]);

const middle = ({ x, y, width, height }: Stop) => ({ x: x + width / 2, y: y + height / 2 });

/** How far something is in a direction; what lies beside the way counts more than what lies on it. */
const distance = (from: Stop, to: Stop, step: Step): number => {
  const [a, b] = [middle(from), middle(to)];
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const along = step === 'left' ? -dx : step === 'right' ? dx : step === 'up' ? -dy : dy;
  const aside = step === 'left' || step === 'right' ? Math.abs(dy) : gapBetween(from, to);
  return along <= 1 ? Number.POSITIVE_INFINITY : along + aside * 3;
};

/** Nothing between two that share a column. */
const gapBetween = (a: Stop, b: Stop): number => Math.max(0, b.x - (a.x + a.width), a.x - (b.x + b.width));

/** Where an arrow key leads; stays where it is when nothing lies there. */
export const walk = (stops: readonly Stop[], at: string | null, step: Step): string | null => {
  const from = stops.find(({ key }) => key === at);
  if (!from || step === 'first') return stops[0]?.key ?? null;
  if (step === 'last') return stops.at(-1)?.key ?? null;
  let best: Stop = from;
  let least = Number.POSITIVE_INFINITY;
  for (const stop of stops) {
    const far = distance(from, stop, step);
    if (far < least) [best, least] = [stop, far];
  }
  return best.key;
};
