import {
  backslash,
  closeBrace,
  closeBracket,
  colon,
  comma,
  marks,
  newline,
  openBrace,
  openBracket,
  quote,
} from './json-bytes.ts';
import type { LeanCutter } from './lean-cutter.ts';

/** One JSON value cut out of a stream, as bytes. `line` (from 1) and `offset` say where it begins; `list` is the key that an item was under. */
export type JsonPiece = { type: 'item' | 'document'; bytes: Buffer; line: number; offset: number; list?: string };
/** Text that belongs to no value, or a value that never ends. */
export type JsonFault = { type: 'fault'; message: string; line: number; offset: number };

export type JsonSplitterOptions = {
  /** The keys of a top-level object whose lists come out item by item; `items` if nothing is said. */
  lists?: readonly string[];
  /** Takes out of an item what nobody reads, where it can. */
  cutter?: LeanCutter;
  maxItemBytes?: number;
  maxDocumentBytes?: number;
};

const isSpace = (byte: number): boolean => byte === 0x20 || byte === newline || byte === 0x0d || byte === 0x09;

/**
 * Cuts a stream of JSON documents into values small enough to parse one at a time, without ever holding a list as a whole: the
 * elements of a top-level array, or of the top-level `items` of an object, come out as 'item'; what is left of the document comes
 * after them as 'document', with its `items` empty. Other lists than `items` are named in the options. Several documents may follow each other, with or without line breaks. It looks
 * at brackets and quotes only; whether a piece is JSON is for JSON.parse to say. Linear in time; memory is one item and the rest
 * of the document.
 */
export class JsonSplitter {
  readonly #lists: readonly string[];
  readonly #longestKey: number;
  readonly #cutter: LeanCutter | undefined;
  readonly #maxItem: number;
  readonly #maxDocument: number;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** The depth at which items stand: 1 in a top-level array, 2 in `items`, 0 outside of both. */
  #itemDepth = 0;
  #rootIsObject = false;
  #expectKey = false;
  #readingKey = false;
  #key: number[] = [];
  /** The list that this key holds, if it is one to take apart. */
  #keyOfList: string | undefined;
  #list: string | undefined;
  #item: Buffer[] | null = null;
  #itemBytes = 0;
  #itemLine = 0;
  #itemOffset = 0;
  #document: Buffer[] = [];
  #documentBytes = 0;
  #documentLine = 0;
  #documentOffset = 0;
  #line = 1;
  #offset = 0;
  #junkLine = 0;
  /** Where in the current chunk the piece under way begins. */
  #start = 0;

  constructor(options: JsonSplitterOptions = {}) {
    this.#lists = options.lists ?? ['items'];
    this.#longestKey = Math.max(...this.#lists.map(({ length }) => length));
    this.#cutter = options.cutter;
    this.#maxItem = options.maxItemBytes ?? 32 * 1024 * 1024;
    this.#maxDocument = options.maxDocumentBytes ?? 256 * 1024 * 1024;
  }

  /** The pieces that this chunk completes. Throws a RangeError once a single piece passes its limit. */
  *push(chunk: Buffer): Generator<JsonPiece | JsonFault> {
    this.#start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      if (this.#inString) {
        at = this.#skipString(chunk, at);
        continue;
      }
      // Within an item, or deep in what is no list, only the way out matters: that is nearly all bytes.
      if (this.#item !== null) at = this.#skipValue(chunk, at, this.#itemDepth);
      else if (this.#itemDepth === 0 && this.#depth > 1) at = this.#skipValue(chunk, at, 1);
      if (at === chunk.length) break;
      const byte = chunk[at] as number;
      if (this.#cutter && byte === openBrace && this.#depth > 0 && this.#depth === this.#itemDepth) {
        const end = this.#cutter.cut(chunk, at);
        if (end > at) {
          yield this.#cutItem(this.#cutter, chunk, at, end);
          at = end - 1;
          continue;
        }
      }
      const piece = this.#depth === 0 ? this.#outside(byte, at) : this.#inside(byte, chunk, at);
      if (piece) yield piece;
    }
    this.#keep(chunk, chunk.length);
    this.#offset += chunk.length;
  }

