import { aliasKey } from '../model/ids.ts';
import type { RequestClaim } from '../providers/provider.ts';
import type { Owned } from './owned.ts';

/** What a request lacks and an addition says. */
function merge(request: Owned<RequestClaim>, added: RequestClaim): Owned<RequestClaim> {
  const { ips, mac } = added.requested;
  const needs = [...(request.needs ?? []), ...(added.needs ?? [])];
  return {
    ...request,
    requested: {
      ...request.requested,
      ...(ips && !request.requested.ips ? { ips } : {}),
      ...(mac && !request.requested.mac ? { mac } : {}),
    },
    ...(needs.length > 0 ? { needs } : {}),
  };
}

function fits(request: RequestClaim, added: RequestClaim): boolean {
  if (request.inert) return false;
  if (added.interface !== null && request.interface !== added.interface) return false;
  return added.alias === null || (request.alias !== null && aliasKey(request.alias) === aliasKey(added.alias));
}

const isAddition = ({ adds }: RequestClaim): boolean => adds === true;

/**
 * Requests with what is asked for in other places put to them, so that one attachment has one request. An addition that names a network
 * goes to the first request for it; one that names neither network nor interface to each. Where there is nothing to add to, it is lost.
 */
export function withAdditions(requests: readonly Owned<RequestClaim>[]): readonly Owned<RequestClaim>[] {
  if (!requests.some(isAddition)) return requests;
  const additions = requests.filter(isAddition);
  const asked = requests.filter((request) => !isAddition(request));
  for (const added of additions) {
    let first = true;
    for (const [at, request] of asked.entries()) {
      if (!fits(request, added)) continue;
      // Of several claims on the default network one is chosen later.
      if (!first && added.alias !== null && request.index !== 'default') continue;
      asked[at] = merge(request, added);
      first = false;
    }
  }
  return asked;
}
