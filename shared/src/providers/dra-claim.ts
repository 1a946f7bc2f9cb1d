import { podInterfaces, readCniResult } from '../cni/cni-result.ts';
import { type KubeObject, type Ref, refOf } from '../kube/object.ts';
import {
  asBool,
  asNumber,
  asRecord,
  asRecords,
  asStrings,
  asText,
  getPath,
  getText,
  type JsonRecord,
  pointer,
  truncate,
} from '../kube/read.ts';
import { aliasKey } from '../model/ids.ts';
import type { Alias, Evidence, Interface, Requested } from '../model/topology.ts';
import { canonicalMac } from '../net/mac.ts';
import {
  type DeviceWish,
  driverOfClass,
  driversInSelectors,
  findDriver,
  type NetworkDriver,
  podNetworkInSelectors,
  unknownDriver,
} from './dra-drivers.ts';
import type { DeviceReport, DeviceToleration, DeviceUse, GrantClaim } from './grant-claims.ts';
import { toConditions } from './kubernetes.ts';
import { toAddress } from './ovn-pod-networks.ts';
import { lookAlikes } from './pod-network-names.ts';
import { type Claims, nothing, type ObservationClaim, type RequestClaim } from './provider.ts';

export const claimKey = (namespace: string, name: string): string => `claim:${namespace}/${name}`;
export const templateKey = (namespace: string, name: string): string => `claim-template:${namespace}/${name}`;
export const classAlias = (name: string): Alias => ({ scheme: 'deviceclass', value: name });

const requestLimit = 32;
const resultLimit = 64;

type Where = { key: string; spec: JsonRecord; path: string[] };
type Parsed = { ref: Ref; object: KubeObject; namespace: string; where: Where; configs: JsonRecord[] };

/** One entry of `spec.devices.requests`: flat in v1beta1, in `exactly` since; of alternatives the first until one is chosen. */
type Wanted = {
  name: string;
  className: string;
  selectors: unknown;
  count: number;
  index: number;
  tolerations: unknown;
  /** Looks at a device that others may use, and takes it not. */
  adminAccess: boolean;
};

function toWanted(request: JsonRecord, index: number, chosen: string | undefined): Wanted {
  const name = asText(request['name']) ?? '';
  const options = asRecords(request['firstAvailable']);
  const option = options.find((item) => item['name'] === chosen) ?? options[0];
  const exact = asRecord(request['exactly']) ?? option ?? request;
  const count = asText(exact['allocationMode']) === 'All' ? 1 : (asNumber(exact['count']) ?? 1);
  return {
    name: truncate(name, 128),
    className: truncate(asText(exact['deviceClassName']) ?? '', 253),
    selectors: exact['selectors'],
    count: Math.min(Math.max(1, Math.trunc(count)), 16),
    index,
    tolerations: exact['tolerations'],
    adminAccess: asBool(exact['adminAccess']) ?? false,
  };
}

const toTolerations = (value: unknown): DeviceToleration[] =>
  asRecords(value)
    .slice(0, 16)
    .map((item) => {
      const [key, text, effect] = [asText(item['key']), asText(item['value']), asText(item['effect'])];
      return {
        exists: asText(item['operator']) === 'Exists',
        ...(key ? { key: truncate(key, 317) } : {}),
        ...(text ? { value: truncate(text, 63) } : {}),
        ...(effect ? { effect: truncate(effect, 32) } : {}),
      };
    });

/** Parameters for a request, of the claim and of its class: an entry without `requests` is for all of them. */
const configsFor = ({ configs }: Parsed, request: string): JsonRecord[] =>
  configs.filter((item) => {
    const names = asStrings(item['requests']);
    return names.length === 0 || names.some((name) => name === request || request.startsWith(`${name}/`));
  });

function wishOf(parsed: Parsed, request: string, driverName: string | undefined, driver: NetworkDriver): DeviceWish {
  let wish: DeviceWish = {};
  for (const item of configsFor(parsed, request)) {
    if (driverName && getText(item, 'opaque', 'driver') !== driverName) continue;
    wish = { ...wish, ...driver.wish(getPath(item, 'opaque', 'parameters'), parsed.namespace) };
  }
  return wish;
}

type Result = {
  request: string;
  driver: string;
  pool: string;
  device: string;
  shareId: string | undefined;
  tolerations: unknown;
  adminAccess: boolean;
};

