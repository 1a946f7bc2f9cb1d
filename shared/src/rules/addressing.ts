import type { Evidence } from '../model/topology.ts';
import { annotationCommands, configEvidence, editNad, fromEvent, isOpen, requestEvidence } from './define.ts';
import type { AttachmentFacts, Holder, Rule } from './rule.ts';

/** The IPAM section of the plugin that makes the interface, and the claim that holds it. */
export function ipamOf(facts: AttachmentFacts) {
  for (const claim of facts.network?.claims ?? []) {
    const plugin = claim.config?.read.plugins.find((item) => item.ipam);
    if (plugin?.ipam) return { claim, plugin, ipam: plugin.ipam };
  }
  return undefined;
}

/** Plugins whose interfaces share the hardware address of their master: one address on many pods is their nature. */
const sharesMac = new Set(['ipvlan', 'host-device', 'sriov']);

/** A bridge without an uplink is an island per node: the same address on two nodes never meets. */
const meets = (a: Holder, b: Holder): boolean => {
  if (a.network?.technology === 'bridge' || a.network?.technology === 'ptp') return a.workload.node === b.workload.node;
  return true;
};

function others(facts: AttachmentFacts, holders: readonly Holder[]): Holder[] {
  const me = holders.find((holder) => holder.attachment.id === facts.attachment.id);
  if (!me || !me.network) return [];
  return holders.filter(
    (holder) =>
      holder.attachment.id !== facts.attachment.id &&
      holder.workload.id !== facts.workload.workload.id &&
      holder.network?.id === me.network?.id &&
      holder.attachment.state === 'attached' &&
      meets(me, holder),
  );
}

