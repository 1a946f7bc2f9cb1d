import { type ApiClient, must } from './api-client.ts';

export type PolicyRule = { apiGroups?: string[]; resources?: string[]; nonResourceURLs?: string[]; verbs: string[] };

const HOME = 'default';

/** Makes a service account with `rules` (in `namespace` alone, else cluster-wide) and returns a token of it. */
export async function addServiceAccount(
  api: ApiClient,
  name: string,
  rules: PolicyRule[],
  namespace?: string,
): Promise<string> {
  const scope = namespace ? '' : 'Cluster';
  const rbac = `/apis/rbac.authorization.k8s.io/v1${namespace ? `/namespaces/${namespace}` : ''}`;
  const accounts = `/api/v1/namespaces/${HOME}/serviceaccounts`;
  await must(api('POST', accounts, { metadata: { name } }));
  await must(api('POST', `${rbac}/${scope.toLowerCase()}roles`, { metadata: { name }, rules }));
  await must(
    api('POST', `${rbac}/${scope.toLowerCase()}rolebindings`, {
      metadata: { name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: HOME }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: `${scope}Role`, name },
    }),
  );
  return requestToken(api, HOME, name);
}

/** A token of an existing service account, by the TokenRequest API. */
export async function requestToken(api: ApiClient, namespace: string, name: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
  const answer = (await must(api('POST', path, request))) as { status?: { token?: string } };
  if (!answer.status?.token) throw new Error(`no token for ${namespace}/${name}`);
  return answer.status.token;
}
