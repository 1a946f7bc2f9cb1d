import type { CompactText } from './text.ts';

/** Captures that are sentences; all others are one word and end at the first blank of the original. */
const sentences = new Set([
  'detail',
  'error',
  'exclude',
  'supported',
  'paths',
  'pods',
  'set',
  'allowed',
  'from',
  'route',
  'range',
  'ips',
  'setting',
]);

/** Captured words as the original has them: blanks kept in sentences, hard line breaks and escapes undone. */
export function cleanCaptures(text: CompactText, hit: RegExpExecArray): Record<string, string> {
  const out: Record<string, string> = {};
  const places = hit.indices?.groups ?? {};
  const end = hit.index + hit[0].length;
  for (const [key, value] of Object.entries(hit.groups ?? {})) {
    const place = places[key];
    if (value === undefined || place === undefined) continue;
    const name = key.replace(/\d$/, '');
    out[name] = capture(text, place[0], place[1], sentences.has(name), place[1] === end);
  }
  return out;
}

function capture(text: CompactText, from: number, to: number, sentence: boolean, last: boolean): string {
  let out = '';
  let previous: number | undefined;
  for (let i = from; i < to; i++) {
    const at = text.map[i];
    if (at === undefined) break;
    const gap = previous === undefined ? '' : text.original.slice(previous + 1, at);
    previous = at;
    if (/\s|\\n/.test(gap)) {
      const wrapped = /\r|\n|\\n/.test(gap);
      if (!sentence && last) break;
      // A word closed by what follows ends there: what stood before the blank belongs to the words around it.
      if (!sentence && !wrapped) out = '';
      if (sentence) out += ' ';
    }
    out += text.text.charAt(i);
  }
  return sentence ? out.trim() : out.replace(/[.,;:'"]+$/, '');
}
