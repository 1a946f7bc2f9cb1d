import { isEqual } from '../engine/equal.ts';
import type { GraphDelta, GraphDoc } from './graph-doc.ts';
import type { ListDelta } from './lens-doc.ts';

type Keyed = { id: string };

/** The ids of a list in terms of the one before it: runs of that, and what is new. */
function orderOf(before: readonly Keyed[], after: readonly Keyed[]): (string | [number, number])[] {
  const places = new Map(before.map(({ id }, at) => [id, at]));
  const order: (string | [number, number])[] = [];
  for (const { id } of after) {
    const at = places.get(id);
    const run = order.at(-1);
    if (at === undefined) order.push(id);
    else if (typeof run === 'object' && run[0] + run[1] === at) run[1] += 1;
    else order.push([at, 1]);
  }
  return order;
}

/** What is the very same at the beginning and at the end needs no look at all: nearly always that is nearly all there is. */
export function diffList<T extends Keyed>(before: readonly T[], after: readonly T[]): ListDelta<T> | undefined {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const left = before.slice(head, before.length - tail);
  const now = after.slice(head, after.length - tail);
  if (left.length === 0 && now.length === 0) return undefined;
  const old = new Map(left.map((item) => [item.id, item]));
  const put = now.filter((item) => {
    const known = old.get(item.id);
    return known === undefined || (known !== item && !isEqual(known, item));
  });
  const added = now.filter((item) => !old.has(item.id)).map((item) => item.id);
  const still = new Set(now.map((item) => item.id));
  const gone = left.filter((item) => !still.has(item.id)).map((item) => item.id);
  // Applying a delta appends what is new: an order is sent only where that does not give the right one.
  const natural = [...left.filter((item) => still.has(item.id)).map((item) => item.id), ...added];
  const moved = (tail > 0 && added.length > 0) || natural.some((id, index) => id !== now[index]?.id);
  if (put.length === 0 && gone.length === 0 && !moved) return undefined;
  return moved ? { put, gone, order: orderOf(before, after) } : { put, gone };
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

/** The list after a delta; undefined: nothing changed in it. */
export function applyList<T extends Keyed>(list: readonly T[], delta: ListDelta<T> | undefined): readonly T[] {
  if (!delta) return list;
  const items = new Map(list.map((item) => [item.id, item]));
  for (const id of delta.gone) items.delete(id);
  for (const item of delta.put) items.set(item.id, item);
  if (!delta.order) return [...items.values()];
  const ids = delta.order.flatMap((part) =>
    typeof part === 'string' ? part : list.slice(part[0], part[0] + part[1]).map(({ id }) => id),
  );
  return ids.flatMap((id) => items.get(id) ?? []);
}

/** The document after a delta; items that did not change keep their identity. */
export function applyDelta<D extends GraphDoc>(doc: D, delta: GraphDelta): D {
  const deltas = new Map(listDeltas(delta));
  const lists = listsOf(doc).map(([name, list]) => [name, applyList(list, deltas.get(name))] as const);
  return { ...doc, revision: delta.to, totals: delta.totals, ...Object.fromEntries(lists) };
}
