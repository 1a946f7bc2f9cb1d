import { parseNetworkConfig } from '../cni/network-config.ts';
import { type KubeObject, refOf } from '../kube/object.ts';
import { asNumber, asStrings, getPath, getText, truncate } from '../kube/read.ts';
import type { WatchedKind } from '../kube/watched-kind.ts';
import { poolId, workloadId } from '../model/ids.ts';
import type { Alias, Interface } from '../model/topology.ts';
import { toCidr } from '../net/cidr.ts';
import { defaultNetworkAlias } from './default-network.ts';
import {
  defaultProvider,
  kubeOvnGroup as group,
  hasKubeOvnAnnotation,
  kubeOvnPodClaims,
  poolKeyOf,
  readProvider,
  subnetAlias,
} from './kube-ovn-pod.ts';
import { nodeErrorClaims, physicalClaims, vlanClaims, vlanPart, vpcClaims, vpcPart } from './kube-ovn-underlay.ts';
import { createdAt, toConditions } from './kubernetes.ts';
import { nadAlias } from './nad-alias.ts';
import type { PoolClaim } from './pool-claims.ts';
import { type Claims, nothing, type Provider } from './provider.ts';
import { countIn, ipOf, macOf, splitList, textsOf, toAddresses, toDecimal, toRanges } from './vendor-text.ts';

const providerAlias = (name: string): Alias => ({ scheme: 'kube-ovn-provider', value: truncate(name, 253) });

/** What tells the subnet of a namespace, as the alias of a network in `on`. */
export const namespacePart = (namespace: string): string => `kube-ovn-namespace:${namespace}`;

const subnetPool = (name: string): string => `kube-ovn-subnet:${name}`;

/** How many addresses there are and are taken, as the status counts them, else as the spec says. */
function sizeOf(
  object: KubeObject,
  family: 4 | 6,
  keys: [string, string],
  total: bigint | undefined,
): PoolClaim['size'] {
  const free = toDecimal(getPath(object, 'status', keys[0]));
  const used = toDecimal(getPath(object, 'status', keys[1]));
  if (free !== undefined && used !== undefined) return { total: String(BigInt(free) + BigInt(used)), used };
  return total === undefined || family === 6 ? undefined : { total: String(total) };
}

/** One pool a family: a dual-stack subnet counts each by itself. */
function subnetPools(object: KubeObject, cidrs: readonly string[]): PoolClaim[] {
  const { name } = object.metadata;
  const holes = toRanges([...asStrings(getPath(object, 'spec', 'excludeIps'))], '..');
  return cidrs.slice(0, 2).flatMap((range): PoolClaim[] => {
    const subnet = toCidr(range);
    if (!subnet) return [];
    const v = `v${subnet.family}`;
    const size = sizeOf(object, subnet.family, [`${v}availableIPs`, `${v}usingIPs`], countIn(range, [], holes));
    return [
      {
        id: poolId('kube-ovn', name, v),
        provider: 'kube-ovn',
        ref: refOf(object),
        name: cidrs.length > 1 ? `${name} (IP${v})` : name,
        key: subnetPool(name),
        range: truncate(range, 100),
        subnet,
        allocations: [],
        ...(size ? { size } : {}),
      },
    ];
  });
}

/** How the pods of a subnet are plugged: a tunnel between nodes, or a VLAN of the physical network; only addresses for another plugin. */
function technologyOf(provider: string, vlan: string | undefined): string {
  const own = provider === defaultProvider || provider.split('.').includes(defaultProvider);
  return own ? (vlan ? 'kube-ovn-underlay' : 'kube-ovn') : 'unknown';
}

/**
 * The default subnet is the network of the cluster where pods are on it. Where Kube-OVN only adds interfaces beside another plugin it is
 * there as well, and empty.
 */
const isInUse = (object: KubeObject): boolean =>
  ['v4usingIPs', 'v6usingIPs'].some((key) => (toDecimal(getPath(object, 'status', key)) ?? '0') !== '0');

