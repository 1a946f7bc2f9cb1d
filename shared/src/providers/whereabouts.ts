import { type KubeObject, refOf } from '../kube/object.ts';
import { asRecord, asRecords, asText, getPath, getText, truncate } from '../kube/read.ts';
import type { WatchedKind } from '../kube/watched-kind.ts';
import { poolId } from '../model/ids.ts';
import { addressCount, type Cidr, toCidr } from '../net/cidr.ts';
import { canonicalIp, ipFromBigint } from '../net/ip.ts';
import type { AllocationClaim } from './pool-claims.ts';
import { type Claims, nothing, type Provider } from './provider.ts';

const group = 'whereabouts.cni.cncf.io';

/** `10.40.0.0/24` -> `10.40.0.0-24`: how whereabouts makes a name of a range (pkg/storage/kubernetes/ipam.go normalizeRange). */
const toName = (range: string): string => range.replaceAll(':', '-').replaceAll('/', '-');

/** The key under which the networks of a range meet its pool: `[network_name-]range`. */
export const poolKey = (range: Cidr, networkName?: string): string =>
  `whereabouts:${networkName ? `${networkName}-` : ''}${toName(range.text)}`;

/** The key of all slices of a range that is cut by node. */
export const sliceKey = (name: string): string => `whereabouts-slices:${name}`;

const offset = /^\d{1,39}$/;

/** A key of `allocations` is the decimal offset from the network address; in IPv6 it exceeds 2^53. */
function toAllocations(subnet: Cidr, value: unknown): AllocationClaim[] {
  const size = addressCount(subnet);
  const written = Object.entries(asRecord(value) ?? {})
    .flatMap(([key, entry]) => (offset.test(key) ? [{ key, entry, by: BigInt(key) }] : []))
    .sort((a, b) => (a.by < b.by ? -1 : 1));
  return written.flatMap(({ key, entry, by }) => {
    if (by >= size) return [];
    const allocation: AllocationClaim = {
      ip: ipFromBigint(subnet.family, subnet.network.value + by).text,
      key,
    };
    const podRef = getText(entry, 'podref');
    const device = getText(entry, 'ifname');
    if (podRef) allocation.podRef = truncate(podRef, 317);
    if (device) allocation.interface = truncate(device, 64);
    return [allocation];
  });
}

function poolClaims(object: KubeObject): Claims {
  const { name, namespace } = object.metadata;
  const range = truncate(getText(object, 'spec', 'range') ?? '', 100);
  const subnet = toCidr(range);
  return {
    pools: [
      {
        id: poolId('whereabouts', namespace, name),
        provider: 'whereabouts',
        ref: refOf(object),
        name,
        ...(namespace ? { namespace } : {}),
        key: `whereabouts:${name}`,
        range,
        ...(subnet ? { subnet } : {}),
        allocations: subnet ? toAllocations(subnet, getPath(object, 'spec', 'allocations')) : [],
      },
    ],
  };
}

/** `[network_name-]IP` with `:` as `-`: a name may read as more than one address when the network's name looks like hex. */
function ipsInName(name: string): string[] {
  const parts = name.split('-');
  const found: string[] = [];
  for (let from = 0; from < parts.length && from < 64; from++) {
    const rest = parts.slice(from);
    const ip = canonicalIp(rest.length === 1 ? (rest[0] ?? '') : rest.join(':'));
    if (ip) found.push(ip);
  }
  return found;
}

function reservationClaims(object: KubeObject): Claims {
  const ips = ipsInName(truncate(object.metadata.name, 253));
  if (ips.length === 0) return nothing;
  const podRef = getText(object, 'spec', 'podref');
  const device = getText(object, 'spec', 'ifname');
  return {
    reservations: [
      {
        ref: refOf(object),
        ips,
        ...(podRef ? { podRef: truncate(podRef, 317) } : {}),
        ...(device ? { interface: truncate(device, 64) } : {}),
      },
    ],
  };
}

const sliceLimit = 20_000;

function sliceClaims(object: KubeObject): Claims {
  const { name } = object.metadata;
  const written = asRecords(getPath(object, 'status', 'allocations')).slice(0, sliceLimit);
  const slices = written.flatMap((item) => {
    const node = asText(item['nodeName']);
    const range = toCidr(asText(item['sliceRange']) ?? '')?.text;
    return node && range
      ? [{ node, range, pools: [`${name}-${node}-${toName(range)}`, `${node}-${toName(range)}`] }]
      : [];
  });
  return {
    slices: [
      {
        ref: refOf(object),
        name,
        range: truncate(getText(object, 'spec', 'range') ?? '', 100),
        slices,
        free: written.filter((item) => !asText(item['nodeName'])).length,
      },
    ],
  };
}

const kind = (name: string, resource: string, why: string): WatchedKind => ({
  group,
  versions: ['v1alpha1'],
  resource,
  kind: name,
  namespaced: true,
  optional: true,
  why,
});

/** Cluster-wide IPAM: pools in the API instead of files on nodes (k8snetworkplumbingwg/whereabouts). */
export const whereabouts: Provider = {
  id: 'whereabouts',
  title: 'Whereabouts',
  kinds: [
    kind('IPPool', 'ippools', 'which addresses are taken, by whom, and which leaked'),
    kind('OverlappingRangeIPReservation', 'overlappingrangeipreservations', 'addresses held across ranges'),
    kind('NodeSlicePool', 'nodeslicepools', 'which node has which slice of a range'),
  ],
  claims: (object) => {
    if (!object.apiVersion.startsWith(`${group}/`)) return nothing;
    if (object.kind === 'IPPool') return poolClaims(object);
    if (object.kind === 'OverlappingRangeIPReservation') return reservationClaims(object);
    if (object.kind === 'NodeSlicePool') return sliceClaims(object);
    return nothing;
  },
};
