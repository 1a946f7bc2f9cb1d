import { codeOf, messageOf, SourceError } from '../errors.ts';
import type { ClusterAccess } from './kubeconfig.ts';
import { ApiProblem } from './problem.ts';

const tlsCodes =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_|ERR_SSL|EPROTO|ERR_OSSL)/;

/** Where the failing address came from: what a person has to correct. */
const origin = (access: ClusterAccess): string => {
  if (access.files.length > 0) return `context "${access.context}" of ${access.files.join(', ')}`;
  return access.context === 'in-cluster' ? 'the ServiceAccount of this pod' : `context "${access.context}"`;
};

const kubectl = (access: ClusterAccess): string =>
  access.files.length > 0
    ? `kubectl --kubeconfig ${access.files[0]} --context ${access.context} get --raw /version`
    : 'kubectl get --raw /version';

const reasons: Record<string, [string, string]> = {
  ECONNREFUSED: ['refuses the connection: nothing listens there', 'Is the cluster running?'],
  ENOTFOUND: ['has a name that cannot be resolved', 'Check the address, and whether a VPN is needed.'],
  EAI_AGAIN: ['has a name that cannot be resolved right now', 'Check the network, and whether a VPN is needed.'],
  ETIMEDOUT: ['does not answer', 'Check the network, a VPN or a proxy (proxy-url).'],
  EHOSTUNREACH: ['cannot be reached', 'Check the network, and whether a VPN is needed.'],
  ENETUNREACH: ['cannot be reached', 'Check the network, and whether a VPN is needed.'],
  ECONNRESET: ['closes the connection at once', 'Is it really an API server, and is it https or http?'],
};

/** The first contact failed: says which server, from which file and context, why, and what to try. */
export const explainFirstContact = (error: unknown, access: ClusterAccess): SourceError => {
  if (error instanceof SourceError) return error;
  const who = `the API server ${access.server} (${origin(access)})`;
  const elsewhere = `Try: ${kubectl(access)} - or another --context, or busbar demo to look around without a cluster.`;
  if (error instanceof ApiProblem && error.status === 401)
    return new SourceError(
      'unauthorized',
      `${who} does not accept the credentials: ${error.message}`,
      `Log in again. ${elsewhere}`,
      { cause: error },
    );
  if (error instanceof ApiProblem)
    return new SourceError('unreachable', `${who} answers with ${error.status}: ${error.message}`, elsewhere, {
      cause: error,
    });
  const code = codeOf(error) ?? '';
  if (tlsCodes.test(code))
    return new SourceError(
      'tls',
      `${who}: TLS failed: ${messageOf(error).split('\n')[0]}`,
      `Check certificate-authority and the server's address in the kubeconfig. ${elsewhere}`,
      { cause: error },
    );
  const known = reasons[code];
  if (known) return new SourceError('unreachable', `${who} ${known[0]}`, `${known[1]} ${elsewhere}`, { cause: error });
  if (error instanceof SyntaxError)
    return new SourceError('unreachable', `${who} does not answer like a Kubernetes API (no JSON)`, elsewhere, {
      cause: error,
    });
  return new SourceError('unreachable', `${who}: ${messageOf(error)}`, elsewhere, { cause: error });
};
