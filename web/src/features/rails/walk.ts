import type { RailsLayout } from '@busbar/shared/graph/layout/rails';

export type Step = 'left' | 'right' | 'up' | 'down' | 'first' | 'last';

/** The card that an arrow key leads to: the neighbour in reading order, or the nearest one in the tier above or below. */
export const walk = (layout: RailsLayout, from: string | null, step: Step): string | null => {
  const cards = [...layout.cards.values()];
  const at = cards.findIndex((card) => card.id === from);
  const first = cards[0];
  if (!first) return null;
  const here = cards[at];
  if (!here || step === 'first') return first.id;
  if (step === 'last') return cards.at(-1)?.id ?? null;
  if (step === 'left') return cards[Math.max(0, at - 1)]?.id ?? null;
  if (step === 'right') return cards[Math.min(cards.length - 1, at + 1)]?.id ?? null;
  const tier = here.tier + (step === 'down' ? 1 : -1);
  let best: { id: string; distance: number } | null = null;
  for (const card of cards) {
    if (card.tier !== tier) continue;
    const distance = Math.abs(card.x + card.width / 2 - here.x - here.width / 2);
    if (!best || distance < best.distance) best = { id: card.id, distance };
  }
  return best?.id ?? here.id;
};
