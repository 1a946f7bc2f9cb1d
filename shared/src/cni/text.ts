/** Small text helpers that the readers of this folder share. Linear in their input. */

/** Blanks as Go's unicode.IsSpace has them. */
const isGoSpace = (c: number): boolean =>
  c === 0x20 ||
  (c >= 9 && c <= 13) ||
  c === 0x85 ||
  c === 0xa0 ||
  c === 0x1680 ||
  (c >= 0x2000 && c <= 0x200a) ||
  c === 0x2028 ||
  c === 0x2029 ||
  c === 0x202f ||
  c === 0x205f ||
  c === 0x3000;

/** Go's strings.TrimSpace, with the offset of what is left. */
export function trimGo(text: string): { text: string; offset: number } {
  let from = 0;
  let to = text.length;
  while (from < to && isGoSpace(text.charCodeAt(from))) from++;
  while (to > from && isGoSpace(text.charCodeAt(to - 1))) to--;
  return { text: text.slice(from, to), offset: from };
}

/** Bytes of the text in UTF-8, counted up to `limit`. */
export function utf8Length(text: string, limit = 256): number {
  let bytes = 0;
  for (let i = 0; i < text.length && bytes <= limit; i++) {
    const c = text.charCodeAt(i);
    bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c >= 0xd800 && c <= 0xdfff ? 2 : 3;
  }
  return bytes;
}

/** Optimal string alignment distance of two short texts, or `limit + 1` when it is larger than `limit`. */
export function editDistance(a: string, b: string, limit = 3): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > limit || a.length > 128 || b.length > 128) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
      least = Math.min(least, best);
    }
    if (least > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return Math.min(previous[b.length] ?? limit + 1, limit + 1);
}

/** The word of `known` nearest to `word` within `limit` edits (ignoring case), if it is nearer than every other. */
export function nearest(word: string, known: Iterable<string>, limit: number): string | undefined {
  let best: string | undefined;
  let distance = limit + 1;
  const lower = word.toLowerCase();
  for (const candidate of known) {
    const d = editDistance(lower, candidate.toLowerCase(), limit);
    if (d < distance) [best, distance] = [candidate, d];
    else if (d === distance) best = d > limit ? undefined : best;
  }
  return best;
}
