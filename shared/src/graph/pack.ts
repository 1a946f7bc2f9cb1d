/**
 * A JSON value with its lists turned into columns: of objects that look alike each key is written once, of texts that come back only
 * which one it is, of texts that begin like the one before (ids in order) only what follows. For a stream that nothing compresses on its
 * way; what is in it is nobody's business but `unpack`'s.
 */
export type Packed = readonly ['busbar-packed', 1, Column];

/** All values of one place in a list. */
type Column =
  /** As they are. */
  | readonly ['values', readonly unknown[]]
  /** The same value, so many times. */
  | readonly ['same', number, unknown]
  /** Texts, each as an index into the different ones. */
  | readonly ['words', Column, readonly number[]]
  /** Texts: the length of what each shares with the one before, and the rest. */
  | readonly ['tails', readonly number[], readonly string[]]
  /** Lists: the length of each, and the items of all. */
  | readonly ['lists', Column, Column]
  /** Objects: for each key which of them have it (all: 0), and its values. */
  | readonly ['records', number, readonly (readonly [string, 0 | readonly number[], Column])[]];

const few = 4;

export const pack = (value: unknown): Packed => ['busbar-packed', 1, toColumn([value])];

/** What was packed; undefined when it is something else. */
export const unpack = (packed: unknown): unknown => {
  if (!Array.isArray(packed) || packed[0] !== 'busbar-packed' || packed[1] !== 1) return undefined;
  return fromColumn(packed[2] as Column)[0];
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function toColumn(values: readonly unknown[]): Column {
  if (values.length > 0 && values.every(Array.isArray)) {
    const lists = values as readonly unknown[][];
    return ['lists', toColumn(lists.map(({ length }) => length)), toColumn(lists.flat(1))];
  }
  if (values.length > 0 && values.every(isRecord)) return toRecords(values as readonly Record<string, unknown>[]);
  const [first] = values;
  if (values.length > 1 && typeof first !== 'object' && values.every((value) => value === first))
    return ['same', values.length, first];
  if (values.length >= few && values.every((value) => typeof value === 'string'))
    return toTexts(values as readonly string[]);
  return ['values', values];
}

function toRecords(records: readonly Record<string, unknown>[]): Column {
  const owners = new Map<string, number[]>();
  for (const [at, record] of records.entries()) {
    for (const key of Object.keys(record)) {
      if (record[key] === undefined) continue;
      const known = owners.get(key);
      if (known) known.push(at);
      else owners.set(key, [at]);
    }
  }
  const columns = [...owners].map(([key, at]) => {
    const column = toColumn(at.map((index) => records[index]?.[key]));
    return [key, at.length === records.length ? 0 : toGaps(at), column] as const;
  });
  return ['records', records.length, columns];
}

function toTexts(texts: readonly string[]): Column {
  const words = new Map<string, number>();
  for (const text of texts) if (!words.has(text)) words.set(text, words.size);
  if (words.size <= texts.length / 2)
    return ['words', toColumn([...words.keys()]), texts.map((text) => words.get(text) ?? 0)];
  const lengths: number[] = [];
  const tails: string[] = [];
  let before = '';
  for (const text of texts) {
    const shared = sharedLength(before, text);
    lengths.push(shared);
    tails.push(text.slice(shared));
    before = text;
  }
  return ['tails', lengths, tails];
}

/** Never within a surrogate pair: half of one is no text that JSON can carry. */
function sharedLength(before: string, text: string): number {
  const most = Math.min(before.length, text.length);
  let length = 0;
  while (length < most && before.charCodeAt(length) === text.charCodeAt(length)) length += 1;
  const last = text.charCodeAt(length - 1);
  return last >= 0xd800 && last <= 0xdbff ? length - 1 : length;
}

/** Ascending numbers as the steps between them: small ones. */
const toGaps = (ascending: readonly number[]): number[] =>
  ascending.map((value, at) => value - (at === 0 ? 0 : (ascending[at - 1] ?? 0)));

function fromColumn(column: Column): unknown[] {
  switch (column[0]) {
    case 'values':
      return [...column[1]];
    case 'same':
      return Array.from({ length: column[1] }, () => column[2]);
    case 'words': {
      const words = fromColumn(column[1]);
      return column[2].map((index) => words[index]);
    }
    case 'tails': {
      let before = '';
      return column[2].map((tail, at) => {
        before = before.slice(0, column[1][at]) + tail;
        return before;
      });
    }
    case 'lists': {
      const items = fromColumn(column[2]);
      let from = 0;
      return fromColumn(column[1]).map((length) => {
        const list = items.slice(from, from + Number(length));
        from += Number(length);
        return list;
      });
    }
    case 'records':
      return fromRecords(column[1], column[2]);
    default:
      return column satisfies never;
  }
}

function fromRecords(length: number, columns: Extract<Column, readonly ['records', ...unknown[]]>[2]): unknown[] {
  const records = Array.from({ length }, (): Record<string, unknown> => ({}));
  for (const [key, gaps, column] of columns) {
    let at = -1;
    for (const [index, value] of fromColumn(column).entries()) {
      at = gaps === 0 ? index : (index === 0 ? 0 : at) + (gaps[index] ?? 0);
      const record = records[at];
      // As JSON.parse has it: a key of this name is a key like any other.
      if (record && key === '__proto__')
        Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
      else if (record) record[key] = value;
    }
  }
  return records;
}
