import { SplitMap } from '@busbar/shared/engine/split-map';
import type { KubeObject } from '@busbar/shared/kube/object';
import type { Answer, KubeConnection } from './api/connection.ts';
import { ApiProblem, isExpired, isStatus } from './api/problem.ts';
import { openPage, type ReadOptions, readPage, readWatch, type Target, type WatchEvent } from './api/read.ts';
import { messageOf } from './errors.ts';
import { backoff, jittered, sleep, type Timing } from './timing.ts';

/** How one list and its watch stand. `detail`: the server's words. */
export type ReflectorState = {
  phase: 'listing' | 'watching' | 'retrying' | 'forbidden' | 'missing' | 'error';
  detail?: string;
};

export type ReflectorHandlers = {
  put(object: KubeObject): void;
  /** `key` is namespace/name. */
  remove(key: string): void;
  state(state: ReflectorState): void;
  /** During a list: objects read so far, and how many the server says remain. */
  progress(loaded: number, remaining: number | undefined): void;
};

export type ReflectorOptions = {
  connection: KubeConnection;
  target: Target;
  timing: Timing;
  /** Runs a list when there is room for it. */
  limit: <T>(work: () => Promise<T>) => Promise<T>;
  /** As of a Sink: asked before each object of a list. */
  room?: () => Promise<void> | undefined;
  pageSize?: number;
  /** Other forms than the plain object; a list and a watch are asked for by different names. */
  accept?: { list: string; watch: string };
};

/** `seen`: null where nothing was known before, so that nothing can be gone. */
type Cursor = { continue?: string | undefined; resourceVersion?: string; seen: Set<string> | null; pageSize: number };

/** Failures in a row after which a kind counts as broken, not merely late. */
const patience = 3;
/** Refusals in a row that are asked about again soon, where the kind had been read before. */
const soonAfterRefusal = 7;
const settledMs = 5000;

/** The server is not to be had, for any kind; as against a kind that it cannot give out. What was read still stands then. */
const isAway = (error: unknown): boolean =>
  !(error instanceof ApiProblem) || [401, 429, 502, 503, 504].includes(error.status);

/** One text: a template would be kept in two. */
export const keyOf = ({ metadata: { namespace, name } }: KubeObject): string => [namespace ?? '', name].join('/');

/**
 * Keeps one list and its watch true for as long as it runs: list, watch from there, resume after any break, list again when the
 * server has forgotten the version. It hands objects on and keeps only their keys and versions.
 */
export class Reflector {
  readonly #options: ReflectorOptions;
  readonly #handlers: ReflectorHandlers;
  readonly #abort = new AbortController();
  /** namespace/name -> resourceVersion of what was handed on. */
  readonly known: SplitMap<string>;
  #resourceVersion: string | undefined;
  #cursor: Cursor | undefined;
  #expired = 0;
  #failures = 0;
  #listed = false;
  #done: Promise<void> | undefined;

  constructor(options: ReflectorOptions, handlers: ReflectorHandlers, known = new SplitMap<string>()) {
    this.#options = options;
    this.#handlers = handlers;
    this.known = known;
  }

