/** Ways into a real API server: what a kubeconfig may say must work on the wire, and a wrong one must say what is wrong. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadInCluster } from '../../server/src/cluster/api/in-cluster.ts';
import { loadKubeconfig } from '../../server/src/cluster/api/kubeconfig.ts';
import { LiveSource } from '../../server/src/cluster/live.ts';
import { configMaps, pods } from '../../server/src/cluster/testing/kinds.ts';
import { quickTiming } from '../../server/src/cluster/testing/live.ts';
import { createRecorder } from '../../server/src/cluster/testing/recorder.ts';
import { type ApiServer, apiServerMissing, startApiServer } from '../rig/apiserver.ts';

const missing = apiServerMissing();
if (missing) console.warn(`credentials on a real kube-apiserver: skipped, ${missing}`);

describe.skipIf(missing)(`credentials on a real kube-apiserver${missing ? ` (${missing})` : ''}`, () => {
  let server: ApiServer;
  let folder: string;
  beforeAll(async () => {
    server = await startApiServer();
    folder = mkdtempSync(join(tmpdir(), 'busbar-credentials-'));
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  type Config = { clusters: { cluster: Record<string, unknown> }[]; users: { user: Record<string, unknown> }[] };
  /** The admin's kubeconfig, changed, as a file. */
  const changed = (change: (cluster: Record<string, unknown>, user: Record<string, unknown>) => void): string => {
    const config = JSON.parse(readFileSync(server.kubeconfig, 'utf8')) as Config;
    for (const { cluster } of config.clusters) for (const { user } of config.users) change(cluster, user);
    const file = join(folder, 'config');
    writeFileSync(file, JSON.stringify(config));
    return file;
  };
  const read = async (kubeconfig: string): Promise<unknown> => {
    const load = () => loadKubeconfig({ kubeconfig }) ?? expect.fail('no context');
    const source = new LiveSource({ load, kinds: [pods], timing: quickTiming });
    const recorder = createRecorder();
    const failure: unknown = await source.start(recorder).catch((error: unknown) => error);
    await source.stop();
    return failure ?? recorder.state('Pod')?.availability;
  };
  const without = (fields: Record<string, unknown>, prefix: string): void => {
    for (const name of Object.keys(fields)) if (name.startsWith(prefix)) delete fields[name];
  };

  test('a token and the CA', async () => {
    expect(await read(server.kubeconfig)).toBe('present');
  });

  test('a client certificate', async (context) => {
    if (!server.clientCertificate) return context.skip('no client certificate can be made here');
    expect(await read(server.clientCertificate.kubeconfig)).toBe('present');
  });

  test('a token file beside the kubeconfig, and certificates not verified', async () => {
    writeFileSync(join(folder, 'token'), `${server.token}\n`);
    const file = changed((cluster, user) => {
      without(cluster, 'certificate-authority');
      cluster['insecure-skip-tls-verify'] = true;
      delete user['token'];
      user['tokenFile'] = 'token';
    });
    expect(await read(file)).toBe('present');
  });

  test('a credential command', async () => {
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: server.token },
    };
    const file = changed((_, user) => {
      delete user['token'];
      user['exec'] = {
        apiVersion: credential.apiVersion,
        command: 'echo',
        args: [JSON.stringify(credential)],
        interactiveMode: 'Never',
      };
    });
    expect(await read(file)).toBe('present');
  });

  test('the folder of a ServiceAccount', async () => {
    const { token } = await server.addUser('in-cluster', [
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    ]);
    const url = new URL(server.url);
    for (const [name, text] of [
      ['token', token],
      ['ca.crt', server.ca],
      ['namespace', 'default'],
    ] as const)
      writeFileSync(join(folder, name), text);
    const env = { KUBERNETES_SERVICE_HOST: url.hostname, KUBERNETES_SERVICE_PORT: url.port };
    const source = new LiveSource({ load: () => loadInCluster(env, folder), kinds: [pods], timing: quickTiming });
    const recorder = createRecorder();
    await source.start(recorder);
    expect(recorder.state('Pod')?.availability).toBe('present');
    await source.stop();
  });

  test('a right to one name alone is enough where only that name is asked for', async () => {
    const rule = {
      apiGroups: [''],
      resources: ['configmaps'],
      resourceNames: ['multus-cni-config'],
      verbs: ['list', 'watch'],
    };
    const { kubeconfig } = await server.addUser('one-name', [rule]);
    const load = () => loadKubeconfig({ kubeconfig }) ?? expect.fail('no context');
    const all = { kind: { ...configMaps }, expected: 'present' };
    const { names: _, ...unnamed } = configMaps;
    for (const { kind, expected } of [all, { kind: unnamed, expected: 'forbidden' }]) {
      const source = new LiveSource({ load, kinds: [kind], timing: quickTiming });
      const recorder = createRecorder();
      await source.start(recorder);
      expect(recorder.state('ConfigMap')?.availability).toBe(expected);
      await source.stop();
    }
  });

  const wrong: [string, (cluster: Record<string, unknown>, user: Record<string, unknown>) => void, string, RegExp][] = [
    [
      'a token nobody knows',
      (_, user) => {
        user['token'] = 'wrong';
      },
      'unauthorized',
      /does not accept the credentials/,
    ],
    [
      'a certificate nobody vouches for',
      (cluster) => without(cluster, 'certificate-authority'),
      'tls',
      /TLS failed: .*certificate/,
    ],
    [
      'http where it is https',
      (cluster) => {
        cluster['server'] = server.url.replace('https:', 'http:');
      },
      'unreachable',
      /400: Client sent an HTTP request to an HTTPS server/,
    ],
    [
      'a credential command that is not installed',
      (_, user) => {
        delete user['token'];
        user['exec'] = { apiVersion: 'client.authentication.k8s.io/v1', command: 'no-such-plugin' };
      },
      'kubeconfig',
      /credentials .*no-such-plugin/,
    ],
    [
      'a credential command that fails',
      (_, user) => {
        delete user['token'];
        user['exec'] = {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: 'sh',
          args: ['-c', 'echo log in first >&2; exit 1'],
        };
      },
      'kubeconfig',
      /log in first/,
    ],
  ];
  test.each(wrong)('%s is explained', async (_name, change, code, message) => {
    expect(await read(changed(change))).toMatchObject({
      name: 'SourceError',
      code,
      message: expect.stringMatching(message),
    });
  });
});
