import type { Change } from '@busbar/shared/kube/object';

export type SourceKind = 'cluster' | 'dump' | 'snapshot' | 'demo';

/** What people see of a source. `takenAt` is set for what was recorded: the newest time found in it, known once `start` resolved. */
export type SourceDescription = {
  kind: SourceKind;
  name: string;
  context?: string;
  server?: string;
  version?: string;
  namespaces?: string[];
  takenAt?: string;
};

/** `since`: epoch milliseconds. `loaded` and `expected` count objects; `expected` only when the API server says how many remain. */
export type SourceHealth = {
  state: 'connecting' | 'loading' | 'live' | 'reconnecting' | 'stopped' | 'failed';
  since: number;
  detail?: string;
  loaded?: number;
  expected?: number;
};

export type Sink = {
  changes(batch: Change[]): void;
  health(health: SourceHealth): void;
  /** Nothing while there is room; else resolves when there is. Whoever reads on without asking fills memory, but is never refused. */
  room?(): Promise<void> | undefined;
};

/**
 * Where objects come from. `start` resolves once the first full list of every kind is in (a kind that may not be read counts as
 * in: it is state), and rejects with a SourceError. `stop` may be called at any time, more than once.
 */
export type ObjectSource = {
  describe(): SourceDescription;
  start(sink: Sink): Promise<void>;
  stop(): Promise<void>;
};

/** Something in a dump that could not be used. `line` counts from 1. */
export type DumpIssue = { file: string; line?: number; message: string };
