/** A map of sets without empty sets. */
export type MultiMap<K, V> = {
  add: (key: K, value: V) => boolean;
  delete: (key: K, value: V) => boolean;
  get: (key: K) => ReadonlySet<V>;
  has: (key: K) => boolean;
  keys: () => Iterable<K>;
  size: () => number;
};

const empty: ReadonlySet<never> = new Set<never>();

export function createMultiMap<K, V>(): MultiMap<K, V> {
  const sets = new Map<K, Set<V>>();
  return {
    add: (key, value) => {
      const set = sets.get(key);
      if (!set) {
        sets.set(key, new Set([value]));
        return true;
      }
      if (set.has(value)) return false;
      set.add(value);
      return true;
    },
    delete: (key, value) => {
      const set = sets.get(key);
      if (!set?.delete(value)) return false;
      if (set.size === 0) sets.delete(key);
      return true;
    },
    get: (key) => sets.get(key) ?? empty,
    has: (key) => sets.has(key),
    keys: () => sets.keys(),
    size: () => sets.size,
  };
}
