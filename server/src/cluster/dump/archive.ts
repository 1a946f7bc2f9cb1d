import { extract } from 'tar-stream';
import { messageOf, SourceError } from '../errors.ts';
import type { ByteStream } from './bytes.ts';
import { isNoise, printable } from './files.ts';

export type ArchiveLimits = { maxEntries: number; maxEntryBytes: number; maxTotalBytes: number };
export type ArchiveEntry = { name: string; stream: ByteStream } | { name: string; problem: string };

/**
 * The files of a tar stream, in its order; each entry's stream must be read before the next is asked for. Nothing is written to
 * disk, so a path such as ../../etc/passwd is only a name; links are not followed; counts and sizes are bounded.
 */
export const readTar = async function* (
  stream: ByteStream,
  archive: string,
  limits: ArchiveLimits,
): AsyncGenerator<ArchiveEntry> {
  const tar = extract({});
  const feed = (async () => {
    for await (const chunk of stream) {
      if (tar.destroyed) return;
      if (!tar.write(chunk)) await new Promise<void>((resolve) => tar.once('drain', resolve).once('close', resolve));
    }
    tar.end(undefined);
  })().catch((error: unknown) => {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  let entries = 0;
  let total = 0;
  try {
    for await (const entry of tar) {
      entries += 1;
      const size = entry.header.size ?? 0;
      total += size;
      if (entries > limits.maxEntries) throw tooLarge(archive, `more than ${limits.maxEntries} entries`);
      if (total > limits.maxTotalBytes) throw tooLarge(archive, `more than ${limits.maxTotalBytes} bytes unpacked`);
      const name = printable(entry.header.name);
      if (entry.header.type !== 'file' || isNoise(name)) entry.resume();
      else if (size > limits.maxEntryBytes) {
        entry.resume();
        yield { name, problem: `larger than ${limits.maxEntryBytes} bytes: left out` };
      } else yield { name, stream: entry as AsyncIterable<Buffer> };
    }
  } catch (error) {
    if (error instanceof SourceError) throw error;
    yield { name: archive, problem: `the archive ends or breaks early: ${messageOf(error)}` };
  } finally {
    tar.destroy();
    await feed;
  }
};

const tooLarge = (archive: string, what: string): SourceError =>
  new SourceError('too-large', `${archive} has ${what}`, 'Unpack what you need and pass the folder.');
