import { sh } from '../kube/shell.ts';
import type { Network } from '../model/topology.ts';
import { type Cidr, cidrsOverlap, toCidr } from '../net/cidr.ts';
import { configEvidence, editNad, fromEvent, isOpen } from './define.ts';
import type { AttachmentFacts, Draft, NetworkFacts, Rule, World } from './rule.ts';

const claimOf = ({ claims }: NetworkFacts) => claims.find((item) => item.config);
const nameOf = ({ network }: NetworkFacts): string =>
  network.namespace ? `${network.namespace}/${network.name}` : network.name;
const deviceOf = ({ network }: NetworkFacts): string | undefined =>
  network.uplinks.find((uplink) => uplink.device)?.device;

/** Other networks on the same device of the nodes, as far as configs name it. */
const sisters = (network: NetworkFacts, device: string, world: World): NetworkFacts[] =>
  world.networksOn(device).filter((other) => other.network.id !== network.network.id);

/** Read once per version of a network: hundreds may share a bridge, and each is compared with all. */
const known = new WeakMap<Network, readonly Cidr[]>();

function subnetsOf({ network }: NetworkFacts): readonly Cidr[] {
  const found = known.get(network) ?? network.subnets.slice(0, 100).flatMap((text) => toCidr(text) ?? []);
  known.set(network, found);
  return found;
}

const shareSubnet = (a: NetworkFacts, b: NetworkFacts): boolean =>
  subnetsOf(a).some((one) => subnetsOf(b).some((two) => cidrsOverlap(one, two)));

/** Evidence and subjects of two networks in a fixed order, so that both say the same. */
function pair(a: NetworkFacts, b: NetworkFacts) {
  const both = [a, b].sort((x, y) => (x.network.id < y.network.id ? -1 : 1));
  return {
    evidence: both.flatMap((item) => {
      const claim = claimOf(item);
      return claim ? [configEvidence(claim)] : [];
    }),
    commands: both.flatMap((item) => {
      const claim = claimOf(item);
      return claim ? editNad(claim) : [];
    }),
    subjects: both.map((item) => ({ type: 'network' as const, id: item.network.id })),
    names: both.map(nameOf).join(' and '),
  };
}

/** Kinds of upper devices of which a NIC carries one: the catalogue under link-busy. */
const exclusive = new Set(['macvlan', 'ipvlan', 'host-device']);

function mixedMaster(network: NetworkFacts, world: World, busy: boolean): Draft | undefined {
  const device = deviceOf(network);
  const { technology } = network.network;
  if (!device || !exclusive.has(technology)) return undefined;
  const other = sisters(network, device, world).find(
    (item) => exclusive.has(item.network.technology) && item.network.technology !== technology,
  );
  if (!other) return undefined;
  const { names, commands, ...rest } = pair(network, other);
  const kinds = [technology, other.network.technology].sort().join(' and ');
  return {
    slug: 'same-master-mixed',
    group: `${device}:${kinds}`,
    severity: busy ? 'error' : 'warning',
    confidence: busy ? 'certain' : 'likely',
    title: `${device} is used by ${kinds}`,
    message: `${names} use ${device} in different ways. On a node the first pod decides; for the others the device is busy.`,
    fix: { text: 'Use one plugin type per master, or VLAN sub-interfaces as masters.', commands },
    ...rest,
  };
}

const masterTexts = {
  code: 'MN501',
  title: 'One NIC is used in two ways',
  severity: 'error',
  why: 'A NIC carries one kind of upper device. Where macvlan and ipvlan share a master, or a pod takes the NIC away, the second gets "device or resource busy" or finds no NIC.',
  fix: 'Use one plugin type per master, or VLAN sub-interfaces as masters.',
} as const;

function mixedBridge(network: NetworkFacts, world: World): Draft | undefined {
  const device = deviceOf(network);
  if (!device || network.network.technology !== 'bridge') return undefined;
  const others = sisters(network, device, world).filter((item) => item.network.technology === 'bridge');
  const byVlan = others.find((item) => item.network.vlan !== network.network.vlan && shareSubnet(network, item));
  const { mtu } = network.network;
  const byMtu = others.find((item) => mtu !== undefined && item.network.mtu !== undefined && item.network.mtu !== mtu);
  const other = byVlan ?? byMtu;
  if (!other) return undefined;
  const { names, commands, ...rest } = pair(network, other);
  const what = byVlan ? 'VLAN' : 'MTU';
  return {
    slug: byVlan ? 'same-bridge-vlan-mixed' : 'same-bridge-mtu-mixed',
    group: `${device}:${what}`,
    severity: byVlan ? 'warning' : 'info',
    confidence: 'likely',
    title: `Networks on bridge ${device} differ in ${what}`,
    message: byVlan
      ? `${names} have addresses of one subnet and different VLANs: their pods look like neighbours and cannot reach each other.`
      : `${names} give interfaces of different MTU to one bridge, which takes the smallest.`,
    fix: { text: `Give both the same ${what}, or a bridge and a subnet of their own.`, commands },
    ...rest,
  };
}

