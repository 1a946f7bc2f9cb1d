import type { AddedInterface } from '../messages/added-interface.ts';
import { aliasKey } from '../model/ids.ts';
import type { EventClaim, WorkloadClaim } from '../providers/provider.ts';
import type { AttachmentFacts, Failure } from '../rules/rule.ts';

/** Events that say that a sandbox could not be built, or that the pod was refused before. */
const failureReasons = new Set([
  'FailedCreatePodSandBox',
  'FailedCreatePodSandbox',
  'NoNetworkFound',
  'NetworkNotReady',
  'UnexpectedAdmissionError',
  'FailedPrepareDynamicResources',
  'FailedScheduling',
  'FailedAddingInterface',
  'ErrorReconcilingPod',
  'ErrorAllocatingPod',
]);

/**
 * The newest failure of a pod whose sandbox does not stand; history once it does. Of events at one moment a sandbox failure outranks
 * Multus' own NoNetworkFound, which is also posted where a fallback works. Teardown noise is never the cause.
 */
export function findFailure(
  pod: WorkloadClaim,
  events: readonly EventClaim[],
  attachments: readonly AttachmentFacts[],
  defaultNames: ReadonlySet<string>,
): Failure | null {
  if (pod.sandbox || pod.finished || pod.terminating || pod.workload.hostNetwork) return null;
  const failures = events.filter(
    (event) =>
      event.verdict &&
      event.verdict.phase !== 'teardown' &&
      failureReasons.has(event.record.reason) &&
      !(event.record.reason === 'FailedScheduling' && pod.workload.node),
  );
  const newest = failures.reduce((last, event) => Math.max(last, event.record.last), 0);
  // Times in events have whole seconds, and one attempt writes several: within two seconds, what kind of event it is decides.
  const best = failures.filter((event) => event.record.last >= newest - 2000).sort(byWeight)[0];
  if (!best?.verdict) return null;
  const slot = slotOf(best, attachments, defaultNames, addedBefore(best, events));
  if (
    isMended(
      best,
      attachments.find((item) => item.attachment.slot === slot),
    )
  )
    return null;
  const { record, verdict } = explanationOf(best, events);
  return { event: record, verdict: verdict ?? best.verdict, slot };
}

/** The plugin waited in vain for a control plane: what that wrote meanwhile says why. */
const vainWaits = new Set(['ovnk-annotation-timeout', 'kube-ovn-failed', 'kube-ovn-provider-mismatch']);
const controlPlaneReasons = new Set([
  'ErrorAllocatingPod',
  'ErrorAddingResource',
  'ErrorUpdatingResource',
  'ErrorReconcilingPod',
  'AcquireAddressFailed',
  'AcquireStaticAddressFailed',
]);
/** A control plane tries again at growing intervals, up to minutes. */
const explanationAge = 300_000;

function explanationOf(waited: EventClaim, events: readonly EventClaim[]): EventClaim {
  if (!waited.verdict || !vainWaits.has(waited.verdict.slug)) return waited;
  const why = events.filter(
    ({ record, verdict }) =>
      controlPlaneReasons.has(record.reason) &&
      record.last >= waited.record.last - explanationAge &&
      verdict !== undefined &&
      verdict.slug !== 'unknown',
  );
  return why.sort(byWeight)[0] ?? waited;
}

/**
 * What Multus reports as added in the attempt that failed: everything since it last added the default network, which comes first.
 * Empty where that cannot be told.
 */
function addedBefore(failed: EventClaim, events: readonly EventClaim[]): AddedInterface[] {
  const before = events.filter((event) => event.added && event.record.last <= failed.record.last);
  const isDefault = ({ added }: EventClaim) => added?.interface === 'eth0' && !added.network.includes('/');
  const start = before.reduce((last, event) => (isDefault(event) ? Math.max(last, event.record.last) : last), 0);
  return start === 0 ? [] : before.flatMap(({ added, record }) => (added && record.last >= start ? [added] : []));
}

const wasAdded = ({ element, request }: AttachmentFacts, added: readonly AddedInterface[]): boolean =>
  added.some(
    (one) =>
      element !== null &&
      one.network === `${element.namespace}/${element.name}` &&
      (!request?.interface || request.interface === one.interface),
  );

/** A sandbox failure first, then what is known, then the newer. */
function byWeight(a: EventClaim, b: EventClaim): number {
  const sandbox = (event: EventClaim) => Number(event.record.reason.startsWith('FailedCreatePodSand'));
  const known = (event: EventClaim) => Number(event.verdict !== undefined && event.verdict.slug !== 'unknown');
  return (
    sandbox(b) - sandbox(a) ||
    known(b) - known(a) ||
    b.record.last - a.record.last ||
    (a.record.ref.name < b.record.ref.name ? -1 : 1)
  );
}

