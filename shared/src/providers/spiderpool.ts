import { type NetworkConfig, parseNetworkConfig } from '../cni/network-config.ts';
import { describeNetwork } from '../cni/plugins/registry.ts';
import { type KubeObject, refOf } from '../kube/object.ts';
import {
  asNumber,
  asRecord,
  asRecords,
  asStringMap,
  asStrings,
  asText,
  getPath,
  getText,
  type JsonRecord,
  truncate,
} from '../kube/read.ts';
import type { WatchedKind } from '../kube/watched-kind.ts';
import { poolId, workloadId } from '../model/ids.ts';
import type { Interface, Uplink } from '../model/topology.ts';
import { toCidr } from '../net/cidr.ts';
import { canonicalIp } from '../net/ip.ts';
import { defaultNetworkAlias } from './default-network.ts';
import { createdAt } from './kubernetes.ts';
import { toSelector } from './multi-networkpolicy.ts';
import { nadAlias } from './nad-alias.ts';
import type { AllocationClaim, PoolClaim } from './pool-claims.ts';
import { type Claims, type NetworkClaim, nothing, type ObservationClaim, type Provider } from './provider.ts';
import { spiderpoolNamespaceClaims } from './spiderpool-namespace.ts';
import {
  spiderGroup as group,
  isPattern,
  spiderPoolKey,
  spiderpoolPodClaims,
  spiderSubnetKey,
} from './spiderpool-pod.ts';
import { countIn, ipOf, macOf, parseJson, textsOf, toAddress, toDecimal, toRanges } from './vendor-text.ts';

const poolKeysIn = (...lists: unknown[]): string[] => [
  ...new Set(
    lists
      .flatMap(textsOf)
      .filter((name) => !isPattern(name))
      .map(spiderPoolKey),
  ),
];

/** What a network has that only the definition of it tells; the rest is nothing. */
const bare = (object: KubeObject) => ({
  ref: refOf(object),
  role: 'secondary' as const,
  subnets: [],
  gateways: [],
  conditions: [],
  issues: [],
  createdAt: createdAt(object),
});

/** The block of its plugin stands under the name of the type, with or without the dash (`ib-sriov` is under `ibsriov`). */
function blockOf(object: KubeObject, type: string): JsonRecord {
  for (const key of [type, type.replaceAll('-', '')]) {
    const block = asRecord(getPath(object, 'spec', key));
    if (block) return block;
  }
  return {};
}

function uplinksOf(block: JsonRecord): Uplink[] {
  const bond = getText(block, 'bond', 'name');
  const masters = textsOf(block['master']);
  // Several masters become one bond, which is what interfaces stand on.
  const devices = bond && masters.length > 1 ? [bond] : masters;
  const bridge = asText(block['bridge']);
  const resource = asText(block['resourceName']);
  return [
    ...devices.map((device) => ({ device: truncate(device, 64) })),
    ...(bridge ? [{ device: truncate(bridge, 64) }] : []),
    ...(resource ? [{ resourceName: resource }] : []),
  ];
}

/** Becomes a NAD of its own name, or of the one in an annotation, in its own namespace. */
function configClaims(object: KubeObject): Claims {
  const { name, namespace = 'default' } = object.metadata;
  const nad = getText(object, 'metadata', 'annotations', 'multus.spidernet.io/cr-name') ?? name;
  const written = getText(object, 'spec', 'cniType') ?? 'custom';
  const block = blockOf(object, written);
  const custom = written === 'custom' ? describeCustom(getText(object, 'spec', 'customCNI'), nad) : undefined;
  const vlan = asNumber(block['vlanID']) ?? asNumber(block['vlan']) ?? custom?.vlan;
  const mtu = asNumber(block['mtu']) ?? custom?.mtu;
  const poolKeys = poolKeysIn(getPath(block, 'ippools', 'ipv4'), getPath(block, 'ippools', 'ipv6'));
  return {
    networks: [
      {
        ...bare(object),
        rank: 60,
        aliases: [
          { scheme: 'spider-multus-config', value: `${namespace}/${name}` },
          nadAlias(namespace, truncate(nad, 253)),
        ],
        name: truncate(nad, 253),
        namespace,
        technology: truncate(custom?.technology ?? written, 64),
        ...(vlan ? { vlan } : {}),
        ...(mtu ? { mtu } : {}),
        uplinks: uplinksOf(block),
        ...(poolKeys.length > 0 ? { poolKeys } : {}),
      },
    ],
  };
}

