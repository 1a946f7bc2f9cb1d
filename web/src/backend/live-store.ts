import { applyDelta, listDeltas } from '@busbar/shared/graph/delta';
import type { GraphDelta, GraphDoc } from '@busbar/shared/graph/graph-doc';
import { applyCluster } from '@busbar/shared/inspect/cluster-delta';
import type { ClusterDoc, FindingsDoc } from '@busbar/shared/inspect/documents';
import { applyFindings } from '@busbar/shared/inspect/findings-delta';
import type { View } from '@busbar/shared/view/view';
import type { Backend, Problem, StreamEvent } from './backend.ts';

export type Connection =
  | { state: 'connecting' }
  | { state: 'open' }
  | { state: 'lost'; since: number; retryAt: number }
  | { state: 'refused'; problem: Problem };

export type LiveState = {
  graph: GraphDoc | null;
  /** The view that `graph` shows; behind the one asked for while that is on its way. */
  shown: View | null;
  cluster: ClusterDoc | null;
  findings: FindingsDoc | null;
  connection: Connection;
  paused: boolean;
  /** Changes that arrived while the picture is frozen. */
  waiting: number;
  /** Ids of what the last delta touched. */
  changed: ReadonlySet<string>;
  /** The graph belongs to an earlier view; the one asked for is on its way. */
  stale: boolean;
};

const EMPTY: LiveState = {
  graph: null,
  shown: null,
  cluster: null,
  findings: null,
  connection: { state: 'connecting' },
  paused: false,
  waiting: 0,
  changed: new Set(),
  stale: false,
};

const touchedBy = (delta: GraphDelta): Set<string> => {
  const ids = new Set<string>();
  for (const [, list] of listDeltas(delta)) for (const item of list.put) ids.add(item.id);
  return ids;
};

/**
 * What the stream has told so far. Nothing is ever blanked: a lost connection or a new view keeps the last picture until the next
 * one is there.
 */
export class LiveStore {
  readonly #backend: Backend;
  readonly #listeners = new Set<() => void>();
  #state: LiveState = EMPTY;
  /** The newest document, ahead of the shown one while paused. */
  #latest: GraphDoc | null = null;
  #close: (() => void) | null = null;
  #view: View | null = null;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get = (): LiveState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Opens the stream of a view; the returned function closes whichever stream is open by then. */
  show(view: View): () => void {
    this.#set({ stale: this.#state.graph !== null });
    this.#open(view);
    return () => this.#close?.();
  }

  /** Tries again after a refusal: a person may have signed in elsewhere meanwhile. */
  retry(): void {
    if (this.#view && this.#state.connection.state === 'refused') this.#open(this.#view);
  }

  #open(view: View) {
    this.#close?.();
    this.#view = view;
    let current = true;
    const ifCurrent = (act: () => void) => {
      if (current) act();
    };
    const close = this.#backend.stream(view, {
      event: (event) => ifCurrent(() => this.#receive(event, view)),
      open: () => ifCurrent(() => this.#set({ connection: { state: 'open' } })),
      lost: (retryAt) => ifCurrent(() => this.#lose(retryAt)),
      refused: (problem) => ifCurrent(() => this.#set({ connection: { state: 'refused', problem } })),
    });
    this.#close = () => {
      current = false;
      close();
    };
  }

  #lose(retryAt: number) {
    const before = this.#state.connection;
    const since = before.state === 'lost' ? before.since : Date.now();
    this.#set({ connection: { state: 'lost', since, retryAt } });
  }

  setPaused(paused: boolean) {
    if (paused) this.#set({ paused });
    else this.#set({ paused, waiting: 0, graph: this.#latest ?? this.#state.graph, changed: new Set() });
  }

  #receive(event: StreamEvent, view: View) {
    switch (event.type) {
      case 'cluster':
        return this.#set({ cluster: event.cluster });
      case 'cluster-delta': {
        const { cluster } = this.#state;
        return cluster ? this.#set({ cluster: applyCluster(cluster, event.delta) }) : undefined;
      }
      case 'findings':
        return this.#set({ findings: event.findings });
      case 'findings-delta': {
        const { findings } = this.#state;
        return findings ? this.#set({ findings: applyFindings(findings, event.delta) }) : undefined;
      }
      case 'graph':
        this.#latest = event.graph;
        // A new view is an answer to what the person just did: it shows even while paused.
        if (!this.#state.paused || this.#state.stale)
          this.#set({ graph: event.graph, shown: view, stale: false, changed: new Set(), waiting: 0 });
        return;
      case 'delta':
        return this.#takeDelta(event.delta, view);
      default:
        return event satisfies never;
    }
  }

  #takeDelta(delta: GraphDelta, view: View) {
    // Something was missed: a new stream begins with the whole picture.
    if (this.#latest?.revision !== delta.from) return this.#open(view);
    this.#latest = applyDelta(this.#latest, delta);
    if (this.#state.paused) this.#set({ waiting: this.#state.waiting + 1 });
    else this.#set({ graph: this.#latest, changed: touchedBy(delta) });
  }

  #set(change: Partial<LiveState>) {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
