import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { KubeObject } from '@busbar/shared/kube/object';
import { afterEach, expect, test } from 'vitest';
import { pods } from '../testing/kinds.ts';
import { KubeConnection } from './connection.ts';
import { accessFrom } from './kubeconfig.ts';
import { LineSplitter } from './lines.ts';
import { openPage, readPage, readWatch, type WatchEvent } from './read.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** An API server that answers with exactly these bytes, piece by piece. */
const answer = async (write: (response: ServerResponse) => void): Promise<KubeConnection> => {
  const server = createServer((_, response) => write(response));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const named = (name: string, value: object): object => ({ name, ...value });
  return new KubeConnection({
    answerTimeoutMs: 500,
    load: () =>
      accessFrom({
        clusters: [named('c', { cluster: { server: url } })],
        users: [],
        contexts: [named('c', { context: { cluster: 'c' } })],
        'current-context': 'c',
      }),
  });
};
const slowly = (response: ServerResponse, pieces: Buffer[]): void => {
  const [piece, ...rest] = pieces;
  if (!piece) return void response.end();
  response.write(piece);
  setTimeout(() => slowly(response, rest), 2);
};
const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
const target = { kind: pods, version: 'v1' };
const options = (): { signal: AbortSignal; stallMs: number } => ({ signal: AbortSignal.timeout(10_000), stallMs: 300 });
const watch = async (connection: KubeConnection): Promise<WatchEvent[]> => {
  const seen: WatchEvent[] = [];
  await readWatch(connection, target, {}, options(), { opened: () => {}, event: (event) => seen.push(event) });
  return seen;
};
const event = (name: string, extra: object = {}): string =>
  `${JSON.stringify({ type: 'ADDED', object: { kind: 'Pod', apiVersion: 'v1', metadata: { name, resourceVersion: '2' }, ...extra } })}\n`;

test.each([1, 7, 10_000])('characters and events cut into pieces of %i bytes come out whole', async (size) => {
  const bytes = Buffer.from(event('ü漢🚌') + event('b'));
  const connection = await answer((response) => slowly(response, cut(bytes, size)));
  expect((await watch(connection)).map((e) => e.type === 'put' && e.object.metadata.name)).toEqual(['ü漢🚌', 'b']);
});

test('an event of several megabytes comes out whole, in linear time', async () => {
  const bytes = Buffer.from(event('big', { data: 'x'.repeat(8_000_000) }) + event('next'));
  const connection = await answer((response) => response.end(bytes));
  expect((await watch(connection)).length).toBe(2);
});

test('half an event at the end of a stream is not taken for one', async () => {
  const connection = await answer((response) => response.end(event('a') + event('b').slice(0, 30)));
  expect((await watch(connection)).length).toBe(1);
});

test.each([1, 40, 10_000])(
  'a watch that is compressed event by event comes out whole, in pieces of %i bytes',
  async (size) => {
    // As WatchListCompression does it: one gzip member for each event.
    const bytes = Buffer.concat(['a', 'ü漢🚌', 'c'].map((name) => gzipSync(event(name))));
    const connection = await answer((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      slowly(response, cut(bytes, size));
    });
    expect((await watch(connection)).map((e) => e.type === 'put' && e.object.metadata.name)).toEqual([
      'a',
      'ü漢🚌',
      'c',
    ]);
  },
);

test.each<[string, string, RegExp]>([
  ['an error page', '<html>502</html>\n', /JSON/],
  [
    'an ERROR event',
    `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } })}\n`,
    /too old/,
  ],
])('%s in a stream ends it with an error', async (_name, text, message) => {
  const connection = await answer((response) => response.end(event('a') + text));
  await expect(watch(connection)).rejects.toThrow(message);
});

test('unknown event types and junk objects are passed over', async () => {
  const lines = [
    '{"type":"SOMETHING","object":{}}',
    '{"type":"ADDED","object":7}',
    '{"type":"ADDED"}',
    '[]',
    'null',
    '',
  ];
  const connection = await answer((response) => response.end(`${lines.join('\n')}\n${event('a')}`));
  expect((await watch(connection)).length).toBe(1);
});

