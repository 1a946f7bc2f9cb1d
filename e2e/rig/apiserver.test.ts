import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiClient, must } from './api-client.ts';
import { type ApiServer, apiServerMissing, startApiServer } from './apiserver.ts';
import { NAD_CRD, nad, pod } from './objects.ts';

const missing = apiServerMissing();
if (missing) console.warn(`real kube-apiserver: skipped, ${missing}`);
const kubectlMissing = spawnSync('kubectl', ['version', '--client']).error !== undefined;
if (kubectlMissing) console.warn('kubectl: skipped, not on the PATH');

describe.skipIf(missing)(`the real API server${missing ? ` (${missing})` : ''}`, () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer();
  });
  afterAll(() => server?.stop());

  test.skipIf(kubectlMissing)('kubectl applies the NAD CRD, a NAD and a pod, and reads them back', () => {
    kubectl('apply', NAD_CRD);
    execFileSync('kubectl', ['wait', '--for=condition=Established', 'crd', NAD_CRD.metadata.name], { env: env() });
    kubectl('create', nad('default', 'media-net', { type: 'bridge', name: 'media-net' }));
    kubectl('create', pod('default', 'pod1', { 'k8s.v1.cni.cncf.io/networks': 'media-net' }));
    const list = JSON.parse(
      execFileSync('kubectl', ['get', 'pods,net-attach-def', '-o', 'json'], { env: env() }).toString(),
    );
    expect(
      list.items.map((item: { kind: string; metadata: { name: string } }) => `${item.kind}/${item.metadata.name}`),
    ).toEqual(['Pod/pod1', 'NetworkAttachmentDefinition/media-net']);
  });

  test('a limited user reads what it may and is refused the rest', async () => {
    const { token } = await server.addUser(
      'reader',
      [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }],
      'default',
    );
    const api = apiClient(server.url, server.ca, { token });
    expect((await api('GET', '/api/v1/namespaces/default/pods')).status).toBe(200);
    expect((await api('GET', '/api/v1/pods')).status).toBe(403);
    expect((await apiClient(server.url, server.ca, { token: 'wrong' })('GET', '/api/v1/pods')).status).toBe(401);
  });

  test.skipIf(kubectlMissing)('a client certificate is the admin', () => {
    const kubeconfig = server.clientCertificate?.kubeconfig ?? expect.fail('no openssl');
    const get = ['--kubeconfig', kubeconfig, 'get', 'namespace', 'default', '-o', 'name'];
    expect(execFileSync('kubectl', get).toString().trim()).toBe('namespace/default');
  });

  test('pod status is written through its subresource, and data survive a restart', async (context) => {
    if (!server.restart) return context.skip('the server is not ours to restart');
    const path = '/api/v1/namespaces/default/pods';
    await must(server.api('POST', path, pod('default', 'lasting')));
    const merge = 'application/merge-patch+json';
    await must(server.api('PATCH', `${path}/lasting/status`, { status: { phase: 'Running' } }, merge));
    await server.restart();
    expect(await must(server.api('GET', `${path}/lasting`))).toMatchObject({ status: { phase: 'Running' } });
  });

  const env = () => ({ ...process.env, KUBECONFIG: server.kubeconfig });
  const kubectl = (verb: string, object: object) =>
    execFileSync('kubectl', [verb, '-f', '-'], { env: env(), input: JSON.stringify(object) });
});
