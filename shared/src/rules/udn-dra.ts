import { answerKind } from '../cni/answer-objects.ts';
import { pointerTokens } from '../kube/read.ts';
import { sh } from '../kube/shell.ts';
import { causes } from '../messages/catalogue.ts';
import { classifyMessage } from '../messages/classify.ts';
import type { Condition, Evidence } from '../model/topology.ts';
import type { NetworkClaim } from '../providers/provider.ts';
import { requestEvidence } from './define.ts';
import { isUp } from './pod-event.ts';
import type { AttachmentFacts, Draft, NetworkFacts, Rule, World } from './rule.ts';

const udnKinds = new Set(['UserDefinedNetwork', 'ClusterUserDefinedNetwork']);

/** Waits for this attachment: what is wrong with its network now will stop it. */
const isWaiting = ({ attachment, workload }: AttachmentFacts): boolean =>
  attachment.state === 'pending' && !workload.pod.sandbox && isUp(workload);

const udnClaims = (network: NetworkFacts | undefined): NetworkClaim[] =>
  (network?.claims ?? []).filter((claim) => udnKinds.has(claim.ref.kind));

const aboutUdn = (claim: NetworkClaim): string =>
  claim.namespace
    ? sh`kubectl -n ${claim.namespace} describe userdefinednetwork ${claim.name}`
    : sh`kubectl describe clusteruserdefinednetwork ${claim.name}`;

/** Created, under its old name ready; allocated; carried. Any of them False is worth a word. */
const udnConditions = new Set(['NetworkCreated', 'NetworkReady', 'NetworkAllocationSucceeded', 'TransportAccepted']);

type Broken = { claim: NetworkClaim; condition: Condition };

function brokenUdn(network: NetworkFacts | undefined): Broken | undefined {
  for (const claim of udnClaims(network)) {
    const condition = claim.conditions.find((item) => udnConditions.has(item.type) && item.status === 'False');
    if (condition) return { claim, condition };
  }
  return undefined;
}

const nameOf = (claim: NetworkClaim): string => (claim.namespace ? `${claim.namespace}/${claim.name}` : claim.name);

const udnTexts = {
  code: 'MN825',
  title: 'The user-defined network did not come about',
  severity: 'error',
  why: 'OVN-Kubernetes says on the network itself whether it could be made: whether its NetworkAttachmentDefinitions are there, and whether the nodes have a share of its addresses. Pods that need it wait until it is.',
  fix: 'Read the message of the condition, and mend what it names.',
} as const;

function notReady({ claim, condition }: Broken): Draft {
  const message = condition.message ?? `Condition ${condition.type} is False.`;
  const cause = causes.get(classifyMessage({ reason: condition.reason ?? '', message }).slug);
  return {
    slug: 'udn-not-ready',
    group: `udn-not-ready:${claim.ref.kind}/${nameOf(claim)}`,
    severity: 'warning',
    confidence: 'certain',
    title: `${claim.ref.kind} ${nameOf(claim)} did not come about${condition.reason ? `: ${condition.reason}` : ''}`,
    message,
    ...(cause?.cause ? { cause: cause.cause } : {}),
    fix: { text: cause?.fix ?? udnTexts.fix, commands: [aboutUdn(claim)] },
    evidence: [
      {
        ref: claim.ref,
        path: '/status/conditions',
        value: `${condition.type}=False ${condition.reason ?? ''} ${message}`.slice(0, 400),
      },
    ],
  };
}

/** The network that a definition that is not there was to be made from: of the namespace, or of the cluster. */
function udnInstead({ request, network }: AttachmentFacts, world: World): NetworkFacts | undefined {
  if (network) return network;
  const { scheme, value } = request?.alias ?? {};
  if (scheme !== 'nad' || !value) return undefined;
  return world.network(`udn:${value}`) ?? world.network(`udn:${value.slice(value.indexOf('/') + 1)}`);
}

