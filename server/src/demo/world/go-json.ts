/** encoding/json's complaints, word for word, because event messages quote them. */

const quote = (c: string): string => (c === "'" ? "'\\''" : c === '"' ? `'"'` : `'${c === '\n' ? '\\n' : c}'`);
const END = 'unexpected end of JSON input';
const SPACE = new Set([' ', '\t', '\r', '\n']);
const LITERALS: Record<string, string> = { t: 'true', f: 'false', n: 'null' };

/** encoding/json maxNestingDepth. */
const MAX_DEPTH = 10_000;

class Scanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  fail(context: string): never {
    const c = this.text[this.at];
    throw new SyntaxError(c === undefined ? END : `invalid character ${quote(c)} ${context}`);
  }

  space(): void {
    while (SPACE.has(this.text[this.at] ?? '')) this.at++;
  }

  /** A whole value; containers are kept on a list of their own, because a stranger may nest them as deep as they like. */
  value(): void {
    const open: ('{' | '[')[] = [];
    do {
      const empty = this.begin(open);
      if (!empty) this.end(open);
    } while (open.length > 0);
  }

  /** Reads up to the end of a scalar or of an empty container; true when a container has just been opened. */
  begin(open: ('{' | '[')[]): boolean {
    if (open.at(-1) === '{') this.key();
    this.space();
    const c = this.text[this.at] ?? '';
    if (c === '{' || c === '[') {
      this.at++;
      this.space();
      if (this.text[this.at] === (c === '{' ? '}' : ']')) this.at++;
      else {
        open.push(c);
        if (open.length > MAX_DEPTH) throw new SyntaxError('exceeded max depth');
        return true;
      }
    } else if (c === '"') this.string();
    else if (c in LITERALS) this.literal(LITERALS[c] ?? '');
    else if (/[-0-9]/.test(c)) this.number();
    else this.fail('looking for beginning of value');
    return false;
  }

  /** After a value: a comma asks for the next one, a bracket closes its container, which is a value itself. */
  end(open: ('{' | '[')[]): void {
    while (open.length > 0) {
      this.space();
      const object = open.at(-1) === '{';
      const c = this.text[this.at];
      if (c === ',') {
        this.at++;
        return;
      }
      if (c !== (object ? '}' : ']')) this.fail(object ? 'after object key:value pair' : 'after array element');
      this.at++;
      open.pop();
    }
  }

  key(): void {
    this.space();
    if (this.text[this.at] !== '"') this.fail('looking for beginning of object key string');
    this.string();
    this.space();
    if (this.text[this.at] !== ':') this.fail('after object key');
    this.at++;
  }

  literal(word: string): void {
    for (let i = 0; i < word.length; i++, this.at++) {
      if (this.text[this.at] !== word[i]) this.fail(`in literal ${word} (expecting '${word[i]}')`);
    }
  }

  number(): void {
    if (this.text[this.at] === '-') this.at++;
    if (!/[0-9]/.test(this.text[this.at] ?? '')) this.fail('in numeric literal');
    while (/[0-9.eE+-]/.test(this.text[this.at] ?? '')) this.at++;
  }

  string(): void {
    this.at++;
    for (; ; this.at++) {
      const c = this.text[this.at];
      if (c === undefined) throw new SyntaxError(END);
      if (c === '"') break;
      if (c < ' ') this.fail('in string literal');
      if (c === '\\') {
        this.at++;
        if (!/["\\/bfnrtu]/.test(this.text[this.at] ?? '')) this.fail('in string escape code');
      }
    }
    this.at++;
  }
}

/** The error Go's decoder would give for this text, or null when it is valid JSON. */
export const goSyntaxError = (text: string): string | null => {
  const scanner = new Scanner(text);
  try {
    scanner.value();
    scanner.space();
    if (scanner.at < text.length) scanner.fail('after top-level value');
    return null;
  } catch (error) {
    return error instanceof SyntaxError ? error.message : END;
  }
};

/** Go's name for the kind of a JSON value in an UnmarshalTypeError. */
export const goKind = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
};
