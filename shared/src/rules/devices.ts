import { describeNetwork } from '../cni/plugins/registry.ts';
import { editDistance } from '../cni/text.ts';
import { sh } from '../kube/shell.ts';
import { classifyMessage } from '../messages/classify.ts';
import type { Verdict } from '../messages/types.ts';
import type { Evidence } from '../model/topology.ts';
import type { NetworkClaim } from '../providers/provider.ts';
import { fromConfigIssue, fromEvent, isOpen, requestEvidence } from './define.ts';
import { perFacts } from './memo.ts';
import { fromPodEvent, wasRefused } from './pod-event.ts';
import type { AttachmentFacts, Draft, NetworkFacts, Rule, WorkloadFacts, World } from './rule.ts';

const resourceKey = '/metadata/annotations/k8s.v1.cni.cncf.io~1resourceName';

const claimOf = (network: NetworkFacts | null): NetworkClaim | undefined =>
  network?.claims.find((item) => item.resourceName);

const resourceOf = (facts: AttachmentFacts): string | undefined => claimOf(facts.network)?.resourceName;

const resourceEvidence = (claim: NetworkClaim): Evidence => ({
  ref: claim.ref,
  path: resourceKey,
  value: claim.resourceName ?? '',
});

const nameOf = (claim: NetworkClaim): string => `${claim.namespace ?? 'default'}/${claim.name}`;

/** A plugin like sriov fails without a device; macvlan and its like only lose what the device was for. */
const needsDevice = (claim: NetworkClaim): boolean =>
  claim.config !== undefined && describeNetwork(claim.config.read).needsDevice;

/** The device comes from elsewhere: it is named in the request, or a DRA claim brings it. */
const hasOtherDevice = ({ element, workload }: AttachmentFacts): boolean =>
  element?.deviceId !== undefined || workload.pod.resourceClaims === true;

/** Attachments of the pod by the resource that they draw on, in order. */
const drawing = perFacts(({ attachments }: WorkloadFacts) => {
  const found = new Map<string, string[]>();
  for (const item of attachments) {
    const resource = item.request && !item.request.inert ? resourceOf(item) : undefined;
    if (resource) found.set(resource, [...(found.get(resource) ?? []), item.attachment.id]);
  }
  return found;
});

const requestCommand = (facts: AttachmentFacts, resource: string, count: number): Draft['fix'] => ({
  text: `Request ${count} of ${resource} in a container of the pod.`,
  patch: `resources:\n  requests: {${resource}: "${count}"}\n  limits: {${resource}: "${count}"}`,
  commands: [
    sh`kubectl -n ${facts.workload.workload.namespace} get pod ${facts.workload.workload.name} -o jsonpath='{.spec.containers[*].resources}'`,
  ],
});

/** semantics.md 3: no device found gives an empty deviceID, and no error from Multus. */
const withoutDevice = ['sriov-no-device-id', 'hostdevice-no-selector', 'sriov-vf-info', 'macvtap-device-not-found'];

const notRequested: Rule = {
  code: 'MN432',
  scope: 'attachment',
  needs: 'open',
  title: 'The pod does not request the device of its network',
  severity: 'error',
  slugs: ['resource-not-requested'],
  explains: withoutDevice,
  why: 'The NAD names a resource, and a device comes only to pods whose containers request it. Without a request Multus hands an empty device id to the plugin, and says nothing.',
  fix: 'Request the resource in a container, or run the network-resources-injector.',
  check: (facts) => {
    const claim = claimOf(facts.network);
    const resource = claim?.resourceName;
    if (!claim || !resource || !facts.request || !isOpen(facts) || hasOtherDevice(facts)) return undefined;
    if ((facts.workload.pod.resources[resource] ?? 0) > 0) return undefined;
    const fails = needsDevice(claim);
    return {
      slug: 'resource-not-requested',
      group: `${resource}:${facts.workload.pod.ownerKey ?? facts.workload.workload.id}`,
      severity: fails ? 'error' : 'warning',
      confidence: 'certain',
      title: `${facts.workload.workload.namespace}/${facts.workload.workload.owner?.name ?? facts.workload.workload.name} does not request ${resource}`,
      message: `${nameOf(claim)} takes its device from ${resource}, and no container of the pod requests it.`,
      fix: requestCommand(facts, resource, 1),
      evidence: [...requestEvidence(facts), resourceEvidence(claim)],
      subjects: [{ type: 'network', id: facts.network?.network.id ?? '' }],
      ...(fails ? { effect: 'failed' as const } : {}),
    };
  },
};

