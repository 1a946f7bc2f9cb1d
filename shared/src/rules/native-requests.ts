import { sh } from '../kube/shell.ts';
import { classifyMessage } from '../messages/classify.ts';
import { aliasKey } from '../model/ids.ts';
import { pocGroup, proposalGroup } from '../providers/pod-network-names.ts';
import type { NetworkClaim } from '../providers/provider.ts';
import { isWaiting } from './conditions.ts';
import { originOf, requestEvidence } from './define.ts';
import { isUp, ownerOrPod } from './pod-event.ts';
import type { AttachmentFacts, Draft, Rule, WorkloadFacts, World } from './rule.ts';

const schedulerCauses = ['not-network-scheduling', 'podnetwork-not-schedulable'];

const attachmentTexts = {
  title: 'The PodNetworkAttachment cannot be used',
  severity: 'error',
  why: 'A PodNetworkAttachment gives one pod parameters of its own on a PodNetwork. It must exist in the namespace of the pod, its PodNetwork must, and both must be ready before the pod starts.',
  fix: 'Create the PodNetworkAttachment, or mend what its condition names.',
} as const;

/** The object that a request names, if it is there. */
function attachmentOf({ request, network }: AttachmentFacts): NetworkClaim | undefined {
  const value = request?.alias?.value ?? '';
  return network?.claims.find(
    ({ ref }) => ref.kind === 'PodNetworkAttachment' && `${ref.namespace ?? 'default'}/${ref.name}` === value,
  );
}

function attachmentUnusable(facts: AttachmentFacts): Draft | undefined {
  if (facts.request?.alias?.scheme !== 'podnetworkattachment' || !isWaiting(facts)) return undefined;
  const name = facts.request.alias.value;
  const { namespace } = facts.workload.workload;
  const claim = attachmentOf(facts);
  const bad = claim?.conditions.find(({ status }) => status === 'False');
  const networkThere = facts.network?.claims.some(({ ref }) => ref.kind === 'PodNetwork') === true;
  const said = !claim
    ? {
        title: `PodNetworkAttachment ${name} does not exist`,
        message: `${namespace}/${facts.workload.workload.name} names it in spec.networks.`,
      }
    : bad
      ? {
          title: `PodNetworkAttachment ${name} is not ready${bad.reason ? `: ${bad.reason}` : ''}`,
          message: bad.message ?? `Condition ${bad.type} is False.`,
        }
      : !networkThere && claim.name !== 'pod network'
        ? {
            title: `PodNetworkAttachment ${name} is of a PodNetwork that does not exist`,
            message: `It names ${claim.name}.`,
          }
        : undefined;
  if (!said) return undefined;
  const path = bad ? '/status/conditions' : '/spec/podNetworkName';
  return {
    slug: 'podnetworkattachment-unusable',
    group: name,
    confidence: bad ? 'certain' : 'likely',
    ...said,
    fix: { text: attachmentTexts.fix, commands: [sh`kubectl -n ${namespace} get podnetworkattachments -o yaml`] },
    evidence: [
      ...requestEvidence(facts),
      ...(claim && (bad || claim.name)
        ? [{ ref: claim.ref, path, value: bad ? `${bad.type}=False` : claim.name }]
        : []),
    ],
    effect: 'failed',
  };
}

const kindTexts = {
  code: 'MN807',
  title: 'The kind of pod network is not ready',
  severity: 'warning',
  why: 'A NetworkKind says of which kind the objects are that are pod networks. Its controller looks for the CRD of that kind and for the right to read it. While either is missing no network of this kind counts as one.',
  fix: 'Install the CRD that the NetworkKind names, or let its controller read it.',
} as const;

type Kind = ReturnType<World['networkKinds']>[number];

const brokenKind = ({ conditions }: Kind) => conditions.find(({ status }) => status === 'False');

function kindDraft(kind: Kind): Draft | undefined {
  const bad = brokenKind(kind);
  if (!bad) return undefined;
  const of = `${kind.of.kind}${kind.of.group ? `.${kind.of.group}` : ''}`;
  return {
    slug: 'networkkind-not-ready',
    group: `${kind.ref.kind}/${kind.name}`,
    confidence: 'certain',
    title: `${kind.ref.kind} ${kind.name} is not ready${bad.reason ? `: ${bad.reason}` : ''}`,
    message: bad.message ?? `It stands for ${of}, and condition ${bad.type} is False.`,
    fix: {
      text:
        bad.reason === 'MissingRBAC'
          ? `Let the controller list ${of}.`
          : `Install the CRD of ${of}, with the category podnetworks.`,
      commands: [
        sh`kubectl get ${kind.ref.kind.toLowerCase()}s.${proposalGroup} ${kind.name} -o yaml`,
        sh`kubectl api-resources --api-group=${kind.of.group}`,
      ],
    },
    evidence: [{ ref: kind.ref, path: '/status/conditions', value: `${bad.type}=False ${bad.reason ?? ''}`.trim() }],
    subjects: [{ type: 'object', ref: kind.ref }],
  };
}

