import { sh } from '../kube/shell.ts';
import { pocGroup, proposalGroup } from '../providers/pod-network-names.ts';
import type { NetworkClaim } from '../providers/provider.ts';
import { type Broken, brokenOf, conditionEvidence, conditionText, isWaiting } from './conditions.ts';
import { requestEvidence } from './define.ts';
import { nativeRequestRules } from './native-requests.ts';
import type { AttachmentFacts, Draft, NetworkFacts, Rule, World } from './rule.ts';

/** Asked for in `spec.networks`, not through a claim of devices. */
const isNative = ({ request, attachment }: AttachmentFacts): boolean =>
  attachment.provider === 'pod-network' && request?.alias?.scheme.startsWith('podnetwork') === true;

const podNetworkOf = (facts: AttachmentFacts): string | undefined =>
  isNative(facts) ? facts.request?.requested.network : undefined;

const claimOf = (network: NetworkFacts | null): NetworkClaim | undefined =>
  network?.claims.find(({ ref }) => ref.kind === 'PodNetwork');

const showIt = (claim: NetworkClaim | undefined, name: string): string =>
  claim?.ref.group
    ? sh`kubectl get podnetworks.${claim.ref.group} ${claim.ref.name} -o yaml`
    : sh`kubectl get podnetworks ${claim?.ref.name ?? name} -o yaml`;

const schedulerCauses = ['not-network-scheduling', 'podnetwork-not-schedulable'];

const notReadyTexts = {
  code: 'MN802',
  title: 'The PodNetwork is not ready',
  severity: 'error',
  why: 'A PodNetwork whose Ready or ParamsReady condition is False cannot be attached, nor can one that is disabled; pods that run already keep it.',
  fix: 'Read the message of the condition and mend what it names.',
} as const;

/** Somebody wants it so: only who waits for it minds. */
const offReasons = new Set(['AdministrativelyDisabled', 'Disabled']);

const badTypes = new Set(['Ready', 'ParamsReady', 'Accepted']);

function notReady(network: NetworkFacts | null): Draft | undefined {
  const claim = claimOf(network);
  if (!claim || !network) return undefined;
  const broken: Broken | undefined = brokenOf(network, ['PodNetwork'], badTypes);
  const disabled = claim.issues.find(({ slug }) => slug === 'podnetwork-disabled');
  const name = claim.ref.name;
  const common = {
    group: claim.ref.group ? network.network.id : name,
    severity: 'warning' as const,
    confidence: 'certain' as const,
    subjects: [{ type: 'network' as const, id: network.network.id }],
  };
  if (broken)
    return {
      ...common,
      ...(offReasons.has(broken.condition.reason ?? '') ? { severity: 'info' as const } : {}),
      slug: 'podnetwork-not-ready',
      title: `PodNetwork ${name} is not ready${broken.condition.reason ? `: ${broken.condition.reason}` : ''}`,
      message: conditionText(broken),
      fix: { text: 'Mend what the condition names.', commands: [showIt(claim, name)] },
      evidence: [conditionEvidence(broken)],
    };
  if (!disabled) return undefined;
  return {
    ...common,
    severity: 'info',
    slug: 'podnetwork-not-ready',
    title: `PodNetwork ${name} is disabled`,
    message: disabled.message,
    fix: {
      text: 'Set spec.enabled to true, if pods are to be on it.',
      commands: [sh`kubectl patch podnetworks ${name} --type merge -p '{"spec":{"enabled":true}}'`],
    },
    evidence: [{ ref: claim.ref, path: '/spec/enabled', value: 'false' }],
  };
}

/** Pods of claims that wait for it are hurt as well; what stops them the scheduler says. */
function notReadyFor(facts: AttachmentFacts): Draft | undefined {
  const draft = isWaiting(facts) ? notReady(facts.network) : undefined;
  if (!draft) return undefined;
  return {
    ...draft,
    severity: 'error',
    evidence: [...requestEvidence(facts), ...draft.evidence],
    effect: 'failed',
  };
}

/** A controller has looked at it: the condition that a CRD gives every new object says only that none has. */
const isLookedAt = ({ conditions }: NetworkClaim): boolean =>
  conditions.some(({ status, reason }) => status !== 'Unknown' || (reason !== undefined && reason !== 'Pending'));

/** A controller answers within seconds. */
const patience = 60_000;

