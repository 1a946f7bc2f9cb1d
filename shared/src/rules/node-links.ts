import { asNumber, asText } from '../kube/read.ts';
import { sh } from '../kube/shell.ts';
import type { Evidence } from '../model/topology.ts';
import type { NetworkClaim } from '../providers/provider.ts';
import { configEvidence, editNad, isOpen } from './define.ts';
import type { AttachmentFacts, DeviceFacts, Draft, NetworkFacts, Rule, World } from './rule.ts';

/** Plugins that put their interface on a link that must be on the node before. */
const onLink = new Set(['macvlan', 'ipvlan', 'vlan', 'ovs']);

/** Links that reports of nodes leave out: nmstate hides veth* unless it is told otherwise. */
const hidden = /^veth/;

type Master = { claim: NetworkClaim; plugin: string; link: string; mtu?: number };

/** The link of the node that a network stands on, where its config names one. `linkInContainer`: it is a link of the pod. */
function masterOf(network: NetworkFacts | null): Master | undefined {
  const claim = network?.claims.find((item) => item.config);
  const main = claim?.config?.read.plugins[0];
  if (!claim || !main || !onLink.has(main.type) || main.raw['linkInContainer'] === true) return undefined;
  const link = asText(main.raw[main.type === 'ovs' ? 'bridge' : 'master']);
  const mtu = asNumber(main.raw['mtu']);
  if (!link || hidden.test(link)) return undefined;
  return { claim, plugin: main.type, link, ...(mtu ? { mtu } : {}) };
}

/** A node that lists no bridge of Open vSwitch may have some all the same: NMState asks its database only where it may. */
const tells = (node: string, { plugin }: Master, world: World): boolean =>
  plugin !== 'ovs' || world.nodeDevices(node).devices.some(({ device }) => device.kind === 'ovs-bridge');

const linkOn = (node: string, link: string, world: World): DeviceFacts | undefined =>
  world.nodeDevices(node).devices.find(({ device, altNames }) => device.name === link || altNames?.includes(link));

/** A network that is attached there right now evidently works there, whatever is reported. */
const works = ({ network }: NetworkFacts, node: string, world: World): boolean =>
  world.attachedOn(network.id, node).length > 0;

const evidenceOf = ({ claim, link }: Master): Evidence => {
  const text = claim.config?.text ?? '';
  const offset = text.indexOf(`"${link}"`);
  return configEvidence(claim, offset < 0 ? undefined : { offset, length: link.length + 2 });
};

const nameOf = ({ claim }: Master): string => `${claim.namespace ?? 'default'}/${claim.name}`;

const listed = (nodes: readonly string[]): string =>
  nodes.length > 3 ? `${nodes.slice(0, 3).join(', ')} and ${nodes.length - 3} more` : nodes.join(', ');

function absentOnAttachment(facts: AttachmentFacts, world: World): Draft | undefined {
  const master = masterOf(facts.network);
  const node = facts.workload.workload.node;
  // Once an attempt has failed its message says more: MN401 when this is why, something else when it is not.
  if (!master || !facts.network || !node || !isOpen(facts) || facts.failure) return undefined;
  const { complete } = world.nodeDevices(node);
  if (!complete || !tells(node, master, world) || linkOn(node, master.link, world)) return undefined;
  if (works(facts.network, node, world)) return undefined;
  const others = world.nodesWithLink(master.link);
  return {
    slug: 'master-absent',
    group: `${node}/${master.link}`,
    confidence: 'likely',
    title: `${node} has no link ${master.link}`,
    message: `${master.plugin} of ${nameOf(master)} stands on ${master.link}, which ${node} does not report.${others.length > 0 ? ` ${listed(others)} has it.` : ''}`,
    fix: {
      text: `Correct "${master.plugin === 'ovs' ? 'bridge' : 'master'}" in the NAD, or keep the pods on nodes that have the link.`,
      commands: [sh`kubectl get nodenetworkstate ${node} -o yaml`, ...editNad(master.claim)],
    },
    evidence: [evidenceOf(master), { ref: complete, path: '/status/currentState/interfaces' }],
    subjects: [
      { type: 'network', id: facts.network.network.id },
      { type: 'node', id: node },
    ],
    effect: 'failed',
  };
}

function absentOnNetwork(facts: NetworkFacts, world: World): Draft | undefined {
  const master = masterOf(facts);
  if (!master || master.plugin === 'ovs' || !world.linksKnown() || world.nodesWithLink(master.link).length > 0)
    return undefined;
  if (world.isUsed(facts.network.id)) return undefined;
  return {
    slug: 'master-absent',
    group: `nowhere:${facts.network.id}`,
    severity: 'info',
    confidence: 'likely',
    title: `No node reports a link ${master.link} (${nameOf(master)})`,
    message: `${master.plugin} of ${nameOf(master)} stands on ${master.link}, and no node that reports its links has one of that name.`,
    fix: {
      text: 'Correct "master" in the NAD, or make the link on the nodes.',
      commands: ['kubectl get nodenetworkstate', ...editNad(master.claim)],
    },
    evidence: [evidenceOf(master)],
  };
}

const absent = {
  code: 'MN481',
  title: 'The node does not have the link that the network stands on',
  severity: 'error',
  why: 'macvlan, ipvlan and vlan put the interface of the pod on a link of the node, ovs on a bridge. NMState reports the links of each node, and this one is not among them.',
  fix: 'Correct "master" in the NAD, make the link with a NodeNetworkConfigurationPolicy, or keep the pods on nodes that have it.',
} as const;

