import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Entry } from './history.ts';
import type { Faults } from './misbehave.ts';
import { isStalled, takeGone } from './misbehave.ts';
import type { Query } from './request.ts';
import { parseFieldSelector, parseLabelSelector } from './selectors.ts';
import { ApiError, expired, tooOld, toStatus } from './status.ts';
import type { Page, Store } from './store.ts';
import { everything, fullJson, toObject } from './store.ts';
import { partialMetadata, toTable } from './table.ts';
import type { JsonObject, ResourceType } from './types.ts';
import { apiVersionOf, resourceKey } from './types.ts';
import type { Format, Watcher } from './watch.ts';
import { createWatcher } from './watch.ts';

export type ReadContext = {
  store: Store;
  faults: Faults;
  watchers: Set<Watcher>;
  now: () => number;
  bookmarkMs: number;
};

/** The first of the accepted shapes that can be made here (`as=Table`, `as=PartialObjectMetadataList`, plain). */
export const formatOf = (accept: string, query: Query): Format => {
  for (const part of accept.split(',')) {
    if (/as=Table\b/.test(part)) return { as: 'table', include: query.include };
    if (/as=PartialObjectMetadata(List)?\b/.test(part)) return { as: 'partial' };
    if (/application\/json|\*\/\*/.test(part)) return { as: 'object' };
  }
  return { as: 'object' };
};

export const matcher = (
  type: ResourceType,
  namespace: string,
  name: string,
  query: Query,
): ((entry: Entry) => boolean) => {
  const tests: ((entry: Entry) => boolean)[] = [];
  if (namespace !== '') tests.push((entry) => entry.namespace === namespace);
  if (name !== '') tests.push((entry) => entry.name === name);
  if (query.labelSelector !== '') {
    const labels = parseLabelSelector(query.labelSelector);
    tests.push((entry) => labels(entry.labels));
  }
  if (query.fieldSelector !== '') {
    const fields = parseFieldSelector(type, query.fieldSelector);
    tests.push((entry) => fields(entry.fields));
  }
  return tests.length === 0 ? everything : (entry) => tests.every((test) => test(entry));
};

