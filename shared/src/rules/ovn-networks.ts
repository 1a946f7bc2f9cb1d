import { sh } from '../kube/shell.ts';
import type { Evidence } from '../model/topology.ts';
import type { NetworkClaim } from '../providers/provider.ts';
import { isOpen, requestEvidence } from './define.ts';
import { isUp } from './pod-event.ts';
import type { AttachmentFacts, DeviceFacts, Draft, NetworkFacts, Rule, WorkloadFacts, World } from './rule.ts';

const nadKind = 'NetworkAttachmentDefinition';
const nadGroup = 'k8s.cni.cncf.io';
const ovnGroup = 'k8s.ovn.org';

const listed = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');

/** The network of the cluster that chooses its namespaces by labels. */
const chooserOf = (network: NetworkFacts | undefined): NetworkClaim | undefined =>
  network?.claims.find((claim) => claim.namespaceSelector);

const selectorEvidence = ({ ref }: NetworkClaim): Evidence => ({ ref, path: '/spec/namespaceSelector' });

const aboutChooser = ({ name }: NetworkClaim): string[] => [
  sh`kubectl get clusteruserdefinednetwork ${name} -o jsonpath='{.spec.namespaceSelector}'`,
  'kubectl get namespaces --show-labels',
];

function selectsNothing(network: NetworkFacts, world: World): Draft | undefined {
  const own = chooserOf(network);
  if (!own?.namespaceSelector || !world.namespacesKnown()) return undefined;
  if (world.namespacesWith(own.namespaceSelector).length > 0) return undefined;
  return {
    slug: 'cudn-selects-nothing',
    group: network.network.id,
    confidence: 'likely',
    title: `ClusterUserDefinedNetwork ${own.name} selects no namespace`,
    message: 'No namespace has the labels of namespaceSelector, so that no NetworkAttachmentDefinition is made of it.',
    fix: { text: 'Correct namespaceSelector, or label the namespaces.', commands: aboutChooser(own) },
    evidence: [selectorEvidence(own)],
  };
}

/** OVN-Kubernetes makes the definitions within seconds. */
const patience = 60_000;

function notMade(network: NetworkFacts, world: World): Draft | undefined {
  const own = chooserOf(network);
  const created = own?.conditions.some(({ type, status }) => type === 'NetworkCreated' && status === 'True');
  if (!own?.namespaceSelector || !created || world.availability(nadGroup, nadKind) !== 'present') return undefined;
  const made = new Set(
    network.claims.flatMap(({ ref }) => (ref.kind === nadKind && ref.namespace ? [ref.namespace] : [])),
  );
  if (made.size === 0 || !world.due(own.createdAt + patience)) return undefined;
  const bare = world.namespacesWith(own.namespaceSelector).filter(({ name }) => !made.has(name));
  const [first] = bare;
  if (!first) return undefined;
  return {
    slug: 'cudn-nad-missing',
    group: network.network.id,
    confidence: 'possible',
    title: `ClusterUserDefinedNetwork ${own.name} has no definition in ${first.name}`,
    message: `namespaceSelector matches ${listed(bare.map(({ name }) => name))}, which ${bare.length > 1 ? 'have' : 'has'} no NetworkAttachmentDefinition of it.`,
    fix: {
      text: 'Look at the conditions of the network and at the log of ovnkube-control-plane; another definition of the name may be in the way.',
      commands: [
        sh`kubectl describe clusteruserdefinednetwork ${own.name}`,
        sh`kubectl -n ${first.name} get net-attach-def`,
      ],
    },
    evidence: [selectorEvidence(own), { ref: first.ref, path: '/metadata/name', value: first.name }],
  };
}

