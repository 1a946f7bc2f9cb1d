import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Applied } from '@busbar/shared/engine/engine-api';
import type { GraphDoc } from '@busbar/shared/graph/graph-doc';
import type { View } from '@busbar/shared/view/view';
import type { Response } from 'express';
import { Channel, type DiffGraph, type Projector } from './channel.ts';
import { HttpError } from './errors.ts';
import { EventStream, toFrame } from './event-stream.ts';

const GRAPH_EVERY_MS = 250;
const NOTES_EVERY_MS = 500;
const PING_EVERY_MS = 15_000;
/** A view that nobody looks at is kept for pages that come back. */
const KEEP_IDLE_MS = 60_000;
const MAX_VIEWS = 64;
const MAX_STREAMS = 512;

/** What a `cluster` or `findings` event carries; texts are made when somebody needs them. */
export type Note = {
  /** Sent when it differs from that of what was sent last. */
  key: string;
  whole: () => string;
  /** The same for pages that asked for the compact form. */
  compact: () => string;
  /** For those: what changed since the note of that key, as the data of a `<event>-delta`; undefined: the whole is sent. */
  since?: (key: string) => string | undefined;
};

export type HubOptions = {
  createProjector: (view: View) => Projector;
  diff: DiffGraph;
  /** The view as text: equal texts share everything. */
  keyOf: (view: View) => string;
  notes: { event: string; build: () => Note }[];
  onError: (error: unknown) => void;
  clock?: () => number;
  maxViews?: number;
  maxStreams?: number;
};

/** `compact`: what comes first is packed (`graph/pack`), and what changed of the notes comes as `findings-delta` and `cluster-delta`. */
export type Opening = { lastEventId?: string | undefined; compact?: boolean };

/**
 * Every open page, by view. What comes after a quiet time goes to each distinct view at once, one view per turn of the event loop, what
 * follows at most four times a second; notes go out at most twice a second, and only when they differ.
 */
export class Hub {
  readonly #options: Required<HubOptions>;
  readonly #boot = randomBytes(4).toString('hex');
  readonly #channels = new Map<string, Channel>();
  readonly #streams = new Set<EventStream>();
  /** Those that have their first picture. */
  readonly #begun = new Set<EventStream>();
  /** The notes that pages were told last, and when each was made: 200 pages that come back at once cost one. */
  readonly #told = new Map<string, { note: Note; at: number }>();
  readonly #ping: NodeJS.Timeout;
  #graphTimer: NodeJS.Timeout | undefined;
  #notesTimer: NodeJS.Timeout | undefined;
  #graphsSentAt = 0;
  #notesSentAt = 0;
  #closed = false;

  constructor(options: HubOptions) {
    this.#options = { clock: Date.now, maxViews: MAX_VIEWS, maxStreams: MAX_STREAMS, ...options };
    this.#ping = setInterval(() => this.#beat(), PING_EVERY_MS);
    this.#ping.unref();
  }

  get streams(): number {
    return this.#streams.size;
  }

  get views(): number {
    return this.#channels.size;
  }

