import { sh } from '../kube/shell.ts';
import type { Evidence } from '../model/topology.ts';
import type { NetworkClaim } from '../providers/provider.ts';
import { configEvidence, editNad } from './define.ts';
import type { DeviceFacts, Draft, NetworkFacts, NodeFacts, Rule, World } from './rule.ts';

type Bridged = { claim: NetworkClaim; bridge: string; vlan: number };

/** The Linux bridge of a network, where its config names one. One that is a gateway for its pods is meant to end at the node. */
function bridgedBy({ claims, network }: NetworkFacts): Bridged | undefined {
  const claim = claims.find((item) => item.config);
  const main = claim?.config?.read.plugins[0];
  if (!claim || !main || network.technology !== 'bridge') return undefined;
  if (['isGateway', 'isDefaultGateway', 'ipMasq'].some((key) => main.raw[key] === true)) return undefined;
  const bridge = network.uplinks.find(({ device }) => device)?.device;
  return bridge ? { claim, bridge, vlan: network.vlan ?? 0 } : undefined;
}

/** What is at the ports of a bridge besides the ends of pods; undefined where that is not told, or not to its end. */
function uplinksOf({ device }: DeviceFacts): string[] | undefined {
  const { ports } = device.details;
  if (ports === undefined || ports.length >= 380) return undefined;
  if (ports === 'none') return [];
  return ports.split(' ').filter((port) => port !== '' && !/^(veth|tap|vnet|cali|lxc)/.test(port));
}

const bridgeOn = (node: string, bridge: string, world: World): DeviceFacts | undefined =>
  world.nodeDevices(node).devices.find(({ device }) => device.kind === 'bridge' && device.name === bridge);

const listed = (nodes: readonly string[]): string =>
  nodes.length > 3 ? `${nodes.slice(0, 3).join(', ')} and ${nodes.length - 3} more` : nodes.join(', ');

const nodeLimit = 200;

type Place = { node: string; link: DeviceFacts };

const placesOf = (network: NetworkFacts, bridge: string, world: World): Place[] =>
  world
    .nodesOf(network.network.id)
    .slice(0, nodeLimit)
    .flatMap((node) => {
      const link = bridgeOn(node, bridge, world);
      return link ? [{ node, link }] : [];
    });

const evidenceOf = ({ claim, bridge }: Bridged): Evidence => {
  const offset = claim.config?.text.indexOf(`"${bridge}"`) ?? -1;
  return configEvidence(claim, offset < 0 ? undefined : { offset, length: bridge.length + 2 });
};

function draftAt(own: Bridged, network: NetworkFacts, places: readonly Place[]) {
  return {
    group: network.network.id,
    fix: {
      commands: [
        ...places.slice(0, 2).map(({ node }) => sh`kubectl get nodenetworkstate ${node} -o yaml`),
        ...editNad(own.claim),
      ],
    },
    evidence: [evidenceOf(own), ...places.slice(0, 3).map(({ link }) => ({ ref: link.ref, path: link.path }))],
    subjects: places.slice(0, 10).map(({ node }) => ({ type: 'node' as const, id: node })),
  };
}

function withoutUplink(network: NetworkFacts, world: World): Draft | undefined {
  const own = bridgedBy(network);
  if (!own) return undefined;
  const bare = placesOf(network, own.bridge, world).filter(({ link }) => uplinksOf(link)?.length === 0);
  if (bare.length === 0) return undefined;
  const alone = world.nodesOf(network.network.id).length < 2;
  const { fix, ...rest } = draftAt(own, network, bare);
  return {
    ...rest,
    slug: 'bridge-no-uplink',
    severity: alone ? 'info' : 'warning',
    confidence: alone ? 'possible' : 'likely',
    title: `${own.bridge} has no port to the outside on ${listed(bare.map(({ node }) => node))}`,
    message: `Pods are attached to ${network.network.name} there, and reach pods of the same node only.`,
    fix: {
      ...fix,
      text: `Make ${own.bridge} with a NIC or bond as its port, by a NodeNetworkConfigurationPolicy that selects the node.`,
    },
  };
}

/** `100 200-210` */
const carries = (ranges: string, vlan: number): boolean =>
  ranges.split(' ').some((range) => {
    const [from = Number.NaN, to = from] = range.split('-').map(Number);
    return vlan >= from && vlan <= to;
  });

const filter = 'VLANs on ';

