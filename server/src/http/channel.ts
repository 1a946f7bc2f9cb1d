import type { Applied } from '@busbar/shared/engine/engine-api';
import type { GraphDelta, GraphDoc } from '@busbar/shared/graph/graph-doc';
import { pack } from '@busbar/shared/graph/pack';
import { type EventStream, toFrame } from './event-stream.ts';

export type Projector = {
  doc(): GraphDoc;
  update(applied: Applied): boolean;
  /** Ids of the workloads a card stands for. */
  members(card: string): Iterable<string> | undefined;
};
export type DiffGraph = (before: GraphDoc, after: GraphDoc) => GraphDelta | null;

/** Deltas kept for pages that come back. */
const MAX_DELTAS = 40;
const MAX_DELTA_BYTES = 2 << 20;

type Kept = { from: number; to: number; frame: string };

/** One distinct view: projected once, compared once, written once, whoever and however many look at it. */
export class Channel {
  readonly streams = new Set<EventStream>();
  /** When the last stream left, epoch ms. */
  idleSince: number;
  readonly #boot: string;
  readonly #projector: Projector;
  readonly #diff: DiffGraph;
  #doc: GraphDoc;
  #fullFrame: string | undefined;
  #packedFrame: string | undefined;
  #kept: Kept[] = [];
  #keptBytes = 0;

  constructor(options: { boot: string; projector: Projector; diff: DiffGraph; now: number }) {
    this.#boot = options.boot;
    this.#projector = options.projector;
    this.#diff = options.diff;
    this.#doc = options.projector.doc();
    this.idleSince = options.now;
  }

  get doc(): GraphDoc {
    return this.#doc;
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
    const id = this.#idOf(this.#doc.revision);
    if (stream.compact) this.#packedFrame ??= toFrame('graph', JSON.stringify(pack(this.#doc)), id);
    else this.#fullFrame ??= toFrame('graph', JSON.stringify(this.#doc), id);
    stream.send((stream.compact ? this.#packedFrame : this.#fullFrame) ?? '');
  }

  /** Takes over what was applied and tells every page what that changed in its picture, if anything. */
  update(applied: readonly Applied[]): boolean {
    let changed = false;
    for (const each of applied) changed = this.#projector.update(each) || changed;
    if (!changed) return false;
    const doc = this.#projector.doc();
    const delta = this.#diff(this.#doc, doc);
    if (!delta) return false;
    this.#doc = doc;
    this.#fullFrame = undefined;
    this.#packedFrame = undefined;
    const frame = toFrame('delta', JSON.stringify(delta), this.#idOf(delta.to));
    this.#keep({ from: delta.from, to: delta.to, frame });
    for (const stream of this.streams) stream.send(frame);
    return true;
  }

  #keep(kept: Kept): void {
    this.#kept.push(kept);
    this.#keptBytes += kept.frame.length;
    while (this.#kept.length > MAX_DELTAS || this.#keptBytes > MAX_DELTA_BYTES) {
      this.#keptBytes -= this.#kept.shift()?.frame.length ?? 0;
    }
  }

  #since(lastEventId: string): Kept[] | undefined {
    if (lastEventId === this.#idOf(this.#doc.revision)) return [];
    const at = this.#kept.findIndex(({ from }) => this.#idOf(from) === lastEventId);
    return at < 0 ? undefined : this.#kept.slice(at);
  }

  /** Revisions begin anew with every start of the server: the id says which start it was. */
  #idOf(revision: number): string {
    return `${this.#boot}-${revision}`;
  }
}
