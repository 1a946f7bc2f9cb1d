/** One word of a command: as it stands where a shell reads it so, else in single quotes. */
const word = (text: string): string => (/^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/**
 * A command that people paste into a shell: sh`kubectl -n ${namespace} get pod ${name}`. What is put in becomes one word whatever it holds:
 * names come from annotations, owners and dumps, and those are written by strangers.
 */
export const sh = (parts: TemplateStringsArray, ...values: readonly string[]): string =>
  parts.reduce((text, part, index) => `${text}${word(values[index - 1] ?? '')}${part}`);
