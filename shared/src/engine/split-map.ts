/** Parts of a map: enough that one of them grows within a millisecond or two where there are 150,000 keys. */
const parts = 64;

/** Names end in what tells them apart. */
const partOf = (key: string): number => {
  const end = key.length;
  return (key.charCodeAt(end - 1) * 31 + key.charCodeAt(end - 2) * 7 + key.charCodeAt(end - 3)) & (parts - 1);
};

/**
 * A map of many keys, in no order. A plain one that grows moves all that it holds at once, and those that grow with the pods would do so
 * together.
 */
export class SplitMap<V> {
  readonly #parts: Map<string, V>[] = Array.from({ length: parts }, () => new Map());
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): V | undefined {
    return this.#parts[partOf(key)]?.get(key);
  }

  has(key: string): boolean {
    return this.#parts[partOf(key)]?.has(key) === true;
  }

  set(key: string, value: V): void {
    const part = this.#parts[partOf(key)];
    if (!part) return;
    const before = part.size;
    part.set(key, value);
    this.#size += part.size - before;
  }

  delete(key: string): boolean {
    const gone = this.#parts[partOf(key)]?.delete(key) === true;
    if (gone) this.#size -= 1;
    return gone;
  }

  *keys(): Generator<string> {
    for (const part of this.#parts) yield* part.keys();
  }

  *values(): Generator<V> {
    for (const part of this.#parts) yield* part.values();
  }
}

export type ReadonlySplitMap<V> = Pick<SplitMap<V>, 'get' | 'has' | 'keys' | 'size' | 'values'>;
