/**
 * Text for a terminal. Names, annotations and events are written by strangers: a control character in them could move the cursor,
 * recolour or retitle the terminal, so none gets through but the line end and the tab.
 */
export const harmless = (text: string): string => text.replace(/(?![\t\n])[\p{Cc}\p{Cf}]/gu, '\ufffd');

/** The same on one line. */
export const oneLine = (text: string): string => harmless(text.replace(/\s+/g, ' ').trim());

export type Paint = Record<'red' | 'yellow' | 'blue' | 'green' | 'dim' | 'bold', (text: string) => string>;

const wrapIn = (on: number, off: number, colour: boolean) => (text: string) =>
  colour ? `\u001b[${on}m${text}\u001b[${off}m` : text;

export const paintWith = (colour: boolean): Paint => ({
  red: wrapIn(31, 39, colour),
  yellow: wrapIn(33, 39, colour),
  blue: wrapIn(34, 39, colour),
  green: wrapIn(32, 39, colour),
  dim: wrapIn(2, 22, colour),
  bold: wrapIn(1, 22, colour),
});

/** `text` in lines of at most `width` letters, each after `indent`. A word that is longer stands alone. */
export function wrap(text: string, width: number, indent = ''): string {
  const room = Math.max(20, width - indent.length);
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(line);
  return lines.map((each) => indent + each).join('\n');
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
