import { byText } from '../kube/memo.ts';
import { type KubeObject, refOf } from '../kube/object.ts';
import { asRecord, asStringMap, getPath, pointer, truncate } from '../kube/read.ts';
import { workloadId } from '../model/ids.ts';
import type { Alias, Evidence, Interface, Requested } from '../model/topology.ts';
import { toCidr } from '../net/cidr.ts';
import { toIp } from '../net/ip.ts';
import { defaultNetworkAlias } from './default-network.ts';
import { nadAlias } from './nad-alias.ts';
import { type Claims, type NeedClaim, nothing, type ObservationClaim, type RequestClaim } from './provider.ts';
import { ipOf, macOf, splitList, toAddresses } from './vendor-text.ts';

export const kubeOvnGroup = 'kubeovn.io';

export const subnetAlias = (name: string): Alias => ({ scheme: 'kube-ovn-subnet', value: name });

export const poolKeyOf = (name: string): string => `kube-ovn-ippool:${name}`;

/** The provider of what every pod gets on eth0. */
export const defaultProvider = 'ovn';

/**
 * The network and interface in the name of a provider: `<nad>.<ns>.ovn`, `<nad>.<ns>` where another plugin makes the interface, and
 * with the name of the interface behind where one NAD is attached more than once.
 */
export function readProvider(provider: string): { alias: Alias; interface?: string } | undefined {
  const parts = provider.split('.');
  const ovn = parts.lastIndexOf(defaultProvider);
  const device = ovn >= 2 && ovn < parts.length - 1 ? parts.slice(ovn + 1).join('.') : undefined;
  const names = ovn >= 2 ? parts.slice(0, ovn) : parts;
  const namespace = names.at(-1);
  const nad = names.slice(0, -1).join('.');
  if (!namespace || !nad) return undefined;
  return { alias: nadAlias(namespace, nad), ...(device ? { interface: device } : {}) };
}

const infix = '.kubernetes.io/';
/** Of the annotation in which a daemon says what it could not do. */
export const errorSuffix = '/err_mesg';
const fields = new Set([
  'allocated',
  'routed',
  'ip_address',
  'mac_address',
  'cidr',
  'gateway',
  'logical_switch',
  'ip_pool',
  'vf',
]);

const isOfField = byText(1000, (key) => {
  const at = key.indexOf(infix);
  return at > 0 && fields.has(key.slice(at + infix.length));
});

/** Whether Kube-OVN may have written or read some annotation: most pods have none, and cost no more than this look. */
export function hasKubeOvnAnnotation(pod: KubeObject): boolean {
  const annotations = asRecord(pod.metadata.annotations);
  for (const key in annotations) if (isOfField(key) || key.endsWith(errorSuffix)) return true;
  return false;
}

type Written = { provider: string; get: (field: string) => string | undefined };

const providerLimit = 256;

/** Annotations `<provider>.kubernetes.io/<field>`, by provider. */
function readAnnotations(annotations: ReadonlyMap<string, string>): Written[] {
  const found = new Map<string, Map<string, string>>();
  for (const [key, value] of annotations) {
    const at = key.indexOf(infix);
    const field = key.slice(at + infix.length);
    if (at <= 0 || !fields.has(field) || value === '') continue;
    const provider = key.slice(0, at);
    if (provider !== defaultProvider && !readProvider(provider)) continue;
    const own = found.get(provider) ?? new Map<string, string>();
    found.set(provider, own.set(field, value));
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, providerLimit)
    .map(([provider, own]) => ({ provider, get: (field) => own.get(field) }));
}

/** Addresses come bare; `cidr` has the length of their subnet, one a family. */
function addressesOf({ get }: Written): Interface['addresses'] {
  const subnets = splitList(get('cidr')).flatMap((text) => toCidr(text) ?? []);
  return toAddresses(splitList(get('ip_address'))).map((address) => {
    const family = toIp(address.ip)?.family;
    const length = subnets.find((subnet) => subnet.family === family)?.prefixLength;
    return address.prefixLength === undefined && length !== undefined ? { ...address, prefixLength: length } : address;
  });
}

function toInterface(written: Written, name: string | undefined): Interface {
  const { get } = written;
  const seen: Interface = { addresses: addressesOf(written) };
  const mac = get('mac_address');
  const gateways = splitList(get('gateway')).map(ipOf);
  const vf = get('vf');
  if (name) seen.name = name;
  if (mac) seen.mac = macOf(mac);
  if (gateways.length > 0) seen.gateways = gateways;
  if (vf && /^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]$/i.test(vf))
    seen.device = { type: 'pci', id: vf, details: {} };
  return seen;
}

type Place = { pod: KubeObject; workload: string };

const sourceOf = ({ pod }: Place, { provider, get }: Written, field: string): Evidence => ({
  ref: refOf(pod),
  path: pointer('metadata', 'annotations', `${provider}${infix}${field}`),
  value: truncate(get(field) ?? '', 400),
});

