import { sh } from '../kube/shell.ts';
import type { NetworkClaim } from '../providers/provider.ts';
import { nodeLinkRules } from './node-links.ts';
import type { Draft, NetworkFacts, NodeFacts, Rule, TroubleFacts, World } from './rule.ts';

const nadKind = 'NetworkAttachmentDefinition';
const operatorKinds = new Set(['SriovNetwork', 'SriovIBNetwork', 'OVSNetwork']);
/** What the operator writes before a resource unless it is told otherwise. */
const operatorPrefix = 'openshift.io/';
const resourcePath = '/metadata/annotations/k8s.v1.cni.cncf.io~1resourceName';

const operatorClaim = ({ claims }: NetworkFacts): NetworkClaim | undefined =>
  claims.find(({ ref }) => operatorKinds.has(ref.kind));

/** The resource that a network draws on, bare, and where that is written. */
function vfsOf(facts: NetworkFacts): { resource: string; claim: NetworkClaim; path: string } | undefined {
  const own = operatorClaim(facts);
  if (own?.vfResource) return { resource: own.vfResource, claim: own, path: '/spec/resourceName' };
  const nad = facts.claims.find(({ resourceName }) => resourceName?.startsWith(operatorPrefix));
  const resource = nad?.resourceName?.slice(operatorPrefix.length);
  return nad && resource ? { resource, claim: nad, path: resourcePath } : undefined;
}

/** Without a single node state nothing is known of what nodes make. */
function nowhere(facts: NetworkFacts, world: World): Draft | undefined {
  const vfs = vfsOf(facts);
  if (!vfs || world.vfOffers('').length === 0) return undefined;
  const offers = world.vfOffers(vfs.resource);
  if (offers.some(({ node }) => node !== undefined)) return undefined;
  // Device plugins of another origin may use the operator's prefix as well.
  const known = vfs.claim.resourceName;
  if (known && world.nodes().some(({ node }) => Object.hasOwn(node.allocatable, known))) return undefined;
  const [policy] = offers;
  const name = `${facts.network.namespace ?? 'default'}/${facts.network.name}`;
  return {
    slug: 'sriov-no-vfs',
    group: facts.network.id,
    confidence: 'likely',
    title: `No node makes VFs for ${vfs.resource} (${name})`,
    message: policy
      ? `The policy ${policy.ref.name} makes VFs for ${vfs.resource}, and it selects no NIC of any node.`
      : `No SriovNetworkNodePolicy makes VFs for ${vfs.resource}, so that no node can offer it.`,
    fix: {
      text: policy
        ? 'Compare nodeSelector and nicSelector of the policy with the labels and NICs of the nodes.'
        : 'Create an SriovNetworkNodePolicy with this resourceName, or correct the name.',
      commands: [
        'kubectl get sriovnetworknodepolicies.sriovnetwork.openshift.io -A -o yaml',
        'kubectl get sriovnetworknodestates.sriovnetwork.openshift.io -A -o yaml',
      ],
    },
    evidence: [
      { ref: vfs.claim.ref, path: vfs.path, value: vfs.resource },
      ...(policy ? [{ ref: policy.ref, path: policy.path, value: vfs.resource }] : []),
    ],
  };
}

/** The operator answers within seconds. */
const patience = 60_000;

function notMade(facts: NetworkFacts, world: World): Draft | undefined {
  const own = operatorClaim(facts);
  if (!own) return undefined;
  const refused = own.conditions.find(({ type, status }) => type === 'Ready' && status === 'False');
  const made = facts.claims.some(({ ref }) => ref.kind === nadKind);
  // A manifest that was never applied has no time.
  const silent = own.createdAt === 0 || world.availability('k8s.cni.cncf.io', nadKind) !== 'present';
  if (!refused && (made || silent || !world.due(own.createdAt + patience))) return undefined;
  const name = `${own.namespace ?? 'default'}/${own.name}`;
  return {
    slug: 'sriov-nad-missing',
    group: facts.network.id,
    confidence: refused ? 'certain' : 'likely',
    title: refused ? `The operator did not make ${name}` : `The operator has not made the NAD ${name}`,
    message:
      refused?.message ??
      `${own.ref.kind} ${own.ref.namespace ?? ''}/${own.ref.name} should become a NAD in ${own.namespace ?? 'default'}, and there is none.`,
    fix: {
      text: 'Check that networkNamespace exists, and the log of the operator.',
      commands: [
        sh`kubectl get namespace ${own.namespace ?? 'default'}`,
        sh`kubectl -n ${own.ref.namespace ?? 'default'} logs deploy/sriov-network-operator`,
      ],
    },
    evidence: [{ ref: own.ref, path: refused ? '/status/conditions' : '/spec' }],
    subjects: [{ type: 'object', ref: own.ref }],
  };
}

