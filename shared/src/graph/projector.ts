import type { Applied } from '../engine/engine-api.ts';

/** One view of an engine's topology, kept up to date. Law: after any updates its document equals that of a fresh projector. */
export type Projector<Doc> = {
  doc: () => Doc;
  /** Takes in what one `apply` changed; true when the document may have changed. */
  update: (applied: Applied) => boolean;
  /** Ids of the workloads that a card stands for; undefined where there is no such card. */
  members: (card: string) => Iterable<string> | undefined;
};
