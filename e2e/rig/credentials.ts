/** Keys, certificates and the static token table that a test API server starts with. */
import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type User = { name: string; groups: string[] };
export type ClientCertificate = { cert: string; key: string };

/** Client certificates need the openssl command; everything else does without. */
export const hasOpenssl = (): boolean => spawnSync('openssl', ['version']).status === 0;

/** The key that signs service account tokens. */
export function writeServiceAccountKey(folder: string): string {
  const file = join(folder, 'service-account.key');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(file, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  return file;
}

/** kube-apiserver's `--token-auth-file`: token, user, uid, "groups". It is read once, at start. */
export function writeToken(folder: string, token: string, { name, groups }: User): string {
  const file = join(folder, 'tokens.csv');
  writeFileSync(file, `${token},${name},${name},"${groups.join(',')}"\n`, { mode: 0o600 });
  return file;
}

/** The authority whose client certificates the API server trusts. */
export function writeClientAuthority(folder: string): string {
  const [key, cert] = [join(folder, 'client-ca.key'), join(folder, 'client-ca.crt')];
  openssl('req', '-x509', ...NEW_KEY, '-subj', '/CN=busbar-test-client-ca', '-days', '2', '-keyout', key, '-out', cert);
  return cert;
}

/** A client certificate (PEM) signed by the authority in `folder`. The groups are its organisations. */
export function issueClientCertificate(folder: string, { name, groups }: User): ClientCertificate {
  const at = (extension: string) => join(folder, `${encodeURIComponent(name)}.${extension}`);
  const subject = [...groups.map((group) => `/O=${group}`), `/CN=${name}`].join('');
  openssl('req', ...NEW_KEY, '-subj', subject, '-keyout', at('key'), '-out', at('csr'));
  const authority = ['-CA', join(folder, 'client-ca.crt'), '-CAkey', join(folder, 'client-ca.key'), '-CAcreateserial'];
  openssl('x509', '-req', '-in', at('csr'), ...authority, '-days', '2', '-out', at('crt'));
  return { cert: readFileSync(at('crt'), 'utf8'), key: readFileSync(at('key'), 'utf8') };
}

const NEW_KEY = ['-newkey', 'rsa:2048', '-nodes'];

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