/** `ip_pool` is a list of addresses, or the name of an IPPool. */
function needsOf(place: Place, written: Written): NeedClaim[] {
  const subnet = written.get('logical_switch');
  const pool = written.get('ip_pool');
  const named = pool !== undefined && !/[,;]/.test(pool) && !toIp(pool.trim()) ? pool.trim() : undefined;
  const group = kubeOvnGroup;
  return [
    ...(subnet
      ? [
          {
            of: 'network' as const,
            group,
            kind: 'Subnet',
            name: truncate(subnet, 253),
            key: `kube-ovn-subnet:${truncate(subnet, 253)}`,
            source: sourceOf(place, written, 'logical_switch'),
          },
        ]
      : []),
    ...(named
      ? [
          {
            of: 'pool' as const,
            group,
            kind: 'IPPool',
            name: truncate(named, 253),
            key: poolKeyOf(truncate(named, 253)),
            source: sourceOf(place, written, 'ip_pool'),
          },
        ]
      : []),
  ];
}

/** What the user wrote before the controller came by: the same keys, without `allocated`. */
function toAddition(place: Place, written: Written): RequestClaim | undefined {
  const { provider, get } = written;
  const named = readProvider(provider);
  const ips = splitList(get('ip_address'));
  const mac = get('mac_address');
  const needs = needsOf(place, written);
  if (ips.length === 0 && !mac && needs.length === 0) return undefined;
  const field = ips.length > 0 ? 'ip_address' : mac ? 'mac_address' : get('ip_pool') ? 'ip_pool' : 'logical_switch';
  const requested: Requested = { network: '', source: sourceOf(place, written, field) };
  if (ips.length > 0) requested.ips = ips;
  if (mac) requested.mac = truncate(mac, 64);
  return {
    workload: place.workload,
    index: 0,
    alias: provider === defaultProvider ? defaultNetworkAlias : (named?.alias ?? null),
    requested,
    interface: named?.interface ?? null,
    issues: [],
    guess: false,
    ...(needs.length > 0 ? { needs } : {}),
    adds: true,
  };
}

/** The subnet of eth0 takes the place of the default network, whose name nobody knows. */
function toDefault(
  place: Place,
  written: Written,
  asked: RequestClaim | undefined,
  allocated: boolean,
): RequestClaim | undefined {
  const subnet = written.get('logical_switch');
  if (!subnet) return undefined;
  const { ips, mac } = asked?.requested ?? {};
  return {
    workload: place.workload,
    index: 'default',
    alias: subnetAlias(truncate(subnet, 253)),
    others: [defaultNetworkAlias],
    requested: {
      network: truncate(subnet, 253),
      source: sourceOf(place, written, 'logical_switch'),
      ...(ips ? { ips } : {}),
      ...(mac ? { mac } : {}),
    },
    interface: 'eth0',
    issues: [],
    guess: false,
    ...(asked?.needs ? { needs: asked.needs } : {}),
    // The controller has written it, whoever chose the subnet.
    ...(allocated ? { implicit: true as const } : {}),
  };
}

function toObservation(place: Place, written: Written): ObservationClaim {
  const { provider, get } = written;
  const primary = provider === defaultProvider;
  const named = readProvider(provider);
  const subnet = get('logical_switch');
  return {
    workload: place.workload,
    alias: primary ? (subnet ? subnetAlias(truncate(subnet, 253)) : defaultNetworkAlias) : (named?.alias ?? null),
    name: truncate(subnet ?? provider, 253),
    interface: toInterface(written, primary ? 'eth0' : named?.interface),
    rank: 40,
    isDefault: primary,
    source: sourceOf(place, written, get('ip_address') ? 'ip_address' : 'allocated'),
    // The controller decides before the plugin plugs.
    weight: primary ? 'hint' : 'plan',
  };
}

/**
 * Annotations of Kube-OVN on a pod (multi-network-apis, section 10.10). The same keys are requests as the user writes them and results
 * once the controller has set `allocated`.
 */
export function kubeOvnPodClaims(pod: KubeObject): Claims {
  const annotations = asStringMap(pod.metadata.annotations);
  if (annotations.size === 0 || getPath(pod, 'spec', 'hostNetwork') === true) return nothing;
  const providers = readAnnotations(annotations);
  if (providers.length === 0) return nothing;
  const place: Place = { pod, workload: workloadId('Pod', pod.metadata.namespace ?? 'default', pod.metadata.name) };
  const requests: RequestClaim[] = [];
  const observations: ObservationClaim[] = [];
  for (const written of providers) {
    const allocated = written.get('allocated') === 'true';
    const asked = allocated ? undefined : toAddition(place, written);
    const instead = written.provider === defaultProvider ? toDefault(place, written, asked, allocated) : undefined;
    if (instead) requests.push(instead);
    else if (asked) requests.push(asked);
    if (allocated) observations.push(toObservation(place, written));
  }
  return {
    ...(requests.length > 0 ? { requests } : {}),
    ...(observations.length > 0 ? { observations } : {}),
  };
}