function tooMany({ node }: NodeFacts, world: World): Draft[] {
  return world.nodeDevices(node.name).devices.flatMap(({ device, ref, path }): Draft[] => {
    const [wanted, most] = [
      Number(device.details['VFs wanted'] ?? 0),
      Number(device.details['VFs at most'] ?? Number.NaN),
    ];
    if (!(wanted > most)) return [];
    return [
      {
        slug: 'sriov-too-many-vfs',
        group: device.id,
        confidence: 'certain',
        title: `${device.name} on ${node.name} cannot have ${wanted} VFs`,
        message: `A policy wants ${wanted} VFs of ${device.name}, and the NIC can have ${most}.`,
        fix: {
          text:
            most === 0
              ? 'Turn SR-IOV on in the firmware of the NIC and of the machine.'
              : `Lower numVfs of the policy to at most ${most}, or raise the limit in the firmware of the NIC.`,
          commands: ['kubectl get sriovnetworknodepolicies.sriovnetwork.openshift.io -A -o yaml'],
        },
        evidence: [{ ref, path }],
      },
    ];
  });
}

function said(trouble: TroubleFacts, slug: string): Draft {
  const { condition, about, ref, path, node } = trouble;
  const sriov = slug === 'sriov-sync-failed';
  const place = node ? ` on ${node}` : '';
  return {
    slug,
    group: `${slug}:${node}:${about}`,
    confidence: 'certain',
    title: sriov ? `The SR-IOV operator failed on ${node}` : `NMState policy ${about} failed${place}`,
    message: (condition.message ?? condition.reason ?? condition.type).slice(0, 300),
    fix: {
      text: sriov
        ? 'Read lastSyncError; look at sriov-network-config-daemon on the node.'
        : 'Read the error in the enactment of the node; correct the policy. NMState has put the node back to what it was.',
      commands: [
        sriov
          ? sh`kubectl -n ${ref.namespace ?? 'default'} get ${ref.kind}.${ref.group} ${ref.name} -o yaml`
          : sh`kubectl get ${ref.kind} ${ref.name} -o yaml`,
      ],
    },
    evidence: [{ ref, path }],
    ...(node ? {} : { subjects: [{ type: 'object' as const, ref }] }),
  };
}

const troubles = (node: string, slug: string, world: World): Draft[] =>
  world
    .deviceTroubles(node)
    .filter(({ kind }) => kind === slug)
    .map((trouble) => said(trouble, slug));

const nmstateTexts = {
  code: 'MN485',
  title: 'A policy for the network of nodes failed',
  severity: 'warning',
  why: 'NMState applies a NodeNetworkConfigurationPolicy node by node, and puts a node back to what it was when that fails. The links that NADs stand on are then not there.',
  fix: 'Read the condition of the NodeNetworkConfigurationEnactment of the node.',
} as const;

/** MN481-MN488: what the operators of node networks report, against what networks need of it. */
export const nodeDeviceRules: readonly Rule[] = [
  ...nodeLinkRules,
  {
    code: 'MN484',
    scope: 'network',
    title: 'No node makes VFs for the resource of the network',
    severity: 'warning',
    slugs: ['sriov-no-vfs'],
    why: 'The SR-IOV operator makes VFs by SriovNetworkNodePolicy, and says in each SriovNetworkNodeState which resources they serve. None serves the one that this network draws on.',
    fix: 'Compare resourceName of the SriovNetwork with those of the policies, and the selectors of the policy with the nodes.',
    check: nowhere,
  },
  {
    ...nmstateTexts,
    scope: 'node',
    slugs: ['nmstate-enactment-failed', 'nmstate-policy-degraded'],
    check: ({ node }, world) => troubles(node.name, 'nmstate-enactment-failed', world),
  },
  { ...nmstateTexts, scope: 'cluster', slugs: [], check: (world) => troubles('', 'nmstate-policy-degraded', world) },
  {
    code: 'MN486',
    scope: 'node',
    title: 'The SR-IOV operator could not set the node up',
    severity: 'warning',
    slugs: ['sriov-sync-failed'],
    why: 'The config daemon of the operator sets the NICs of a node to what the policies want, and reports Failed with the error. VFs may be missing or set up half.',
    fix: 'Read lastSyncError of the SriovNetworkNodeState.',
    check: ({ node }, world) => troubles(node.name, 'sriov-sync-failed', world),
  },
  {
    code: 'MN487',
    scope: 'node',
    title: 'A policy wants more VFs than the NIC can have',
    severity: 'warning',
    slugs: ['sriov-too-many-vfs'],
    why: 'A NIC has an upper limit of VFs, set in its firmware. A policy that wants more makes none.',
    fix: 'Lower numVfs of the policy, or raise the limit in the firmware.',
    check: tooMany,
  },
  {
    code: 'MN488',
    scope: 'network',
    title: 'The SR-IOV operator has not made the NAD of its network',
    severity: 'warning',
    slugs: ['sriov-nad-missing'],
    why: 'Pods refer to the NAD that the operator makes of an SriovNetwork, in the namespace that networkNamespace names. Without it nothing can be attached.',
    fix: 'Create the namespace, or correct networkNamespace; look at the log of the operator.',
    check: notMade,
  },
];
