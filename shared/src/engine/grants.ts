import { aliasKey } from '../model/ids.ts';
import type { Alias } from '../model/topology.ts';
import { othersOf } from '../providers/dra-claim.ts';
import { type DeviceUse, type GrantClaim, namespaceGrant, type SliceDeviceClaim } from '../providers/grant-claims.ts';
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
  const draws = store.drawsOf(workload.id);
  const primary = workload.hostNetwork ? undefined : primaryOf(workload.namespace, store, tracker);
  if (draws.length === 0 && !primary) return nothingGranted;
  const granted: Granted = { requests: [], observations: [], devices: [] };
  const around: Around = {
    sliceDevice: (device) => {
      tracker.read(`slice-device:${device}`);
      return store.sliceDevice(device);
    },
    isNetwork: (alias) => {
      tracker.read(`net:${aliasKey(alias)}`);
      return store.networkClaims(aliasKey(alias)).length > 0;
    },
  };
  for (const key of draws.slice(0, grantLimit)) {
    tracker.read(`grant:${key}`);
    for (const grant of store.grantsOf(key)) take(granted, grant, workload, around);
  }
  if (primary && !own.some(isPrimary)) take(granted, primary, workload, around);
  return granted;
}

const nothingGranted: Granted = { requests: [], observations: [], devices: [] };

const isPrimary = (request: RequestClaim): boolean => request.implicit === true;

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

/** What else is looked at, tracked. */
type Around = {
  sliceDevice: (device: string) => SliceDeviceClaim | undefined;
  /** Some object defines a network of this name. */
  isNetwork: (alias: Alias) => boolean;
};

/** Of a device its slice says which network it leads to: better than its class, and than a name without a namespace. */
function towards<T extends { alias: RequestClaim['alias'] }>(claim: T, slice: SliceDeviceClaim | undefined): T {
  const network = slice?.network;
  const by = claim.alias?.scheme;
  if (!network || (by !== 'deviceclass' && by !== 'dra' && by !== 'podnetwork')) return claim;
  const others = othersOf(network);
  return { ...claim, alias: network, ...(others.length > 0 ? { others } : {}) };
}

/** What its slice says of a device besides; the MTU is that of the moment when the slice was written. */
function described(seen: ObservationClaim, slice: SliceDeviceClaim | undefined): ObservationClaim {
  const { device, mtu } = seen.interface;
  if (!slice || !device) return seen;
  const known = mtu ?? slice.mtu;
  return {
    ...seen,
    interface: {
      ...seen.interface,
      ...(known === undefined ? {} : { mtu: known }),
      device: { ...device, details: { ...slice.details, ...device.details } },
    },
  };
}

function take(
  into: Granted,
  grant: Owned<GrantClaim>,
  { id, uid, name }: WorkloadClaim['workload'],
  { sliceDevice: find, isNetwork }: Around,
): void {
  const { provider } = grant;
  const holds = !grant.heldBy || grant.heldBy.some((holder) => (uid ? holder.uid === uid : holder.name === name));
  for (const request of grant.requests) {
    const { device, classed, ...rest } = request;
    if (classed && request.alias && !isNetwork(request.alias)) continue;
    const slice = device && find(device.device);
    into.requests.push({ ...towards(rest, slice), ...(device && holds ? { device } : {}), workload: id, provider });
  }
  if (!holds) return;
  for (const seen of grant.observations ?? []) {
    const slice = seen.device ? find(seen.device) : undefined;
    into.observations.push({ ...towards(described(seen, slice), slice), workload: id, provider });
  }
  for (const use of grant.devices ?? []) {
    const slice = find(use.device);
    const { multusDeviceId: deviceId, multusResource: resource } = slice ?? {};
    into.devices.push(
      slice && deviceId && resource
        ? { ...use, multus: { id: deviceId, resource, ref: slice.ref, path: slice.path, details: slice.details } }
        : use,
    );
  }
}
