import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpack } from '@busbar/shared/graph/pack';
import type { FindingsDoc } from '@busbar/shared/inspect/documents';
import { applyFindings, type FindingsDelta } from '@busbar/shared/inspect/findings-delta';
import { defaultView, type View } from '@busbar/shared/view/view';
import { afterEach, describe, expect, test } from 'vitest';
import { createFindingsNotes } from './notes.ts';
import { applied, ask, SseClient, startTestServer, type TestServer } from './testing.ts';

let server: TestServer;
const clients: SseClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.close();
});

async function open(view = '', headers: Record<string, string> = {}, query = ''): Promise<SseClient> {
  const client = new SseClient();
  clients.push(client);
  const response = await client.open(`${server.base}/api/v1/stream?view=${encodeURIComponent(view)}${query}`, {
    ...server.bearer,
    ...headers,
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(response.headers.get('content-encoding')).toBeNull();
  return client;
}

const viewOf = (hide: string): View => ({ ...defaultView, hide });

const has =
  (event: string, count = 1) =>
  (events: readonly { event: string }[]): boolean =>
    events.filter((each) => each.event === event).length >= count;

test('a stream begins with the whole graph and the notes, also where the page accepts compression', async () => {
  server = await startTestServer();
  const client = await open('', { 'Accept-Encoding': 'gzip, br' });
  await client.until(has('cluster'));
  expect(client.events.map(({ event }) => event)).toEqual(['graph', 'cluster']);
  expect(client.events[0]).toMatchObject({ data: { revision: 1, lens: 'rails' }, id: expect.stringMatching(/-1$/) });
});

test('a change arrives as a delta from the revision before', async () => {
  server = await startTestServer();
  const client = await open();
  await client.until(has('graph'));
  server.hub.applied(applied(2));
  await client.until(has('delta'));
  expect(client.of('delta')[0]).toMatchObject({ data: { from: 1, to: 2 }, id: expect.stringMatching(/-2$/) });
});

test('what leaves the picture as it is, is not sent', async () => {
  server = await startTestServer();
  const client = await open();
  await client.until(has('graph'));
  server.hub.applied(applied(1));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(client.of('delta')).toEqual([]);
});

test('pages of one view share one projection and one comparison; another view has its own', async () => {
  server = await startTestServer();
  const same = [await open('a'), await open('a'), await open('a')];
  const other = await open('b');
  for (const client of [...same, other]) await client.until(has('graph'));
  expect(server.projectors).toHaveLength(2);
  server.hub.applied(applied(2));
  for (const client of [...same, other]) await client.until(has('delta'));
  expect(server.projectors.map(({ updates }) => updates)).toEqual([1, 1]);
  expect(server.projectors.map(({ docs }) => docs)).toEqual([2, 2]);
});

test('a page that asks for the compact form gets a packed graph and only what changed of the findings', async () => {
  const finding = (id: string, title: string) =>
    ({ id, title, evidence: [] }) as unknown as FindingsDoc['findings'][number];
  let findings = [finding('a', 'one'), finding('b', 'two')];
  const rest = { checked: { rules: 1, attachments: 1, workloads: 1 }, unread: [] };
  const build = createFindingsNotes(() => ({ revision: 1, findings, ...rest }));
  server = await startTestServer({ hub: { notes: [{ event: 'findings', build }] } });
  const plain = await open();
  const compact = await open('', {}, '&compact=1');
  for (const client of [plain, compact]) await client.until(has('findings'));
  expect(unpack(compact.of('graph')[0]?.data)).toEqual(plain.of('graph')[0]?.data);
  expect(unpack(compact.of('findings')[0]?.data)).toEqual(plain.of('findings')[0]?.data);
  findings = [finding('a', 'one'), finding('c', 'three'), finding('b', 'changed')];
  server.hub.changed();
  await compact.until(has('findings-delta'));
  await plain.until(has('findings', 2));
  const [delta] = compact.of('findings-delta');
  expect(delta?.data).toMatchObject({ findings: { put: [{ id: 'c' }] }, edits: [{ id: 'b' }] });
  const before = unpack(compact.of('findings')[0]?.data) as FindingsDoc;
  expect(applyFindings(before, delta?.data as FindingsDelta)).toEqual(plain.of('findings')[1]?.data);
});

test('a page that comes while findings change knows no more than the next delta begins with', async () => {
  const finding = (id: string) => ({ id, evidence: [] }) as unknown as FindingsDoc['findings'][number];
  let findings = [finding('a')];
  let time = 10_000;
  const rest = { checked: { rules: 1, attachments: 1, workloads: 1 }, unread: [] };
  const build = createFindingsNotes(() => ({ revision: 1, findings, ...rest }));
  server = await startTestServer({ hub: { notes: [{ event: 'findings', build }], clock: () => time } });
  const first = await open('', {}, '&compact=1');
  await first.until(has('findings'));
  findings = [finding('a'), finding('b')];
  time += 1000;
  const second = await open('', {}, '&compact=1');
  await second.until(has('findings'));
  await first.until(has('findings-delta'));
  findings = [finding('a')];
  time += 1000;
  server.hub.changed();
  await second.until(has('findings-delta'));
  const whole = unpack(second.of('findings')[0]?.data) as FindingsDoc;
  const now = applyFindings(whole, second.of('findings-delta')[0]?.data as FindingsDelta);
  expect(now.findings.map(({ id }) => id)).toEqual(['a']);
});

test('the first change after a quiet time is sent at once', async () => {
  server = await startTestServer();
  const client = await open();
  await client.until(has('graph'));
  await new Promise((resolve) => setTimeout(resolve, 250));
  const began = performance.now();
  server.hub.applied(applied(2));
  await client.until(has('delta'));
  expect(performance.now() - began).toBeLessThan(150);
});

test('a burst is at most four pictures a second, and the last one is the newest', async () => {
  server = await startTestServer();
  const client = await open();
  await client.until(has('graph'));
  const began = Date.now();
  for (let revision = 2; revision <= 51; revision += 1) {
    server.hub.applied(applied(revision));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await client.until((events) =>
    events.some(({ event, data }) => event === 'delta' && (data as { to: number }).to === 51),
  );
  const seconds = (Date.now() - began) / 1000;
  expect(client.of('delta').length).toBeLessThanOrEqual(Math.ceil(seconds * 4) + 1);
});

describe('a page that comes back', () => {
  const missTwo = async (): Promise<string> => {
    server = await startTestServer();
    const client = await open();
    await client.until(has('graph'));
    const id = client.of('graph')[0]?.id ?? '';
    const stays = await open();
    client.close();
    for (const revision of [2, 3]) {
      server.hub.applied(applied(revision));
      await stays.until(has('delta', revision - 1));
    }
    return id;
  };

  test.each([
    ['by the header of an EventSource', (id: string) => open('', { 'Last-Event-ID': id })],
    ['by the query of a page that opened a new one', (id: string) => open('', {}, `&lastEventId=${id}`)],
  ])('gets the deltas it missed, %s', async (_how, reopen) => {
    const back = await reopen(await missTwo());
    await back.until(has('cluster'));
    expect(back.events.map(({ event, data }) => [event, (data as { to?: number }).to])).toEqual([
      ['delta', 2],
      ['delta', 3],
      ['cluster', undefined],
    ]);
  });

  test('gets the whole graph when what it knows is of another start of the server', async () => {
    await missTwo();
    const back = await open('', { 'Last-Event-ID': 'deadbeef-1' });
    await back.until(has('cluster'));
    expect(back.events[0]).toMatchObject({ event: 'graph', data: { revision: 3 } });
  });

  test('gets the whole graph when it was away for too long', async () => {
    const id = await missTwo();
    for (let revision = 4; revision < 60; revision += 1) {
      server.hub.applied(applied(revision));
      await server.hub.graph(viewOf(''));
    }
    const back = await open('', { 'Last-Event-ID': id });
    await back.until(has('cluster'));
    expect(back.events[0]).toMatchObject({ event: 'graph', data: { revision: 59 } });
  });
});

test('a page that reads too slowly gets a fresh picture later, not a growing queue', async () => {
  const big = 'x'.repeat(200_000);
  server = await startTestServer({
    hub: {
      diff: (before, after) =>
        ({ from: before.revision, to: after.revision, totals: after.totals, padding: big }) as never,
    },
  });
  const { port, bearer } = server;
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${bearer.Authorization}\r\n\r\n`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.pause();
  const view = viewOf('');
  for (let revision = 2; revision < 80; revision += 1) {
    server.hub.applied(applied(revision));
    await server.hub.graph(view);
    if (revision % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  socket.resume();
  const limit = Date.now() + 3000;
  while (!/event: graph\ndata: \{"revision":79/.test(text) && Date.now() < limit)
    await new Promise((resolve) => setTimeout(resolve, 20));
  socket.destroy();
  expect(text).toMatch(/event: graph\ndata: \{"revision":79/);
  expect(text.length).toBeLessThan(78 * big.length * 0.9);
});

test('a page that leaves is forgotten', async () => {
  server = await startTestServer();
  const client = await open();
  await client.until(has('graph'));
  expect(server.hub.streams).toBe(1);
  client.close();
  const limit = Date.now() + 2000;
  while (server.hub.streams > 0 && Date.now() < limit) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(server.hub.streams).toBe(0);
});

test('views and streams are bounded, and the refusal says when to come back', async () => {
  server = await startTestServer({ hub: { maxViews: 2, maxStreams: 3 } });
  const first = await open('a');
  await open('b');
  const third = await ask(server.port, '/api/v1/stream?view=c', server.bearer);
  expect(third).toMatchObject({ status: 503, headers: { 'retry-after': '10' } });
  expect(JSON.parse(third.text)).toMatchObject({ code: 'too-many-views' });
  await open('a');
  expect((await ask(server.port, '/api/v1/stream?view=a', server.bearer)).status).toBe(503);
  first.close();
});

describe('a picture that takes long', () => {
  /** Takes a millisecond a step, until somebody says that it is done. */
  const startSlow = async () => {
    const work = { steps: 0, isDone: false };
    server = await startTestServer({
      step: () => {
        const until = performance.now() + 1;
        while (performance.now() < until);
        work.steps += 1;
        return work.isDone;
      },
    });
    return work;
  };
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  test('is drawn in turns, once for all who wait, and what changes meanwhile is in it', async () => {
    const work = await startSlow();
    const pages = [await open('a'), await open('a')];
    const asked = server.hub.graph(viewOf('a'));
    await pause(60);
    expect(work.steps).toBeGreaterThan(5);
    expect((await ask(server.port, '/healthz')).status).toBe(200);
    server.hub.applied(applied(2));
    await pause(20);
    expect(pages.flatMap((page) => page.events)).toEqual([]);
    work.isDone = true;
    for (const page of pages) await page.until(has('cluster'));
    for (const page of pages)
      expect(page.events.map(({ event, id }) => [event, id?.slice(-2)])).toEqual([
        ['graph', '-2'],
        ['cluster', undefined],
      ]);
    expect((await asked).revision).toBe(2);
    expect(server.projectors.map(({ docs }) => docs)).toEqual([1]);
  });

  test('is given up when nobody waits any more, and goes on for who comes next', async () => {
    const work = await startSlow();
    const first = await open('a');
    await pause(40);
    first.close();
    const limit = Date.now() + 2000;
    while (server.hub.streams > 0 && Date.now() < limit) await pause(5);
    await pause(20);
    const { steps } = work;
    await pause(60);
    expect(work.steps).toBe(steps);
    const second = await open('a');
    await pause(40);
    expect(work.steps).toBeGreaterThan(steps);
    work.isDone = true;
    await second.until(has('graph'));
    expect(server.projectors).toHaveLength(1);
  });

  test('and fails ends the pages that wait for it, and the next one has another try', async () => {
    const errors: unknown[] = [];
    let fails = true;
    server = await startTestServer({
      hub: { onError: (error) => errors.push(error) },
      step: () => {
        if (fails) throw new Error('cannot draw this');
        return true;
      },
    });
    const pages = [await open('a'), await open('a')];
    for (const page of pages) await expect(page.until(has('graph'), 500)).rejects.toThrow('not seen');
    expect(errors.length).toBeGreaterThan(0);
    expect((await ask(server.port, '/api/v1/graph?view=a', server.bearer)).status).toBe(500);
    expect(server.projectors.every(({ closed }) => closed)).toBe(true);
    fails = false;
    await (await open('a')).until(has('graph'));
  });
});

test('the picture of a page is begun when the page itself is asked for', async () => {
  const pageDir = mkdtempSync(join(tmpdir(), 'busbar-page-'));
  writeFileSync(join(pageDir, 'index.html'), '<!doctype html>');
  server = await startTestServer({ pageDir });
  expect((await ask(server.port, '/?a', { ...server.bearer, Accept: 'text/html' })).status).toBe(200);
  expect(server.projectors.map(({ docs }) => docs)).toEqual([1]);
  await (await open('a')).until(has('graph'));
  expect(server.projectors).toHaveLength(1);
  expect((await ask(server.port, '/?b', { Accept: 'text/html' })).status).toBe(401);
  expect(server.projectors).toHaveLength(1);
  rmSync(pageDir, { recursive: true });
});

test('a view that nobody looks at makes room for another', async () => {
  server = await startTestServer({ hub: { maxViews: 2 } });
  for (const view of ['a', 'b', 'c', 'd']) {
    expect((await ask(server.port, `/api/v1/graph?view=${view}`, server.bearer)).status).toBe(200);
  }
  expect(server.hub.views).toBe(2);
  expect(server.projectors.map(({ closed }) => closed)).toEqual([true, true, false, false]);
});

test('a projection that fails ends its streams and nothing else', async () => {
  const errors: unknown[] = [];
  server = await startTestServer({ hub: { onError: (error) => errors.push(error) } });
  const broken = await open('a');
  const fine = await open('b');
  for (const client of [broken, fine]) await client.until(has('graph'));
  const [projector] = server.projectors;
  if (projector)
    projector.update = () => {
      throw new Error('cannot draw this');
    };
  server.hub.applied(applied(2));
  await fine.until(has('delta'));
  await expect(broken.until(has('delta'), 500)).rejects.toThrow('not seen');
  expect(broken.ended).toBe(true);
  expect(errors).toHaveLength(1);
});

test('the end of the server ends its streams', async () => {
  server = await startTestServer();
  const client = await open();
  await client.until(has('graph'));
  server.hub.close();
  await expect(client.until(() => false, 1000)).rejects.toThrow('not seen');
  expect(client.ended).toBe(true);
});
