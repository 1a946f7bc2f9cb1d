import type { NamedFile } from '../../ui/dropped-files.ts';
import { plural } from '../../ui/format.ts';

/** The server takes 1 MiB of JSON, in which text is a little longer than by itself. */
const MOST = 900 * 1024;

type Read = { files: { name: string; text: string }[] } | { problem: string };

/** The texts of files; their sizes are looked at before anything is read. */
export async function readAnswers(files: readonly NamedFile[]): Promise<Read> {
  const size = files.reduce((sum, { file }) => sum + file.size, 0);
  if (files.length === 0) return { problem: 'There is no file in it.' };
  if (size > MOST) {
    return {
      problem: `${plural(Math.ceil(size / 1024), 'KiB', 'KiB')} are too much at once: up to 900 KiB are read here. busbar check --from FOLDER takes any amount, beside a dump of the cluster.`,
    };
  }
  try {
    return { files: await Promise.all(files.map(async ({ name, file }) => ({ name, text: await file.text() }))) };
  } catch {
    return { problem: 'This could not be read as files.' };
  }
}
