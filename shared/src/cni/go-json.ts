/**
 * JSON as Go's encoding/json reads it: the same grammar and error texts, positions of every value, the last of
 * equal keys wins, keys match in any case. Iterative and linear, so that no input can exhaust the stack or the clock.
 */
export type JsonNode = {
  readonly type: 'object' | 'array' | 'string' | 'number' | 'bool' | 'null';
  readonly start: number;
  end: number;
  value: unknown;
  readonly members?: JsonMember[];
  readonly items?: JsonNode[];
};
export type JsonMember = { readonly key: string; readonly keyStart: number; readonly keyEnd: number; node: JsonNode };

/** `message` is Go's text for `syntax` and `eof`. `offset` is where reading stopped. */
export type JsonError = { kind: 'syntax' | 'eof' | 'size' | 'depth'; message: string; offset: number };

/** `root` is there when the text is valid. Else `partial` is what had been read before the error. */
export type JsonParsed = { root?: JsonNode; partial?: JsonNode; error?: JsonError };

export type JsonLimits = { maxLength?: number; maxDepth?: number; maxValues?: number };

/** All annotations of one object together may hold 256 KiB; nothing legitimate is larger than this. */
const MAX_JSON_LENGTH = 512 * 1024;
const MAX_JSON_DEPTH = 256;
const MAX_JSON_VALUES = 50_000;

const BLANK = 0x20;
const isBlank = (c: number): boolean => c === BLANK || (c >= 9 && c <= 13 && c !== 11 && c !== 12);
const isDigit = (c: number): boolean => c >= 48 && c <= 57;

type Reader = { readonly text: string; at: number; values: number; error?: JsonError };

function skip(r: Reader): void {
  while (r.at < r.text.length && isBlank(r.text.charCodeAt(r.at))) r.at++;
}

/** Go names the character and what it wanted; at the end of the text it says so instead. */
function fail(r: Reader, looking: string, at = r.at): undefined {
  if (r.error) return undefined;
  r.error =
    at >= r.text.length
      ? { kind: 'eof', message: 'unexpected end of JSON input', offset: r.text.length }
      : { kind: 'syntax', message: `invalid character ${quoteChar(r.text, at)} ${looking}`, offset: at };
  return undefined;
}

/** Go's quoteChar; it works on bytes, so a character beyond ASCII shows as its first byte read as Latin-1. */
function quoteChar(text: string, at: number): string {
  const c = text.charCodeAt(at);
  if (c === 0x27) return "'\\''";
  if (c === 0x22) return `'"'`;
  const special: Record<number, string> = {
    7: '\\a',
    8: '\\b',
    9: '\\t',
    10: '\\n',
    11: '\\v',
    12: '\\f',
    13: '\\r',
    92: '\\\\',
  };
  const known = special[c];
  if (known) return `'${known}'`;
  if (c < 0x20 || c === 0x7f) return `'\\x${c.toString(16).padStart(2, '0')}'`;
  if (c < 0x80) return `'${text[at]}'`;
  const point = text.codePointAt(at) ?? c;
  const byte = point < 0x800 ? 0xc0 | (point >> 6) : point < 0x10000 ? 0xe0 | (point >> 12) : 0xf0 | (point >> 18);
  return `'${String.fromCharCode(byte)}'`;
}

function readString(r: Reader): string | undefined {
  const { text } = r;
  const start = r.at++;
  let escaped = false;
  for (; r.at < text.length; r.at++) {
    const c = text.charCodeAt(r.at);
    if (c === 0x22) {
      r.at++;
      return escaped ? unquote(text.slice(start, r.at)) : text.slice(start + 1, r.at - 1);
    }
    if (c < 0x20) return fail(r, 'in string literal');
    if (c !== 0x5c) continue;
    escaped = true;
    r.at++;
    if (r.at >= text.length) break;
    const e = text[r.at] ?? '';
    if (e !== 'u') {
      if (!'"\\/bfnrt'.includes(e)) return fail(r, 'in string escape code');
      continue;
    }
    for (let i = 0; i < 4; i++)
      if (!/[0-9a-fA-F]/.test(text[++r.at] ?? ' ')) return fail(r, 'in \\u hexadecimal character escape');
  }
  return fail(r, '', text.length);
}

/** Go replaces a lone surrogate escape by U+FFFD. */
const unquote = (quoted: string): string => (JSON.parse(quoted) as string).replace(/\p{Surrogate}/gu, '\ufffd');

function readNumber(r: Reader): number | undefined {
  const { text } = r;
  const start = r.at;
  const digits = (): boolean => {
    const from = r.at;
    while (isDigit(text.charCodeAt(r.at))) r.at++;
    return r.at > from;
  };
  if (text[r.at] === '-') r.at++;
  if (text[r.at] === '0') r.at++;
  else if (!digits()) return fail(r, 'in numeric literal');
  if (text[r.at] === '.') {
    r.at++;
    if (!digits()) return fail(r, 'after decimal point in numeric literal');
  }
  if (text[r.at] === 'e' || text[r.at] === 'E') {
    r.at++;
    if (text[r.at] === '+' || text[r.at] === '-') r.at++;
    if (!digits()) return fail(r, 'in exponent of numeric literal');
  }
  return Number(text.slice(start, r.at));
}

function readWord(r: Reader, word: 'true' | 'false' | 'null'): boolean {
  for (let i = 0; i < word.length; i++) {
    if (r.text[r.at + i] !== word[i]) {
      fail(r, `in literal ${word} (expecting '${word[i]}')`, r.at + i);
      return false;
    }
  }
  r.at += word.length;
  return true;
}

