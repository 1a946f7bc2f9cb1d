import { asText } from '../kube/read.ts';
import { sh } from '../kube/shell.ts';
import { canonicalIp } from '../net/ip.ts';
import { configEvidence, editNad } from './define.ts';
import { restart } from './drift.ts';
import { isUp } from './pod-event.ts';
import type { AttachmentFacts, Draft, Rule, WorkloadFacts } from './rule.ts';

const nameOf = ({ workload }: WorkloadFacts): string => `${workload.namespace}/${workload.name}`;

const describePod = ({ workload }: WorkloadFacts): string[] => [
  sh`kubectl -n ${workload.namespace} get pod ${workload.name} -o jsonpath='{.metadata.annotations}'`,
];

/** A finding on the report as it is written, from what its reading found. */
function fromReport(facts: WorkloadFacts, slugs: readonly string[]): { slug: string; message: string } | undefined {
  const issues = facts.report?.issues ?? [];
  if (issues.length === 0 || !isUp(facts) || facts.workload.hostNetwork) return undefined;
  return issues.find((issue) => slugs.includes(issue.slug));
}

/** Another interface carries the default route or the pod's primary network: eth0 may then differ from podIPs. */
const hasOtherPrimary = ({ attachments }: WorkloadFacts): boolean =>
  attachments.some(
    (item) =>
      item.network?.network.role === 'primary' || (item.attachment.slot > 0 && item.attachment.interface?.isDefault),
  );

function podIpDiffers(facts: WorkloadFacts): Draft | undefined {
  const first = facts.attachments.find((item) => item.attachment.slot === 0);
  // A primary network that is marked as the default takes slot 0 on an interface of its own.
  const seen = first?.attachment.observed.find(
    (item) => item.interface.name === 'eth0' && item.source.path.includes('network-status'),
  );
  if (!first || !seen || !isUp(facts) || !facts.pod.sandbox) return undefined;
  if (seen.interface.addresses.some(({ ip }) => facts.pod.podIps.includes(ip)) || hasOtherPrimary(facts))
    return undefined;
  const reported = seen.interface.addresses.map((address) => address.ip);
  const actual = new Set(facts.pod.podIps.map((ip) => canonicalIp(ip) ?? ip));
  if (reported.length === 0 || actual.size === 0 || reported.some((ip) => actual.has(ip))) return undefined;
  return {
    slug: 'status-podip-differs',
    group: facts.workload.id,
    confidence: 'likely',
    title: `network-status of ${nameOf(facts)} is not that of its sandbox`,
    message: `It says ${reported.join(', ')} for ${seen.interface.name ?? 'eth0'}, and the pod has ${[...actual].join(', ')}.`,
    fix: { text: 'Create the pod anew if its interfaces matter.', commands: restart(facts) },
    evidence: [seen.source, { ref: facts.pod.ref, path: '/status/podIPs', value: facts.pod.podIps.join(', ') }],
    subjects: [{ type: 'attachment', id: first.attachment.id }],
  };
}

/** The plugin that makes the interface has an IPAM that should have given an address. */
function ipamType({ network }: AttachmentFacts): string | undefined {
  for (const claim of network?.claims ?? []) {
    const type = asText(claim.config?.read.plugins[0]?.ipam?.['type']);
    if (type) return type;
  }
  return undefined;
}

