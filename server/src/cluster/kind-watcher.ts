import { SplitMap } from '@busbar/shared/engine/split-map';
import type { KubeObject, Ref, SourceState } from '@busbar/shared/kube/object';
import type { WatchedKind } from '@busbar/shared/kube/watched-kind';
import type { KubeConnection } from './api/connection.ts';
import type { Served } from './api/discovery.ts';
import type { Target } from './api/read.ts';
import { Reflector, type ReflectorState } from './reflector.ts';
import type { Timing } from './timing.ts';

export type KindHandlers = {
  put(kind: WatchedKind, object: KubeObject): void;
  remove(kind: WatchedKind, key: string): void;
  /** Something that people see has changed; `urgent`: not just a count. */
  changed(urgent: boolean): void;
  /** The server says that the kind is not there, though discovery said it was. */
  missing(): void;
};

export type KindOptions = {
  connection: KubeConnection;
  timing: Timing;
  limit: <T>(work: () => Promise<T>) => Promise<T>;
  namespaces: readonly string[];
  room?: () => Promise<void> | undefined;
  pageSize?: number;
  streams?: boolean;
};

type Part = { reflector: Reflector; state: ReflectorState; target: Target; loaded: number; remaining: number };

/** Everything read of one kind: one list and watch, or one per namespace and name where only those are asked for. */
export class KindWatcher {
  readonly kind: WatchedKind;
  readonly #options: KindOptions;
  readonly #handlers: KindHandlers;
  #served: Served = 'unknown';
  #parts: Part[] = [];
  #turning: Promise<void> = Promise.resolve();
  #stopped = false;
  #settle: (() => void) | undefined;
  /** Resolves once the first full list is in, or it is known why there is none. */
  readonly settled: Promise<void>;

