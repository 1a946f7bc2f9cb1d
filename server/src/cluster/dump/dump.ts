import { basename } from 'node:path';
import { getPath } from '@busbar/shared/kube/read';
import type { WatchedKind } from '@busbar/shared/kube/watched-kind';
import type { Topology } from '@busbar/shared/model/topology';
import { messageOf, SourceError } from '../errors.ts';
import { asFields } from '../normalize.ts';
import type { DumpIssue, ObjectSource, SourceDescription } from '../source.ts';
import { type ByteStream, gunzip, isGzip, isTar, peek, toUtf8 } from './bytes.ts';
import { type DumpLimits, DumpReader, defaultDumpLimits } from './dump-reader.ts';
import { kindOfPath, openFile, pathError, walk } from './files.ts';
import { readJson, readYaml } from './read-text.ts';

export type DumpOptions = {
  /** What to take: any other kind is counted and left. */
  kinds: readonly WatchedKind[];
  namespaces?: readonly string[];
  stdin?: ByteStream;
  limits?: Partial<DumpLimits>;
  now?: () => number;
};

/** A dump after `start`: what could not be used, and how many objects of other kinds it held. While it is read: how far it is. */
export type DumpSource = ObjectSource & {
  issues(): readonly DumpIssue[];
  skipped(): Readonly<Record<string, number>>;
  /** Bytes of text read, and objects taken from them. */
  progress(): { bytes: number; objects: number };
};

export type OpenedDump = { source: DumpSource } | { snapshot: Topology };

/**
 * Opens a recorded cluster: a file, a folder, an archive, '-' for stdin; JSON or YAML, told by content. An earlier Busbar snapshot
 * comes back as it is. Rejects with a SourceError when there is nothing to read.
 */
export const openDump = async (path: string, options: DumpOptions): Promise<OpenedDump> => {
  const limits = { ...defaultDumpLimits, ...options.limits };
  if (path === '-') {
    if (isTerminal(options.stdin ?? process.stdin))
      throw new SourceError(
        'empty',
        'nothing is piped into --from -',
        'Try: kubectl get pods,events,nodes,net-attach-def -A -o json | busbar check --from -',
      );
    return openStream('stdin', options.stdin ?? (process.stdin as AsyncIterable<Buffer>), options, limits);
  }
  if ((await kindOfPath(path)) === 'file') return openStream(path, openFile(path), options, limits);
  const found: DumpIssue[] = [];
  const files = await walk(path, limits, (issue) => found.push(issue));
  if (files.length === 0)
    throw new SourceError(
      'empty',
      `${path}: the folder holds no file that could be a dump`,
      'Pass a folder with kubectl get -o json or -o yaml output, or a must-gather folder.',
    );
  const reader = new DumpReader(path, options, limits, found);
  return { source: reader.source(describe(path, options), () => reader.readFiles(files)) };
};

const isTerminal = (stream: object): boolean => 'isTTY' in stream && stream.isTTY === true;

const describe = (path: string, options: DumpOptions): SourceDescription => {
  const description: SourceDescription = { kind: 'dump', name: path === 'stdin' ? 'stdin' : basename(path) || path };
  if (options.namespaces?.length) description.namespaces = [...options.namespaces];
  return description;
};

const openStream = async (
  name: string,
  stream: ByteStream,
  options: DumpOptions,
  limits: DumpLimits,
): Promise<OpenedDump> => {
  let { head, rest } = await peek(stream).catch((error: unknown) => {
    throw pathError(name, error);
  });
  if (head.length === 0) throw emptyError(name);
  if (isGzip(head)) {
    ({ head, rest } = await peek(gunzip(rest, name)).catch((error: unknown) => {
      if (error instanceof SourceError) throw error;
      throw new SourceError(
        'invalid',
        `${name}: broken gzip: ${messageOf(error)}`,
        'Was it copied completely? Try gunzip -t.',
        { cause: error },
      );
    }));
    if (head.length === 0) throw emptyError(name);
  }
  if (!isTar(head) && isSnapshot(head)) return { snapshot: await readSnapshot(name, toUtf8(rest, head), head) };
  const reader = new DumpReader(name, options, limits, []);
  return { source: reader.source(describe(name, options), () => reader.readStream(name, head, rest)) };
};

const emptyError = (name: string): SourceError =>
  name === 'stdin'
    ? new SourceError(
        'empty',
        'stdin is empty',
        'The command before the pipe printed nothing: look at what it wrote to the terminal. kubectl prints nothing at all when one of the kinds does not exist.',
      )
    : new SourceError(
        'empty',
        `${name} is empty`,
        'Record it again, for example: kubectl get pods,events,nodes,net-attach-def -A -o json > dump.json',
      );

/** `apiVersion` comes first in what Busbar writes, and stays near the start in what jq and yq make of it. */
const isSnapshot = (head: Buffer): boolean =>
  /^\s*\{?\s*"?apiVersion"?\s*:\s*"?busbar\/v1\b/m.test(head.toString('utf8', 0, 2048));

const readSnapshot = async (name: string, stream: ByteStream, head: Buffer): Promise<Topology> => {
  const isJson = /^\s*\{/.test(head.toString('utf8').replace(/^\uFEFF/, ''));
  const events = isJson ? readJson(stream, snapshotLists) : readYaml(stream);
  // A large cluster's snapshot is more than one string can hold: its lists come item by item, what is left of it after them.
  const lists = new Map<string, unknown[]>();
  for await (const event of events) {
    if (event.type === 'issue')
      throw new SourceError(
        'invalid',
        `${name}: a Busbar snapshot that cannot be read: ${event.message}`,
        'Was it written or copied completely?',
      );
    if (event.type === 'item') {
      const items = lists.get(event.list ?? '');
      if (items) items.push(event.value);
      else lists.set(event.list ?? '', [event.value]);
      continue;
    }
    const snapshot = asFields(event.value);
    for (const [list, items] of lists) if (snapshot && list !== '') snapshot[list] = items;
    const problem = snapshotProblem(event.value);
    if (problem)
      throw new SourceError('invalid', `${name}: ${problem}`, 'Pass what busbar export --format json wrote.');
    return event.value as Topology;
  }
  throw emptyError(name);
};

const snapshotLists = ['networks', 'workloads', 'attachments', 'pools', 'nodeDevices', 'edges', 'findings'] as const;

const snapshotProblem = (value: unknown): string | undefined => {
  const kind = getPath(value, 'kind');
  if (kind !== 'Topology') return `busbar/v1 ${String(kind)} is not a snapshot (kind: Topology)`;
  const missing = snapshotLists.find((list) => !Array.isArray(getPath(value, list)));
  if (missing) return `the snapshot has no list '${missing}'`;
  if (!Array.isArray(getPath(value, 'cluster', 'sources'))) return "the snapshot has no list 'cluster.sources'";
  return undefined;
};