/** The pod asks for a definition that would be there if its namespace were selected. */
function notSelected(facts: AttachmentFacts, world: World): Draft | undefined {
  const { scheme, value = '' } = facts.request?.alias ?? {};
  if (scheme !== 'nad' || facts.network || !isOpen(facts)) return undefined;
  const [namespace = '', name = ''] = value.split('/');
  const own = chooserOf(world.network(`udn:${name}`));
  const place = world.namespace(namespace);
  if (!own?.namespaceSelector || !place) return undefined;
  if (world.namespacesWith(own.namespaceSelector).some((one) => one.name === namespace)) return undefined;
  return {
    slug: 'cudn-nad-missing',
    group: `${own.name}:${namespace}`,
    confidence: 'likely',
    title: `ClusterUserDefinedNetwork ${own.name} does not select ${namespace}`,
    message: `${namespace} does not have the labels of its namespaceSelector, so that ${value} is not made.`,
    fix: { text: `Label ${namespace}, or widen namespaceSelector.`, commands: aboutChooser(own) },
    evidence: [
      selectorEvidence(own),
      { ref: place.ref, path: '/metadata/name', value: place.name },
      ...requestEvidence(facts),
    ],
    follows: ['MN130'],
  };
}

const missingTexts = {
  code: 'MN829',
  title: 'The definition of a cluster-wide network is not in the namespace',
  severity: 'warning',
  why: 'OVN-Kubernetes makes a NetworkAttachmentDefinition of a ClusterUserDefinedNetwork in every namespace that its namespaceSelector matches. Pods of others cannot ask for it.',
  fix: 'Label the namespace, or widen namespaceSelector.',
} as const;

/** A namespace that is labelled for a primary network holds its pods back until it has one. */
function noPrimary(facts: WorkloadFacts, world: World): Draft | undefined {
  const { namespace, hostNetwork, name } = facts.workload;
  if (hostNetwork || facts.pod.sandbox || !isUp(facts) || facts.attachments.some((item) => item.request?.implicit))
    return undefined;
  const place = world.namespace(namespace);
  if (!place?.primaryNetwork || !facts.workload.node) return undefined;
  const isRead = (kind: string) => world.availability(ovnGroup, kind) === 'present';
  if (!isRead('UserDefinedNetwork') && !isRead('ClusterUserDefinedNetwork')) return undefined;
  if (world.availability(nadGroup, nadKind) !== 'present') return undefined;
  return {
    slug: 'udn-primary-none',
    group: `udn-primary-none:${namespace}`,
    confidence: 'likely',
    title: `Namespace ${namespace} is labelled for a primary network and has none`,
    message: `Pods such as ${name} wait for a primary UserDefinedNetwork, or for a ClusterUserDefinedNetwork that selects ${namespace}.`,
    fix: {
      text: 'Create a UserDefinedNetwork with role Primary in the namespace.',
      commands: [
        sh`kubectl -n ${namespace} get userdefinednetworks`,
        'kubectl get clusteruserdefinednetworks',
        sh`kubectl get namespace ${namespace} --show-labels`,
      ],
    },
    evidence: [{ ref: place.ref, path: '/metadata/labels' }],
    follows: ['MN823'],
  };
}

const physicalOf = ({ network }: NetworkFacts): string | undefined =>
  network.technology === 'ovn-localnet'
    ? network.uplinks.find(({ physicalNetwork }) => physicalNetwork)?.physicalNetwork
    : undefined;

const isMapping = ({ device }: DeviceFacts): boolean => device.kind === 'bridge-mapping';

type Unmapped = { node: string; evidence: Evidence; why: string };

/**
 * A node that tells of its mappings and has none of this name, or one to a bridge that it does not list. One that tells of no mapping
 * at all says nothing, unless another node has this very one.
 */
function unmappedOn(node: string, physical: string, world: World): Unmapped | undefined {
  const { devices, complete } = world.nodeDevices(node);
  if (!complete) return undefined;
  const mappings = devices.filter(isMapping);
  const own = mappings.find(({ device }) => device.name === physical);
  if (own) {
    const bridge = own.device.details['bridge'];
    const bridges = devices.filter(({ device }) => device.kind === 'ovs-bridge');
    if (!bridge || bridges.length === 0 || bridges.some(({ device }) => device.name === bridge)) return undefined;
    return {
      node,
      evidence: { ref: own.ref, path: own.path },
      why: `maps it to ${bridge}, a bridge that it does not have`,
    };
  }
  if (mappings.length === 0 && !world.nodesWithLink(physical).some((other) => other !== node)) return undefined;
  return { node, evidence: { ref: complete, path: '/status/currentState' }, why: 'has no bridge mapping for it' };
}

