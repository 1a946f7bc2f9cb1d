import type { AttachmentState } from '../model/topology.ts';

/**
 * What every lens's document has: beside these it holds nothing but lists of items with stable ids, in drawing order, so that two
 * documents of one view differ by a `DeltaOf`. Positions are not in it: `graph/layout/` computes them.
 */
export type LensDoc<L extends string> = { revision: number; lens: L; totals: GraphTotals };

export type GraphTotals = {
  /** Workloads of the whole source, and how many pass the filter; cards stand for exactly the latter. */
  workloads: number;
  shownWorkloads: number;
  cards: number;
  networks: number;
  drawnNetworks: number;
  attachments: number;
  states: Partial<Record<AttachmentState, number>>;
  /** Workloads with at least one error finding. */
  brokenWorkloads: number;
  /** What the workloads of a card have in common, their health always: all that is drawn, the owner, the band, the networks. */
  grouped?: 'equal' | 'owner' | 'band' | 'networks';
};

export type Health = 'ok' | 'pending' | 'warning' | 'failing' | 'ended' | 'unknown';

/**
 * `order` says the order anew only where it changed: ids, and runs `[from, count]` of the list before, what is in them replaced by what
 * was put.
 */
export type ListDelta<T> = { put: T[]; gone: string[]; order?: (string | [number, number])[] };

/** Keyed difference between two documents of one view: one `ListDelta` under the name of each list that changed. */
export type DeltaOf<D> = {
  from: number;
  to: number;
  totals: GraphTotals;
} & {
  [K in keyof D as D[K] extends readonly { id: string }[] ? K : never]?: D[K] extends (infer T)[]
    ? ListDelta<T>
    : never;
};
