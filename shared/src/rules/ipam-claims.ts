import { sh } from '../kube/shell.ts';
import { toIpOrCidr } from '../net/cidr.ts';
import type { IpamClaimClaim } from '../providers/pool-claims.ts';
import { isOpen, requestEvidence } from './define.ts';
import { isUp } from './pod-event.ts';
import type { AttachmentFacts, Draft, Rule, World } from './rule.ts';

/** The claim that a request refers to, on a network whose plugin looks at claims. */
function claimOf({ element, network, workload }: AttachmentFacts, world: World): IpamClaimClaim | undefined {
  const name = element?.ipamClaimReference;
  if (!name || !network?.network.technology.startsWith('ovn')) return undefined;
  return world.ipamClaim(`${workload.workload.namespace}/${name}`);
}

const aboutClaim = ({ ref }: IpamClaimClaim): string =>
  sh`kubectl -n ${ref.namespace ?? 'default'} get ipamclaims.k8s.cni.cncf.io ${ref.name} -o yaml`;

function otherAddress(facts: AttachmentFacts, world: World): Draft | undefined {
  const { attachment, workload } = facts;
  const seen = attachment.interface?.addresses ?? [];
  if (attachment.state !== 'attached' || seen.length === 0 || !isUp(workload)) return undefined;
  const claim = claimOf(facts, world);
  const kept = new Set(claim?.ips.flatMap((text) => toIpOrCidr(text)?.address.text ?? []));
  const source = attachment.observed.find(({ interface: one }) => one.addresses.length > 0)?.source;
  if (!claim || !source || kept.size === 0 || seen.some(({ ip }) => kept.has(ip))) return undefined;
  return {
    slug: 'ipamclaim-ip-differs',
    group: claim.key,
    confidence: 'likely',
    title: `${claim.key} keeps other addresses than its pod has`,
    message: `The IPAMClaim has ${[...kept].join(', ')}, the interface ${seen.map(({ ip }) => ip).join(', ')}: the address will not persist.`,
    fix: {
      text: 'Create the pod anew, or migrate the machine; look at the conditions of the claim.',
      commands: [aboutClaim(claim)],
    },
    evidence: [{ ref: claim.ref, path: '/status/ips', value: claim.ips.join(', ').slice(0, 400) }, source],
  };
}

function refused(facts: AttachmentFacts, world: World): Draft | undefined {
  if (!isOpen(facts)) return undefined;
  const claim = claimOf(facts, world);
  const bad = claim?.conditions?.find(({ status }) => status === 'False');
  if (!claim || !bad) return undefined;
  return {
    slug: 'ipamclaim-not-allocated',
    group: claim.key,
    confidence: 'likely',
    title: `${claim.key} got no address${bad.reason ? `: ${bad.reason}` : ''}`,
    message: bad.message ?? `Condition ${bad.type} is False.`,
    fix: { text: 'Mend what the condition names.', commands: [aboutClaim(claim)] },
    evidence: [
      {
        ref: claim.ref,
        path: '/status/conditions',
        value: `${bad.type}=False ${bad.reason ?? ''} ${bad.message ?? ''}`.slice(0, 400),
      },
      ...requestEvidence(facts),
    ],
  };
}

/** MN847, MN848: what claims of addresses say of themselves. */
export const ipamClaimRules: readonly Rule[] = [
  {
    code: 'MN847',
    scope: 'attachment',
    needs: 'wish',
    title: 'An IPAMClaim keeps other addresses than its pod has',
    severity: 'warning',
    slugs: ['ipamclaim-ip-differs'],
    why: 'An IPAMClaim keeps the addresses of a virtual machine from one launcher pod to the next. Where the pod has others, the claim was ignored or belongs to somebody else, and the next pod gets an address that nobody expects.',
    fix: 'Look at the conditions of the claim; create the pod anew.',
    check: otherAddress,
  },
  {
    code: 'MN848',
    scope: 'attachment',
    title: 'An IPAMClaim got no address',
    severity: 'warning',
    slugs: ['ipamclaim-not-allocated'],
    needs: 'open',
    why: 'The network plugin says in the conditions of the claim why it gave no address. The pod waits for it.',
    fix: 'Read the message of the condition.',
    check: refused,
  },
];