/** A value without its children: a scalar is whole, a container is open. */
function openValue(r: Reader): JsonNode | undefined {
  skip(r);
  const start = r.at;
  const c = r.text[start] ?? '';
  const node = (type: JsonNode['type'], value: unknown): JsonNode => ({ type, start, end: r.at, value });
  r.values++;
  if (c === '{') {
    r.at++;
    return { ...node('object', {}), members: [] };
  }
  if (c === '[') {
    r.at++;
    return { ...node('array', []), items: [] };
  }
  if (c === '"') {
    const value = readString(r);
    return value === undefined ? undefined : node('string', value);
  }
  if (c === '-' || isDigit(c.charCodeAt(0))) {
    const value = readNumber(r);
    return value === undefined ? undefined : node('number', value);
  }
  if (c === 't') return readWord(r, 'true') ? node('bool', true) : undefined;
  if (c === 'f') return readWord(r, 'false') ? node('bool', false) : undefined;
  if (c === 'n') return readWord(r, 'null') ? node('null', null) : undefined;
  return fail(r, 'looking for beginning of value');
}

/** Reads `"key" :` and leaves the reader before the value. */
function readKey(r: Reader): Omit<JsonMember, 'node'> | undefined {
  skip(r);
  if (r.text[r.at] !== '"') return fail(r, 'looking for beginning of object key string');
  const keyStart = r.at;
  const key = readString(r);
  if (key === undefined) return undefined;
  const keyEnd = r.at;
  skip(r);
  if (r.text[r.at] !== ':') return fail(r, 'after object key');
  r.at++;
  return { key, keyStart, keyEnd };
}

function attach(parent: JsonNode, node: JsonNode, member: Omit<JsonMember, 'node'> | undefined): void {
  if (member) {
    parent.members?.push({ ...member, node });
    setOwn(parent.value as Record<string, unknown>, member.key, node.value);
  } else {
    parent.items?.push(node);
    (parent.value as unknown[]).push(node.value);
  }
}

/** `__proto__` is an ordinary key here, as in JSON.parse. */
function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}

export function parseGoJson(text: string, limits: JsonLimits = {}): JsonParsed {
  const maxLength = limits.maxLength ?? MAX_JSON_LENGTH;
  if (text.length > maxLength) {
    const message = `the text has ${text.length} characters, more than the ${maxLength} that are read`;
    return { error: { kind: 'size', message, offset: maxLength } };
  }
  const r: Reader = { text, at: 0, values: 0 };
  const root = openValue(r);
  if (root) readChildren(r, root, limits);
  skip(r);
  if (!r.error && root && r.at < text.length) fail(r, 'after top-level value');
  if (!r.error && root) return { root };
  const error = r.error ?? { kind: 'eof', message: 'unexpected end of JSON input', offset: text.length };
  return root ? { error, partial: root } : { error };
}

function readChildren(r: Reader, root: JsonNode, limits: JsonLimits): void {
  const maxDepth = limits.maxDepth ?? MAX_JSON_DEPTH;
  const maxValues = limits.maxValues ?? MAX_JSON_VALUES;
  const stack: JsonNode[] = root.members || root.items ? [root] : [];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const child = nextChild(r, top);
    if (r.error) return;
    if (!child) {
      top.end = r.at;
      stack.pop();
      continue;
    }
    if (r.values > maxValues) {
      r.error = { kind: 'size', message: `the text holds more than ${maxValues} values`, offset: r.at };
      return;
    }
    if (!child.members && !child.items) continue;
    if (stack.length >= maxDepth) {
      r.error = { kind: 'depth', message: `values are nested deeper than ${maxDepth} levels`, offset: child.start };
      return;
    }
    stack.push(child);
  }
}

/** The next child of an open container, or undefined when the container has just been closed (or on error). */
function nextChild(r: Reader, top: JsonNode): JsonNode | undefined {
  const isObject = top.members !== undefined;
  const empty = (top.members ?? top.items)?.length === 0;
  skip(r);
  const c = r.text[r.at];
  if (c === (isObject ? '}' : ']')) {
    r.at++;
    return undefined;
  }
  if (!empty) {
    if (c !== ',') return fail(r, isObject ? 'after object key:value pair' : 'after array element');
    r.at++;
  }
  const member = isObject ? readKey(r) : undefined;
  if (isObject && !member) return undefined;
  const child = openValue(r);
  if (child) attach(top, child, member);
  return child;
}

/** Go's decoder: the last key equal to `name`, in any case, wins. */
export function memberOf(node: JsonNode | undefined, name: string): JsonMember | undefined {
  const members = node?.members;
  if (!members) return undefined;
  for (let i = members.length - 1; i >= 0; i--) {
    const member = members[i];
    // Folding never changes the length, so most keys are told apart by it alone.
    if (member?.key.length !== name.length) continue;
    if (member.key === name || foldKey(member.key) === foldKey(name)) return member;
  }
  return undefined;
}

/** Case folding as encoding/json does it: ASCII, and the two letters that fold into it (Kelvin sign, long s). */
export const foldKey = (key: string): string => key.toLowerCase().replaceAll('\u017f', 's');

/** The node at a JSON pointer (exact keys; the last of equal keys), or undefined. */
export function locate(root: JsonNode | undefined, pointer: string): JsonNode | undefined {
  if (pointer === '') return root;
  let at = root;
  for (const token of pointer.slice(1).split('/')) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (at?.items) at = /^\d{1,9}$/.test(key) ? at.items[Number(key)] : undefined;
    else at = at?.members?.findLast((member) => member.key === key)?.node;
    if (!at) return undefined;
  }
  return at;
}

export const spanOf = (node: Pick<JsonNode, 'start' | 'end'>): { offset: number; length: number } => ({
  offset: node.start,
  length: Math.max(0, node.end - node.start),
});
