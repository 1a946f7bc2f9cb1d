/**
 * A real kube-apiserver with its etcd on loopback, in a folder of its own. There is no kubelet and no controller:
 * pods stay as they are written, and tests write their status through the status subresource.
 */
import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiServer, toApiServer } from './api-access.ts';
import { apiClient } from './api-client.ts';
import {
  hasOpenssl,
  issueClientCertificate,
  type User,
  writeClientAuthority,
  writeServiceAccountKey,
  writeToken,
} from './credentials.ts';
import { type Daemon, startDaemon, waitUntil } from './daemon.ts';
import { freePorts } from './free-port.ts';

const ADMIN: User = { name: 'admin', groups: ['system:masters'] };
const READY_LIMIT_MS = 60_000;

/** What KUBEBUILDER_ASSETS lacks, in words for the test report. */
export function assetsMissing(): string | undefined {
  const folder = process.env['KUBEBUILDER_ASSETS'];
  if (!folder) return 'KUBEBUILDER_ASSETS is not set';
  const missing = ['etcd', 'kube-apiserver'].filter((name) => !isExecutable(join(folder, name)));
  return missing.length > 0 ? `KUBEBUILDER_ASSETS holds no ${missing.join(' and no ')}` : undefined;
}

export async function startOwnApiServer(): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), 'busbar-apiserver-'));
  const running: Daemon[] = [];
  const stop = async () => {
    for (const daemon of running.splice(0).reverse()) await daemon.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return await start(folder, running, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(folder: string, running: Daemon[], stop: () => Promise<void>): Promise<ApiServer> {
  const [client = 0, peer = 0, secure = 0] = await freePorts(3);
  const token = randomBytes(16).toString('hex');
  const authority = hasOpenssl() ? writeClientAuthority(folder) : undefined;
  const flags = apiServerFlags(folder, { etcd: client, secure, token, authority });
  const url = `https://127.0.0.1:${secure}`;
  running.push(startDaemon(binary('etcd'), etcdFlags(folder, client, peer), join(folder, 'etcd.log')));
  const startServer = async () => {
    const daemon = startDaemon(binary('kube-apiserver'), flags, join(folder, 'kube-apiserver.log'));
    running.push(daemon);
    await waitUntil(daemon, 'kube-apiserver', () => isReady(folder, url, token), READY_LIMIT_MS);
  };
  const restart = async () => {
    await running.pop()?.stop();
    await startServer();
  };
  await startServer();
  const certificate = authority ? issueClientCertificate(folder, ADMIN) : undefined;
  return { ...toApiServer({ folder, url, ca: servingAuthority(folder), token, certificate }), restart, stop };
}

function etcdFlags(folder: string, client: number, peer: number): string[] {
  const [clientUrl, peerUrl] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    '--unsafe-no-fsync',
  ];
}

type ServerSettings = { etcd: number; secure: number; token: string; authority: string | undefined };

function apiServerFlags(folder: string, { etcd, secure, token, authority }: ServerSettings): string[] {
  const key = writeServiceAccountKey(folder);
  return [
    `--etcd-servers=http://127.0.0.1:${etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${secure}`,
    `--cert-dir=${join(folder, 'certs')}`,
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=RBAC',
    `--token-auth-file=${writeToken(folder, token, ADMIN)}`,
    ...(authority ? [`--client-ca-file=${authority}`] : []),
    // No controller creates service accounts' tokens, taints or priority classes here.
    '--disable-admission-plugins=ServiceAccount,TaintNodesByCondition,Priority',
  ];
}

async function isReady(folder: string, url: string, token: string): Promise<boolean> {
  if (!existsSync(servingCertificate(folder))) return false;
  const answer = await apiClient(url, servingAuthority(folder), { token })('GET', '/readyz').catch(() => undefined);
  return answer?.status === 200;
}

/** The server signs its own certificate at its first start. */
const servingCertificate = (folder: string): string => join(folder, 'certs/apiserver.crt');
const servingAuthority = (folder: string): string => readFileSync(servingCertificate(folder), 'utf8');

const binary = (name: string): string => join(process.env['KUBEBUILDER_ASSETS'] ?? '', name);

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
