import { parseNetworkConfig } from '../cni/network-config.ts';
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
  truncate,
} from '../kube/read.ts';
import type { WatchedKind } from '../kube/watched-kind.ts';
import type { Alias } from '../model/topology.ts';
import { type GrantClaim, namespaceGrant } from './grant-claims.ts';
import { createdAt, toConditions } from './kubernetes.ts';
import { toSelector } from './multi-networkpolicy.ts';
import { nadAlias } from './nad-alias.ts';
import { ovnNodeClaims } from './ovn-node.ts';
import { podNetworksClaims, primaryInterface } from './ovn-pod-networks.ts';
import { type Claims, type NetworkClaim, nothing, type Provider } from './provider.ts';

const group = 'k8s.ovn.org';

/** The namespace has to have it when it is made (multi-network-apis, section 8). */
const primaryLabel = `${group}/primary-user-defined-network`;

/** `ns/name` for a UserDefinedNetwork, `name` alone for a ClusterUserDefinedNetwork. */
const udnAlias = (namespace: string | undefined, name: string): Alias => ({
  scheme: 'udn',
  value: namespace === undefined ? name : `${namespace}/${name}`,
});

/** Definitions whose configs have one name are one network of OVN-Kubernetes. */
const configAlias = (name: string): Alias => ({ scheme: 'ovn', value: name });

const listLimit = 64;

/** Layer 3 lists `{cidr, hostSubnet}`, the others plain text. */
function subnetsOf(layer: unknown): string[] {
  const listed = getPath(layer, 'subnets');
  const cidrs = [...asStrings(listed), ...asRecords(listed).flatMap((item) => asText(item['cidr']) ?? [])];
  return cidrs.slice(0, listLimit).map((cidr) => truncate(cidr, 64));
}

const topologies: Readonly<Record<string, string>> = { Layer2: 'layer2', Layer3: 'layer3', Localnet: 'localnet' };

/** `spec` of a UserDefinedNetwork, `spec.network` of a ClusterUserDefinedNetwork. */
function networkOf(object: KubeObject, spec: unknown, aliases: Alias[]): NetworkClaim {
  const topology = topologies[getText(spec, 'topology') ?? ''];
  const layer = topology ? getPath(spec, topology) : undefined;
  const mtu = asNumber(getPath(layer, 'mtu'));
  const vlan = asNumber(getPath(layer, 'vlan', 'access', 'id'));
  const physicalNetwork = getText(layer, 'physicalNetworkName');
  const { name, namespace } = object.metadata;
  return {
    rank: 60,
    aliases,
    ref: refOf(object),
    name,
    ...(namespace ? { namespace } : {}),
    technology: topology ? `ovn-${topology}` : 'unknown',
    role: isPrimary(spec) ? 'primary' : 'secondary',
    subnets: subnetsOf(layer),
    gateways: asStrings(getPath(layer, 'defaultGatewayIPs')).slice(0, 16),
    ...(mtu === undefined ? {} : { mtu }),
    ...(vlan === undefined ? {} : { vlan }),
    uplinks: physicalNetwork ? [{ physicalNetwork: truncate(physicalNetwork, 253) }] : [],
    conditions: toConditions(getPath(object, 'status', 'conditions')),
    issues: [],
    createdAt: createdAt(object),
  };
}

const isPrimary = (spec: unknown): boolean => {
  const topology = topologies[getText(spec, 'topology') ?? ''];
  return topology !== undefined && getText(spec, topology, 'role') === 'Primary';
};

/** What every pod of a namespace gets unasked. */
const primaryGrant = (object: KubeObject, namespace: string, alias: Alias, path: string): GrantClaim => ({
  key: namespaceGrant(namespace),
  requests: [
    {
      workload: '',
      index: 0,
      alias,
      requested: {
        network: namespace && `${namespace}/${object.metadata.name}`,
        namespace,
        source: { ref: refOf(object), path },
      },
      interface: primaryInterface,
      issues: [],
      guess: false,
      implicit: true,
    },
  ],
});

/** Its definition is found by what that says of itself: one of the same name may be somebody else's. */
function udnClaims(object: KubeObject): Claims {
  const { name, namespace = 'default' } = object.metadata;
  const spec = getPath(object, 'spec');
  const alias = udnAlias(namespace, name);
  const networks = [networkOf(object, spec, [alias, configAlias(`${namespace}_${name}`)])];
  if (!isPrimary(spec)) return { networks };
  return { networks, grants: [{ ...primaryGrant(object, namespace, alias, '/spec'), labelled: true }] };
}

function clusterUdnClaims(object: KubeObject): Claims {
  const { name } = object.metadata;
  const aliases = [udnAlias(undefined, name), configAlias(`cluster_udn_${name}`)];
  const selector = getPath(object, 'spec', 'namespaceSelector');
  return {
    networks: [
      {
        ...networkOf(object, getPath(object, 'spec', 'network'), aliases),
        ...(asRecord(selector) ? { namespaceSelector: toSelector(selector) } : {}),
      },
    ],
  };
}

