import { sh } from '../kube/shell.ts';
import type { DeviceTaint, DeviceToleration } from '../providers/grant-claims.ts';
import { originOf, requestEvidence } from './define.ts';
import { isUp } from './pod-event.ts';
import type { AttachmentFacts, Draft, IncompletePool, NetworkFacts, Rule, WorkloadFacts, World } from './rule.ts';

/** Waits for a device that nobody has given it yet. */
const isUnallocated = ({ attachment, request, workload }: AttachmentFacts): boolean =>
  attachment.provider === 'dra' &&
  attachment.state === 'pending' &&
  request !== null &&
  request.device === undefined &&
  !workload.pod.sandbox &&
  isUp(workload);

/** The driver of a class, where the class tells. */
const driverOf = (network: NetworkFacts | null): string | undefined =>
  network?.claims.find(({ ref }) => ref.kind === 'DeviceClass')?.implementation;

const tolerates = ({ key, value, effect, exists }: DeviceToleration, taint: DeviceTaint): boolean =>
  (effect === undefined || effect === taint.effect) &&
  (key === undefined ? exists : key === taint.key && (exists || (value ?? '') === (taint.value ?? '')));

const shown = ({ key, value, effect }: DeviceTaint): string => `${key}${value ? `=${value}` : ''}:${effect}`;

const aboutSlices = (driver: string): string =>
  sh`kubectl get resourceslices --field-selector spec.driver=${driver} -o yaml`;

/** A device that is in use, and bears a taint that its claim does not tolerate. */
function tainted({ request, workload, attachment }: AttachmentFacts, world: World): Draft | undefined {
  const device = request?.device;
  if (!device || !isUp(workload) || attachment.state === 'failed') return undefined;
  const found = world
    .taintsOn(device.device)
    .find(({ taint }) => !device.tolerations?.some((one) => tolerates(one, taint)));
  if (!found) return undefined;
  const evicts = found.taint.effect === 'NoExecute';
  return {
    slug: 'dra-device-tainted',
    group: `dra-device-tainted:${device.device}`,
    severity: evicts ? 'warning' : 'info',
    confidence: 'certain',
    title: `${device.device} is tainted while pods use it`,
    message: `It bears ${shown(found.taint)}, which ${device.claim.namespace ?? 'default'}/${device.claim.name} does not tolerate. ${evicts ? 'Kubernetes evicts pods that use it.' : 'Pods that have it keep it; no other gets it.'}`,
    fix: {
      text: 'See who tainted the device and why; take the taint away when the device is well, or tolerate it in the claim.',
      commands: ['kubectl get devicetaintrules', aboutSlices(device.driver)],
    },
    evidence: [
      { ref: found.ref, path: found.path, value: shown(found.taint) },
      { ref: device.claim, path: device.path, value: device.device },
    ],
  };
}

function allTainted(facts: AttachmentFacts, world: World): Draft | undefined {
  const driver = isUnallocated(facts) ? driverOf(facts.network) : undefined;
  if (!driver) return undefined;
  const { count, taintedCount, tainted: named } = world.driverDevices(driver);
  const [first] = named;
  if (!first || taintedCount < count) return undefined;
  return {
    slug: 'dra-all-tainted',
    group: `dra-all-tainted:${driver}`,
    confidence: 'likely',
    title: `Every device of ${driver} is tainted`,
    message: `All ${count} devices that slices of ${driver} list bear a taint, such as ${shown(first.taint)} on ${first.device}: the scheduler gives none of them to a claim that does not tolerate it.`,
    fix: {
      text: 'See who tainted the devices and why; take the taint away, or tolerate it in the claim.',
      commands: ['kubectl get devicetaintrules', aboutSlices(driver)],
    },
    evidence: [{ ref: first.ref, path: first.path, value: shown(first.taint) }, ...requestEvidence(facts)],
  };
}

