import { sh } from '../kube/shell.ts';
import { requestEvidence } from './define.ts';
import type { AttachmentFacts, Rule } from './rule.ts';

const podNetworkOf = ({ request, attachment }: AttachmentFacts): string | undefined =>
  attachment.provider === 'pod-network' &&
  (request?.alias?.scheme === 'podnetwork' || request?.alias?.scheme === 'podnetworkattachment')
    ? request.requested.network
    : undefined;

/** MN8xx: native pod networks and what came after them. */
export const nativeRules: readonly Rule[] = [
  {
    code: 'MN801',
    scope: 'attachment',
    title: 'The PodNetwork does not exist',
    severity: 'error',
    slugs: ['podnetwork-not-found'],
    explains: ['not-network-scheduling'],
    why: 'The scheduler holds a pod back until every PodNetwork that it names exists and is ready.',
    fix: 'Create the PodNetwork, or correct the name in spec.networks.',
    check: (facts) => {
      const name = podNetworkOf(facts);
      if (!name || facts.network || facts.attachment.state !== 'pending') return undefined;
      return {
        slug: 'podnetwork-not-found',
        group: name,
        confidence: 'likely',
        title: `PodNetwork ${name} does not exist`,
        message: `The pod names ${name} in spec.networks.`,
        fix: { text: 'Create the PodNetwork, or correct the name.', commands: ['kubectl get podnetworks'] },
        evidence: requestEvidence(facts),
        effect: 'failed',
      };
    },
  },
  {
    code: 'MN802',
    scope: 'attachment',
    title: 'The PodNetwork is not ready',
    severity: 'error',
    slugs: ['podnetwork-not-ready'],
    explains: ['not-network-scheduling'],
    why: 'A PodNetwork whose Ready or ParamsReady condition is False cannot be attached; pods that run already keep it.',
    fix: 'Read the message of the condition and mend what it names.',
    check: (facts) => {
      const name = podNetworkOf(facts);
      const bad = facts.network?.network.conditions.find(
        (item) => ['Ready', 'ParamsReady', 'Accepted'].includes(item.type) && item.status === 'False',
      );
      if (!name || !bad || facts.attachment.state !== 'pending') return undefined;
      return {
        slug: 'podnetwork-not-ready',
        group: name,
        confidence: 'certain',
        title: `PodNetwork ${name} is not ready${bad.reason ? `: ${bad.reason}` : ''}`,
        message: bad.message ?? `Condition ${bad.type} is False.`,
        fix: { text: 'Mend what the condition names.', commands: [sh`kubectl get podnetworks ${name} -o yaml`] },
        evidence: [
          ...requestEvidence(facts),
          ...(facts.network?.claims.slice(0, 1).map((claim) => ({
            ref: claim.ref,
            path: '/status/conditions',
            value: `${bad.type}=False ${bad.reason ?? ''} ${bad.message ?? ''}`.slice(0, 400),
          })) ?? []),
        ],
        effect: 'failed',
      };
    },
  },
  {
    code: 'MN803',
    scope: 'attachment',
    title: 'Nobody implements this PodNetwork',
    severity: 'warning',
    slugs: ['podnetwork-no-controller'],
    explains: ['not-network-scheduling'],
    why: 'PodNetwork and spec.networks never became part of Kubernetes. Without a controller of this provider the object is inert, and the pod starts with its default network alone.',
    fix: 'Install the controller that spec.provider names, or use an API that the cluster implements, such as a NetworkAttachmentDefinition.',
    check: (facts) => {
      const name = podNetworkOf(facts);
      if (!name || !facts.network || facts.network.network.conditions.length > 0) return undefined;
      if (facts.attachment.state !== 'missing' && facts.attachment.state !== 'pending') return undefined;
      const claim = facts.network.claims[0];
      return {
        slug: 'podnetwork-no-controller',
        group: name,
        confidence: 'likely',
        title: `Nobody implements PodNetwork ${name}`,
        message: `${claim?.implementation ?? 'Its provider'} has never set a condition on it.`,
        fix: {
          text: 'Install the controller that spec.provider names, or use a NetworkAttachmentDefinition.',
          commands: [sh`kubectl get podnetworks ${name} -o yaml`],
        },
        evidence: [
          ...requestEvidence(facts),
          ...(claim ? [{ ref: claim.ref, path: '/spec/provider', value: claim.implementation ?? '' }] : []),
        ],
        effect: 'ignored',
      };
    },
  },
  {
    code: 'MN804',
    scope: 'attachment',
    title: 'One PodNetwork twice, or one interface name twice',
    severity: 'warning',
    slugs: ['podnetwork-twice'],
    why: 'KEP-3698 allows a PodNetwork once per pod, and an interface name once.',
    fix: 'Remove the second entry, or give it another name.',
    check: (facts) => {
      const name = podNetworkOf(facts);
      if (!name) return undefined;
      const earlier = facts.workload.attachments.filter(
        (item) => item.attachment.slot < facts.attachment.slot && podNetworkOf(item),
      );
      const twice = earlier.some(
        (item) =>
          podNetworkOf(item) === name ||
          (facts.request?.interface && item.request?.interface === facts.request.interface),
      );
      if (!twice) return undefined;
      return {
        slug: 'podnetwork-twice',
        group: facts.workload.workload.id,
        confidence: 'likely',
        title: `spec.networks of ${facts.workload.workload.name} repeats itself`,
        message: `${name} or its interface name stands in the list before.`,
        fix: { text: 'Remove the second entry, or give it another name.' },
        evidence: requestEvidence(facts),
      };
    },
  },
];