function mixedVlan(network: NetworkFacts, world: World): Draft | undefined {
  const device = deviceOf(network);
  const { vlan, technology, subnets } = network.network;
  if (!device || vlan === undefined || (technology !== 'vlan' && technology !== 'macvlan')) return undefined;
  const other = sisters(network, device, world).find(
    (item) =>
      item.network.vlan === vlan &&
      shareSubnet(network, item) &&
      [...item.network.subnets].sort().join() !== [...subnets].sort().join(),
  );
  if (!other) return undefined;
  const { names, commands, ...rest } = pair(network, other);
  return {
    slug: 'same-vlan-subnets-differ',
    group: `${device}:${vlan}`,
    severity: 'warning',
    confidence: 'likely',
    title: `Two networks on VLAN ${vlan} of ${device} have subnets that overlap`,
    message: `${names} are one layer 2. Their subnets overlap without being the same, so that neighbours take each other for strangers.`,
    fix: { text: 'Give both the same subnet with ranges that do not overlap, or different VLANs.', commands },
    ...rest,
  };
}

function isolatedBridge(network: NetworkFacts, world: World): Draft | undefined {
  const claim = claimOf(network);
  if (network.network.technology !== 'bridge' || !claim) return undefined;
  const nodes = world.nodesOf(network.network.id);
  if (nodes.length < 2) return undefined;
  const device = deviceOf(network) ?? 'cni0';
  return {
    slug: 'bridge-autocreated-isolated',
    group: `${network.network.id}`,
    severity: 'info',
    confidence: 'possible',
    title: `${nameOf(network)} reaches from node to node only if ${device} has an uplink`,
    message: `Its pods run on ${nodes.slice(0, 4).join(', ')}${nodes.length > 4 ? ` and ${nodes.length - 4} more` : ''}. The plugin makes ${device} where it is missing, without a port to the outside.`,
    fix: {
      text: `Make ${device} on every node with the NIC as its port, for instance with nmstate.`,
      commands: nodes
        .slice(0, 1)
        .map((node) => sh`kubectl debug node/${node} -it --image=busybox -- ip link show master ${device}`),
    },
    evidence: [configEvidence(claim)],
  };
}

/** Marks that the clouds put on their nodes. */
const cloudLabel =
  /^(eks\.amazonaws\.com|kubernetes\.azure\.com|cloud\.google\.com|oci\.oraclecloud\.com|node\.openstack\.org)\//;

function filteredByCloud(network: NetworkFacts, world: World): Draft | undefined {
  const claim = claimOf(network);
  if (network.network.technology !== 'macvlan' || !claim) return undefined;
  // A cluster is in a cloud or it is not: some nodes tell.
  for (const name of world.nodesOf(network.network.id).slice(0, 20)) {
    const node = world.node(name)?.node;
    const label = Object.keys(node?.labels ?? {})
      .sort()
      .find((key) => cloudLabel.test(key));
    if (!node || !label) continue;
    return {
      slug: 'cloud-mac-filter',
      group: network.network.id,
      severity: 'info',
      confidence: 'possible',
      title: `${nameOf(network)} gives hardware addresses of its own to pods in a cloud`,
      message: `${name} is a machine of a cloud. Clouds usually drop frames whose address is not that of the NIC.`,
      fix: {
        text: 'Use ipvlan and register the addresses with the cloud, or allow foreign addresses on the port.',
        commands: editNad(claim),
      },
      evidence: [
        configEvidence(claim),
        {
          ref: node.ref,
          path: `/metadata/labels/${label.replaceAll('~', '~0').replaceAll('/', '~1')}`,
          value: node.labels[label] ?? '',
        },
      ],
      subjects: [{ type: 'node', id: name }],
    };
  }
  return undefined;
}