  constructor(kind: WatchedKind, options: KindOptions, handlers: KindHandlers) {
    this.kind = kind;
    this.#options = options;
    this.#handlers = handlers;
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Follows what discovery says, one word after the other. */
  serve(served: Served): Promise<void> {
    this.#turning = this.#turning.then(() => this.#serve(served));
    return this.#turning;
  }

  /** `unknown` changes nothing, but at first: then the kind is asked for all the same. */
  async #serve(served: Served): Promise<void> {
    if (this.#stopped) return;
    const first = this.#served === 'unknown';
    const next: Served = served === 'unknown' && first ? { version: this.kind.versions[0] ?? 'v1' } : served;
    if (next === 'unknown' || sameVersion(next, this.#served)) return;
    this.#served = next;
    const old = this.#parts;
    this.#parts = [];
    await Promise.all(old.map((part) => part.reflector.stop()));
    if (next === 'absent') {
      for (const part of old) for (const key of part.reflector.known.keys()) this.#handlers.remove(this.kind, key);
    } else if (!this.#stopped) this.#begin(next.version, old);
    this.#report(true);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#turning;
    await Promise.all(this.#parts.map((part) => part.reflector.stop()));
  }

  has(key: string): boolean {
    return this.#parts.some((part) => part.reflector.known.has(key));
  }

  get version(): string | undefined {
    return typeof this.#served === 'object' ? this.#served.version : undefined;
  }

  get loading(): { loaded: number; remaining: number } {
    return this.#parts.reduce(
      (sum, part) => ({ loaded: sum.loaded + part.reflector.known.size, remaining: sum.remaining + part.remaining }),
      { loaded: 0, remaining: 0 },
    );
  }

  /** The words of a stream that does not come back, if there is one. `lasting`: it is this kind's own trouble. */
  get trouble(): { words: string; lasting: boolean } | undefined {
    const part = this.#parts.find(({ state }) => state.phase === 'retrying' || state.phase === 'error');
    if (!part) return undefined;
    return { words: `${this.kind.resource}: ${part.state.detail ?? ''}`, lasting: part.state.phase === 'error' };
  }

  get state(): SourceState {
    const { group, resource, kind } = this.kind;
    const count = this.#parts.reduce((sum, part) => sum + part.reflector.known.size, 0);
    const state: SourceState = { group, resource, kind, availability: 'unread', count };
    if (this.version) state.version = this.version;
    if (this.kind.namespaced && this.#options.namespaces.length > 0) state.namespaces = [...this.#options.namespaces];
    return Object.assign(state, this.#availability());
  }

  #availability(): Pick<SourceState, 'availability' | 'detail'> {
    if (this.#served === 'absent')
      return {
        availability: 'absent',
        detail: `The API server does not have ${this.kind.resource}${this.kind.group ? `.${this.kind.group}` : ''}.`,
      };
    for (const [phase, availability] of [
      ['forbidden', 'forbidden'],
      ['error', 'error'],
      ['missing', 'absent'],
    ] as const) {
      const part = this.#parts.find(({ state }) => state.phase === phase);
      if (part) return { availability, ...(part.state.detail ? { detail: part.state.detail } : {}) };
    }
    const listed =
      this.#parts.length > 0 &&
      this.#parts.every(({ state }) => state.phase === 'watching' || state.phase === 'retrying');
    return { availability: listed ? 'present' : 'unread' };
  }

  /** `old`: streams of another version of the kind. Their keys live on, so that what is gone is noticed; their versions do not. */
  #begin(version: string, old: Part[]): void {
    for (const target of this.#targets(version)) {
      const before = old.find((part) => part.target.namespace === target.namespace && part.target.name === target.name);
      const known = new SplitMap<string>();
      for (const key of before?.reflector.known.keys() ?? []) known.set(key, '');
      this.#parts.push(this.#part(target, known));
    }
    for (const part of this.#parts) part.reflector.start();
  }

  #part(target: Target, known: SplitMap<string>): Part {
    const { connection, timing, limit, room, pageSize, streams = false } = this.#options;
    const part: Part = {
      target,
      state: { phase: 'listing' },
      loaded: 0,
      remaining: 0,
      reflector: new Reflector(
        { connection, target, timing, limit, streams, ...(room ? { room } : {}), ...(pageSize ? { pageSize } : {}) },
        {
          put: (object) => {
            this.#handlers.put(this.kind, object);
            this.#report(false);
          },
          remove: (key) => {
            this.#handlers.remove(this.kind, key);
            this.#report(false);
          },
          progress: (loaded, remaining) => {
            part.loaded = loaded;
            part.remaining = remaining ?? 0;
            this.#report(false);
          },
          state: (state) => this.#turn(part, state),
        },
        known,
      ),
    };
    return part;
  }

  #turn(part: Part, state: ReflectorState): void {
    const changed = part.state.phase !== state.phase || part.state.detail !== state.detail;
    part.state = state;
    if (state.phase === 'missing') this.#handlers.missing();
    if (changed) this.#report(true);
  }

  #report(urgent: boolean): void {
    this.#handlers.changed(urgent);
    const done =
      this.#served === 'absent' ||
      (this.#parts.length > 0 &&
        this.#parts.every(({ state }) => state.phase !== 'listing' && state.phase !== 'retrying'));
    if (done) this.#settle?.();
  }

  #targets(version: string): Target[] {
    const { group, resource, kind, namespaced, names } = this.kind;
    const base = { kind: { group, resource, kind }, version };
    const spaces = namespaced && this.#options.namespaces.length > 0 ? this.#options.namespaces : [undefined];
    return spaces.flatMap((namespace) =>
      (names ?? [undefined]).map((name) => ({
        ...base,
        ...(namespace ? { namespace } : {}),
        ...(name ? { name } : {}),
      })),
    );
  }
}

const sameVersion = (a: Served, b: Served): boolean =>
  typeof a === 'object' && typeof b === 'object' ? a.version === b.version : a === b;

/** The reference of an object of a kind by its namespace/name. */
export const refFromKey = (kind: WatchedKind, key: string): Ref => {
  const slash = key.indexOf('/');
  const ref: Ref = { group: kind.group, kind: kind.kind, name: key.slice(slash + 1) };
  if (slash > 0) ref.namespace = key.slice(0, slash);
  return ref;
};
