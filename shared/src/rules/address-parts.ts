import type { IpamDescription } from '../cni/ipam/ipam.ts';
import type { Workload } from '../model/topology.ts';
import { toIpOrCidr } from '../net/cidr.ts';
import type { Ip } from '../net/ip.ts';
import { type IpRange, rangeContains, rangeOf } from '../net/range.ts';
import type { NetworkClaim } from '../providers/provider.ts';
import { perFacts } from './memo.ts';
import type { AttachmentFacts, Holder, NetworkFacts } from './rule.ts';

export type Served = { claim: NetworkClaim; ipam: IpamDescription };

/** The config of a network that names an IPAM plugin, and how that gives addresses. */
export function servedBy(network: NetworkFacts | null | undefined): Served | undefined {
  for (const claim of network?.claims ?? []) if (claim.ipam) return { claim, ipam: claim.ipam };
  return undefined;
}

export const nameOf = (claim: NetworkClaim): string => `${claim.namespace ? `${claim.namespace}/` : ''}${claim.name}`;

/** What a network gives out, range by range. */
export const givenBy = perFacts((ipam: IpamDescription): readonly IpRange[] =>
  ipam.ranges.flatMap(({ start, end }) => rangeOf(start, end) ?? []),
);

export const isGiven = (ipam: IpamDescription, ip: Ip): boolean =>
  givenBy(ipam).some((range) => rangeContains(range, ip)) &&
  !ipam.ranges.some(({ exclude }) => exclude.some((hole) => rangeContains(hole, ip)));

/** The addresses of a request, with or without a prefix length as written. */
export const requestedIps = ({ element }: AttachmentFacts): { text: string; ip: Ip; prefix: boolean }[] =>
  (element?.ips ?? []).slice(0, 16).flatMap((text) => {
    const ip = toIpOrCidr(text)?.address;
    return ip ? [{ text, ip, prefix: text.includes('/') }] : [];
  });

/**
 * Whether two attachments meet on layer 2: one network, or networks whose interfaces land on one link. A bridge without an uplink is an
 * island per node.
 */
function meet(a: Holder, b: Holder): boolean {
  if (!a.network || !b.network) return false;
  const together =
    a.network.id === b.network.id || (a.segment !== null && b.segment !== null && a.segment.key === b.segment.key);
  return together && (!a.segment?.perNode || a.workload.node === b.workload.node);
}

/** Interfaces that end in their own pod, where an address cannot meet another: VIPs of load balancers are put there on purpose. */
const isApart = (technology: string | undefined): boolean => technology === 'dummy';

/** The status of a claim that several pods hold speaks of one interface: no pod but one has what it says. */
const isOfOneClaim = ({ request, workload }: AttachmentFacts, { attachment, workload: other }: Holder): boolean =>
  (request?.device?.holders ?? 0) > 1 &&
  attachment.provider === 'dra' &&
  other.namespace === workload.workload.namespace;

/** Two launcher pods of one machine, which moves from one to the other and takes its addresses along. */
const sameMachine = (a: Workload, b: Workload): boolean =>
  a.namespace === b.namespace &&
  a.owner?.kind === 'VirtualMachineInstance' &&
  b.owner?.kind === 'VirtualMachineInstance' &&
  a.owner.name === b.owner.name;

/** Others that hold an address where this attachment would meet them. */
export function othersOn(facts: AttachmentFacts, holders: readonly Holder[]): Holder[] {
  if (isApart(facts.network?.network.technology)) return [];
  const me: Holder = {
    attachment: facts.attachment,
    workload: facts.workload.workload,
    network: facts.network?.network ?? null,
    segment: facts.network?.claims.find((claim) => claim.segment)?.segment ?? null,
  };
  return holders.filter(
    (holder) =>
      holder.attachment.id !== me.attachment.id &&
      holder.workload.id !== me.workload.id &&
      holder.attachment.state === 'attached' &&
      !sameMachine(holder.workload, me.workload) &&
      !isOfOneClaim(facts, holder) &&
      meet(me, holder),
  );
}

export const podNames = (holders: readonly Holder[]): string =>
  holders
    .slice(0, 3)
    .map((holder) => `${holder.workload.namespace}/${holder.workload.name}`)
    .join(', ') + (holders.length > 3 ? ` and ${holders.length - 3} more` : '');
