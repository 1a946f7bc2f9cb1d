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

/** The bytes end before the value does. */
export const CUT_SHORT = -1;
/** Not what was expected: the value is to be parsed as it is. */
export const UNSURE = -2;

/** Bytes below which looking at each is as quick. */
const worthALeap = 250;

type Rule = { key: Buffer; next: Rule | undefined } & (
  | { does: 'drop' }
  /** `each`: the value is a list of such records. */
  | { does: 'enter'; place: Place; each: boolean }
  /** The value must be this very text, quotes and all. */
  | { does: 'expect'; value: Buffer }
);
/** `asked`: how many keys must have said what they are expected to before anything is looked into. */
type Place = { rules: (Rule | undefined)[]; asked: number };

export type LeanPlace = {
  drop: ReadonlySet<string>;
  records?: Readonly<Record<string, LeanPlace>>;
  lists?: Readonly<Record<string, LeanPlace>>;
  /** What a record says of itself, if it says anything; else it is something else. */
  expect?: Readonly<Record<string, string>>;
  /** It must say so, and before it is looked into. */
  mustSay?: boolean;
};

/**
 * Passes once over the bytes of a JSON value and leaves out what nobody reads, so that it is neither parsed nor collected as garbage. It
 * looks at keys as they are written, so it never leaves out too much: a key with an escape in it stays. What it does not understand
 * (another kind of object, a list of something else) is UNSURE, and then the whole text counts.
 */
export class LeanCutter {
  readonly #root: Place;
  #bytes: Buffer = Buffer.alloc(0);
  /** From, to, from, to: what is left out, in order. */
  #cuts: number[] = [];
  #from = 0;
  #end = 0;
  /** Line breaks in the value that was cut last. */
  lines = 0;

  constructor(root: LeanPlace) {
    this.#root = compile(root);
  }

  /** The end of the record that begins at `from`; or CUT_SHORT, or UNSURE. */
  cut(bytes: Buffer, from: number): number {
    this.#bytes = bytes;
    this.#cuts.length = 0;
    this.#from = from;
    this.lines = 0;
    this.#end = this.#record(from, this.#root);
    return this.#end;
  }

  /** What is left of the record that was cut last. */
  get rest(): Buffer {
    const cuts = this.#cuts;
    let size = this.#end - this.#from;
    for (let at = 0; at < cuts.length; at += 2) size -= (cuts[at + 1] as number) - (cuts[at] as number);
    const rest = Buffer.allocUnsafe(size);
    let to = 0;
    let from = this.#from;
    for (let at = 0; at <= cuts.length; at += 2) {
      const end = at < cuts.length ? (cuts[at] as number) : this.#end;
      if (end > from) to += this.#bytes.copy(rest, to, from, end);
      from = cuts[at + 1] as number;
    }
    return rest;
  }

