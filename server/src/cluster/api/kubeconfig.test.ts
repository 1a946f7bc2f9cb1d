import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { isInCluster, loadInCluster } from './in-cluster.ts';
import { type ClusterAccess, loadKubeconfig } from './kubeconfig.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'busbar-home-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const put = (name: string, content: unknown): string => {
  const path = join(home, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : stringify(content));
  return path;
};
const config = (name: string, user: object = {}, cluster: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': name,
  clusters: [{ name, cluster: { server: `https://${name}.example:6443`, ...cluster } }],
  users: [{ name, user }],
  contexts: [{ name, context: { cluster: name, user: name, namespace: `${name}-ns` } }],
});
const load = (
  options: { kubeconfig?: string; context?: string; env?: Record<string, string> } = {},
): ClusterAccess | undefined => loadKubeconfig({ ...options, env: { HOME: home, ...options.env } });
const credentials = async (access: ClusterAccess | undefined): Promise<RequestOptions> => {
  const options: RequestOptions = {};
  await access?.config.applyToHTTPSOptions(options);
  return options;
};

test('without any kubeconfig there is none, which is no error', () => {
  expect(load()).toBeUndefined();
  put('.kube/config', {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [],
    contexts: [],
    users: [],
    'current-context': '',
  });
  expect(load()).toBeUndefined();
});

test('--kubeconfig goes before KUBECONFIG, which goes before ~/.kube/config', () => {
  put('.kube/config', config('home'));
  const listed = put('listed', config('listed'));
  const named = put('named', config('named'));
  expect(load()?.context).toBe('home');
  expect(load({ env: { KUBECONFIG: listed } })?.context).toBe('listed');
  expect(load({ kubeconfig: named, env: { KUBECONFIG: listed } })).toMatchObject({
    context: 'named',
    server: 'https://named.example:6443',
    namespace: 'named-ns',
    files: [named],
  });
});

test('several files are merged as kubectl does: the first to say something wins, missing ones are passed over', () => {
  const first = put('first', { contexts: [{ name: 'both', context: { cluster: 'b', user: 'b' } }] });
  const second = put('second', {
    ...config('b'),
    contexts: [
      { name: 'both', context: { cluster: 'nowhere' } },
      { name: 'b', context: { cluster: 'b', user: 'b' } },
    ],
  });
  const env = { KUBECONFIG: [first, join(home, 'missing'), second].join(':') };
  expect(load({ env })?.context).toBe('b');
  expect(load({ env, context: 'both' })?.server).toBe('https://b.example:6443');
});

test.each<[string, object, (options: RequestOptions) => unknown, unknown]>([
  ['a token', { token: 't' }, (o) => o.headers, { Authorization: 'Bearer t' }],
  ['a name and a password', { username: 'u', password: 'p' }, (o) => o.auth, 'u:p'],
  [
    'a client certificate',
    { 'client-certificate-data': btoa('C'), 'client-key-data': btoa('K') },
    (o) => `${o.cert}${o.key}`,
    'CK',
  ],
  [
    'a token file beside the kubeconfig, before a token',
    { tokenFile: 'token.txt', token: 'old' },
    (o) => o.headers,
    { Authorization: 'Bearer from-file' },
  ],
  [
    'a credential command, told what it is for',
    { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './login.sh' } },
    (o) => o.headers,
    { Authorization: 'Bearer client.authentication.k8s.io/v1' },
  ],
  [
    'impersonation',
    { token: 't', as: 'jane' },
    (o) => o.headers,
    { 'Impersonate-User': 'jane', Authorization: 'Bearer t' },
  ],
])('credentials: %s', async (_name, user, read, expected) => {
  put('token.txt', 'from-file');
  const script = `#!${process.execPath}\nconst i=JSON.parse(process.env.KUBERNETES_EXEC_INFO);console.log(JSON.stringify({kind:'ExecCredential',status:{token:i.apiVersion}}))\n`;
  const path = put('login.sh', script);
  const { chmodSync } = await import('node:fs');
  chmodSync(path, 0o755);
  expect(read(await credentials(load({ kubeconfig: put('c', config('x', user)) })))).toEqual(expected);
});

test('the CA and the TLS settings hold even for a context without a user; http is allowed', async () => {
  const file = put('c', {
    ...config(
      'x',
      {},
      { 'certificate-authority-data': btoa('CA'), 'insecure-skip-tls-verify': true, 'tls-server-name': 'api' },
    ),
    users: [],
    contexts: [{ name: 'x', context: { cluster: 'x' } }],
  });
  expect(await credentials(load({ kubeconfig: file }))).toMatchObject({
    ca: Buffer.from('CA'),
    rejectUnauthorized: false,
    servername: 'api',
  });
  expect(
    (await credentials(load({ kubeconfig: put('d', config('x', {}, { server: 'http://127.0.0.1:8001' })) }))).agent,
  ).toBeDefined();
});

test.each<[string, () => unknown, RegExp]>([
  ['a file that is not there', () => load({ kubeconfig: join(home, 'no') }), /kubeconfig .*no: no such file/],
  ['a KUBECONFIG of missing files', () => load({ env: { KUBECONFIG: join(home, 'no') } }), /no such file/],
  ['a folder', () => load({ kubeconfig: home }), /it is a folder/],
  ['text that is no YAML', () => load({ kubeconfig: put('c', 'a: [') }), /kubeconfig .*c: /],
  ['YAML that is no kubeconfig', () => load({ kubeconfig: put('c', '- 1') }), /not a mapping/],
  ['an empty file', () => load({ kubeconfig: put('c', '') }), /no current-context/],
  ['a context that is not there', () => load({ kubeconfig: put('c', config('x')), context: 'y' }), /no context "y"/],
  [
    'a context without its cluster',
    () => load({ kubeconfig: put('c', { ...config('x'), clusters: [] }) }),
    /no usable server address/,
  ],
  [
    'a server that is no URL',
    () => load({ kubeconfig: put('c', config('x', {}, { server: 'example' })) }),
    /no usable server address \(example\)/,
  ],
  [
    'a context without its user',
    () => load({ kubeconfig: put('c', { ...config('x'), users: [] }) }),
    /names the user "x"/,
  ],
  ['a binary file', () => load({ kubeconfig: put('c', '\u0000\u0001\u0002') }), /kubeconfig .*c: /],
])('%s is a SourceError that names the file', (_name, act, message) => {
  expect(act).toThrowError(
    expect.objectContaining({ name: 'SourceError', code: 'kubeconfig', message: expect.stringMatching(message) }),
  );
});

test('in a pod the ServiceAccount is used, and its namespace is known', async () => {
  for (const [name, content] of [
    ['token', 'sa-token'],
    ['ca.crt', 'CA'],
    ['namespace', 'busbar\n'],
  ] as const)
    put(`sa/${name}`, content);
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
  expect(isInCluster(env, join(home, 'sa'))).toBe(true);
  expect(isInCluster({}, join(home, 'sa'))).toBe(false);
  const access = loadInCluster(env, join(home, 'sa'));
  expect(access).toMatchObject({ server: 'https://[fd00::1]:443', namespace: 'busbar' });
  expect(await credentials(access)).toMatchObject({
    headers: { Authorization: 'Bearer sa-token' },
    ca: Buffer.from('CA'),
  });
});
