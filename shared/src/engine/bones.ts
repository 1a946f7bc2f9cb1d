/** A text in two parts: what texts of its kind have in common, and the words that are its own. */
export type Boned = { bones: string; words: string };

const [letter, digit] = [1, 2];
/** What a character is in a word; 0: no part of one. */
const partOfWord = Uint8Array.from({ length: 128 }, (_, code) => {
  const text = String.fromCharCode(code);
  return /\d/.test(text) ? digit : /[\w.:+-]/.test(text) ? letter : 0;
});

/** Takes the words with a digit out of JSON text: names that are numbered, addresses, times, ids. `own`: a word to be taken out too. */
export function toBoned(json: string, own: string): Boned {
  const bones: string[] = [];
  const words: string[] = [];
  let kept = 0;
  for (let at = 0; at < json.length; at += 1) {
    const start = at;
    let isNumbered = false;
    for (let part = partOfWord[json.charCodeAt(at)]; part; part = partOfWord[json.charCodeAt(at)]) {
      isNumbered ||= part === digit;
      at += 1;
    }
    if (!isNumbered && (at - start !== own.length || at === start || !json.startsWith(own, start))) continue;
    bones.push(json.slice(kept, start));
    words.push(json.slice(start, at));
    kept = at;
  }
  bones.push(json.slice(kept));
  return { bones: bones.join('\n'), words: words.join(' ') };
}

/** Neither JSON text nor words have line breaks; no word has a blank. */
export function fromBoned({ bones, words }: Boned): string {
  const parts = bones.split('\n');
  const own = words.split(' ');
  let json = parts[0] ?? '';
  for (let at = 1; at < parts.length; at += 1) json += (own[at - 1] ?? '') + (parts[at] ?? '');
  return json;
}
