import { existsSync, readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { ClusterAccess } from './kubeconfig.ts';

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Whether this process runs in a pod with a ServiceAccount. */
export const isInCluster = (env: NodeJS.ProcessEnv = process.env, folder = serviceAccountFolder): boolean =>
  Boolean(env['KUBERNETES_SERVICE_HOST'] && env['KUBERNETES_SERVICE_PORT']) && existsSync(join(folder, 'token'));

/** The cluster around this pod. The token is read again as the kubelet rotates it. */
export const loadInCluster = (env: NodeJS.ProcessEnv = process.env, folder = serviceAccountFolder): ClusterAccess => {
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const server = `https://${isIPv6(host) ? `[${host}]` : host}:${env['KUBERNETES_SERVICE_PORT'] ?? '443'}`;
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'in-cluster', server, caFile: join(folder, 'ca.crt'), skipTLSVerify: false }],
    users: [
      { name: 'service-account', authProvider: { name: 'tokenFile', config: { tokenFile: join(folder, 'token') } } },
    ],
    contexts: [{ name: 'in-cluster', cluster: 'in-cluster', user: 'service-account' }],
    currentContext: 'in-cluster',
  });
  const access: ClusterAccess = {
    config,
    server,
    context: 'in-cluster',
    cluster: 'in-cluster',
    files: [],
    headers: {},
    inCluster: true,
  };
  try {
    const namespace = readFileSync(join(folder, 'namespace'), 'utf8').trim();
    if (namespace) access.namespace = namespace;
  } catch {
    // The namespace is a comfort: nothing hangs on it.
  }
  return access;
};