const generatedLabel = `${group}/user-defined-network`;

/** The network that a definition was generated from: its owner, else the name that OVN-Kubernetes gave its config. */
function generatedFrom(nad: KubeObject, configName: string): Alias | undefined {
  const { namespace = 'default' } = nad.metadata;
  for (const owner of asRecords(nad.metadata.ownerReferences).slice(0, 16)) {
    const name = asText(owner['name']);
    if (!name || !asText(owner['apiVersion'])?.startsWith(`${group}/`)) continue;
    if (owner['kind'] === 'UserDefinedNetwork') return udnAlias(namespace, truncate(name, 253));
    if (owner['kind'] === 'ClusterUserDefinedNetwork') return udnAlias(undefined, truncate(name, 253));
  }
  if (!asStringMap(nad.metadata.labels).has(generatedLabel)) return undefined;
  // Builds of before 2025 joined with dots what is joined with underscores since.
  for (const prefix of ['cluster_udn_', 'cluster.udn.'])
    if (configName.startsWith(prefix)) return udnAlias(undefined, configName.slice(prefix.length));
  for (const prefix of [`${namespace}_`, `${namespace}.`])
    if (configName.startsWith(prefix)) return udnAlias(namespace, configName.slice(prefix.length));
  return undefined;
}

function nadClaims(nad: KubeObject): Claims {
  const config = getPath(nad, 'spec', 'config');
  if (typeof config !== 'string' || !config.includes('ovn-k8s-cni-overlay')) return nothing;
  const { name, namespace = 'default' } = nad.metadata;
  const read = parseNetworkConfig(config, name);
  const described = describeNetwork(read);
  if (!described.technology.startsWith('ovn-') || read.plugins[0]?.type !== 'ovn-k8s-cni-overlay') return nothing;
  const configName = truncate(read.name, 253);
  const own = nadAlias(namespace, name);
  const origin = generatedFrom(nad, configName);
  const primary = described.role === 'primary';
  // Only a config with a topology is a network of its own: the default network's has none.
  const named = configName && described.technology !== 'ovn-kubernetes' ? [configAlias(configName)] : [];
  return {
    networks: [
      {
        aliases: [own, ...(origin ? [origin] : []), ...named],
        ref: refOf(nad),
        name,
        namespace,
        technology: described.technology,
        role: primary ? 'primary' : 'secondary',
        subnets: [],
        gateways: [],
        uplinks: [],
        conditions: [],
        issues: [],
        createdAt: createdAt(nad),
      },
    ],
    ...(primary ? { grants: [primaryGrant(nad, namespace, own, '/spec/config')] } : {}),
  };
}

function namespaceClaims(object: KubeObject): Claims {
  const { name } = object.metadata;
  // The API server puts the name on every namespace; a manifest does not have it yet.
  const labels = { 'kubernetes.io/metadata.name': name, ...Object.fromEntries(asStringMap(object.metadata.labels)) };
  return {
    namespace: { name, ref: refOf(object), primaryNetwork: Object.hasOwn(labels, primaryLabel), labels },
  };
}

const kind = (name: string, resource: string, namespaced: boolean): WatchedKind => ({
  group,
  versions: ['v1'],
  resource,
  kind: name,
  namespaced,
  optional: true,
  why: 'networks of OVN-Kubernetes, and whether they came about',
});

/** User-defined networks (ovn-kubernetes/ovn-kubernetes, docs/features/user-defined-networks). */
export const ovnKubernetes: Provider = {
  id: 'ovn-kubernetes',
  title: 'OVN-Kubernetes user-defined networks',
  kinds: [
    kind('UserDefinedNetwork', 'userdefinednetworks', true),
    kind('ClusterUserDefinedNetwork', 'clusteruserdefinednetworks', false),
    {
      group: '',
      versions: ['v1'],
      resource: 'namespaces',
      kind: 'Namespace',
      namespaced: false,
      optional: true,
      why: 'which namespaces are labelled for a primary network',
    },
  ],
  reads: [
    { group: '', kind: 'Pod' },
    { group: '', kind: 'Node' },
    { group: 'k8s.cni.cncf.io', kind: 'NetworkAttachmentDefinition' },
  ],
  claims: (object) => {
    if (object.kind === 'Pod') return podNetworksClaims(object);
    if (object.kind === 'Node') return ovnNodeClaims(object);
    if (object.kind === 'NetworkAttachmentDefinition') return nadClaims(object);
    if (object.kind === 'Namespace' && object.apiVersion === 'v1') return namespaceClaims(object);
    if (!object.apiVersion.startsWith(`${group}/`)) return nothing;
    if (object.kind === 'UserDefinedNetwork') return udnClaims(object);
    if (object.kind === 'ClusterUserDefinedNetwork') return clusterUdnClaims(object);
    return nothing;
  },
};
