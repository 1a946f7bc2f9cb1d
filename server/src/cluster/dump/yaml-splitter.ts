/**
 * One piece of a YAML stream. `items` is one or more elements of a top-level `items:` list as a YAML list of their own,
 * `document` what is left of the document. `line` (from 1) is where the text begins.
 */
export type YamlPiece = { type: 'items' | 'document'; text: string; line: number };

const itemsLine = /^(['"]?)items\1:[ \t]*(#.*)?$/;
const marker = /^---(?:[ \t]|$)/;
const docEnd = /^\.\.\.(?:[ \t]|$)/;

/**
 * Cuts a YAML stream at its document markers and, where a document is a list as kubectl prints it (block style, `items:` at the
 * margin), at its items. That is safe on text: a block scalar is always indented further than the item that holds it.
 * Parsing item by item keeps memory and pauses small and confines a broken item to itself.
 */
export class YamlSplitter {
  readonly #maxPiece: number;
  #line = 0;
  #document: string[] = [];
  #documentLine = 1;
  #items: string[] = [];
  #itemsAt = 0;
  /** Indent of the items' dashes; -1 right after `items:`, null outside of items. */
  #indent: number | null = null;
  #size = 0;

  constructor(options: { maxPieceChars?: number } = {}) {
    this.#maxPiece = options.maxPieceChars ?? 32 * 1024 * 1024;
  }

  *line(text: string): Generator<YamlPiece> {
    this.#line += 1;
    this.#size += text.length + 1;
    if (this.#size > this.#maxPiece)
      throw new RangeError(`one YAML document or item is larger than ${this.#maxPiece} characters`);
    if (marker.test(text) || docEnd.test(text)) {
      yield* this.#closeDocument();
      const rest = text.startsWith('---') ? text.slice(3) : '';
      // A document may start on the marker's line; keep the columns.
      if (rest.trim() !== '' && !rest.trim().startsWith('#')) this.#document.push(`   ${rest}`);
      return;
    }
    if (this.#indent !== null && (yield* this.#insideItems(text))) return;
    if (itemsLine.test(text)) this.#indent = -1;
    this.#document.push(this.#indent === -1 ? 'items: []' : text);
  }

  *end(): Generator<YamlPiece> {
    yield* this.#closeDocument();
  }

  *#insideItems(text: string): Generator<YamlPiece, boolean> {
    const bare = text.trimStart();
    if (bare === '' || bare.startsWith('#')) {
      if (this.#items.length > 0) this.#items.push(text);
      return true;
    }
    const indent = text.length - bare.length;
    const dash = bare === '-' || bare.startsWith('- ');
    if (this.#indent === -1) {
      if (!dash) return this.#leaveItems(indent);
      this.#indent = indent;
    }
    if (dash && indent === this.#indent) {
      yield* this.#closeItems();
      this.#itemsAt = this.#line;
      this.#items.push(text);
      return true;
    }
    if (indent > (this.#indent ?? 0)) {
      this.#items.push(text);
      return true;
    }
    yield* this.#closeItems();
    return this.#leaveItems(0);
  }

  /** `items:` held something else than a block list: put the line back, so that the text stays what it was. */
  #leaveItems(indent: number): boolean {
    if (indent > 0) this.#document[this.#document.length - 1] = 'items:';
    this.#indent = null;
    return false;
  }

  *#closeItems(): Generator<YamlPiece> {
    if (this.#items.length === 0) return;
    yield { type: 'items', text: this.#items.join('\n'), line: this.#itemsAt };
    this.#items = [];
    this.#size = 0;
  }

  *#closeDocument(): Generator<YamlPiece> {
    yield* this.#closeItems();
    this.#indent = null;
    const text = this.#document.join('\n');
    if (text.trim() !== '') yield { type: 'document', text, line: this.#documentLine };
    this.#document = [];
    this.#documentLine = this.#line + 1;
    this.#size = 0;
  }
}
