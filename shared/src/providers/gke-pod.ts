import { type KubeObject, refOf } from '../kube/object.ts';
import { asStrings, asText, getPath, type JsonRecord, pointer, truncate } from '../kube/read.ts';
import { workloadId } from '../model/ids.ts';
import type { Alias, Evidence, Interface, Requested } from '../model/topology.ts';
import { canonicalIp } from '../net/ip.ts';
import { canonicalMac } from '../net/mac.ts';
import { type AnnotationList, readAnnotationList } from './annotation-list.ts';
import { defaultNetworkAlias } from './default-network.ts';
import { toAddress } from './ovn-pod-networks.ts';
import { type Claims, nothing, type ObservationClaim, type RequestClaim, type RequestIssue } from './provider.ts';

export const gkeInterfacesKey = 'networking.gke.io/interfaces';
const defaultInterfaceKey = 'networking.gke.io/default-interface';
const podIpsKey = 'networking.gke.io/pod-ips';
const interfaceStatusKey = 'networking.gke.io/interface-status';

/** Names of the network that every pod is on; the second is that of older clusters. */
const defaultNames = new Set(['default', 'pod-network']);

/** The Network `default` stands for the network of the cluster, under either of its names. */
export const gkeNetworkAlias = (name: string): Alias =>
  defaultNames.has(name) ? defaultNetworkAlias : { scheme: 'gke-network', value: truncate(name, 253) };

export const gkeInterfaceAlias = (namespace: string, name: string): Alias => ({
  scheme: 'gke-networkinterface',
  value: `${namespace}/${truncate(name, 253)}`,
});

type Pod = { object: KubeObject; workload: string; namespace: string };

const annotationPath = (key: string): string => pointer('metadata', 'annotations', key);

const sourceIn = ({ object }: Pod, key: string, value: string): Evidence => ({
  ref: refOf(object),
  path: annotationPath(key),
  value: truncate(value, 400),
});

const invalid = (message: string): RequestIssue => ({ slug: 'gke-interfaces-invalid', message, severity: 'error' });

/** What GKE refuses in one entry of the list: it names a Network or a NetworkInterface, and a name once. */
function issuesOf(item: JsonRecord, seen: Set<string>): RequestIssue[] {
  const network = asText(item['network']);
  const own = asText(item['interface']);
  const name = asText(item['interfaceName']);
  const issues: RequestIssue[] = [];
  if (!network && !own) issues.push(invalid('An entry names neither a network nor an interface.'));
  if (network && own) issues.push(invalid('An entry names a network and an interface; GKE takes one of them.'));
  if (name && seen.has(name))
    issues.push(invalid(`The interface name ${truncate(name, 64)} stands in the list twice.`));
  if (name) seen.add(name);
  return issues;
}

const unreadable = (pod: Pod, { text, problem = '' }: AnnotationList): RequestClaim => ({
  workload: pod.workload,
  index: 0,
  alias: null,
  requested: { network: '', source: sourceIn(pod, gkeInterfacesKey, text) },
  interface: null,
  issues: [invalid(`${gkeInterfacesKey} should be a JSON list of {interfaceName, network}. ${problem}`)],
  guess: true,
});

/** The entries of the list. That of the default network is what slot 0 was asked for. */
function requestsOf(pod: Pod, list: AnnotationList | undefined): RequestClaim[] {
  if (!list) return [];
  if (!list.items) return [unreadable(pod, list)];
  const seen = new Set<string>();
  let hasDefault = false;
  return list.items.map(({ index, item }): RequestClaim => {
    const network = asText(item['network']);
    const own = asText(item['interface']);
    const name = asText(item['interfaceName']);
    const isDefault = !hasDefault && network !== undefined && defaultNames.has(network);
    hasDefault ||= isDefault;
    const alias = network ? gkeNetworkAlias(network) : own ? gkeInterfaceAlias(pod.namespace, own) : null;
    const requested: Requested = {
      network: truncate(network ?? own ?? '', 253),
      source: sourceIn(pod, gkeInterfacesKey, JSON.stringify(item)),
    };
    if (name) requested.interface = truncate(name, 64);
    return {
      workload: pod.workload,
      index: isDefault ? 'default' : index,
      alias,
      requested,
      interface: requested.interface ?? (isDefault ? 'eth0' : null),
      issues: issuesOf(item, seen),
      guess: false,
    };
  });
}

type Report = { key: string; rank: number; of: (item: JsonRecord) => Interface };

const addressesOf = (texts: readonly string[]): Interface['addresses'] =>
  texts.slice(0, 16).map((text) => toAddress(text) ?? { ip: truncate(text, 64) });

const reports: readonly Report[] = [
  {
    key: podIpsKey,
    rank: 50,
    of: (item) => ({ addresses: addressesOf([asText(item['ip']) ?? ''].filter((ip) => ip !== '')) }),
  },
  {
    key: interfaceStatusKey,
    rank: 52,
    of: (item) => {
      const mac = asText(item['macAddress']);
      const gateway = asText(item['gateway4']);
      return {
        addresses: addressesOf(asStrings(item['ipAddresses'])),
        ...(mac ? { mac: canonicalMac(mac) ?? truncate(mac, 64) } : {}),
        ...(gateway ? { gateways: [canonicalIp(gateway) ?? truncate(gateway, 64)] } : {}),
      };
    },
  },
];

/** One observation a network: the annotations name networks, not interfaces, and list each address of a network by itself. */
function observationsOf(pod: Pod, nameOn: (network: string) => string | undefined, mainInterface?: string) {
  const found = new Map<string, ObservationClaim>();
  for (const { key, rank, of } of reports) {
    for (const { item } of readAnnotationList(pod.object, key)?.items ?? []) {
      const network = asText(item['networkName']);
      if (!network) continue;
      const alias = gkeNetworkAlias(network);
      const isDefault = alias === defaultNetworkAlias;
      const at = `${key} ${alias.value}`;
      const known = found.get(at);
      const seen = of(item);
      if (known) {
        known.interface.addresses.push(...seen.addresses);
        continue;
      }
      const name = nameOn(network);
      if (name) seen.name = name;
      if (name && name === mainInterface) seen.isDefault = true;
      const source = sourceIn(pod, key, JSON.stringify(item));
      found.set(at, {
        workload: pod.workload,
        alias,
        name: truncate(network, 253),
        interface: seen,
        rank,
        isDefault,
        source,
        weight: 'status',
      });
    }
  }
  return [...found.values()];
}

/**
 * What a pod asks for by `networking.gke.io/interfaces`, and what GKE writes back. The answer names no interface: where a network is
 * asked for once, it is the one of the request.
 */
export function gkePodClaims(object: KubeObject): Claims {
  if (
    getPath(object.metadata.annotations, gkeInterfacesKey) === undefined &&
    !reports.some(({ key }) => asText(getPath(object.metadata.annotations, key)))
  )
    return nothing;
  const namespace = object.metadata.namespace ?? 'default';
  const pod: Pod = { object, namespace, workload: workloadId('Pod', namespace, object.metadata.name) };
  const requests = requestsOf(pod, readAnnotationList(object, gkeInterfacesKey));
  const nameOn = (network: string): string | undefined => {
    const asked = requests.filter((request) => request.alias?.value === gkeNetworkAlias(network).value);
    return asked.length === 1 ? (asked[0]?.interface ?? undefined) : undefined;
  };
  const observations = observationsOf(pod, nameOn, asText(getPath(object.metadata.annotations, defaultInterfaceKey)));
  return {
    ...(requests.length > 0 ? { requests } : {}),
    ...(observations.length > 0 ? { observations } : {}),
  };
}
