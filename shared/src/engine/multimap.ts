/** A map of sets without empty sets. Most keys have one value: that is kept bare, for a set of one takes 200 bytes. */
export type MultiMap<K, V extends string> = {
  add: (key: K, value: V) => boolean;
  delete: (key: K, value: V) => boolean;
  get: (key: K) => ReadonlySet<V>;
  has: (key: K) => boolean;
  keys: () => Iterable<K>;
  size: () => number;
};

const empty: ReadonlySet<never> = new Set<never>();

export function createMultiMap<K, V extends string>(): MultiMap<K, V> {
  const held = new Map<K, V | Set<V>>();
  return {
    add: (key, value) => {
      const known = held.get(key);
      if (known === undefined) held.set(key, value);
      else if (typeof known !== 'string') {
        const before = known.size;
        return known.add(value).size > before;
      } else if (known === value) return false;
      else held.set(key, new Set([known, value]));
      return true;
    },
    delete: (key, value) => {
      const known = held.get(key);
      if (known === undefined) return false;
      if (typeof known === 'string') return known === value && held.delete(key);
      if (!known.delete(value)) return false;
      if (known.size === 0) held.delete(key);
      return true;
    },
    get: (key) => {
      const known = held.get(key);
      if (known === undefined) return empty;
      return typeof known === 'string' ? new Set([known]) : known;
    },
    has: (key) => held.has(key),
    keys: () => held.keys(),
    size: () => held.size,
  };
}