function unmapped(network: NetworkFacts, physical: string, found: readonly Unmapped[]): Draft | undefined {
  const [first] = found;
  if (!first) return undefined;
  const { network: own } = network;
  return {
    slug: 'localnet-unmapped',
    group: `localnet-unmapped:${own.id}`,
    confidence: 'likely',
    title: `${own.name} reaches no wire on ${listed(found.map(({ node }) => node))}`,
    message: `${own.name} goes out through the physical network ${physical}, and ${first.node} ${first.why}.`,
    fix: {
      text: 'Add the mapping to a NodeNetworkConfigurationPolicy that selects the node, or keep the pods on nodes that have it.',
      commands: [sh`kubectl get nodenetworkstate ${first.node} -o jsonpath='{.status.currentState.ovn}'`],
      patch: `ovn:\n  bridge-mappings:\n  - localnet: ${physical}\n    bridge: br-ex\n    state: present`,
    },
    evidence: found.slice(0, 3).map(({ evidence }) => evidence),
    subjects: found.slice(0, 10).map(({ node }) => ({ type: 'node' as const, id: node })),
  };
}

function unmappedOnAttachment(facts: AttachmentFacts, world: World): Draft | undefined {
  const physical = facts.network && physicalOf(facts.network);
  const node = facts.workload.workload.node;
  if (!facts.network || !physical || !node || !isOpen(facts)) return undefined;
  const found = unmappedOn(node, physical, world);
  return found && unmapped(facts.network, physical, [found]);
}

function unmappedOnNetwork(network: NetworkFacts, world: World): Draft | undefined {
  const physical = physicalOf(network);
  if (!physical) return undefined;
  const nodes = world.nodesOf(network.network.id).slice(0, 200);
  return unmapped(
    network,
    physical,
    nodes.flatMap((node) => unmappedOn(node, physical, world) ?? []),
  );
}

const unmappedTexts = {
  code: 'MN837',
  title: 'A node has no bridge for the physical network',
  severity: 'warning',
  why: 'A localnet of OVN-Kubernetes leaves a node through the bridge that the node maps its physical network to. Without a mapping, or without the bridge, the pod is plugged in and nothing that it sends leaves the node.',
  fix: 'Map the physical network to a bridge on every node, with ovn.bridge-mappings of NMState.',
} as const;

/** MN828, MN829, MN836, MN837: where user-defined networks are, and where they end. */
export const ovnNetworkRules: readonly Rule[] = [
  {
    code: 'MN828',
    scope: 'network',
    title: 'A cluster-wide network selects no namespace',
    severity: 'warning',
    slugs: ['cudn-selects-nothing'],
    why: 'A ClusterUserDefinedNetwork is for the namespaces whose labels its namespaceSelector matches. When there is none it is for nobody.',
    fix: 'Correct namespaceSelector, or label the namespaces.',
    check: selectsNothing,
  },
  { ...missingTexts, scope: 'network', slugs: ['cudn-nad-missing'], check: notMade },
  { ...missingTexts, scope: 'attachment', slugs: [], needs: 'open', check: notSelected },
  {
    code: 'MN836',
    scope: 'workload',
    needs: 'open',
    title: 'A namespace waits for its primary network',
    severity: 'warning',
    slugs: ['udn-primary-none'],
    why: 'In a namespace with the label k8s.ovn.org/primary-user-defined-network OVN-Kubernetes plugs no pod in before a primary network is there.',
    fix: 'Create a UserDefinedNetwork with role Primary, or a ClusterUserDefinedNetwork that selects the namespace.',
    check: noPrimary,
  },
  { ...unmappedTexts, scope: 'attachment', slugs: ['localnet-unmapped'], needs: 'open', check: unmappedOnAttachment },
  { ...unmappedTexts, scope: 'network', slugs: [], check: unmappedOnNetwork },
];
