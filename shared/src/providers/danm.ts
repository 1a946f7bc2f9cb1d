import { type KubeObject, refOf } from '../kube/object.ts';
import {
  asArray,
  asNumber,
  asRecord,
  asStringMap,
  asText,
  getPath,
  getText,
  type JsonRecord,
  pointer,
  truncate,
} from '../kube/read.ts';
import type { WatchedKind } from '../kube/watched-kind.ts';
import { poolId, workloadId } from '../model/ids.ts';
import type { Alias, Evidence, Interface, Requested, Uplink } from '../model/topology.ts';
import { toCidr } from '../net/cidr.ts';
import { addToIp, toIp } from '../net/ip.ts';
import { countSetBits } from './danm-bitmap.ts';
import { createdAt } from './kubernetes.ts';
import type { PoolClaim } from './pool-claims.ts';
import { type Claims, nothing, type Provider, type RequestClaim } from './provider.ts';
import { hasAnnotation, macOf, parseJson, textsOf, toAddresses } from './vendor-text.ts';

/** The group since the end of 2020, that of version 4 and before, and the very first. */
const groups = ['danm.io', 'danm.k8s.io', 'kubernetes.nokia.com'];

const schemes: Readonly<Record<string, string>> = {
  DanmNet: 'danmnet',
  TenantNetwork: 'danm-tenantnetwork',
  ClusterNetwork: 'danm-clusternetwork',
};

const aliasOf = (kind: string, namespace: string, name: string): Alias => ({
  scheme: schemes[kind] ?? 'danmnet',
  value: kind === 'ClusterNetwork' ? truncate(name, 253) : `${namespace}/${truncate(name, 253)}`,
});

/** Options as they are called since 2019; before, the network was apart from its prefix, and a pool was two offsets in it. */
function optionsOf(object: KubeObject): JsonRecord {
  const written = asRecord(getPath(object, 'spec', 'Options')) ?? {};
  const network = asText(written['network']);
  const subnet = network === undefined ? undefined : toCidr(`${network}/${String(written['prefix'])}`);
  if (!subnet) return written;
  const at = (key: string) => {
    const offset = numberOf(written[key]);
    return offset === undefined ? undefined : addToIp(subnet.network, BigInt(Math.trunc(offset)))?.text;
  };
  return {
    host_device: written['device'],
    cidr: subnet.text,
    allocation_pool: { start: at('start'), end: at('end') },
    ...written,
  };
}

/** Old objects have their numbers in quotes. */
const numberOf = (value: unknown): number | undefined => {
  const text = asText(value);
  return asNumber(text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : value);
};

const danmPoolKey = ({ scheme, value }: Alias): string => `danm:${scheme}:${value}`;

/** Addresses from `start` to `end`; the bitmap has a bit for each address of the CIDR, counted from its first. */
function toPool(object: KubeObject, alias: Alias, family: 4 | 6): PoolClaim | undefined {
  const options = optionsOf(object);
  const keys =
    family === 4
      ? (['allocation_pool', 'alloc', 'cidr'] as const)
      : (['allocation_pool_v6', 'alloc6', 'net6'] as const);
  const pool = asRecord(options[keys[0]]) ?? {};
  const text = (family === 6 ? asText(pool['cidr']) : undefined) ?? asText(options[keys[2]]);
  const subnet = text === undefined ? undefined : toCidr(text);
  if (!subnet || subnet.family !== family) return undefined;
  const [start, end] = [toIp(asText(pool['start']) ?? ''), toIp(asText(pool['end']) ?? '')];
  const { name, namespace } = object.metadata;
  const base = subnet.network.value;
  const sound = start?.family === family && end?.family === family && base <= start.value && start.value <= end.value;
  const bitmap = asText(options[keys[1]]);
  // Without a bitmap nothing is known of what is taken.
  const used = sound && bitmap ? countSetBits(bitmap, start.value - base, end.value - base) : undefined;
  return {
    id: poolId('danm', `${object.kind}/${namespace ?? ''}/${name}`, `v${family}`),
    provider: 'danm',
    ref: refOf(object),
    name,
    ...(namespace ? { namespace } : {}),
    key: danmPoolKey(alias),
    range: sound ? `${start.text}-${end.text}` : subnet.text,
    allocations: [],
    ...(sound && used !== undefined
      ? {
          subnet,
          size: { total: String(end.value - start.value + 1n), used: String(used) },
        }
      : {}),
  };
}

