import { cidrContains, toCidr, toIpOrCidr } from '../net/cidr.ts';
import { canonicalIp, type Ip } from '../net/ip.ts';
import { rangeContains } from '../net/range.ts';
import { givenBy, nameOf, othersOn, podNames, requestedIps, type Served, servedBy } from './address-parts.ts';
import {
  annotationCommands,
  configEvidence,
  editNad,
  fromConfigIssue,
  fromEvent,
  isOpen,
  originOf,
  requestEvidence,
} from './define.ts';
import type { AttachmentFacts, Draft, Rule, World } from './rule.ts';

const evidenceOf = (facts: AttachmentFacts, { claim }: Served) => [...requestEvidence(facts), configEvidence(claim)];

type Trouble = { slug: string; title: string; message: string };

/** host-local refuses an address that is outside of its ranges, or in its files on the node. */
function notAvailable(facts: AttachmentFacts, { ipam }: Served, ip: Ip, world: World): Trouble | undefined {
  if (!givenBy(ipam).some((range) => rangeContains(range, ip)))
    return {
      slug: 'hostlocal-ip-taken',
      title: `${ip.text} is outside the range of ${facts.network?.network.name ?? ''}`,
      message: `host-local gives out ${ipam.subnets.join(', ')}, and only within rangeStart and rangeEnd.`,
    };
  const rest = othersOn(facts, world.holders(ip.text)).filter(
    // Its files are per node and per config.
    (holder) =>
      holder.workload.node === facts.workload.workload.node && holder.network?.id === facts.network?.network.id,
  );
  return rest.length > 0
    ? {
        slug: 'hostlocal-ip-taken',
        title: `${ip.text} is taken on ${facts.workload.workload.node ?? 'the node'}`,
        message: `${podNames(rest)} holds it.`,
      }
    : undefined;
}

/** A draft about the first requested address that host-local would refuse. */
function hostLocal(
  facts: AttachmentFacts,
  trouble: (served: Served, ip: Ip) => Trouble | undefined,
): Draft | undefined {
  const served = servedBy(facts.network);
  if (served?.ipam.type !== 'host-local' || served.ipam.ranges.length === 0 || !isOpen(facts)) return undefined;
  for (const { ip } of requestedIps(facts)) {
    const found = trouble(served, ip);
    if (!found) continue;
    return {
      ...found,
      group: `${originOf(facts)}:${ip.text}`,
      confidence: 'certain',
      fix: { text: 'Ask for another address, or leave "ips" out.', commands: annotationCommands(facts) },
      evidence: evidenceOf(facts, served),
      effect: 'failed',
    };
  }
  return undefined;
}

/** What is wrong with an address that the IPAM plugin takes without a question. */
function unwise(facts: AttachmentFacts, served: Served, ip: Ip, world: World): Trouble | undefined {
  const name = nameOf(served.claim);
  const rest = othersOn(facts, world.holders(ip.text));
  if (rest.length > 0 && facts.attachment.state !== 'attached')
    return {
      slug: 'requested-ip-taken',
      title: `${ip.text} is asked for on ${name}, and another pod has it`,
      message: `${podNames(rest)} holds it; ${served.ipam.type} IPAM gives it all the same.`,
    };
  if ([...served.ipam.gateways].some((gateway) => canonicalIp(gateway) === ip.text))
    return {
      slug: 'requested-ip-is-gateway',
      title: `${ip.text} is asked for on ${name}, and is its gateway`,
      message: 'The pod would answer for the gateway of its own network.',
    };
  const subnets = served.ipam.subnets.flatMap((text) => toCidr(text) ?? []).filter((one) => one.family === ip.family);
  if (served.ipam.type !== 'static' && subnets.length > 0 && !subnets.some((subnet) => cidrContains(subnet, ip)))
    return {
      slug: 'requested-ip-outside',
      title: `${ip.text} is outside the subnets of ${name}`,
      message: `The network is ${served.ipam.subnets.join(', ')}: nobody there can answer.`,
    };
  return undefined;
}

/** Providers that know all addresses of their networks, and read addresses in annotations of their own. */
const vendors = new Set(['kube-ovn', 'danm']);