const toResult = (item: JsonRecord): Result => ({
  request: truncate(asText(item['request']) ?? '', 128),
  driver: truncate(asText(item['driver']) ?? '', 253),
  pool: truncate(asText(item['pool']) ?? '', 253),
  device: truncate(asText(item['device']) ?? '', 128),
  shareId: asText(item['shareID']),
  tolerations: item['tolerations'],
  adminAccess: asBool(item['adminAccess']) ?? false,
});

type Reported = { item: JsonRecord; path: string };

/** The entry of `status.devices` for a result: driver, pool, device and share are its key. */
function reportOf(parsed: Parsed, result: Result): Reported | undefined {
  const entries = getPath(parsed.object, 'status', 'devices');
  if (!Array.isArray(entries)) return undefined;
  const at = entries
    .slice(0, resultLimit)
    .findIndex(
      (entry) =>
        getText(entry, 'driver') === result.driver &&
        getText(entry, 'pool') === result.pool &&
        getText(entry, 'device') === result.device &&
        getText(entry, 'shareID') === result.shareId,
    );
  const item = asRecord(entries[at]);
  return item && { item, path: pointer('status', 'devices', at) };
}

/** `data.podNetwork` of the proof of concept and of what came after it. */
const podNetworkIn = (report: Reported | undefined): Alias | undefined => {
  const name = getText(report?.item, 'data', 'podNetwork');
  return name ? { scheme: 'podnetwork', value: truncate(name, 253) } : undefined;
};

/** The data of a CNI driver is a result, or a list of them: what its status says in `networkData` besides, if it does. */
function resultIn(report: Reported): Interface | undefined {
  const data = report.item['data'];
  for (const item of (Array.isArray(data) ? data : [data]).slice(0, 16)) {
    const { result } = readCniResult(item);
    const [own] = result ? podInterfaces(result) : [];
    if (!own) continue;
    const seen: Interface = {
      name: truncate(own.name, 64),
      addresses: own.ips.slice(0, 16).map(({ address }) => ({
        ip: address.address.text,
        prefixLength: address.prefixLength,
      })),
    };
    if (own.mac) seen.mac = canonicalMac(own.mac) ?? truncate(own.mac, 128);
    if (own.mtu) seen.mtu = own.mtu;
    const gateways = own.ips.flatMap(({ gateway }) => gateway?.text ?? []);
    if (gateways.length > 0) seen.gateways = gateways.slice(0, 16);
    return seen;
  }
  return undefined;
}

function toInterface(report: Reported, result: Result): Interface {
  const data = asRecord(report.item['networkData']);
  const name = asText(data?.['interfaceName']);
  const mac = asText(data?.['hardwareAddress']);
  const { addresses, ...own } = resultIn(report) ?? { addresses: [] };
  const told = asStrings(data?.['ips'])
    .slice(0, 16)
    .flatMap((text) => toAddress(text) ?? []);
  const seen: Interface = {
    ...own,
    addresses: told.length > 0 ? told : addresses,
    device: {
      type: 'dra',
      id: result.device,
      details: { driver: result.driver, pool: result.pool, ...(result.shareId ? { shareID: result.shareId } : {}) },
    },
  };
  if (name) seen.name = truncate(name, 256);
  if (mac) seen.mac = canonicalMac(mac) ?? truncate(mac, 128);
  return seen;
}

const networkName = (alias: Alias): string => alias.value;

/** A pod network may be any object of the kinds that a NetworkKind names; in the 2026 draft its name is of a domain. */
export function othersOf({ scheme, value }: Alias): Alias[] {
  if (scheme !== 'podnetwork') return [];
  const slash = value.indexOf('/');
  const bare: Alias[] = slash < 0 ? [] : [{ scheme, value: value.slice(slash + 1) }];
  return [...lookAlikes(value), { scheme: 'udn', value }, ...(slash < 0 ? [] : [{ scheme: 'nad', value }]), ...bare];
}

