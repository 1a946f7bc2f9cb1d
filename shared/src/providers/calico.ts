import { parseNetworkConfig } from '../cni/network-config.ts';
import { type KubeObject, refOf } from '../kube/object.ts';
import {
  asNumber,
  asRecords,
  asStringMap,
  asStrings,
  asText,
  getPath,
  getText,
  pointer,
  truncate,
} from '../kube/read.ts';
import type { WatchedKind } from '../kube/watched-kind.ts';
import { poolId, workloadId } from '../model/ids.ts';
import type { Interface, Requested } from '../model/topology.ts';
import { toCidr } from '../net/cidr.ts';
import { toIp } from '../net/ip.ts';
import { defaultNetworkAlias } from './default-network.ts';
import { createdAt } from './kubernetes.ts';
import { nadAlias } from './nad-alias.ts';
import {
  type Claims,
  type NeedClaim,
  nothing,
  type ObservationClaim,
  type Provider,
  type RequestClaim,
} from './provider.ts';
import { hasAnnotation, macOf, parseJson, splitList, textsOf, toAddresses } from './vendor-text.ts';

const group = 'projectcalico.org';
const operator = 'operator.tigera.io';

const calicoPoolKey = (name: string): string => `calico:${name}`;

export const installationPart = 'calico:installation';

/** Pools are named, or meant by their CIDR. */
const isName = (text: string): boolean => !text.includes('/') && !toIp(text);

function poolClaims(object: KubeObject): Claims {
  const { name } = object.metadata;
  const range = truncate(getText(object, 'spec', 'cidr') ?? '', 100);
  const disabled = getPath(object, 'spec', 'disabled') === true;
  return {
    pools: [
      {
        id: poolId('calico', undefined, name),
        provider: 'calico',
        ref: refOf(object),
        name,
        key: calicoPoolKey(name),
        range,
        // How much of it is taken is spread over the blocks of nodes, which are not read.
        allocations: [],
        ...(disabled ? { disabled: true as const } : {}),
        lends: { subnets: range ? [range] : [], gateways: [] },
      },
    ],
  };
}

/** Calico is the network of the cluster, where its operator was told so. */
function installationClaims(object: KubeObject): Claims {
  const network = getPath(object, 'spec', 'calicoNetwork');
  const plugin = getText(object, 'status', 'computed', 'cni', 'type') ?? getText(object, 'spec', 'cni', 'type');
  const mode =
    getText(object, 'status', 'computed', 'calicoNetwork', 'multiInterfaceMode') ??
    getText(network, 'multiInterfaceMode') ??
    'None';
  const mtu = asNumber(getPath(network, 'mtu'));
  const cidrs = asRecords(getPath(network, 'ipPools'))
    .slice(0, 64)
    .flatMap((pool) => asText(pool['cidr']) ?? [])
    .map((cidr) => truncate(cidr, 100));
  const ref = refOf(object);
  const parts = [{ key: installationPart, ref, name: object.metadata.name, mode: truncate(mode, 64) }];
  if ((plugin ?? (network === undefined ? '' : 'Calico')) !== 'Calico') return { parts };
  return {
    parts,
    networks: [
      {
        rank: 30,
        aliases: [defaultNetworkAlias],
        ref,
        name: 'k8s-pod-network',
        technology: 'calico',
        role: 'cluster-default',
        subnets: cidrs,
        gateways: [],
        ...(mtu ? { mtu } : {}),
        uplinks: [],
        conditions: [],
        issues: [],
        createdAt: createdAt(object),
      },
    ],
  };
}

/** A definition with Calico as its plugin: a network of Calico Enterprise, with pools of its own where it names some. */
function nadClaims(nad: KubeObject): Claims {
  const config = getPath(nad, 'spec', 'config');
  if (typeof config !== 'string' || !config.includes('calico')) return nothing;
  const { name, namespace = 'default' } = nad.metadata;
  const plugins = parseNetworkConfig(config, name).plugins;
  const own = plugins.find(({ type }) => type === 'calico');
  const served = plugins.find(({ ipam }) => getText(ipam, 'type') === 'calico-ipam');
  if (!own && !served) return nothing;
  const asked = [...textsOf(getPath(served?.ipam, 'ipv4_pools')), ...textsOf(getPath(served?.ipam, 'ipv6_pools'))];
  const poolKeys = asked.filter(isName).map(calicoPoolKey);
  return {
    networks: [
      {
        rank: own ? 60 : 10,
        aliases: [nadAlias(namespace, name)],
        ref: refOf(nad),
        name,
        namespace,
        technology: own ? 'calico' : 'unknown',
        role: 'secondary',
        subnets: asked.filter((text) => toCidr(text) !== undefined),
        gateways: [],
        uplinks: [],
        conditions: [],
        issues: [],
        createdAt: createdAt(nad),
        ...(poolKeys.length > 0 ? { poolKeys } : {}),
        ...(own ? { parts: [installationPart] } : {}),
      },
    ],
  };
}

/** The NAD of an endpoint: since the VRF networks of 3.23 its own labels, before that those of the network. */
function networkOf(object: KubeObject): { name: string; namespace: string } | undefined {
  const labels = asStringMap(object.metadata.labels);
  const own = object.metadata.namespace ?? 'default';
  const attachment = labels.get(`${group}/network-attachment`);
  if (attachment) return { name: attachment, namespace: labels.get(`${group}/network-attachment-namespace`) ?? own };
  const network = labels.get(`${group}/network`);
  return network ? { name: network, namespace: labels.get(`${group}/network-namespace`) ?? own } : undefined;
}

