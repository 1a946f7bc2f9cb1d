import type { Health } from './lens-doc.ts';
import { magnitude } from './port-sum.ts';
import { placeOf } from './sorted.ts';

/** What a person must see first. */
export const rankOfHealth: Readonly<Record<Health, number>> = {
  failing: 0,
  warning: 1,
  unknown: 2,
  pending: 3,
  ok: 4,
  ended: 5,
};
const lastBad = rankOfHealth.warning;

type Item = { key: string; health: Health; count: number };
type Place<T> = { item: T; size: number };

/** Of many groups the few that are drawn: what is broken first (but not everything), then the large ones. */
export type Cut<T> = {
  /** Takes in that an item is new, gone (count 0) or of another size. */
  touch: (item: T) => void;
  isDrawn: (item: T) => boolean;
  drawn: () => Iterable<T>;
  /** What came into the drawn few and what fell out of them since the last call. */
  settle: () => { came: T[]; went: T[] };
};

const byNeed = <T extends Item>(a: Place<T>, b: Place<T>): number =>
  rankOfHealth[a.item.health] - rankOfHealth[b.item.health] ||
  b.size - a.size ||
  (a.item.key < b.item.key ? -1 : a.item.key > b.item.key ? 1 : 0);

export function createCut<T extends Item>(items: Iterable<T>, room: number): Cut<T> {
  const bad: Place<T>[] = [];
  const fine: Place<T>[] = [];
  const places = new Map<T, Place<T>>();
  const listOf = (item: T) => (rankOfHealth[item.health] <= lastBad ? bad : fine);
  for (const item of items) {
    const place = { item, size: magnitude(item.count) };
    places.set(item, place);
    listOf(item).push(place);
  }
  bad.sort(byNeed);
  fine.sort(byNeed);
  let drawn = new Set<T>();

  return {
    touch: (item) => {
      const old = places.get(item);
      const size = magnitude(item.count);
      if (old && old.size === size && item.count > 0) return;
      const list = listOf(item);
      if (old) {
        list.splice(
          placeOf(list, (other) => byNeed(other, old) < 0),
          1,
        );
        places.delete(item);
      }
      if (item.count === 0) return;
      const place = { item, size };
      list.splice(
        placeOf(list, (other) => byNeed(other, place) < 0),
        0,
        place,
      );
      places.set(item, place);
    },
    isDrawn: (item) => drawn.has(item),
    drawn: () => drawn,
    settle: () => {
      const ofBad = Math.min(bad.length, Math.max(Math.ceil(room * 0.6), room - fine.length));
      const few = [...bad.slice(0, ofBad), ...fine.slice(0, Math.max(0, room - ofBad))].map(({ item }) => item);
      const before = drawn;
      drawn = new Set(few);
      return { came: few.filter((item) => !before.has(item)), went: [...before].filter((item) => !drawn.has(item)) };
    },
  };
}
