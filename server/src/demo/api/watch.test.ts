import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DemoApi } from './start.ts';
import { startDemoApi } from './start.ts';
import type { Stream } from './testing.ts';
import { call, get, metaOf, pod, watch } from './testing.ts';
import type { JsonObject } from './types.ts';
import { asArray, asObject } from './types.ts';

let api: DemoApi;
const open: Stream[] = [];
beforeEach(async () => {
  api = await startDemoApi({ bookmarkMs: 40, terminationMs: 10, historySize: 20 });
});
afterEach(async () => {
  for (const stream of open.splice(0)) stream.close();
  await api.stop();
});

const PODS = '/api/v1/namespaces/default/pods';
const follow = async (path: string, headers?: Record<string, string>): Promise<Stream & { status: number }> => {
  const stream = await watch(api, path, headers);
  open.push(stream);
  return stream;
};
const version = async (): Promise<string> =>
  String(metaOf((await get(api, `${PODS}?limit=1`)).body)['resourceVersion']);
const brief = (line: JsonObject | null): string =>
  line === null
    ? 'end'
    : `${String(line['type'] ?? line['garbage'])} ${String(metaOf(asObject(line['object']))['name'] ?? '')}`.trim();
const make = (name: string, labels: Record<string, string> = {}): Promise<unknown> =>
  call(api, 'POST', PODS, pod(name, {}, { labels }));

test('a watch tells what happens after its version, and resumes without a gap', async () => {
  await make('before');
  const from = await version();
  const stream = await follow(`${PODS}?resourceVersion=${from}`);
  await make('a');
  await call(api, 'PATCH', `${PODS}/a`, { metadata: { labels: { x: 'y' } } });
  await call(api, 'DELETE', `${PODS}/a`);
  expect([brief(await stream.next()), brief(await stream.next()), brief(await stream.next())]).toEqual([
    'ADDED a',
    'MODIFIED a',
    'DELETED a',
  ]);
  const again = await follow(`${PODS}?resourceVersion=${from}`);
  const first = await again.next();
  expect(brief(first)).toBe('ADDED a');
  const later = await follow(
    `${PODS}?resourceVersion=${String(metaOf(asObject(first?.['object']))['resourceVersion'])}`,
  );
  expect(brief(await later.next())).toBe('MODIFIED a');
});

test('a watch without a version begins with what is there', async () => {
  await make('old');
  const stream = await follow(PODS);
  expect(brief(await stream.next())).toBe('ADDED old');
});

test('sendInitialEvents ends the initial part with a marked bookmark', async () => {
  await make('old');
  const stream = await follow(
    `${PODS}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
  );
  expect(brief(await stream.next())).toBe('ADDED old');
  const mark = await stream.next();
  expect(mark?.['type']).toBe('BOOKMARK');
  expect(metaOf(asObject(mark?.['object']))['annotations']).toEqual({ 'k8s.io/initial-events-end': 'true' });
});

test('an initial part larger than the server holds for a slow reader arrives whole, with what happened meanwhile', async () => {
  const note = 'x'.repeat(200_000);
  for (let i = 0; i < 400; i++) {
    api.store.create({ ...pod(`p${i}`, {}, { namespace: 'default', annotations: { note } }) } as never);
  }
  const stream = await follow(
    `${PODS}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
  );
  await make('later');
  const names: string[] = [];
  for (let line = await stream.next(); line?.['type'] === 'ADDED'; line = await stream.next()) names.push(brief(line));
  expect(names).toHaveLength(401);
  expect(names.at(-1)).toBe('ADDED later');
});

test.each([
  ['sendInitialEvents=true&allowWatchBookmarks=true', 422],
  ['sendInitialEvents=true&resourceVersionMatch=Exact', 422],
  ['sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=999999', 504],
])('a watch with %s is refused', async (query, status) => {
  expect((await follow(`${PODS}?${query}`)).status).toBe(status);
});

test('sendInitialEvents is no option of a list', async () => {
  const { status, body } = await get(api, `${PODS}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan`);
  expect([status, body['reason']]).toEqual([422, 'Invalid']);
});

test('bookmarks come to those who ask, with the current version', async () => {
  const from = await version();
  const stream = await follow(`${PODS}?resourceVersion=${from}&allowWatchBookmarks=true`);
  await call(api, 'POST', '/api/v1/namespaces/default/configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'other' },
  });
  const mark = await stream.next();
  expect(mark?.['type']).toBe('BOOKMARK');
  expect(Number(metaOf(asObject(mark?.['object']))['resourceVersion'])).toBeGreaterThanOrEqual(Number(from));
  const quiet = await follow(`${PODS}?resourceVersion=${from}`);
  await expect(quiet.next(150)).rejects.toThrow('no line came');
});

test('objects enter and leave a selection as ADDED and DELETED', async () => {
  const stream = await follow(`${PODS}?resourceVersion=${await version()}&labelSelector=app%3Dx`);
  await make('other', { app: 'y' });
  await make('one', { app: 'x' });
  await call(api, 'PATCH', `${PODS}/one`, { metadata: { labels: { app: 'y' } } });
  await call(api, 'PATCH', `${PODS}/other`, { metadata: { labels: { app: 'x' } } });
  expect([brief(await stream.next()), brief(await stream.next()), brief(await stream.next())]).toEqual([
    'ADDED one',
    'DELETED one',
    'ADDED other',
  ]);
});

