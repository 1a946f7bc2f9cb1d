import { waitingOf } from '../engine/event-draft.ts';
import { evidenceOfEvent } from '../engine/event-evidence.ts';
import { sh } from '../kube/shell.ts';
import { classifyMessage } from '../messages/classify.ts';
import { fromPodEvent, isUp, newestOf, ownerOrPod, wasRefused } from './pod-event.ts';
import type { Draft, Rule, WorkloadFacts } from './rule.ts';

/** The pod waits or is not ready, asks for networks, and no failed sandbox says more. */
const isIdle = (facts: WorkloadFacts): boolean =>
  isUp(facts) && facts.asks && !facts.workload.ready && !facts.workload.hostNetwork && facts.failure === null;

/** PodScheduled=False outlives the event of the scheduler. */
function unschedulable(facts: WorkloadFacts): Draft | undefined {
  const { pod, workload } = facts;
  if (!isIdle(facts) || workload.node || !pod.unschedulable) return undefined;
  const { slug } = classifyMessage({ reason: 'FailedScheduling', message: pod.unschedulable });
  if (slug !== 'not-network-scheduling') return undefined;
  return {
    slug,
    group: `${slug}:${ownerOrPod(facts)}`,
    severity: 'warning',
    confidence: 'likely',
    title: `No node fits ${workload.namespace}/${workload.owner?.name ?? workload.name}`,
    message: pod.unschedulable.slice(0, 300),
    fix: {
      text: 'Read what the scheduler says: resources, taints, node selectors, volumes.',
      commands: [sh`kubectl -n ${workload.namespace} describe pod ${workload.name}`],
    },
    evidence: [{ ref: pod.ref, path: '/status/conditions', value: pod.unschedulable.slice(0, 400) }],
    subjects: waitingOf(facts),
  };
}

const l2OfNode = new Set(['macvlan', 'ipvlan']);

/** The kubelet probes eth0 from the node. Where eth0 is a child of the node's own NIC it never gets there. */
const probedOverMacvlan: Rule = {
  code: 'MN477',
  scope: 'workload',
  needs: 'event',
  title: 'The node cannot reach a pod whose default network is macvlan or ipvlan',
  severity: 'warning',
  slugs: ['macvlan-host-unreachable'],
  why: 'The kernel passes no traffic between a NIC and its macvlan or ipvlan children. A pod that has such a network in the place of the default one cannot be reached from its own node, and the kubelet probes from there.',
  fix: 'Keep the cluster network as the default, and ask for macvlan as a second one; or probe with exec.',
  check: (facts) => {
    const first = facts.attachments.find((item) => item.attachment.slot === 0);
    const technology = first?.network?.network.technology ?? '';
    const event = newestOf(facts, ['not-network-probe']);
    if (!event || !l2OfNode.has(technology) || !isIdle(facts)) return undefined;
    return {
      slug: 'macvlan-host-unreachable',
      group: first?.network?.network.id ?? '',
      confidence: 'likely',
      title: `Probes do not reach pods on ${first?.network?.network.name}`,
      message: `eth0 of ${facts.workload.namespace}/${facts.workload.name} is ${technology}: its own node cannot reach it.`,
      fix: {
        text: 'Keep the cluster network as the default, and ask for this one as a second; or probe with exec.',
        commands: [sh`kubectl -n ${facts.workload.namespace} describe pod ${facts.workload.name}`],
      },
      evidence: [evidenceOfEvent(event), ...(first?.request ? [first.request.requested.source] : [])],
      subjects: first ? [{ type: 'attachment', id: first.attachment.id }] : [],
    };
  },
};

/**
 * MN47x: not a problem of a network. They say whose it is, so that nobody looks for it in a NAD. They are warnings whatever Kubernetes
 * thinks of them, and the attachments of the pod keep their states: those that are there are fine, the others wait.
 */
export const notNetworkRules: readonly Rule[] = [
  fromPodEvent('MN470', ['not-network-image-pull'], { severity: 'warning', when: isIdle }),
  fromPodEvent('MN471', ['not-network-probe'], { severity: 'warning', when: isIdle }),
  fromPodEvent('MN472', ['not-network-crash-loop', 'not-network-container-start', 'not-network-oom'], {
    severity: 'warning',
    title: 'A container of the pod does not stay up',
    why: 'The sandbox stands and the networks are attached. The container in it cannot start, fails, or runs out of memory: that is for the owner of the application.',
    fix: 'Look at the state and the log of the container.',
    when: isIdle,
  }),
  fromPodEvent('MN473', ['not-network-volume'], { severity: 'warning', when: isIdle }),
  {
    code: 'MN474',
    scope: 'workload',
    title: 'No node fits the pod',
    severity: 'warning',
    slugs: ['not-network-scheduling'],
    eventEffect: 'waits',
    why: 'The scheduler finds no node for the pod: resources, taints, selectors or volumes. No network was tried yet.',
    fix: 'Read what the scheduler says: resources, taints, node selectors, volumes.',
    check: unschedulable,
  },
  fromPodEvent('MN475', ['not-network-quota', 'not-network-webhook', 'not-network-service-account'], {
    severity: 'warning',
    title: 'The cluster refuses the pod by policy',
    why: 'A quota, an admission webhook or a missing service account keeps the pod from being made or started. No network was tried.',
    fix: 'Read which policy refused it, and ask its owner.',
    when: isIdle,
  }),
  fromPodEvent('MN476', ['not-network-evicted'], {
    severity: 'warning',
    when: ({ pod, asks }) => asks && !pod.terminating,
  }),
  fromPodEvent('MN479', ['not-network-node-resources'], { severity: 'warning', when: wasRefused }),
  probedOverMacvlan,
];
