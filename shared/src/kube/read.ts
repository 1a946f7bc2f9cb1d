import { byText } from './memo.ts';

/** Tolerant readers of untyped JSON: a wrong type is `undefined`, never an exception. */

export type JsonRecord = { readonly [key: string]: unknown };

export const asRecord = (v: unknown): JsonRecord | undefined =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as JsonRecord) : undefined;
export const asArray = (v: unknown): readonly unknown[] | undefined => (Array.isArray(v) ? v : undefined);
export const asString = (v: unknown): string | undefined => (typeof v === 'string' ? v : undefined);
/** A string with at least one character: Kubernetes treats "" as unset nearly everywhere. */
export const asText = (v: unknown): string | undefined => (typeof v === 'string' && v !== '' ? v : undefined);
export const asNumber = (v: unknown): number | undefined =>
  typeof v === 'number' && Number.isFinite(v) ? v : undefined;
export const asInteger = (v: unknown): number | undefined =>
  typeof v === 'number' && Number.isSafeInteger(v) ? v : undefined;
export const asBool = (v: unknown): boolean | undefined => (typeof v === 'boolean' ? v : undefined);

/** The strings of a list; items of another type are left out. */
export function asStrings(v: unknown): string[] {
  return Array.isArray(v) ? v.filter((item): item is string => typeof item === 'string') : [];
}

/** The records of a list; items of another type are left out. */
export function asRecords(v: unknown): JsonRecord[] {
  if (!Array.isArray(v)) return [];
  const out: JsonRecord[] = [];
  for (const item of v) {
    const record = asRecord(item);
    if (record) out.push(record);
  }
  return out;
}

/** The first record of a list that a test means. */
export function findRecord(v: unknown, test: (record: JsonRecord) => boolean): JsonRecord | undefined {
  if (!Array.isArray(v)) return undefined;
  for (const item of v) {
    const record = asRecord(item);
    if (record && test(record)) return record;
  }
  return undefined;
}

/** String-valued entries of a map such as labels or annotations. Safe with keys such as `__proto__`. */
export function asStringMap(v: unknown): Map<string, string> {
  const out = new Map<string, string>();
  const record = asRecord(v);
  if (record) for (const [key, value] of Object.entries(record)) if (typeof value === 'string') out.set(key, value);
  return out;
}

/** One own property (never an inherited one) of a record, or an item of a list. */
export function getKey(v: unknown, key: string | number): unknown {
  if (typeof v !== 'object' || v === null) return undefined;
  if (Array.isArray(v)) return typeof key === 'number' || /^\d{1,9}$/.test(key) ? v[Number(key)] : undefined;
  return Object.hasOwn(v, key) ? (v as JsonRecord)[key] : undefined;
}

/** `getPath(pod, 'metadata', 'annotations', key)`: the value there, or undefined as soon as something is missing. */
export function getPath(v: unknown, ...path: (string | number)[]): unknown {
  let at = v;
  for (const key of path) {
    at = getKey(at, key);
    if (at === undefined) return undefined;
  }
  return at;
}

export const getText = (v: unknown, ...path: (string | number)[]): string | undefined => asText(getPath(v, ...path));

/** RFC 6901: `pointer('metadata', 'annotations', 'a/b')` is `/metadata/annotations/a~1b`. */
export function pointer(...path: readonly (string | number)[]): string {
  let out = '';
  for (const token of path) out += `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return out;
}

/** The pointer of an annotation: pods have the same few over and over. */
export const annotationPath = byText(1000, (key) => pointer('metadata', 'annotations', key));

/** The tokens of a JSON pointer; an ill-formed pointer (no leading slash) has none. */
export function pointerTokens(text: string): string[] {
  if (!text.startsWith('/')) return [];
  return text
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** At most `max` UTF-16 units of `text`, with an ellipsis when something was cut; no half surrogate is left. */
export function truncate(text: string, max = 200): string {
  if (text.length <= max) return text;
  let end = Math.max(0, max - 1);
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end -= 1;
  return `${text.slice(0, end)}…`;
}

/** A short printable form of any JSON value for a message. Bounded in size and depth. */
export function excerpt(v: unknown, max = 80): string {
  if (typeof v === 'string') return `"${truncate(v, max)}"`;
  if (typeof v !== 'object' || v === null) return truncate(String(v), max);
  if (Array.isArray(v)) return v.length === 0 ? '[]' : `a list of ${v.length}`;
  const keys = Object.keys(v);
  return keys.length === 0 ? '{}' : truncate(`an object with ${keys.slice(0, 4).join(', ')}`, max);
}
