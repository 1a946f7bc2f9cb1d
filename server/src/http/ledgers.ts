import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Applied, Engine } from '@busbar/shared/engine/engine-api';
import { buildLedgerDoc, type LedgerDoc, type LedgerPage } from '@busbar/shared/inspect/ledger';
import { createLedgerOrder, type LedgerOrder, type LedgerSort } from '@busbar/shared/inspect/ledger-order';
import { graphQuery } from '@busbar/shared/view/url';
import { defaultView, type View } from '@busbar/shared/view/view';

const MAX_ORDERS = 12;
/** A line costs about 100 bytes in each order. */
const MAX_LINES = 1_500_000;
const KEEP_IDLE_MS = 60_000;
const TURN_MS = 10;

type Entry = { order: LedgerOrder; usedAt: number; work: Promise<void> | undefined };

/**
 * The ledgers that pages look at: one order per filter and sort key, made in turns of the event loop, shared by all parts of it and all
 * pages on it, brought up to date only when somebody asks.
 */
export class Ledgers {
  readonly #engine: Engine;
  readonly #clock: () => number;
  /** The least recently used first. */
  readonly #entries = new Map<string, Entry>();

  constructor(engine: Engine, clock: () => number = Date.now) {
    this.#engine = engine;
    this.#clock = clock;
  }

  async page(view: View, sort: LedgerSort, part: LedgerPage): Promise<LedgerDoc> {
    const entry = this.#entryOf(view, sort);
    // What runs now may have begun before the change that made somebody ask.
    await entry.work;
    if (entry.order.stale) entry.work ??= this.#refresh(entry);
    await entry.work;
    return buildLedgerDoc(this.#engine, entry.order, part);
  }

  /** What an engine's `apply` changed. */
  applied(applied: Applied): void {
    const oldest = this.#clock() - KEEP_IDLE_MS;
    for (const [key, entry] of this.#entries) {
      if (entry.usedAt < oldest) this.#entries.delete(key);
      else entry.order.update(applied);
    }
  }

  async #refresh(entry: Entry): Promise<void> {
    try {
      let until = performance.now() + TURN_MS;
      for (const _ of entry.order.refresh()) {
        if (performance.now() < until) continue;
        await nextTurn();
        until = performance.now() + TURN_MS;
      }
    } finally {
      entry.work = undefined;
    }
  }

  #entryOf(view: View, sort: LedgerSort): Entry {
    const key = `${sort} ${filterOf(view)}`;
    const entry = this.#entries.get(key) ?? {
      order: createLedgerOrder(this.#engine, view, sort),
      usedAt: 0,
      work: undefined,
    };
    entry.usedAt = this.#clock();
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#makeRoom();
    return entry;
  }

  #makeRoom(): void {
    let lines = 0;
    for (const { order } of this.#entries.values()) lines += order.length;
    for (const [key, { order }] of this.#entries) {
      if (this.#entries.size <= 1 || (this.#entries.size <= MAX_ORDERS && lines <= MAX_LINES)) return;
      this.#entries.delete(key);
      lines -= order.length;
    }
  }
}

/** What of a view decides which lines there are: equal texts share an order. */
const filterOf = ({ namespaces, states, hide, defaultNetwork }: View): string =>
  graphQuery({ ...defaultView, namespaces, states, hide, defaultNetwork });