/** Written by the plugin when the interface is there. */
function endpointClaims(object: KubeObject): Claims {
  const pod = getText(object, 'spec', 'pod');
  const { namespace = 'default' } = object.metadata;
  if (!pod || (getText(object, 'spec', 'orchestrator') ?? 'k8s') !== 'k8s') return nothing;
  const device =
    getText(object, 'spec', 'endpoint') ?? asStringMap(object.metadata.labels).get(`${group}/network-interface`);
  const mac = getText(object, 'spec', 'mac');
  const seen: Interface = { addresses: toAddresses(asStrings(getPath(object, 'spec', 'ipNetworks'))) };
  if (device) seen.name = truncate(device, 64);
  if (mac) seen.mac = macOf(mac);
  const first = device === undefined || device === 'eth0';
  const network = first ? undefined : networkOf(object);
  return {
    observations: [
      {
        workload: workloadId('Pod', namespace, pod),
        alias: first ? defaultNetworkAlias : network ? nadAlias(network.namespace, truncate(network.name, 253)) : null,
        name: truncate(network?.name ?? '', 253),
        interface: seen,
        rank: 44,
        isDefault: first,
        source: { ref: refOf(object), path: '/spec', value: seen.addresses.map(({ ip }) => ip).join(', ') },
        weight: 'hint',
      },
    ],
  };
}

const prefix = 'cni.projectcalico.org/';

/** What a pod asks of the IPAM for eth0: lists in JSON. */
function toAddition(
  pod: KubeObject,
  workload: string,
  annotations: ReadonlyMap<string, string>,
): RequestClaim | undefined {
  const listed = (key: string) => textsOf(parseJson(annotations.get(`${prefix}${key}`))).slice(0, 16);
  const ips = [...listed('ipAddrs'), ...listed('ipAddrsNoIpam')];
  const mac = annotations.get(`${prefix}hwAddr`);
  const sourceOf = (key: string) => ({
    ref: refOf(pod),
    path: pointer('metadata', 'annotations', `${prefix}${key}`),
    value: truncate(annotations.get(`${prefix}${key}`) ?? '', 400),
  });
  const needs = ['ipv4pools', 'ipv6pools'].flatMap((key) =>
    listed(key)
      .filter(isName)
      .map(
        (name): NeedClaim => ({
          of: 'pool',
          group,
          kind: 'IPPool',
          name,
          key: calicoPoolKey(name),
          source: sourceOf(key),
        }),
      ),
  );
  const written = ['ipAddrs', 'ipAddrsNoIpam', 'hwAddr', 'ipv4pools', 'ipv6pools'].find((key) =>
    annotations.has(`${prefix}${key}`),
  );
  if (!written || (ips.length === 0 && !mac && needs.length === 0)) return undefined;
  const requested: Requested = { network: '', source: sourceOf(written) };
  if (ips.length > 0) requested.ips = ips;
  if (mac) requested.mac = truncate(mac, 64);
  return {
    workload,
    index: 0,
    alias: null,
    requested,
    interface: 'eth0',
    issues: [],
    guess: false,
    ...(needs.length > 0 ? { needs } : {}),
    adds: true,
  };
}

function podClaims(pod: KubeObject): Claims {
  if (!hasAnnotation(pod, prefix)) return nothing;
  const annotations = asStringMap(pod.metadata.annotations);
  if (annotations.size === 0 || getPath(pod, 'spec', 'hostNetwork') === true) return nothing;
  const workload = workloadId('Pod', pod.metadata.namespace ?? 'default', pod.metadata.name);
  const key = ['podIPs', 'podIP'].find((name) => annotations.get(`${prefix}${name}`));
  const written = key === undefined ? undefined : annotations.get(`${prefix}${key}`);
  const addresses = toAddresses(splitList(written));
  const added = toAddition(pod, workload, annotations);
  const seen: ObservationClaim | undefined =
    key === undefined || addresses.length === 0
      ? undefined
      : {
          workload,
          alias: defaultNetworkAlias,
          name: '',
          interface: { name: 'eth0', addresses },
          rank: 35,
          isDefault: true,
          source: {
            ref: refOf(pod),
            path: pointer('metadata', 'annotations', `${prefix}${key}`),
            value: truncate(written ?? '', 400),
          },
          weight: 'hint',
        };
  if (!added && !seen) return nothing;
  return { ...(added ? { requests: [added] } : {}), ...(seen ? { observations: [seen] } : {}) };
}

const kind = (
  of: string,
  version: string,
  name: string,
  resource: string,
  namespaced: boolean,
  why: string,
): WatchedKind => ({
  group: of,
  versions: [version],
  resource,
  kind: name,
  namespaced,
  optional: true,
  why,
});

/** Calico as the network of the cluster, and Calico Enterprise with several interfaces a pod. */
export const calico: Provider = {
  id: 'calico',
  title: 'Calico and Calico Enterprise',
  kinds: [
    kind(operator, 'v1', 'Installation', 'installations', false, 'whether pods may have several interfaces of Calico'),
    kind(group, 'v3', 'IPPool', 'ippools', false, 'pools that pods and networks name'),
    kind(group, 'v3', 'WorkloadEndpoint', 'workloadendpoints', true, 'the interfaces of pods as Calico made them'),
  ],
  reads: [
    { group: '', kind: 'Pod' },
    { group: 'k8s.cni.cncf.io', kind: 'NetworkAttachmentDefinition' },
  ],
  claims: (object) => {
    if (object.kind === 'Pod') return podClaims(object);
    if (object.kind === 'NetworkAttachmentDefinition') return nadClaims(object);
    if (object.kind === 'Installation' && object.apiVersion.startsWith(`${operator}/`))
      return installationClaims(object);
    if (!object.apiVersion.startsWith(`${group}/`)) return nothing;
    if (object.kind === 'IPPool') return poolClaims(object);
    return object.kind === 'WorkloadEndpoint' ? endpointClaims(object) : nothing;
  },
};