/** A pod that waits for a network of the kind, or for one that nobody knows while a kind is broken. */
function kindHurts(facts: AttachmentFacts, world: World): Draft | undefined {
  const { attachment, request, network } = facts;
  if (attachment.provider !== 'dra' || !isWaiting(facts) || request?.alias?.scheme === 'deviceclass') return undefined;
  const broken = world.networkKinds().filter(brokenKind);
  const own = broken.find(({ of }) =>
    network?.claims.some(({ ref }) => ref.group === of.group && ref.kind === of.kind),
  );
  const unknown = !network || network.claims.length === 0;
  const kind = own ?? (unknown && request?.alias?.scheme === 'podnetwork' ? broken[0] : undefined);
  const draft = kind && kindDraft(kind);
  return (
    draft && {
      ...draft,
      confidence: own ? 'likely' : 'possible',
      evidence: [...draft.evidence, ...requestEvidence(facts)],
    }
  );
}

const networkGate = /pod-?network|multi-?network|network-?kind|network-?class/i;

/** What a scheduler that knows pod networks says, and gates that hold a pod back until its networks are there. */
function schedulerWaits(facts: WorkloadFacts): Draft | undefined {
  const { pod, workload } = facts;
  if (workload.node || !isUp(facts) || facts.failure?.verdict.slug === 'podnetwork-not-schedulable') return undefined;
  const gate = pod.gates?.find((name) => networkGate.test(name));
  const text = pod.unschedulable ?? '';
  const said = classifyMessage({ reason: 'FailedScheduling', message: text }).slug === 'podnetwork-not-schedulable';
  if (!gate && !said) return undefined;
  return {
    slug: 'podnetwork-not-schedulable',
    group: `podnetwork-not-schedulable:${ownerOrPod(facts)}`,
    severity: 'warning',
    confidence: said ? 'certain' : 'likely',
    title: `${workload.namespace}/${workload.owner?.name ?? workload.name} is held back until its pod networks are there`,
    message: gate
      ? `Scheduling gate ${gate} has not been taken away.${said ? ` ${text}` : ''}`.slice(0, 300)
      : text.slice(0, 300),
    fix: {
      text: 'Look at the conditions of the networks that it asks for; whoever put the gate there takes it away when they are ready.',
      commands: [sh`kubectl -n ${workload.namespace} describe pod ${workload.name}`],
    },
    evidence: [
      gate
        ? { ref: pod.ref, path: '/spec/schedulingGates', value: gate }
        : { ref: pod.ref, path: '/status/conditions', value: text.slice(0, 400) },
    ],
    subjects: facts.attachments
      .filter(({ attachment, request }) => attachment.state === 'pending' && request && request.index !== 'default')
      .map(({ attachment }) => ({ type: 'attachment' as const, id: attachment.id })),
    follows: ['MN801', 'MN802', 'MN803', 'MN806', 'MN807', 'MN822'],
  };
}

function requestInvalid(facts: AttachmentFacts): Draft | undefined {
  const { attachment, request, workload } = facts;
  if (attachment.provider !== 'pod-network' || !request || !isUp(workload)) return undefined;
  const { namespace, name, hostNetwork, owner } = workload.workload;
  const issue = request.issues.find(({ slug }) => slug === 'podnetwork-request-invalid');
  const message = hostNetwork
    ? 'The pod is on the network of its node (hostNetwork): spec.networks must not be set then.'
    : issue?.message;
  if (!message || attachment.observed.length > 0) return undefined;
  const stops = isWaiting(facts) && !hostNetwork;
  return {
    slug: 'podnetwork-request-invalid',
    group: `podnetwork-request-invalid:${originOf(facts)}`,
    severity: stops ? 'error' : 'warning',
    confidence: 'certain',
    title: `spec.networks of ${namespace}/${owner?.name ?? name} cannot be used`,
    message,
    fix: { text: requestFix, commands: [sh`kubectl -n ${namespace} get pod ${name} -o yaml`] },
    evidence: requestEvidence(facts),
    ...(stops ? { effect: 'failed' as const } : {}),
  };
}

const requestFix = 'Correct spec.networks, and create the pod anew.';

