import type { NamedFile } from '../../ui/dropped-files.ts';
import { plural } from '../../ui/format.ts';
import { type NamedText, textsIn } from './unpack.ts';

/** The server takes 1 MiB of JSON, in which text is a little longer than by itself. */
const MOST = 900 * 1024;
const MOST_FILES = 2000;
const LONGEST_NAME = 500;

type Read = { files: NamedText[] } | { problem: string };

const tooMuch = (size: number): Read => ({
  problem: `${plural(Math.ceil(size / 1024), 'KiB', 'KiB')} are too much at once: up to 900 KiB are read here. busbar check --from FOLDER takes any amount, beside a dump of the cluster.`,
});

/** The texts of files and of the archives among them; their sizes are looked at before anything is read. */
export async function readAnswers(files: readonly NamedFile[]): Promise<Read> {
  const size = files.reduce((sum, { file }) => sum + file.size, 0);
  if (files.length === 0) return { problem: 'There is no file in it.' };
  if (size > MOST) return tooMuch(size);
  try {
    const texts: NamedText[] = [];
    // Tar rounds every file up to whole blocks, an eighth of which may be text.
    for (const file of files) texts.push(...(await textsIn(file, 8 * MOST)));
    const unpacked = texts.reduce((sum, { text }) => sum + text.length, 0);
    if (texts.length === 0) return { problem: 'The archive holds no file.' };
    if (texts.length > MOST_FILES)
      return { problem: `${plural(texts.length, 'file')} are too many at once: up to 2,000 are read here.` };
    if (unpacked > MOST) return tooMuch(unpacked);
    return { files: texts.map(({ name, text }) => ({ name: name.slice(-LONGEST_NAME), text })) };
  } catch {
    return { problem: 'This could not be read as files.' };
  }
}
