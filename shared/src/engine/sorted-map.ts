import { createMultiMap } from './multimap.ts';

/**
 * A map of sets that are read in order far more often than they change. What was added twice, by two that say the same, stays until it
 * is taken away twice.
 */
export function createSorted() {
  const sets = createMultiMap<string, string>();
  const lists = new Map<string, readonly string[]>();
  /** How often more than once a value was added. */
  const again = new Map<string, number>();
  return {
    add: (key: string, value: string): void => {
      if (sets.add(key, value)) lists.delete(key);
      else again.set(`${key}\n${value}`, (again.get(`${key}\n${value}`) ?? 0) + 1);
    },
    delete: (key: string, value: string): void => {
      const pair = `${key}\n${value}`;
      const more = again.get(pair) ?? 0;
      if (more > 1) again.set(pair, more - 1);
      else if (more === 1) again.delete(pair);
      else if (sets.delete(key, value)) lists.delete(key);
    },
    get: (key: string): readonly string[] => {
      const known = lists.get(key);
      if (known) return known;
      const list = [...sets.get(key)].sort();
      if (list.length > 0) lists.set(key, list);
      return list;
    },
  };
}
