/** What tests get of an API server, whoever started it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ApiClient, apiClient } from './api-client.ts';
import type { ClientCertificate } from './credentials.ts';
import { toKubeconfig } from './kubeconfig.ts';
import { addServiceAccount, type PolicyRule } from './service-account.ts';

export type Account = { token: string; kubeconfig: string };

export type ApiServer = {
  url: string;
  /** PEM of what signed the serving certificate. */
  ca: string;
  /** Of someone who may do everything. */
  token: string;
  /** Path of a kubeconfig file with that token. */
  kubeconfig: string;
  /** Requests with that token. */
  api: ApiClient;
  /** A service account in `default` with exactly these rights: cluster-wide, or in `namespace` alone. */
  addUser: (name: string, rules: PolicyRule[], namespace?: string) => Promise<Account>;
  /** Someone who may do everything, by client certificate; undefined where none can be had. */
  clientCertificate: (ClientCertificate & { kubeconfig: string }) | undefined;
  /** Stops and starts the API server, its data survive; undefined when the server is not ours. */
  restart: (() => Promise<void>) | undefined;
  stop: () => Promise<void>;
};

export type Access = {
  /** Where kubeconfig files are written. */
  folder: string;
  url: string;
  ca: string;
  token: string;
  certificate: ClientCertificate | undefined;
};

/** What both kinds of server have in common, from how they are reached. */
export function toApiServer({ folder, url, ca, token, certificate }: Access): Omit<ApiServer, 'restart' | 'stop'> {
  const api = apiClient(url, ca, { token });
  const save = (name: string, text: string) => {
    const file = join(folder, `${name}.kubeconfig`);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  return {
    url,
    ca,
    token,
    api,
    kubeconfig: save('admin', toKubeconfig(url, ca, { token })),
    clientCertificate: certificate && {
      ...certificate,
      kubeconfig: save('certificate', toKubeconfig(url, ca, certificate)),
    },
    addUser: async (name, rules, namespace) => {
      const account = await addServiceAccount(api, name, rules, namespace);
      return { token: account, kubeconfig: save(name, toKubeconfig(url, ca, { token: account }, namespace)) };
    },
  };
}
