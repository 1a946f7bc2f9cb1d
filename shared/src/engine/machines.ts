import { aliasKey } from '../model/ids.ts';
import type { RequestClaim } from '../providers/provider.ts';
import type { Owned } from './owned.ts';

/** A machine takes the pod network of its launcher pod: in a namespace with a primary network that is the one. */
export function throughLauncher(
  own: readonly Owned<RequestClaim>[],
  granted: readonly RequestClaim[],
): Owned<RequestClaim>[] {
  const primary = granted.find((request) => request.implicit)?.alias;
  return own.map((request) =>
    primary && request.alias && aliasKey(request.alias) === 'default:cluster'
      ? { ...request, alias: primary }
      : request,
  );
}
