import { afterEach, describe, expect, test } from 'vitest';
import { localPath } from './auth.ts';
import { ask, startTestServer, type TestServer } from './testing.ts';

let server: TestServer;
afterEach(() => server.close());

const cluster = '/api/v1/cluster';
const tokenOf = ({ auth, base }: TestServer): string => new URL(auth.link(base)).searchParams.get('token') ?? '';

async function signIn(
  token: string,
  headers: Record<string, string> = {},
  next = '',
): Promise<{ status: number; cookie: string; to: string }> {
  const answer = await ask(server.port, `/auth?token=${token}${next && `&next=${encodeURIComponent(next)}`}`, headers);
  const cookie = answer.headers['set-cookie']?.[0] ?? '';
  return { status: answer.status, cookie, to: String(answer.headers.location ?? '') };
}

const send = (cookie: string): Record<string, string> => ({ Cookie: cookie.split(';')[0] ?? '' });

describe('with a one-time token', () => {
  const start = async (clock?: () => number) => {
    const spent: string[] = [];
    server = await startTestServer({
      auth: { token: undefined, reuse: false, onSpent: (token) => spent.push(token), ...(clock ? { clock } : {}) },
    });
    return spent;
  };

  test('nobody comes in without it, and is told how to', async () => {
    await start();
    for (const path of [cluster, '/api/v1/stream', '/api/v1/openapi.json', '/metrics']) {
      const answer = await ask(server.port, path);
      expect(answer.status).toBe(401);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.headers['www-authenticate']).toContain('Bearer');
    }
    const page = await ask(server.port, '/?ns=lab');
    expect(page.status).toBe(401);
    expect(page.text).toContain('name="next" value="/?ns=lab"');
  });

  test('it becomes a cookie that no script and no other site can use', async () => {
    await start();
    const { status, cookie, to } = await signIn(tokenOf(server));
    expect({ status, to }).toEqual({ status: 303, to: '/' });
    expect(cookie).toMatch(/^busbar-\d+=/);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect((await ask(server.port, cluster, send(cookie))).status).toBe(200);
  });

  test('it works once; then only the browser that used it is in, and the next link lets another in', async () => {
    const spent = await start();
    const token = tokenOf(server);
    const { cookie } = await signIn(token);
    expect((await signIn(token)).status).toBe(401);
    expect((await ask(server.port, cluster, { Authorization: `Bearer ${token}` })).status).toBe(401);
    expect((await signIn(token, send(cookie))).status).toBe(303);
    expect((await ask(server.port, cluster, send(cookie))).status).toBe(200);
    expect(spent).toEqual([tokenOf(server)]);
    expect((await signIn(tokenOf(server))).status).toBe(303);
  });

  test('a browser that fetches ahead, or asks for headers alone, does not spend it', async () => {
    await start();
    const token = tokenOf(server);
    await ask(server.port, `/auth?token=${token}`, { 'Sec-Purpose': 'prefetch;prerender' });
    await ask(server.port, `/auth?token=${token}`, {}, 'HEAD');
    expect((await signIn(token)).status).toBe(303);
  });

  test('a program uses it as a bearer token until a browser took it', async () => {
    await start();
    const headers = { Authorization: `Bearer ${tokenOf(server)}` };
    expect((await ask(server.port, cluster, headers)).status).toBe(200);
    expect((await ask(server.port, cluster, headers)).status).toBe(200);
  });

  test.each([
    ['another token', () => 'x'.repeat(32)],
    ['none', () => ''],
    ['a longer one', (token: string) => `${token}x`],
    ['a shorter one', (token: string) => token.slice(0, -1)],
  ])('%s is refused', async (_what, change) => {
    await start();
    const { status, cookie } = await signIn(change(tokenOf(server)));
    expect({ status, cookie }).toEqual({ status: 401, cookie: '' });
  });

  test('a cookie that was tampered with, or is too old, is none', async () => {
    let now = 1_000_000_000_000;
    await start(() => now);
    const { cookie } = await signIn(tokenOf(server));
    const [name, value = ''] = (cookie.split(';')[0] ?? '').split('=');
    const [nonce, , signature] = value.split('.');
    const later = `${nonce}.${(now * 2).toString(36)}.${signature}`;
    for (const forged of [later, `x${value}`, '..', 'a.b', '', `${value}.x`]) {
      expect((await ask(server.port, cluster, { Cookie: `${name}=${forged}` })).status).toBe(401);
    }
    expect((await ask(server.port, cluster, { Cookie: `${name}=${value}` })).status).toBe(200);
    now += 8 * 24 * 3600 * 1000;
    expect((await ask(server.port, cluster, { Cookie: `${name}=${value}` })).status).toBe(401);
  });

  test('guessing is slowed down', async () => {
    await start();
    const statuses = new Set<number>();
    for (let attempt = 0; attempt < 25; attempt += 1) statuses.add((await signIn(`guess-${attempt}`)).status);
    expect(statuses).toEqual(new Set([401, 429]));
  });
});

test('a token that was given lets several browsers in, and outlives a restart', async () => {
  server = await startTestServer();
  const { cookie } = await signIn(tokenOf(server));
  expect((await signIn(tokenOf(server))).status).toBe(303);
  await server.close();
  const before = server.port;
  server = await startTestServer();
  const moved = cookie.replace(`busbar-${before}`, `busbar-${server.port}`);
  expect((await ask(server.port, cluster, send(moved))).status).toBe(200);
});

test('two servers behind one name do not sign each other out: the cookie is named after the port the browser sees', async () => {
  server = await startTestServer();
  const first = await signIn(tokenOf(server), { Host: 'localhost:8080' });
  const second = await signIn(tokenOf(server), { Host: 'localhost:8081' });
  expect(first.cookie).toMatch(/^busbar-8080=/);
  expect(second.cookie).toMatch(/^busbar-8081=/);
});

test('without authentication everybody is in, still only under an allowed name', async () => {
  server = await startTestServer({ auth: { mode: 'none' } });
  expect(server.auth.link(server.base)).toBe(`${server.base}/`);
  expect((await ask(server.port, cluster)).status).toBe(200);
  expect((await ask(server.port, cluster, { Host: 'evil.example' })).status).toBe(403);
});

test('signing in leads on to the view that was asked for, never to another host', async () => {
  server = await startTestServer();
  expect((await signIn(tokenOf(server), {}, '/?ns=lab&find=a')).to).toBe('/?ns=lab&find=a');
  for (const evil of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'evil',
    '/auth?token=x',
    '/a b',
    '/\n',
  ]) {
    expect(localPath(evil)).toBe('/');
  }
});