/** The network is ready by its own word, and no device that a claim could get leads to it. */
function noDevice(facts: AttachmentFacts, world: World): Draft | undefined {
  const { attachment, request, network, workload } = facts;
  const alias = request?.alias;
  const claim = network?.claims.find(({ ref }) => ref.kind === 'PodNetwork' && ref.group !== '');
  const ready = claim?.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  if (!claim || !ready || alias?.scheme !== 'podnetwork' || attachment.provider !== 'dra') return undefined;
  const waits = attachment.state === 'pending' && !request?.device && !workload.pod.planned && isUp(workload);
  if (!waits || world.isSpokenOf(aliasKey(alias))) return undefined;
  if (world.availability('resource.k8s.io', 'ResourceSlice') !== 'present') return undefined;
  return {
    slug: 'podnetwork-no-device',
    group: `podnetwork-no-device:${network?.network.id}`,
    severity: 'warning',
    confidence: 'likely',
    title: `PodNetwork ${claim.ref.name} is ready, and no device leads to it`,
    message: `${workload.workload.namespace}/${workload.workload.name} waits for a device of it, and no ResourceSlice lists one.`,
    fix: {
      text: 'See that the driver of the network runs on the nodes and publishes its devices.',
      commands: ['kubectl get resourceslices.resource.k8s.io -o yaml'],
    },
    evidence: [...requestEvidence(facts), { ref: claim.ref, path: '/status/conditions' }],
  };
}

const fitTexts = {
  code: 'MN821',
  title: 'Devices and objects of a pod network do not fit together',
  severity: 'warning',
  why: 'Pods reach the networks of the successors of KEP-3698 through devices in ResourceSlices, whose attribute podNetwork names the network. Devices that name one of which there is no object, or a network to which no device leads, are of no use.',
  fix: 'Compare the attribute podNetwork of the devices with the PodNetworks, and see that the driver runs.',
} as const;

/** MN806-MN809, MN821: what pods ask of native networks, and what holds them back. */
export const nativeRequestRules: readonly Rule[] = [
  {
    ...attachmentTexts,
    code: 'MN806',
    scope: 'attachment',
    needs: 'unattached',
    slugs: ['podnetworkattachment-unusable'],
    explains: schedulerCauses,
    check: attachmentUnusable,
  },
  { ...kindTexts, scope: 'attachment', needs: 'unattached', slugs: ['networkkind-not-ready'], check: kindHurts },
  {
    ...kindTexts,
    scope: 'cluster',
    slugs: [],
    check: (world) => world.networkKinds().flatMap((kind) => kindDraft(kind) ?? []),
  },
  {
    code: 'MN808',
    scope: 'workload',
    title: 'The scheduler waits for a pod network',
    severity: 'warning',
    slugs: ['podnetwork-not-schedulable'],
    eventEffect: 'waits',
    why: 'A scheduler or a controller that knows pod networks holds a pod back until every network that it names exists and is ready. No network was tried yet.',
    fix: 'Look at the conditions of the networks that the pod asks for.',
    check: schedulerWaits,
  },
  {
    code: 'MN809',
    scope: 'attachment',
    needs: 'native',
    title: 'spec.networks cannot be used',
    severity: 'error',
    slugs: ['podnetwork-request-invalid'],
    why: 'An entry of spec.networks names a PodNetwork or a PodNetworkAttachment, one of both. At most one entry has the default gateway of a family, and a pod on the network of its node has no such list at all.',
    fix: requestFix,
    check: requestInvalid,
  },
  { ...fitTexts, scope: 'attachment', needs: 'unattached', slugs: ['podnetwork-no-device'], check: noDevice },
  {
    ...fitTexts,
    scope: 'network',
    slugs: ['podnetwork-object-gone'],
    check: ({ network, claims }, world) => {
      const [alias] = network.aliases;
      if (claims.length > 0 || alias?.scheme !== 'podnetwork' || alias.value.includes('/')) return undefined;
      const known = [pocGroup, proposalGroup].some((group) => world.availability(group, 'PodNetwork') === 'present');
      if (!known || world.networkKinds().length > 0) return undefined;
      return {
        slug: 'podnetwork-object-gone',
        group: network.id,
        severity: 'info',
        confidence: 'possible',
        title: `Devices lead to pod network ${alias.value}, and there is no such PodNetwork`,
        message: `The attribute podNetwork of some devices says ${alias.value}.`,
        fix: {
          text: 'Compare the attribute podNetwork of the devices with the PodNetworks.',
          commands: [sh`kubectl get resourceslices.resource.k8s.io -o yaml | grep -B2 -A2 -- ${alias.value}`],
        },
        evidence: [],
      };
    },
  },
];