function describeCustom(text: string | undefined, name: string) {
  const described = describeNetwork(parseNetworkConfig(text, name));
  return described.technology === 'unknown' ? undefined : described;
}

/** Makes the link that the next plugin stands on, before any interface. */
const preparing = new Set(['ifacer', 'coordinator']);

/** What a definition says once the plugins that only prepare are left out. */
function nadClaims(nad: KubeObject): Claims {
  const config = getPath(nad, 'spec', 'config');
  if (typeof config !== 'string' || !config.includes('spiderpool')) return nothing;
  const { name, namespace = 'default' } = nad.metadata;
  const read = parseNetworkConfig(config, name);
  const served = read.plugins.find(({ ipam }) => getText(ipam, 'type') === 'spiderpool');
  if (!served) return nothing;
  const main: NetworkConfig = { ...read, plugins: read.plugins.filter(({ type }) => !preparing.has(type)) };
  const described = describeNetwork(main);
  const maker = read.plugins.find(({ type }) => type === 'ifacer');
  const vlan = described.vlan ?? asNumber(maker?.raw['vlanID']);
  const poolKeys = poolKeysIn(getPath(served.ipam, 'default_ipv4_ippool'), getPath(served.ipam, 'default_ipv6_ippool'));
  const network: NetworkClaim = {
    ...bare(nad),
    rank: 20,
    aliases: [nadAlias(namespace, name)],
    name,
    namespace,
    technology: described.technology,
    ...(vlan ? { vlan } : {}),
    uplinks: described.master ? [{ device: described.master }] : [],
    ...(described.ipam ? { ipam: described.ipam } : {}),
    ...(poolKeys.length > 0 ? { poolKeys } : {}),
  };
  return { networks: [network] };
}

const allocationLimit = 20_000;

/** A text with a JSON object, of older releases the object itself; the pod as `ns/name`, or apart. */
function allocationsIn(value: unknown): AllocationClaim[] {
  const record = asRecord(typeof value === 'string' ? parseJson(value, 8_000_000) : value) ?? {};
  return Object.entries(record)
    .slice(0, allocationLimit)
    .flatMap(([key, entry]): AllocationClaim[] => {
      const ip = canonicalIp(key);
      if (!ip) return [];
      const pod = getText(entry, 'pod');
      const namespace = getText(entry, 'namespace');
      const device = getText(entry, 'interface');
      const podRef = pod && (pod.includes('/') || !namespace ? pod : `${namespace}/${pod}`);
      return [
        {
          ip,
          key,
          ...(podRef ? { podRef: truncate(podRef, 317) } : {}),
          ...(device ? { interface: truncate(device, 64) } : {}),
        },
      ];
    });
}

/** A pool that the controller made for one owner is matched with that, and not with the labels of its pods. */
const isMade = (object: KubeObject): boolean =>
  [...asStringMap(object.metadata.labels).keys()].some((key) => key.startsWith('ipam.spidernet.io/owner-'));

/** Names go before labels (docs/reference/crd-spiderippool.md). */
function onlyOf(object: KubeObject): Pick<PoolClaim, 'only'> {
  const namesIn = (field: string) => textsOf(getPath(object, 'spec', field));
  const selectorIn = (field: string) => {
    const written = asRecord(getPath(object, 'spec', field));
    return written && toSelector(written);
  };
  const namespaces = namesIn('namespaceName');
  const nodes = namesIn('nodeName');
  const definitions = namesIn('multusName');
  const namespaceLabels = namespaces.length > 0 ? undefined : selectorIn('namespaceAffinity');
  const nodeLabels = nodes.length > 0 ? undefined : selectorIn('nodeAffinity');
  const podLabels = isMade(object) ? undefined : selectorIn('podAffinity');
  const only = {
    ...(namespaces.length > 0 ? { namespaces } : {}),
    ...(nodes.length > 0 ? { nodes } : {}),
    ...(definitions.length > 0 ? { definitions } : {}),
    ...(namespaceLabels ? { namespaceLabels } : {}),
    ...(nodeLabels ? { nodeLabels } : {}),
    ...(podLabels ? { podLabels } : {}),
  };
  return Object.keys(only).length > 0 ? { only } : {};
}

