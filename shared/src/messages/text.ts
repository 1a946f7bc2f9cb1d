/**
 * A message with everything taken out that pasting, wrapping and quoting put in: whitespace, backslashes of escaped
 * quotes, `\n` written out, terminal colours, HTML entities, typographic quotes. Matching on this text makes a verdict
 * independent of where a line was broken; `map` leads each character back to the original.
 */
export type CompactText = { original: string; text: string; map: readonly number[] };

/** Longer messages are cut: the API server keeps 1,024 bytes of an event, logs rarely more than a few KiB. */
const maxMessageLength = 16_384;

const entities: readonly [string, string][] = [
  ['&quot;', '"'],
  ['&#34;', '"'],
  ['&#39;', "'"],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&amp;', '&'],
];
const typographic = new Map([
  ['\u201c', '"'],
  ['\u201d', '"'],
  ['\u2018', "'"],
  ['\u2019', "'"],
]);
const blank = /[\s\u200b\ufeff]/;
const colour = /\u001b\[[0-9;]{0,12}m/y;
const unicodeEscape = /u00([0-7][0-9a-fA-F])/y;

/** Printable ASCII, but for the characters with which escapes and entities begin. */
const isPlain = (c: number): boolean => c > 0x20 && c < 0x7f && c !== 0x5c && c !== 0x26;

export function compactText(message: string): CompactText {
  const original = message.length > maxMessageLength ? message.slice(0, maxMessageLength) : message;
  const out: string[] = [];
  const map: number[] = [];
  let at = 0;
  while (at < original.length) {
    const char = original.charAt(at);
    if (isPlain(original.charCodeAt(at))) {
      out.push(char);
      map.push(at);
      at += 1;
      continue;
    }
    const [emit, length] = readChar(original, at, char);
    if (emit !== '') {
      out.push(emit);
      map.push(at);
    }
    at += length;
  }
  return { original, text: out.join(''), map };
}

function readChar(original: string, at: number, char: string): [emit: string, length: number] {
  if (char === '\\') return readEscape(original, at);
  if (char === '&') return readEntity(original, at);
  if (char === '\u001b') {
    colour.lastIndex = at;
    return ['', colour.exec(original)?.[0].length ?? 1];
  }
  if (blank.test(char)) return ['', 1];
  return [typographic.get(char) ?? char, 1];
}

function readEscape(original: string, at: number): [string, number] {
  let end = at;
  while (original.charAt(end) === '\\') end++;
  const next = original.charAt(end);
  if (next === 'n' || next === 'r' || next === 't') return ['', end + 1 - at];
  unicodeEscape.lastIndex = end;
  const code = unicodeEscape.exec(original)?.[1];
  if (code === undefined) return ['', end - at];
  const decoded = String.fromCharCode(Number.parseInt(code, 16));
  return [blank.test(decoded) ? '' : decoded, end + 5 - at];
}

function readEntity(original: string, at: number): [string, number] {
  const entity = entities.find(([name]) => original.startsWith(name, at));
  return entity === undefined ? ['&', 1] : [entity[1], entity[0].length];
}

export function sliceText(text: CompactText, from: number, to: number): CompactText {
  if (from === 0 && to >= text.text.length) return text;
  return { original: text.original, text: text.text.slice(from, to), map: text.map.slice(from, to) };
}

export function joinText(parts: readonly CompactText[], original: string): CompactText {
  return { original, text: parts.map((part) => part.text).join(''), map: parts.flatMap((part) => [...part.map]) };
}

/** Offset and length in the original message of `from`..`to` of the compact text. */
export function spanOf(text: CompactText, from: number, to: number): { offset: number; length: number } | undefined {
  const first = text.map[from];
  const last = text.map[to - 1];
  if (first === undefined || last === undefined || to <= from) return undefined;
  return { offset: first, length: last - first + 1 };
}

/** Readable form of a part: escapes undone, hard line breaks become one blank. */
export function readable(text: CompactText, from = 0, to = text.text.length): string {
  const pieces: string[] = [];
  let previous: number | undefined;
  for (let i = from; i < to; i++) {
    const at = text.map[i];
    if (at === undefined) break;
    if (previous !== undefined && at > previous + 1 && /\s|\\[nrt]/.test(text.original.slice(previous + 1, at)))
      pieces.push(' ');
    pieces.push(text.text.charAt(i));
    previous = at;
  }
  return pieces.join('').trim();
}
