const newline = 0x0a;

/**
 * Cuts a byte stream into lines. Works on bytes, so that a character split between two chunks stays whole, and joins a long line
 * once, when it is complete. A line past `maxBytes` throws.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(maxBytes = 64 * 1024 * 1024) {
    this.#maxBytes = maxBytes;
  }

  *push(chunk: Buffer): Generator<Buffer> {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const tail = chunk.subarray(start, end);
      const line = this.#parts.length === 0 ? tail : Buffer.concat([...this.#parts, tail]);
      this.#parts = [];
      this.#size = 0;
      start = end + 1;
      if (line.length > 0) yield line;
    }
    if (start === chunk.length) return;
    this.#parts.push(chunk.subarray(start));
    this.#size += chunk.length - start;
    if (this.#size > this.#maxBytes) throw new RangeError(`a line of the watch is larger than ${this.#maxBytes} bytes`);
  }
}