/** A pool, or a subnet that pools are made out of. */
function poolOf(object: KubeObject, id: string, key: string): PoolClaim {
  const range = truncate(getText(object, 'spec', 'subnet') ?? '', 100);
  const subnet = toCidr(range);
  const gateway = getText(object, 'spec', 'gateway');
  const vlan = asNumber(getPath(object, 'spec', 'vlan'));
  const ranges = asStrings(getPath(object, 'spec', 'ips'));
  const counted = countIn(
    range,
    toRanges(ranges, '-'),
    toRanges(asStrings(getPath(object, 'spec', 'excludeIPs')), '-'),
  );
  const total =
    toDecimal(getPath(object, 'status', 'totalIPCount')) ?? (counted === undefined ? undefined : String(counted));
  const used = toDecimal(getPath(object, 'status', 'allocatedIPCount'));
  return {
    id,
    provider: 'spiderpool',
    ref: refOf(object),
    name: object.metadata.name,
    key,
    range,
    ...(subnet ? { subnet } : {}),
    allocations: allocationsIn(getPath(object, 'status', 'allocatedIPs')),
    ...(total === undefined ? {} : { size: { total, ...(used === undefined ? {} : { used }) } }),
    ...(getPath(object, 'spec', 'disable') === true ? { disabled: true as const } : {}),
    ...onlyOf(object),
    lends: {
      subnets: range ? [range] : [],
      gateways: gateway ? [ipOf(gateway)] : [],
      ...(vlan ? { vlan } : {}),
    },
  };
}

/** `multusName`: the definitions that it serves, whatever those say. */
function poolClaims(object: KubeObject): Claims {
  const { name } = object.metadata;
  const served = textsOf(getPath(object, 'spec', 'multusName')).filter((text) => /^[^/]+\/[^/]+$/.test(text));
  const networks = served.map(
    (text): NetworkClaim => ({
      ...bare(object),
      rank: -10,
      aliases: [{ scheme: 'nad', value: text }],
      name: text.slice(text.indexOf('/') + 1),
      namespace: text.slice(0, text.indexOf('/')),
      technology: 'unknown',
      uplinks: [],
      poolKeys: [spiderPoolKey(name)],
    }),
  );
  return {
    pools: [poolOf(object, poolId('spiderpool', undefined, name), spiderPoolKey(name))],
    ...(networks.length > 0 ? { networks } : {}),
  };
}

const subnetClaims = (object: KubeObject): Claims => {
  const { name } = object.metadata;
  return { pools: [poolOf(object, poolId('spiderpool', 'subnet', name), spiderSubnetKey(name))] };
};

/** Addresses of these outlive their pods on purpose; of machines the object has the name of the machine. */
const keepers = new Set(['StatefulSet', 'VirtualMachine', 'VirtualMachineInstance']);

function toInterface(item: JsonRecord): Interface {
  const name = asText(item['interface']);
  const mac = asText(item['mac']);
  const gateways = [asText(item['ipv4Gateway']), asText(item['ipv6Gateway'])].flatMap((text) =>
    text ? [ipOf(text)] : [],
  );
  const seen: Interface = {
    addresses: [asText(item['ipv4']), asText(item['ipv6'])].flatMap((text) => (text ? (toAddress(text) ?? []) : [])),
  };
  if (name) seen.name = truncate(name, 64);
  if (mac) seen.mac = macOf(mac);
  if (gateways.length > 0) seen.gateways = gateways;
  return seen;
}

