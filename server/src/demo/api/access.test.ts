import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoApi } from './start.ts';
import { startDemoApi } from './start.ts';
import { call, get, pod } from './testing.ts';

let api: DemoApi;
beforeAll(async () => {
  api = await startDemoApi({
    tokens: { admin: { name: 'admin', groups: ['system:masters'] }, secret: { name: 'jane', groups: [] } },
  });
});
afterAll(() => api.stop());

const jane = { Authorization: 'Bearer secret' };
const admin = { Authorization: 'Bearer admin' };

test('without a token that is known the answer is 401; health needs none', async () => {
  expect((await get(api, '/api/v1/pods')).status).toBe(401);
  expect((await get(api, '/api/v1/pods', { Authorization: 'Bearer guess' })).status).toBe(401);
  expect((await get(api, '/readyz')).status).toBe(200);
  expect((await get(api, '/api/v1/pods', jane)).status).toBe(200);
});

test('a right that was taken away is a 403 in the words of the API server, and comes back', async () => {
  const give = api.access.forbid('jane', 'pods');
  const refused = await get(api, '/api/v1/namespaces/media/pods', jane);
  expect(refused.body).toMatchObject({
    code: 403,
    reason: 'Forbidden',
    message: 'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "media"',
  });
  expect((await get(api, '/api/v1/pods', admin)).status).toBe(200);
  give();
  expect((await get(api, '/api/v1/pods', jane)).status).toBe(200);
});

test('rights in one namespace only', async () => {
  const give = api.access.forbid('jane', '*', '');
  expect((await get(api, '/api/v1/pods', jane)).body['message']).toContain('at the cluster scope');
  expect((await get(api, '/api/v1/namespaces/default/pods', jane)).status).toBe(200);
  give();
});

test('reviews answer what the rules say', async () => {
  const give = api.access.forbid('jane', 'nodes');
  const ask = (resource: string): Promise<unknown> =>
    call(
      api,
      'POST',
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb: 'list', resource } },
      },
      jane,
    ).then((reply) => reply.body['status']);
  expect(await ask('nodes')).toMatchObject({ allowed: false });
  expect(await ask('pods')).toMatchObject({ allowed: true });
  give();
  const token = (text: string): Promise<unknown> =>
    call(api, 'POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: text } }, admin).then(
      (reply) => reply.body['status'],
    );
  expect(await token('secret')).toMatchObject({ authenticated: true, user: { username: 'jane' } });
  expect(await token('guess')).not.toHaveProperty('authenticated');
  const sar = await call(
    api,
    'POST',
    '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    { spec: { user: 'jane', resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'x' } } },
    admin,
  );
  expect(sar.body['status']).toMatchObject({ allowed: true });
});

test('a token may be withdrawn while in use', async () => {
  api.access.addToken('brief', { name: 'joe', groups: [] });
  expect(
    (await call(api, 'POST', '/api/v1/namespaces/default/pods', pod('by-joe'), { Authorization: 'Bearer brief' }))
      .status,
  ).toBe(201);
  api.access.removeToken('brief');
  expect((await get(api, '/api/v1/pods', { Authorization: 'Bearer brief' })).status).toBe(401);
});

const makeCertificate = (): { key: string; cert: string } | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'busbar-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = spawnSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      '2',
      '-subj',
      '/CN=demo',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
    ],
    { stdio: 'ignore' },
  );
  return made.status === 0 ? { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } : undefined;
};
const tls = makeCertificate();
if (tls === undefined) console.warn('SKIPPED: no openssl to make a certificate; TLS of the demo API is not tried');

test.skipIf(tls === undefined)('it speaks TLS, and its kubeconfig carries the certificate to trust', async () => {
  const secure = await startDemoApi(tls === undefined ? {} : { tls });
  try {
    expect(secure.url).toMatch(/^https:/);
    const config = secure.kubeconfig();
    const ca = Buffer.from(JSON.stringify(config).match(/"certificate-authority-data":"([^"]+)"/)?.[1] ?? '', 'base64');
    const status = await new Promise((resolve, reject) => {
      request(`${secure.url}/api/v1/nodes`, { ca }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
  } finally {
    await secure.stop();
  }
});