function toRequest(
  parsed: Parsed,
  wanted: Wanted | undefined,
  alias: Alias,
  wish: DeviceWish,
  device?: DeviceReport,
): RequestClaim {
  const path = wanted ? pointer(...parsed.where.path, 'devices', 'requests', wanted.index) : '/status/allocation';
  const written = wanted ? getPath(parsed.where.spec, 'devices', 'requests', wanted.index) : undefined;
  const source: Evidence = { ref: parsed.ref, path };
  if (written !== undefined) source.value = truncate(JSON.stringify(written), 400);
  const requested: Requested = { network: networkName(alias), namespace: parsed.namespace, source };
  if (wish.interface) requested.interface = wish.interface;
  if (wish.ips) requested.ips = wish.ips;
  if (wish.mac) requested.mac = wish.mac;
  const others = [
    ...othersOf(alias),
    ...(alias.scheme === 'podnetwork' && device && wanted?.className ? [classAlias(wanted.className)] : []),
  ];
  return {
    workload: '',
    index: wanted?.index ?? 0,
    alias,
    ...(others.length > 0 ? { others } : {}),
    requested,
    interface: wish.interface ?? null,
    issues: [],
    guess: false,
    ...(device ? { device } : {}),
  };
}

const aliasOf = (wish: DeviceWish, wanted: Wanted | undefined, fallback: string): Alias =>
  wish.network ??
  podNetworkInSelectors(wanted?.selectors) ??
  (wanted?.className ? classAlias(wanted.className) : { scheme: 'dra', value: fallback });

/** A driver of networks that parameters, selectors or the class of a request lead to. */
function driverOf(parsed: Parsed, wanted: Wanted): string | undefined {
  const named = [
    ...configsFor(parsed, wanted.name).flatMap((item) => getText(item, 'opaque', 'driver') ?? []),
    ...driversInSelectors(wanted.selectors),
  ];
  return named.find((name) => findDriver(name)) ?? driverOfClass(wanted.className);
}

/** A request before anything is allocated: of a network where its class, selectors or parameters lead to a driver of networks. */
function plannedRequests(parsed: Parsed, wanted: Wanted): GrantClaim['requests'] {
  const driverName = driverOf(parsed, wanted);
  const driver = findDriver(driverName) ?? unknownDriver;
  if (wanted.adminAccess) return [];
  const wish = wishOf(parsed, wanted.name, undefined, driver);
  if (driver.plumbsOnlyWithDefinition && !wish.network) return [];
  const request: GrantClaim['requests'][number] = toRequest(
    parsed,
    wanted,
    aliasOf(wish, wanted, driverName ?? ''),
    wish,
  );
  if (!driverName && request.alias?.scheme === 'deviceclass') request.classed = true;
  if (!driverName && request.alias?.scheme === 'dra') return [];
  return Array.from({ length: wanted.count }, () => request);
}

type Given = { request: RequestClaim; observation?: ObservationClaim; use: DeviceUse };

/** A device that was allocated, or only the use of it where it is no network's. */
function given(parsed: Parsed, requests: readonly JsonRecord[], result: Result, path: string): Partial<Given> {
  const [name = '', chosen] = result.request.split('/', 2);
  const index = requests.findIndex((item) => item['name'] === name);
  const written = requests[index];
  const wanted = written ? toWanted(written, index, chosen) : undefined;
  const report = reportOf(parsed, result);
  const device = `${result.driver}/${result.pool}/${result.device}`;
  const use: DeviceUse = { device, driver: result.driver, claim: parsed.ref, path };
  const hasData =
    asRecord(report?.item['networkData']) !== undefined || (report !== undefined && resultIn(report) !== undefined);
  const isNetwork = hasData || podNetworkIn(report) !== undefined || (wanted && driverOf(parsed, wanted) !== undefined);
  const driver = findDriver(result.driver) ?? (isNetwork ? unknownDriver : undefined);
  if (!driver || result.adminAccess || wanted?.adminAccess) return { use };
  const wish = wishOf(parsed, result.request, result.driver, driver);
  if (driver.plumbsOnlyWithDefinition && !wish.network && !hasData) return { use };
  const alias = podNetworkIn(report) ?? aliasOf(wish, wanted, `${result.driver}/${result.pool}`);
  const seen = report && toInterface(report, result);
  const state: DeviceReport = {
    ...use,
    ...(report ? { reportPath: report.path } : {}),
    conditions: toConditions(report?.item['conditions']),
  };
  const tolerations = toTolerations(result.tolerations ?? wanted?.tolerations);
  if (tolerations.length > 0) state.tolerations = tolerations;
  const holders = asRecords(getPath(parsed.object, 'status', 'reservedFor')).length;
  if (holders > 1) state.holders = holders;
  const request = toRequest(parsed, wanted, alias, wish, state);
  if (seen?.name) request.interface = seen.name;
  const failed = state.conditions.some((item) => item.type === 'Ready' && item.status === 'False');
  // A driver that says nothing of an interface may have made one all the same, unless it says that it failed.
  if (!report || !seen || (failed && !hasData)) return { request, use };
  return { request, use, observation: toObservation(parsed, alias, report, seen, device) };
}

