import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Applied, Engine } from '@busbar/shared/engine/engine-api';
import type { HealthInfo, SourceInfo } from '@busbar/shared/inspect/documents';
import type { Change } from '@busbar/shared/kube/object';
import type { ObjectSource } from './cluster/source.ts';
import type { Log } from './log.ts';

/** After one change the next ones wait this long for company, so that a burst is one picture. */
const BATCH_MS = 10;
/** Changes a turn: adapted so that a turn keeps the event loop for about `TURN_MS`, and fewer where half of it is over before. */
const MAX_CHUNK = 500;
const FIRST_CHUNK = 10;
const TURN_MS = 4;
/**
 * More changes than this need not wait here: who reads a list reads on when there is room. They are few, so that it is bytes that wait:
 * objects that outlive two collections of the young fill the old space, and marking that stops the program.
 */
const MAX_WAITING = 50;
/** A source that reads its first lists counts as busy until nothing came for so long. */
const LULL_MS = 100;
const MAX_FAILURES = 100;
const LONGEST_TIMER = 2 ** 31 - 1;

export type RuntimeOptions = {
  engine: Engine;
  source: ObjectSource;
  log: Log;
  clock?: () => number;
  /** Nobody looks before the first full list is in: conclusions are drawn once, then. */
  once?: boolean;
};

/**
 * The lifetime of one source: what it reports goes into the engine in small turns, what is due by time is visited when it is due, and
 * listeners hear of both. A broken source is state (`health`), never an exception for whoever serves it.
 */
export class Runtime {
  readonly engine: Engine;
  health: HealthInfo;
  /** What the source said last. */
  #told: HealthInfo;
  /** The first full list has been applied. */
  ready = false;
  #source: ObjectSource;
  readonly #log: Log;
  readonly #clock: () => number;
  readonly #once: boolean;
  readonly #waiting: Change[][] = [];
  #waitingCount = 0;
  /** Of the first batch that waits. */
  #taken = 0;
  /** Everybody who waits for room. */
  #room: PromiseWithResolvers<void> | undefined;
  #drainedAt = Number.NEGATIVE_INFINITY;
  /** The source reads its first lists. */
  #loading = false;
  #cameAt = Number.NEGATIVE_INFINITY;
  readonly #appliedListeners = new Set<(applied: Applied) => void>();
  readonly #healthListeners = new Set<() => void>();
  #draining: Promise<void> | undefined;
  #batchTimer: NodeJS.Timeout | undefined;
  #due = 0;
  #deadlineTimer: NodeJS.Timeout | undefined;
  #chunk = FIRST_CHUNK;
  /** The engine has more to judge than fitted in the last turn. */
  #more = false;
  #failures = 0;
  #stopped = false;

  constructor({ engine, source, log, clock = Date.now, once = false }: RuntimeOptions) {
    this.engine = engine;
    this.#source = source;
    this.#log = log;
    this.#clock = clock;
    this.#once = once;
    this.health = { state: 'connecting', since: clock() };
    this.#told = this.health;
  }