test('timeoutSeconds ends the stream in good order', async () => {
  const stream = await follow(`${PODS}?resourceVersion=${await version()}&timeoutSeconds=1`);
  expect(await stream.next(2500)).toBeNull();
});

test('a version that is forgotten answers 410 in an ERROR event, and a bounded history forgets', async () => {
  const from = await version();
  for (let i = 0; i < 45; i++) await make(`p${i}`);
  const late = await follow(`${PODS}?resourceVersion=${from}`);
  expect(await late.next()).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
  expect(await late.next()).toBeNull();
  const now = await version();
  api.store.compact();
  const fine = await follow(`${PODS}?resourceVersion=${now}`);
  await make('after');
  expect(brief(await fine.next())).toBe('ADDED after');
});

test('kubectl gets tables, with the columns in the first event alone', async () => {
  const stream = await follow(`${PODS}?resourceVersion=${await version()}`, {
    Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  });
  await make('t1');
  await make('t2');
  const first = asObject((await stream.next())?.['object']);
  const second = asObject((await stream.next())?.['object']);
  expect(first['kind']).toBe('Table');
  expect(asArray(first['columnDefinitions']).length).toBeGreaterThan(4);
  expect(second['columnDefinitions']).toEqual([]);
  expect(asArray(asObject(asArray(second['rows'])[0])['cells']).slice(0, 3)).toEqual(['t2', '0/1', 'Pending']);
});

test('misbehave: a stalled stream is open and silent', async () => {
  const stream = await follow(`${PODS}?resourceVersion=${await version()}&allowWatchBookmarks=true`);
  const wake = api.misbehave.stallStreams('pods');
  await make('hidden');
  // A bookmark may have left before the stall.
  await expect(
    stream.next(150).then((line) => (line?.['type'] === 'BOOKMARK' ? stream.next(150) : line)),
  ).rejects.toThrow('no line came');
  wake();
});

test('misbehave: a stall loses nothing', async () => {
  const stream = await follow(`${PODS}?resourceVersion=${await version()}`);
  const wake = api.misbehave.stallStreams();
  await make('hidden');
  wake();
  expect(brief(await stream.next())).toBe('ADDED hidden');
  expect(api.misbehave.cutStreams('pods')).toBe(1);
  expect(await stream.next()).toBeNull();
});

test('misbehave: duplicates, garbage, half events, late kinds', async () => {
  const stream = await follow(`${PODS}?resourceVersion=${await version()}`);
  api.misbehave.duplicateEvents(true);
  await make('twice');
  expect([brief(await stream.next()), brief(await stream.next())]).toEqual(['ADDED twice', 'ADDED twice']);
  api.misbehave.duplicateEvents(false);
  api.misbehave.sendGarbage('nonsense');
  expect(brief(await stream.next())).toBe('nonsense');
  api.misbehave.delayEvents('pods', 120);
  const before = Date.now();
  await make('late');
  expect(brief(await stream.next())).toBe('ADDED late');
  expect(Date.now() - before).toBeGreaterThanOrEqual(100);
  api.misbehave.cutInsideEvent();
  expect(await stream.next()).toBeNull();
});

test('misbehave: 410 on the next watch, 429 with Retry-After, 500, slow lists', async () => {
  api.misbehave.goneOnNextWatch('status', 'pods');
  expect((await follow(`${PODS}?resourceVersion=${await version()}`)).status).toBe(410);
  api.misbehave.goneOnNextWatch('event');
  expect(await (await follow(`${PODS}?resourceVersion=${await version()}`)).next()).toMatchObject({
    type: 'ERROR',
    object: { code: 410 },
  });
  api.misbehave.tooManyRequests(1, 2);
  const busy = await get(api, PODS);
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '2']);
  api.misbehave.serverErrors(1);
  expect((await get(api, PODS)).status).toBe(500);
  expect((await get(api, PODS)).status).toBe(200);
  api.misbehave.slowLists(80);
  const before = Date.now();
  await get(api, PODS);
  expect(Date.now() - before).toBeGreaterThanOrEqual(70);
});

test('misbehave: a restart keeps port and objects, and may forget the history', async () => {
  await make('kept');
  const from = await version();
  await make('newer');
  const stream = await follow(`${PODS}?resourceVersion=${from}`);
  expect(brief(await stream.next())).toBe('ADDED newer');
  await api.misbehave.restart({ downMs: 10, compact: true });
  expect(await stream.next()).toBeNull();
  expect((await get(api, `${PODS}/kept`)).status).toBe(200);
  expect(await (await follow(`${PODS}?resourceVersion=${from}`)).next()).toMatchObject({
    type: 'ERROR',
    object: { code: 410 },
  });
});

test('deleting a CRD tells of the last objects and ends the watches of the kind', async () => {
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true }],
    },
  };
  await call(api, 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd);
  await call(api, 'POST', '/apis/example.com/v1/namespaces/default/widgets', {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'w' },
  });
  const stream = await follow('/apis/example.com/v1/widgets');
  expect(brief(await stream.next())).toBe('ADDED w');
  await call(api, 'DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com');
  expect(brief(await stream.next())).toBe('DELETED w');
  expect(await stream.next()).toBeNull();
});