const udnOnAttachment: Rule = {
  ...udnTexts,
  scope: 'attachment',
  needs: 'unattached',
  slugs: ['udn-not-ready'],
  explains: ['nad-not-found', 'udn-primary-missing', 'ovnk-annotation-timeout'],
  check: (facts, world) => {
    if (!facts.request || facts.request.index === 'default' || !isWaiting(facts)) return undefined;
    const broken = brokenUdn(udnInstead(facts, world));
    if (!broken) return undefined;
    // What is wrong elsewhere in the cluster need not stop a pod whose definition is there.
    const { namespace } = facts.workload.workload;
    const stands = facts.network?.claims.some(
      ({ ref }) => ref.kind === 'NetworkAttachmentDefinition' && ref.namespace === namespace,
    );
    const draft = notReady(broken);
    const all = { ...draft, evidence: [...draft.evidence, ...requestEvidence(facts)] };
    return stands ? all : { ...all, severity: 'error', effect: 'failed' };
  },
};

const udnOnNetwork: Rule = {
  ...udnTexts,
  scope: 'network',
  slugs: [],
  check: (network) => {
    const broken = brokenUdn(network);
    return broken && notReady(broken);
  },
};

const primaryAbsent: Rule = {
  code: 'MN826',
  scope: 'attachment',
  needs: 'unattached',
  title: 'A pod runs without the primary network of its namespace',
  severity: 'warning',
  slugs: ['udn-primary-absent'],
  why: 'Every pod of a namespace with a primary user-defined network gets an interface ovn-udn1 on it. A pod that was there before the network, or that another plugin made, has none, and talks on the network of the cluster instead.',
  fix: 'Create the pod anew.',
  check: ({ attachment, request, workload, network }) => {
    if (!request?.implicit || request.index === 'default' || attachment.state !== 'missing') return undefined;
    if (!workload.pod.sandbox || !isUp(workload)) return undefined;
    const { namespace, name } = workload.workload;
    const decided = workload.attachments.some(({ attachment: { observed } }) =>
      observed.some(({ source }) => source.path.endsWith('pod-networks')),
    );
    const madeAt = network?.claims.map((claim) => claim.createdAt).reduce((a, b) => Math.max(a, b), 0) ?? 0;
    const older = madeAt > 0 && workload.pod.createdAt > 0 && workload.pod.createdAt < madeAt;
    return {
      slug: 'udn-primary-absent',
      group: `udn-primary-absent:${namespace}`,
      confidence: decided ? 'likely' : 'possible',
      title: `Pods in ${namespace} run without its primary network`,
      message: `${request.requested.network} is the primary network of ${namespace}, and nothing shows an interface on it.${older ? ' The pod is older than the network.' : ''}`,
      fix: {
        text: 'Create the pods anew; check that OVN-Kubernetes is the network plugin of their nodes.',
        commands: [sh`kubectl -n ${namespace} get pod ${name} -o jsonpath='{.metadata.annotations}'`],
      },
      evidence: [request.requested.source],
      // Without a word of OVN-Kubernetes about the pod it may not even be what plugged it in.
      ...(decided ? {} : { effect: 'unknown' as const }),
    };
  },
};

const namespaceLimit = 100;

const labelMissing: Rule = {
  code: 'MN827',
  scope: 'network',
  title: 'The namespace is not labelled for its primary network',
  severity: 'warning',
  slugs: ['udn-ns-label-missing'],
  why: 'Since the end of 2024 OVN-Kubernetes gives a namespace a primary network only if it was made with the label k8s.ovn.org/primary-user-defined-network. Pods of others stay on the network of the cluster.',
  fix: 'Create the namespace anew with the label; it does not count when it is added later.',
  check: (network, world) => {
    const { id, role, conditions } = network.network;
    // Builds of before the label have another condition; where pods are attached there is nothing to mend.
    if (role !== 'primary' || conditions.some((item) => item.type === 'NetworkReady')) return undefined;
    const places = [...new Set(network.claims.flatMap((claim) => claim.namespace ?? []))].slice(0, namespaceLimit);
    const bare = places.flatMap((place) => {
      const found = world.namespace(place);
      return found && !found.primaryNetwork ? [found] : [];
    });
    const [first] = bare;
    const claim = network.claims[0];
    if (!first || !claim || world.isUsed(id)) return undefined;
    return {
      slug: 'udn-ns-label-missing',
      group: `udn-ns-label-missing:${id}`,
      confidence: 'likely',
      title: `Namespace ${first.name} is not labelled for its primary network`,
      message: `${nameOf(claim)} is a primary network, and ${bare
        .slice(0, 5)
        .map((item) => item.name)
        .join(', ')} has no label k8s.ovn.org/primary-user-defined-network.`,
      fix: {
        text: 'Create the namespace anew with the label k8s.ovn.org/primary-user-defined-network.',
        commands: [sh`kubectl get namespace ${first.name} --show-labels`],
      },
      evidence: [
        { ref: first.ref, path: '/metadata/name', value: first.name },
        { ref: claim.ref, path: '/metadata/name', value: claim.name },
      ],
    };
  },
};

