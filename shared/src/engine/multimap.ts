/**
 * A map of sets of texts, without empty sets. Most keys have one value or a few: those are kept bare or in a list, for a set of one takes
 * 200 bytes.
 */
export type MultiMap<K, V extends string> = {
  /** False where it was there already. */
  add: (key: K, value: V) => boolean;
  delete: (key: K, value: V) => boolean;
  get: (key: K) => ReadonlySet<V>;
  has: (key: K) => boolean;
  keys: () => Iterable<K>;
  size: () => number;
};

const empty: ReadonlySet<never> = new Set<never>();
/** Values that a list holds; more of them are a set. */
const few = 12;

export function createMultiMap<K, V extends string>(): MultiMap<K, V> {
  const held = new Map<K, V | V[] | Set<V>>();
  return {
    add: (key, value) => {
      const known = held.get(key);
      if (known === undefined) held.set(key, value);
      else if (typeof known === 'string') {
        if (known === value) return false;
        held.set(key, [known, value]);
      } else if (Array.isArray(known)) {
        if (known.includes(value)) return false;
        if (known.length < few) known.push(value);
        else held.set(key, new Set([...known, value]));
      } else {
        const before = known.size;
        return known.add(value).size > before;
      }
      return true;
    },
    delete: (key, value) => {
      const known = held.get(key);
      if (known === undefined) return false;
      if (typeof known === 'string') return known === value && held.delete(key);
      if (Array.isArray(known)) {
        const at = known.indexOf(value);
        if (at < 0) return false;
        known.splice(at, 1);
        if (known.length === 0) held.delete(key);
        return true;
      }
      if (!known.delete(value)) return false;
      if (known.size === 0) held.delete(key);
      return true;
    },
    get: (key) => {
      const known = held.get(key);
      if (known === undefined) return empty;
      if (typeof known === 'string') return new Set([known]);
      return Array.isArray(known) ? new Set(known) : known;
    },
    has: (key) => held.has(key),
    keys: () => held.keys(),
    size: () => held.size,
  };
}
