import { type KubeObject, refOf } from '../kube/object.ts';
import { asRecords, asStrings, asText, getKey, getPath, type JsonRecord, pointer, truncate } from '../kube/read.ts';
import { workloadId } from '../model/ids.ts';
import type { Alias, Interface, Requested } from '../model/topology.ts';
import { canonicalIp } from '../net/ip.ts';
import { canonicalMac } from '../net/mac.ts';
import { defaultNetworkAlias } from './default-network.ts';
import { lookAlikes, podNetworkAlias, podNetworkAttachmentAlias } from './pod-network-names.ts';
import { type Claims, nothing, type ObservationClaim, type RequestClaim, type RequestIssue } from './provider.ts';

const listLimit = 1000;

type Named = { alias: Alias; name: string; others?: Alias[] };

/** `podNetworkName` in the type, `podNetwork` in the KEP's own sample, `name` in a draft; `podNetworkAttachmentName` is the indirect form. */
function nameOf(item: JsonRecord, namespace: string): Named | undefined {
  const name = asText(item['podNetworkName']) ?? asText(item['podNetwork']) ?? asText(item['name']);
  if (name === 'default') return { alias: defaultNetworkAlias, name };
  if (name) return { alias: podNetworkAlias(name), name, others: lookAlikes(name) };
  const attachment = asText(item['podNetworkAttachmentName']);
  return attachment ? { alias: podNetworkAttachmentAlias(namespace, attachment), name: attachment } : undefined;
}

const excerptOf = (item: JsonRecord): string => truncate(JSON.stringify(item), 400);

const invalid = (message: string): RequestIssue => ({ slug: 'podnetwork-request-invalid', message, severity: 'error' });

/** The default gateway of one family, or of both in an older revision of the KEP. */
const gatewayOf = (item: JsonRecord): string[] => [
  ...(item['isDefaultGW4'] === true || item['primary'] === true ? ['IPv4'] : []),
  ...(item['isDefaultGW6'] === true || item['primary'] === true ? ['IPv6'] : []),
];

function issuesOf(item: JsonRecord, earlier: readonly JsonRecord[]): RequestIssue[] {
  const network = asText(item['podNetworkName']) ?? asText(item['podNetwork']);
  const attachment = asText(item['podNetworkAttachmentName']);
  const issues: RequestIssue[] = [];
  if (!network && !attachment && !asText(item['name'])) issues.push(invalid('An entry names no network.'));
  if (network && attachment)
    issues.push(invalid('An entry names a PodNetwork and a PodNetworkAttachment; it takes one of them.'));
  const taken = new Set(earlier.flatMap(gatewayOf));
  const [twice] = gatewayOf(item).filter((family) => taken.has(family));
  if (twice) issues.push(invalid(`Two entries are to have the default gateway of ${twice}.`));
  return issues;
}

function requestsOf(pod: KubeObject, workload: string, namespace: string): RequestClaim[] {
  const items = asRecords(getPath(pod, 'spec', 'networks')).slice(0, listLimit);
  let hasDefault = false;
  return items.flatMap((item, index): RequestClaim[] => {
    const named = nameOf(item, namespace);
    const isDefault = named?.alias === defaultNetworkAlias;
    if (isDefault && hasDefault) return [];
    hasDefault ||= isDefault;
    const wanted = asText(item['interfaceName']);
    const source = { ref: refOf(pod), path: pointer('spec', 'networks', index), value: excerptOf(item) };
    const requested: Requested = { network: truncate(named?.name ?? '', 253), source };
    if (wanted) requested.interface = truncate(wanted, 64);
    return [
      {
        workload,
        index: isDefault ? 'default' : index,
        alias: named?.alias ?? null,
        ...(named?.others ? { others: named.others } : {}),
        requested,
        interface: requested.interface ?? (isDefault ? 'eth0' : null),
        issues: issuesOf(item, items.slice(0, Math.min(index, 64))),
        guess: false,
      },
    ];
  });
}