const aboutClaim = (ref: Evidence['ref']): string =>
  sh`kubectl -n ${ref.namespace ?? 'default'} get resourceclaim ${ref.name} -o yaml`;

/** How long a driver may take to report on a device, in ms since the pod was made. */
const reportWithin = 120_000;

const noStatus: Rule = {
  code: 'MN816',
  scope: 'attachment',
  needs: 'unattached',
  title: 'The DRA driver does not report on its device',
  severity: 'warning',
  slugs: ['dra-no-status'],
  why: 'The device is allocated and the pod runs, but status.devices of the claim has no entry for it: the driver does not write one, or the feature DRAResourceClaimDeviceStatus is off. The interface may well be there; the API does not show it.',
  fix: 'Update the driver, and enable DRAResourceClaimDeviceStatus where the cluster is older than 1.33.',
  check: ({ attachment, request, workload }, world) => {
    const device = request?.device;
    if (!device || device.reportPath || attachment.state !== 'missing' || !isUp(workload)) return undefined;
    if (!world.due(workload.pod.createdAt + reportWithin)) return undefined;
    return {
      slug: 'dra-no-status',
      group: `dra-no-status:${device.driver}`,
      confidence: 'certain',
      title: `${device.driver} does not report on devices that pods use`,
      message: `${device.device} is allocated to ${device.claim.namespace ?? 'default'}/${device.claim.name}, whose status.devices does not have it.`,
      fix: {
        text: 'Update the driver; check the feature DRAResourceClaimDeviceStatus.',
        commands: [aboutClaim(device.claim)],
      },
      evidence: [{ ref: device.claim, path: device.path, value: device.device }],
      effect: 'unknown',
    };
  },
};

const sliceAttributes: Rule = {
  code: 'MN817',
  scope: 'attachment',
  needs: 'unattached',
  title: 'Multus cannot map the DRA device to the network',
  severity: 'warning',
  slugs: ['dra-slice-attrs'],
  why: 'Multus finds the device of a NAD among those that DRA gave the pod by two attributes of its slice, k8s.cni.cncf.io/resourceName and k8s.cni.cncf.io/deviceID. A device that lacks one of them is passed over without a word.',
  fix: 'Have the driver publish both attributes; with dra-driver-sriov by a DeviceAttributes object that a SriovResourcePolicy selects.',
  check: (facts, world) => {
    const { attachment, request, workload, network } = facts;
    const claim = network?.claims.find((item) => item.resourceName);
    const resource = claim?.resourceName;
    if (!claim || !resource || !request || !workload.devices || (workload.pod.resources[resource] ?? 0) > 0)
      return undefined;
    if (!isWaiting(facts) && attachment.state !== 'missing') return undefined;
    const known = workload.devices.flatMap(({ device }) => world.sliceDevice(device) ?? []);
    if (known.some((device) => device.multusResource === resource && device.multusDeviceId)) return undefined;
    const bare = known.find((device) => !device.multusResource || !device.multusDeviceId);
    if (!bare) return undefined;
    const lacking = bare.multusResource ? 'k8s.cni.cncf.io/deviceID' : 'k8s.cni.cncf.io/resourceName';
    return {
      slug: 'dra-slice-attrs',
      group: `dra-slice-attrs:${network?.network.id}:${resource}`,
      confidence: 'likely',
      title: `No device of the pod is known to Multus as ${resource}`,
      message: `${bare.device} has no attribute ${lacking}, by which Multus would find it for ${nameOf(claim)}.`,
      fix: {
        text: `Publish k8s.cni.cncf.io/resourceName: ${resource} and k8s.cni.cncf.io/deviceID on the device.`,
        commands: [sh`kubectl get resourceslice ${bare.ref.name} -o yaml`],
      },
      evidence: [{ ref: bare.ref, path: bare.path, value: bare.device }, ...requestEvidence(facts)],
    };
  },
};

