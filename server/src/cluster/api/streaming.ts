import { isLoopback } from './connection.ts';
import type { ClusterAccess } from './kubeconfig.ts';

/** The feature gate WatchList (KEP-3157): on in 1.32, off again in 1.33, on from then. Before 1.27 nobody knows the parameter, nor refuses it. */
const streamsSince = 34;
/** The feature gate WatchListCompression. Pages were compressed ever since 1.16. */
const compressesSince = 37;

/**
 * Whether lists are worth asking for as streams of events: the API server's version says that it knows how, and the bytes are few or
 * the way is short. A stream that is not compressed is many times its pages.
 */
export const canStream = (
  gitVersion: string | undefined,
  { server, inCluster = false }: Pick<ClusterAccess, 'server' | 'inCluster'>,
): boolean => {
  const found = /^v?(\d+)\.(\d+)/.exec(gitVersion ?? '');
  if (found === null) return false;
  const minor = found[1] === '1' ? Number(found[2]) : Number.POSITIVE_INFINITY;
  const isNear = inCluster || isLoopback(new URL(server));
  return minor >= (isNear ? streamsSince : compressesSince);
};
