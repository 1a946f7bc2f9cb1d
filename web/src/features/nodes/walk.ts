import type { NodesLayout } from '@busbar/shared/graph/layout/nodes';

/** Something that can have the focus: a card, a link, a network on it, or the tallies of that network. */
export type Stop = { key: string; card: string; x: number; y: number; width: number; height: number };
export type Step = 'left' | 'right' | 'up' | 'down' | 'first' | 'last';

/** Rows of a list touch. */
const SLACK = 2;

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

/** Distance between two stretches; 0 where they meet. */
const between = (a: number, aSize: number, b: number, bSize: number): number =>
  Math.max(0, b - (a + aSize), a - (b + bSize));

/** How far something is in a direction, in which it must lie as a whole; what lies beside the way counts more than what lies on it. */
const distance = (from: Stop, to: Stop, step: Step): number => {
  const sideways = step === 'left' || step === 'right';
  const [start, size] = sideways ? [to.x, to.width] : [to.y, to.height];
  const [own, ownSize] = sideways ? [from.x, from.width] : [from.y, from.height];
  const along = step === 'right' || step === 'down' ? start - (own + ownSize) : own - (start + size);
  if (along < -SLACK) return Number.POSITIVE_INFINITY;
  const aside = sideways
    ? Math.abs(from.y + from.height / 2 - to.y - to.height / 2)
    : between(from.x, from.width, to.x, to.width);
  return Math.max(0, along) + aside * 3;
};

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
