import type { Evidence } from '../model/topology.ts';
import { canonicalMac } from '../net/mac.ts';
import { nameOf, othersOn, podNames, servedBy } from './address-parts.ts';
import { annotationCommands, configEvidence, editNad, isOpen, requestEvidence } from './define.ts';
import type { AttachmentFacts, Holder, Rule } from './rule.ts';

/** Plugins whose interfaces have the hardware address of a device that is there before them. */
const borrowsMac = new Set(['ipvlan', 'host-device', 'sriov']);

const observed = ({ attachment }: AttachmentFacts): Evidence[] =>
  attachment.observed.slice(0, 1).map((item) => item.source);

/** All of them asked for this very address: an anycast address looks the same. */
const onPurpose = (facts: AttachmentFacts, rest: readonly Holder[], ip: string): boolean =>
  [facts.attachment, ...rest.map((holder) => holder.attachment)].every((attachment) =>
    attachment.requested?.ips?.some((asked) => asked.split('/')[0] === ip),
  );

/** What a file of the node alone tells of may be older than the pod. */
const confidenceIn = ({ attachment }: AttachmentFacts) =>
  attachment.observed.every(({ provider }) => provider === 'node-answers') ? 'possible' : 'certain';

const hints: Readonly<Record<string, string>> = {
  static: 'Static IPAM gives every pod of this network the same address. ',
  'host-local': 'host-local counts addresses on each node by itself. ',
};

/** MN201 to MN204: one address twice on one layer 2. */
export const duplicateRules: readonly Rule[] = [
  {
    code: 'MN201',
    scope: 'attachment',
    title: 'Two pods have one address on one network',
    severity: 'warning',
    slugs: ['dup-ip'],
    why: 'Static IPAM gives every pod the same address, and host-local counts per node: neither knows of the other pods. Whoever answers ARP first wins, and connections break at random.',
    fix: 'Use a cluster-wide IPAM such as whereabouts, or give each pod its own address with "ips".',
    check: (facts, world) => {
      const { attachment, network } = facts;
      if (attachment.state !== 'attached' || network?.network.role !== 'secondary') return undefined;
      for (const { ip } of attachment.interface?.addresses ?? []) {
        const rest = othersOn(facts, world.holders(ip));
        if (rest.length === 0) continue;
        const served = servedBy(network);
        const asked = onPurpose(facts, rest, ip);
        const where = network.claims.find((claim) => claim.segment)?.segment?.key ?? network.network.id;
        return {
          slug: 'dup-ip',
          group: `${where}:${ip}`,
          confidence: asked ? 'possible' : confidenceIn(facts),
          title: `${rest.length + 1} pods share ${ip} on ${network.network.name}`,
          message: `${asked ? 'Each of them asks for it; fine if it is an anycast address. ' : (hints[served?.ipam.type ?? ''] ?? '')}Also held by ${podNames(rest)}.`,
          fix: {
            text: 'Use a cluster-wide IPAM such as whereabouts, or give each pod its own address with "ips".',
            commands: asked ? annotationCommands(facts) : served ? editNad(served.claim) : [],
          },
          evidence: [...observed(facts), ...(served ? [configEvidence(served.claim)] : [])],
        };
      }
      return undefined;
    },
  },
  {
    code: 'MN202',
    scope: 'attachment',
    title: 'Two pods have one hardware address on one network',
    severity: 'warning',
    slugs: ['dup-mac'],
    why: 'A switch learns one port per hardware address: frames go to whoever spoke last. It comes from a fixed "mac", or from machines that were cloned.',
    fix: 'Remove the fixed address, or give each pod its own.',
    check: (facts, world) => {
      const { attachment, network } = facts;
      const mac = attachment.interface?.mac;
      if (!mac || attachment.state !== 'attached' || network?.network.role !== 'secondary') return undefined;
      const asked = attachment.requested?.mac && canonicalMac(attachment.requested.mac) === mac;
      if (network.network.technology === 'ipvlan' || (borrowsMac.has(network.network.technology) && !asked))
        return undefined;
      const rest = othersOn(facts, world.holders(mac)).filter((holder) => holder.network?.technology !== 'ipvlan');
      if (rest.length === 0) return undefined;
      const where = network.claims.find((claim) => claim.segment)?.segment?.key ?? network.network.id;
      return {
        slug: 'dup-mac',
        group: `${where}:${mac}`,
        confidence: confidenceIn(facts),
        title: `${rest.length + 1} pods share ${mac} on ${network.network.name}`,
        message: `Also held by ${podNames(rest)}.`,
        fix: { text: 'Remove the fixed address, or give each pod its own.', commands: annotationCommands(facts) },
        evidence: observed(facts),
      };
    },
  },
  {
    code: 'MN203',
    scope: 'attachment',
    needs: 'open',
    title: 'A pod is about to get an address that another has',
    severity: 'warning',
    slugs: ['static-same-ip'],
    why: 'An address that stands in the NAD goes to every pod that uses it. Static IPAM keeps no record and gives it out again and again, without any error.',
    fix: 'Ask for an address per pod with "ips", or use whereabouts.',
    check: (facts, world) => {
      const served = servedBy(facts.network);
      if (served?.ipam.type !== 'static' || !isOpen(facts) || facts.element?.ips?.length) return undefined;
      for (const text of served.ipam.addresses) {
        const ip = text.split('/')[0] ?? '';
        const rest = othersOn(facts, world.holders(ip));
        if (rest.length === 0) continue;
        return {
          slug: 'static-same-ip',
          group: `${facts.network?.network.id ?? ''}:${ip}`,
          confidence: 'likely',
          title: `${nameOf(served.claim)} gives ${ip} to every pod`,
          message: `${podNames(rest)} already has it.`,
          fix: { text: 'Ask for an address per pod with "ips", or use whereabouts.', commands: editNad(served.claim) },
          evidence: [configEvidence(served.claim), ...requestEvidence(facts)],
          subjects: facts.network ? [{ type: 'network', id: facts.network.network.id }] : [],
        };
      }
      return undefined;
    },
  },
  {
    code: 'MN204',
    scope: 'network',
    title: 'host-local on a network that spans nodes',
    severity: 'warning',
    slugs: ['hostlocal-multi-node-dup'],
    why: 'host-local keeps its record in files on each node. Two nodes give out the same addresses of one range, and on a network that spans nodes these collide, without any error.',
    fix: 'Use whereabouts, or a NAD with a range of its own for each node.',
    check: (network, world) => {
      const served = servedBy(network);
      if (!served?.ipam.perNode || !served.claim.segment || served.claim.segment.perNode) return undefined;
      const nodes = world.nodesOf(network.network.id);
      if (nodes.length < 2) return undefined;
      return {
        slug: 'hostlocal-multi-node-dup',
        group: network.network.id,
        confidence: 'likely',
        title: `${nameOf(served.claim)} gives out one range on ${nodes.length} nodes`,
        message: `Pods on ${nodes.slice(0, 3).join(', ')}${nodes.length > 3 ? ' and others' : ''} get addresses of ${served.ipam.subnets.join(', ')} without knowing of each other.`,
        fix: {
          text: 'Use whereabouts, or a NAD with a range of its own for each node.',
          commands: editNad(served.claim),
          patch: `"ipam": {"type": "whereabouts", "range": ${JSON.stringify(served.ipam.subnets[0] ?? '')}}`,
        },
        evidence: [configEvidence(served.claim)],
      };
    },
  },
];