  /** The graph of a view, from what pages of the same view already made where there are any. */
  async graph(view: View): Promise<GraphDoc> {
    return (await this.#drawn(view)).doc;
  }

  /** Draws what somebody is about to ask for. */
  begin(view: View): void {
    // Who asks is told why not.
    this.graph(view).catch(() => {});
  }

  /** Ids of the workloads a card stands for; undefined when the view has no such card. */
  async members(view: View, card: string): Promise<Iterable<string> | undefined> {
    return (await this.#drawn(view)).members(card);
  }

  /**
   * Opens a stream on a response: the graph (or the deltas missed since `lastEventId`), the notes, then what changes. A graph that takes
   * long is drawn in turns, as long as somebody waits for it.
   */
  async open(res: Response, view: View, { lastEventId, compact = false }: Opening = {}): Promise<void> {
    if (this.#closed || this.#streams.size >= this.#options.maxStreams) {
      throw new HttpError(503, 'too-many-streams', 'Too many pages are open on this server.', { 'Retry-After': '10' });
    }
    const channel = this.#channelOf(view);
    const stream: EventStream = new EventStream(res, {
      compact,
      onCaughtUp: () => {
        channel.sendWhole(stream);
        this.#sendNotes(stream);
      },
      onClose: () => {
        this.#streams.delete(stream);
        this.#begun.delete(stream);
        channel.giveUp(stream);
        channel.leave(stream, this.#options.clock());
      },
    });
    this.#streams.add(stream);
    try {
      if (!(await this.#draw(channel, stream))) return;
      this.#begun.add(stream);
      channel.join(stream, lastEventId);
      this.#sendNotes(stream);
    } catch {
      stream.end();
    }
  }

  /** What an engine's `apply` changed. */
  applied(applied: Applied): void {
    for (const channel of this.#channels.values()) channel.applied(applied);
    this.#graphTimer ??= setTimeout(() => void this.#sendGraphs(), this.#wait(this.#graphsSentAt, GRAPH_EVERY_MS));
    this.changed();
  }

  /** Something that notes tell of may have changed. */
  changed(): void {
    this.#notesTimer ??= setTimeout(() => this.#sendChangedNotes(), this.#wait(this.#notesSentAt, NOTES_EVERY_MS));
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#ping);
    clearTimeout(this.#graphTimer);
    clearTimeout(this.#notesTimer);
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
    this.#begun.clear();
    for (const [key, channel] of this.#channels) this.#forget(key, channel);
  }

  #wait(last: number, every: number): number {
    return Math.min(every, Math.max(0, last + every - this.#options.clock()));
  }

  async #sendGraphs(): Promise<void> {
    const began = this.#options.clock();
    for (const channel of [...this.#channels.values()]) {
      if (channel.isDrawn) await this.#draw(channel, this).catch(() => false);
      else channel.take();
      await nextTurn();
    }
    // Many views, or slow ones: half of the time is for others.
    this.#graphsSentAt = Math.max(began, this.#options.clock() - GRAPH_EVERY_MS / 2);
    this.#graphTimer = undefined;
    const waits = [...this.#channels.values()].some((channel) => channel.isDrawn && channel.isBehind);
    if (waits && !this.#closed)
      this.#graphTimer = setTimeout(() => void this.#sendGraphs(), this.#wait(this.#graphsSentAt, GRAPH_EVERY_MS));
  }

  #sendChangedNotes(): void {
    this.#notesTimer = undefined;
    this.#notesSentAt = this.#options.clock();
    if (this.#streams.size === 0) {
      this.#told.clear();
      return;
    }
    for (const { event, build } of this.#options.notes) this.#tell(event, build());
  }

  #sendNotes(stream: EventStream): void {
    for (const { event, build } of this.#options.notes) {
      const { at, note } = this.#told.get(event) ?? { at: 0, note: undefined };
      // Others hear of it too: a page must not know of more than the next delta begins with.
      const told = note && at + NOTES_EVERY_MS > this.#options.clock() ? note : this.#tell(event, build(), stream);
      stream.send(toFrame(event, stream.compact ? told.compact() : told.whole()));
    }
  }

  /** To every page but one, where the note is another than the last. */
  #tell(event: string, note: Note, but?: EventStream): Note {
    const last = this.#told.get(event)?.note.key;
    this.#told.set(event, { note, at: this.#options.clock() });
    if (last === note.key) return note;
    const frames = new Map<boolean, string>();
    for (const stream of this.#begun) {
      if (stream === but) continue;
      const frame = frames.get(stream.compact) ?? frameOf(event, note, last, stream.compact);
      frames.set(stream.compact, frame);
      stream.send(frame);
    }
    return note;
  }

  #beat(): void {
    const frame = toFrame('ping', String(this.#options.clock()));
    for (const stream of this.#streams) stream.send(frame);
    for (const [key, channel] of this.#channels) if (this.#isIdle(channel, KEEP_IDLE_MS)) this.#forget(key, channel);
  }

  async #drawn(view: View): Promise<Channel> {
    const channel = this.#channelOf(view);
    await this.#draw(channel, {});
    return channel;
  }

  /** A view that cannot be drawn is dropped: its pages come back by themselves and get a new projection. */
  async #draw(channel: Channel, waiter: object): Promise<boolean> {
    try {
      return await channel.draw(waiter);
    } catch (error) {
      const [key] = [...this.#channels].find(([, one]) => one === channel) ?? [];
      if (key !== undefined) {
        this.#options.onError(error);
        this.#forget(key, channel);
        for (const stream of [...channel.streams]) stream.end();
      }
      throw error;
    }
  }

  #channelOf(view: View): Channel {
    const key = this.#options.keyOf(view);
    const known = this.#channels.get(key);
    if (known) return known;
    this.#makeRoom();
    const now = this.#options.clock();
    const projector = this.#options.createProjector(view);
    const channel = new Channel({ boot: this.#boot, projector, diff: this.#options.diff, now });
    this.#channels.set(key, channel);
    return channel;
  }

  #forget(key: string, channel: Channel): void {
    this.#channels.delete(key);
    channel.close();
  }

  #makeRoom(): void {
    if (this.#channels.size < this.#options.maxViews) return;
    const idle = [...this.#channels].filter(([, channel]) => this.#isIdle(channel, 0));
    const oldest = idle.sort(([, a], [, b]) => a.idleSince - b.idleSince)[0];
    if (!oldest) {
      throw new HttpError(503, 'too-many-views', 'Too many different views are open on this server.', {
        'Retry-After': '10',
      });
    }
    this.#forget(...oldest);
  }

  #isIdle(channel: Channel, forMs: number): boolean {
    return !channel.isWanted && channel.idleSince + forMs <= this.#options.clock();
  }
}

const frameOf = (event: string, note: Note, last: string | undefined, compact: boolean): string => {
  if (!compact) return toFrame(event, note.whole());
  const delta = last === undefined ? undefined : note.since?.(last);
  return delta === undefined ? toFrame(event, note.compact()) : toFrame(`${event}-delta`, delta);
};