function uplinksOf(options: JsonRecord): Uplink[] {
  const device = asText(options['host_device']);
  const resource = asText(options['device_pool']);
  return [
    ...(device ? [{ device: truncate(device, 64) }] : []),
    ...(resource ? [{ resourceName: truncate(resource, 253) }] : []),
  ];
}

function networkClaims(object: KubeObject): Claims {
  const { name, namespace } = object.metadata;
  const options = optionsOf(object);
  const own = object.kind === 'ClusterNetwork' ? undefined : (namespace ?? 'default');
  const alias = aliasOf(object.kind, own ?? '', name);
  const pools = ([4, 6] as const).flatMap((family) => toPool(object, alias, family) ?? []);
  const vlan = numberOf(options['vlan']);
  const mtu = numberOf(options['mtu']);
  const tenants = textsOf(getPath(object, 'spec', 'AllowedTenants'));
  return {
    networks: [
      {
        rank: 60,
        aliases: [alias],
        ref: refOf(object),
        name,
        ...(own ? { namespace: own } : {}),
        technology: truncate((getText(object, 'spec', 'NetworkType') ?? 'ipvlan').toLowerCase(), 64),
        role: 'secondary',
        subnets: [asText(options['cidr']), asText(options['net6'])].flatMap((text) =>
          text ? [truncate(text, 100)] : [],
        ),
        gateways: [],
        ...(vlan ? { vlan } : {}),
        ...(mtu ? { mtu } : {}),
        uplinks: uplinksOf(options),
        conditions: [],
        issues: [],
        createdAt: createdAt(object),
        ...(pools.length > 0 ? { poolKeys: [danmPoolKey(alias)] } : {}),
        ...(object.kind === 'ClusterNetwork' && tenants.length > 0 ? { tenants } : {}),
      },
    ],
    ...(pools.length > 0 ? { pools } : {}),
  };
}

const keys = ['danm.io/interfaces', 'danm.k8s.io/interfaces', 'kubernetes.nokia.com/interfaces'];

const elementKinds = [
  ['network', 'DanmNet'],
  ['tenantNetwork', 'TenantNetwork'],
  ['clusterNetwork', 'ClusterNetwork'],
] as const;

/** Words instead of an address: let DANM choose one, or go without. */
const words = new Set(['dynamic', 'none']);

function toRequest(item: unknown, index: number, workload: string, namespace: string, source: Evidence): RequestClaim {
  const element = asRecord(item) ?? {};
  const named = elementKinds.flatMap(([key, kind]) => {
    const name = asText(element[key]);
    return name ? [{ kind, name }] : [];
  })[0];
  const ips = [asText(element['ip']), asText(element['ip6'])].flatMap((text) =>
    text && !words.has(text) ? [truncate(text, 64)] : [],
  );
  const alias = named ? aliasOf(named.kind, namespace, named.name) : null;
  const requested: Requested = {
    network: alias?.value ?? '',
    source: { ...source, value: truncate(JSON.stringify(item) ?? '', 400) },
  };
  if (named && named.kind !== 'ClusterNetwork') requested.namespace = namespace;
  if (ips.length > 0) requested.ips = ips;
  return {
    workload,
    // The first becomes eth0, whatever its network says of names; it takes the place of the network of the cluster.
    index: index === 0 ? 'default' : index,
    alias,
    requested,
    interface: index === 0 ? 'eth0' : null,
    issues: named ? [] : [annotationIssue(`Element ${index} names no network.`)],
    guess: false,
  };
}

const annotationIssue = (message: string) => ({ slug: 'danm-annotation-invalid', severity: 'error' as const, message });

const requestLimit = 256;

