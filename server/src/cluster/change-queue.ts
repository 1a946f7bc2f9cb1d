import type { Change } from '@busbar/shared/kube/object';
import { refOf } from '@busbar/shared/kube/object';
import { objectKey } from '@busbar/shared/model/ids';

export type ChangeQueueOptions = {
  delayMs: number;
  /** As of a Sink: while there is no room, changes go on gathering here, where one object is one change however often it changes. */
  room?: (() => Promise<void> | undefined) | undefined;
  maxBatch?: number;
};

/**
 * Hands on what comes after a quiet time at once, gathers what follows for a short while, and hands that on as one batch, of each object
 * only its latest. A full batch goes at once. The order of the batch is that of each object's last change.
 */
export class ChangeQueue {
  readonly #emit: (batch: Change[]) => void;
  readonly #delayMs: number;
  readonly #maxBatch: number;
  readonly #room: () => Promise<void> | undefined;
  #pending = new Map<string, Change>();
  #timer: NodeJS.Timeout | undefined;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #waitsForRoom = false;
  #closed = false;

  constructor(emit: (batch: Change[]) => void, { delayMs, room = () => undefined, maxBatch = 25 }: ChangeQueueOptions) {
    this.#emit = emit;
    this.#delayMs = delayMs;
    this.#room = room;
    this.#maxBatch = maxBatch;
  }

  push(change: Change): void {
    if (this.#closed) return;
    const key = keyOf(change);
    this.#pending.delete(key);
    this.#pending.set(key, change);
    if (this.#pending.size >= this.#maxBatch) this.#pass();
    else
      this.#timer ??= setTimeout(() => this.#pass(), Math.max(0, this.#flushedAt + this.#delayMs - performance.now()));
  }

  #pass(): void {
    const room = this.#room();
    if (!room) this.flush();
    else if (!this.#waitsForRoom) {
      this.#waitsForRoom = true;
      void room.then(() => {
        this.#waitsForRoom = false;
        this.flush();
      });
    }
  }

  /** Hands on what there is, room or not. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.size === 0 || this.#closed) return;
    this.#flushedAt = performance.now();
    const batch = [...this.#pending.values()];
    this.#pending = new Map();
    this.#emit(batch);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#pending.clear();
  }
}

const keyOf = (change: Change): string => {
  if (change.type === 'put') return objectKey(refOf(change.object));
  if (change.type === 'delete') return objectKey(change.ref);
  return `source ${change.source.group}/${change.source.kind}`;
};
