import { sh } from '../kube/shell.ts';
import { workloadId } from '../model/ids.ts';
import type { AttachmentFacts, Draft, Rule, WorkloadFacts, World } from './rule.ts';

const nameOf = ({ workload }: WorkloadFacts): string => `${workload.namespace}/${workload.name}`;

const isRunning = ({ workload, pod }: WorkloadFacts): boolean =>
  workload.phase === 'Running' && !pod.terminating && !pod.finished;

const detail = ({ attachment }: AttachmentFacts, key: string): string | undefined =>
  attachment.interface?.device?.details[key];

/** What the machine calls the network. */
const networkIn = (facts: AttachmentFacts): string =>
  facts.request?.requested.source.value ?? detail(facts, 'network') ?? facts.attachment.requested?.network ?? '';

const aboutMachine = ({ workload }: WorkloadFacts): string =>
  sh`kubectl -n ${workload.namespace} get vmi ${workload.name} -o yaml`;

const migrate = ({ workload }: WorkloadFacts): string => sh`virtctl -n ${workload.namespace} migrate ${workload.name}`;

/** Asked for, and neither the launcher pod nor the machine has it yet. */
function notPlugged(facts: AttachmentFacts): Draft | undefined {
  const { workload, attachment, request } = facts;
  if (attachment.state !== 'missing' || !request || request.index === 'default' || !isRunning(workload))
    return undefined;
  const at = workload.pod.conditions?.findIndex(
    ({ type, status }) => type === 'MigrationRequired' && status === 'True',
  );
  const waits = at !== undefined && at >= 0;
  const name = networkIn(facts);
  return {
    slug: 'vmi-hotplug-pending',
    group: `${workload.workload.id}:${name}`,
    ...(waits ? { severity: 'info' as const } : {}),
    confidence: waits ? 'likely' : 'possible',
    title: `${nameOf(workload)} does not have ${name} yet`,
    message: `The machine is to be attached to ${request.requested.network}, and its status has no such interface. An interface that is added to a running machine comes with a new launcher pod: at the next migration or restart.`,
    fix: {
      text: 'Migrate the machine, or restart it where it cannot migrate.',
      commands: [migrate(workload), aboutMachine(workload)],
    },
    evidence: [
      request.requested.source,
      ...(waits ? [{ ref: workload.pod.ref, path: '/status/conditions', value: 'MigrationRequired=True' }] : []),
    ],
    ...(waits ? { effect: 'pending' as const } : {}),
  };
}

/** To be taken out, and still there. */
function notUnplugged(facts: AttachmentFacts): Draft | undefined {
  const { workload, attachment } = facts;
  if (attachment.state !== 'unexpected' || detail(facts, 'wanted state') !== 'absent' || !isRunning(workload))
    return undefined;
  const name = networkIn(facts);
  return {
    slug: 'vmi-unplug-pending',
    group: `${workload.workload.id}:${name}`,
    severity: 'info',
    confidence: 'likely',
    title: `${nameOf(workload)} still has ${name}, which is to be unplugged`,
    message: `Its interface has state: absent, and the status of the machine still lists it.`,
    fix: { text: 'Wait, or migrate the machine.', commands: [migrate(workload)] },
    evidence: attachment.observed.slice(0, 1).map(({ source }) => source),
  };
}

function linkDown(facts: AttachmentFacts): Draft | undefined {
  const { workload, attachment } = facts;
  if (detail(facts, 'link') !== 'down' || !isRunning(workload) || attachment.state !== 'attached') return undefined;
  const wanted = detail(facts, 'wanted state') === 'down';
  const name = networkIn(facts);
  return {
    slug: 'vmi-link-down',
    group: `${workload.workload.id}:${name}`,
    severity: wanted ? 'info' : 'warning',
    confidence: wanted ? 'certain' : 'possible',
    title: `The link of ${name} is down in ${nameOf(workload)}`,
    message: wanted
      ? 'Its interface has state: down. The guest has it, and nothing passes.'
      : 'Nobody asks for that in its spec: the guest has the interface, and nothing passes.',
    fix: {
      text: wanted
        ? 'Set state: up on the interface when it is to be used.'
        : 'Look at the machine and its tap device.',
      commands: [aboutMachine(workload)],
    },
    evidence: attachment.observed.slice(0, 1).map(({ source }) => source),
  };
}