/** An address that a pod asks a vendor for, which the vendor cannot give. */
function vendorSays(facts: AttachmentFacts, world: World): Draft | undefined {
  const { network } = facts;
  const asked = facts.element?.ips ? [] : (facts.attachment.requested?.ips ?? []);
  if (!network || !vendors.has(network.network.provider) || asked.length === 0 || !isOpen(facts)) return undefined;
  // Which subnet eth0 is to be on, the namespace may say.
  if (facts.attachment.provider === 'default-network') return undefined;
  const subnets = network.network.subnets.flatMap((text) => toCidr(text) ?? []);
  for (const text of asked.slice(0, 16)) {
    const ip = toIpOrCidr(text)?.address;
    if (!ip) continue;
    const own = subnets.filter((subnet) => subnet.family === ip.family);
    const outside = own.length > 0 && !own.some((subnet) => cidrContains(subnet, ip));
    const rest = outside ? [] : othersOn(facts, world.holders(ip.text));
    if (!outside && rest.length === 0) continue;
    const { name } = network.network;
    return {
      slug: outside ? 'requested-ip-outside' : 'requested-ip-taken',
      group: `${originOf(facts)}:${ip.text}`,
      confidence: 'likely',
      title: outside
        ? `${ip.text} is outside the subnets of ${name}`
        : `${ip.text} is asked for on ${name}, and another pod has it`,
      message: outside ? `The network is ${network.network.subnets.join(', ')}.` : `${podNames(rest)} holds it.`,
      fix: { text: 'Ask for an address of the network that nobody has.', commands: annotationCommands(facts) },
      evidence: requestEvidence(facts),
    };
  }
  return undefined;
}

const notCidr = {
  title: 'A static address has no prefix length',
  why: 'static and whereabouts want address/prefix in "addresses" and in "ips" of the request, although the annotation itself accepts bare addresses.',
  fix: 'Write addresses with a prefix length, for example 10.1.1.5/24.',
};

const [notCidrConfig, notCidrNetwork] = fromConfigIssue('MN215', ['static-not-cidr'], notCidr);

const isBare = (facts: AttachmentFacts): Draft | undefined => {
  const served = servedBy(facts.network);
  if (!served || !['static', 'whereabouts'].includes(served.ipam.type) || !isOpen(facts)) return undefined;
  const bare = requestedIps(facts).find(({ prefix }) => !prefix);
  if (!bare) return undefined;
  return {
    slug: 'static-not-cidr',
    group: `static-not-cidr:${originOf(facts)}`,
    confidence: 'certain',
    title: `${bare.text} is asked for without a prefix length`,
    message: `${served.ipam.type} IPAM of ${nameOf(served.claim)} refuses it.`,
    fix: { text: notCidr.fix, commands: annotationCommands(facts) },
    evidence: evidenceOf(facts, served),
    effect: 'failed',
  };
};

