import { sh } from '../kube/shell.ts';
import { causes } from '../messages/catalogue.ts';
import { classifyMessage } from '../messages/classify.ts';
import type { AttachmentFacts, Draft, Rule, WorkloadFacts, World } from './rule.ts';

const nadGroup = 'k8s.cni.cncf.io';
const nadKind = 'NetworkAttachmentDefinition';

const nameOf = ({ workload }: WorkloadFacts): string => `${workload.namespace}/${workload.name}`;

/** An instance that runs, or the VirtualMachine that stands for one. */
const resourceOf = ({ pod }: WorkloadFacts): string => (pod.ref.kind === 'VirtualMachine' ? 'vm' : 'vmi');

const editMachine = (facts: WorkloadFacts): string[] => {
  const { owner, namespace, name } = facts.workload;
  const machine = owner?.kind === 'VirtualMachine' ? owner.name : name;
  const kind = owner?.kind === 'VirtualMachine' || facts.pod.ref.kind === 'VirtualMachine' ? 'vm' : 'vmi';
  return [sh`kubectl -n ${namespace} edit ${kind} ${machine}`];
};

/** KubeVirt does not make the launcher pod before every NAD of the machine is there. */
function nadMissing(facts: AttachmentFacts, world: World): Draft | undefined {
  const { workload, request, network } = facts;
  const { pod } = workload;
  if (request?.alias?.scheme !== 'nad' || pod.sandbox || pod.terminating) return undefined;
  if (network?.claims.some(({ ref }) => ref.kind === nadKind)) return undefined;
  if (world.availability(nadGroup, nadKind) !== 'present') return undefined;
  const stopped = pod.finished;
  if (stopped && workload.workload.phase !== 'Stopped') return undefined;
  const [namespace = '', name = ''] = request.alias.value.split('/');
  const there = world.nadNamespaces(name).filter((other) => other !== namespace);
  const meant = there[0] ? ` One of that name is in ${there.slice(0, 3).join(', ')}.` : '';
  return {
    slug: 'vmi-nad-missing',
    group: `${request.alias.value}`,
    ...(stopped ? { severity: 'warning' as const } : {}),
    confidence: 'certain',
    title: `NAD ${request.alias.value} does not exist, and virtual machines wait for it`,
    message: `${nameOf(workload)} names it as multus network "${request.requested.source.value ?? ''}".${meant}`,
    fix: {
      text: there[0]
        ? `Write ${there[0]}/${name} as networkName, or create the NAD.`
        : 'Create the NAD, or correct networkName.',
      commands: [sh`kubectl get net-attach-def -A | grep -i -- ${name}`, ...editMachine(workload)],
    },
    evidence: [request.requested.source],
    ...(stopped ? {} : { effect: 'failed' as const }),
  };
}

/** What the machine says of an interface: `domain`, `guest-agent`, `multus-status`. Empty where it does not say. */
const reportersOf = ({ attachment }: AttachmentFacts): string[] =>
  (attachment.interface?.device?.details['reported by'] ?? '').split(',').flatMap((word) => word.trim() || []);

const isTrue = ({ pod }: WorkloadFacts, type: string): boolean =>
  pod.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;

/** In the pod and not in the machine: plugged later, and not taken over yet. In the machine, and its guest does not list it. */
function absentInGuest(facts: AttachmentFacts): Draft | undefined {
  const { workload, attachment, request } = facts;
  if (workload.workload.phase !== 'Running' || !request || attachment.state !== 'attached') return undefined;
  const reporters = reportersOf(facts);
  const others = workload.attachments.some((other) => other !== facts && reportersOf(other).includes('guest-agent'));
  const unplugged = reporters.length > 0 && !reporters.includes('domain');
  const unseen =
    reporters.includes('domain') && !reporters.includes('guest-agent') && others && isTrue(workload, 'AgentConnected');
  if (!unplugged && !unseen) return undefined;
  const name = request.requested.source.value ?? request.requested.network;
  const source = attachment.observed[0]?.source;
  return {
    slug: 'vmi-interface-absent',
    group: `${workload.workload.id}:${name}`,
    ...(unplugged ? {} : { severity: 'info' as const }),
    confidence: 'possible',
    title: unplugged
      ? `${nameOf(workload)} has no interface for ${name} yet`
      : `The guest of ${nameOf(workload)} does not list ${name}`,
    message: unplugged
      ? `The launcher pod is attached to ${request.requested.network}, and the machine does not have the interface. Interfaces that are plugged into a running machine come with its next migration or restart.`
      : `The machine has the interface, and the guest agent, which lists others, does not list it: it may lack a driver, or have another hardware address.`,
    fix: {
      text: unplugged ? 'Migrate or restart the machine.' : 'Look at the interfaces inside the guest.',
      commands: unplugged
        ? [sh`virtctl -n ${workload.workload.namespace} migrate ${workload.workload.name}`]
        : [sh`virtctl -n ${workload.workload.namespace} guestosinfo ${workload.workload.name}`],
    },
    evidence: source ? [source] : [],
    ...(unplugged ? { effect: 'missing' as const } : {}),
  };
}

