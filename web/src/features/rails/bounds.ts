import type { RailsLayout } from '@busbar/shared/graph/layout/rails';

export type Rect = { x: number; y: number; width: number; height: number };

/** Frame around some cards and, unless only the cards are meant, their drops down to the rails. */
export const boundsOf = (layout: RailsLayout, cards: ReadonlySet<string>, drops = true): Rect | null => {
  const placed = [...cards].flatMap((id) => layout.cards.get(id) ?? []);
  if (placed.length === 0) return null;
  const left = Math.min(...placed.map((card) => card.x)) - 8;
  const top = Math.min(...placed.map((card) => card.y)) - 26;
  const right = Math.max(...placed.map((card) => card.x + card.width)) + 8;
  let bottom = Math.max(...placed.map((card) => card.y + card.height));
  if (drops) for (const drop of layout.drops) if (cards.has(drop.card)) bottom = Math.max(bottom, drop.y2);
  return { x: left, y: top, width: right - left, height: bottom + 12 - top };
};

/** Below this scale a card cannot be read. */
const READABLE = 0.5;

/** What to bring into sight of some cards: all of them, or the first where they stand too far apart to be read together. */
export const focusOf = (layout: RailsLayout, ids: ReadonlySet<string>, room: { width: number; height: number }) => {
  const all = boundsOf(layout, ids);
  if (!all || Math.min(room.width / all.width, room.height / all.height) >= READABLE) return all;
  const first = [...layout.cards.keys()].find((id) => ids.has(id));
  return first === undefined ? all : boundsOf(layout, new Set([first]));
};
