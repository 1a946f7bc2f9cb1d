import { aliasKey, attachmentId } from '../model/ids.ts';
import type { Address, Attachment, AttachmentState, Interface, Observed } from '../model/topology.ts';
import type { DeviceUse } from '../providers/grant-claims.ts';
import type { EventClaim, ObservationClaim, ReportClaim, RequestClaim, WorkloadClaim } from '../providers/provider.ts';
import type { AttachmentFacts, NetworkFacts, WorkloadFacts } from '../rules/rule.ts';
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
  const ofThisPod = eventsOf(input);
  const sandbox = sandboxStands(input.pod, ofThisPod);
  const pod = sandbox === input.pod.sandbox ? input.pod : { ...input.pod, sandbox };
  const slots = matchObservations(
    toSlots(withAdditions(input.requests)),
    inOrder(observationsOf(pod, input, ofThisPod)),
    input.network,
  );
  if (input.devices.length > 0) addHandedDevices(slots, input.devices, (request) => networkOf(request, input.network));
  const attachments: AttachmentFacts[] = [];
  const facts: WorkloadFacts = {
    workload: pod.workload,
    pod,
    attachments,
    failure: null,
    asks: slots.some(asksForMore),
    reported: input.observations.some(isStatus),
    report: input.report,
    events: ofThisPod.length === 0 ? noRecords : ofThisPod.map(recordOf).sort(newestFirst),
  };
  if (input.devices.length > 0) facts.devices = input.devices;
  const first = slots[0]?.request?.index === 'default' ? 0 : 1;
  for (const slot of slots) attachments.push(buildAttachment(facts, slot, attachments.length + first, input));
  facts.failure = findFailure(pod, ofThisPod, attachments, input.defaultNames);
  const { failure } = facts;
  if (failure) for (const item of attachments) if (failure.slot === item.attachment.slot) item.failure = failure;
  return facts;
}

const noRecords: WorkloadFacts['events'] = [];

const isStatus = ({ weight }: ObservationClaim): boolean => weight === 'status';

const asksForMore = ({ request }: Slot): boolean => request !== null && request.index !== 'default' && !request.inert;

const recordOf = ({ record }: EventClaim) => record;

const newestFirst = (a: EventClaim['record'], b: EventClaim['record']): number =>
  b.last - a.last || (a.ref.name < b.ref.name ? -1 : 1);

function eventsOf({ events, pod }: AssembleInput): readonly EventClaim[] {
  const { uid } = pod.workload;
  return events.length === 0 ? events : events.filter((event) => !event.uid || !uid || event.uid === uid);
}

/** What tells of this very pod. */
function observationsOf(
  pod: WorkloadClaim,
  { observations }: AssembleInput,
  events: readonly EventClaim[],
): readonly Owned<ObservationClaim>[] {
  const { uid } = pod.workload;
  const isOfOther = (seen: ObservationClaim): boolean => !!seen.uid && !!uid && seen.uid !== uid;
  const own = observations.some(isOfOther) ? observations.filter((seen) => !isOfOther(seen)) : observations;
  const added = events.length === 0 ? [] : addedInterfaces(pod, events);
  return added.length === 0 ? own : [...own, ...added];
}

const before = (a: ObservationClaim, b: ObservationClaim): number =>
  Number(isStatus(b)) - Number(isStatus(a)) || b.rank - a.rank;

/** Complete reports first, then by rank. */
const inOrder = (seen: readonly Owned<ObservationClaim>[]): readonly Owned<ObservationClaim>[] =>
  isSorted(seen, before) ? seen : [...seen].sort(before);

/** Nearly always it is, and sorting costs more than looking. */
function isSorted<T>(items: readonly T[], compare: (a: T, b: T) => number): boolean {
  for (let at = 1; at < items.length; at += 1) if (compare(items[at - 1] as T, items[at] as T) > 0) return false;
  return true;
}