function subnetClaims(object: KubeObject): Claims {
  const { name } = object.metadata;
  const provider = truncate(getText(object, 'spec', 'provider') ?? defaultProvider, 253);
  const cidrs = splitList(getText(object, 'spec', 'cidrBlock')).map((text) => truncate(text, 100));
  const vlan = getText(object, 'spec', 'vlan');
  const vpc = getText(object, 'spec', 'vpc');
  const mtu = asNumber(getPath(object, 'spec', 'mtu'));
  const whole = getPath(object, 'spec', 'default') === true;
  const primary = provider === defaultProvider;
  const parts = [...(vlan ? [vlanPart(vlan)] : []), ...(vpc ? [vpcPart(vpc)] : [])].map((key) => truncate(key, 300));
  return {
    networks: [
      {
        rank: 50,
        aliases: [
          subnetAlias(name),
          ...(primary ? [] : [providerAlias(provider)]),
          ...(primary && whole && isInUse(object) ? [defaultNetworkAlias] : []),
        ],
        ref: refOf(object),
        name,
        technology: technologyOf(provider, vlan),
        role: whole ? 'cluster-default' : primary && name !== 'join' ? 'primary' : 'secondary',
        subnets: cidrs,
        gateways: splitList(getText(object, 'spec', 'gateway')).map(ipOf),
        ...(mtu ? { mtu } : {}),
        uplinks: [],
        conditions: toConditions(getPath(object, 'status', 'conditions')),
        issues: [],
        createdAt: createdAt(object),
        poolKeys: [subnetPool(name)],
        ...(parts.length > 0 ? { parts } : {}),
      },
    ],
    pools: subnetPools(object, cidrs),
  };
}

/** A share of a subnet that has a name: the networks of the subnet draw on it too. */
function poolClaims(object: KubeObject): Claims {
  const { name } = object.metadata;
  const subnet = getText(object, 'spec', 'subnet');
  const ranges = textsOf(getPath(object, 'spec', 'ips'));
  const total = countIn('', toRanges(ranges, '..'), []);
  const counted = (v: 'v4' | 'v6') =>
    sizeOf(object, v === 'v4' ? 4 : 6, [`${v}AvailableIPs`, `${v}UsingIPs`], v === 'v4' ? total : undefined);
  const [v4, v6] = [counted('v4'), counted('v6')];
  const size = v4 && v4.total !== '0' ? v4 : v6;
  return {
    pools: [
      {
        id: poolId('kube-ovn', 'ippool', name),
        provider: 'kube-ovn',
        ref: refOf(object),
        name,
        key: poolKeyOf(name),
        range: truncate(ranges.join(', '), 100),
        allocations: [],
        ...(size ? { size } : {}),
      },
    ],
    ...(subnet
      ? {
          networks: [
            {
              rank: -10,
              aliases: [subnetAlias(truncate(subnet, 253))],
              ref: refOf(object),
              name: truncate(subnet, 253),
              technology: 'unknown',
              role: 'secondary' as const,
              subnets: [],
              gateways: [],
              uplinks: [],
              conditions: [],
              issues: [],
              createdAt: createdAt(object),
              poolKeys: [poolKeyOf(name)],
            },
          ],
        }
      : {}),
  };
}

/** Addresses of these outlive their pods on purpose. */
const keepers = new Set(['StatefulSet', 'VirtualMachine', 'VirtualMachineInstance']);

/** `<pod>.<namespace>` for eth0, `<pod>.<namespace>.<provider>` for others. Nodes and gateways have one too, without a namespace. */
function ipClaims(object: KubeObject): Claims {
  const name = truncate(object.metadata.name, 600);
  const pod = getText(object, 'spec', 'podName');
  const namespace = getText(object, 'spec', 'namespace');
  const type = getText(object, 'spec', 'podType') ?? '';
  if (!pod || !namespace || object.metadata.deletionTimestamp) return nothing;
  const families = [getText(object, 'spec', 'v4IpAddress'), getText(object, 'spec', 'v6IpAddress')];
  const listed = families.flatMap((text) => text ?? []);
  const addresses = toAddresses(listed.length > 0 ? listed : splitList(getText(object, 'spec', 'ipAddress')));
  const prefix = `${pod}.${namespace}.`;
  const provider = name.startsWith(prefix) ? name.slice(prefix.length) : defaultProvider;
  const primary = provider === defaultProvider;
  const named = readProvider(provider);
  const subnet = getText(object, 'spec', 'subnet');
  const mac = getText(object, 'spec', 'macAddress');
  const seen: Interface = { addresses };
  if (mac) seen.mac = macOf(mac);
  if (primary) seen.name = 'eth0';
  else if (named?.interface) seen.name = named.interface;
  const ref = refOf(object);
  const kept = keepers.has(type) || getText(object, 'metadata', 'labels', 'ovn.kubernetes.io/ip_reserved') === 'true';
  return {
    ...(type.startsWith('VirtualMachine')
      ? {}
      : {
          observations: [
            {
              workload: workloadId('Pod', namespace, pod),
              alias: primary
                ? subnet
                  ? subnetAlias(truncate(subnet, 253))
                  : defaultNetworkAlias
                : (named?.alias ?? null),
              name: truncate(subnet ?? provider, 253),
              interface: seen,
              rank: 38,
              isDefault: primary,
              source: { ref, path: '/spec', value: addresses.map(({ ip }) => ip).join(', ') },
              weight: primary ? ('hint' as const) : ('plan' as const),
            },
          ],
        }),
    ...(kept
      ? {}
      : { reservations: [{ ref, ips: addresses.map(({ ip }) => ip), podRef: truncate(`${namespace}/${pod}`, 317) }] }),
  };
}

