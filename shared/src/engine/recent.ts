/**
 * What was set last: half of `limit` at least, `limit` at most. It comes and goes in two maps that are thrown away whole. One map that loses its
 * oldest key for every new one is copied again and again, and each copy that the collector has called old keeps alive all that the later
 * ones hold: they are chained to each other.
 */
export class Recent<K, V> {
  readonly #half: number;
  readonly #dropped: (key: K, value: V) => void;
  #fresh = new Map<K, V>();
  #older = new Map<K, V>();

  /** `dropped` hears of those that had to make room. */
  constructor(limit: number, dropped: (key: K, value: V) => void = () => {}) {
    this.#half = Math.max(1, Math.ceil(limit / 2));
    this.#dropped = dropped;
  }

  get(key: K): V | undefined {
    return this.#fresh.get(key) ?? this.#older.get(key);
  }

  set(key: K, value: V): void {
    this.#fresh.set(key, value);
    if (this.#fresh.size < this.#half) return;
    const gone = this.#older;
    this.#older = this.#fresh;
    this.#fresh = new Map();
    for (const [old, what] of gone) if (!this.#older.has(old)) this.#dropped(old, what);
  }

  delete(key: K): void {
    this.#fresh.delete(key);
    this.#older.delete(key);
  }
}