/** One interface for each element, in order (multi-network-apis, section 10.9). */
function podClaims(pod: KubeObject): Claims {
  if (!hasAnnotation(pod, '/interfaces')) return nothing;
  const annotations = asStringMap(pod.metadata.annotations);
  const key = keys.find((name) => annotations.get(name));
  if (key === undefined || getPath(pod, 'spec', 'hostNetwork') === true) return nothing;
  const text = annotations.get(key) ?? '';
  const namespace = pod.metadata.namespace ?? 'default';
  const workload = workloadId('Pod', namespace, pod.metadata.name);
  const source: Evidence = {
    ref: refOf(pod),
    path: pointer('metadata', 'annotations', key),
    value: truncate(text, 400),
  };
  const list = asArray(parseJson(text));
  if (list)
    return list.length === 0
      ? nothing
      : {
          requests: list
            .slice(0, requestLimit)
            .map((item, index) => toRequest(item, index, workload, namespace, source)),
        };
  const issues = [annotationIssue(`${key} is not a list in JSON.`)];
  return {
    requests: [
      {
        workload,
        index: 'default',
        alias: null,
        requested: { network: '', source },
        interface: 'eth0',
        issues,
        guess: true,
      },
    ],
  };
}

/** One interface of a pod: complete, and written when it is there. */
function endpointClaims(object: KubeObject): Claims {
  const { namespace = 'default' } = object.metadata;
  const spec = getPath(object, 'spec');
  const pod = getText(spec, 'Pod');
  if (!pod) return nothing;
  const network = getText(spec, 'NetworkName') ?? getText(spec, 'NetworkID');
  const link = getPath(spec, 'Interface');
  const name = getText(link, 'Name');
  const mac = getText(link, 'MacAddress');
  const device = getText(link, 'DeviceID');
  const uid = getText(spec, 'PodUID');
  const seen: Interface = {
    addresses: toAddresses([getText(link, 'Address'), getText(link, 'AddressIPv6')].flatMap((text) => text ?? [])),
  };
  if (name) seen.name = truncate(name, 64);
  if (mac) seen.mac = macOf(mac);
  if (device) seen.device = { type: 'pci', id: truncate(device, 64), details: {} };
  // Names end in the place of the element in the annotation, unless the naming scheme is the old one.
  const place = /\d{1,3}$/.exec(name ?? '')?.[0];
  const position = place === undefined || place === '0' ? undefined : Number(place);
  const ref = refOf(object);
  return {
    observations: [
      {
        workload: workloadId('Pod', namespace, pod),
        alias: network ? aliasOf(getText(spec, 'apiType') ?? 'DanmNet', namespace, network) : null,
        name: truncate(network ?? '', 253),
        interface: seen,
        rank: 55,
        isDefault: name === 'eth0',
        source: { ref, path: '/spec/Interface', value: truncate(JSON.stringify(link) ?? '', 400) },
        weight: 'hint',
        ...(uid ? { uid } : {}),
        ...(position === undefined ? {} : { index: position }),
      },
    ],
    reservations: [
      {
        ref,
        ips: seen.addresses.map(({ ip }) => ip),
        podRef: truncate(`${namespace}/${pod}`, 317),
        ...(seen.name ? { interface: seen.name } : {}),
      },
    ],
  };
}

const kind = (group: string, name: string, resource: string, namespaced: boolean, why: string): WatchedKind => ({
  group,
  versions: ['v1'],
  resource,
  kind: name,
  namespaced,
  optional: true,
  why,
});

/** The meta-plugin of Nokia, instead of Multus (nokia/danm). */
export const danm: Provider = {
  id: 'danm',
  title: 'DANM',
  kinds: groups.flatMap((group) => [
    kind(group, 'DanmNet', 'danmnets', true, 'the networks of DANM, and how full they are'),
    kind(group, 'TenantNetwork', 'tenantnetworks', true, 'networks that tenants made'),
    kind(group, 'ClusterNetwork', 'clusternetworks', false, 'networks for all tenants'),
    kind(group, 'DanmEp', 'danmeps', true, 'which interface of which pod has which address'),
  ]),
  reads: [{ group: '', kind: 'Pod' }],
  claims: (object) => {
    if (object.kind === 'Pod') return podClaims(object);
    if (!groups.some((group) => object.apiVersion.startsWith(`${group}/`))) return nothing;
    if (object.kind === 'DanmEp') return endpointClaims(object);
    return Object.hasOwn(schemes, object.kind) ? networkClaims(object) : nothing;
  },
};
