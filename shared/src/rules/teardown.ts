import { evidenceOfEvent } from '../engine/event-evidence.ts';
import { sh } from '../kube/shell.ts';
import { configEvidence, editNad } from './define.ts';
import { missingOf, restart } from './drift.ts';
import { editSince } from './edited.ts';
import { fromPodEvent, newestOf } from './pod-event.ts';
import type { Rule, WorkloadFacts } from './rule.ts';

const killSlugs = [
  'kill-delegate-failed',
  'kill-iface-already-assigned',
  'kill-generic',
  'kill-cache-lost',
  'sriov-del-cache',
];

/** How long after the end of its grace period a pod may take, in ms. */
const patience = 5 * 60_000;

/** The dynamic controller has spoken of this pod, so it runs in this cluster. */
const isDynamic = ({ events }: WorkloadFacts): boolean =>
  events.some(
    (event) => event.reason === 'InterfaceAddRejected' || /dynamic|pod-networks-updates/.test(event.component),
  );

/** MN710-MN721: taking down, changing under way, and what is left behind. */
export const teardownRules: readonly Rule[] = [
  fromPodEvent('MN710', killSlugs, {
    severity: 'warning',
    title: 'A plugin could not take its attachment down',
    why: 'The kubelet repeats the removal until every plugin succeeds. A plugin that fails keeps the pod Terminating, or leaves addresses and devices behind. On a pod that runs such an event is noise of an earlier sandbox.',
    fix: 'Read which plugin fails; once the node is clean, delete the pod with --force.',
    when: ({ pod }) => pod.terminating,
  }),
  {
    code: 'MN712',
    scope: 'workload',
    title: 'A pod does not go away',
    severity: 'warning',
    slugs: ['pod-stuck-terminating'],
    why: 'The pod was deleted, its grace period is over, and it is still there: its node is away, its sandbox cannot be taken down, or a finalizer holds it.',
    fix: 'Look at the node and at the events of the pod; delete it with --force when nothing of it runs any more.',
    check: (facts, world) => {
      const { pod, workload, asks } = facts;
      if (!pod.terminating || !pod.deletionAt || !asks || !world.due(pod.deletionAt + patience)) return undefined;
      const event = newestOf(facts, killSlugs);
      const away = workload.node ? world.node(workload.node)?.node.ready === false : false;
      return {
        slug: 'pod-stuck-terminating',
        group: away && workload.node ? `node:${workload.node}` : workload.id,
        confidence: event || away ? 'certain' : 'likely',
        title: away
          ? `Pods of ${workload.node} do not go away`
          : `${workload.namespace}/${workload.name} does not go away`,
        message: away
          ? `${workload.node} is not ready, so nobody takes their sandboxes down.`
          : event
            ? `Its sandbox cannot be taken down: ${event.message.slice(0, 200)}`
            : 'Its grace period is over, and no event says what holds it.',
        fix: {
          text: 'Look at the node and at the events of the pod; delete it with --force when nothing of it runs any more.',
          commands: [
            sh`kubectl -n ${workload.namespace} describe pod ${workload.name}`,
            sh`kubectl -n ${workload.namespace} get pod ${workload.name} -o jsonpath='{.metadata.finalizers}'`,
          ],
        },
        evidence: [
          { ref: pod.ref, path: '/metadata/deletionTimestamp', value: new Date(pod.deletionAt).toISOString() },
          ...(event ? [evidenceOfEvent(event)] : []),
        ],
        subjects: away && workload.node ? [{ type: 'node', id: workload.node }] : [],
      };
    },
  },
  {
    code: 'MN715',
    scope: 'attachment',
    title: 'The NAD was edited after pods had been attached',
    severity: 'info',
    slugs: ['nad-edited-in-use'],
    why: 'An interface keeps the config with which it was made, and is taken down with a copy of it. An edit of the NAD reaches pods only when they are created anew.',
    fix: 'Roll the pods when the edit should reach them.',
    check: (facts) => {
      if (facts.attachment.state !== 'attached') return undefined;
      const edit = editSince(facts);
      if (!edit) return undefined;
      const { claim, changes, source } = edit;
      const name = `${claim.namespace ?? 'default'}/${claim.name}`;
      return {
        slug: 'nad-edited-in-use',
        group: facts.network?.network.id ?? '',
        confidence: source ? 'certain' : 'likely',
        title: `${name} was edited after pods had been attached to it`,
        message: `These pods have the interface of the earlier config${changes.length > 0 ? `: ${changes.join('; ')}` : ''}.`,
        fix: {
          text: 'Roll the pods when the edit should reach them.',
          commands: [...restart(facts.workload), ...editNad(claim)],
        },
        evidence: [configEvidence(claim), ...(source ? [source] : [])],
        subjects: [{ type: 'network', id: facts.network?.network.id ?? '' }],
      };
    },
  },
  fromPodEvent('MN720', ['hotplug-add-failed', 'hotplug-remove-failed'], {
    severity: 'warning',
    title: 'An interface could not be added to or removed from the running pod',
    why: 'The dynamic networks controller watches the annotation of running pods and calls Multus for what changed. That call failed; the pod keeps what it has.',
    fix: 'Read the error as one would for a new pod; correct the annotation, or create the pod anew.',
    when: (facts, event) =>
      !facts.pod.terminating &&
      facts.pod.sandbox &&
      (event.slug === 'hotplug-add-failed'
        ? missingOf(facts).length > 0
        : facts.attachments.some((item) => item.attachment.state === 'unexpected')),
    subjects: (facts) =>
      facts.attachments
        .filter(({ attachment }) => attachment.state === 'missing' || attachment.state === 'unexpected')
        .map(({ attachment }) => ({ type: 'attachment', id: attachment.id })),
  }),
  {
    code: 'MN721',
    scope: 'attachment',
    needs: 'unattached',
    title: 'A network for a running pod has no interface name',
    severity: 'warning',
    slugs: ['hotplug-no-ifname'],
    why: 'The dynamic networks controller adds to a running pod only elements that name their interface: it cannot number them.',
    fix: 'Write the interface, as "net@net2" or {"name": "net", "interface": "net2"}.',
    check: (facts) => {
      if (!facts.element || facts.element.interface || !isDynamic(facts.workload)) return undefined;
      if (!missingOf(facts.workload).includes(facts)) return undefined;
      const rejected = facts.workload.events.find((event) => event.reason === 'InterfaceAddRejected');
      return {
        slug: 'hotplug-no-ifname',
        group: `${facts.workload.pod.ownerKey ?? facts.workload.workload.id}`,
        confidence: rejected ? 'certain' : 'likely',
        title: `${facts.request?.requested.network} names no interface, so it is not added to the running pod`,
        message: 'The dynamic networks controller skips elements without an interface.',
        fix: { text: 'Write the interface into the annotation, as "net@net2".', commands: restart(facts.workload) },
        evidence: [
          ...(facts.request ? [facts.request.requested.source] : []),
          ...(rejected ? [evidenceOfEvent(rejected)] : []),
        ],
      };
    },
  },
];
