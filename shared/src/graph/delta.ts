import { isEqual } from '../engine/equal.ts';
import type { GraphDelta, GraphDoc, ListDelta } from './graph-doc.ts';

type Keyed = { id: string };

function diffList<T extends Keyed>(before: readonly T[], after: readonly T[]): ListDelta<T> | undefined {
  const old = new Map(before.map((item) => [item.id, item]));
  const put: T[] = [];
  for (const item of after) {
    const known = old.get(item.id);
    if (known === undefined || (known !== item && !isEqual(known, item))) put.push(item);
    old.delete(item.id);
  }
  const gone = [...old.keys()];
  const left = before.filter((item) => !old.has(item.id)).map((item) => item.id);
  const known = new Set(before.map((item) => item.id));
  const added = new Set(put.filter((item) => !known.has(item.id)).map((item) => item.id));
  // Applying a delta appends what is new: an order is sent only where that does not give the right one.
  const natural = [...left, ...after.filter((item) => added.has(item.id)).map((item) => item.id)];
  const moved = natural.some((id, index) => id !== after[index]?.id);
  if (put.length === 0 && gone.length === 0 && !moved) return undefined;
  return moved ? { put, gone, order: after.map((item) => item.id) } : { put, gone };
}

/** What changed from one document of a view to the next; null when nothing that is drawn did. */
export function diffGraph(before: GraphDoc, after: GraphDoc): GraphDelta | null {
  const bands = diffList(before.bands, after.bands);
  const rails = diffList(before.rails, after.rails);
  const cards = diffList(before.cards, after.cards);
  const drops = diffList(before.drops, after.drops);
  if (!bands && !rails && !cards && !drops && isEqual(before.totals, after.totals)) return null;
  return {
    from: before.revision,
    to: after.revision,
    totals: after.totals,
    ...(bands ? { bands } : {}),
    ...(rails ? { rails } : {}),
    ...(cards ? { cards } : {}),
    ...(drops ? { drops } : {}),
  };
}

function applyList<T extends Keyed>(list: readonly T[], delta: ListDelta<T> | undefined): readonly T[] {
  if (!delta) return list;
  const items = new Map(list.map((item) => [item.id, item]));
  for (const id of delta.gone) items.delete(id);
  for (const item of delta.put) items.set(item.id, item);
  if (!delta.order) return [...items.values()];
  return delta.order.flatMap((id) => items.get(id) ?? []);
}

/** The document after a delta; items that did not change keep their identity. */
export function applyDelta(doc: GraphDoc, delta: GraphDelta): GraphDoc {
  return {
    ...doc,
    revision: delta.to,
    totals: delta.totals,
    bands: [...applyList(doc.bands, delta.bands)],
    rails: [...applyList(doc.rails, delta.rails)],
    cards: [...applyList(doc.cards, delta.cards)],
    drops: [...applyList(doc.drops, delta.drops)],
  };
}