  /** A byte between documents. A line that is not JSON is told once. */
  #outside(byte: number, at: number): JsonFault | undefined {
    if (byte === openBrace || byte === openBracket) this.#openDocument(byte, at);
    else if (byte === newline) this.#line += 1;
    else if (!isSpace(byte) && byte !== comma && this.#junkLine !== this.#line) {
      this.#junkLine = this.#line;
      return { type: 'fault', message: 'text that is not JSON', line: this.#line, offset: this.#offset + at };
    }
    return undefined;
  }

  #inside(byte: number, chunk: Buffer, at: number): JsonPiece | undefined {
    if (byte === quote) {
      this.#inString = true;
      if (this.#expectKey && this.#depth === 1) this.#readingKey = true;
    } else if (byte === openBrace || byte === openBracket) this.#open(byte, chunk, at);
    else if (byte === closeBrace || byte === closeBracket) return this.#close(chunk, at);
    else if (byte === newline) this.#line += 1;
    else if (this.#depth === 1 && this.#rootIsObject) {
      if (byte === comma) this.#expectKey = true;
      else if (byte === colon) this.#closeKey();
    } else if (byte === comma && this.#depth === this.#itemDepth) {
      // The commas between items would be all that is left of `items`: leave them out, so that the rest is valid JSON.
      this.#keep(chunk, at);
      this.#start = at + 1;
    }
    return undefined;
  }

