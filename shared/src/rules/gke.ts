import { NETWORKS_KEY } from '../cni/selection.ts';
import { sh } from '../kube/shell.ts';
import { classifyMessage } from '../messages/classify.ts';
import { gkeInterfacesKey } from '../providers/gke-pod.ts';
import { brokenOf, conditionEvidence, conditionText, isWaiting } from './conditions.ts';
import { originOf, requestEvidence } from './define.ts';
import { isUp, ownerOrPod } from './pod-event.ts';
import type { AttachmentFacts, Draft, NetworkFacts, Rule, WorkloadFacts, World } from './rule.ts';

const group = 'networking.gke.io';

/** That of the parameter set says why that of the Network is what it is. */
const kinds = ['GKENetworkParamSet', 'Network'];
const types = new Set(['Ready', 'ParamsReady']);

const ofGke = (network: NetworkFacts | null | undefined, kind: string) =>
  network?.claims.find(({ ref }) => ref.group === group && ref.kind === kind);

const brokenGke = (network: NetworkFacts | null) =>
  ofGke(network, 'Network') || ofGke(network, 'GKENetworkParamSet') ? brokenOf(network, kinds, types) : undefined;

const notReadyTexts = {
  code: 'MN860',
  title: 'The GKE network is not ready',
  severity: 'error',
  why: 'GKE checks a Network and its GKENetworkParamSet against the VPC, and says on both what is wrong: a VPC, a subnet or a range that does not exist, a device mode that cannot be. Pods that ask for it wait until both are ready; those that run keep what they have.',
  fix: 'Read the reason of the condition, and mend what it names.',
} as const;

/** What the reasons of a GKENetworkParamSet ask for (gke-networking-api, gkenetworkparamset_types.go). */
const remedies: Readonly<Record<string, string>> = {
  VPCNotFound: 'Correct spec.vpc, or create that VPC.',
  SubnetNotFound: 'Correct spec.vpcSubnet, or create that subnet in the VPC and region of the cluster.',
  SecondaryRangeNotFound: 'Correct spec.podIPv4Ranges, or add the secondary range to the subnet.',
  L3SecondaryMissing: 'A Network of type L3 needs spec.podIPv4Ranges in its parameter set.',
  SecondaryRangeAndDeviceModeUnspecified: 'Set spec.podIPv4Ranges (L3) or spec.deviceMode (Device).',
  DeviceModeCantBeUsedWithSecondaryRange: 'Leave either spec.deviceMode or spec.podIPv4Ranges out.',
  DeviceModeMissing: 'A Network of type Device needs spec.deviceMode in its parameter set.',
  DeviceModeVPCAlreadyInUse: 'Use a VPC that no other parameter set has.',
  DeviceModeSubnetAlreadyInUse: 'Use a subnet that no other parameter set has.',
  DeviceModeCantUseDefaultVPC: 'Use another VPC than that of the cluster.',
  GNPDeleted: 'Create the GKENetworkParamSet again; Networks that name it are not ready without.',
};

function notReady(network: NetworkFacts | null): Draft | undefined {
  const broken = brokenGke(network);
  if (!broken || !network) return undefined;
  const { claim, condition } = broken;
  return {
    slug: 'gke-network-not-ready',
    group: `gke-network-not-ready:${network.network.id}`,
    severity: 'warning',
    confidence: 'certain',
    title: `${claim.ref.kind} ${claim.ref.name} is not ready${condition.reason ? `: ${condition.reason}` : ''}`,
    message: conditionText(broken),
    fix: {
      text: remedies[condition.reason ?? ''] ?? notReadyTexts.fix,
      commands: [sh`kubectl describe ${claim.ref.kind.toLowerCase()}.${group} ${claim.ref.name}`],
    },
    evidence: [conditionEvidence(broken)],
    subjects: [{ type: 'network', id: network.network.id }],
  };
}

const paramsTexts = {
  code: 'MN861',
  title: 'The GKE network has no parameter set of its own',
  severity: 'error',
  why: 'A Network of GKE only has a name and a type; VPC, subnet and ranges stand in the GKENetworkParamSet that spec.parametersRef names. Without it the Network does not become ready, and no pod can be on it.',
  fix: 'Create the GKENetworkParamSet, or correct spec.parametersRef.name.',
} as const;