/** The NAD that was missing has been created since: the next attempt will find it. */
const isMended = (event: EventClaim, target: AttachmentFacts | undefined): boolean =>
  event.verdict?.slug === 'nad-not-found' &&
  (target?.network?.claims.some(
    ({ ref, createdAt }) => ref.kind === 'NetworkAttachmentDefinition' && createdAt > event.record.last,
  ) ??
    false);

/** What the kubelet writes once a sandbox stands. */
const afterSandbox = new Set(['Pulling', 'Pulled', 'Created', 'Started', 'Failed', 'BackOff', 'Unhealthy', 'Killing']);

/**
 * Whether the sandbox of a pod stands. An address may be left over from before a node restart: when no container runs, a failed
 * attempt that is newer than anything the kubelet did inside a sandbox says that it is gone.
 */
export function sandboxStands(pod: WorkloadClaim, events: readonly EventClaim[]): boolean {
  if (!pod.sandbox || !pod.idle) return pod.sandbox;
  const newest = (wanted: (event: EventClaim) => boolean) =>
    events.reduce((last, event) => (wanted(event) ? Math.max(last, event.record.last) : last), 0);
  const failed = newest((event) => event.record.reason.startsWith('FailedCreatePodSand'));
  return failed === 0 || failed <= newest((event) => afterSandbox.has(event.record.reason));
}

/**
 * Which attachment a message speaks of: the NAD it names, else the CNI config name in the bracket (looked up in the configs of the
 * pod's NADs, as it need not be the NAD's), else an interface it names, else the only one there is.
 */
function slotOf(
  event: EventClaim,
  attachments: readonly AttachmentFacts[],
  defaultNames: ReadonlySet<string>,
  added: readonly AddedInterface[],
): number | null {
  const verdict = event.verdict;
  if (!verdict) return null;
  const asked = attachments.filter((item) => item.request && item.request.index !== 'default' && !item.request.inert);
  const nad = verdict.nad;
  if (nad) {
    const named = asked.filter(
      (item) => item.element?.name === nad.name && (!nad.namespace || item.element.namespace === nad.namespace),
    );
    const hit =
      named[0] ??
      attachments.find((item) => item.request?.alias && aliasKey(item.request.alias).endsWith(`/${nad.name}`));
    if (hit) return hit.attachment.slot;
  }
  // Multus' own network is the frame around all the others, not one of them.
  const config = verdict.configName?.startsWith('multus') ? undefined : verdict.configName;
  if (config) {
    const named = asked.filter((item) => configNames(item).includes(config));
    const byInterface = named.filter(
      (item) => item.request?.interface && item.request.interface === verdict.captures['interface'],
    );
    // The same config twice: delegates run in order, so it is the first one that was not added, but a name that is taken was taken
    // by an earlier one.
    const next = named.find((item) => !wasAdded(item, added)) ?? named[0];
    const hit = verdict.slug === 'ifname-exists' ? (byInterface.at(-1) ?? named.at(-1)) : (byInterface[0] ?? next);
    if (hit) return hit.attachment.slot;
    if (defaultNames.has(config))
      return attachments.find((item) => item.request?.index === 'default')?.attachment.slot ?? null;
    if (asked.length === 1 && verdict.domain === 'secondary') return asked[0]?.attachment.slot ?? null;
    return null;
  }
  if (verdict.domain === 'default')
    return attachments.find((item) => item.request?.index === 'default')?.attachment.slot ?? null;
  if (verdict.domain === 'node' || verdict.domain === 'not-network') return null;
  const device = verdict.captures['interface'];
  const byInterface = device ? asked.filter((item) => item.request?.interface === device) : [];
  if (byInterface.length === 1) return byInterface[0]?.attachment.slot ?? null;
  if (asked.length === 1) return asked[0]?.attachment.slot ?? null;
  // A message that was cut before it names the network: Multus works through the list in order, and says what it has done.
  if (added.length === 0 || verdict.slug !== 'unknown') return null;
  return asked.find((item) => !wasAdded(item, added))?.attachment.slot ?? null;
}

/** Names under which messages speak of an attachment: the config's own, else the NAD's. */
const configNames = (item: AttachmentFacts): string[] => [
  ...(item.network?.claims.flatMap((claim) => claim.config?.read.name ?? []) ?? []),
  ...(item.element ? [item.element.name] : []),
];
