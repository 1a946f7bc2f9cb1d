import type { KubeObject } from '@busbar/shared/kube/object';
import { asText, getPath, getText } from '@busbar/shared/kube/read';
import type { WatchedKind } from '@busbar/shared/kube/watched-kind';
import { JsonSplitter } from '../json-splitter.ts';
import { listedPods, watchedPods } from '../lean-pods.ts';
import { type ItemDefaults, toKubeObject } from '../normalize.ts';
import { createYielder } from '../yielder.ts';
import type { Answer, KubeConnection } from './connection.ts';
import { LineSplitter } from './lines.ts';
import { statusToProblem } from './problem.ts';

/** What one list and its watch read: a kind at a version, of one namespace or all, of one name or all. */
export type Target = {
  kind: Pick<WatchedKind, 'group' | 'resource' | 'kind'>;
  version: string;
  namespace?: string;
  name?: string;
};

export type ListMeta = { resourceVersion: string; continue?: string; remaining?: number };

/** `stallMs` counts anew with each chunk, and may change meanwhile. */
export type ReadOptions = { signal: AbortSignal; stallMs: number; accept?: string };

const pathOf = (target: Target, query: Record<string, string>): string => {
  const { group, resource } = target.kind;
  const root = group === '' ? `/api/${target.version}` : `/apis/${group}/${target.version}`;
  const params = new URLSearchParams(query);
  if (target.name) params.set('fieldSelector', `metadata.name=${target.name}`);
  return `${root}${target.namespace ? `/namespaces/${encodeURIComponent(target.namespace)}` : ''}/${resource}?${params}`;
};

const defaultsOf = (target: Target): ItemDefaults => ({
  apiVersion: target.kind.group === '' ? target.version : `${target.kind.group}/${target.version}`,
  kind: target.kind.kind,
});

export const isPods = ({ kind }: Target): boolean => kind.group === '' && kind.kind === 'Pod';

/**
 * The body, cut off when nothing comes for so long that the other side must be gone. What the reader takes its time over is no silence.
 */
const guarded = async function* (body: Answer['body'], options: ReadOptions): AsyncGenerator<Buffer> {
  let stalledMs = 0;
  const wait = (ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      stalledMs = ms;
      body.destroy();
    }, ms);
  let timer = wait(options.stallMs);
  try {
    for await (const chunk of body) {
      clearTimeout(timer);
      yield chunk;
      timer = wait(options.stallMs);
    }
    if (stalledMs > 0) throw new Error('stalled');
  } catch (error) {
    throw stalledMs > 0 ? new Error(`nothing was received for ${Math.round(stalledMs / 1000)} s`) : error;
  } finally {
    clearTimeout(timer);
    body.destroy();
  }
};

/** Asks for one page of a list; see `readPage`. */
export const openPage = (
  connection: KubeConnection,
  target: Target,
  query: Record<string, string>,
  options: ReadOptions,
): Promise<Answer> => connection.open(pathOf(target, query), options);

export type PageHandlers = {
  take(object: KubeObject): void;
  /** As of a Sink: asked before each object is parsed, so that bytes wait and not objects. */
  room?: (() => Promise<void> | undefined) | undefined;
  /** Where the list goes on, as soon as that is known: an API server says it before the first object. */
  goesOn(token: string): void;
};

/**
 * One page of a list, object by object as the bytes come in: parsing is spread over the arrival, and no pause is longer than one
 * object takes. Throws when the page does not arrive whole.
 */
export const readPage = async (
  { body }: Answer,
  target: Target,
  options: ReadOptions,
  { take, goesOn, room }: PageHandlers,
): Promise<ListMeta> => {
  const splitter = new JsonSplitter(isPods(target) ? { cutter: listedPods } : {});
  const defaults = defaultsOf(target);
  const pause = createYielder();
  let list: unknown;
  let begun = false;
  const keep = (value: unknown): void => {
    const object = toKubeObject(value, defaults);
    if (typeof object !== 'string') take(object);
  };
  for await (const chunk of guarded(body, options)) {
    for (const piece of splitter.push(chunk)) {
      if (piece.type === 'fault') throw new Error(piece.message);
      if (piece.type === 'item' && !begun) {
        begun = true;
        const token = continueOf(splitter.head);
        if (token) goesOn(token);
      }
      const turn = pause();
      if (turn) await turn;
      const wait = room?.();
      if (wait) await wait;
      const value: unknown = JSON.parse(piece.bytes.toString('utf8'));
      if (piece.type === 'item') keep(value);
      else list = value;
    }
  }
  const resourceVersion = getText(list, 'metadata', 'resourceVersion');
  if (list === undefined || resourceVersion === undefined) throw new Error('the list did not arrive whole');
  return toMeta(list, resourceVersion);
};