function paramsMissing(network: NetworkFacts | null, world: World): Draft | undefined {
  const own = ofGke(network, 'Network');
  const name = own?.aliases.find(({ scheme }) => scheme === 'gke-params')?.value;
  if (!own || !network || name === undefined || ofGke(network, 'GKENetworkParamSet')) return undefined;
  const known = world.availability(group, 'GKENetworkParamSet');
  // Beside what was only written down the cluster may hold anything.
  if (known !== 'present' && (known === 'forbidden' || known === 'error' || own.conditions.length === 0))
    return undefined;
  return {
    slug: 'gke-params-missing',
    group: `gke-params-missing:${network.network.id}`,
    severity: 'warning',
    confidence: known === 'present' ? 'certain' : 'possible',
    title: `GKENetworkParamSet ${name} of Network ${own.ref.name} does not exist`,
    message: `spec.parametersRef of Network ${own.ref.name} names ${name}, and there is no such parameter set.`,
    fix: { text: paramsTexts.fix, commands: [sh`kubectl get gkenetworkparamsets.${group}`] },
    evidence: [{ ref: own.ref, path: '/spec/parametersRef/name', value: name }],
    subjects: [{ type: 'network', id: network.network.id }],
  };
}

/** A parameter set is that of one Network: of several that name it one is served. */
function paramsShared(network: NetworkFacts): Draft | undefined {
  const all = network.claims.filter(({ ref }) => ref.group === group && ref.kind === 'Network');
  const name = network.network.aliases.find(({ scheme }) => scheme === 'gke-params')?.value;
  const [one, other] = all;
  if (!one || !other || name === undefined) return undefined;
  return {
    slug: 'gke-params-shared',
    group: `gke-params-shared:${network.network.id}`,
    severity: 'warning',
    confidence: 'likely',
    title: `Networks ${all.map(({ ref }) => ref.name).join(', ')} name one GKENetworkParamSet, ${name}`,
    message: 'A parameter set belongs to one Network: the others do not become ready.',
    fix: {
      text: 'Give each Network a parameter set of its own.',
      commands: [sh`kubectl get gkenetworkparamsets.${group} ${name} -o yaml`],
    },
    evidence: [one, other].map(({ ref }) => ({ ref, path: '/spec/parametersRef/name', value: name })),
  };
}

/** Said of a network as a warning; of a pod that waits for it, as the error that stops it. */
const onWaiting = (facts: AttachmentFacts, draft: Draft | undefined): Draft | undefined =>
  draft && isWaiting(facts)
    ? {
        ...draft,
        ...(draft.confidence === 'possible' ? {} : { severity: 'error' as const, effect: 'failed' as const }),
        evidence: [...draft.evidence, ...requestEvidence(facts)],
      }
    : undefined;

const isGkeRequest = ({ request }: AttachmentFacts): boolean =>
  request?.alias?.scheme === 'gke-network' || request?.alias?.scheme === 'gke-networkinterface';

/** Pods that run without it never had it: the webhook of GKE would have refused them. */
function nobodyActs(facts: AttachmentFacts): Draft {
  const { namespace, name } = facts.workload.workload;
  return {
    slug: 'gke-network-absent',
    group: `gke-network-absent:${originOf(facts)}`,
    severity: 'warning',
    confidence: 'likely',
    title: `Nobody here acts on ${gkeInterfacesKey}`,
    message: `${namespace}/${name} asks for GKE networks, and the cluster has no API of them: the pod is on its default network alone.`,
    fix: {
      text: `Run it in a GKE cluster with multi-networking, or ask for networks by ${NETWORKS_KEY}.`,
      commands: [sh`kubectl api-resources --api-group=${group}`],
    },
    evidence: requestEvidence(facts),
    effect: 'ignored',
  };
}

function absent(facts: AttachmentFacts, world: World): Draft | undefined {
  if (!isGkeRequest(facts) || !isUp(facts.workload) || facts.attachment.observed.length > 0) return undefined;
  const byInterface = facts.request?.alias?.scheme === 'gke-networkinterface';
  const kind = byInterface ? 'NetworkInterface' : 'Network';
  if (ofGke(facts.network, kind)) return undefined;
  const { pod, workload } = facts.workload;
  const known = world.availability(group, kind);
  if (known === 'absent' && !pod.planned) return nobodyActs(facts);
  if (known === 'forbidden' || known === 'error' || pod.planned) return undefined;
  const certain = known === 'present';
  const name = facts.request?.requested.network ?? '';
  return {
    slug: 'gke-network-absent',
    group: `gke-network-absent:${facts.request?.alias?.value}`,
    severity: certain && isWaiting(facts) ? 'error' : 'warning',
    confidence: certain ? 'likely' : 'possible',
    title: `GKE ${kind} ${name} does not exist`,
    message: `${workload.namespace}/${workload.name} asks for it by ${gkeInterfacesKey}.`,
    fix: {
      text: `Create the ${kind}, or correct the name in the annotation.`,
      commands: [
        byInterface
          ? sh`kubectl -n ${workload.namespace} get networkinterfaces.${group}`
          : sh`kubectl get networks.${group}`,
      ],
    },
    evidence: requestEvidence(facts),
    ...(certain && isWaiting(facts) ? { effect: 'failed' as const } : {}),
  };
}

const resource =
  /Insufficient networking\.gke\.io\.networks\/([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,8}?)(?:\.IP)?(?![\w.-]*\w)/;

