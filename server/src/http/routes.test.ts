import type { LedgerDoc } from '@busbar/shared/inspect/ledger';
import { type SchemaName, schemaDocument } from '@busbar/shared/inspect/schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApi } from './openapi.ts';
import { routes } from './routes.ts';
import { ask, startTestServer, type TestServer } from './testing.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const get = (path: string, headers: Record<string, string> = {}, method = 'GET', body = '') =>
  ask(server.port, `/api/v1${path}`, { ...server.bearer, ...headers }, method, body);

const json = { 'Content-Type': 'application/json' };

/** The published schemas leave room for more fields; what is sent today has none but theirs. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, closed(inner)] as const);
  return Object.fromEntries('properties' in value ? [...entries, ['additionalProperties', false]] : entries);
}

function problemsWith(name: SchemaName, document: unknown): unknown {
  const schema = closed(schemaDocument(name)) as object;
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  return validate(document)
    ? []
    : validate.errors?.map(({ instancePath, message, params }) => ({ instancePath, message, params }));
}

describe('what is served is what is published', () => {
  test.each<[string, SchemaName]>([
    ['/cluster', 'ClusterDoc'],
    ['/topology', 'Topology'],
    ['/graph', 'GraphDoc'],
    ['/workloads', 'WorkloadListDoc'],
    ['/workloads?card=card', 'WorkloadListDoc'],
    ['/workloads/pod%3Alab%2Fa', 'WorkloadDoc'],
    ['/networks/nad%3Alab%2Fmedia', 'NetworkDoc'],
    ['/networks/nad%3Alab%2Fstorage', 'NetworkDoc'],
    ['/attachments', 'LedgerDoc'],
    ['/attachments/pod%3Alab%2Fa%231', 'AttachmentDoc'],
    ['/nodes/worker-1', 'NodeDoc'],
    ['/findings', 'FindingsDoc'],
    ['/search?q=10.40.0.5', 'SearchDoc'],
    ['/search?q=10.40.0.0/16', 'SearchDoc'],
    ['/lit?find=ns:lab', 'LitDoc'],
    ['/rules', 'RuleListDoc'],
    ['/explain?message=hello', 'ExplainDoc'],
  ])('%s is a %s', async (path, name) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(problemsWith(name, JSON.parse(answer.text))).toEqual([]);
  });
});

test('an address leads to the interface that has it, a CIDR to networks and interfaces within, a VLAN to its network', async () => {
  const hits = async (q: string) =>
    (JSON.parse((await get(`/search?q=${encodeURIComponent(q)}`)).text) as { hits: { id: string; field: string }[] })
      .hits;
  expect(await hits('10.40.0.5')).toMatchObject([{ id: 'pod:lab/a#1', field: 'ip' }]);
  expect(await hits('10.40.')).toMatchObject([{ id: 'pod:lab/a#1', field: 'ip' }]);
  expect(await hits('02:00:')).toMatchObject([{ id: 'pod:lab/a#1', field: 'mac' }]);
  expect(await hits('02-00-00-00-00-05')).toMatchObject([{ id: 'pod:lab/a#1', field: 'mac' }]);
  expect((await hits('10.40.0.0/16')).map(({ id }) => id)).toEqual(['nad:lab/media', 'pod:lab/a#1']);
  expect((await hits('120')).map(({ id }) => id)).toContain('nad:lab/media');
  expect((await hits('mn102')).map(({ id }) => id)).toEqual(['MN102:lab/storage']);
  expect(await hits('nothing of that name')).toEqual([]);
});

test('names are found as they are written, by their beginning or a part, the closest first', async () => {
  const found = async (q: string) =>
    (
      JSON.parse((await get(`/search?q=${encodeURIComponent(q)}`)).text) as {
        hits: { type: string; id: string; field: string }[];
      }
    ).hits;
  expect((await found('a'))[0]).toMatchObject({ type: 'workload', id: 'pod:lab/a' });
  expect((await found('LAB/B'))[0]).toMatchObject({ type: 'workload', id: 'pod:lab/b' });
  expect((await found('med'))[0]).toMatchObject({ type: 'network', id: 'nad:lab/media' });
  expect((await found('worker-2'))[0]).toMatchObject({ type: 'node', id: 'worker-2' });
  expect((await found('net1'))[0]).toMatchObject({ type: 'attachment', id: 'pod:lab/a#1', field: 'interface' });
  expect((await found('storage does not'))[0]).toMatchObject({ type: 'finding' });
});

test('the ledger has one line per attachment, in any order and by parts', async () => {
  const ledger = async (query: string) => JSON.parse((await get(`/attachments?${query}`)).text) as LedgerDoc;
  const worst = await ledger('');
  expect(worst.rows).toMatchObject([
    { id: 'pod:lab/b#1', state: 'failed', networkName: 'storage', node: 'worker-2', finding: { code: 'MN102' } },
    { id: 'pod:lab/a#1', networkName: 'media', mac: '02:00:00:00:00:05', addresses: [{ ip: '10.40.0.5' }] },
  ]);
  expect(worst.rows[1]).not.toHaveProperty('finding');
  const idsOf = async (query: string) => (await ledger(query)).rows.map(({ id }) => id);
  expect(await idsOf('sort=pod')).toEqual(['pod:lab/a#1', 'pod:lab/b#1']);
  expect(await idsOf('sort=pod&desc=1')).toEqual(['pod:lab/b#1', 'pod:lab/a#1']);
  expect(await idsOf('sort=pod&offset=1&limit=1')).toEqual(['pod:lab/b#1']);
  expect(await ledger('view=pod%3Aa')).toMatchObject({ total: 1, rows: [{ id: 'pod:lab/a#1' }] });
});

test('a network that does not exist has a page: who asks for it and what that leads to', async () => {
  const document = JSON.parse((await get('/networks/nad%3Alab%2Fstorage')).text) as Record<string, unknown>;
  expect(document).toMatchObject({
    network: null,
    name: 'lab/storage',
    total: 1,
    states: { failed: 1 },
    findings: [{ code: 'MN102' }],
  });
});

describe('errors are problem documents', () => {
  const long = 'x'.repeat(5000);
  test.each([
    ['GET', '/nowhere', 404, 'no-such-path'],
    ['GET', '/workloads/pod%3Alab%2Fnone', 404, 'not-found'],
    ['GET', '/networks/nad%3Alab%2Fnone', 404, 'not-found'],
    ['GET', '/attachments/pod%3Alab%2Fa%239', 404, 'not-found'],
    ['GET', '/nodes/none', 404, 'not-found'],
    ['GET', '/rules/MN999', 404, 'not-found'],
    ['GET', '/export/exe', 404, 'not-found'],
    ['GET', '/schema/Nothing', 404, 'not-found'],
    ['GET', '/schema/__proto__', 404, 'not-found'],
    ['GET', '/workloads?card=none', 404, 'not-found'],
    ['GET', `/graph?view=${long}`, 400, 'invalid-request'],
    ['GET', `/search?q=${long}`, 400, 'invalid-request'],
    ['GET', '/search', 400, 'invalid-request'],
    ['GET', '/attachments?limit=501', 400, 'invalid-request'],
    ['GET', '/attachments?offset=-1', 400, 'invalid-request'],
    ['GET', '/attachments?sort=colour', 400, 'invalid-request'],
    ['GET', '/search?q=a&q=b', 400, 'invalid-request'],
    ['GET', '/explain', 400, 'invalid-request'],
    ['GET', '/export/json?theme=pink', 400, 'invalid-request'],
    ['GET', '/workloads/%E0%A4%A', 400, 'invalid-request'],
    ['DELETE', '/cluster', 405, 'method-not-allowed'],
    ['POST', '/cluster', 405, 'method-not-allowed'],
    ['PUT', '/workloads/x', 405, 'method-not-allowed'],
  ])('%s %s is %i %s', async (method, path, status, code) => {
    const answer = await get(path, {}, method);
    expect(answer.status).toBe(path === '/export/json?theme=pink' ? 400 : status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    const problem = JSON.parse(answer.text) as unknown;
    expect(problem).toMatchObject({ status, code, title: expect.any(String), detail: expect.any(String) });
    expect(problemsWith('Problem', problem)).toEqual([]);
    expect(answer.text.length).toBeLessThan(1000);
  });

  test.each([
    ['broken JSON', json, '{"message":', 400],
    ['no message', json, '{}', 400],
    ['a message that is no text', json, '{"message":{"a":1}}', 400],
    ['a list', json, '[]', 400],
    ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }, 'message=a', 415],
    ['plain text', { 'Content-Type': 'text/plain' }, 'a', 415],
    ['more than fits', json, JSON.stringify({ message: 'x'.repeat(1_200_000) }), 413],
    ['a message that is too long', json, JSON.stringify({ message: 'x'.repeat(40_000) }), 400],
  ])('POST /explain with %s is refused', async (_what, headers, body, status) => {
    const answer = await get(
      '/explain',
      { ...headers, 'Content-Length': String(Buffer.byteLength(body)) },
      'POST',
      body,
    );
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });
});

test('HEAD and OPTIONS answer as HTTP has it, and HEAD of the stream opens none', async () => {
  const head = await get('/cluster', {}, 'HEAD');
  expect(head).toMatchObject({ status: 200, text: '' });
  const options = await get('/explain', {}, 'OPTIONS');
  expect(options).toMatchObject({ status: 204, headers: { allow: 'GET, HEAD, OPTIONS, POST' } });
  expect((await get('/stream', {}, 'HEAD')).status).toBe(200);
  expect(server.hub.streams).toBe(0);
});

test('JSON is compressed for who accepts it', async () => {
  const answer = await get('/topology', { 'Accept-Encoding': 'gzip' });
  expect(answer.headers['content-encoding']).toBe('gzip');
});

describe('the OpenAPI document', () => {
  test('describes every route, with parameters and problems', async () => {
    const document = JSON.parse((await get('/openapi.json')).text) as {
      paths: Record<string, Record<string, unknown>>;
    };
    for (const { path, method } of routes) {
      expect(document.paths[path.replaceAll(/:(\w+)/g, '{$1}')]).toHaveProperty(method);
    }
  });

  test('refers to nothing that it does not define', () => {
    const document = openApi(routes);
    const schemas = (document['components'] as { schemas: Record<string, unknown> }).schemas;
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref ?? '');
    expect(refs.length).toBeGreaterThan(50);
    for (const ref of refs) expect(schemas).toHaveProperty([ref.replace('#/components/schemas/', '')]);
  });
});

test('counts and nothing else are told to a scraper', async () => {
  const answer = await ask(server.port, '/metrics', server.bearer);
  expect(answer.status).toBe(200);
  expect(answer.text).toContain('busbar_workloads 2');
  expect(answer.text).not.toMatch(/nad:|pod:|worker-1/);
});