const toObservation = (
  parsed: Parsed,
  alias: Alias,
  report: Reported,
  seen: Interface,
  device: string,
): ObservationClaim => ({
  workload: '',
  alias,
  name: networkName(alias),
  interface: seen,
  rank: 55,
  isDefault: false,
  source: {
    ref: parsed.ref,
    path: report.path,
    value: truncate(JSON.stringify(report.item['networkData'] ?? report.item['conditions'] ?? {}), 400),
  },
  weight: 'hint',
  device,
});

/**
 * What was allocated. Manifests in the drafts of the successors of PodNetwork have a status that tells of devices and not of their
 * allocation: each is that of the one request there is.
 */
function allocatedIn(object: KubeObject, requests: readonly JsonRecord[]): { results: JsonRecord[]; path: string[] } {
  const results = asRecords(getPath(object, 'status', 'allocation', 'devices', 'results')).slice(0, resultLimit);
  if (results.length > 0 || requests.length !== 1)
    return { results, path: ['status', 'allocation', 'devices', 'results'] };
  const request = asText(requests[0]?.['name']) ?? '';
  const told = asRecords(getPath(object, 'status', 'devices')).slice(0, resultLimit);
  return { results: told.map((item) => ({ ...item, request })), path: ['status', 'devices'] };
}

/** What a claim or template brings to the pods that use it. */
export function grantOfClaim(object: KubeObject, where: Where): Claims {
  const requests = asRecords(getPath(where.spec, 'devices', 'requests')).slice(0, requestLimit);
  const allocation = getPath(object, 'status', 'allocation');
  const parsed: Parsed = {
    ref: refOf(object),
    object,
    namespace: object.metadata.namespace ?? 'default',
    where,
    configs: [getPath(allocation, 'devices', 'config'), getPath(where.spec, 'devices', 'config')].flatMap((list) =>
      asRecords(list).slice(0, resultLimit),
    ),
  };
  const { results, path } = allocatedIn(object, requests);
  const all = results.map((item, index) => given(parsed, requests, toResult(item), pointer(...path, index)));
  const planned =
    results.length > 0
      ? []
      : requests.flatMap((item, index) => plannedRequests(parsed, toWanted(item, index, undefined)));
  const asked = [...all.flatMap((item) => item.request ?? []), ...planned];
  const devices = all.flatMap((item) => item.use ?? []);
  if (asked.length === 0 && devices.length === 0) return nothing;
  const observations = all.flatMap((item) => item.observation ?? []);
  const holders = getPath(object, 'status', 'reservedFor');
  const heldBy = asRecords(holders)
    .slice(0, 256)
    .map((item) => ({ name: truncate(asText(item['name']) ?? '', 253), uid: truncate(asText(item['uid']) ?? '', 64) }));
  return {
    grants: [
      {
        key: where.key,
        requests: asked,
        ...(observations.length > 0 ? { observations } : {}),
        ...(devices.length > 0 ? { devices } : {}),
        ...(results.length > 0 && (asRecord(allocation) || heldBy.length > 0) ? { heldBy } : {}),
      },
    ],
    ...networksOf(asked),
  };
}

/** Its networks exist as soon as somebody asks for them, whether their class may be read or not. */
function networksOf(asked: GrantClaim['requests']): Claims {
  const hints = new Map<string, { alias: Alias; name: string }>();
  for (const { alias, others = [], classed } of asked)
    for (const one of [alias, ...others])
      if (!classed && (one?.scheme === 'deviceclass' || one?.scheme === 'dra'))
        hints.set(aliasKey(one), { alias: one, name: '' });
  return hints.size > 0 ? { hints: [...hints.values()] } : nothing;
}
