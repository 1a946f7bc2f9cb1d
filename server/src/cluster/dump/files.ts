import { createReadStream } from 'node:fs';
import { lstat, opendir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { codeOf, messageOf, SourceError } from '../errors.ts';
import type { DumpIssue } from '../source.ts';
import type { ByteStream } from './bytes.ts';

export type DumpFile = { name: string; open: () => ByteStream };

/** What stands beside objects in must-gather folders and repositories, and is large or never holds one. */
const noise =
  /\.(log|html?|css|[cm]?[jt]sx?|png|jpe?g|gif|svg|ico|pdf|pprof|prof|pcap(ng)?|bin|so|exe|db|sqlite|go|py|sh|md|lock|sum|mod|tpl|log\.gz)$/i;
const noiseFolder = /^(\.[^./][^/]*|node_modules|vendor|pod_logs|audit_logs|host_service_logs)$/;
/** Files that claim to be data: only of these is it worth saying that they hold no object. */
export const claimsData = (name: string): boolean => /\.(json|jsonl|ndjson|ya?ml|list)(\.gz)?$/i.test(name);
export const isNoise = (name: string): boolean =>
  noise.test(name) ||
  name
    .split('/')
    .slice(0, -1)
    .some((part) => noiseFolder.test(part));

/** A name from a stranger's archive, fit for a terminal. */
export const printable = (name: string): string => name.replace(/[\p{Cc}\p{Cf}]/gu, '?').slice(0, 300);

/** Says in words why a path cannot be read. */
export const pathError = (path: string, error: unknown): SourceError => {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new SourceError(
      'not-found',
      `${path}: no such file or folder`,
      'Check the path. To read a cluster, use --kubeconfig or --context instead of --from.',
      { cause: error },
    );
  if (code === 'EACCES' || code === 'EPERM')
    return new SourceError(
      'permission-denied',
      `${path}: permission denied`,
      'Run as a user who may read it, or change its mode.',
      { cause: error },
    );
  return new SourceError('invalid', `${path}: ${messageOf(error)}`, 'Check that it is a readable file or folder.', {
    cause: error,
  });
};

/** Read ahead: bytes may wait, not their reader. */
export const openFile = (path: string): ByteStream =>
  createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>;

export type WalkLimits = { maxFiles: number };

/** The files of a folder, sorted, symbolic links not followed (they may lead out of it or round in circles). */
export const walk = async (
  root: string,
  limits: WalkLimits,
  issue: (issue: DumpIssue) => void,
): Promise<DumpFile[]> => {
  const found: string[] = [];
  const folders = [root];
  while (folders.length > 0) {
    const folder = folders.pop() as string;
    try {
      for await (const entry of await opendir(folder)) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) {
          if (!noiseFolder.test(entry.name)) folders.push(path);
        } else if (entry.isFile() && !entry.name.startsWith('.') && !noise.test(entry.name)) found.push(path);
        if (found.length > limits.maxFiles)
          throw new SourceError(
            'too-large',
            `${root} holds more than ${limits.maxFiles} files`,
            'Pass the folder of the dump itself.',
          );
      }
    } catch (error) {
      if (error instanceof SourceError || folder === root)
        throw error instanceof SourceError ? error : pathError(folder, error);
      issue({ file: relative(root, folder), message: pathError(folder, error).message });
    }
  }
  return found.sort().map((path) => ({ name: printable(relative(root, path)), open: () => openFile(path) }));
};

/** What a path is. A named symbolic link is followed: the person chose it. */
export const kindOfPath = async (path: string): Promise<'file' | 'folder'> => {
  try {
    await lstat(path);
    const found = await stat(path);
    if (found.isDirectory()) return 'folder';
    // A pipe of the shell (`--from <(kubectl ...)`) reads like a file.
    if (found.isFile() || found.isFIFO() || found.isCharacterDevice()) return 'file';
  } catch (error) {
    throw pathError(path, error);
  }
  throw new SourceError('invalid', `${path} is neither a file nor a folder`, 'Pass a file, a folder or - for stdin.');
};
