import type { NamedFile } from '../../ui/dropped-files.ts';

export type NamedText = { name: string; text: string };

const BLOCK = 512;
const NAME = { from: 0, length: 100 };
const SIZE = { from: 124, length: 12 };
const TYPE = 156;
const MAGIC = { from: 257, text: 'ustar' };
const PREFIX = { from: 345, length: 155 };

const decoder = new TextDecoder();

function textAt(bytes: Uint8Array, from: number, length: number): string {
  const field = bytes.subarray(from, from + length);
  const end = field.indexOf(0);
  return decoder.decode(end < 0 ? field : field.subarray(0, end));
}

const isTar = (bytes: Uint8Array): boolean =>
  bytes.length >= BLOCK && textAt(bytes, MAGIC.from, MAGIC.text.length) === MAGIC.text;

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Regular files of a tar (POSIX ustar, GNU's long names), in order; what breaks off early ends there. */
function readTar(archive: string, bytes: Uint8Array): NamedText[] {
  const files: NamedText[] = [];
  let longName = '';
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const header = bytes.subarray(at, at + BLOCK);
    const size = Number.parseInt(textAt(header, SIZE.from, SIZE.length).trim(), 8);
    if (!textAt(header, NAME.from, NAME.length) || !Number.isSafeInteger(size) || size < 0) break;
    const content = bytes.subarray(at + BLOCK, at + BLOCK + size);
    const type = String.fromCharCode(header[TYPE] ?? 0);
    const prefix = textAt(header, PREFIX.from, PREFIX.length);
    const own = textAt(header, NAME.from, NAME.length);
    if (type === 'L') longName = textAt(content, 0, content.length);
    else {
      const name = longName || (prefix ? `${prefix}/${own}` : own);
      if (type === '0' || type === '\0') files.push({ name: `${archive}/${name}`, text: decoder.decode(content) });
      longName = '';
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

/** Unpacks as far as `most` bytes; a small file may hold far more than it seems. */
async function gunzip(bytes: Uint8Array<ArrayBuffer>, most: number): Promise<Uint8Array> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let part = await reader.read(); !part.done && size <= most; part = await reader.read()) {
    parts.push(part.value);
    size += part.value.length;
  }
  if (size > most) await reader.cancel();
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The texts in a file: its own, or those of the tar archive that it is, gzipped or not. */
export async function textsIn({ name, file }: NamedFile, most: number): Promise<NamedText[]> {
  const packed = new Uint8Array(await file.arrayBuffer());
  const bytes = isGzip(packed) ? await gunzip(packed, most) : packed;
  return isTar(bytes) ? readTar(name, bytes) : [{ name, text: decoder.decode(bytes) }];
}