const continueOf = (head: Buffer | undefined): string | undefined => {
  try {
    return getText(JSON.parse(head?.toString('utf8') ?? ''), 'metadata', 'continue');
  } catch {
    // Whatever is wrong with it is told when all of it has come.
    return undefined;
  }
};

const toMeta = (list: unknown, resourceVersion: string): ListMeta => {
  const meta: ListMeta = { resourceVersion };
  const next = getText(list, 'metadata', 'continue');
  const remaining = getPath(list, 'metadata', 'remainingItemCount');
  if (next) meta.continue = next;
  if (typeof remaining === 'number') meta.remaining = remaining;
  return meta;
};

/** How many objects there are, from a page of one; undefined where the server does not say. */
export const countObjects = async (
  connection: KubeConnection,
  target: Target,
  options: ReadOptions,
): Promise<number | undefined> => {
  let count = 0;
  const take = (): void => {
    count += 1;
  };
  const meta = await readPage(await openPage(connection, target, { limit: '1' }, options), target, options, {
    take,
    goesOn: () => {},
  });
  if (meta.continue && meta.remaining === undefined) return undefined;
  return count + (meta.remaining ?? 0);
};

export type WatchEvent =
  | { type: 'put' | 'delete'; object: KubeObject }
  /** `endsList`: of a watch that was asked for what is there first, all of it has come (KEP-3157). */
  | { type: 'bookmark'; resourceVersion: string; endsList: boolean };

export type WatchHandlers = {
  opened?: () => void;
  event: (event: WatchEvent) => void;
  /** As of a Sink: asked before each event is parsed. */
  room?: () => Promise<void> | undefined;
};

/** What a watch is asked for by that shall begin with all that is there, as it is now. */
export const fromTheStart = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' };

/**
 * One watch until the server ends it, from a resourceVersion or `fromTheStart`. An ERROR event, a broken line or a broken stream throws;
 * the caller resumes from the last version it saw.
 */
export const readWatch = async (
  connection: KubeConnection,
  target: Target,
  query: Record<string, string>,
  options: ReadOptions,
  { opened, event: take, room }: WatchHandlers,
): Promise<void> => {
  const { body } = await connection.open(
    pathOf(target, { ...query, watch: '1', allowWatchBookmarks: 'true' }),
    options,
  );
  const lines = new LineSplitter();
  const text = isPods(target) ? leanText : plainText;
  const defaults = defaultsOf(target);
  const pause = createYielder();
  opened?.();
  for await (const chunk of guarded(body, options)) {
    for (const line of lines.push(chunk)) {
      const turn = pause();
      if (turn) await turn;
      const wait = room?.();
      if (wait) await wait;
      const event = toEvent(JSON.parse(text(line)), defaults);
      if (event) take(event);
    }
  }
};

const plainText = (line: Buffer): string => line.toString('utf8');

const leanText = (line: Buffer): string =>
  plainText(watchedPods.cut(line, 0) === line.length ? watchedPods.rest : line);

const toEvent = (value: unknown, defaults: ItemDefaults): WatchEvent | undefined => {
  const type = asText(getPath(value, 'type'));
  const raw = getPath(value, 'object');
  if (type === 'ERROR') throw statusToProblem(raw);
  if (type === 'BOOKMARK') {
    const resourceVersion = getText(raw, 'metadata', 'resourceVersion');
    if (!resourceVersion) return undefined;
    const endsList = getText(raw, 'metadata', 'annotations', 'k8s.io/initial-events-end') === 'true';
    return { type: 'bookmark', resourceVersion, endsList };
  }
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') return undefined;
  const object = toKubeObject(raw, defaults);
  return typeof object === 'string' ? undefined : { type: type === 'DELETED' ? 'delete' : 'put', object };
};