/** MN2xx: addresses and those who give them. */
export const addressingRules: readonly Rule[] = [
  {
    code: 'MN201',
    scope: 'attachment',
    title: 'Two pods have one address on one network',
    severity: 'warning',
    slugs: ['dup-ip', 'static-same-ip', 'hostlocal-multi-node-dup'],
    why: 'Static IPAM gives every pod the same address, and host-local counts per node: neither knows of the other pods. Whoever answers ARP first wins, and connections break at random.',
    fix: 'Use a cluster-wide IPAM such as whereabouts, or give each pod its own address with "ips".',
    check: (facts, world) => {
      const { attachment } = facts;
      if (attachment.state !== 'attached' || facts.network?.network.role !== 'secondary') return undefined;
      for (const { ip } of attachment.interface?.addresses ?? []) {
        const rest = others(facts, world.holders(ip));
        if (rest.length === 0) continue;
        const ipam = ipamOf(facts);
        const type = typeof ipam?.ipam['type'] === 'string' ? ipam.ipam['type'] : undefined;
        const evidence: Evidence[] = [
          ...attachment.observed.slice(0, 1).map((item) => item.source),
          ...(ipam ? [configEvidence(ipam.claim)] : []),
        ];
        return {
          slug: 'dup-ip',
          group: `${facts.network.network.id}:${ip}`,
          confidence: 'certain',
          title: `${rest.length + 1} pods share ${ip} on ${facts.network.network.name}`,
          message: `${type === 'static' ? 'Static IPAM gives every pod of this network the same address. ' : ''}${type === 'host-local' ? 'host-local counts addresses on each node by itself. ' : ''}Also held by ${rest
            .slice(0, 3)
            .map((holder) => `${holder.workload.namespace}/${holder.workload.name}`)
            .join(', ')}.`,
          fix: {
            text: 'Use a cluster-wide IPAM such as whereabouts, or give each pod its own address with "ips".',
            ...(ipam ? { commands: editNad(ipam.claim) } : {}),
          },
          evidence,
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
    why: 'A switch learns one port per hardware address: frames go to whoever spoke last.',
    fix: 'Remove the fixed address, or give each pod its own.',
    check: (facts, world) => {
      const mac = facts.attachment.interface?.mac;
      const technology = facts.network?.network.technology ?? '';
      if (
        !mac ||
        facts.attachment.state !== 'attached' ||
        facts.network?.network.role !== 'secondary' ||
        sharesMac.has(technology)
      )
        return undefined;
      const rest = others(facts, world.holders(mac));
      if (rest.length === 0) return undefined;
      return {
        slug: 'dup-mac',
        group: `${facts.network.network.id}:${mac}`,
        confidence: 'certain',
        title: `${rest.length + 1} pods share ${mac} on ${facts.network.network.name}`,
        message: `Also held by ${rest
          .slice(0, 3)
          .map((holder) => `${holder.workload.namespace}/${holder.workload.name}`)
          .join(', ')}.`,
        fix: { text: 'Remove the fixed address, or give each pod its own.', commands: annotationCommands(facts) },
        evidence: facts.attachment.observed.slice(0, 1).map((item) => item.source),
      };
    },
  },
  {
    code: 'MN214',
    scope: 'attachment',
    title: 'Static IPAM without an address',
    severity: 'error',
    slugs: ['static-no-address'],
    // Without a cniVersion the empty answer fails one step later, as "cannot convert: no valid IP addresses".
    explains: ['ipam-no-ip', 'delegate-generic'],
    why: 'Static IPAM hands out what the config or the request says. When neither has an address the plugin gets an empty answer: "IPAM plugin returned missing IP config".',
    fix: 'Add "addresses" to the IPAM section, or "ips" to the request.',
    check: (facts) => {
      const found = ipamOf(facts);
      if (!found || found.ipam['type'] !== 'static' || !isOpen(facts)) return undefined;
      const addresses = found.ipam['addresses'];
      if (Array.isArray(addresses) && addresses.length > 0) return undefined;
      if ((facts.element?.ips?.length ?? 0) > 0 || facts.element?.cniArgs) return undefined;
      const name = `${found.claim.namespace ?? ''}/${found.claim.name}`;
      return {
        slug: 'static-no-address',
        group: facts.network?.network.id ?? name,
        confidence: 'certain',
        title: `${name} uses static IPAM without an address`,
        message: `Neither the config of ${name} nor the request names an address.`,
        fix: {
          text: 'Add "addresses" to the IPAM section, or "ips" to the request.',
          commands: editNad(found.claim),
          patch: '"ipam": {"type": "static", "addresses": [{"address": "10.30.0.7/24"}]}',
        },
        evidence: [configEvidence(found.claim), ...requestEvidence(facts)],
        effect: 'failed',
      };
    },
  },
  {
    code: 'MN220',
    scope: 'attachment',
    title: 'The address range is full',
    severity: 'error',
    slugs: ['whereabouts-exhausted', 'hostlocal-exhausted', 'ovnk-ip-full'],
    why: 'Every address of the range is allocated. Pods that ended without cleaning up may still hold some.',
    fix: 'Widen the range, use fewer replicas, or free addresses that are leaked.',
    check: (facts) => {
      const slug = facts.failure?.verdict.slug;
      if (slug !== 'whereabouts-exhausted' && slug !== 'hostlocal-exhausted') return undefined;
      const range = facts.failure?.verdict.captures['range'] ?? facts.network?.network.subnets[0];
      const found = ipamOf(facts);
      const onNode = slug === 'hostlocal-exhausted' ? ` on ${facts.workload.workload.node ?? 'its node'}` : '';
      return {
        slug,
        group: `${range ?? facts.request?.requested.network ?? ''}${onNode}`,
        confidence: 'certain',
        title: range
          ? `Range ${range} is full${onNode}`
          : `The range of ${facts.request?.requested.network} is full${onNode}`,
        message: `${slug === 'whereabouts-exhausted' ? 'Whereabouts' : 'host-local'} has no free address left for ${facts.request?.requested.network ?? 'this network'}.`,
        fix: {
          text: 'Widen the range, use fewer replicas, or free addresses that are leaked.',
          commands: [
            ...(slug === 'whereabouts-exhausted' ? ['kubectl get ippools.whereabouts.cni.cncf.io -A -o yaml'] : []),
            ...(found ? editNad(found.claim) : []),
          ],
        },
        evidence: found ? [configEvidence(found.claim)] : requestEvidence(facts),
        effect: 'failed',
      };
    },
  },
  fromEvent('MN221', ['ipam-no-ip']),
  fromEvent('MN222', ['ipam-empty-type', 'ipam-key-missing']),
  fromEvent('MN223', ['hostlocal-ip-taken', 'hostlocal-ip-is-gw', 'hostlocal-dup']),
  fromEvent('MN224', ['hostlocal-no-ranges', 'hostlocal-bad-range']),
  fromEvent('MN225', ['static-not-cidr', 'cni020-one-address']),
  fromEvent('MN226', [
    'dhcp-daemon-down',
    'dhcp-no-offer',
    'dhcp-netns',
    'dhcp-no-mask',
    'dhcp-allocate-other',
    'dhcp-sandbox-timeout',
  ]),
  fromEvent('MN227', [
    'whereabouts-config-missing',
    'whereabouts-storage',
    'whereabouts-rbac',
    'whereabouts-crd-missing',
    'whereabouts-leader',
    'whereabouts-no-slice',
  ]),
  fromEvent('MN228', [
    'whereabouts-invalid-cidr',
    'whereabouts-range-start',
    'whereabouts-too-small',
    'whereabouts-exclude',
  ]),
  fromEvent('MN229', ['ipamclaim-missing', 'ipamclaim-other-network', 'ovnk-ip-allocated', 'third-party-ipam']),
  fromEvent('MN230', ['route-add-failed', 'dad-failed']),
];
