import { type KubeObject, refOf } from '../kube/object.ts';
import { asBool, asNumber, asStrings, getPath, getText, truncate } from '../kube/read.ts';
import type { WatchedKind } from '../kube/watched-kind.ts';
import { workloadId } from '../model/ids.ts';
import type { Alias, Uplink } from '../model/topology.ts';
import { canonicalIp } from '../net/ip.ts';
import { canonicalMac } from '../net/mac.ts';
import { gkeNodeClaims } from './gke-node.ts';
import { gkeInterfaceAlias, gkeNetworkAlias, gkePodClaims } from './gke-pod.ts';
import { createdAt, toConditions } from './kubernetes.ts';
import { toAddress } from './ovn-pod-networks.ts';
import { type Claims, type NetworkClaim, nothing, type Provider } from './provider.ts';

const group = 'networking.gke.io';

/** A Network and the parameter set that it names are one network. */
const paramsAlias = (name: string): Alias => ({ scheme: 'gke-params', value: truncate(name, 253) });

const types: Readonly<Record<string, string>> = { L2: 'gke-l2', L3: 'gke-l3', Device: 'gke-device' };

const gatewaysOf = (...texts: (string | undefined)[]): string[] =>
  texts.flatMap((text) => (text ? [canonicalIp(text) ?? truncate(text, 64)] : []));

type Own = Partial<NetworkClaim> & Pick<NetworkClaim, 'aliases' | 'name'>;

const claimOf = (object: KubeObject, own: Own): NetworkClaim => ({
  ref: refOf(object),
  technology: 'unknown',
  role: own.aliases[0]?.scheme === 'default' ? 'cluster-default' : 'secondary',
  subnets: [],
  gateways: [],
  uplinks: [],
  conditions: toConditions(getPath(object, 'status', 'conditions')),
  issues: [],
  createdAt: createdAt(object),
  ...own,
});

const deviceText = 'GKE hands the NIC of the node to the pod, and reports nothing of it on the pod.';

function networkClaims(object: KubeObject): Claims {
  const { name } = object.metadata;
  const spec = getPath(object, 'spec');
  const type = getText(spec, 'type') ?? '';
  const params = getText(spec, 'parametersRef', 'name');
  const ours = (getText(spec, 'parametersRef', 'kind') ?? '').toLowerCase() === 'gkenetworkparamset';
  const device = getText(spec, 'nodeInterfaceMatcher', 'interfaceName');
  const vlan = asNumber(getPath(spec, 'l2NetworkConfig', 'vlanID'));
  const alias = gkeNetworkAlias(name);
  const network = claimOf(object, {
    // The pods of the network of the cluster know it by the name that the CNI plugin reports.
    rank: alias.scheme === 'default' ? -1 : 10,
    aliases: [alias, ...(params && ours ? [paramsAlias(params)] : [])],
    name,
    technology: types[type] ?? 'unknown',
    gateways: gatewaysOf(getText(spec, 'gateway4')),
    ...(vlan === undefined ? {} : { vlan }),
    uplinks: device ? [{ device: truncate(device, 64) }] : [],
    implementation: truncate(getText(spec, 'provider') ?? 'GKE', 253),
    ...(type === 'Device' ? { unreported: deviceText } : {}),
    ...(asBool(getPath(spec, 'externalDHCP4')) ? { ipam: dhcp } : {}),
  });
  return { networks: [network] };
}

/** Its addresses come from a server outside of the cluster. */
const dhcp: NonNullable<NetworkClaim['ipam']> = {
  type: 'dhcp',
  ranges: [],
  addresses: [],
  subnets: [],
  gateways: [],
  routes: [],
  perNode: false,
  needsRequest: false,
};