/** Requests of one pod take their slots in the order of the providers, each provider's in its own. */
export function requestOrder(
  providers: readonly { id: string }[],
): (requests: Owned<RequestClaim>[]) => Owned<RequestClaim>[] {
  const rank = new Map(providers.map((provider, index) => [provider.id, index]));
  const compare = (a: Owned<RequestClaim>, b: Owned<RequestClaim>) =>
    (rank.get(a.provider) ?? 0) - (rank.get(b.provider) ?? 0);
  return (requests) => (isSorted(requests, compare) ? requests : requests.sort(compare));
}

/** The default network first, then providers in order, each in its own order. A second 'default' replaces the implicit one. */
function toSlots(requests: readonly Owned<RequestClaim>[]): Slot[] {
  const slots: Slot[] = [];
  let chosen: Owned<RequestClaim> | undefined;
  for (const request of requests)
    if (request.index !== 'default') slots.push({ request, observed: [] });
    else if (!chosen || (chosen.provider === 'default-network' && request.provider !== 'default-network'))
      chosen = request;
  if (chosen) slots.unshift({ request: chosen, observed: [] });
  return slots;
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
  if (a.alias.scheme === b.alias.scheme && a.alias.value === b.alias.value) return true;
  if ((a.alias.scheme === b.alias.scheme && !a.others) || a.index === 'default') return false;
  const reported = find(aliasKey(b.alias))?.network.id;
  return reported !== undefined && networkOf(a, find)?.network.id === reported;
}

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
  const live = slots.some(isInert) ? slots.filter((slot) => !isInert(slot)) : [...slots];
  for (const seen of observations) {
    const found = slotFor(seen, live, find);
    if (found) found.observed.push(seen);
    else if (seen.weight === 'status' || seen.weight === 'part') {
      const slot: Slot = { request: null, observed: [seen] };
      slots.push(slot);
      live.push(slot);
    }
  }
  return slots;
}

const isInert = ({ request }: Slot): boolean => !!request?.inert;

const isDefault = ({ request }: Slot): boolean => request?.index === 'default';

/** This source has not told of it yet. */
function isFree({ observed }: Slot, { provider, rank }: Owned<ObservationClaim>): boolean {
  for (const other of observed) if (other.provider === provider && other.rank === rank) return false;
  return true;
}

/** Some source calls its interface so. */
function carries({ observed }: Slot, name: string | undefined): boolean {
  if (name === undefined) return false;
  for (const other of observed) if (other.interface.name === name) return true;
  return false;
}

const asksFor = ({ request }: Slot, name: string | undefined): boolean =>
  name !== undefined && request?.interface === name;

