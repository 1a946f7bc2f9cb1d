import type { Change } from '@busbar/shared/kube/object';
import { refOf } from '@busbar/shared/kube/object';
import { objectKey } from '@busbar/shared/model/ids';

/**
 * Gathers changes for a short while and hands them on as one batch, of each object only its latest. Bounded: a full batch goes at
 * once. The order of the batch is that of each object's last change.
 */
export class ChangeQueue {
  readonly #emit: (batch: Change[]) => void;
  readonly #delayMs: number;
  readonly #maxBatch: number;
  #pending = new Map<string, Change>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(emit: (batch: Change[]) => void, delayMs: number, maxBatch = 500) {
    this.#emit = emit;
    this.#delayMs = delayMs;
    this.#maxBatch = maxBatch;
  }

  push(change: Change): void {
    if (this.#closed) return;
    const key = keyOf(change);
    this.#pending.delete(key);
    this.#pending.set(key, change);
    if (this.#pending.size >= this.#maxBatch) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.#delayMs);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.size === 0 || this.#closed) return;
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
