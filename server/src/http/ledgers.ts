import type { Applied, Engine } from '@busbar/shared/engine/engine-api';
import { buildLedgerDoc, type LedgerDoc, type LedgerPage } from '@busbar/shared/inspect/ledger';
import { createLedgerOrder, type LedgerOrder, type LedgerSort } from '@busbar/shared/inspect/ledger-order';
import { graphQuery } from '@busbar/shared/view/url';
import { defaultView, type View } from '@busbar/shared/view/view';
import { Kept } from './kept.ts';

/** A line costs about 100 bytes in each order. */
const LIMITS = { entries: 12, size: 1_500_000 };

type KeptOrder = { order: LedgerOrder; readonly size: number; update: (applied: Applied) => void };

/** The ledgers that pages look at: one order per filter and sort key, shared by all parts of it and all pages on it. */
export class Ledgers {
  readonly #engine: Engine;
  readonly #orders: Kept<KeptOrder>;

  constructor(engine: Engine, clock: () => number = Date.now) {
    this.#engine = engine;
    this.#orders = new Kept(LIMITS, clock);
  }

  async page(view: View, sort: LedgerSort, part: LedgerPage): Promise<LedgerDoc> {
    const { order } = await this.#orders.get(`${sort} ${filterOf(view)}`, () => this.#make(view, sort), {
      isStale: (kept) => kept.order.stale,
      refresh: (kept) => kept.order.refresh(),
    });
    return buildLedgerDoc(this.#engine, order, part);
  }

  /** What an engine's `apply` changed. */
  applied(applied: Applied): void {
    this.#orders.applied(applied);
  }

  #make(view: View, sort: LedgerSort): KeptOrder {
    const order = createLedgerOrder(this.#engine, view, sort);
    return {
      order,
      get size() {
        return order.length;
      },
      update: order.update,
    };
  }
}

/** What of a view decides which attachments there are: equal texts share an order. */
export const filterOf = ({ namespaces, states, hide, defaultNetwork }: View): string =>
  graphQuery({ ...defaultView, namespaces, states, hide, defaultNetwork });