const tooLarge = (asked: number, current: number): ApiError =>
  new ApiError(504, 'Timeout', `Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });

/** As metav1's validation of ListOptions refuses them. */
const badOptions = (field: string, words: string): ApiError =>
  new ApiError(422, 'Invalid', `ListOptions.meta.k8s.io "" is invalid: ${field}: Forbidden: ${words}`, {
    group: 'meta.k8s.io',
    kind: 'ListOptions',
    causes: [{ reason: 'FieldValueForbidden', message: `Forbidden: ${words}`, field }],
  });

const checkInitialEvents = (query: Query, current: number): void => {
  if (!query.initialEvents) return;
  if (query.resourceVersionMatch !== 'NotOlderThan')
    throw badOptions('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  const asked = Number(query.resourceVersion);
  if (asked > current) throw tooLarge(asked, current);
};

const checkListVersion = (query: Query, current: number): void => {
  const asked = Number(query.resourceVersion);
  if (asked > current) throw tooLarge(asked, current);
  if (query.resourceVersionMatch === 'Exact' && query.continue === '' && asked !== current)
    throw expired(`The resourceVersion for the provided list is too old.`);
};

const listMeta = (page: Page): JsonObject => ({
  resourceVersion: String(page.version),
  ...(page.next === '' ? {} : { continue: page.next, remainingItemCount: page.remaining }),
});

const CHUNK = 1 << 18;

function* listText(type: ResourceType, page: Page): Generator<string> {
  let text = `{"kind":${JSON.stringify(`${type.kind}List`)},"apiVersion":${JSON.stringify(apiVersionOf(type))},"metadata":${JSON.stringify(listMeta(page))},"items":[`;
  let first = true;
  for (const entry of page.entries) {
    // Typed lists of the real server leave kind and apiVersion out of the items; custom resources keep them.
    text += (first ? '' : ',') + (type.builtin ? entry.body : fullJson(type, entry));
    first = false;
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield `${text}]}\n`;
}

const sendItems = (response: ServerResponse, type: ResourceType, page: Page): Promise<void> =>
  pipeline(Readable.from(listText(type, page)), response);

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref());

export const sendList = async (
  context: ReadContext,
  response: ServerResponse,
  type: ResourceType,
  match: (entry: Entry) => boolean,
  query: Query,
  format: Format,
): Promise<void> => {
  if (query.initialEvents) throw badOptions('sendInitialEvents', 'sendInitialEvents is forbidden for list');
  checkListVersion(query, context.store.version());
  if (context.faults.slowListMs > 0) await sleep(context.faults.slowListMs);
  const page = context.store.page(resourceKey(type), match, query.limit, query.continue);
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' });
  if (format.as === 'object') return sendItems(response, type, page);
  const objects = page.entries.map((entry) => toObject(type, entry));
  const body =
    format.as === 'table'
      ? toTable(type, objects, listMeta(page), format.include, context.now())
      : {
          kind: 'PartialObjectMetadataList',
          apiVersion: 'meta.k8s.io/v1',
          metadata: listMeta(page),
          items: objects.map(partialMetadata),
        };
  response.end(`${JSON.stringify(body)}\n`);
};

const DEFAULT_TIMEOUT_SECONDS = 2700;

/** Where a watch starts: [version, objects to announce first]. */
const startOf = (
  context: ReadContext,
  type: ResourceType,
  match: (entry: Entry) => boolean,
  query: Query,
): [number, Entry[]] => {
  const { store } = context;
  const fresh = query.resourceVersion === '' || query.resourceVersion === '0';
  if (fresh || query.initialEvents) {
    const silent = !query.initialEvents && query.resourceVersionMatch !== '' && query.resourceVersion !== '0';
    return [store.version(), silent ? [] : store.entries(resourceKey(type)).filter(match)];
  }
  const asked = Number(query.resourceVersion);
  const oldest = store.history(resourceKey(type)).oldest();
  if (asked < oldest) throw tooOld(asked, oldest);
  return [asked, []];
};

export const sendWatch = (
  context: ReadContext,
  response: ServerResponse,
  type: ResourceType,
  match: (entry: Entry) => boolean,
  query: Query,
  format: Format,
): void => {
  checkInitialEvents(query, context.store.version());
  const resource = resourceKey(type);
  const gone = takeGone(context.faults, resource);
  if (gone === 'status') throw tooOld(Number(query.resourceVersion), context.store.version());
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-cache, private',
    'Transfer-Encoding': 'chunked',
  });
  response.flushHeaders();
  let start: [number, Entry[]];
  try {
    if (gone === 'event') throw tooOld(Number(query.resourceVersion), context.store.version());
    start = startOf(context, type, match, query);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    response.end(`${JSON.stringify({ type: 'ERROR', object: toStatus(error) })}\n`);
    return;
  }
  const [from, initial] = start;
  const watcher = createWatcher(
    { type, match, format, bookmarks: query.bookmarks, from, initial, markInitialEnd: query.initialEvents },
    response,
    context.store,
    context.now,
  );
  if (isStalled(context.faults, resource)) watcher.pause();
  context.watchers.add(watcher);
  watcher.start();
  const bookmarks = setInterval(() => watcher.bookmark(), context.bookmarkMs);
  const timeout = setTimeout(
    () => {
      watcher.bookmark();
      watcher.end();
    },
    (query.timeoutSeconds || DEFAULT_TIMEOUT_SECONDS) * 1000,
  );
  bookmarks.unref();
  timeout.unref();
  response.on('close', () => {
    clearInterval(bookmarks);
    clearTimeout(timeout);
    context.watchers.delete(watcher);
  });
};
