import { plural } from '../../ui/format.ts';

/** What the server takes: 512 KiB of text. */
const MOST = 512 * 1024;

const tooLarge = (size: number): string =>
  `${plural(Math.ceil(size / 1024), 'KiB', 'KiB')} are too much at once: up to 512 KiB are judged. Leave out what asks for no network.`;

/** Why a text is not sent, empty when it is. */
export const sizeProblem = (text: string): string => (text.length > MOST ? tooLarge(text.length) : '');

/** Files as one stream of documents; their sizes are looked at before anything is read. */
export async function readFiles(files: readonly File[]): Promise<{ text: string } | { problem: string }> {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size > MOST) return { problem: tooLarge(size) };
  try {
    const texts = await Promise.all(files.map((file) => file.text()));
    return { text: texts.join('\n---\n') };
  } catch {
    // A folder that is dropped looks like a file until it is read.
    return { problem: 'This could not be read as a file.' };
  }
}