/** MN706-MN709, MN713, MN714: what network-status says, and what is odd about it. */
export const statusRules: readonly Rule[] = [
  {
    code: 'MN706',
    scope: 'workload',
    title: 'network-status cannot be read',
    severity: 'warning',
    slugs: ['status-invalid-json', 'status-ip-invalid'],
    why: 'Multus writes network-status as a JSON list. Something else wrote to it, or cut it.',
    fix: 'Create the pod anew, and find out who edits the annotation.',
    check: (facts) => {
      const issue = fromReport(facts, ['status-invalid-json', 'status-ip-invalid']);
      if (!issue || !facts.report) return undefined;
      return {
        slug: issue.slug,
        group: facts.workload.id,
        confidence: 'certain',
        title: `network-status of ${nameOf(facts)} cannot be read`,
        message: issue.message,
        fix: { text: 'Create the pod anew, and find out who edits the annotation.', commands: restart(facts) },
        evidence: [facts.report.source],
      };
    },
  },
  {
    code: 'MN707',
    scope: 'workload',
    title: 'Only the old status annotation is there',
    severity: 'info',
    slugs: ['status-deprecated-key'],
    why: 'Multus of before 2022 writes k8s.v1.cni.cncf.io/networks-status. Tools that know only network-status see nothing.',
    fix: 'Update Multus.',
    check: (facts) =>
      facts.report?.deprecated && facts.reported && isUp(facts)
        ? {
            slug: 'status-deprecated-key',
            group: facts.workload.namespace,
            confidence: 'certain',
            title: `Pods in ${facts.workload.namespace} have only the old status annotation`,
            message: 'An old Multus writes networks-status instead of network-status.',
            fix: { text: 'Update Multus.', commands: ['kubectl -n kube-system get ds -o wide | grep -i multus'] },
            evidence: [facts.report.source],
          }
        : undefined,
  },
  {
    code: 'MN708',
    scope: 'workload',
    title: 'network-status is left over from an earlier sandbox',
    severity: 'info',
    slugs: ['status-stale'],
    why: 'Multus writes network-status when a sandbox is ready, and nothing removes it when that sandbox goes. Until the next one stands it tells of the past.',
    fix: 'Do not rely on it; look at why the sandbox does not stand.',
    check: (facts) =>
      facts.report && facts.reported && !facts.pod.sandbox && facts.workload.node && isUp(facts)
        ? {
            slug: 'status-stale',
            group: facts.workload.id,
            confidence: facts.failure ? 'certain' : 'likely',
            title: `network-status of ${nameOf(facts)} tells of an earlier sandbox`,
            message: "The pod has no sandbox now; the addresses in the annotation may be another pod's already.",
            fix: { text: 'Look at why the sandbox does not stand.', commands: describePod(facts) },
            evidence: [facts.report.source],
            follows: 'failure',
          }
        : undefined,
  },
  {
    code: 'MN709',
    scope: 'workload',
    title: 'network-status and the addresses of the pod differ',
    severity: 'warning',
    slugs: ['status-podip-differs'],
    why: 'The address of eth0 in network-status should be one of status.podIPs. Where it is not, the annotation belongs to another sandbox, or something wrote it.',
    fix: 'Create the pod anew if its interfaces matter.',
    check: podIpDiffers,
  },
  {
    code: 'MN713',
    scope: 'attachment',
    title: 'An interface without an address, although its network has an IPAM',
    severity: 'warning',
    slugs: ['status-no-ips'],
    why: 'A layer-2 network gives no address. One with an IPAM should have given one.',
    fix: 'Look at the interface in the pod, and at the IPAM of the network.',
    check: (facts) => {
      const { attachment, workload } = facts;
      if (attachment.state !== 'attached' || attachment.slot === 0 || !workload.pod.sandbox) return undefined;
      if ((attachment.interface?.addresses.length ?? 0) > 0) return undefined;
      const type = ipamType(facts);
      const claim = facts.network?.claims.find((item) => item.config);
      const seen = attachment.observed[0];
      if (!type || !claim || !seen) return undefined;
      return {
        slug: 'status-no-ips',
        group: facts.network?.network.id ?? '',
        confidence: 'likely',
        title: `Interfaces on ${facts.network?.network.name} have no address`,
        message: `IPAM ${type} of ${facts.request?.requested.network ?? facts.network?.network.name} gave none, or the plugin did not report it.`,
        fix: {
          text: 'Look at the interface in the pod, and at the IPAM of the network.',
          commands: [
            sh`kubectl -n ${workload.workload.namespace} exec ${workload.workload.name} -- ip addr`,
            ...editNad(claim),
          ],
        },
        evidence: [seen.source, configEvidence(claim)],
        subjects: [{ type: 'network', id: facts.network?.network.id ?? '' }],
      };
    },
  },
  {
    code: 'MN714',
    scope: 'workload',
    title: 'A default route without a gateway',
    severity: 'info',
    slugs: ['status-gateway-nil'],
    why: 'The plugin reported a default route without a next hop, and network-status shows it as the literal "<nil>".',
    fix: 'Nothing to mend, unless the interface should have a gateway: set it in the IPAM of the NAD.',
    check: (facts) => {
      const issue = fromReport(facts, ['status-gateway-nil']);
      return issue && facts.report
        ? {
            slug: issue.slug,
            group: facts.pod.ownerKey ?? facts.workload.id,
            confidence: 'certain',
            title: `${facts.workload.namespace}/${facts.workload.owner?.name ?? facts.workload.name} has a default route without a gateway`,
            message: issue.message,
            fix: {
              text: 'Set the gateway in the IPAM of the NAD, if there should be one.',
              commands: describePod(facts),
            },
            evidence: [facts.report.source],
          }
        : undefined;
    },
  },
];
