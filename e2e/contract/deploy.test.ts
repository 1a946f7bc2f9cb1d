/** deploy/base on a real kube-apiserver: the manifests are accepted, and their ServiceAccount may read exactly what is read. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiClient } from '../rig/api-client.ts';
import { type ApiServer, apiServerMissing, startApiServer } from '../rig/apiserver.ts';
import { type Busbar, busbarMissing, signIn, startBusbar } from '../rig/busbar.ts';
import { eventually } from '../rig/eventually.ts';
import { toKubeconfig } from '../rig/kubeconfig.ts';
import { kubectl, kubectlMissing } from '../rig/kubectl.ts';
import { NAD_CRD, nad, pod } from '../rig/objects.ts';
import { requestToken } from '../rig/service-account.ts';

const missing = busbarMissing() ?? apiServerMissing() ?? kubectlMissing();
if (missing) console.warn(`deploy/base on a real kube-apiserver: skipped, ${missing}`);

type ClusterDoc = {
  health: { state: string };
  sources: { kind: string; resource: string; availability: string; detail?: string; count: number }[];
};

describe.skipIf(missing)(`deploy/base on a real kube-apiserver${missing ? ` (${missing})` : ''}`, () => {
  let server: ApiServer;
  let token: string;
  let folder: string;
  const k = (args: string[], input?: object) => kubectl(`--kubeconfig=${server.kubeconfig}`, args, input);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'busbar-deploy-'));
    server = await startApiServer();
    k(['apply', '-f', '-'], NAD_CRD);
    k(['wait', '--for=condition=Established', 'crd', NAD_CRD.metadata.name]);
    k(['apply', '-k', fileURLToPath(new URL('../../deploy/base', import.meta.url))]);
    token = await requestToken(server.api, 'busbar', 'busbar');
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is accepted as it stands, twice, and the Deployment runs without rights on its node', () => {
    expect(k(['apply', '-k', fileURLToPath(new URL('../../deploy/base', import.meta.url))])).not.toContain('created');
    const deployment = JSON.parse(k(['-n', 'busbar', 'get', 'deployment', 'busbar', '-o', 'json']));
    const { spec } = deployment.spec.template;
    expect(spec).toMatchObject({ serviceAccountName: 'busbar', securityContext: { runAsNonRoot: true } });
    expect(spec.containers[0].securityContext).toMatchObject({ readOnlyRootFilesystem: true });
  });

  test('its ServiceAccount reads everything that Busbar asks for, live', async () => {
    k(['create', '-f', '-'], nad('default', 'wire', { type: 'bridge' }));
    k(['create', '-f', '-'], pod('default', 'web', { 'k8s.v1.cni.cncf.io/networks': 'wire' }));
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, toKubeconfig(server.url, server.ca, { token }), { mode: 0o600 });
    const busbar: Busbar = await startBusbar(['serve', '--kubeconfig', kubeconfig]);
    try {
      const headers = { Cookie: await signIn(busbar.openUrl) };
      const get = async <T>(path: string) => (await fetch(`${busbar.origin}/api/v1/${path}`, { headers })).json() as T;
      const cluster = await eventually('the cluster is read', async () => {
        const doc = await get<ClusterDoc>('cluster');
        return doc.health.state === 'live' && doc;
      });
      const closed = cluster.sources.filter(({ availability }) => !['present', 'absent'].includes(availability));
      expect(closed).toEqual([]);
      const present = cluster.sources.filter(({ availability }) => availability === 'present').map(({ kind }) => kind);
      expect(present).toEqual(expect.arrayContaining(['Pod', 'Event', 'Node', 'NetworkAttachmentDefinition']));
      k(['-n', 'default', 'delete', 'pod', 'web', '--grace-period=0', '--force']);
      await eventually(
        'the deletion is seen',
        async () => (await get<{ workloads: unknown[] }>('topology')).workloads.length === 0,
      );
    } finally {
      await busbar.stop();
    }
  });

  test('it may write nothing, and read no Secret and no ConfigMap but the named ones', async () => {
    const api = apiClient(server.url, server.ca, { token });
    const status = async (method: string, path: string, body?: object) => (await api(method, path, body)).status;
    expect(await status('GET', '/api/v1/pods')).toBe(200);
    for (const path of [
      '/api/v1/secrets',
      '/api/v1/namespaces/busbar/secrets',
      '/api/v1/configmaps',
      '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication',
      '/api/v1/namespaces/default/pods/web/log',
    ])
      expect([path, await status('GET', path)]).toEqual([path, 403]);
    expect(await status('POST', '/api/v1/namespaces/default/pods', pod('default', 'evil'))).toBe(403);
    expect(await status('DELETE', '/api/v1/namespaces/default/pods/web')).toBe(403);
    expect(await status('POST', '/api/v1/namespaces/default/pods/web/exec')).toBe(403);
  });
});