function incomplete(driver: string, pools: readonly IncompletePool[], waits: boolean): Draft | undefined {
  const [first] = pools;
  if (!first) return undefined;
  const where = pools.slice(0, 3).map(({ pool, node }) => (node ? `${pool} (${node})` : pool));
  return {
    slug: 'dra-pool-incomplete',
    group: `dra-pool-incomplete:${driver}`,
    severity: waits ? 'warning' : 'info',
    confidence: 'likely',
    title: `Slices of ${driver} are missing`,
    message: `A pool is to have ${first.wanted} slices and ${first.seen} ${first.seen === 1 ? 'is' : 'are'} there: ${where.join(', ')}${pools.length > 3 ? ` and ${pools.length - 3} more` : ''}. The scheduler takes no device from a pool until all of its slices are there.`,
    fix: {
      text: 'Look at the log of the driver on the node: it publishes the slices.',
      commands: [aboutSlices(driver)],
    },
    evidence: pools.slice(0, 3).map(({ ref, wanted }) => ({
      ref,
      path: '/spec/pool/resourceSliceCount',
      value: String(wanted),
    })),
    subjects: pools.flatMap(({ node }) => (node ? [{ type: 'node' as const, id: node }] : [])).slice(0, 10),
  };
}

function incompleteOnAttachment(facts: AttachmentFacts, world: World): Draft | undefined {
  const driver = isUnallocated(facts) ? driverOf(facts.network) : undefined;
  return driver ? incomplete(driver, world.incompletePools(driver), true) : undefined;
}

function incompleteOnNetwork(facts: NetworkFacts, world: World): Draft | undefined {
  const driver = driverOf(facts);
  return driver ? incomplete(driver, world.incompletePools(driver), false) : undefined;
}

const incompleteTexts = {
  code: 'MN881',
  title: 'Slices of a pool of network devices are missing',
  severity: 'warning',
  why: 'A driver lists the devices of a pool in ResourceSlices, and says in each how many the pool has. While one of them is missing the scheduler takes nothing from the pool: the list may be of two minds.',
  fix: 'Look at the log of the driver, which publishes the slices.',
} as const;

function shared({ request, workload }: AttachmentFacts): Draft | undefined {
  const device = request?.device;
  if (!device?.holders || !isUp(workload)) return undefined;
  const name = `${device.claim.namespace ?? 'default'}/${device.claim.name}`;
  return {
    slug: 'dra-claim-shared',
    group: `dra-claim-shared:${name}`,
    confidence: 'possible',
    title: `${device.holders} pods hold ${name} and its network device`,
    message: `An interface is in one network namespace: of the ${device.holders} pods only one has ${device.device}, and the status of the claim does not say which.`,
    fix: {
      text: 'Give each pod a claim of its own, by a ResourceClaimTemplate.',
      commands: [sh`kubectl -n ${device.claim.namespace ?? 'default'} get resourceclaim ${device.claim.name} -o yaml`],
    },
    evidence: [{ ref: device.claim, path: '/status/reservedFor' }],
  };
}

function nowhere(facts: AttachmentFacts): Draft | undefined {
  const alias = facts.request?.alias;
  if (!isUnallocated(facts) || alias?.scheme !== 'podnetwork' || facts.network) return undefined;
  return {
    slug: 'dra-podnetwork-absent',
    group: `dra-podnetwork-absent:${alias.value}`,
    confidence: 'possible',
    title: `No device leads to the pod network ${alias.value}`,
    message: `The claim selects devices of the pod network ${alias.value}, and no slice lists one, nor is there an object of that name.`,
    fix: {
      text: 'Correct the name in the selector, or make the network and have its driver publish devices for it.',
      commands: ['kubectl get resourceslices -o yaml', 'kubectl get podnetworks'],
    },
    evidence: requestEvidence(facts),
  };
}

/** A claim of a class that is not there is never allocated. */
function noClass(facts: AttachmentFacts, world: World): Draft | undefined {
  const alias = facts.request?.alias;
  if (!isUnallocated(facts) || alias?.scheme !== 'deviceclass') return undefined;
  if (facts.network?.claims.length || world.availability('resource.k8s.io', 'DeviceClass') !== 'present')
    return undefined;
  return {
    slug: 'dra-class-missing',
    group: `dra-class-missing:${alias.value}`,
    confidence: 'likely',
    title: `There is no DeviceClass ${alias.value}, or none of a network driver`,
    message: `The claim of the pod asks for a device of the class ${alias.value}: the scheduler finds none.`,
    fix: {
      text: 'Create the DeviceClass, or correct deviceClassName.',
      commands: ['kubectl get deviceclasses'],
    },
    evidence: requestEvidence(facts),
    effect: 'failed',
  };
}