function slotFor(seen: Owned<ObservationClaim>, live: readonly Slot[], find: Find): Slot | undefined {
  const { name } = seen.interface;
  const part =
    seen.weight === 'part'
      ? (live.find((slot) => carries(slot, name) || isNameless(slot, name)) ?? onlyOn(live, seen, find))
      : undefined;
  const certain = part ?? (seen.isDefault ? live.find(isDefault) : undefined);
  if (certain) return certain;
  for (const slot of live) if (carries(slot, name) && isFree(slot, seen)) return slot;
  for (const slot of live)
    if (asksFor(slot, name) && isFree(slot, seen) && sameNetwork(slot.request, seen, find)) return slot;
  if (seen.index !== undefined)
    for (const slot of live)
      if (
        slot.request?.index === seen.index &&
        isOwn(slot, seen) &&
        isFree(slot, seen) &&
        sameNetwork(slot.request, seen, find)
      )
        return slot;
  for (const slot of live) if (isFree(slot, seen) && sameNetwork(slot.request, seen, find)) return slot;
  if (seen.alias !== null) return undefined;
  for (const slot of live) if (asksFor(slot, name) && slot.observed.length === 0 && isFree(slot, seen)) return slot;
  return undefined;
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

const byRank = (a: ObservationClaim, b: ObservationClaim): number => b.rank - a.rank;

const toObserved = ({ source, provider, interface: seen }: Owned<ObservationClaim>): Observed => ({
  source,
  provider,
  interface: seen,
});

function buildAttachment(workload: WorkloadFacts, slot: Slot, index: number, input: AssembleInput): AttachmentFacts {
  const { request, observed } = slot;
  const network = networkOf(request?.alias ? request : { alias: observed[0]?.alias ?? null }, input.network);
  if (!isSorted(observed, byRank)) observed.sort(byRank);
  const attachment: Attachment = {
    id: attachmentId(workload.workload.id, index),
    workload: workload.workload.id,
    slot: index,
    implicit: request?.implicit === true || (request?.index === 'default' && request.provider === 'default-network'),
    provider: request?.provider ?? observed[0]?.provider ?? 'unknown',
    network: network?.network.id ?? null,
    requested: request?.requested ?? null,
    observed: observed.map(toObserved),
    interface: mergeInterfaces(observed),
    state: baseState(workload, slot),
  };
  if (attachment.state === 'missing') {
    const unreported = network?.claims.find((claim) => claim.unreported)?.unreported;
    if (unreported) Object.assign(attachment, { state: 'unknown', reason: unreported });
  }
  const facts: AttachmentFacts = {
    workload,
    attachment,
    request,
    element: request?.element ?? null,
    network: network ?? null,
    failure: null,
  };
  const madeWith = observed.find((seen) => seen.madeWith)?.madeWith;
  if (madeWith) facts.madeWith = madeWith;
  return facts;
}

function baseState({ pod, reported }: WorkloadFacts, { request, observed }: Slot): AttachmentState {
  if (pod.terminating || pod.finished) return 'ended';
  if (request?.inert || (pod.workload.hostNetwork && request)) return 'ignored';
  if (observed.some((seen) => seen.weight !== 'plan' || !reported) && (pod.sandbox || reported))
    return request ? 'attached' : 'unexpected';
  if (pod.sandbox) return 'missing';
  return 'pending';
}

const fields = ['name', 'mac', 'mtu', 'isDefault', 'gateways', 'dns', 'device'] as const;
const inTheirOrder: readonly string[] = ['addresses', ...fields];

/** The prefix length that one source knows of an address, where it is not told with it. */
const lengthIn = (one: Interface, { ip, prefixLength }: Address): number | undefined =>
  prefixLength === undefined ? one.addresses.find((other) => other.ip === ip)?.prefixLength : undefined;

/** Whether the others add nothing to the first source, which nearly always has all. */
function saysAll(first: Interface, observed: readonly ObservationClaim[]): boolean {
  if (first.addresses.length === 0) return false;
  let last = -1;
  for (const key in first) {
    const at = inTheirOrder.indexOf(key);
    if (at <= last) return false;
    last = at;
  }
  for (const { interface: one } of observed) {
    for (const field of fields) if (first[field] === undefined && one[field] !== undefined) return false;
    for (const address of first.addresses) if (lengthIn(one, address) !== undefined) return false;
  }
  return true;
}

/** Field by field, the first source that has it wins; a prefix length is taken from whoever knows it for that address. */
function mergeInterfaces(observed: readonly ObservationClaim[]): Interface | null {
  const first = observed[0]?.interface;
  if (!first) return null;
  if (observed.length === 1 || saysAll(first, observed)) return first;
  const merged: Interface = { addresses: [] };
  for (const { interface: one } of observed) {
    if (merged.addresses.length === 0) merged.addresses = one.addresses.map((address) => ({ ...address }));
    for (const address of merged.addresses) {
      const known = lengthIn(one, address);
      if (known !== undefined) address.prefixLength = known;
    }
    for (const field of fields)
      if (merged[field] === undefined && one[field] !== undefined) Object.assign(merged, { [field]: one[field] });
  }
  return merged;
}
