import { parseNetworkConfig } from '../cni/network-config.ts';
import { describeNetwork } from '../cni/plugins/registry.ts';
import { type KubeObject, refOf } from '../kube/object.ts';
import {
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
import type { WatchedKind } from '../kube/watched-kind.ts';
import { poolId } from '../model/ids.ts';
import { cidrOf, toCidr } from '../net/cidr.ts';
import { canonicalIp, toIp } from '../net/ip.ts';
import { countWithout, type IpRange, rangeOf, usableRange } from '../net/range.ts';
import type { BridgeClaim } from './bridge-claims.ts';
import { createdAt } from './kubernetes.ts';
import { toSelector } from './multi-networkpolicy.ts';
import { nadAlias } from './nad-alias.ts';
import type { AllocationClaim, PoolClaim } from './pool-claims.ts';
import { type Claims, nothing, type Provider } from './provider.ts';

const group = 'crd.antrea.io';
const listLimit = 256;
const allocationLimit = 100_000;

const antreaPoolKey = (name: string): string => `antrea:${name}`;
export const antreaPoolOf = (key: string): string | undefined =>
  key.startsWith('antrea:') ? key.slice('antrea:'.length) : undefined;

/** `subnetInfo` of the pool; in v1alpha2 each range has its own. */
const infoOf = (pool: KubeObject, range: JsonRecord): JsonRecord =>
  asRecord(getPath(pool, 'spec', 'subnetInfo')) ?? range;

type Stretch = { text: string; range: IpRange; subnet: string };

/** A range as `cidr`, or as `start` and `end` within the subnet of the pool. */
function toStretch(pool: KubeObject, item: JsonRecord): Stretch | undefined {
  const length = asNumber(infoOf(pool, item)['prefixLength']);
  const cidr = toCidr(asText(item['cidr']) ?? '');
  const within = (text: string): string => {
    const ip = toIp(text);
    return ip &&
      length !== undefined &&
      Number.isInteger(length) &&
      length >= 0 &&
      length <= (ip.family === 4 ? 32 : 128)
      ? cidrOf(ip, length).text
      : '';
  };
  if (cidr) return { text: cidr.text, range: usableRange(cidr), subnet: within(cidr.network.text) || cidr.text };
  const [first, last] = [toIp(asText(item['start']) ?? ''), toIp(asText(item['end']) ?? '')];
  const range = first && last && rangeOf(first, last);
  return range && { text: `${first.text}-${last.text}`, range, subnet: within(first.text) };
}

/** The pod of an entry; of a StatefulSet the pod that the address is kept for. */
function holderOf(owner: unknown): Pick<AllocationClaim, 'podRef' | 'interface'> {
  const pod = asRecord(getPath(owner, 'pod'));
  const set = asRecord(getPath(owner, 'statefulSet'));
  const holder = pod ?? set;
  const name = asText(holder?.['name']);
  const namespace = asText(holder?.['namespace']);
  const device = asText(pod?.['ifName']);
  if (!name || !namespace) return {};
  const index = pod ? '' : `-${asNumber(set?.['index']) ?? 0}`;
  return {
    podRef: truncate(`${namespace}/${name}${index}`, 317),
    ...(device ? { interface: truncate(device, 64) } : {}),
  };
}

function allocationsOf(pool: KubeObject): AllocationClaim[] {
  const found = new Map<string, AllocationClaim>();
  asRecords(getPath(pool, 'status', 'ipAddresses'))
    .slice(0, allocationLimit)
    .forEach((item, index) => {
      const ip = canonicalIp(asText(item['ipAddress']) ?? '');
      if (ip) found.set(ip, { ip, key: String(index), ...holderOf(item['owner']) });
    });
  return [...found.values()];
}

const toCount = (value: unknown): string | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;

function poolClaims(object: KubeObject): Claims {
  const { name } = object.metadata;
  const items = asRecords(getPath(object, 'spec', 'ipRanges')).slice(0, listLimit);
  const stretches = items.flatMap((item) => toStretch(object, item) ?? []);
  const gateways = items.flatMap((item) => canonicalIp(asText(infoOf(object, item)['gateway']) ?? '') ?? []);
  const vlan = items.map((item) => asNumber(infoOf(object, item)['vlan'])).find((one) => one !== undefined && one > 0);
  const holes = gateways.flatMap((text) => {
    const ip = toIp(text);
    return (ip && rangeOf(ip, ip)) ?? [];
  });
  const used = toCount(getPath(object, 'status', 'usage', 'used'));
  const counted = countWithout(
    stretches.map(({ range }) => range),
    holes,
  );
  const first = toCidr(stretches[0]?.subnet ?? '');
  const pool: PoolClaim = {
    id: poolId('antrea', undefined, name),
    provider: 'antrea',
    ref: refOf(object),
    name,
    key: antreaPoolKey(name),
    range: truncate(stretches.map(({ text }) => text).join(', '), 400),
    ...(first ? { subnet: first } : {}),
    allocations: allocationsOf(object),
    size: {
      total: toCount(getPath(object, 'status', 'usage', 'total')) ?? String(counted),
      ...(used === undefined ? {} : { used }),
    },
    lends: {
      subnets: [...new Set(stretches.flatMap(({ subnet }) => subnet || []))],
      gateways: [...new Set(gateways)],
      ...(vlan === undefined ? {} : { vlan }),
    },
  };
  return { pools: [pool] };
}

/** `100` or `200-300` in `allowedVLANs`. */
function toVlans(value: unknown): [number, number][] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.slice(0, 4096).flatMap((item): [number, number][] => {
    const named = /^\s*(\d{1,4})(?:\s*-\s*(\d{1,4}))?\s*$/.exec(
      typeof item === 'number' ? String(item) : (asText(item) ?? ''),
    );
    return named ? [[Number(named[1]), Number(named[2] ?? named[1])]] : [];
  });
}

