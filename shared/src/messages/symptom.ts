import type { CauseSpec } from './types.ts';

/** Shorter phrases ("Link not found") say too little without the envelope they came in. */
const shortestPhrase = 14;

/** Alternatives of a symptom, each as the parts that stand around its `...`, without whitespace and in lower case. */
function symptomPhrases(symptom: string): string[][] {
  return symptom
    .split(' / ')
    .map((phrase) =>
      phrase
        .toLowerCase()
        .split('...')
        .map((part) => part.replaceAll(/\s/g, '')),
    )
    .filter((parts) => parts.join('').length >= shortestPhrase);
}

/** The place in `text` where the parts stand in order, or null. */
export function findPhrase(text: string, parts: readonly string[]): { from: number; to: number } | null {
  let at = 0;
  let from = -1;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return null;
    if (from < 0) from = found;
    at = found + part.length;
  }
  return { from, to: at };
}

/**
 * Titles of issues and search terms are a message without its names: `validateIfName: interface name already exists`.
 * For text that came without any envelope the catalogue's own symptom is pattern enough.
 */
export function compileSymptoms<S extends CauseSpec>(specs: readonly S[]): { spec: S; parts: string[] }[] {
  return specs
    .filter((spec) => !spec.late)
    .flatMap((spec) => symptomPhrases(spec.symptom).map((parts) => ({ spec, parts })))
    .sort((a, b) => b.parts.join('').length - a.parts.join('').length);
}