test('silence ends a stream with an error, before the first byte and after', async () => {
  const silent = await answer((response) => response.flushHeaders());
  await expect(watch(silent)).rejects.toThrow(/nothing was received/);
  const stops = await answer((response) => response.write(event('a')));
  await expect(watch(stops)).rejects.toThrow(/nothing was received/);
  const mute = await answer(() => {});
  await expect(watch(mute)).rejects.toThrow(/no answer within 500 ms/);
});

const readAll = async (
  connection: KubeConnection,
  take: (object: KubeObject) => void,
  goesOn: (token: string) => void = () => {},
) => readPage(await openPage(connection, target, {}, options()), target, options(), { take, goesOn });

test('where a list goes on is told before its objects', async () => {
  const connection = await answer((response) =>
    response.end('{"metadata":{"resourceVersion":"5","continue":"abc"},"items":[{"metadata":{"name":"a"}}]}'),
  );
  const tokens: string[] = [];
  expect(
    await readAll(
      connection,
      () => {},
      (token) => tokens.push(token),
    ),
  ).toMatchObject({ continue: 'abc' });
  expect(tokens).toEqual(['abc']);
});

test.each<[string, string]>([
  [
    'cut in the middle',
    '{"kind":"PodList","metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"a"}},{"meta',
  ],
  ['cut after an item', '{"kind":"PodList","metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"a"}}'],
  ['no list', '{"kind":"Pod"}'],
  ['empty', ''],
])('a page that is %s is not taken for a list', async (_name, text) => {
  const connection = await answer((response) => response.end(text));
  await expect(readAll(connection, () => {})).rejects.toThrow(/did not arrive whole/);
});

test('items without kind get it from what was asked for; an empty list may say null', async () => {
  const connection = await answer((response) =>
    response.end('{"kind":"PodList","metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"a"},"spec":{}}]}'),
  );
  const seen: unknown[] = [];
  expect(await readAll(connection, (object) => seen.push(object))).toEqual({
    resourceVersion: '5',
  });
  expect(seen).toMatchObject([{ apiVersion: 'v1', kind: 'Pod' }]);
  const empty = await answer((response) => response.end('{"items":null,"metadata":{"resourceVersion":"6"}}'));
  expect(await readAll(empty, () => {})).toEqual({ resourceVersion: '6' });
});

test('a compressed answer is inflated, a broken one is an error', async () => {
  const page = gzipSync('{"kind":"PodList","metadata":{"resourceVersion":"5"},"items":[]}');
  const headers = { 'content-encoding': 'gzip' };
  const whole = await answer((response) => response.writeHead(200, headers).end(page));
  expect(await readAll(whole, () => {})).toEqual({ resourceVersion: '5' });
  const broken = await answer((response) => response.writeHead(200, headers).end(page.subarray(0, 30)));
  await expect(readAll(broken, () => {})).rejects.toThrow();
});

test("a refusal carries the server's words and its Retry-After", async () => {
  const connection = await answer((response) =>
    response
      .writeHead(429, { 'retry-after': '7' })
      .end('{"kind":"Status","message":"slow down","reason":"TooManyRequests"}'),
  );
  await expect(connection.json('/x')).rejects.toMatchObject({ status: 429, message: 'slow down', retryAfterMs: 7000 });
  const page = await answer((response) => response.writeHead(502).end('<html><h1>Bad  Gateway</h1></html>'));
  await expect(page.json('/x')).rejects.toMatchObject({ status: 502, message: 'Bad Gateway' });
});

test('a proxy-url is used', async () => {
  const connects: string[] = [];
  const proxy = createServer().on('connect', (request, socket) => {
    connects.push(request.url ?? '');
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{"a":1}'));
  });
  servers.push(proxy);
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const connection = new KubeConnection({
    load: () =>
      accessFrom({
        clusters: [{ name: 'c', cluster: { server: 'http://cluster.invalid:8080', 'proxy-url': proxyUrl } }],
        contexts: [{ name: 'c', context: { cluster: 'c' } }],
        'current-context': 'c',
      }),
  });
  expect(await connection.json('/x')).toEqual({ a: 1 });
  expect(connects).toEqual(['cluster.invalid:8080']);
});

test('a line without end is refused', () => {
  const lines = new LineSplitter(100);
  expect(() => {
    for (let i = 0; i < 20; i += 1) for (const _ of lines.push(Buffer.alloc(10, 'x')));
  }).toThrow(/larger than 100/);
});
