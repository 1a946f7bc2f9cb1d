import { SplitMap } from '@busbar/shared/engine/split-map';
import type { KubeObject } from '@busbar/shared/kube/object';
import type { Answer, KubeConnection } from './api/connection.ts';
import { ApiProblem, isExpired, isStatus } from './api/problem.ts';
import {
  countObjects,
  fromTheStart,
  isPods,
  openPage,
  type ReadOptions,
  readPage,
  readWatch,
  type Target,
  type WatchEvent,
} from './api/read.ts';
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
  /** Whether the list is asked for as a stream of events, by one request with its watch, before its pages are. */
  streams?: boolean;
  /** Other forms than the plain object; a list and a watch are asked for by different names. */
  accept?: { list: string; watch: string };
};

/** What a list has named; null where nothing was known before, so that nothing can be gone. */
type Seen = Set<string> | null;
type Cursor = { continue?: string | undefined; resourceVersion?: string; seen: Seen; pageSize: number };

/** Failures in a row after which a kind counts as broken, not merely late. */
const patience = 3;
/** Refusals in a row that are asked about again soon, where the kind had been read before. */
const soonAfterRefusal = 7;
const settledMs = 5000;
/** What a server answers that will never stream this kind: its feature gate is off, or another program serves the API. */
const cannotStream = [400, 405, 406, 415, 422, 501];
/** Objects of a stream between two words about how far it is. */
const tellEvery = 500;

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
  #streams: boolean;
  /** The last stream broke or was refused: until a watch is open, pages are asked for, which keep what they got. */
  #pagesFirst = false;
  #done: Promise<void> | undefined;

  constructor(options: ReflectorOptions, handlers: ReflectorHandlers, known = new SplitMap<string>()) {
    this.#options = options;
    this.#handlers = handlers;
    this.known = known;
    this.#streams = options.streams ?? false;
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
        if (this.#resourceVersion === undefined && !(await this.#stream()))
          await this.#options.limit(() => this.#list());
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
      seen: this.#nothingSeen(),
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
    if (!this.#abort.signal.aborted) this.#finish(cursor.seen, cursor.resourceVersion);
  }

  #nothingSeen(): Seen {
    return this.known.size > 0 ? new Set() : null;
  }

  #finish(seen: Seen, resourceVersion: string | undefined): void {
    // What was seen is known: nothing else is where there are as many.
    if (seen && this.known.size > seen.size) for (const key of this.known.keys()) if (!seen.has(key)) this.#remove(key);
    this.#resourceVersion = resourceVersion;
    this.#cursor = undefined;
    this.#listed = true;
  }

  /**
   * List and watch by one request, for as long as it lasts; only the list takes a place among the lists. False: the pages are to be
   * asked for, and nobody need hear of it. A stream begins anew each time, so that one that broke is not tried twice in a row.
   */
  async #stream(): Promise<boolean> {
    if (!this.#streams || this.#pagesFirst || this.#cursor) return false;
    let watching = Promise.resolve();
    try {
      await this.#options.limit(
        () =>
          new Promise<void>((resolve, reject) => {
            watching = this.#readStream(resolve);
            watching.then(resolve, reject);
          }),
      );
    } catch (error) {
      this.#pagesFirst = true;
      // Whatever the server has against a stream, it may answer pages: a cache that is not filled yet, a storage without progress.
      if (this.#abort.signal.aborted || !(error instanceof ApiProblem)) throw error;
      if (cannotStream.includes(error.status)) this.#streams = false;
      return false;
    }
    this.#pagesFirst = this.#resourceVersion === undefined;
    await watching;
    return !this.#pagesFirst;
  }

  async #readStream(listed: () => void): Promise<void> {
    const { connection, target, timing, room } = this.#options;
    const options = this.#readOptions('watch');
    options.stallMs = Math.min(options.stallMs, timing.listSilenceMs);
    const seen = this.#nothingSeen();
    let isList = true;
    let read = 0;
    let total: number | undefined;
    const tell = (): void => this.#handlers.progress(read, total === undefined ? undefined : Math.max(0, total - read));
    // A stream does not say how much is to come. Only pods are so many that people wait for them.
    if (isPods(target) && !target.name)
      void countObjects(connection, target, this.#readOptions('list')).then(
        (count) => {
          total = isList ? count : read;
          tell();
        },
        () => {},
      );
    const end = (resourceVersion: string): void => {
      isList = false;
      options.stallMs = timing.stallMs;
      total = read;
      tell();
      this.#finish(seen, resourceVersion);
      this.#failures = 0;
      this.#expired = 0;
      this.#handlers.state({ phase: 'watching' });
      listed();
    };
    // No timeoutSeconds: they would count from the start, and the list may take its time.
    await readWatch(connection, target, fromTheStart, options, {
      room: () => (isList ? room?.() : undefined),
      event: (event) => {
        if (!isList) return this.#take(event);
        if (this.#abort.signal.aborted) return;
        if (event.type === 'bookmark') {
          if (event.endsList) return end(event.resourceVersion);
          throw new ApiProblem(501, 'the server does not say where the list ends');
        }
        const key = keyOf(event.object);
        if (event.type === 'put') {
          seen?.add(key);
          this.#put(event.object);
        } else {
          seen?.delete(key);
          this.#remove(key);
        }
        read += 1;
        if (read % tellEvery === 0) tell();
      },
    });
  }

  async #watch(): Promise<void> {
    const { connection, target, timing } = this.#options;
    // The server ends the watch in good order before its silence could be taken for a loss: not every server sends bookmarks.
    const seconds = Math.max(30, Math.floor((timing.stallMs / 1000) * (0.7 + Math.random() * 0.2)));
    const query = { resourceVersion: this.#resourceVersion ?? '', timeoutSeconds: String(seconds) };
    await readWatch(connection, target, query, this.#readOptions('watch'), {
      opened: () => {
        this.#pagesFirst = false;
        this.#handlers.state({ phase: 'watching' });
      },
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
