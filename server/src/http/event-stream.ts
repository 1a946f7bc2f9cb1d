import type { Response } from 'express';

/** Bytes that may wait for a slow page before it is dropped to a fresh snapshot. */
const MAX_WAITING = 1 << 20;

/** One event in the wire form of `text/event-stream`. `data` is one line of JSON. */
export const toFrame = (event: string, data: string, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;

export type EventStreamOptions = {
  /** The page understands packed documents and deltas of notes. */
  compact?: boolean;
  /** The queue has drained after frames were left out: send what is true now. */
  onCaughtUp: () => void;
  onClose: () => void;
  maxWaiting?: number;
};

/** One open `text/event-stream` response. Never holds more than a bounded queue: `send` answers whether the frame was taken. */
export class EventStream {
  /** Frames were left out since the page fell behind. */
  behind = false;
  sent = 0;
  readonly compact: boolean;
  readonly #res: Response;
  readonly #maxWaiting: number;
  #closed = false;

  constructor(res: Response, { compact = false, onCaughtUp, onClose, maxWaiting = MAX_WAITING }: EventStreamOptions) {
    this.compact = compact;
    this.#res = res;
    this.#maxWaiting = maxWaiting;
    // no-transform keeps compression, here and in proxies, from holding frames back; the other header is nginx's.
    res.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    res.socket?.setNoDelay(true);
    res.flushHeaders();
    res.on('drain', () => {
      if (!this.behind || this.#closed) return;
      this.behind = false;
      onCaughtUp();
    });
    res.on('close', () => {
      this.#closed = true;
      onClose();
    });
    res.on('error', () => res.destroy());
  }

  send(frame: string): boolean {
    if (this.#closed || this.behind) return false;
    if (this.#res.writableLength > this.#maxWaiting) {
      this.behind = true;
      return false;
    }
    this.#res.write(frame);
    this.sent += frame.length;
    return true;
  }

  end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#res.end();
  }
}