  #open(byte: number, chunk: Buffer, at: number): void {
    if (this.#depth === this.#itemDepth && byte === openBrace) {
      this.#keep(chunk, at);
      this.#start = at;
      this.#item = [];
      this.#itemBytes = 0;
      this.#itemLine = this.#line;
      this.#itemOffset = this.#offset + at;
    }
    this.#depth += 1;
    if (byte === openBracket && this.#depth === 2 && this.#keyOfList !== undefined) {
      this.#itemDepth = 2;
      this.#list = this.#keyOfList;
    }
    this.#keyOfList = undefined;
  }

  #close(chunk: Buffer, at: number): JsonPiece | undefined {
    this.#depth -= 1;
    if (this.#item !== null) return this.#closeItem(chunk, at + 1);
    if (this.#depth === 0) return this.#closeDocument(chunk, at + 1);
    if (this.#depth < this.#itemDepth) this.#itemDepth = 0;
    return undefined;
  }

  /** What came of the document before its `items`, as JSON with none; undefined while that is not known. */
  get head(): Buffer | undefined {
    return this.#rootIsObject && this.#itemDepth === 2 && this.#document.length > 0
      ? Buffer.concat([...this.#document, Buffer.from(']}')])
      : undefined;
  }

  /** What the end of the stream leaves open. */
  *end(): Generator<JsonFault> {
    if (this.#depth === 0) return;
    const what = this.#item === null ? 'the document' : 'an item';
    yield {
      type: 'fault',
      message: `truncated JSON: the file ends at byte ${this.#offset}, inside ${what} that began at line ${this.#item === null ? this.#documentLine : this.#itemLine}`,
      line: this.#line,
      offset: this.#offset,
    };
  }

  /** To the bracket that closes the value, so that depth will be `floor` after it; or to the end of the chunk. */
  #skipValue(chunk: Buffer, from: number, floor: number): number {
    const end = chunk.length;
    let depth = this.#depth;
    let at = from;
    for (; at < end; at += 1) {
      const byte = chunk[at] as number;
      if (marks[byte] === 0) continue;
      if (byte === quote) {
        at = skipPlainString(chunk, at + 1);
        if (at < end) continue;
        this.#inString = true;
        this.#escaped = at > end;
        at = end;
        break;
      }
      if (byte === newline) this.#line += 1;
      else if (byte === openBrace || byte === openBracket) depth += 1;
      else if (depth - 1 === floor) break;
      else depth -= 1;
    }
    this.#depth = depth;
    return at;
  }

  /** From inside a string that matters, or one that an earlier chunk began, to its closing quote or the end of the chunk. */
  #skipString(chunk: Buffer, from: number): number {
    let at = from;
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at] as number;
      if (this.#escaped) this.#escaped = false;
      else if (byte === backslash) this.#escaped = true;
      else if (byte === quote) {
        this.#inString = false;
        this.#readingKey = false;
        return at;
      } else if (byte === newline) this.#line += 1;
      if (this.#readingKey && this.#key.length <= this.#longestKey) this.#key.push(byte);
    }
    return at;
  }

  #openDocument(byte: number, at: number): void {
    this.#depth = 1;
    this.#rootIsObject = byte === openBrace;
    this.#expectKey = this.#rootIsObject;
    this.#key = [];
    this.#keyOfList = undefined;
    this.#list = undefined;
    this.#itemDepth = this.#rootIsObject ? 0 : 1;
    this.#document = [];
    this.#documentBytes = 0;
    this.#documentLine = this.#line;
    this.#documentOffset = this.#offset + at;
    this.#start = at;
  }

  #closeKey(): void {
    const key = this.#expectKey ? Buffer.from(this.#key).toString() : '';
    this.#keyOfList = this.#lists.find((name) => name === key);
    this.#key = [];
    this.#expectKey = false;
  }

  #keep(chunk: Buffer, end: number): void {
    if (end <= this.#start || this.#depth === 0) return;
    const bytes = chunk.subarray(this.#start, end);
    if (this.#item !== null) {
      this.#item.push(bytes);
      this.#itemBytes += bytes.length;
      if (this.#itemBytes > this.#maxItem) throw new RangeError(`one object is larger than ${this.#maxItem} bytes`);
    } else if (this.#itemDepth === 0 || !bytes.every(isSpace)) {
      // A copy: a few bytes between two items would keep the whole chunk that they came with.
      this.#document.push(Buffer.from(bytes));
      this.#documentBytes += bytes.length;
      if (this.#documentBytes > this.#maxDocument)
        throw new RangeError(`one document is larger than ${this.#maxDocument} bytes`);
    }
  }

  #closeItem(chunk: Buffer, end: number): JsonPiece {
    const parts = this.#item ?? [];
    this.#item = null;
    parts.push(chunk.subarray(this.#start, end));
    this.#start = end;
    return this.#toItem(parts.length === 1 ? (parts[0] as Buffer) : this.#joined(parts));
  }

  /** An item that came in parts could not be cut as it came. */
  #joined(parts: Buffer[]): Buffer {
    const bytes = Buffer.concat(parts);
    return this.#cutter?.cut(bytes, 0) === bytes.length ? this.#cutter.rest : bytes;
  }

  /** An item that lies whole in a chunk, passed over by the cutter. */
  #cutItem(cutter: LeanCutter, chunk: Buffer, at: number, end: number): JsonPiece {
    this.#keep(chunk, at);
    this.#start = end;
    this.#itemLine = this.#line;
    this.#itemOffset = this.#offset + at;
    this.#line += cutter.lines;
    this.#keyOfList = undefined;
    return this.#toItem(cutter.rest);
  }

  #toItem(bytes: Buffer): JsonPiece {
    const piece: JsonPiece = { type: 'item', bytes, line: this.#itemLine, offset: this.#itemOffset };
    return this.#list === undefined ? piece : { ...piece, list: this.#list };
  }

  #closeDocument(chunk: Buffer, end: number): JsonPiece {
    this.#document.push(chunk.subarray(this.#start, end));
    this.#start = end;
    const bytes = Buffer.concat(this.#document);
    this.#document = [];
    this.#itemDepth = 0;
    return { type: 'document', bytes, line: this.#documentLine, offset: this.#documentOffset };
  }
}

/**
 * From inside a string to its closing quote. The length of the chunk: it goes on in the next one; one more: so does an escape.
 */
const skipPlainString = (chunk: Buffer, from: number): number => {
  const end = chunk.length;
  let at = from;
  while (at < end) {
    const byte = chunk[at] as number;
    if (byte === quote) return at;
    at += byte === backslash ? 2 : 1;
  }
  return at;
};