const notPrepared: Rule = {
  code: 'MN818',
  scope: 'attachment',
  needs: 'device',
  title: 'The DRA driver says that its device is not ready',
  severity: 'error',
  slugs: ['dra-device-not-ready'],
  explains: ['dra-prepare-failed', 'dra-claim-prepare-failed', 'dra-attach-failed'],
  why: 'Drivers write a condition for each device into the claim. When the interface could not be made, the message of the condition is the error of the plugin or of the kernel.',
  fix: 'Read the message; look at the log of the driver on the node.',
  check: (facts) => {
    const device = facts.request?.device;
    const bad = device?.conditions.find((item) => /Ready$/.test(item.type) && item.status === 'False');
    if (!device?.reportPath || !bad || !isUp(facts.workload)) return undefined;
    const stops = isWaiting(facts);
    return {
      slug: 'dra-device-not-ready',
      group: `dra-device-not-ready:${device.claim.namespace}/${device.claim.name}`,
      severity: stops ? 'error' : 'warning',
      confidence: stops ? 'certain' : 'likely',
      title: `${device.device} is not ready${bad.reason ? `: ${bad.reason}` : ''}`,
      message: bad.message ?? `Condition ${bad.type} is False.`,
      fix: { text: 'Mend what the message names.', commands: [aboutClaim(device.claim)] },
      evidence: [
        {
          ref: device.claim,
          path: device.reportPath,
          value: `${bad.type}=False ${bad.reason ?? ''} ${bad.message ?? ''}`.slice(0, 400),
        },
      ],
      ...(stops ? { effect: 'failed' as const } : {}),
    };
  },
};

/** An annotation by its key, a file of a node as the node, anything else by its object. */
function reporterOf({ ref, path }: Evidence): string {
  if (ref.kind === answerKind.kind) return 'its node';
  return (
    (path.startsWith('/metadata/annotations/') ? pointerTokens(path).at(-1) : undefined) ?? `${ref.kind} ${ref.name}`
  );
}

const disagreement: Rule = {
  code: 'MN805',
  scope: 'attachment',
  needs: 'sources',
  title: 'Two sources tell different addresses of one interface',
  severity: 'warning',
  slugs: ['sources-disagree'],
  why: 'Several parties write down the addresses of an interface: Multus, the network plugin, a DRA driver. When they have none in common, one of them tells of an earlier sandbox, or they speak of different interfaces.',
  fix: 'Look into the pod which addresses it has; create it anew if what it has is not what was decided.',
  check: ({ attachment, workload }) => {
    if (attachment.state !== 'attached' || !workload.pod.sandbox || !isUp(workload)) return undefined;
    // What the kubelet says of the default network has a rule of its own.
    const told = attachment.observed.filter(
      ({ provider, interface: seen }) => provider !== 'default-network' && seen.addresses.length > 0,
    );
    if (told.length < 2) return undefined;
    const [first] = told;
    const ips = new Set(first?.interface.addresses.map(({ ip }) => ip));
    const agrees = ({ interface: seen }: (typeof told)[number]): boolean =>
      seen.addresses.some(({ ip }) => ips.has(ip));
    // A source may tell of an earlier sandbox besides: a node that keeps both results.
    const other = told.find(
      ({ provider }) =>
        provider !== first?.provider && !told.some((seen) => seen.provider === provider && agrees(seen)),
    );
    if (!first || !other) return undefined;
    const { namespace, name } = workload.workload;
    const list = ({ interface: seen }: typeof first): string => seen.addresses.map(({ ip }) => ip).join(', ');
    return {
      slug: 'sources-disagree',
      group: attachment.id,
      confidence: 'likely',
      title: `Two sources disagree on the addresses of ${attachment.interface?.name ?? 'an interface'} in ${namespace}/${name}`,
      message: `${reporterOf(first.source)} says ${list(first)}, ${reporterOf(other.source)} says ${list(other)}.`,
      fix: {
        text: 'Look into the pod; create it anew if it does not have what was decided.',
        commands: [sh`kubectl -n ${namespace} exec ${name} -- ip address`],
      },
      evidence: [first.source, other.source],
    };
  },
};

/** MN805, MN816-MN818, MN825-MN827: what user-defined networks and claims of devices tell of themselves. */
export const udnDraRules: readonly Rule[] = [
  disagreement,
  noStatus,
  sliceAttributes,
  notPrepared,
  udnOnAttachment,
  udnOnNetwork,
  primaryAbsent,
  labelMissing,
];
