import type { KubeObject } from '@busbar/shared/kube/object';
import { getText } from '@busbar/shared/kube/read';
import { kindKey, type WatchedKind } from '@busbar/shared/kube/watched-kind';
import { objectKey } from '@busbar/shared/model/ids';
import { KubeConnection } from './api/connection.ts';
import { discover, type Served } from './api/discovery.ts';
import { explainFirstContact } from './api/explain.ts';
import type { ClusterAccess } from './api/kubeconfig.ts';
import { isStatus } from './api/problem.ts';
import { canStream } from './api/streaming.ts';
import { ChangeQueue } from './change-queue.ts';
import { CrdWatch } from './crd-watch.ts';
import { SourceError } from './errors.ts';
import { EventRetention, type RetentionOptions } from './event-retention.ts';
import { HealthReporter } from './health-reporter.ts';
import { type KindHandlers, KindWatcher, refFromKey } from './kind-watcher.ts';
import { createLimiter } from './limiter.ts';
import { keyOf } from './reflector.ts';
import type { ObjectSource, Sink, SourceDescription } from './source.ts';
import { defaultTiming, jittered, sleep, type Timing } from './timing.ts';

export type LiveOptions = {
  /** Reads kubeconfig or ServiceAccount; called again when the server no longer takes the credentials. */
  load: () => ClusterAccess;
  kinds: readonly WatchedKind[];
  namespaces?: readonly string[];
  timing?: Partial<Timing>;
  pageSize?: number;
  listsAtOnce?: number;
  /** Whether lists are asked for as streams first; else the API server's version and the way to it decide. */
  streams?: boolean;
  retention?: RetentionOptions;
  userAgent?: string;
  kind?: 'cluster' | 'demo';
  name?: string;
};

/** Objects of a running cluster: discovery, then list and watch of every kind, for as long as it runs. */
export class LiveSource implements ObjectSource {
  readonly #options: LiveOptions;
  readonly #timing: Timing;
  readonly #connection: KubeConnection;
  readonly #abort = new AbortController();
  readonly #retention: EventRetention;
  readonly #description: SourceDescription;
  #watchers = new Map<string, KindWatcher>();
  #queue: ChangeQueue | undefined;
  #reporter: HealthReporter | undefined;
  #crds: CrdWatch | undefined;
  #discovering: Promise<void> | undefined;
  #background: Promise<void>[] = [];