  /** Resolves when everything that was there at the start is in the topology; rejects with what the source rejects with. */
  async start(): Promise<void> {
    this.#loading = true;
    try {
      await this.#source.start({
        changes: (batch) => this.#enqueue(batch),
        room: () => this.#askRoom(),
        health: (health) => this.#setHealth(health),
      });
    } catch (error) {
      if (!this.#stopped) this.#setHealth({ state: 'failed', since: this.#clock(), detail: wordsOf(error) });
      throw error;
    } finally {
      this.#loading = false;
    }
    await this.idle();
    if (this.#stopped) return;
    // What was applied before the clock of a recording was known becomes due now.
    this.#conclude();
    await this.idle();
    if (this.#stopped) return;
    this.#armDeadline();
    this.ready = true;
    this.#setHealth(this.#told);
  }

  /** Another source in the place of one that could not be started. */
  use(source: ObjectSource): void {
    this.#source = source;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#batchTimer);
    clearTimeout(this.#deadlineTimer);
    this.#room?.resolve();
    await this.#source.stop();
  }

  /** Epoch ms: the wall clock of a live source, the time of taking of a recorded one. */
  now(): number {
    const { kind, takenAt } = this.#source.describe();
    if (kind === 'cluster' || kind === 'demo') return this.#clock();
    const taken = Date.parse(takenAt ?? '');
    return Number.isNaN(taken) ? (this.ready ? this.#clock() : 0) : taken;
  }

  describe(): SourceInfo {
    return this.#source.describe();
  }

  /** Resolves once nothing waits to be applied, or when it is stopped: then what waits will never be. */
  async idle(): Promise<void> {
    clearTimeout(this.#batchTimer);
    this.#batchTimer = undefined;
    while (!this.#stopped && (this.#waiting.length > 0 || this.#more || this.#draining)) {
      this.#cameAt = Number.NEGATIVE_INFINITY;
      await this.#drain();
    }
  }

  onApplied(listener: (applied: Applied) => void): () => void {
    this.#appliedListeners.add(listener);
    return () => this.#appliedListeners.delete(listener);
  }

  onHealth(listener: () => void): () => void {
    this.#healthListeners.add(listener);
    return () => this.#healthListeners.delete(listener);
  }

  #enqueue(batch: Change[]): void {
    if (this.#stopped || batch.length === 0) return;
    this.#waiting.push(batch);
    this.#waitingCount += batch.length;
    const now = performance.now();
    this.#cameAt = now;
    // Who reads a list waits for this turn: company it has.
    this.#drainAt(this.#waitingCount >= MAX_WAITING ? now : Math.max(now, this.#drainedAt + BATCH_MS));
  }

  /** In a while, unless it is under way or due sooner. */
  #drainAt(at: number): void {
    if (this.#draining || (this.#batchTimer && this.#due <= at)) return;
    clearTimeout(this.#batchTimer);
    this.#due = at;
    const drain = (): void => {
      this.#batchTimer = undefined;
      void this.#drain();
    };
    const wait = at - performance.now();
    if (wait > 0) this.#batchTimer = setTimeout(drain, wait);
    else drain();
  }

  /** The next part of the first lists is on its way: what is said of a network is said once its pods are in. */
  #isComing(): boolean {
    return this.#loading && performance.now() - this.#cameAt < LULL_MS;
  }

  #askRoom(): Promise<void> | undefined {
    if (this.#stopped || this.#waitingCount < MAX_WAITING) return undefined;
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  #drain(): Promise<void> {
    this.#draining ??= this.#work().finally(() => {
      this.#draining = undefined;
      if (this.#stopped) return;
      // Who waited for room may have brought something after the last look.
      if (this.#waiting.length > 0) this.#drainAt(performance.now());
      else if (this.#more) this.#drainAt(performance.now() + LULL_MS);
    });
    return this.#draining;
  }

  async #work(): Promise<void> {
    while ((this.#waiting.length > 0 || (this.#more && !this.#isComing())) && !this.#stopped) {
      await nextTurn();
      if (this.#stopped) break;
      const began = performance.now();
      const taken = this.#ingest(began + TURN_MS / 2);
      // Of a recording, whose objects come in any order, only the end is of interest.
      if (taken === 0 || this.ready || !this.#once) this.#conclude(began + TURN_MS);
      this.#adapt(performance.now() - began, taken);
    }
    this.#drainedAt = performance.now();
    if (this.ready) this.#armDeadline();
  }

  /** One by one: a change that the engine refuses must not cost its neighbours. Returns how many there were time for. */
  #ingest(until: number): number {
    let taken = 0;
    while (taken < this.#chunk && (taken === 0 || performance.now() < until)) {
      const change = this.#next();
      if (!change) break;
      taken += 1;
      try {
        this.engine.ingest([change]);
      } catch (error) {
        this.#log.error({ err: error }, 'the engine refused a change');
      }
    }
    if (this.#waitingCount < MAX_WAITING) {
      this.#room?.resolve();
      this.#room = undefined;
    }
    return taken;
  }

  #next(): Change | undefined {
    const batch = this.#waiting[0];
    const change = batch?.[this.#taken];
    if (!batch || !change) return undefined;
    this.#taken += 1;
    this.#waitingCount -= 1;
    if (this.#taken === batch.length) {
      this.#waiting.shift();
      this.#taken = 0;
    }
    return change;
  }

  #adapt(took: number, changes: number): void {
    if (changes === 0 || (changes < this.#chunk && took < TURN_MS)) return;
    const fitting = Math.floor((changes * TURN_MS) / Math.max(took, 1));
    this.#chunk = Math.max(1, Math.min(MAX_CHUNK, this.#chunk * 2, fitting));
  }

  #conclude(until = performance.now() + TURN_MS): void {
    let applied: Applied;
    try {
      applied = this.engine.apply([], this.now(), {
        isOver: () => performance.now() > until,
        workloadsOnly: !this.ready && (this.#waiting.length > 0 || this.#isComing()),
      });
    } catch (error) {
      this.#log.error({ err: error }, 'the engine could not conclude');
      // What it failed on is behind it: the rest must not go without. Unless it fails on everything.
      this.#failures += 1;
      this.#more = this.#failures < MAX_FAILURES;
      return;
    }
    this.#failures = 0;
    this.#more = applied.more === true;
    for (const listener of this.#appliedListeners) listener(applied);
  }

  #armDeadline(): void {
    clearTimeout(this.#deadlineTimer);
    const { kind } = this.#source.describe();
    const next = this.engine.nextDeadline();
    if (this.#stopped || next === null || (kind !== 'cluster' && kind !== 'demo')) return;
    const wait = Math.min(LONGEST_TIMER, Math.max(BATCH_MS, next - this.#clock()));
    this.#deadlineTimer = setTimeout(() => {
      this.#conclude();
      if (this.#more) void this.#drain();
      else this.#armDeadline();
    }, wait);
    this.#deadlineTimer.unref();
  }

  /** A source that has read everything is still loading to whoever looks, until all of it is judged. */
  #setHealth(health: HealthInfo): void {
    this.#told = health;
    this.health = health.state === 'live' && !this.ready ? { ...health, state: 'loading' } : health;
    this.#emitHealth();
  }

  #emitHealth(): void {
    for (const listener of this.#healthListeners) listener();
  }
}

const wordsOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? error.hint : '';
  return hint ? `${message}. ${hint}` : message;
};
