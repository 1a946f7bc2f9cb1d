import { sh } from '../kube/shell.ts';
import { ovnNodePart, ovnNodeSubnetsPath } from '../providers/ovn-node.ts';
import { isWaiting } from './conditions.ts';
import { requestEvidence } from './define.ts';
import type { AttachmentFacts, Draft, Rule, World } from './rule.ts';

/** The control plane cuts a subnet for a node within seconds of its first pod. In ms. */
const patience = 2 * 60_000;

/** What the control plane calls the network: the name in its config. */
const ovnNames = ({ network }: AttachmentFacts): string[] =>
  (network?.network.aliases ?? []).flatMap(({ scheme, value }) => (scheme === 'ovn' ? [value] : []));

function withoutSubnet(facts: AttachmentFacts, world: World): Draft | undefined {
  const { network, workload, attachment } = facts;
  const { namespace, name, node } = workload.workload;
  if (network?.network.technology !== 'ovn-layer3' || !node || !isWaiting(facts)) return undefined;
  const part = world.part(ovnNodePart(node));
  const names = ovnNames(facts);
  if (!part?.holds || names.length === 0 || names.some((one) => part.holds?.includes(one))) return undefined;
  if (attachment.observed.length > 0 || !world.due(workload.pod.createdAt + patience)) return undefined;
  const title = network.network.name;
  return {
    slug: 'ovnk-node-no-subnet',
    group: `${network.network.id}:${node}`,
    confidence: 'likely',
    title: `Node ${node} has no subnet of ${title}`,
    message: `${namespace}/${name} waits for an address on ${node}, for which OVN-Kubernetes has cut none from ${network.network.subnets.join(', ') || title}.`,
    fix: {
      text: 'Look at the conditions and events of the network: its subnets may have no room for another node. A larger cidr or a longer hostSubnet makes more.',
      commands: [
        sh`kubectl get node ${node} -o jsonpath='{.metadata.annotations.k8s\\.ovn\\.org/node-subnets}'`,
        'kubectl get userdefinednetworks,clusteruserdefinednetworks -A',
      ],
    },
    evidence: [
      { ref: part.ref, path: ovnNodeSubnetsPath, value: part.holds.join(', ').slice(0, 400) },
      ...requestEvidence(facts),
    ],
    subjects: [{ type: 'node', id: node }],
    effect: 'failed',
  };
}

/** MN890: what OVN-Kubernetes writes on nodes. */
export const ovnNodeRules: readonly Rule[] = [
  {
    code: 'MN890',
    scope: 'attachment',
    needs: 'open',
    title: 'The node has no subnet of the layer 3 network',
    severity: 'error',
    slugs: ['ovnk-node-no-subnet'],
    explains: ['ovnk-annotation-timeout'],
    why: 'A layer 3 network of OVN-Kubernetes is cut into one subnet a node, which the control plane writes on the node. A pod on a node without one gets no address, and its event says no more than that it waited.',
    fix: 'Give the network a larger cidr, or smaller subnets per node (hostSubnet); it must be created anew for that.',
    check: withoutSubnet,
  },
];