const tooLarge = (master: Master, link: DeviceFacts | undefined): link is DeviceFacts & { mtu: number } =>
  master.mtu !== undefined && link?.mtu !== undefined && master.mtu > link.mtu;

const mtuFix = ({ claim, mtu }: Master, link: string, atMost: number): Draft['fix'] => ({
  text: `Lower "mtu" to at most ${atMost}, or raise the MTU of ${link} on the node.`,
  commands: editNad(claim),
  patch: `"mtu": ${Math.min(atMost, mtu ?? atMost)}`,
});

function mtuOnAttachment(facts: AttachmentFacts, world: World): Draft | undefined {
  const master = masterOf(facts.network);
  const node = facts.workload.workload.node;
  // Once an attempt has failed its message says it: MN328 when this is why.
  if (
    !master ||
    master.plugin === 'ovs' ||
    master.mtu === undefined ||
    !facts.network ||
    !node ||
    !isOpen(facts) ||
    facts.failure
  )
    return undefined;
  const link = linkOn(node, master.link, world);
  if (!tooLarge(master, link) || works(facts.network, node, world)) return undefined;
  return {
    slug: 'mtu-above-link',
    group: `${node}/${facts.network.network.id}`,
    confidence: 'likely',
    title: `The MTU of ${nameOf(master)} is above that of ${master.link} on ${node}`,
    message: `${nameOf(master)} asks for ${master.mtu}, ${master.link} on ${node} has ${link.mtu}.`,
    fix: mtuFix(master, master.link, link.mtu),
    evidence: [evidenceOf(master), { ref: link.ref, path: `${link.path}/mtu`, value: String(link.mtu) }],
    subjects: [
      { type: 'network', id: facts.network.network.id },
      { type: 'node', id: node },
    ],
    effect: 'failed',
  };
}

function mtuOnNetwork(facts: NetworkFacts, world: World): Draft | undefined {
  const master = masterOf(facts);
  if (!master || master.plugin === 'ovs' || master.mtu === undefined) return undefined;
  const low = world.nodesWithLink(master.link).flatMap((node) => {
    const link = linkOn(node, master.link, world);
    return tooLarge(master, link) ? [{ node, link }] : [];
  });
  const [first] = low;
  if (!first) return undefined;
  return {
    slug: 'mtu-above-link',
    group: facts.network.id,
    severity: 'warning',
    confidence: 'likely',
    title: `The MTU of ${nameOf(master)} is above that of ${master.link} on some nodes`,
    message: `${nameOf(master)} asks for ${master.mtu}; ${master.link} has less on ${listed(low.map(({ node }) => node))} (${first.link.mtu}).`,
    fix: mtuFix(master, master.link, Math.min(...low.map(({ link }) => link.mtu))),
    evidence: [
      evidenceOf(master),
      ...low.slice(0, 3).map(({ link }) => ({ ref: link.ref, path: `${link.path}/mtu`, value: String(link.mtu) })),
    ],
    subjects: low.map(({ node }) => ({ type: 'node' as const, id: node })),
  };
}

const mtu = {
  code: 'MN482',
  title: 'The MTU of the network is above that of the link it stands on',
  severity: 'error',
  why: 'An interface on a link cannot have a larger MTU than the link: macvlan and vlan refuse it before they ask the kernel. The node reports what its links have.',
  fix: 'Lower "mtu" in the NAD, or raise the MTU of the link on every node.',
} as const;

/** Said of the network and its nodes: the pods run, and what they send goes nowhere. */
function down(facts: NetworkFacts, world: World): Draft | undefined {
  const master = masterOf(facts);
  if (!master || world.nodesWithLink(master.link).length === 0) return undefined;
  const dead = world.nodesOf(facts.network.id).flatMap((node) => {
    const link = linkOn(node, master.link, world);
    return link?.up === false ? [{ node, link }] : [];
  });
  if (dead.length === 0) return undefined;
  return {
    slug: 'master-down',
    group: facts.network.id,
    confidence: 'possible',
    title: `${master.link} is down under ${nameOf(master)}`,
    message: `Pods are attached to ${nameOf(master)} on ${listed(dead.map(({ node }) => node))}, where ${master.link} is reported as down.`,
    fix: {
      text: 'Bring the link up, with a NodeNetworkConfigurationPolicy or by hand; check the cable and the switch port.',
      commands: dead.slice(0, 3).map(({ node }) => sh`kubectl get nodenetworkstate ${node} -o yaml`),
    },
    evidence: dead.slice(0, 3).map(({ link }) => ({ ref: link.ref, path: link.path })),
    subjects: dead.map(({ node }) => ({ type: 'node' as const, id: node })),
  };
}

/** MN481-MN483: the links of nodes that networks stand on, as the nodes report them. */
export const nodeLinkRules: readonly Rule[] = [
  { ...absent, scope: 'attachment', slugs: ['master-absent'], needs: 'open', check: absentOnAttachment },
  { ...absent, scope: 'network', slugs: [], check: absentOnNetwork },
  {
    ...mtu,
    scope: 'attachment',
    slugs: ['mtu-above-link'],
    needs: 'open',
    check: mtuOnAttachment,
  },
  { ...mtu, scope: 'network', slugs: [], check: mtuOnNetwork },
  {
    code: 'MN483',
    scope: 'network',
    title: 'The link that a network stands on is down',
    severity: 'warning',
    slugs: ['master-down'],
    why: 'An interface on a link that is down is attached and has its address, and nothing that it sends leaves the node.',
    fix: 'Bring the link up on the node; check the cable and the switch port.',
    check: down,
  },
];