/** The scheduler says in the pod's own condition what its events may no longer say. */
const isRefused = ({ pod }: WorkloadFacts): boolean => /cannot allocate all claims/i.test(pod.unschedulable ?? '');

/** For MN813, of which the events speak while they are there. */
export function unallocated(facts: AttachmentFacts): Draft | undefined {
  const { workload, request } = facts;
  if (!isUnallocated(facts) || !isRefused(workload) || workload.failure) return undefined;
  if (workload.events.some(({ slug }) => slug === 'dra-claim-unallocated')) return undefined;
  const name = request?.requested.network ?? '';
  return {
    slug: 'dra-claim-unallocated',
    group: `dra-claim-unallocated:${originOf(facts)}`,
    confidence: 'likely',
    title: `No node has a device of ${name} free`,
    message: (workload.pod.unschedulable ?? '').slice(0, 300),
    fix: {
      text: 'Compare the request with the devices that slices list, their selectors, taints and who holds them.',
      commands: [
        'kubectl get resourceslices -o wide',
        sh`kubectl -n ${workload.workload.namespace} get resourceclaims`,
      ],
    },
    evidence: [{ ref: workload.pod.ref, path: '/status/conditions' }, ...requestEvidence(facts)],
    follows: ['MN888', 'MN882', 'MN881', 'MN884'],
  };
}

/** MN880-MN884, MN888: devices of DRA as slices, taints and claims tell of them. */
export const draDeviceRules: readonly Rule[] = [
  {
    code: 'MN880',
    scope: 'attachment',
    needs: 'device',
    title: 'A network device that is in use is tainted',
    severity: 'warning',
    slugs: ['dra-device-tainted'],
    why: 'A driver taints a device in its slice when it finds it unwell, and an admin by a DeviceTaintRule to take it out of use. NoExecute evicts the pods that use it, NoSchedule keeps others from getting it.',
    fix: 'See who tainted the device and why.',
    check: tainted,
  },
  {
    ...incompleteTexts,
    scope: 'attachment',
    slugs: ['dra-pool-incomplete'],
    needs: 'open',
    check: incompleteOnAttachment,
  },
  { ...incompleteTexts, scope: 'network', slugs: [], check: incompleteOnNetwork },
  {
    code: 'MN882',
    scope: 'attachment',
    title: 'Every device of the driver is tainted',
    severity: 'warning',
    slugs: ['dra-all-tainted'],
    needs: 'open',
    why: 'The scheduler gives no device that bears a taint to a claim that does not tolerate it. When all of them are tainted the pod waits.',
    fix: 'Take the taint away when the devices are well, or tolerate it in the claim.',
    check: allTainted,
  },
  {
    code: 'MN883',
    scope: 'attachment',
    needs: 'device',
    title: 'Several pods hold one claim of a network device',
    severity: 'warning',
    slugs: ['dra-claim-shared'],
    why: 'A claim may be shared by pods, which is meant for devices that can be. A network interface is moved into one pod; drivers of networks want one pod per claim.',
    fix: 'Use a ResourceClaimTemplate, which makes a claim for each pod.',
    check: shared,
  },
  {
    code: 'MN884',
    scope: 'attachment',
    title: 'No device leads to the pod network that the claim selects',
    severity: 'warning',
    slugs: ['dra-podnetwork-absent'],
    needs: 'open',
    why: 'A claim chooses a pod network by an attribute of devices. The scheduler finds a device only where a driver has published one for the network.',
    fix: 'Correct the name in the selector, or make the network.',
    check: nowhere,
  },
  {
    code: 'MN888',
    scope: 'attachment',
    title: 'The device class that a claim asks for does not exist',
    severity: 'error',
    slugs: ['dra-class-missing'],
    explains: ['dra-claim-unallocated'],
    needs: 'open',
    why: 'A claim asks for a device by its class. Without the class the scheduler finds no device on any node, and the pod waits.',
    fix: 'Create the DeviceClass, or correct deviceClassName.',
    check: noClass,
  },
];
