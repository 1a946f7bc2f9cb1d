import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostnameOf } from './security.ts';
import { ask, startTestServer, type TestServer } from './testing.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ allowHosts: ['busbar.example', '10.0.0.7'] });
});
afterAll(() => server.close());

describe('the Host header', () => {
  test.each([
    ['localhost', 200],
    ['localhost:8080', 200],
    ['LOCALHOST:1', 200],
    ['127.0.0.1:9999', 200],
    ['[::1]:8080', 200],
    ['busbar.example', 200],
    ['10.0.0.7:8080', 200],
    ['evil.example', 403],
    ['evil.example:8080', 403],
    ['localhost.evil.example', 403],
    ['127.0.0.1.nip.io', 403],
    ['localhost@evil.example', 403],
  ])('%s is answered with %i', async (host, status) => {
    const answer = await ask(server.port, '/api/v1/cluster', { ...server.bearer, Host: host });
    expect(answer.status).toBe(status);
    if (status === 403) expect(JSON.parse(answer.text)).toMatchObject({ code: 'host-not-allowed', status: 403 });
  });

  test('guards the page as well, but not the one-word answers for a kubelet', async () => {
    expect((await ask(server.port, '/', { Host: 'evil.example' })).status).toBe(403);
    expect(await ask(server.port, '/healthz', { Host: '10.244.1.7:8080' })).toMatchObject({
      status: 200,
      text: 'ok\n',
    });
    expect(await ask(server.port, '/readyz', { Host: '10.244.1.7:8080' })).toMatchObject({ status: 200, text: 'ok\n' });
  });

  test.each([
    ['a:80', 'a'],
    ['[::1]', '[::1]'],
    ['::1', ''],
    ['a/b', ''],
    ['a:b', ''],
  ])('%s names the host "%s"', (authority, name) => {
    expect(hostnameOf(authority)).toBe(name);
  });
});

describe('a call from a browser', () => {
  test.each([
    ['of this page', { 'Sec-Fetch-Site': 'same-origin' }, 200],
    ['typed into the address bar', { 'Sec-Fetch-Site': 'none' }, 200],
    ['of another port of this machine', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['of another site', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['with this origin', { Origin: 'http://localhost:1234' }, 200],
    ['with this origin behind TLS', { Origin: 'https://localhost:1234' }, 200],
    ['with another port', { Origin: 'http://localhost:4321' }, 403],
    ['with another origin', { Origin: 'https://evil.example' }, 403],
    ['with an opaque origin', { Origin: 'null' }, 403],
    ['with rubbish', { Origin: 'http://' }, 403],
  ])('%s', async (_what, headers, status) => {
    for (const path of ['/api/v1/cluster', '/metrics']) {
      const answer = await ask(server.port, path, { ...server.bearer, Host: 'localhost:1234', ...headers });
      expect(answer.status).toBe(status);
    }
    const stream = await ask(
      server.port,
      '/api/v1/stream',
      { ...server.bearer, Host: 'localhost:1234', ...headers },
      'HEAD',
    );
    expect(stream.status).toBe(status);
  });

  test('never gets a CORS header', async () => {
    const headers = {
      ...server.bearer,
      Host: 'localhost:1',
      Origin: 'http://localhost:1',
      'Access-Control-Request-Method': 'GET',
    };
    for (const method of ['GET', 'OPTIONS']) {
      const answer = await ask(server.port, '/api/v1/cluster', headers, method);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

test('every answer forbids foreign scripts, frames and referrers', async () => {
  for (const path of ['/', '/api/v1/cluster', '/nothing.js', '/healthz']) {
    const { headers } = await ask(server.port, path);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-powered-by']).toBeUndefined();
  }
});