const tooFew: Rule = {
  code: 'MN433',
  scope: 'attachment',
  needs: 'open',
  title: 'The pod requests fewer devices than it has attachments',
  severity: 'error',
  slugs: ['resource-too-few'],
  explains: withoutDevice,
  why: 'Every attachment to a network with a resource takes one device of it, in order. When the devices run out, the rest get none.',
  fix: 'Request as many devices as there are attachments.',
  check: (facts) => {
    const claim = claimOf(facts.network);
    const resource = claim?.resourceName;
    if (!claim || !resource || !facts.request || !isOpen(facts) || hasOtherDevice(facts)) return undefined;
    const requested = facts.workload.pod.resources[resource] ?? 0;
    const drawers = drawing(facts.workload).get(resource) ?? [];
    const wanted = drawers.length;
    if (requested < 1 || wanted <= requested || drawers.indexOf(facts.attachment.id) < requested) return undefined;
    const fails = needsDevice(claim);
    return {
      slug: 'resource-too-few',
      group: `${resource}:${facts.workload.pod.ownerKey ?? facts.workload.workload.id}`,
      severity: fails ? 'error' : 'warning',
      confidence: 'certain',
      title: `${facts.workload.workload.namespace}/${facts.workload.workload.owner?.name ?? facts.workload.workload.name} requests ${requested} of ${resource} for ${wanted} attachments`,
      message: `${nameOf(claim)} is attached once more than there are devices of ${resource}.`,
      fix: requestCommand(facts, resource, wanted),
      evidence: [...requestEvidence(facts), resourceEvidence(claim)],
      ...(fails ? { effect: 'failed' as const } : {}),
    };
  },
};

/** null: some node offers it, or too little is known of the nodes. Else what was probably meant, if anything. */
function missingEverywhere(resource: string, world: World): { meant?: string } | null {
  const nodes = world.nodes();
  const offered = new Set(nodes.flatMap(({ node }) => Object.keys(node.allocatable)));
  if (offered.size === 0 || offered.has(resource)) return null;
  const own = resource.slice(resource.indexOf('/') + 1);
  const meant = [...offered]
    .filter((name) => name.includes('/'))
    .sort()
    .find((name) => name.slice(name.indexOf('/') + 1) === own || editDistance(name, resource, 2) <= 2);
  return meant ? { meant } : {};
}

function mismatch(network: NetworkFacts, world: World, open: boolean): Draft | undefined {
  const claim = claimOf(network);
  const resource = claim?.resourceName;
  const absent = claim && resource ? missingEverywhere(resource, world) : null;
  if (!claim || !resource || !absent) return undefined;
  return {
    slug: 'resource-name-mismatch',
    group: `${network.network.id}:${resource}`,
    severity: open ? 'error' : 'warning',
    confidence: absent.meant ? 'certain' : 'likely',
    title: `No node offers ${resource}`,
    message: `${nameOf(claim)} takes its device from ${resource}.${absent.meant ? ` Nodes offer ${absent.meant}.` : ''}`,
    fix: {
      text: absent.meant
        ? `Write ${absent.meant} in the NAD and in the pods.`
        : 'Configure the device plugin of the nodes to offer it, or correct the name in the NAD.',
      commands: [
        ...(absent.meant
          ? [
              sh`kubectl -n ${claim.namespace ?? 'default'} annotate --overwrite net-attach-def ${claim.name} k8s.v1.cni.cncf.io/resourceName=${absent.meant}`,
            ]
          : []),
        `kubectl get nodes -o custom-columns=NAME:.metadata.name,ALLOCATABLE:.status.allocatable`,
      ],
    },
    evidence: [resourceEvidence(claim)],
    subjects: [{ type: 'network', id: network.network.id }],
  };
}

const mismatchTexts = {
  code: 'MN434',
  title: 'No node offers the resource that the NAD names',
  severity: 'error',
  why: 'Nodes list what their device plugins offer in status.allocatable. A name that is on none of them is misspelt, has another prefix (intel.com/, openshift.io/), or its device plugin does not run.',
  fix: 'Compare the annotation of the NAD with status.allocatable of the nodes.',
  eventEffect: 'waits',
} as const;

const mismatchOnAttachment: Rule = {
  ...mismatchTexts,
  scope: 'attachment',
  needs: 'open',
  slugs: ['resource-name-mismatch'],
  // A near miss is the reason why the scheduler finds nothing; a name that nobody knows may also be a plugin that is down.
  explains: ['resource-insufficient'],
  check: (facts, world) => {
    if (!facts.network || !facts.request || !isOpen(facts) || hasOtherDevice(facts)) return undefined;
    const draft = mismatch(facts.network, world, true);
    const asks = (facts.workload.pod.resources[resourceOf(facts) ?? ''] ?? 0) > 0;
    return draft && draft.confidence === 'certain' && asks ? draft : draft && { ...draft, severity: 'warning' };
  },
};

const mismatchOnNetwork: Rule = {
  ...mismatchTexts,
  scope: 'network',
  slugs: [],
  check: (network, world) => mismatch(network, world, false),
};

