import type { Applied } from '@busbar/shared/engine/engine-api';
import { inTurns } from './in-turns.ts';

/** How much is kept at once: so many, and as long as they are not larger than this together. */
export type Limits = { entries: number; size: number };
const KEEP_IDLE_MS = 60_000;

/** What is kept up to date for pages that look at it. */
export type Keepable = {
  readonly size: number;
  update: (applied: Applied) => void;
};

type Entry<T> = { value: T; usedAt: number; work: Promise<void> | undefined };

/**
 * What pages look at, by a key that equal questions share: made in turns of the event loop, brought up to date only when somebody asks,
 * forgotten a minute after nobody does.
 */
export class Kept<T extends Keepable> {
  readonly #limits: Limits;
  readonly #clock: () => number;
  /** The least recently used first. */
  readonly #entries = new Map<string, Entry<T>>();

  constructor(limits: Limits, clock: () => number = Date.now) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** `refresh` is run to its end, a turn at a time, while `isStale`; one at a time for each key. */
  async get(
    key: string,
    make: () => T,
    how: { isStale: (value: T) => boolean; refresh: (value: T) => Generator<void, void> },
  ): Promise<T> {
    const entry = this.#entryOf(key, make);
    // What runs now may have begun before the change that made somebody ask.
    await entry.work;
    while (how.isStale(entry.value)) {
      // What somebody else has begun may be for another order.
      const running = entry.work;
      await (running ?? this.#begin(entry, how.refresh(entry.value)));
      if (!running) break;
    }
    return entry.value;
  }

  /** What an engine's `apply` changed. */
  applied(applied: Applied): void {
    const oldest = this.#clock() - KEEP_IDLE_MS;
    for (const [key, entry] of this.#entries) {
      if (entry.usedAt < oldest) this.#entries.delete(key);
      else entry.value.update(applied);
    }
  }

  #begin(entry: Entry<T>, steps: Generator<void, void>): Promise<void> {
    entry.work = inTurns(steps).finally(() => {
      entry.work = undefined;
    });
    return entry.work;
  }

  #entryOf(key: string, make: () => T): Entry<T> {
    const entry = this.#entries.get(key) ?? { value: make(), usedAt: 0, work: undefined };
    entry.usedAt = this.#clock();
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#makeRoom();
    return entry;
  }

  #makeRoom(): void {
    let size = 0;
    for (const { value } of this.#entries.values()) size += value.size;
    for (const [key, { value }] of this.#entries) {
      const fits = this.#entries.size <= this.#limits.entries && size <= this.#limits.size;
      if (this.#entries.size <= 1 || fits) return;
      this.#entries.delete(key);
      size -= value.size;
    }
  }
}
