/** One word of a command that people paste into a shell: names come from annotations and dumps, and those are written by strangers. */
export const shellWord = (text: string): string =>
  /^[\w./:@=-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", `'\\''`)}'`;