/** Two launcher pods stand behind it for a while: they have the same addresses, and only one of them has the machine. */
function migrating({ workload, pod }: WorkloadFacts, world: World): Draft | undefined {
  const move = pod.migration;
  if (!move || pod.finished || pod.terminating) return undefined;
  const pods = [move.from, move.to].flatMap((name) => {
    const id = name ? workloadId('Pod', workload.namespace, name) : '';
    return world.workload(id) ? [{ type: 'workload' as const, id }] : [];
  });
  return {
    slug: 'vmi-migrating',
    group: workload.id,
    confidence: 'certain',
    title: `${workload.namespace}/${workload.name} is migrating`,
    message: `The machine is in ${move.from ?? 'its launcher pod'} and goes to ${move.to ?? 'another'}: both have its addresses until it has arrived.`,
    fix: {
      text: 'Nothing to mend: the old pod ends by itself.',
      commands: [sh`kubectl -n ${workload.namespace} get vmi ${workload.name} -o jsonpath='{.status.migrationState}'`],
    },
    evidence: [{ ref: pod.ref, path: '/status/migrationState' }],
    subjects: pods,
  };
}

/** The spec of the VirtualMachine is ahead of the instance that runs. */
function restartNeeded({ workload, pod, attachments }: WorkloadFacts): Draft | undefined {
  const { template } = pod;
  const said = template?.conditions.some(({ type, status }) => type === 'RestartRequired' && status === 'True');
  if (!template || !said || pod.finished || pod.terminating) return undefined;
  const has = new Set(attachments.flatMap(({ request }) => request?.requested.source.value ?? []));
  const fresh = template.networks.filter(({ source }) => source.value !== undefined && !has.has(source.value));
  // It is about processors, disks and the like.
  if (fresh.length === 0) return undefined;
  const names = fresh.slice(0, 3).map(({ source, network }) => `${source.value} (${network})`);
  return {
    slug: 'vm-restart-required',
    group: workload.id,
    confidence: 'likely',
    title: `${workload.namespace}/${workload.name} has to restart for its networks`,
    message: `The VirtualMachine has ${names.join(', ')}${fresh.length > 3 ? ' and others' : ''}, which the instance that runs does not have, and KubeVirt says that it has to restart.`,
    fix: {
      text: 'Restart the machine.',
      commands: [sh`virtctl -n ${workload.namespace} restart ${workload.name}`],
    },
    evidence: [
      { ref: template.ref, path: '/status/conditions', value: 'RestartRequired=True' },
      ...fresh.slice(0, 2).map(({ source }) => source),
    ],
  };
}

/** MN844-MN846, MN889: what changes on a machine while it runs. */
export const liveMachineRules: readonly Rule[] = [
  {
    code: 'MN844',
    scope: 'attachment',
    of: 'VirtualMachineInstance',
    title: 'An interface of a running machine is yet to be plugged or unplugged',
    severity: 'warning',
    slugs: ['vmi-hotplug-pending', 'vmi-unplug-pending'],
    needs: 'unattached',
    why: 'KubeVirt plugs an interface into a running machine by making a new launcher pod that has it, and migrating the machine there. Until then the spec is ahead of the machine.',
    fix: 'Migrate the machine, or restart it where it cannot migrate.',
    check: (facts) => notPlugged(facts) ?? notUnplugged(facts),
  },
  {
    code: 'MN845',
    scope: 'attachment',
    of: 'VirtualMachineInstance',
    title: 'The link of an interface is down in a machine',
    severity: 'warning',
    slugs: ['vmi-link-down'],
    why: 'The interface of a machine has a link, as a NIC has a cable. state: down in the spec pulls it, and the guest sees no carrier.',
    fix: 'Set state: up on the interface.',
    check: linkDown,
  },
  {
    code: 'MN846',
    scope: 'workload',
    of: 'VirtualMachineInstance',
    title: 'A virtual machine is migrating',
    severity: 'info',
    slugs: ['vmi-migrating'],
    why: 'While a machine migrates two launcher pods stand behind it, the old and the new, with the same addresses on its networks. That is no conflict: only one of them has the machine.',
    fix: 'Nothing to mend.',
    check: migrating,
  },
  {
    code: 'MN889',
    scope: 'workload',
    of: 'VirtualMachineInstance',
    title: 'A virtual machine has to restart for its networks',
    severity: 'warning',
    slugs: ['vm-restart-required'],
    why: 'What is changed in a VirtualMachine comes to the instance that runs only where KubeVirt can plug it while it runs. Of the rest it says RestartRequired, and the instance goes on with its old networks.',
    fix: 'Restart the machine.',
    check: restartNeeded,
  },
];
