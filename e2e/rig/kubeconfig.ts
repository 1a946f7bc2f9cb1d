export type Login = { token: string } | { cert: string; key: string };

/** A kubeconfig (in JSON, which is YAML) with one context named `busbar-test`; `ca` is PEM, absent for a plain HTTP server. */
export function toKubeconfig(url: string, ca: string | undefined, login: Login, namespace?: string): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const user =
    'token' in login
      ? { token: login.token }
      : { 'client-certificate-data': base64(login.cert), 'client-key-data': base64(login.key) };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: url, ...(ca && { 'certificate-authority-data': base64(ca) }) } }],
    users: [{ name: 'test', user }],
    contexts: [{ name: 'busbar-test', context: { cluster: 'test', user: 'test', ...(namespace && { namespace }) } }],
    'current-context': 'busbar-test',
  });
}
