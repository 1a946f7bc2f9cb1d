import { aliasKey, attachmentId } from '../model/ids.ts';
import type { Attachment, AttachmentState, Interface, Observed } from '../model/topology.ts';
import type { DeviceUse } from '../providers/grant-claims.ts';
import type { EventClaim, ObservationClaim, ReportClaim, RequestClaim, WorkloadClaim } from '../providers/provider.ts';
import type { AttachmentFacts, Failure, NetworkFacts, WorkloadFacts } from '../rules/rule.ts';
import { findFailure, sandboxStands } from './failure.ts';
import { addHandedDevices } from './handed-devices.ts';
import type { Owned } from './owned.ts';
import { withAdditions } from './request-additions.ts';

export type AssembleInput = {
  pod: WorkloadClaim;
  requests: readonly Owned<RequestClaim>[];
  observations: readonly Owned<ObservationClaim>[];
  events: readonly EventClaim[];
  report: ReportClaim | null;
  network: (alias: string) => NetworkFacts | undefined;
  /** Names under which reports speak of the default network. */
  defaultNames: ReadonlySet<string>;
  devices: readonly DeviceUse[];
};

type Slot = { request: Owned<RequestClaim> | null; observed: Owned<ObservationClaim>[] };

/**
 * One workload with its attachments: requests take slots (0 = the default network, then in order), observations are matched to them,
 * what nobody asked for gets slots of its own. States are what can be told without rules.
 */
export function assembleWorkload(input: AssembleInput): WorkloadFacts {
  const ofThisPod = input.events.filter(
    (event) => !event.uid || !input.pod.workload.uid || event.uid === input.pod.workload.uid,
  );
  const sandbox = sandboxStands(input.pod, ofThisPod);
  const pod = sandbox === input.pod.sandbox ? input.pod : { ...input.pod, sandbox };
  const slots = matchObservations(
    toSlots(withAdditions(input.requests)),
    [...input.observations.filter((seen) => isOfThis(pod, seen)), ...addedInterfaces(pod, ofThisPod)],
    input.network,
  );
  addHandedDevices(slots, input.devices, (request) => networkOf(request, input.network));
  const reported = input.observations.some((seen) => seen.weight === 'status');
  const facts: WorkloadFacts = {
    workload: pod.workload,
    pod,
    attachments: [],
    failure: null,
    asks: slots.some((slot) => slot.request && slot.request.index !== 'default' && !slot.request.inert),
    reported,
    report: input.report,
    ...(input.devices.length > 0 ? { devices: input.devices } : {}),
    events: ofThisPod
      .map((event) => event.record)
      .sort((a, b) => b.last - a.last || (a.ref.name < b.ref.name ? -1 : 1)),
  };
  const first = slots[0]?.request?.index === 'default' ? 0 : 1;
  const attachments = slots.map((slot, index) => buildAttachment(facts, slot, index + first, input));
  const failure = findFailure(pod, ofThisPod, attachments, input.defaultNames);
  return Object.assign(facts, { failure, attachments: attachments.map((item) => withFailure(item, failure)) });
}

const withFailure = (item: AttachmentFacts, failure: Failure | null): AttachmentFacts =>
  failure && failure.slot === item.attachment.slot ? Object.assign(item, { failure }) : item;

/** Requests of one pod take their slots in the order of the providers, each provider's in its own. */
export function requestOrder(
  providers: readonly { id: string }[],
): (requests: Owned<RequestClaim>[]) => Owned<RequestClaim>[] {
  const rank = new Map(providers.map((provider, index) => [provider.id, index]));
  return (requests) => requests.sort((a, b) => (rank.get(a.provider) ?? 0) - (rank.get(b.provider) ?? 0));
}

/** The default network first, then providers in order, each in its own order. A second 'default' replaces the implicit one. */
function toSlots(requests: readonly Owned<RequestClaim>[]): Slot[] {
  const defaults = requests.filter((request) => request.index === 'default');
  const explicit = defaults.find((request) => request.provider !== 'default-network') ?? defaults[0];
  const rest = requests.filter((request) => request.index !== 'default');
  return [...(explicit ? [explicit] : []), ...rest].map((request) => ({ request, observed: [] }));
}

