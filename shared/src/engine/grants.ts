import { aliasKey } from '../model/ids.ts';
import { type DeviceUse, type GrantClaim, namespaceGrant } from '../providers/grant-claims.ts';
import type { ObservationClaim, RequestClaim, WorkloadClaim } from '../providers/provider.ts';
import type { Owned } from './owned.ts';
import type { Store } from './store.ts';
import type { Tracker } from './tracker.ts';

type Granted = {
  requests: Owned<RequestClaim>[];
  observations: Owned<ObservationClaim>[];
  devices: DeviceUse[];
};

const grantLimit = 64;

/** What other objects bring to a workload: those that it names, and those of its namespace. Within `tracker.run`. */
export function grantedTo(
  { workload }: WorkloadClaim,
  own: readonly RequestClaim[],
  store: Store,
  tracker: Tracker,
): Granted {
  const granted: Granted = { requests: [], observations: [], devices: [] };
  for (const key of store.drawsOf(workload.id).slice(0, grantLimit)) {
    tracker.read(`grant:${key}`);
    for (const grant of store.grantsOf(key)) take(granted, grant, workload);
  }
  const isPrimary = (request: RequestClaim): boolean => request.implicit === true;
  const primary = workload.hostNetwork ? undefined : primaryOf(workload.namespace, store, tracker);
  if (primary && !own.some(isPrimary)) take(granted, primary, workload);
  return granted;
}

/** A namespace has one primary network at most; the definition that pods are attached by speaks before what it is made from. */
function primaryOf(namespace: string, store: Store, tracker: Tracker): Owned<GrantClaim> | undefined {
  tracker.read(`grant:${namespaceGrant(namespace)}`);
  const found = store.grantsOf(namespaceGrant(namespace));
  if (found.length === 0) return undefined;
  tracker.read(`namespace:${namespace}`);
  const labelled = store.namespaceClaims.get(namespace)?.primaryNetwork;
  const nameOf = (grant: GrantClaim): string => {
    const alias = grant.requests[0]?.alias;
    return alias ? aliasKey(alias) : '';
  };
  return found
    .filter((grant) => labelled !== false && (labelled || !grant.labelled))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0))[0];
}

function take(into: Granted, grant: Owned<GrantClaim>, { id, uid, name }: WorkloadClaim['workload']): void {
  const { provider } = grant;
  const holds = !grant.heldBy || grant.heldBy.some((holder) => (uid ? holder.uid === uid : holder.name === name));
  for (const request of grant.requests) {
    const { device, ...rest } = request;
    into.requests.push({ ...rest, ...(device && holds ? { device } : {}), workload: id, provider });
  }
  if (!holds) return;
  for (const seen of grant.observations ?? []) into.observations.push({ ...seen, workload: id, provider });
  into.devices.push(...(grant.devices ?? []));
}
