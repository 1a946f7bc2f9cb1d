import { type KubeObject, refOf } from '../kube/object.ts';
import { asRecord, asStrings, asText, getText, type JsonRecord, pointer, truncate } from '../kube/read.ts';
import { workloadId } from '../model/ids.ts';
import type { Address, Evidence, Interface } from '../model/topology.ts';
import { canonicalIp } from '../net/ip.ts';
import { canonicalMac } from '../net/mac.ts';
import { defaultNetworkAlias } from './default-network.ts';
import { type Claims, nothing, type ObservationClaim, type RequestClaim } from './provider.ts';

const podNetworksKey = 'k8s.ovn.org/pod-networks';

/** OVN-Kubernetes gives a primary user-defined network this interface, whatever else the pod has. */
export const primaryInterface = 'ovn-udn1';

const textLimit = 200_000;
const entryLimit = 256;

/** `10.0.0.5/24` -> `{ip, prefixLength}`; a bare address has no length. */
export function toAddress(text: string): Address | undefined {
  const slash = text.indexOf('/');
  const ip = canonicalIp(slash < 0 ? text : text.slice(0, slash));
  const length = slash < 0 ? '' : text.slice(slash + 1);
  if (!ip) return undefined;
  return /^\d{1,3}$/.test(length) && Number(length) <= 128 ? { ip, prefixLength: Number(length) } : { ip };
}

const addressesOf = (entry: JsonRecord): Address[] => {
  const listed = asStrings(entry['ip_addresses']);
  const single = asText(entry['ip_address']);
  return (listed.length > 0 ? listed : single ? [single] : []).slice(0, 16).flatMap((text) => toAddress(text) ?? []);
};

function toInterface(entry: JsonRecord, name: string | undefined): Interface {
  const seen: Interface = { addresses: addressesOf(entry) };
  const mac = asText(entry['mac_address']);
  const listed = asStrings(entry['gateway_ips']);
  const single = asText(entry['gateway_ip']);
  const gateways = (listed.length > 0 ? listed : single ? [single] : []).slice(0, 16);
  if (name) seen.name = name;
  if (mac) seen.mac = canonicalMac(mac) ?? truncate(mac, 64);
  if (gateways.length > 0) seen.gateways = gateways.map((ip) => canonicalIp(ip) ?? truncate(ip, 64));
  return seen;
}

/** `ns/name` of a definition, and which of several interfaces on it: the n-th repeat has `/n` behind. */
function toKey(key: string): { nad: string; repeat: number } | undefined {
  const [namespace, name, repeat, ...rest] = key.split('/', 5);
  if (!namespace || !name || rest.length > 0) return undefined;
  if (repeat !== undefined && !/^\d{1,4}$/.test(repeat)) return undefined;
  return { nad: `${namespace}/${name}`, repeat: Number(repeat ?? 0) };
}

/** Keys in the order in which the definitions are asked for, as far as they tell. */
const byKey = (a: [string, unknown], b: [string, unknown]): number => {
  const [one, other] = [toKey(a[0]), toKey(b[0])];
  if (one && other && one.nad === other.nad) return one.repeat - other.repeat;
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
};

function parse(text: string): JsonRecord | undefined {
  if (text.length > textLimit) return undefined;
  try {
    return asRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * What the control plane of OVN-Kubernetes decided for a pod, before its interfaces are made (multi-network-apis, section 8). It names
 * no interface: `eth0` and that of a primary network are fixed, the others follow from network-status.
 */
export function podNetworksClaims(pod: KubeObject): Claims {
  const text = getText(pod.metadata.annotations, podNetworksKey);
  const decided = text === undefined ? undefined : parse(text);
  if (!decided) return nothing;
  const namespace = pod.metadata.namespace ?? 'default';
  const workload = workloadId('Pod', namespace, pod.metadata.name);
  const requests: RequestClaim[] = [];
  const observations: ObservationClaim[] = [];
  for (const [key, value] of Object.entries(decided).sort(byKey).slice(0, entryLimit)) {
    const entry = asRecord(value);
    const named = key === 'default' ? undefined : toKey(key);
    if (!entry || (key !== 'default' && !named)) continue;
    const primary = entry['role'] === 'primary' && named !== undefined;
    const device = named ? (primary ? primaryInterface : undefined) : 'eth0';
    const alias = named ? { scheme: 'nad', value: named.nad } : defaultNetworkAlias;
    const source: Evidence = {
      ref: refOf(pod),
      path: pointer('metadata', 'annotations', podNetworksKey),
      value: truncate(`${JSON.stringify(key)}: ${JSON.stringify(entry)}`, 400),
    };
    observations.push({
      workload,
      alias,
      name: truncate(key, 500),
      interface: toInterface(entry, device),
      rank: 40,
      isDefault: !named,
      source,
      // A pod that gets no primary network does not start; another network may still be waiting for Multus.
      weight: !named || primary ? 'hint' : 'plan',
    });
    if (!primary || !named || requests.length > 0) continue;
    const requested = { network: named.nad, namespace, source };
    requests.push({
      workload,
      index: 0,
      alias,
      requested,
      interface: primaryInterface,
      issues: [],
      guess: false,
      implicit: true,
    });
  }
  if (observations.length === 0) return nothing;
  return { observations, ...(requests.length > 0 ? { requests } : {}) };
}