  #record(start: number, place: Place): number {
    const bytes = this.#bytes;
    let at = this.#space(start + 1);
    /** Where what was kept of this record ends. */
    let kept = start + 1;
    /** Where the fields begin that are left out just now. */
    let run = -1;
    let said = 0;
    while (at < bytes.length) {
      if (bytes[at] === closeBrace && kept === start + 1 && run < 0) return at + 1;
      if (bytes[at] !== quote) return UNSURE;
      const key = at;
      const keyEnd = skipString(bytes, at + 1) - 1;
      if (keyEnd < 0) return CUT_SHORT;
      at = this.#space(keyEnd + 1);
      if (at >= bytes.length) return CUT_SHORT;
      if (bytes[at] !== colon) return UNSURE;
      const value = this.#space(at + 1);
      const rule = this.#ruleOf(place, key + 1, keyEnd);
      if (rule?.does === 'drop') {
        if (run < 0) run = key;
        at = this.#leap(value);
      } else {
        if (run >= 0) {
          this.#cuts.push(run, key);
          run = -1;
        }
        if (rule === undefined) at = this.#skip(value);
        else if (rule.does === 'expect') {
          at = this.#expect(value, rule.value);
          said += 1;
        } else if (said < place.asked) return UNSURE;
        else at = rule.each ? this.#list(value, rule.place) : this.#enter(value, rule.place);
        kept = at;
      }
      if (at < 0) return at;
      at = this.#space(at);
      if (bytes[at] === comma) at = this.#space(at + 1);
      else if (bytes[at] === closeBrace) {
        if (run >= 0) this.#cuts.push(kept, at);
        return at + 1;
      } else return at >= bytes.length ? CUT_SHORT : UNSURE;
    }
    return CUT_SHORT;
  }

  /** A value that is looked into where it is a record. */
  #enter(at: number, place: Place): number {
    return this.#bytes[at] === openBrace ? this.#record(at, place) : this.#skip(at);
  }

  #list(start: number, place: Place): number {
    const bytes = this.#bytes;
    if (bytes[start] !== openBracket) return this.#skip(start);
    let at = this.#space(start + 1);
    if (bytes[at] === closeBracket) return at + 1;
    while (at < bytes.length) {
      if (bytes[at] !== openBrace) return UNSURE;
      at = this.#record(at, place);
      if (at < 0) return at;
      at = this.#space(at);
      if (bytes[at] === comma) at = this.#space(at + 1);
      else if (bytes[at] === closeBracket) return at + 1;
      else return at >= bytes.length ? CUT_SHORT : UNSURE;
    }
    return CUT_SHORT;
  }

  #expect(at: number, value: Buffer): number {
    const end = this.#skip(at);
    if (end < 0) return end;
    return end - at === value.length && this.#bytes.compare(value, 0, value.length, at, end) === 0 ? end : UNSURE;
  }

  #ruleOf(place: Place, from: number, to: number): Rule | undefined {
    const bytes = this.#bytes;
    let rule = place.rules[slotOf(bytes, from, to)];
    while (rule && !isAt(bytes, from, to, rule.key)) rule = rule.next;
    return rule;
  }

  #space(from: number): number {
    const bytes = this.#bytes;
    let at = from;
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at] as number;
      if (byte === newline) this.lines += 1;
      else if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) break;
    }
    return at;
  }

  /**
   * As `#skip`, by the search for one byte where a long list has no other in it, as managedFields do: half of a pod. In JSON a quote
   * behind a comma and before a letter opens a string, so that the bracket before the comma stands in none.
   */
  #leap(from: number): number {
    const bytes = this.#bytes;
    if (bytes[from] !== openBracket) return this.#skip(from);
    const at = bytes.indexOf(closeBracket, from);
    if (at - from < worthALeap) return this.#skip(from);
    const behind = bytes[at + 1] === closeBrace ? at + 2 : at + 1;
    if (behind + 2 >= bytes.length || bytes[behind] !== comma || bytes[behind + 1] !== quote) return this.#skip(from);
    if (!isLetter(bytes[behind + 2] as number)) return this.#skip(from);
    const list = bytes.subarray(from + 1, at);
    return list.includes(openBracket) || list.includes(newline) ? this.#skip(from) : at + 1;
  }

  /** To behind the value that begins here. */
  #skip(from: number): number {
    const bytes = this.#bytes;
    const { length } = bytes;
    if (from >= length) return CUT_SHORT;
    const first = bytes[from] as number;
    if (first === quote) return skipString(bytes, from + 1);
    let at = from;
    if (first !== openBrace && first !== openBracket) {
      while (at < length && isPlain(bytes[at] as number)) at += 1;
      if (at === length) return CUT_SHORT;
      return at > from ? at : UNSURE;
    }
    let depth = 0;
    for (; at < length; at += 1) {
      const byte = bytes[at] as number;
      if (marks[byte] === 0) continue;
      if (byte === quote) {
        at = skipString(bytes, at + 1) - 1;
        if (at < 0) return CUT_SHORT;
      } else if (byte === newline) this.lines += 1;
      else if (byte === openBrace || byte === openBracket) depth += 1;
      else {
        depth -= 1;
        if (depth === 0) return at + 1;
      }
    }
    return CUT_SHORT;
  }
}

/** From inside a string to behind the quote that closes it. */
const skipString = (bytes: Buffer, from: number): number => {
  const { length } = bytes;
  for (let at = from; at < length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === quote) return at + 1;
    if (byte === backslash) at += 1;
  }
  return CUT_SHORT;
};

const isLetter = (byte: number): boolean => byte >= 0x61 && byte <= 0x7a;

/** A byte of a number or of `true`, `false`, `null`. */
const isPlain = (byte: number): boolean =>
  byte > 0x20 && byte !== comma && byte !== closeBrace && byte !== closeBracket && byte !== quote;

const isAt = (bytes: Buffer, from: number, to: number, key: Buffer): boolean => {
  if (to - from !== key.length) return false;
  for (let at = 0; at < key.length; at += 1) if (bytes[from + at] !== key[at]) return false;
  return true;
};

const compile = ({ drop, records = {}, lists = {}, expect = {}, mustSay = false }: LeanPlace): Place => {
  const place: Place = {
    rules: Array.from({ length: slots }, () => undefined),
    asked: mustSay ? Object.keys(expect).length : 0,
  };
  for (const [key, value] of Object.entries(expect))
    addRule(place, key, { does: 'expect', value: Buffer.from(JSON.stringify(value)) });
  for (const key of drop) addRule(place, key, { does: 'drop' });
  for (const [key, inner] of Object.entries(records))
    addRule(place, key, { does: 'enter', place: compile(inner), each: false });
  for (const [key, inner] of Object.entries(lists))
    addRule(place, key, { does: 'enter', place: compile(inner), each: true });
  return place;
};

type Does = Rule extends infer R ? (R extends Rule ? Omit<R, 'key' | 'next'> : never) : never;

const addRule = (place: Place, name: string, does: Does): void => {
  const key = Buffer.from(name);
  const slot = slotOf(key, 0, key.length);
  place.rules[slot] = { key, next: place.rules[slot], ...does } as Rule;
};

const slots = 128;
/** Where the rules of a key are, by its length and its first and last byte. */
const slotOf = (bytes: Buffer, from: number, to: number): number =>
  to > from ? ((to - from) * 7 + (bytes[from] as number) * 3 + (bytes[to - 1] as number)) & (slots - 1) : 0;
