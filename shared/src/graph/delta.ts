import { isEqual } from '../engine/equal.ts';
import type { GraphDelta, GraphDoc } from './graph-doc.ts';
import type { ListDelta } from './lens-doc.ts';

type Keyed = { id: string };

/** What is in the same place at the beginning and at the end needs no look-up: nearly always that is all there is. */
function diffList<T extends Keyed>(before: readonly T[], after: readonly T[]): ListDelta<T> | undefined {
  const put: T[] = [];
  const compare = (old: T | undefined, item: T) => {
    if (old === undefined || (old !== item && !isEqual(old, item))) put.push(item);
  };
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head]?.id === after[head]?.id) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail)?.id === after.at(-1 - tail)?.id) tail += 1;
  const end = after.length - tail;
  const old = new Map(before.slice(head, before.length - tail).map((item) => [item.id, item]));
  const known = new Set(old.keys());
  for (const [at, item] of after.entries()) {
    if (at < head) compare(before[at], item);
    else if (at >= end) compare(before[before.length - after.length + at], item);
    else {
      compare(old.get(item.id), item);
      old.delete(item.id);
    }
  }
  const gone = [...old.keys()];
  // Applying a delta appends what is new: an order is sent only where that does not give the right one.
  const middle = after.slice(head, end).map((item) => item.id);
  const added = middle.filter((id) => !known.has(id));
  const natural = [...[...known].filter((id) => !old.has(id)), ...added];
  const moved = (tail > 0 && added.length > 0) || natural.some((id, index) => id !== middle[index]);
  if (put.length === 0 && gone.length === 0 && !moved) return undefined;
  return moved ? { put, gone, order: after.map((item) => item.id) } : { put, gone };
}

const listsOf = (doc: GraphDoc): [string, readonly Keyed[]][] =>
  Object.entries(doc).flatMap(([name, value]): [string, Keyed[]][] => (Array.isArray(value) ? [[name, value]] : []));

/** What changed from one document of a view to the next; null when nothing that is drawn did. */
export function diffGraph(before: GraphDoc, after: GraphDoc): GraphDelta | null {
  const old = new Map(listsOf(before));
  const lists = listsOf(after).flatMap(([name, list]) => {
    const delta = diffList(old.get(name) ?? [], list);
    return delta ? [[name, delta] as const] : [];
  });
  if (lists.length === 0 && isEqual(before.totals, after.totals)) return null;
  return { from: before.revision, to: after.revision, totals: after.totals, ...Object.fromEntries(lists) };
}

/** The lists of a delta by their names in the document. */
export const listDeltas = (delta: GraphDelta): [string, ListDelta<Keyed>][] =>
  Object.entries(delta).flatMap(([name, value]): [string, ListDelta<Keyed>][] =>
    typeof value === 'object' && 'put' in value ? [[name, value]] : [],
  );

function applyList<T extends Keyed>(list: readonly T[], delta: ListDelta<T> | undefined): readonly T[] {
  if (!delta) return list;
  const items = new Map(list.map((item) => [item.id, item]));
  for (const id of delta.gone) items.delete(id);
  for (const item of delta.put) items.set(item.id, item);
  if (!delta.order) return [...items.values()];
  return delta.order.flatMap((id) => items.get(id) ?? []);
}

/** The document after a delta; items that did not change keep their identity. */
export function applyDelta<D extends GraphDoc>(doc: D, delta: GraphDelta): D {
  const deltas = new Map(listDeltas(delta));
  const lists = listsOf(doc).map(([name, list]) => [name, applyList(list, deltas.get(name))] as const);
  return { ...doc, revision: delta.to, totals: delta.totals, ...Object.fromEntries(lists) };
}