type Find = AssembleInput['network'];

/** What a request is for: the network of its name, or of what else the name may mean. */
function networkOf({ alias, others }: Pick<RequestClaim, 'alias' | 'others'>, find: Find): NetworkFacts | undefined {
  const own = alias ? find(aliasKey(alias)) : undefined;
  if (!others || (own && own.claims.length > 0)) return own;
  let spare: NetworkFacts | undefined;
  for (const other of others) {
    const found = find(aliasKey(other));
    if (found && found.claims.length > 0) return found;
    spare ??= found;
  }
  return own ?? spare;
}

/** One network has several names: a request by one and a report by another are told apart by looking. */
function sameNetwork(a: RequestClaim | null, b: ObservationClaim, find: Find): boolean {
  if (!a?.alias || !b.alias) return false;
  if (aliasKey(a.alias) === aliasKey(b.alias)) return true;
  if ((a.alias.scheme === b.alias.scheme && !a.others) || a.index === 'default') return false;
  const reported = find(aliasKey(b.alias))?.network.id;
  return reported !== undefined && networkOf(a, find)?.network.id === reported;
}

const isOfThis = ({ workload }: WorkloadClaim, { uid }: ObservationClaim): boolean =>
  !uid || !workload.uid || uid === workload.uid;

const isOwn = ({ request }: Slot, { index, provider }: Owned<ObservationClaim>): boolean =>
  index !== undefined && request?.provider === provider;

/** It asks for this interface, and nobody has said yet what the interface is called. */
const isNameless = ({ request, observed }: Slot, name: string | undefined): boolean =>
  name !== undefined && request?.interface === name && observed.every((other) => other.interface.name === undefined);

/**
 * The one request, of which nobody has said yet what its interface is called, whose config has the name that CNI was called with: default
 * networks of Multus move the numbers of what is asked for.
 */