function noController(facts: AttachmentFacts, world: World): Draft | undefined {
  const { attachment, network, workload } = facts;
  const claim = claimOf(network);
  const known = attachment.provider === 'pod-network' || attachment.provider === 'dra';
  if (!claim || !known || isLookedAt(claim) || claim.ref.name === 'default') return undefined;
  if (attachment.state !== 'missing' && attachment.state !== 'pending') return undefined;
  // Manifests tell nothing of who would look at them.
  if (workload.pod.planned && !claim.ref.uid) return undefined;
  if (claim.createdAt > 0 && !world.due(claim.createdAt + patience)) return undefined;
  // One of another group says so by itself: nobody reads spec.networks for it.
  if (attachment.provider === 'pod-network' && claim.ref.group !== '') return undefined;
  const name = claim.ref.name;
  return {
    slug: 'podnetwork-no-controller',
    group: claim.ref.group ? `${claim.ref.group}/${name}` : name,
    confidence: 'likely',
    title: `Nobody implements PodNetwork ${name}`,
    message: `${claim.implementation ?? 'Its provider'} has never set a condition on it, and ${workload.workload.namespace}/${workload.workload.name} asks for it.`,
    fix: {
      text: 'Install the controller that spec.provider names, or use a NetworkAttachmentDefinition.',
      commands: [showIt(claim, name)],
    },
    evidence: [
      ...requestEvidence(facts),
      { ref: claim.ref, path: '/metadata/name', value: claim.implementation ?? name },
    ],
    effect: 'ignored',
  };
}

/** MN801-MN804, MN806-MN809, MN821, MN822: native pod networks and what came after them. */
export const nativeRules: readonly Rule[] = [
  {
    code: 'MN801',
    scope: 'attachment',
    needs: 'native',
    title: 'The PodNetwork does not exist',
    severity: 'error',
    slugs: ['podnetwork-not-found'],
    explains: schedulerCauses,
    why: 'The scheduler holds a pod back until every PodNetwork that it names exists and is ready.',
    fix: 'Create the PodNetwork, or correct the name in spec.networks.',
    check: (facts) => {
      const name = podNetworkOf(facts);
      if (!name || facts.request?.alias?.scheme !== 'podnetwork' || claimOf(facts.network)) return undefined;
      if (facts.attachment.state !== 'pending' || facts.workload.pod.planned) return undefined;
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
    ...notReadyTexts,
    scope: 'attachment',
    needs: 'unattached',
    slugs: ['podnetwork-not-ready'],
    explains: [...schedulerCauses, 'dra-claim-unallocated'],
    check: notReadyFor,
  },
  { ...notReadyTexts, scope: 'network', slugs: [], check: notReady },
  {
    code: 'MN803',
    scope: 'attachment',
    needs: 'unattached',
    title: 'Nobody implements this PodNetwork',
    severity: 'warning',
    slugs: ['podnetwork-no-controller'],
    explains: schedulerCauses,
    why: 'PodNetwork and spec.networks never became part of Kubernetes, and its successors are drafts. Without a controller of this provider the object is inert: a pod that names it waits for ever, or starts with its default network alone.',
    fix: 'Install the controller that spec.provider names, or use an API that the cluster implements, such as a NetworkAttachmentDefinition.',
    check: noController,
  },
  {
    code: 'MN804',
    scope: 'attachment',
    needs: 'native',
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
  {
    code: 'MN822',
    scope: 'attachment',
    needs: 'native',
    title: 'The PodNetwork is of another API than spec.networks',
    severity: 'warning',
    slugs: ['podnetwork-look-alike'],
    explains: schedulerCauses,
    why: 'Several APIs call their networks PodNetwork. spec.networks names those of KEP-3698, which are of the core group. Those of multinetwork.networking.k8s.io and multinetwork.networking.x-k8s.io are reached through a ResourceClaim, that of acn.azure.com by a label. So nobody acts on this request.',
    fix: 'Ask for the network as its own API wants it: by a ResourceClaim whose selectors name it.',
    check: (facts) => {
      const name = podNetworkOf(facts);
      const claim = claimOf(facts.network);
      if (!name || !claim?.ref.group || facts.attachment.observed.length > 0) return undefined;
      if (facts.attachment.state === 'ended') return undefined;
      const byClaim = claim.ref.group === pocGroup || claim.ref.group === proposalGroup;
      return {
        slug: 'podnetwork-look-alike',
        group: `podnetwork-look-alike:${claim.ref.group}/${claim.ref.name}`,
        confidence: 'likely',
        title: `PodNetwork ${claim.ref.name} of ${claim.ref.group} is not what spec.networks names`,
        message: `There is no PodNetwork ${name} in the core group. That of ${claim.ref.group} is another API with the same name, and nobody reads spec.networks for it.`,
        fix: {
          text: byClaim
            ? 'Ask for it by a ResourceClaim whose selectors name it.'
            : 'Ask for it by the labels that Azure CNI reads.',
          commands: [showIt(claim, name)],
        },
        evidence: [...requestEvidence(facts), { ref: claim.ref, path: '/metadata/name', value: claim.ref.name }],
        effect: 'ignored',
      };
    },
  },
  ...nativeRequestRules,
];