function paramsClaims(object: KubeObject): Claims {
  const { name } = object.metadata;
  const spec = getPath(object, 'spec');
  const used = getText(object, 'status', 'networkName');
  const place = [getText(spec, 'vpc'), getText(spec, 'vpcSubnet')].filter((part) => part !== undefined).join('/');
  const physicalNetwork = place || getText(spec, 'networkAttachment');
  const uplinks: Uplink[] = physicalNetwork ? [{ physicalNetwork: truncate(physicalNetwork, 400) }] : [];
  const subnets = asStrings(getPath(object, 'status', 'podCIDRs', 'cidrBlocks')).slice(0, 64);
  const deviceMode = getText(spec, 'deviceMode');
  const network = claimOf(object, {
    rank: -2,
    aliases: [paramsAlias(name), ...(used ? [gkeNetworkAlias(used)] : [])],
    name,
    technology: deviceMode ? 'gke-device' : 'unknown',
    role: used && gkeNetworkAlias(used).scheme === 'default' ? 'cluster-default' : 'secondary',
    subnets: subnets.map((cidr) => truncate(cidr, 64)),
    uplinks,
    ...(deviceMode ? { implementation: truncate(deviceMode, 64), unreported: deviceText } : {}),
  });
  return { networks: [network] };
}

/** An interface that is made for a pod, or kept for one: its own name for the network, and where GKE tells of addresses and MAC. */
function interfaceClaims(object: KubeObject): Claims {
  const { name, namespace = 'default' } = object.metadata;
  const network = getText(object, 'spec', 'networkName');
  if (!network) return nothing;
  const alias = gkeNetworkAlias(network);
  const networks =
    alias.scheme === 'default'
      ? []
      : [claimOf(object, { rank: -4, aliases: [alias, gkeInterfaceAlias(namespace, name)], name: network })];
  const pod = getText(object, 'status', 'podName');
  const ips = asStrings(getPath(object, 'status', 'ipAddresses')).slice(0, 16);
  const mac = getText(object, 'status', 'macAddress');
  if (!pod || (ips.length === 0 && !mac)) return { networks };
  const gateways = gatewaysOf(getText(object, 'status', 'gateway4'));
  return {
    networks,
    observations: [
      {
        workload: workloadId('Pod', namespace, pod),
        alias,
        name: truncate(network, 253),
        interface: {
          addresses: ips.map((text) => toAddress(text) ?? { ip: truncate(text, 64) }),
          ...(mac ? { mac: canonicalMac(mac) ?? truncate(mac, 64) } : {}),
          ...(gateways.length > 0 ? { gateways } : {}),
        },
        rank: 45,
        isDefault: alias.scheme === 'default',
        source: { ref: refOf(object), path: '/status', value: truncate([...ips, mac ?? ''].join(' ').trim(), 400) },
        weight: 'hint',
      },
    ],
  };
}

function subnetworkClaims(object: KubeObject): Claims {
  const network = getText(object, 'spec', 'networkName');
  if (!network) return nothing;
  const gateways = gatewaysOf(getText(object, 'spec', 'gateway4') ?? getText(object, 'status', 'gateway4'));
  return { networks: [claimOf(object, { rank: -5, aliases: [gkeNetworkAlias(network)], name: network, gateways })] };
}

const kind = (name: string, resource: string, namespaced: boolean, why: string): WatchedKind => ({
  group,
  versions: ['v1', 'v1beta1', 'v1alpha1'],
  resource,
  kind: name,
  namespaced,
  optional: true,
  why,
});

/** Multi-network of GKE and Google Distributed Cloud (GoogleCloudPlatform/gke-networking-api). */
export const gke: Provider = {
  id: 'gke',
  title: 'GKE multi-network',
  kinds: [
    kind('Network', 'networks', false, 'the networks that pods ask for by networking.gke.io/interfaces'),
    kind('GKENetworkParamSet', 'gkenetworkparamsets', false, 'VPC, subnet and ranges of a GKE network'),
    kind('NetworkInterface', 'networkinterfaces', true, 'addresses of pod interfaces, kept or given'),
    kind('Subnetwork', 'subnetworks', false, 'gateways of a GKE network'),
  ],
  reads: [
    { group: '', kind: 'Pod' },
    { group: '', kind: 'Node' },
  ],
  claims: (object) => {
    if (object.kind === 'Pod') return gkePodClaims(object);
    if (object.kind === 'Node') return gkeNodeClaims(object);
    if (!object.apiVersion.startsWith(`${group}/`)) return nothing;
    switch (object.kind) {
      case 'Network':
        return networkClaims(object);
      case 'GKENetworkParamSet':
        return paramsClaims(object);
      case 'NetworkInterface':
        return interfaceClaims(object);
      case 'Subnetwork':
        return subnetworkClaims(object);
      default:
        return nothing;
    }
  },
};