/** MN5xx: links of nodes and what shares a layer 2. */
export const l2Rules: readonly Rule[] = [
  {
    ...masterTexts,
    scope: 'attachment',
    needs: 'open',
    slugs: ['link-busy', 'same-master-mixed'],
    explains: ['link-busy', 'hostdevice-not-found'],
    check: (facts: AttachmentFacts, world) => {
      const slug = facts.failure?.verdict.slug;
      if (!facts.network || !isOpen(facts) || (slug !== 'link-busy' && slug !== 'hostdevice-not-found'))
        return undefined;
      const draft = mixedMaster(facts.network, world, true);
      return draft && { ...draft, effect: 'failed' };
    },
  },
  { ...masterTexts, scope: 'network', slugs: [], check: (network, world) => mixedMaster(network, world, false) },
  {
    code: 'MN502',
    scope: 'network',
    title: 'Networks of one bridge do not fit together',
    severity: 'warning',
    slugs: ['same-bridge-vlan-mixed', 'same-bridge-mtu-mixed'],
    why: 'Two NADs on one bridge are one layer 2 only if they agree on the VLAN. With one subnet on two VLANs the pods have addresses of neighbours and cannot reach each other.',
    fix: 'Align the two NADs, or give each its own bridge and subnet.',
    check: mixedBridge,
  },
  {
    code: 'MN503',
    scope: 'network',
    title: 'A bridge without an uplink ends at its node',
    severity: 'info',
    slugs: ['bridge-autocreated-isolated'],
    why: 'The bridge plugin makes a bridge that is missing, and says nothing. Such a bridge has no port to the outside: pods reach pods of the same node only.',
    fix: 'Make the bridge on every node with the NIC as its port, and mark the nodes that have it.',
    check: isolatedBridge,
  },
  fromEvent('MN504', ['bridge-create-failed', 'bridge-not-a-bridge', 'bridge-port-error', 'bridge-connect-failed'], {
    title: 'The bridge of the node cannot be used',
    why: 'The plugin needs a Linux bridge of that name on the node, or makes one. What is there is something else, or the kernel refused.',
    fix: 'Look at the interface of that name on the node; rename the bridge in the NAD, or remove what is in the way.',
  }),
  fromEvent('MN505', ['bridge-ip-conflict'], {
    why: 'With isGateway the bridge carries the gateway address. It has another one already, from an earlier config of the NAD.',
  }),
  fromEvent('MN506', ['macvlan-create-other', 'no-default-route-iface', 'ipvlan-chain-master'], {
    title: 'The sub-interface could not be made on its master',
    why: 'The kernel refused a macvlan, ipvlan or vlan on this master: it is down, cannot carry one, or there is no default route to choose a master by.',
    fix: 'Name a master in the NAD, and try the same with ip link on the node.',
  }),
  fromEvent('MN507', ['mac-in-use', 'ipvlan-address-in-use'], {
    title: 'The address is in use on the same master',
    why: 'The kernel lets every address exist once per master. A sister interface, or the master itself, has it.',
    fix: 'Give each pod an address of its own; look for a left-over interface on the node.',
  }),
  fromEvent('MN508', ['veth-exists', 'veth-create-failed'], {
    title: 'The veth pair of the pod could not be made',
    why: 'Plugins such as bridge and ptp join pod and node by a veth pair. Its name was taken by a left-over, or the kernel refused.',
    fix: 'Look for left-over veth interfaces on the node.',
  }),
  fromEvent('MN513', ['ipv6-disabled'], {
    why: 'The address or route is an IPv6 one, and the kernel has IPv6 switched off for that interface or for the whole pod.',
  }),
  fromEvent('MN509', ['ovs-bridge-missing', 'ovs-db-down', 'ovs-link-down'], {
    title: 'Open vSwitch on the node is not ready for the network',
    why: 'ovs-cni plugs into a bridge of Open vSwitch that must exist on the node. The bridge is missing, or Open vSwitch does not answer.',
    fix: 'Make the OVS bridge on every node where the pods may run; check ovs-vswitchd and ovsdb-server.',
  }),
  fromEvent('MN510', ['tap-bridge-missing', 'tap-failed'], {
    title: 'The tap device could not be made',
    why: 'The tap plugin needs /dev/net/tun, the right to use it, and its bridge.',
    fix: 'Check the bridge and /dev/net/tun on the node, and SELinux.',
  }),
  {
    code: 'MN511',
    scope: 'network',
    title: 'Two networks share a VLAN and half a subnet',
    severity: 'warning',
    slugs: ['same-vlan-subnets-differ'],
    why: 'Two NADs with one uplink and one VLAN id are one layer 2. With subnets that overlap and differ, pods take neighbours for strangers and send them to a gateway.',
    fix: 'Give both the same subnet with ranges that do not overlap, or different VLANs.',
    check: mixedVlan,
  },
  {
    code: 'MN512',
    scope: 'network',
    title: 'macvlan in a cloud',
    severity: 'info',
    slugs: ['cloud-mac-filter'],
    why: 'Every macvlan interface has a hardware address of its own. Most clouds know the address of the NIC alone and drop the rest, so that the pod has an address and no traffic.',
    fix: 'Use ipvlan and register the addresses with the cloud, or allow foreign addresses on the port.',
    check: filteredByCloud,
  },
];
