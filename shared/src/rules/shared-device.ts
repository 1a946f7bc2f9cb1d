import { sh } from '../kube/shell.ts';
import { configEvidence, isOpen, requestEvidence } from './define.ts';
import type { AttachmentFacts, Holder, Rule, World } from './rule.ts';

/** A NIC that the config itself names. With a resource every pod gets its own. */
const fixedDevice = ({ network }: AttachmentFacts): string | undefined =>
  network?.network.technology === 'host-device' && !network.claims.some((claim) => claim.resourceName)
    ? network.network.uplinks.find((uplink) => uplink.device)?.device
    : undefined;

function holdersOf(facts: AttachmentFacts, device: string, world: World): Holder[] {
  const node = facts.workload.workload.node;
  if (!node) return [];
  return world
    .networksOn(device)
    .filter(({ network }) => network.technology === 'host-device')
    .flatMap(({ network }) => world.attachedOn(network.id, node))
    .filter((holder) => holder.workload.id !== facts.workload.workload.id);
}

const soonAfter = 10 * 60_000;

/** MN435, MN436: a NIC lives in one network namespace at a time. */
export const sharedDeviceRules: readonly Rule[] = [
  {
    code: 'MN435',
    scope: 'attachment',
    needs: 'open',
    title: 'Two pods of one node want the same NIC',
    severity: 'error',
    slugs: ['hostdevice-shared'],
    explains: ['hostdevice-not-found', 'hostdevice-move-failed'],
    why: 'host-device moves a NIC into the pod. While one pod has it the node has it no more, and no other pod can get it.',
    fix: 'Run one such pod per node, give each its own NIC, or use macvlan on the NIC.',
    check: (facts, world) => {
      const device = fixedDevice(facts);
      if (!device || !isOpen(facts)) return undefined;
      const holder = holdersOf(facts, device, world)[0];
      const node = facts.workload.workload.node ?? '';
      const claim = facts.network?.claims.find((item) => item.config);
      if (!holder || !claim) return undefined;
      const by = `${holder.workload.namespace}/${holder.workload.name}`;
      return {
        slug: 'hostdevice-shared',
        group: `${node}/${device}`,
        confidence: 'likely',
        title: `${device} of ${node} is taken by ${by}`,
        message: `${facts.request?.requested.network} moves ${device} into one pod at a time.`,
        fix: {
          text: 'Run one such pod per node, give each its own NIC, or use macvlan on the NIC.',
          commands: [sh`kubectl -n ${holder.workload.namespace} get pod ${holder.workload.name} -o wide`],
        },
        evidence: [...requestEvidence(facts), configEvidence(claim)],
        // Not the pod that has it: that one is fine.
        subjects: [{ type: 'node', id: node }],
        effect: 'failed',
      };
    },
  },
  {
    code: 'MN436',
    scope: 'attachment',
    title: 'The node went away when a pod took its NIC',
    severity: 'warning',
    slugs: ['hostdevice-node-nic-taken'],
    why: 'host-device moves a NIC out of the node. If it was the one that the node itself uses, the node loses its connection.',
    fix: 'Choose another NIC. To get the node back, stop the pod on the node itself, or reboot it.',
    check: (facts, world) => {
      const device = fixedDevice(facts);
      const node = facts.workload.workload.node;
      const claim = facts.network?.claims.find((item) => item.config);
      if (!device || !node || !claim || facts.attachment.state !== 'attached') return undefined;
      const known = world.node(node)?.node;
      const ready = known?.conditions.find((condition) => condition.type === 'Ready');
      if (!known || !ready || ready.status === 'True') return undefined;
      const lost = Date.parse(ready.lastTransitionTime ?? '');
      const started = Date.parse(facts.workload.workload.startedAt ?? '') || facts.workload.pod.createdAt;
      if (!(lost >= started && lost - started <= soonAfter)) return undefined;
      return {
        slug: 'hostdevice-node-nic-taken',
        group: `${node}/${device}`,
        confidence: 'possible',
        title: `${node} went away soon after ${device} was moved into a pod`,
        message: `${node} is not ready since ${ready.lastTransitionTime}; the pod had started shortly before.`,
        fix: {
          text: 'Choose another NIC in the NAD; stop the pod on the node itself, or reboot the node.',
          commands: [sh`kubectl describe node ${node}`],
        },
        evidence: [
          configEvidence(claim),
          { ref: known.ref, path: '/status/conditions', value: `Ready=${ready.status} ${ready.reason ?? ''}` },
        ],
        subjects: [{ type: 'node', id: node }],
      };
    },
  },
];