function onlyOn(live: readonly Slot[], { name }: ObservationClaim, find: Find): Slot | undefined {
  const fitting = live.filter(
    ({ request, observed }) =>
      request !== null &&
      request.index !== 'default' &&
      observed.every((other) => other.interface.name === undefined) &&
      networkOf(request, find)?.claims.some((claim) => claim.config?.read.name === name),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}

/**
 * NPWG: the pair (network, interface) first, then the same network in order, then the interface alone where the reporter names no
 * network. The CNI config's own name is never used.
 */
function matchObservations(slots: Slot[], observations: readonly Owned<ObservationClaim>[], find: Find): Slot[] {
  const byRank = [...observations].sort(
    (a, b) => Number(b.weight === 'status') - Number(a.weight === 'status') || b.rank - a.rank,
  );
  for (const seen of byRank) {
    const name = seen.interface.name;
    const open = (slot: Slot) =>
      !slot.observed.some((other) => other.provider === seen.provider && other.rank === seen.rank);
    const live = slots.filter((slot) => !slot.request?.inert);
    const carries = (slot: Slot) => slot.observed.some((other) => name !== undefined && other.interface.name === name);
    const found =
      (seen.weight === 'part'
        ? (live.find((slot) => carries(slot) || isNameless(slot, name)) ?? onlyOn(live, seen, find))
        : undefined) ??
      (seen.isDefault ? live.find((slot) => slot.request?.index === 'default') : undefined) ??
      live.find((slot) => carries(slot) && open(slot)) ??
      live.find(
        (slot) =>
          open(slot) && name !== undefined && slot.request?.interface === name && sameNetwork(slot.request, seen, find),
      ) ??
      live.find(
        (slot) =>
          open(slot) &&
          slot.request?.index === seen.index &&
          isOwn(slot, seen) &&
          sameNetwork(slot.request, seen, find),
      ) ??
      live.find((slot) => open(slot) && sameNetwork(slot.request, seen, find)) ??
      (seen.alias === null
        ? live.find(
            (slot) =>
              open(slot) && name !== undefined && slot.request?.interface === name && slot.observed.length === 0,
          )
        : undefined);
    if (found) found.observed.push(seen);
    else if (seen.weight === 'status' || seen.weight === 'part') slots.push({ request: null, observed: [seen] });
  }
  return slots;
}

/** AddedInterface events of a pod whose sandbox stands: the newest per interface, with the prefix length that the status lacks. */
function addedInterfaces(pod: WorkloadClaim, events: readonly EventClaim[]): Owned<ObservationClaim>[] {
  if (!pod.sandbox || pod.finished) return [];
  const newest = new Map<string, EventClaim>();
  for (const event of events) {
    if (!event.added) continue;
    const old = newest.get(event.added.interface);
    if (!old || event.record.last > old.record.last) newest.set(event.added.interface, event);
  }
  return [...newest.values()].flatMap((event) => {
    const added = event.added;
    if (!added) return [];
    const qualified = added.network.includes('/');
    return {
      provider: 'npwg',
      workload: pod.workload.id,
      alias: qualified ? { scheme: 'nad', value: added.network } : null,
      name: added.network,
      interface: { name: added.interface, addresses: added.addresses },
      rank: 20,
      isDefault: added.interface === 'eth0' && !qualified,
      source: { ref: event.record.ref, path: '/message', value: event.record.message.slice(0, 400) },
      weight: 'hint' as const,
    };
  });
}

function buildAttachment(workload: WorkloadFacts, slot: Slot, index: number, input: AssembleInput): AttachmentFacts {
  const { request, observed } = slot;
  const network = networkOf(request?.alias ? request : { alias: observed[0]?.alias ?? null }, input.network);
  const sorted = [...observed].sort((a, b) => b.rank - a.rank);
  const attachment: Attachment = {
    id: attachmentId(workload.workload.id, index),
    workload: workload.workload.id,
    slot: index,
    implicit: request?.implicit === true || (request?.index === 'default' && request.provider === 'default-network'),
    provider: request?.provider ?? observed[0]?.provider ?? 'unknown',
    network: network?.network.id ?? null,
    requested: request?.requested ?? null,
    observed: sorted.map(
      (seen): Observed => ({ source: seen.source, provider: seen.provider, interface: seen.interface }),
    ),
    interface: mergeInterfaces(sorted.map((seen) => seen.interface)),
    state: baseState(workload, slot),
  };
  const unreported = network?.claims.find((claim) => claim.unreported)?.unreported;
  if (attachment.state === 'missing' && unreported) Object.assign(attachment, { state: 'unknown', reason: unreported });
  const madeWith = sorted.find((seen) => seen.madeWith)?.madeWith;
  return {
    workload,
    attachment,
    request,
    element: request?.element ?? null,
    network: network ?? null,
    failure: null,
    ...(madeWith ? { madeWith } : {}),
  };
}

function baseState({ pod, reported }: WorkloadFacts, { request, observed }: Slot): AttachmentState {
  if (pod.terminating || pod.finished) return 'ended';
  if (request?.inert || (pod.workload.hostNetwork && request)) return 'ignored';
  if (observed.some((seen) => seen.weight !== 'plan' || !reported) && (pod.sandbox || reported))
    return request ? 'attached' : 'unexpected';
  if (pod.sandbox) return 'missing';
  return 'pending';
}

/** Field by field, the first source that has it wins; a prefix length is taken from whoever knows it for that address. */
function mergeInterfaces(seen: readonly Interface[]): Interface | null {
  const [first] = seen;
  if (!first) return null;
  if (seen.length === 1) return first;
  const merged: Interface = { addresses: [] };
  for (const one of seen) {
    if (merged.addresses.length === 0) merged.addresses = one.addresses.map((address) => ({ ...address }));
    for (const address of merged.addresses) {
      if (address.prefixLength !== undefined) continue;
      const known = one.addresses.find((other) => other.ip === address.ip)?.prefixLength;
      if (known !== undefined) address.prefixLength = known;
    }
    for (const field of ['name', 'mac', 'mtu', 'isDefault', 'gateways', 'dns', 'device'] as const) {
      if (merged[field] === undefined && one[field] !== undefined) Object.assign(merged, { [field]: one[field] });
    }
  }
  return merged;
}
