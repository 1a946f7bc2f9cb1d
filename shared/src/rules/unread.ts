import { sh } from '../kube/shell.ts';
import { isNad, restart } from './drift.ts';
import { isUp } from './pod-event.ts';
import type { AttachmentFacts, Draft, Rule, WorkloadFacts, World } from './rule.ts';

/** Multus writes network-status right after the sandbox stands; a watch may see the pod before. */
const patience = 2 * 60_000;

/** Antrea reads the definitions of its secondary networks by itself: whether Multus runs is nothing to them. */
const isOfMultus = ({ network }: AttachmentFacts): boolean =>
  network?.network.technology.startsWith('antrea-') !== true;

/** A pod that asks for NADs, runs, and of which nothing was ever reported. */
export function unreadRequests(facts: WorkloadFacts): AttachmentFacts[] {
  const { pod, workload } = facts;
  if (!workload.node || !facts.asks || !pod.sandbox || facts.report || !isUp(facts) || workload.hostNetwork) return [];
  const asked = facts.attachments.filter(
    (item) => isNad(item) && isOfMultus(item) && typeof item.request?.index === 'number',
  );
  return asked.some((item) => item.attachment.observed.length > 0) ? [] : asked;
}

/** A daemon is there, or a report shows that one was when that pod started and none is known to be gone. */
export function multusRuns(node: string, world: World): boolean {
  const known = world.node(node)?.multus ?? 'unknown';
  return known === 'running' || (known === 'unknown' && world.reportsOn(node));
}

const common = (asked: readonly AttachmentFacts[], node: string): Pick<Draft, 'evidence' | 'subjects'> => ({
  evidence: asked.flatMap((item) => (item.request ? [item.request.requested.source] : [])),
  subjects: [
    { type: 'node', id: node },
    ...asked.map((item) => ({ type: 'attachment' as const, id: item.attachment.id })),
  ],
});

/** MN429, MN705: Multus runs on the node, and still nobody has read the annotation of a pod there. */
export const unreadRules: readonly Rule[] = [
  {
    code: 'MN429',
    scope: 'workload',
    needs: 'unattached',
    title: 'The runtime does not call Multus, although it runs on the node',
    severity: 'warning',
    slugs: ['conf-order'],
    why: 'The runtime uses the first file in /etc/cni/net.d by name. If another one sorts before 00-multus.conf, Multus is never called: pods start with eth0 alone, and nothing says why.',
    fix: 'Rename the other file, or let Multus write 00-multus.conf, then create the pods anew.',
    check: (facts, world) => {
      const node = facts.workload.node ?? '';
      const asked = unreadRequests(facts);
      if (asked.length === 0 || !multusRuns(node, world) || world.reportsOn(node)) return undefined;
      if (!world.due(facts.pod.createdAt + patience)) return undefined;
      return {
        slug: 'conf-order',
        group: node,
        confidence: 'likely',
        title: `Multus runs on ${node}, and no pod there has a network-status`,
        message: 'Probably another file sorts before that of Multus, or these pods are older than Multus.',
        fix: {
          text: 'See which file comes first, and create the pods anew.',
          commands: [sh`kubectl debug node/${node} -it --image=busybox -- ls /host/etc/cni/net.d`, ...restart(facts)],
        },
        ...common(asked, node),
        effect: 'ignored',
      };
    },
  },
  {
    code: 'MN705',
    scope: 'workload',
    needs: 'unattached',
    title: 'A pod runs without a network-status',
    severity: 'warning',
    slugs: ['status-missing'],
    why: 'Multus writes network-status when it has attached everything. Other pods of the node have one: this pod is older than Multus there, or Multus did not write it, as for a pod that is named like a system namespace.',
    fix: 'Create the pod anew.',
    check: (facts, world) => {
      const node = facts.workload.node ?? '';
      const asked = unreadRequests(facts);
      if (asked.length === 0 || !multusRuns(node, world) || !world.reportsOn(node)) return undefined;
      if (!world.due(facts.pod.createdAt + patience)) return undefined;
      const { namespace, name, id } = facts.workload;
      return {
        slug: 'status-missing',
        group: id,
        confidence: 'likely',
        title: `${namespace}/${name} runs, and nothing reports its interfaces`,
        message: `Other pods on ${node} have a network-status; this one was probably started before Multus.`,
        fix: { text: 'Create the pod anew.', commands: restart(facts) },
        ...common(asked, node),
      };
    },
  },
];
