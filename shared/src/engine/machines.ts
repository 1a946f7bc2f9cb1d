import { aliasKey } from '../model/ids.ts';
import type { RequestClaim, WorkloadClaim } from '../providers/provider.ts';
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

/** What the VirtualMachine of an instance says: the next instance will be made from that. */
export function toTemplate({
  workload,
  requests,
}: {
  workload: WorkloadClaim;
  requests: readonly RequestClaim[];
}): NonNullable<WorkloadClaim['template']> {
  const { ref, conditions = [] } = workload;
  return { ref, conditions, networks: requests.map(({ requested }) => requested) };
}
