import { type KubeObject, refOf } from '../kube/object.ts';
import {
  asNumber,
  asRecords,
  asStrings,
  asText,
  getKey,
  getPath,
  getText,
  type JsonRecord,
  pointer,
  truncate,
} from '../kube/read.ts';
import type { WatchedKind } from '../kube/watched-kind.ts';
import { poolId, workloadId } from '../model/ids.ts';
import { addressCount, type Cidr, toCidr } from '../net/cidr.ts';
import { canonicalIp } from '../net/ip.ts';
import { countWithout, rangeOfCidr } from '../net/range.ts';
import { defaultNetworkAlias } from './default-network.ts';
import type { DeviceTrouble } from './device-claims.ts';
import { createdAt } from './kubernetes.ts';
import type { PoolClaim, PoolShareClaim } from './pool-claims.ts';
import { type Claims, type NetworkClaim, nothing, type Provider, type RequestClaim } from './provider.ts';

const group = 'cilium.io';
const listLimit = 512;

/** A pool of both families is one of each: a node has a block of IPv4 left or not, whatever there is of IPv6. */
export const ciliumPoolKey = (name: string, family: 4 | 6): string => `cilium${family}:${name}`;

const families = [4, 6] as const;

/** `cidrs` is a list of texts; some manifests have objects with a `cidr` there. */
function cidrsOf(pool: KubeObject, family: 4 | 6): Cidr[] {
  const list = getPath(pool, 'spec', `ipv${family}`, 'cidrs');
  const texts = [...asStrings(list), ...asRecords(list).flatMap((item) => asText(item['cidr']) ?? [])];
  return texts.slice(0, listLimit).flatMap((text) => toCidr(text) ?? []);
}

const clusterNetwork = (object: KubeObject, own: Partial<NetworkClaim>): NetworkClaim => ({
  rank: -1,
  aliases: [defaultNetworkAlias],
  ref: refOf(object),
  name: 'pod network',
  technology: 'cilium',
  role: 'cluster-default',
  subnets: [],
  gateways: [],
  uplinks: [],
  conditions: [],
  issues: [],
  createdAt: createdAt(object),
  ...own,
});

/** Pods get addresses on the network of the cluster from it, so it is a pool of that. */
function poolClaims(object: KubeObject): Claims {
  const { name } = object.metadata;
  const pools = families.flatMap((family): PoolClaim[] => {
    const cidrs = cidrsOf(object, family);
    const [subnet] = cidrs;
    if (!subnet) return [];
    const range = truncate(cidrs.map(({ text }) => text).join(', '), 400);
    return [
      {
        id: poolId('cilium', undefined, family === 4 ? name : `${name}/ipv6`),
        provider: 'cilium',
        ref: refOf(object),
        name,
        key: ciliumPoolKey(name, family),
        range,
        subnet,
        allocations: [],
        size: { total: String(countWithout(cidrs.map(rangeOfCidr), [])) },
        lends: { subnets: cidrs.map(({ text }) => text), gateways: [] },
      },
    ];
  });
  if (pools.length === 0) return nothing;
  return { pools, networks: [clusterNetwork(object, { poolKeys: pools.map(({ key }) => key) })] };
}

type Held = { pool: string; cidrs: Cidr[] };

/** Blocks that the operator gave the node, by pool. */
const heldBy = (node: KubeObject): Held[] =>
  asRecords(getPath(node, 'spec', 'ipam', 'pools', 'allocated'))
    .slice(0, listLimit)
    .flatMap((item) => {
      const pool = asText(item['pool']);
      if (!pool) return [];
      const cidrs = asStrings(item['cidrs']).slice(0, listLimit);
      return [{ pool: truncate(pool, 253), cidrs: cidrs.flatMap((text) => toCidr(text) ?? []) }];
    });

/** The agent asks for addresses of a pool, and the operator has not given blocks that hold as many. */
function isShort(request: JsonRecord, held: readonly Held[]): boolean {
  const blocks = held.filter(({ pool }) => pool === request['pool']).flatMap(({ cidrs }) => cidrs);
  return families.some((family) => {
    const needed = asNumber(getPath(request, 'needed', `ipv${family}-addrs`)) ?? 0;
    const given = blocks.filter((cidr) => cidr.family === family).reduce((sum, cidr) => sum + addressCount(cidr), 0n);
    return Number.isSafeInteger(needed) && needed > 0 && given < BigInt(needed);
  });
}

function troubleOf(node: KubeObject, held: readonly Held[]): DeviceTrouble | undefined {
  const requested = getPath(node, 'spec', 'ipam', 'pools', 'requested');
  const list = Array.isArray(requested) ? requested.slice(0, listLimit) : [];
  const at = list.findIndex((item) => asRecords([item]).some((request) => isShort(request, held)));
  const pool = getText(list[at], 'pool');
  if (!pool) return undefined;
  // The operator leaves an error where it is after it has been mended: it counts only while the node is short.
  const said = getText(node, 'status', 'ipam', 'operator-status', 'error');
  const message = said ?? `The node asks for addresses of pool ${pool}, and has fewer.`;
  return {
    kind: 'cilium-node-short',
    path: said ? '/status/ipam/operator-status/error' : pointer('spec', 'ipam', 'pools', 'requested', at),
    condition: { type: 'AddressesGiven', status: 'False', message: truncate(message, 1000) },
    about: truncate(pool, 253),
  };
}