/** Ports of a bridge that filter VLANs, by what they let through. Without a filter a port carries all. */
function filtersOf(link: DeviceFacts): Map<string, string> {
  return new Map(
    Object.entries(link.device.details).flatMap(([key, ranges]) =>
      key.startsWith(filter) ? [[key.slice(filter.length), ranges] as const] : [],
    ),
  );
}

function notTrunked(network: NetworkFacts, world: World): Draft | undefined {
  const own = bridgedBy(network);
  if (!own || own.vlan === 0) return undefined;
  const shut = placesOf(network, own.bridge, world).filter(({ link }) => {
    const filters = filtersOf(link);
    const ports = uplinksOf(link) ?? [];
    return (
      ports.length > 0 &&
      ports.every((port) => filters.has(port)) &&
      ![...filters.values()].some((ranges) => carries(ranges, own.vlan))
    );
  });
  const [first] = shut;
  if (!first) return undefined;
  const { fix, ...rest } = draftAt(own, network, shut);
  const ports = [...filtersOf(first.link)].map(([port, ranges]) => `${port}: ${ranges || 'none'}`).join(', ');
  return {
    ...rest,
    slug: 'bridge-vlan-not-trunked',
    confidence: 'likely',
    title: `VLAN ${own.vlan} does not pass ${own.bridge} on ${listed(shut.map(({ node }) => node))}`,
    message: `${network.network.name} is VLAN ${own.vlan}, and the ports of ${own.bridge} on ${first.node} let through ${ports}.`,
    fix: {
      ...fix,
      text: 'Add the VLAN to trunk-tags of the port in the NodeNetworkConfigurationPolicy, or correct "vlan" in the NAD.',
    },
  };
}

/** A NIC has fewer VFs than policies want of it, although the operator is done. */
function fewerVfs({ node }: NodeFacts, world: World): Draft[] {
  return world.nodeDevices(node.name).devices.flatMap(({ device, ref, path }): Draft[] => {
    const number = (key: string) => Number(device.details[key] ?? Number.NaN);
    const [wanted, has, most] = [number('VFs wanted'), number('VFs'), number('VFs at most')];
    if (!(wanted > has) || wanted > most || device.details['sync'] !== 'Succeeded') return [];
    return [
      {
        slug: 'sriov-fewer-vfs',
        group: device.id,
        confidence: 'possible',
        title: `${device.name} on ${node.name} has ${has} of ${wanted} VFs`,
        message: `Policies want ${wanted} VFs of ${device.name}, the operator says that it is done, and there are ${has}.`,
        fix: {
          text: 'Look at sriov-network-config-daemon on the node; the VFs may have been changed by hand.',
          commands: [
            sh`kubectl -n ${ref.namespace ?? 'default'} get ${`${ref.kind}.${ref.group}`} ${ref.name} -o yaml`,
          ],
        },
        evidence: [{ ref, path }],
      },
    ];
  });
}

/** MN885-MN887: bridges and NICs of nodes, against what networks and policies want of them. */
export const nodeBridgeRules: readonly Rule[] = [
  {
    code: 'MN885',
    scope: 'network',
    title: 'The bridge under a network has no port to the outside',
    severity: 'warning',
    slugs: ['bridge-no-uplink'],
    why: 'The bridge plugin makes a bridge that is missing, without a port. The node reports the bridge, and nothing but pods is plugged into it: they do not reach those of other nodes.',
    fix: 'Make the bridge with a NIC or bond as its port.',
    check: withoutUplink,
  },
  {
    code: 'MN886',
    scope: 'network',
    title: 'The VLAN of the network does not pass the ports of its bridge',
    severity: 'warning',
    slugs: ['bridge-vlan-not-trunked'],
    why: 'A bridge can filter VLANs at its ports. A VLAN that no port to the outside lets through ends at the node.',
    fix: 'Add the VLAN to the trunk of the port, or correct "vlan" in the NAD.',
    check: notTrunked,
  },
  {
    code: 'MN887',
    scope: 'node',
    title: 'A NIC has fewer VFs than its policies want',
    severity: 'warning',
    slugs: ['sriov-fewer-vfs'],
    why: 'The SR-IOV operator writes down how many VFs a NIC is to have and how many it has. Where it is done and they differ, pods find fewer devices than planned.',
    fix: 'Look at sriov-network-config-daemon on the node.',
    check: fewerVfs,
  },
];
