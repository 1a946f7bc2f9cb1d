import type { ChangeQueue } from './change-queue.ts';
import type { KindWatcher } from './kind-watcher.ts';
import type { Sink, SourceHealth } from './source.ts';

/**
 * Tells the sink how the source stands: the state of each kind as a change among changes, and one overall health for the badge.
 * What turns is told at once; what only counts, now and then.
 */
export class HealthReporter {
  readonly #sink: Sink;
  readonly #queue: ChangeQueue;
  readonly #watchers: () => KindWatcher[];
  readonly #everyMs: number;
  readonly #told = new Map<KindWatcher, string>();
  #timer: NodeJS.Timeout | undefined;
  #state: SourceHealth['state'] = 'connecting';
  #since = Date.now();
  #stopped = false;

  constructor(sink: Sink, queue: ChangeQueue, watchers: () => KindWatcher[], everyMs: number) {
    this.#sink = sink;
    this.#queue = queue;
    this.#watchers = watchers;
    this.#everyMs = everyMs;
  }

  turn(state: SourceHealth['state'], detail?: string): void {
    if (this.#stopped) return;
    if (state !== this.#state) this.#since = Date.now();
    this.#state = state;
    const { loaded, remaining } = this.#count();
    const health: SourceHealth = { state, since: this.#since, loaded };
    if (detail) health.detail = detail;
    if (state === 'loading' && remaining > 0) health.expected = loaded + remaining;
    this.#sink.health(health);
  }

  /** The first lists are in: from now on the streams decide. */
  live(): void {
    this.#state = 'live';
    this.#since = Date.now();
    this.#tell();
  }

  changed(urgent: boolean): void {
    if (this.#stopped) return;
    if (urgent) this.#tell();
    else this.#timer ??= setTimeout(() => this.#tell(), this.#everyMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    if (this.#state !== 'failed') this.turn('stopped');
    this.#stopped = true;
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const watcher of this.#watchers()) {
      const state = watcher.state;
      const text = JSON.stringify(state);
      if (this.#told.get(watcher) === text) continue;
      this.#told.set(watcher, text);
      this.#queue.push({ type: 'source', source: state });
    }
    if (this.#state === 'loading') this.turn('loading');
    if (this.#state !== 'live' && this.#state !== 'reconnecting') return;
    const served = this.#watchers().filter((watcher) => watcher.version !== undefined);
    const troubles = served.flatMap((watcher) => watcher.trouble ?? []);
    // One kind that cannot be had is that kind's state, not the cluster's.
    const trouble = troubles.find(({ lasting }) => !lasting || troubles.length === served.length);
    this.turn(trouble ? 'reconnecting' : 'live', trouble?.words);
  }

  #count(): { loaded: number; remaining: number } {
    let loaded = 0;
    let remaining = 0;
    for (const watcher of this.#watchers()) {
      const part = watcher.loading;
      loaded += part.loaded;
      remaining += part.remaining;
    }
    return { loaded, remaining };
  }
}