/** What the scheduler said: in its event, or in PodScheduled=False, which outlives the event. */
function refusalOf({ pod, workload, failure }: WorkloadFacts): { message: string; verdict: Verdict } | undefined {
  if (failure) return { message: failure.verdict.peeled, verdict: failure.verdict };
  if (!pod.unschedulable || workload.node || pod.finished || pod.terminating) return undefined;
  const message = pod.unschedulable;
  return { message, verdict: classifyMessage({ reason: 'FailedScheduling', message }) };
}

/** Of several attachments those that draw on the resource wait for it. */
function insufficient(facts: WorkloadFacts, world: World): Draft | undefined {
  const { pod, workload } = facts;
  const refusal = refusalOf(facts);
  const resource = refusal?.verdict.captures['resource'];
  if (refusal?.verdict.slug !== 'resource-insufficient' || !resource) return undefined;
  const concerned = facts.attachments.filter((item) => resourceOf(item) === resource);
  // MN434: the name is wrong, so that there never will be one free.
  if (concerned.length === 0 || missingEverywhere(resource, world)?.meant) return undefined;
  return {
    slug: 'resource-insufficient',
    group: `resource-insufficient:${resource}`,
    confidence: 'likely',
    title: `No node has ${resource} free`,
    message: refusal.message.slice(0, 300),
    fix: {
      text: 'Free a device, add nodes that have some, or ask for fewer.',
      commands: [
        sh`kubectl -n ${workload.namespace} describe pod ${workload.name}`,
        'kubectl get nodes -o custom-columns=NAME:.metadata.name,ALLOCATABLE:.status.allocatable',
      ],
    },
    evidence: pod.unschedulable
      ? [{ ref: pod.ref, path: '/status/conditions', value: pod.unschedulable.slice(0, 400) }]
      : [],
    subjects: concerned.map((item) => ({ type: 'attachment' as const, id: item.attachment.id })),
  };
}

/** MN43x-MN44x: devices of nodes, how pods come by them, and the plugins that move them. */
export const deviceRules: readonly Rule[] = [
  {
    code: 'MN430',
    scope: 'workload',
    title: 'No node has the requested device free',
    severity: 'error',
    slugs: ['resource-insufficient'],
    eventEffect: 'waits',
    why: 'The scheduler finds no node that offers enough of the resource: none allocatable, or all in use. The pod has not come to a node, so no network was tried.',
    fix: 'Compare the resource in the pod with status.allocatable of the nodes and with the annotation of the NAD.',
    check: insufficient,
  },
  fromPodEvent('MN431', ['device-unhealthy-admission', 'device-plugin-no-resource'], {
    title: 'The kubelet refused the pod because of its device',
    severity: 'warning',
    why: 'Between scheduling and start the device went away or turned unhealthy, often because the device plugin restarted or the node rebooted. Such a pod stays Failed.',
    fix: 'Create the pod anew; look at the device plugin on the node.',
    when: ({ pod, workload }) => !pod.terminating && !pod.sandbox && workload.phase !== 'Succeeded',
  }),
  fromPodEvent('MN443', ['topology-affinity'], {
    severity: 'warning',
    title: 'The kubelet refused the pod: its devices and CPUs are not on one NUMA node',
    why: 'A node with the Topology Manager policy restricted or single-numa-node takes a pod only where its CPUs, memory and devices such as VFs come from one NUMA node. The scheduler knows nothing of that, and the pod stays Failed.',
    fix: 'Free CPUs or VFs on one NUMA node, or ask for less; create the pod anew.',
    when: wasRefused,
  }),
  notRequested,
  tooFew,
  mismatchOnAttachment,
  mismatchOnNetwork,
  ...fromConfigIssue('MN438', ['hostdevice-not-found', 'hostdevice-move-failed'], {
    title: 'host-device cannot take its device',
    why: 'host-device moves a NIC of the node into the pod. It is not on that node, another pod has it, or it cannot be moved.',
    fix: 'Check the device on the node; one pod at a time can have it.',
  }),
  fromEvent('MN439', ['macvtap-device-not-found']),
  fromEvent('MN440', ['sriov-vf-info', 'sriov-vf-no-driver', 'sriov-pf-not-found'], {
    title: 'sriov finds no usable VF at the address that it was given',
    why: 'The device plugin gave an address, and what the node has there is no VF of a known PF, or has no driver. Often the VFs were made anew since.',
    fix: 'Compare the PCI address with the VFs of the node; restart the device plugin after a change of VFs.',
  }),
  fromEvent('MN441', ['sriov-pci-allocated'], {
    why: 'sriov keeps a file per VF in use. A pod that was not taken down properly leaves it behind.',
  }),
  fromEvent('MN442', ['sriov-vf-config', 'sriov-setup-failed', 'sriov-ipam-failed'], {
    title: 'sriov could not set up the VF',
    why: 'The VF is there, and the driver or IPAM refused what the NAD asks for: VLAN, MAC, trust, rate or address.',
    fix: 'Read the error; check what the driver of the PF supports, and the ipam section.',
  }),
];