/** PodScheduled=False outlives the event of the scheduler. */
function noAddressOnNodes(facts: WorkloadFacts): Draft | undefined {
  const { pod, workload } = facts;
  if (workload.node || !pod.unschedulable) return undefined;
  const text = pod.unschedulable;
  if (!isUp(facts) || facts.failure?.verdict.slug === 'gke-network-exhausted') return undefined;
  if (classifyMessage({ reason: 'FailedScheduling', message: text }).slug !== 'gke-network-exhausted') return undefined;
  const network = resource.exec(text)?.[1];
  const short = facts.attachments.filter(({ request }) => request?.alias?.value === network);
  return {
    slug: 'gke-network-exhausted',
    group: `gke-network-exhausted:${network ?? ownerOrPod(facts)}`,
    severity: 'warning',
    confidence: 'certain',
    title: `No node has room on GKE network ${network ?? ''}`.trim(),
    message: text.slice(0, 300),
    fix: {
      text: exhaustedFix,
      commands: [
        "kubectl get nodes -o json | jq '.items[] | {name: .metadata.name, allocatable: .status.allocatable}'",
      ],
    },
    evidence: [{ ref: pod.ref, path: '/status/conditions', value: text.slice(0, 400) }],
    subjects: short.map(({ attachment }) => ({ type: 'attachment' as const, id: attachment.id })),
  };
}

const exhaustedFix =
  'Add nodes whose node pool has an interface on the network, widen its range of pods, or remove pods that hold addresses.';

/** MN860-MN863, MN869: networks of GKE. */
export const gkeRules: readonly Rule[] = [
  {
    ...notReadyTexts,
    scope: 'attachment',
    needs: 'unattached',
    slugs: ['gke-network-not-ready'],
    explains: ['gke-network-exhausted'],
    check: (facts) => (isWaiting(facts) ? onWaiting(facts, notReady(facts.network)) : undefined),
  },
  { ...notReadyTexts, scope: 'network', slugs: [], check: notReady },
  {
    ...paramsTexts,
    scope: 'attachment',
    needs: 'unattached',
    slugs: ['gke-params-missing'],
    explains: ['gke-network-exhausted'],
    check: (facts, world) => (isWaiting(facts) ? onWaiting(facts, paramsMissing(facts.network, world)) : undefined),
  },
  {
    ...paramsTexts,
    scope: 'network',
    slugs: ['gke-params-shared'],
    check: (network, world) => [paramsMissing(network, world), paramsShared(network)].flatMap((draft) => draft ?? []),
  },
  {
    code: 'MN862',
    scope: 'attachment',
    needs: 'native',
    title: 'The GKE network that the pod asks for does not exist',
    severity: 'error',
    slugs: ['gke-network-absent'],
    why: 'Entries of networking.gke.io/interfaces name a Network, or a NetworkInterface of the namespace. The webhook of GKE refuses pods that name what does not exist; without that webhook nobody reads the annotation.',
    fix: 'Create the Network, or correct the name in the annotation.',
    check: absent,
  },
  {
    code: 'MN863',
    scope: 'workload',
    title: 'No node has room on the GKE network',
    severity: 'error',
    slugs: ['gke-network-exhausted'],
    eventEffect: 'waits',
    why: 'Every node offers as many attachments to a GKE network as its range of pods there has addresses, as the resource networking.gke.io.networks/NAME.IP, and pods ask for one. No node has one left, or no node has an interface on that network.',
    fix: exhaustedFix,
    check: noAddressOnNodes,
  },
  {
    code: 'MN869',
    scope: 'attachment',
    title: 'The annotation networking.gke.io/interfaces cannot be used',
    severity: 'error',
    needs: 'request-issue',
    slugs: ['gke-interfaces-invalid'],
    why: 'GKE reads the annotation as a JSON list of entries with interfaceName and network, or interface in place of network, each interface name once.',
    fix: 'Correct the annotation, and create the pod anew.',
    check: (facts) => {
      const issue = facts.request?.issues.find(({ slug }) => slug === 'gke-interfaces-invalid');
      const { attachment, workload } = facts;
      if (!issue || !isUp(workload) || attachment.observed.length > 0) return undefined;
      const stops = isWaiting(facts);
      const { namespace, name } = workload.workload;
      return {
        slug: issue.slug,
        group: `${issue.slug}:${originOf(facts)}`,
        severity: stops ? 'error' : 'warning',
        confidence: 'certain',
        title: `${gkeInterfacesKey} of ${namespace}/${workload.workload.owner?.name ?? name} cannot be used`,
        message: issue.message,
        fix: {
          text: 'Correct the annotation, and create the pod anew.',
          commands: [sh`kubectl -n ${namespace} get pod ${name} -o jsonpath='{.metadata.annotations}'`],
        },
        evidence: requestEvidence(facts),
        ...(stops ? { effect: 'failed' as const } : {}),
      };
    },
  },
];
