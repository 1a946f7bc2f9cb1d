import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Applied } from '@busbar/shared/engine/engine-api';
import type { GraphDelta, GraphDoc } from '@busbar/shared/graph/graph-doc';
import { pack } from '@busbar/shared/graph/pack';
import type { Projector as ProjectorOf } from '@busbar/shared/graph/projector';
import { type EventStream, toFrame } from './event-stream.ts';

export type Projector = ProjectorOf<GraphDoc>;
export type DiffGraph = (before: GraphDoc, after: GraphDoc) => GraphDelta | null;

/** How long one view may be drawn until others have their turn. */
const TURN_MS = 10;
/** Deltas kept for pages that come back. */
const MAX_DELTAS = 40;
const MAX_DELTA_BYTES = 2 << 20;

type Kept = { from: number; to: number; frame: string };

/** One distinct view: projected once, compared once, written once, whoever and however many look at it. */
export class Channel {
  readonly streams = new Set<EventStream>();
  readonly #waiting = new Set<object>();
  #work: Promise<boolean> | undefined;
  /** When the last stream left, epoch ms. */
  idleSince: number;
  readonly #boot: string;
  readonly #projector: Projector;
  readonly #diff: DiffGraph;
  /** undefined until there is a first picture. */
  #doc: GraphDoc | undefined;
  #told: Applied[] = [];
  #changed = true;
  #fullFrame: string | undefined;
  #packedFrame: string | undefined;
  #kept: Kept[] = [];
  #keptBytes = 0;

  constructor(options: { boot: string; projector: Projector; diff: DiffGraph; now: number }) {
    this.#boot = options.boot;
    this.#projector = options.projector;
    this.#diff = options.diff;
    this.idleSince = options.now;
  }

  /** The picture as of the last `draw`. */
  get doc(): GraphDoc {
    if (!this.#doc) throw new Error('the view is not drawn yet');
    return this.#doc;
  }

  get isWanted(): boolean {
    return this.streams.size > 0 || this.#waiting.size > 0;
  }

  get isDrawn(): boolean {
    return this.#doc !== undefined;
  }

  /** True when something waits to be taken in. */
  get isBehind(): boolean {
    return this.#told.length > 0;
  }

  /** What an engine's `apply` changed; drawn by the next `draw`. */
  applied(applied: Applied): void {
    this.#told.push(applied);
  }

  /**
   * Draws what has changed and tells every page what is new in its picture, if anything: in turns of the event loop, once for all who
   * wait. False when this one gave up; what is done then stays done.
   */
  async draw(waiter: object): Promise<boolean> {
    this.#waiting.add(waiter);
    try {
      while (this.#waiting.has(waiter)) {
        this.#work ??= this.#drawInTurns().finally(() => {
          this.#work = undefined;
        });
        // What was told in the very moment of its end is for another run.
        if ((await this.#work) && !this.isBehind) return this.#waiting.has(waiter);
      }
      return false;
    } finally {
      this.#waiting.delete(waiter);
    }
  }

  giveUp(waiter: object): void {
    this.#waiting.delete(waiter);
  }

  /** Takes in what was told before anybody waits for a picture. */
  take(): void {
    for (const each of this.#told.splice(0)) this.#changed = this.#projector.update(each) || this.#changed;
  }

  /** True when it came to its end: it does not when nobody waits any more. */
  async #drawInTurns(): Promise<boolean> {
    const isFirst = !this.isDrawn;
    let until = performance.now() + TURN_MS;
    // A first picture that took more than a turn is put together in one of its own.
    let needsTurn = false;
    for (;;) {
      this.take();
      const isDone = this.#projector.step();
      if (isDone && !needsTurn) break;
      if (!isDone && performance.now() < until) continue;
      await nextTurn();
      if (this.#waiting.size === 0) return false;
      needsTurn = isFirst && !isDone;
      until = performance.now() + TURN_MS;
    }
    if (this.#changed) this.#refresh();
    // It is yet to be packed.
    if (isFirst) await nextTurn();
    return true;
  }

  /** Starts a page: the deltas it missed when they are still known, else the whole graph. */
  join(stream: EventStream, lastEventId: string | undefined): void {
    const missed = lastEventId === undefined ? undefined : this.#since(lastEventId);
    this.streams.add(stream);
    if (missed) for (const { frame } of missed) stream.send(frame);
    else this.sendWhole(stream);
  }

  members(card: string): Iterable<string> | undefined {
    return this.#projector.members(card);
  }

  leave(stream: EventStream, now: number): void {
    this.streams.delete(stream);
    if (this.streams.size === 0) this.idleSince = now;
  }

  sendWhole(stream: EventStream): void {
    const id = this.#idOf(this.doc.revision);
    if (stream.compact) this.#packedFrame ??= toFrame('graph', JSON.stringify(pack(this.doc)), id);
    else this.#fullFrame ??= toFrame('graph', JSON.stringify(this.doc), id);
    stream.send((stream.compact ? this.#packedFrame : this.#fullFrame) ?? '');
  }

  #refresh(): void {
    this.#changed = false;
    const before = this.#doc;
    const doc = this.#projector.doc();
    const delta = before && this.#diff(before, doc);
    if (before && !delta) return;
    this.#doc = doc;
    this.#fullFrame = undefined;
    this.#packedFrame = undefined;
    if (!delta) return;
    const frame = toFrame('delta', JSON.stringify(delta), this.#idOf(delta.to));
    this.#keep({ from: delta.from, to: delta.to, frame });
    for (const stream of this.streams) stream.send(frame);
  }

  /** Nobody will look at it again. */
  close(): void {
    this.#projector.close();
  }

  #keep(kept: Kept): void {
    this.#kept.push(kept);
    this.#keptBytes += kept.frame.length;
    while (this.#kept.length > MAX_DELTAS || this.#keptBytes > MAX_DELTA_BYTES) {
      this.#keptBytes -= this.#kept.shift()?.frame.length ?? 0;
    }
  }

  #since(lastEventId: string): Kept[] | undefined {
    if (lastEventId === this.#idOf(this.doc.revision)) return [];
    const at = this.#kept.findIndex(({ from }) => this.#idOf(from) === lastEventId);
    return at < 0 ? undefined : this.#kept.slice(at);
  }

  /** Revisions begin anew with every start of the server: the id says which start it was. */
  #idOf(revision: number): string {
    return `${this.#boot}-${revision}`;
  }
}
