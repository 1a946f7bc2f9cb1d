/** encoding/json's complaints, word for word, because event messages quote them. */

const quote = (c: string): string => (c === "'" ? "'\\''" : c === '"' ? `'"'` : `'${c === '\n' ? '\\n' : c}'`);
const END = 'unexpected end of JSON input';
const SPACE = new Set([' ', '\t', '\r', '\n']);
const LITERALS: Record<string, string> = { t: 'true', f: 'false', n: 'null' };

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

  value(depth: number): void {
    if (depth > 10000) throw new SyntaxError('exceeded max depth');
    this.space();
    const c = this.text[this.at] ?? '';
    if (c === '{') this.object(depth);
    else if (c === '[') this.array(depth);
    else if (c === '"') this.string();
    else if (c in LITERALS) this.literal(LITERALS[c] ?? '');
    else if (/[-0-9]/.test(c)) this.number();
    else this.fail('looking for beginning of value');
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

  object(depth: number): void {
    this.at++;
    this.space();
    if (this.text[this.at] === '}') {
      this.at++;
      return;
    }
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') this.fail('looking for beginning of object key string');
      this.string();
      this.space();
      if (this.text[this.at] !== ':') this.fail('after object key');
      this.at++;
      this.value(depth + 1);
      this.space();
      const c = this.text[this.at];
      if (c !== ',' && c !== '}') this.fail('after object key:value pair');
      this.at++;
      if (c === '}') return;
    }
  }

  array(depth: number): void {
    this.at++;
    this.space();
    if (this.text[this.at] === ']') {
      this.at++;
      return;
    }
    for (;;) {
      this.value(depth + 1);
      this.space();
      const c = this.text[this.at];
      if (c !== ',' && c !== ']') this.fail('after array element');
      this.at++;
      if (c === ']') return;
    }
  }
}

/** The error Go's decoder would give for this text, or null when it is valid JSON. */
export const goSyntaxError = (text: string): string | null => {
  const scanner = new Scanner(text);
  try {
    scanner.value(0);
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