function nodeConfigClaims(object: KubeObject): Claims {
  const bridges = asRecords(getPath(object, 'spec', 'secondaryNetwork', 'ovsBridges'))
    .slice(0, listLimit)
    .flatMap((bridge, index): BridgeClaim[] => {
      const name = asText(bridge['bridgeName']);
      if (!name) return [];
      const links = getPath(bridge, 'physicalInterfaces');
      const uplinks = (Array.isArray(links) ? links : []).slice(0, 64).flatMap((link: unknown) => {
        const device = asText(link) ?? getText(link, 'name');
        const vlans = toVlans(getPath(link, 'allowedVLANs'));
        return device ? [{ device: truncate(device, 64), ...(vlans && vlans.length > 0 ? { vlans } : {}) }] : [];
      });
      return [
        {
          ref: refOf(object),
          path: pointer('spec', 'secondaryNetwork', 'ovsBridges', index),
          createdAt: createdAt(object),
          nodes: toSelector(getPath(object, 'spec', 'nodeSelector')),
          name: truncate(name, 64),
          uplinks,
        },
      ];
    });
  return bridges.length > 0 ? { bridges } : nothing;
}

/** A definition that Antrea reads by itself: `type: antrea` with a `networkType`. */
function nadClaims(nad: KubeObject): Claims {
  const config = getPath(nad, 'spec', 'config');
  if (typeof config !== 'string' || !config.includes('antrea')) return nothing;
  const { name, namespace = 'default' } = nad.metadata;
  const read = parseNetworkConfig(config, name);
  const plugin = read.plugins[0];
  const { technology } = describeNetwork(read);
  if (plugin?.type !== 'antrea' || technology === 'antrea') return nothing;
  const pools = asText(plugin.ipam?.['type']) === 'antrea' ? asStrings(plugin.ipam?.['ippools']).slice(0, 16) : [];
  return {
    networks: [
      {
        // What the definition says of itself comes before.
        rank: -1,
        aliases: [nadAlias(namespace, name)],
        ref: refOf(nad),
        name,
        namespace,
        technology,
        role: 'secondary',
        subnets: [],
        gateways: [],
        uplinks: [],
        conditions: [],
        issues: [],
        createdAt: createdAt(nad),
        ...(pools.length > 0 ? { poolKeys: pools.map((pool) => antreaPoolKey(truncate(pool, 253))) } : {}),
      },
    ],
  };
}

const kind = (name: string, resource: string, versions: string[], why: string): WatchedKind => ({
  group,
  versions,
  resource,
  kind: name,
  namespaced: false,
  optional: true,
  why,
});

/** Secondary networks of Antrea, which reads NetworkAttachmentDefinitions itself (antrea docs/secondary-network.md). */
export const antrea: Provider = {
  id: 'antrea',
  title: 'Antrea secondary networks',
  kinds: [
    kind('IPPool', 'ippools', ['v1beta1', 'v1alpha2'], 'addresses of secondary networks, and who holds which'),
    kind('AntreaNodeConfig', 'antreanodeconfigs', ['v1alpha1'], 'bridges of nodes, and the VLANs that they let pass'),
  ],
  reads: [{ group: 'k8s.cni.cncf.io', kind: 'NetworkAttachmentDefinition' }],
  claims: (object) => {
    if (object.kind === 'NetworkAttachmentDefinition') return nadClaims(object);
    if (!object.apiVersion.startsWith(`${group}/`)) return nothing;
    if (object.kind === 'IPPool') return poolClaims(object);
    if (object.kind === 'AntreaNodeConfig') return nodeConfigClaims(object);
    return nothing;
  },
};
