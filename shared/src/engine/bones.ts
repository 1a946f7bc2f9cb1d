/** A text in two parts: what texts of its kind have in common, and the words that are its own. */
export type Boned = { bones: string; words: string };

const word = /[\w.:+-]+/g;
const digit = /\d/;

/** Takes the words with a digit out of JSON text: names that are numbered, addresses, times, ids. `own`: a word to be taken out too. */
export function toBoned(json: string, own: string): Boned {
  const words: string[] = [];
  const bones = json.replace(word, (text) => {
    if (!digit.test(text) && text !== own) return text;
    words.push(text);
    return '\n';
  });
  return { bones, words: words.join(' ') };
}

/** Neither JSON text nor words have line breaks; no word has a blank. */
export function fromBoned({ bones, words }: Boned): string {
  const parts = bones.split('\n');
  const own = words.split(' ');
  let json = parts[0] ?? '';
  for (let at = 1; at < parts.length; at += 1) json += (own[at - 1] ?? '') + (parts[at] ?? '');
  return json;
}
