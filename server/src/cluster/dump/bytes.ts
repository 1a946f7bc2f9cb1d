import { createGunzip } from 'node:zlib';
import { SourceError } from '../errors.ts';

export type ByteStream = AsyncIterable<Buffer>;

export const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;
export const isZip = (head: Buffer): boolean => head.subarray(0, 4).equals(Buffer.from([0x50, 0x4b, 3, 4]));
/** POSIX and GNU tar both write 'ustar' at 257. */
export const isTar = (head: Buffer): boolean => head.length >= 262 && head.toString('latin1', 257, 262) === 'ustar';
const isUtf16 = (head: Buffer): boolean =>
  (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);

/** A NUL or another control character that no text holds. */
const looksBinary = (head: Buffer): boolean =>
  head.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x1b);

/**
 * The first bytes of a stream (at most `size`), and the stream with those bytes still in it. A stream that fails before its first
 * byte rejects; one that fails later does so where it is read, after what came before.
 */
export const peek = async (stream: ByteStream, size = 8192): Promise<{ head: Buffer; rest: ByteStream }> => {
  const iterator = stream[Symbol.asyncIterator]();
  const parts: Buffer[] = [];
  let length = 0;
  let done = false;
  let failure: { error: unknown } | undefined;
  while (length < size && !done && !failure) {
    try {
      const next = await iterator.next();
      if (next.done) done = true;
      else {
        parts.push(next.value);
        length += next.value.length;
      }
    } catch (error) {
      if (length === 0) throw error;
      failure = { error };
    }
  }
  const head = Buffer.concat(parts);
  const rest = async function* (): AsyncGenerator<Buffer> {
    try {
      if (head.length > 0) yield head;
      if (failure) throw failure.error;
      while (!done) {
        const next = await iterator.next();
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  };
  return { head: head.subarray(0, size), rest: rest() };
};

/** Near-equal pods compress some 100 to 1; deflate's own limit is 1032 to 1. */
const bombRatio = 400;
const bombFloor = 256 * 1024 * 1024;

/** Inflates, and refuses what only wants to fill memory and time. */
export const gunzip = async function* (stream: ByteStream, name: string): AsyncGenerator<Buffer> {
  const inflate = createGunzip();
  let bytesIn = 0;
  let bytesOut = 0;
  const feed = (async () => {
    for await (const chunk of stream) {
      bytesIn += chunk.length;
      if (inflate.destroyed) return;
      if (!inflate.write(chunk))
        await new Promise<void>((resolve) => inflate.once('drain', resolve).once('close', resolve));
    }
    inflate.end();
  })().catch((error: unknown) => {
    inflate.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    for await (const chunk of inflate) {
      const bytes = chunk as Buffer;
      bytesOut += bytes.length;
      if (bytesOut > bombFloor && bytesOut > bytesIn * bombRatio) {
        throw new SourceError(
          'too-large',
          `${name} inflates to more than ${bombRatio} times its size: it looks like a decompression bomb`,
          'Unpack it yourself, look at it, and pass the folder.',
        );
      }
      yield bytes;
    }
  } finally {
    inflate.destroy();
    await feed;
  }
};

/** The text of a stream as UTF-8 bytes: a byte order mark goes, and UTF-16 (what PowerShell's `>` writes) is turned into UTF-8. */
export const toUtf8 = async function* (stream: ByteStream, head: Buffer): AsyncGenerator<Buffer> {
  if (isUtf16(head)) {
    const decoder = new TextDecoder(head[0] === 0xff ? 'utf-16le' : 'utf-16be');
    for await (const chunk of stream) yield Buffer.from(decoder.decode(chunk, { stream: true }));
    return;
  }
  let first = true;
  for await (const chunk of stream) {
    const bom = first && chunk.length >= 3 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
    first = false;
    yield bom ? chunk.subarray(3) : chunk;
  }
};

export const isText = (head: Buffer): boolean => isUtf16(head) || !looksBinary(head);