/** A definition that Kube-OVN serves, as the plugin or for the addresses alone, goes by the name of its provider. */
function nadClaims(nad: KubeObject): Claims {
  const config = getPath(nad, 'spec', 'config');
  if (typeof config !== 'string' || !config.includes('kube-ovn')) return nothing;
  const { name, namespace = 'default' } = nad.metadata;
  const plugins = parseNetworkConfig(config, name).plugins;
  const own = plugins.find(({ type }) => type === 'kube-ovn');
  const served = plugins.find(({ ipam }) => getText(ipam, 'type') === 'kube-ovn');
  if (!own && !served) return nothing;
  const written = own ? getText(own.raw, 'provider') : getText(served?.ipam, 'provider');
  const provider = written ?? `${name}.${namespace}${own ? `.${defaultProvider}` : ''}`;
  return {
    networks: [
      {
        rank: 60,
        aliases: [nadAlias(namespace, name), ...(provider === defaultProvider ? [] : [providerAlias(provider)])],
        ref: refOf(nad),
        name,
        namespace,
        technology: 'unknown',
        role: 'secondary',
        subnets: [],
        gateways: [],
        uplinks: [],
        conditions: [],
        issues: [],
        createdAt: createdAt(nad),
      },
    ],
  };
}

/** The controller writes on a namespace which subnet its pods get unless they choose one; of several each may have room. */
function namespaceClaims(object: KubeObject): Claims {
  const { name } = object.metadata;
  const [subnet, ...more] = splitList(getText(object, 'metadata', 'annotations', 'ovn.kubernetes.io/logical_switch'));
  if (!subnet || more.length > 0) return nothing;
  return {
    parts: [{ key: namespacePart(name), ref: refOf(object), name, on: `kube-ovn-subnet:${truncate(subnet, 253)}` }],
  };
}

const kind = (name: string, resource: string, why: string): WatchedKind => ({
  group,
  versions: ['v1'],
  resource,
  kind: name,
  namespaced: false,
  optional: true,
  why,
});

/** Kube-OVN, as the network of the cluster or beside another (kubeovn/kube-ovn). */
export const kubeOvn: Provider = {
  id: 'kube-ovn',
  title: 'Kube-OVN',
  kinds: [
    kind('Subnet', 'subnets', 'the networks of Kube-OVN, whether they are ready, and how full they are'),
    kind('Vpc', 'vpcs', 'the routers that subnets are on'),
    kind('Vlan', 'vlans', 'the VLANs of underlay subnets'),
    kind('ProviderNetwork', 'provider-networks', 'the physical networks, and on which nodes they are set up'),
    kind('IP', 'ips', 'which pod has which address, and which addresses leaked'),
    kind('IPPool', 'ippools', 'named shares of subnets'),
  ],
  reads: [
    { group: '', kind: 'Pod' },
    { group: '', kind: 'Node' },
    { group: '', kind: 'Namespace' },
    { group: 'k8s.cni.cncf.io', kind: 'NetworkAttachmentDefinition' },
  ],
  claims: (object) => {
    if (object.kind === 'Pod')
      return hasKubeOvnAnnotation(object) ? { ...kubeOvnPodClaims(object), ...nodeErrorClaims(object) } : nothing;
    if (object.kind === 'NetworkAttachmentDefinition') return nadClaims(object);
    if (object.kind === 'Node') return nodeErrorClaims(object);
    if (object.kind === 'Namespace') return namespaceClaims(object);
    if (!object.apiVersion.startsWith(`${group}/`)) return nothing;
    switch (object.kind) {
      case 'Subnet':
        return subnetClaims(object);
      case 'Vpc':
        return vpcClaims(object);
      case 'Vlan':
        return vlanClaims(object);
      case 'ProviderNetwork':
        return physicalClaims(object);
      case 'IP':
        return ipClaims(object);
      case 'IPPool':
        return poolClaims(object);
      default:
        return nothing;
    }
  },
};