/** One record per interface, written when the addresses are given. */
function endpointClaims(object: KubeObject): Claims {
  const { name, namespace = 'default' } = object.metadata;
  const type = getText(object, 'status', 'ownerControllerType') ?? '';
  const uid = getText(object, 'status', 'current', 'uid');
  const ref = refOf(object);
  const items = getPath(object, 'status', 'current', 'ips');
  const observations = asRecords(items)
    .slice(0, 64)
    .map((item): ObservationClaim => {
      const seen = toInterface(item);
      const first = seen.name === 'eth0';
      return {
        workload: workloadId('Pod', namespace, name),
        alias: first ? defaultNetworkAlias : null,
        name: truncate(asText(item['ipv4Pool']) ?? asText(item['ipv6Pool']) ?? '', 253),
        interface: seen,
        rank: 42,
        isDefault: first,
        source: { ref, path: '/status/current/ips', value: truncate(JSON.stringify(item), 400) },
        weight: first ? 'hint' : 'plan',
        ...(uid ? { uid } : {}),
      };
    });
  if (observations.length === 0) return nothing;
  const ips = observations.flatMap(({ interface: seen }) => seen.addresses.map(({ ip }) => ip));
  return {
    ...(type.startsWith('VirtualMachine') ? {} : { observations }),
    ...(keepers.has(type) ? {} : { reservations: [{ ref, ips, podRef: `${namespace}/${name}` }] }),
  };
}

/** Without it the plugin that checks the pod network has no CIDRs to work with. */
function coordinatorClaims(object: KubeObject): Claims {
  const phase = getText(object, 'status', 'phase');
  if (phase !== 'NotReady') return nothing;
  const message = truncate(getText(object, 'status', 'reason') ?? '', 400);
  const condition = { type: 'phase', status: 'NotReady', ...(message ? { message } : {}) };
  const about = object.metadata.name;
  const trouble = { kind: 'spiderpool-coordinator-not-ready', path: '/status/phase', condition, about };
  return { devices: [{ node: '', ref: refOf(object), complete: false, devices: [], trouble }] };
}

const kind = (name: string, resource: string, namespaced: boolean, why: string): WatchedKind => ({
  group,
  versions: ['v2beta1', 'v2', 'v1'],
  resource,
  kind: name,
  namespaced,
  optional: true,
  why,
});

/** IPAM and definitions for underlay networks (spidernet-io/spiderpool). */
export const spiderpool: Provider = {
  id: 'spiderpool',
  title: 'Spiderpool',
  kinds: [
    kind('SpiderMultusConfig', 'spidermultusconfigs', true, 'what NADs are made of'),
    kind('SpiderEndpoint', 'spiderendpoints', true, 'which interface of which pod has which address'),
    kind('SpiderIPPool', 'spiderippools', false, 'pools of addresses, how full they are, and which addresses leaked'),
    kind('SpiderSubnet', 'spidersubnets', false, 'what pools are made out of'),
    kind('SpiderCoordinator', 'spidercoordinators', false, 'whether the check of pod networks is set up'),
  ],
  reads: [
    { group: '', kind: 'Pod' },
    { group: '', kind: 'Namespace' },
    { group: 'k8s.cni.cncf.io', kind: 'NetworkAttachmentDefinition' },
  ],
  claims: (object) => {
    if (object.kind === 'Pod') return spiderpoolPodClaims(object);
    if (object.kind === 'Namespace') return spiderpoolNamespaceClaims(object);
    if (object.kind === 'NetworkAttachmentDefinition') return nadClaims(object);
    if (!object.apiVersion.startsWith(`${group}/`)) return nothing;
    switch (object.kind) {
      case 'SpiderMultusConfig':
        return configClaims(object);
      case 'SpiderEndpoint':
        return endpointClaims(object);
      case 'SpiderIPPool':
        return poolClaims(object);
      case 'SpiderSubnet':
        return subnetClaims(object);
      case 'SpiderCoordinator':
        return coordinatorClaims(object);
      default:
        return nothing;
    }
  },
};