const aboutNetwork = /network|interface|\bnic\b|\bnad\b|multus|\btap\b|\bbridge\b|sriov|sr-iov|\bmac\b/i;

/** virt-handler says here what keeps it from making the machine what it should be. Often that is no network at all. */
function notSynchronized(facts: WorkloadFacts): Draft | undefined {
  const { pod, workload } = facts;
  const at = pod.conditions?.findIndex(({ type, status }) => type === 'Synchronized' && status === 'False') ?? -1;
  const condition = pod.conditions?.[at];
  if (!condition || pod.finished || pod.terminating) return undefined;
  const text = (condition.message ?? condition.reason ?? '').slice(0, 1000);
  const verdict = classifyMessage({ reason: condition.reason ?? 'SyncFailed', message: text });
  const cause = causes.get(verdict.slug);
  const known = verdict.slug.startsWith('kubevirt-');
  if (!known && !aboutNetwork.test(text)) return undefined;
  return {
    slug: 'vmi-not-synchronized',
    group: workload.id,
    confidence: known ? 'certain' : 'possible',
    title: `KubeVirt cannot set up the network of ${nameOf(facts)}`,
    message: text.slice(0, 300),
    ...(known && cause ? { cause: cause.cause } : {}),
    fix: {
      text:
        (known && cause?.fix) ||
        'Compare the networks and interfaces of the machine with network-status of its launcher pod; look at virt-handler on the node.',
      commands: [sh`kubectl -n ${workload.namespace} describe ${resourceOf(facts)} ${workload.name}`],
    },
    evidence: [{ ref: pod.ref, path: '/status/conditions', value: text.slice(0, 400) }],
  };
}

/** MN870-MN872: virtual machines of KubeVirt, by what their objects say. */
export const machineRules: readonly Rule[] = [
  {
    code: 'MN870',
    scope: 'attachment',
    of: 'VirtualMachineInstance',
    title: 'The NAD of a virtual machine does not exist',
    severity: 'error',
    slugs: ['vmi-nad-missing'],
    why: 'KubeVirt looks every NAD of a machine up before it makes the launcher pod: without one there is no pod, and so no event of a pod. networkName is looked up in the namespace of the machine unless it names another.',
    fix: 'Create the NAD, or write networkName as namespace/name.',
    check: nadMissing,
  },
  {
    code: 'MN871',
    scope: 'attachment',
    of: 'VirtualMachineInstance',
    title: 'An interface of a virtual machine is not in its guest',
    severity: 'warning',
    slugs: ['vmi-interface-absent'],
    why: 'KubeVirt says of each interface who reports it: Multus in the launcher pod, the machine (domain), the agent in the guest. What only Multus reports ends in the pod.',
    fix: 'Migrate or restart the machine; look at the interfaces inside the guest.',
    check: absentInGuest,
  },
  {
    code: 'MN872',
    scope: 'workload',
    of: 'VirtualMachineInstance',
    title: 'KubeVirt cannot set up the network of a virtual machine',
    severity: 'warning',
    slugs: ['vmi-not-synchronized'],
    why: 'The condition Synchronized of a machine is False, with a message about its network. The launcher pod may run all the same, and the machine lacks an interface or does not start.',
    fix: 'Read the message; compare the machine with network-status of its launcher pod.',
    check: notSynchronized,
  },
];