type Reported = { item: JsonRecord; ips: string[]; path: string };

/** Addresses of `status.podIPs` that name their network, and those of a draft's `status.networks`. */
function reportsOf(pod: KubeObject): Reported[] {
  const podIps = asRecords(getPath(pod, 'status', 'podIPs'))
    .slice(0, listLimit)
    .flatMap((item, index): Reported[] => {
      const ip = asText(item['ip']);
      const names = asText(item['podNetwork']) ?? asText(item['podNetworkName']);
      return ip && names ? [{ item, ips: [ip], path: pointer('status', 'podIPs', index) }] : [];
    });
  const networks = asRecords(getPath(pod, 'status', 'networks'))
    .slice(0, listLimit)
    .map((item, index) => ({ item, ips: asStrings(item['ips']), path: pointer('status', 'networks', index) }));
  return [...podIps, ...networks];
}

/** One observation a network and interface. One sample of the KEP has the name of an attachment where that of its network belongs. */
function observationsOf(pod: KubeObject, requests: readonly RequestClaim[], namespace: string): ObservationClaim[] {
  const workload = workloadId('Pod', namespace, pod.metadata.name);
  const wanted = asRecords(getPath(pod, 'spec', 'networks')).slice(0, listLimit);
  const gateways = new Set(wanted.filter((item) => gatewayOf(item).length > 0).map((item) => item['interfaceName']));
  const attachments = new Set(wanted.flatMap((item) => asText(item['podNetworkAttachmentName']) ?? []));
  const asked = new Set(requests.map(({ requested }) => requested.network));
  const found = new Map<string, ObservationClaim>();
  for (const { item, ips, path } of reportsOf(pod)) {
    const named = nameOf(item, namespace);
    if (!named || named.name === 'default') continue;
    const viaAttachment = attachments.has(named.name) && asked.has(named.name);
    const name = asText(item['interfaceName']);
    const mac = asText(item['mac']);
    const key = `${named.name} ${name ?? ''}`;
    const seen: Interface = found.get(key)?.interface ?? { addresses: [] };
    for (const ip of ips.slice(0, 64)) {
      const text = canonicalIp(ip) ?? truncate(ip, 64);
      if (!seen.addresses.some((other) => other.ip === text)) seen.addresses.push({ ip: text });
    }
    if (name) seen.name = truncate(name, 64);
    if (mac) seen.mac = canonicalMac(mac) ?? truncate(mac, 64);
    if (name && gateways.has(name)) seen.isDefault = true;
    found.set(
      key,
      found.get(key) ?? {
        workload,
        alias: viaAttachment ? podNetworkAttachmentAlias(namespace, named.name) : named.alias,
        name: truncate(named.name, 253),
        interface: seen,
        rank: 60,
        isDefault: false,
        source: { ref: refOf(pod), path, value: excerptOf(item) },
        weight: 'status',
      },
    );
  }
  return [...found.values()];
}

const namesNetworks = (status: unknown): boolean => {
  const list = getKey(status, 'podIPs');
  return (
    Array.isArray(list) &&
    list.some((item) => (getKey(item, 'podNetwork') ?? getKey(item, 'podNetworkName')) !== undefined)
  );
};

/** What a pod asks for in `spec.networks`, and what its status tells of it (KEP-3698; multi-network-apis, section 2). */
export function podNetworkPodClaims(pod: KubeObject): Claims {
  const status = pod['status'];
  // Nearly every pod has no such field: it is told at a glance.
  if (
    getKey(pod['spec'], 'networks') === undefined &&
    getKey(status, 'networks') === undefined &&
    !namesNetworks(status)
  )
    return nothing;
  const namespace = pod.metadata.namespace ?? 'default';
  const workload = workloadId('Pod', namespace, pod.metadata.name);
  const requests = requestsOf(pod, workload, namespace);
  const observations = observationsOf(pod, requests, namespace);
  return {
    ...(requests.length > 0 ? { requests } : {}),
    ...(observations.length > 0 ? { observations } : {}),
  };
}
