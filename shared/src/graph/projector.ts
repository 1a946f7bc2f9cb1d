import type { Applied } from '../engine/engine-api.ts';

/**
 * One view of an engine's topology, kept up to date. Law: after any updates, and whatever came while it was being built, its document
 * equals that of a fresh projector.
 */
export type Projector<Doc> = {
  /**
   * Does a little of what the next document needs, well under a millisecond; true when nothing is left. Who has others to serve calls it
   * in turns before `doc`, which does at once what is left.
   */
  step: () => boolean;
  doc: () => Doc;
  /** Takes in what one `apply` changed; true when the document may have changed. */
  update: (applied: Applied) => boolean;
  /** Ids of the workloads that a card stands for, as of the last document; undefined where there is no such card. */
  members: (card: string) => Iterable<string> | undefined;
  /** Nobody looks at the view any more: what it shares with others is given back. */
  close: () => void;
};
