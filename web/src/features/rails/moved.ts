import type { RailsLayout } from '@busbar/shared/graph/layout/rails';
import type { Target } from './cytoscape-graph.ts';

/** Where a person has dragged things, kept per cluster in this browser. */
export type Moved = ReadonlyMap<string, { dx: number; dy: number }>;

const KEY = 'busbar.moved.';
const MOST = 500;

export const loadMoved = (cluster: string): Moved => {
  try {
    const value: unknown = JSON.parse(window.localStorage.getItem(KEY + cluster) ?? '[]');
    const moved = new Map<string, { dx: number; dy: number }>();
    if (!Array.isArray(value)) return moved;
    for (const entry of value.slice(0, MOST)) {
      const [id, dx, dy] = Array.isArray(entry) ? entry : [];
      if (typeof id === 'string' && Number.isFinite(dx) && Number.isFinite(dy)) moved.set(id, { dx, dy });
    }
    return moved;
  } catch {
    return new Map();
  }
};

export const saveMoved = (cluster: string, moved: Moved) => {
  try {
    if (moved.size === 0) window.localStorage.removeItem(KEY + cluster);
    else
      window.localStorage.setItem(
        KEY + cluster,
        JSON.stringify([...moved].slice(-MOST).map(([id, { dx, dy }]) => [id, Math.round(dx), Math.round(dy)])),
      );
  } catch {
    // A browser without storage keeps nothing: the picture works all the same.
  }
};

/** What has been moved, once this is dragged to where its centre is now. A rail moves up and down only. */
export const moveTo = (moved: Moved, layout: RailsLayout, target: Target, centre: { x: number; y: number }): Moved => {
  const key = target.element.slice(target.kind.length + 1);
  const { dx, dy } = moved.get(key) ?? { dx: 0, dy: 0 };
  const card = target.kind === 'card' ? layout.cards.get(target.of) : undefined;
  const rail = target.kind === 'rail' ? layout.rails.find((one) => one.key === key) : undefined;
  const next = new Map(moved);
  if (card)
    next.set(key, { dx: dx + centre.x - card.x - card.width / 2, dy: dy + centre.y - card.y - card.height / 2 });
  else if (rail) next.set(key, { dx: 0, dy: dy + centre.y - rail.y });
  return next;
};