function nodeClaims(object: KubeObject): Claims {
  const { name } = object.metadata;
  const held = heldBy(object);
  const poolShares = held.flatMap(({ pool, cidrs }) =>
    families.flatMap((family): PoolShareClaim[] => {
      const blocks = cidrs.filter((cidr) => cidr.family === family).map(({ text }) => text);
      return blocks.length > 0 ? [{ pool: ciliumPoolKey(pool, family), ref: refOf(object), node: name, blocks }] : [];
    }),
  );
  const trouble = troubleOf(object, held);
  const subnets = asStrings(getPath(object, 'spec', 'ipam', 'podCIDRs'))
    .slice(0, 16)
    .flatMap((text) => toCidr(text)?.text ?? []);
  return {
    ...(poolShares.length > 0 ? { poolShares } : {}),
    ...(subnets.length > 0 ? { networks: [clusterNetwork(object, { subnets, rank: -2 })] } : {}),
    ...(trouble ? { devices: [{ node: name, ref: refOf(object), complete: false, devices: [], trouble }] } : {}),
  };
}

/** What the agent says of a pod, under the name of the pod. */
function endpointClaims(object: KubeObject): Claims {
  const { name, namespace = 'default' } = object.metadata;
  const addressing = asRecords(getPath(object, 'status', 'networking', 'addressing')).slice(0, 16);
  const addresses = addressing
    .flatMap((item) => [asText(item['ipv4']), asText(item['ipv6'])])
    .flatMap((text) => (text && canonicalIp(text)) || [])
    .map((ip) => ({ ip }));
  if (addresses.length === 0) return nothing;
  const owner = asRecords(object.metadata.ownerReferences).find((item) => item['kind'] === 'Pod');
  const uid = asText(owner?.['uid']);
  return {
    observations: [
      {
        workload: workloadId('Pod', namespace, name),
        alias: defaultNetworkAlias,
        name: '',
        interface: { addresses },
        rank: 15,
        isDefault: true,
        source: {
          ref: refOf(object),
          path: '/status/networking/addressing',
          value: truncate(addresses.map(({ ip }) => ip).join(', '), 400),
        },
        weight: 'hint',
        ...(uid ? { uid } : {}),
      },
    ],
  };
}

const poolAnnotations = ['ipam.cilium.io/ip-pool', 'ipam.cilium.io/ipv4-pool', 'ipam.cilium.io/ipv6-pool'] as const;

const none: readonly { key: string; name: string }[] = [];

/** Nearly every pod asks for none. */
function poolsAskedBy({ metadata: { annotations } }: KubeObject): readonly { key: string; name: string }[] {
  if (!annotations || !poolAnnotations.some((key) => getKey(annotations, key) !== undefined)) return none;
  return poolAnnotations.flatMap((key) => {
    const name = asText(getKey(annotations, key));
    return name ? [{ key, name: truncate(name.trim(), 253) }] : [];
  });
}

function namespaceClaims(object: KubeObject): Claims {
  const asked = poolsAskedBy(object);
  const [first] = asked;
  if (!first) return nothing;
  return {
    namespacePool: {
      namespace: object.metadata.name,
      ref: refOf(object),
      path: pointer('metadata', 'annotations', first.key),
      pools: [...new Set(asked.map(({ name }) => name))],
    },
  };
}

/** A pod that asks for addresses of a certain pool, on the network of the cluster. */
function podClaims(pod: KubeObject): Claims {
  const asked = poolsAskedBy(pod);
  const [first] = asked;
  if (!first || getPath(pod, 'spec', 'hostNetwork') === true) return nothing;
  const request: RequestClaim = {
    workload: workloadId('Pod', pod.metadata.namespace ?? 'default', pod.metadata.name),
    index: 'default',
    alias: defaultNetworkAlias,
    fromPools: [...new Set(asked.map(({ name }) => name))],
    requested: {
      network: 'default',
      source: { ref: refOf(pod), path: pointer('metadata', 'annotations', first.key), value: first.name },
    },
    interface: 'eth0',
    issues: [],
    guess: false,
  };
  return { requests: [request] };
}

const kind = (name: string, resource: string, versions: string[], namespaced: boolean, why: string): WatchedKind => ({
  group,
  versions,
  resource,
  kind: name,
  namespaced,
  optional: true,
  why,
});

/** Pools of Cilium's multi-pool IPAM. It has no networks beside that of the cluster (cilium Documentation/network/concepts/ipam). */
export const cilium: Provider = {
  id: 'cilium',
  title: 'Cilium multi-pool IPAM',
  kinds: [
    kind('CiliumPodIPPool', 'ciliumpodippools', ['v2', 'v2alpha1'], false, 'ranges that pods get addresses from'),
    kind('CiliumNode', 'ciliumnodes', ['v2'], false, 'which node holds which part of a pool'),
    kind('CiliumEndpoint', 'ciliumendpoints', ['v2'], true, 'addresses that Cilium gave pods'),
  ],
  reads: [
    { group: '', kind: 'Pod' },
    { group: '', kind: 'Namespace' },
  ],
  claims: (object) => {
    if (object.kind === 'Pod') return podClaims(object);
    if (object.kind === 'Namespace' && object.apiVersion === 'v1') return namespaceClaims(object);
    if (!object.apiVersion.startsWith(`${group}/`)) return nothing;
    if (object.kind === 'CiliumPodIPPool') return poolClaims(object);
    if (object.kind === 'CiliumNode') return nodeClaims(object);
    if (object.kind === 'CiliumEndpoint') return endpointClaims(object);
    return nothing;
  },
};