  start(): void {
    this.#done ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const started = performance.now();
      try {
        if (this.#resourceVersion === undefined) await this.#options.limit(() => this.#list());
        await this.#watch();
        // A server that ends every watch at once must not be asked in a tight loop.
        if (performance.now() - started < 1000) await sleep(jittered(this.#options.timing.retryMs), signal);
      } catch (error) {
        if (signal.aborted) return;
        if (performance.now() - started > settledMs) this.#failures = 0;
        await this.#recover(error);
      }
    }
  }

  /**
   * Page by page. What came before a failure is kept: the next attempt goes on with the page that failed. It is no news that
   * people need: what was read before still stands, and a list that fails says so itself.
   */
  async #list(): Promise<void> {
    const { connection, target } = this.#options;
    const cursor: Cursor = this.#cursor ?? {
      seen: this.known.size > 0 ? new Set() : null,
      pageSize: this.#options.pageSize ?? 500,
    };
    this.#cursor = cursor;
    const options = this.#readOptions('list');
    const open = (token: string | undefined): Promise<Answer> => {
      const query: Record<string, string> = {};
      // Twice the server forgot the place in the middle of the list: then everything at once, which needs no place.
      if (this.#expired < 2) query['limit'] = String(cursor.pageSize);
      if (token) query['continue'] = token;
      return openPage(connection, target, query, options);
    };
    /** The page after the one that is read: the server makes it ready meanwhile. */
    let ahead: Promise<Answer> | undefined;
    try {
      do {
        const page = await (ahead ?? open(cursor.continue));
        ahead = undefined;
        const meta = await readPage(page, target, options, {
          room: this.#options.room,
          take: (object) => {
            if (this.#abort.signal.aborted) return;
            cursor.seen?.add(keyOf(object));
            this.#put(object);
          },
          goesOn: (token) => {
            ahead = open(token);
            ahead.catch(() => {});
          },
        });
        cursor.continue = meta.continue;
        cursor.resourceVersion ??= meta.resourceVersion;
        this.#handlers.progress(cursor.seen?.size ?? this.known.size, meta.continue ? meta.remaining : 0);
      } while (cursor.continue && !this.#abort.signal.aborted);
    } finally {
      void ahead?.then(({ body }) => body.destroy()).catch(() => {});
    }
    if (this.#abort.signal.aborted) return;
    // What was seen is known: nothing else is where there are as many.
    if (cursor.seen && this.known.size > cursor.seen.size)
      for (const key of this.known.keys()) if (!cursor.seen.has(key)) this.#remove(key);
    this.#resourceVersion = cursor.resourceVersion;
    this.#cursor = undefined;
    this.#listed = true;
  }

  async #watch(): Promise<void> {
    const { connection, target, timing } = this.#options;
    // The server ends the watch in good order before its silence could be taken for a loss: not every server sends bookmarks.
    const seconds = Math.max(30, Math.floor((timing.stallMs / 1000) * (0.7 + Math.random() * 0.2)));
    const query = { resourceVersion: this.#resourceVersion ?? '', timeoutSeconds: String(seconds) };
    await readWatch(connection, target, query, this.#readOptions('watch'), {
      opened: () => this.#handlers.state({ phase: 'watching' }),
      event: (event) => this.#take(event),
    });
  }

  #take(event: WatchEvent): void {
    if (this.#abort.signal.aborted) return;
    this.#failures = 0;
    this.#expired = 0;
    if (event.type === 'bookmark') {
      this.#resourceVersion = event.resourceVersion;
      return;
    }
    if (event.type === 'put') this.#put(event.object);
    else this.#remove(keyOf(event.object));
    this.#resourceVersion = event.object.metadata.resourceVersion ?? this.#resourceVersion;
  }

  #put(object: KubeObject): void {
    const key = keyOf(object);
    const version = object.metadata.resourceVersion ?? '';
    if (version !== '' && this.known.get(key) === version) return;
    this.known.set(key, version);
    this.#handlers.put(object);
  }

  #remove(key: string): void {
    if (this.known.delete(key)) this.#handlers.remove(key);
  }

  async #recover(error: unknown): Promise<void> {
    const { timing } = this.#options;
    const { signal } = this.#abort;
    const detail = messageOf(error);
    if (isExpired(error)) {
      this.#resourceVersion = undefined;
      this.#cursor = undefined;
      this.#expired += 1;
      if (this.#expired > 1) await sleep(backoff(timing, this.#expired - 1), signal);
      return;
    }
    this.#failures += 1;
    if (isStatus(error, 403)) {
      // Who may list but not watch gets a list now and then; who gets the right back, all that happened meanwhile.
      this.#resourceVersion = undefined;
      this.#handlers.state({ phase: 'forbidden', detail });
      return sleep(this.#waitForRights(), signal);
    }
    if (isStatus(error, 404)) {
      this.#handlers.state({ phase: 'missing', detail });
      return sleep(backoff(timing, this.#failures + 2), signal);
    }
    // The first failure of a running watch is everyday life (a load balancer's timeout): resume before anybody worries.
    const quiet = this.#failures === 1 && this.#resourceVersion !== undefined;
    const broken = this.#failures >= patience && (!this.#listed || !isAway(error));
    if (!quiet) this.#handlers.state({ phase: broken ? 'error' : 'retrying', detail });
    const asked = error instanceof ApiProblem ? error.retryAfterMs : undefined;
    await sleep(asked === undefined ? backoff(timing, this.#failures) : asked + jittered(timing.retryMs), signal);
  }

  /** An API server that has just started refuses everybody until it has read its roles: what was readable before is soon again. */
  #waitForRights(): number {
    const { timing } = this.#options;
    const rare = jittered(timing.forbiddenRetryMs);
    return this.#listed && this.#failures <= soonAfterRefusal ? Math.min(rare, backoff(timing, this.#failures)) : rare;
  }

  #readOptions(verb: 'list' | 'watch'): ReadOptions {
    const options: ReadOptions = { signal: this.#abort.signal, stallMs: this.#options.timing.stallMs };
    if (this.#options.accept) options.accept = this.#options.accept[verb];
    return options;
  }
}
