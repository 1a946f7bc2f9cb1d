import type { DeviceUse } from '../providers/grant-claims.ts';
import type { ObservationClaim, RequestClaim } from '../providers/provider.ts';
import type { NetworkFacts } from '../rules/rule.ts';
import type { Owned } from './owned.ts';

type Slot = { request: Owned<RequestClaim> | null; observed: Owned<ObservationClaim>[] };

/**
 * Multus hands the devices that DRA gave a pod to the plugins of NADs: by their resource, in the order of their ids, one to each
 * attachment in turn (semantics, section 3). Said of attachments that something else shows to be there.
 */
export function addHandedDevices(
  slots: readonly Slot[],
  devices: readonly DeviceUse[],
  network: (request: RequestClaim) => NetworkFacts | undefined,
): void {
  const free = devices
    .flatMap(({ multus, ...use }) => (multus ? [{ ...use, multus }] : []))
    .sort((a, b) => (a.multus.id < b.multus.id ? -1 : 1));
  if (free.length === 0) return;
  for (const { request, observed } of slots) {
    const named = request && !request.inert && network(request)?.claims.find((claim) => claim.resourceName);
    const at = named ? free.findIndex(({ multus }) => multus.resource === named.resourceName) : -1;
    const [use] = at < 0 ? [] : free.splice(at, 1);
    if (!use || !request || observed.length === 0) continue;
    observed.push({
      provider: 'dra',
      workload: request.workload,
      alias: request.alias,
      name: use.device,
      interface: {
        addresses: [],
        device: {
          type: 'pci',
          id: use.multus.id,
          resourceName: use.multus.resource,
          details: { driver: use.driver, ...use.multus.details },
        },
      },
      rank: 30,
      isDefault: false,
      source: { ref: use.multus.ref, path: use.multus.path, value: use.device.slice(0, 400) },
      weight: 'hint',
    });
  }
}
