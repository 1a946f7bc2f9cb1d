/** Somebody's cluster, by kubeconfig. Tests leave their objects there: name a cluster that is for testing. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiServer, toApiServer } from './api-access.ts';
import { type ApiClient, apiClient } from './api-client.ts';
import type { Login } from './kubeconfig.ts';
import { addServiceAccount } from './service-account.ts';

type FlatKubeconfig = {
  clusters: { cluster: { server: string; 'certificate-authority-data'?: string } }[];
  users: { user: { token?: string; 'client-certificate-data'?: string; 'client-key-data'?: string } }[];
};

/** Reads the current context with kubectl and makes an account there that may do everything, until `stop`. */
export async function borrowApiServer(kubeconfig: string): Promise<ApiServer> {
  const { url, ca, login } = readKubeconfig(kubeconfig);
  const api = apiClient(url, ca, login);
  const folder = mkdtempSync(join(tmpdir(), 'busbar-apiserver-'));
  const name = `busbar-test-${randomBytes(4).toString('hex')}`;
  const everything = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  const token = await addServiceAccount(api, name, [...everything, { nonResourceURLs: ['*'], verbs: ['*'] }]);
  const certificate = 'cert' in login ? login : undefined;
  const stop = async () => {
    await forget(api, name);
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...toApiServer({ folder, url, ca, token, certificate }), restart: undefined, stop };
}

async function forget(api: ApiClient, name: string): Promise<void> {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  for (const path of [
    `${rbac}/clusterrolebindings`,
    `${rbac}/clusterroles`,
    '/api/v1/namespaces/default/serviceaccounts',
  ]) {
    await api('DELETE', `${path}/${name}`);
  }
}

function readKubeconfig(file: string): { url: string; ca: string; login: Login } {
  const view = ['config', 'view', '--raw', '--flatten', '--minify', '-o', 'json', '--kubeconfig', file];
  const { clusters, users }: FlatKubeconfig = JSON.parse(execFileSync('kubectl', view, { encoding: 'utf8' }));
  const cluster = clusters[0]?.cluster;
  const user = users[0]?.user ?? {};
  const text = (base64 = '') => Buffer.from(base64, 'base64').toString();
  const [cert, key] = [text(user['client-certificate-data']), text(user['client-key-data'])];
  if (!cluster) throw new Error(`BUSBAR_TEST_KUBECONFIG=${file} has no current context`);
  if (!user.token && !(cert && key))
    throw new Error(`BUSBAR_TEST_KUBECONFIG=${file}: no token and no client certificate`);
  const login = user.token ? { token: user.token } : { cert, key };
  return { url: cluster.server, ca: text(cluster['certificate-authority-data']), login };
}