/** MN210 to MN215: addresses that pods ask for. */
export const requestedAddressRules: readonly Rule[] = [
  {
    ...fromEvent('MN210', ['hostlocal-ip-taken']),
    scope: 'attachment',
    needs: 'open',
    check: (facts, world) => hostLocal(facts, (served, ip) => notAvailable(facts, served, ip, world)),
  },
  {
    ...fromEvent('MN211', ['hostlocal-ip-is-gw']),
    scope: 'attachment',
    needs: 'open',
    check: (facts) =>
      hostLocal(facts, ({ ipam, claim }, ip) =>
        ipam.ranges.some((range) => range.gateway?.text === ip.text)
          ? {
              slug: 'hostlocal-ip-is-gw',
              title: `${ip.text} is the gateway of ${nameOf(claim)}`,
              message: 'host-local never gives out the gateway; without "gateway" that is the first address.',
            }
          : undefined,
      ),
  },
  {
    code: 'MN212',
    scope: 'attachment',
    needs: 'wish',
    title: 'The requested address does not fit the network',
    severity: 'warning',
    slugs: ['requested-ip-taken', 'requested-ip-is-gateway', 'requested-ip-outside'],
    why: 'Only host-local looks at the addresses that pods ask for. The others set them as they are, also when another pod or the gateway has them.',
    fix: 'Ask for an address of the network that nobody has.',
    check: (facts, world) => {
      const said = vendorSays(facts, world);
      if (said) return said;
      const served = servedBy(facts.network);
      const { state } = facts.attachment;
      if (!served || served.ipam.type === 'host-local' || !(isOpen(facts) || state === 'attached')) return undefined;
      for (const { ip } of requestedIps(facts)) {
        const found = unwise(facts, served, ip, world);
        if (!found) continue;
        return {
          ...found,
          group: `${originOf(facts)}:${ip.text}`,
          confidence: 'likely',
          fix: { text: 'Ask for an address of the network that nobody has.', commands: annotationCommands(facts) },
          evidence: evidenceOf(facts, served),
        };
      }
      return undefined;
    },
  },
  {
    code: 'MN213',
    scope: 'attachment',
    needs: 'wish',
    title: 'The requested address comes on top of one from the pool',
    severity: 'warning',
    slugs: ['whereabouts-ips-added-not-replaced'],
    why: 'Whereabouts adds the addresses of "ips" to the one that it picks from the range, and does not reserve them: the pod has two, and another pod may get the same.',
    fix: 'Use a NAD without "range" (or with static IPAM) for pods that bring their own address, and exclude it from the range.',
    check: (facts) => {
      const served = servedBy(facts.network);
      const asked = requestedIps(facts);
      if (served?.ipam.type !== 'whereabouts' || served.ipam.ranges.length === 0 || asked.length === 0)
        return undefined;
      if (!isOpen(facts) && facts.attachment.state !== 'attached') return undefined;
      const held = facts.attachment.interface?.addresses.length ?? 0;
      if (facts.attachment.state === 'attached' && held <= asked.length) return undefined;
      return {
        slug: 'whereabouts-ips-added-not-replaced',
        group: originOf(facts),
        confidence: facts.attachment.state === 'attached' ? 'certain' : 'likely',
        title: `${asked.map(({ text }) => text).join(', ')} does not replace the address from ${served.ipam.subnets.join(', ')}`,
        message: `Whereabouts gives a pod of ${nameOf(served.claim)} an address of the range as well, and does not reserve the requested one.`,
        fix: {
          text: 'Use a NAD without "range" (or with static IPAM) for pods that bring their own address, and exclude it from the range.',
          commands: editNad(served.claim),
        },
        evidence: evidenceOf(facts, served),
      };
    },
  },
  {
    code: 'MN214',
    scope: 'attachment',
    needs: 'open',
    title: 'Static IPAM without an address',
    severity: 'error',
    slugs: ['static-no-address'],
    // Without a cniVersion the empty answer fails one step later, as "cannot convert: no valid IP addresses".
    explains: ['ipam-no-ip', 'cni-version-missing-020', 'delegate-generic'],
    why: 'Static IPAM hands out what the config or the request says. When neither has an address the plugin gets an empty answer: "IPAM plugin returned missing IP config".',
    fix: 'Add "addresses" to the IPAM section, or "ips" to the request.',
    check: (facts) => {
      const served = servedBy(facts.network);
      if (served?.ipam.type !== 'static' || served.ipam.addresses.length > 0 || !isOpen(facts)) return undefined;
      if ((facts.element?.ips?.length ?? 0) > 0 || facts.element?.cniArgs) return undefined;
      const name = nameOf(served.claim);
      return {
        slug: 'static-no-address',
        group: facts.network?.network.id ?? name,
        confidence: 'certain',
        title: `${name} uses static IPAM without an address`,
        message: `Neither the config of ${name} nor the request names an address.`,
        fix: {
          text: 'Add "addresses" to the IPAM section, or "ips" to the request.',
          commands: editNad(served.claim),
          patch: '"ipam": {"type": "static", "addresses": [{"address": "10.30.0.7/24"}]}',
        },
        evidence: [configEvidence(served.claim), ...requestEvidence(facts)],
        effect: 'failed',
      };
    },
  },
  {
    ...notCidrConfig,
    scope: 'attachment',
    check: (facts, world) =>
      isBare(facts) ?? (notCidrConfig.scope === 'attachment' ? notCidrConfig.check?.(facts, world) : undefined),
  },
  notCidrNetwork,
];