  /** Throws a SourceError when the kubeconfig is of no use. */
  constructor(options: LiveOptions) {
    this.#options = options;
    this.#timing = { ...defaultTiming, ...options.timing };
    this.#connection = new KubeConnection({
      load: options.load,
      answerTimeoutMs: this.#timing.answerMs,
      ...(options.userAgent ? { userAgent: options.userAgent } : {}),
    });
    this.#retention = new EventRetention(options.retention);
    const { access } = this.#connection;
    this.#description = {
      kind: options.kind ?? 'cluster',
      name: options.name ?? access.cluster,
      context: access.context,
      server: access.server,
    };
    if (options.namespaces?.length) this.#description.namespaces = [...options.namespaces];
  }

  describe(): SourceDescription {
    return this.#description;
  }

  async start(sink: Sink): Promise<void> {
    if (this.#queue) throw new SourceError('stopped', 'a source can be started only once', 'Create another one.');
    this.#queue = new ChangeQueue((batch) => sink.changes(batch), {
      delayMs: this.#timing.coalesceMs,
      room: () => sink.room?.(),
    });
    this.#reporter = new HealthReporter(sink, this.#queue, () => [...this.#watchers.values()], this.#timing.reportMs);
    this.#reporter.turn('connecting');
    let served: Map<string, Served>;
    try {
      served = await this.#firstContact();
    } catch (error) {
      const explained = explainFirstContact(error, this.#connection.access);
      this.#reporter.turn('failed', explained.message);
      await this.stop();
      throw explained;
    }
    this.#reporter.turn('loading');
    this.#watchers = this.#createWatchers(() => sink.room?.());
    this.#background.push(this.#serveAll(served));
    this.#background.push(this.#lookAgain(), this.#expireEvents());
    this.#crds = new CrdWatch(this.#connection, this.#timing, this.#streams, () => this.#discoverSoon());
    this.#crds.start();
    await Promise.race([
      Promise.all([...this.#watchers.values()].map((watcher) => watcher.settled)),
      aborted(this.#abort.signal),
    ]);
    if (this.#abort.signal.aborted)
      throw new SourceError('stopped', 'the source was stopped before it was read', 'Start it again.');
    this.#queue.flush();
    this.#reporter.live();
    this.#queue.flush();
  }

  async stop(): Promise<void> {
    if (!this.#abort.signal.aborted) this.#abort.abort();
    await Promise.all([
      ...[...this.#watchers.values()].map((watcher) => watcher.stop()),
      this.#crds?.stop(),
      this.#discovering,
      ...this.#background,
    ]);
    this.#queue?.close();
    this.#reporter?.stop();
    this.#connection.close();
  }

  /** A server that is just coming up gets a second and a third chance; one that is not there does not. */
  async #firstContact(): Promise<Map<string, Served>> {
    const { signal } = this.#abort;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const version = await this.#connection.json('/version', { signal }).catch((error: unknown) => {
          if (isStatus(error, 403) || isStatus(error, 404)) return {};
          throw error;
        });
        const git = getText(version, 'gitVersion');
        if (git) this.#description.version = git;
        return await discover(this.#connection, this.#options.kinds, signal);
      } catch (error) {
        if (signal.aborted)
          throw new SourceError('stopped', 'the source was stopped while connecting', 'Start it again.');
        const worthwhile =
          isStatus(error, 429) ||
          isStatus(error, 500) ||
          isStatus(error, 502) ||
          isStatus(error, 503) ||
          isStatus(error, 504);
        if (attempt === 3 || !worthwhile) throw error;
        await sleep(jittered(this.#timing.retryMs * 2 ** attempt), signal);
      }
    }
  }

  get #streams(): boolean {
    return this.#options.streams ?? canStream(this.#description.version, this.#connection.access);
  }

  #createWatchers(room: () => Promise<void> | undefined): Map<string, KindWatcher> {
    const options = {
      connection: this.#connection,
      timing: this.#timing,
      limit: createLimiter(this.#options.listsAtOnce ?? 4),
      namespaces: this.#options.namespaces ?? [],
      room,
      streams: this.#streams,
      ...(this.#options.pageSize ? { pageSize: this.#options.pageSize } : {}),
    };
    const handlers: KindHandlers = {
      put: (kind, object) => this.#put(kind, object),
      remove: (kind, key) => this.#remove(kind, key),
      changed: (urgent) => this.#reporter?.changed(urgent),
      missing: () => this.#discoverSoon(),
    };
    return new Map(this.#options.kinds.map((kind) => [kindKey(kind), new KindWatcher(kind, options, handlers)]));
  }

  /**
   * Pods are read when what they lean on is in: networks, events, nodes. Each is then put together and judged once, when it comes, and not
   * again with every definition that comes after it.
   */
  async #serveAll(served: ReadonlyMap<string, Served>): Promise<void> {
    const pods = [...this.#watchers].filter(([, { kind }]) => isPod(kind));
    const others = [...this.#watchers].filter(([, { kind }]) => !isPod(kind));
    const serve = ([key, watcher]: [string, KindWatcher]) => watcher.serve(served.get(key) ?? 'unknown');
    const settled = Promise.all(others.map(([, watcher]) => watcher.settled));
    for (const other of others) void serve(other);
    const waited = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, waited.signal]);
    await Promise.race([settled, sleep(this.#timing.othersFirstMs, signal)]);
    waited.abort();
    if (!this.#abort.signal.aborted) for (const pod of pods) void serve(pod);
  }

  #put(kind: WatchedKind, object: KubeObject): void {
    if (isEvent(kind)) this.#retention.put(keyOf(object), object);
    this.#queue?.push({ type: 'put', object });
  }

  #remove(kind: WatchedKind, key: string): void {
    if (isEvent(kind)) {
      const due = this.#retention.remove(key, Date.now(), (object) => this.#exists(object));
      this.#deleteEvents(kind, due);
      return;
    }
    const ref = refFromKey(kind, key);
    this.#queue?.push({ type: 'delete', ref });
    const events = this.#options.kinds.find(isEvent);
    if (events) this.#deleteEvents(events, this.#retention.objectGone(objectKey(ref)));
  }

  #deleteEvents(kind: WatchedKind, keys: string[]): void {
    for (const key of keys) this.#queue?.push({ type: 'delete', ref: refFromKey(kind, key) });
  }

  /** `object`: group/kind/namespace/name, as objectKey writes it. */
  #exists(object: string): boolean {
    const parts = object.split('/');
    return this.#watchers.get(`${parts[0]}/${parts[1]}`)?.has(`${parts[2]}/${parts[3]}`) ?? false;
  }

  async #expireEvents(): Promise<void> {
    const events = this.#options.kinds.find(isEvent);
    const { signal } = this.#abort;
    while (events && !signal.aborted) {
      await sleep(this.#timing.discoveryMs, signal);
      if (!signal.aborted) this.#deleteEvents(events, this.#retention.expire(Date.now()));
    }
  }

  async #lookAgain(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      await sleep(jittered(this.#timing.discoveryMs), signal);
      await this.#discoverNow();
    }
  }

  /** A CRD is there before its API is served: look now, and a little later, and later still. */
  #discoverSoon(): void {
    if (this.#discovering) return;
    const { signal } = this.#abort;
    this.#discovering = (async () => {
      for (const ms of [50, 400, 1500, 4000]) {
        await sleep(ms, signal);
        await this.#discoverNow();
      }
      this.#discovering = undefined;
    })();
  }

  async #discoverNow(): Promise<void> {
    const { signal } = this.#abort;
    if (signal.aborted) return;
    try {
      const served = await discover(this.#connection, this.#options.kinds, signal);
      if (signal.aborted) return;
      await Promise.all([...this.#watchers].map(([key, watcher]) => watcher.serve(served.get(key) ?? 'unknown')));
    } catch {
      // The streams notice a server that is gone by themselves, and discovery comes round again.
    }
  }
}

const isPod = (kind: WatchedKind): boolean => kind.group === '' && kind.kind === 'Pod';
const isEvent = (kind: WatchedKind): boolean => kind.group === '' && kind.kind === 'Event';

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
  );
