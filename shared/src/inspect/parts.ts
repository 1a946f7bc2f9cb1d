import type { Engine, Plug } from '../engine/engine-api.ts';
import { attachmentId, slotOfAttachment, workloadOfAttachment } from '../model/ids.ts';
import {
  type Attachment,
  type AttachmentState,
  attachmentStates,
  type Finding,
  type Network,
  type Workload,
} from '../model/topology.ts';
import type { Member, NetworkSummary, WorkloadSummary } from './documents.ts';

const rankOf = new Map(attachmentStates.map((state, rank) => [state, rank]));

/** The state an eye should be drawn to first; 'unknown' when there is none. */
export function worstOf(states: Iterable<AttachmentState>): AttachmentState {
  let worst: AttachmentState | undefined;
  for (const state of states) {
    if (worst === undefined || (rankOf.get(state) ?? 0) < (rankOf.get(worst) ?? 0)) worst = state;
  }
  return worst ?? 'unknown';
}

/** Code unit order: the same in every locale, unlike localeCompare. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type Named = { namespace?: string; name: string };
export const byName = (a: Named, b: Named): number =>
  byText(a.namespace ?? '', b.namespace ?? '') || byText(a.name, b.name);

export function toNetworkSummary(network: Network): NetworkSummary {
  const { id, name, provider, technology, role, subnets } = network;
  const summary: NetworkSummary = { id, name, provider, technology, role, subnets };
  if (network.namespace !== undefined) summary.namespace = network.namespace;
  if (network.vlan !== undefined) summary.vlan = network.vlan;
  if (network.mtu !== undefined) summary.mtu = network.mtu;
  return summary;
}

export function toWorkloadSummary(engine: Engine, workload: Workload): WorkloadSummary {
  const { id, kind, namespace, name, phase, ready } = workload;
  const worst = worstOf(engine.plugsOf(id).map((plug) => plug.state));
  const summary: WorkloadSummary = { id, kind, namespace, name, phase, ready, worst };
  if (workload.node !== undefined) summary.node = workload.node;
  return summary;
}

export function toMember(engine: Engine, id: string, plug: Plug): Member | undefined {
  const workload = engine.workload(id);
  if (!workload) return undefined;
  const { interface: plugged, requested } = plug;
  const member: Member = {
    attachment: attachmentId(id, plug.slot),
    workload: workload.id,
    namespace: workload.namespace,
    name: workload.name,
    addresses: plugged?.addresses ?? [],
    state: plug.state,
  };
  const name = plugged?.name ?? requested?.interface;
  if (workload.node !== undefined) member.node = workload.node;
  if (name !== undefined) member.interface = name;
  if (plugged?.mac !== undefined) member.mac = plugged.mac;
  return member;
}

/** Members of a network, or of an alias that nothing answers, by namespace, name and slot. */
export function membersOf(engine: Engine, networkOrAlias: string): Member[] {
  const members: Member[] = [];
  for (const id of engine.membersOf(networkOrAlias)) {
    const workload = workloadOfAttachment(id);
    const plug = engine.plugsOf(workload).find(({ slot }) => slot === slotOfAttachment(id));
    const member = plug && toMember(engine, workload, plug);
    if (member) members.push(member);
  }
  return members.sort((a, b) => byName(a, b) || byText(a.attachment, b.attachment));
}

/** Workloads a finding is about, directly or through an attachment. */
export function workloadsOf(finding: Finding): Set<string> {
  const ids = new Set<string>();
  for (const subject of finding.subjects) {
    if (subject.type === 'workload') ids.add(subject.id);
    else if (subject.type === 'attachment') ids.add(workloadOfAttachment(subject.id));
  }
  return ids;
}

/** Root causes before what merely follows from them; otherwise the order is kept. */
const rootsFirst = (findings: readonly Finding[]): Finding[] => [
  ...findings.filter((finding) => finding.follows === undefined),
  ...findings.filter((finding) => finding.follows !== undefined),
];

/** Findings about a workload that belong to no single attachment of it. */
export function findingsOfWorkloadAlone(engine: Engine, workload: string): Finding[] {
  return engine
    .findingsOf(workload)
    .filter((finding) => !finding.subjects.some((subject) => isAttachmentOf(subject, workload)));
}

const isAttachmentOf = (subject: Finding['subjects'][number], workload: string): boolean =>
  subject.type === 'attachment' && workloadOfAttachment(subject.id) === workload;

const BROKEN: ReadonlySet<AttachmentState> = new Set(['failed', 'mismatch', 'missing', 'ignored']);

/**
 * Findings that concern an attachment, the root cause first: its own, then those of its workload as a whole. What is wrong with the
 * network counts only for a broken attachment that nothing else explains: a network may be broken on one node and fine on another.
 */
export function findingsConcerning(engine: Engine, attachment: Attachment): Finding[] {
  const own = rootsFirst(engine.findingsOf(attachment.id));
  const known = new Set(own.map((finding) => finding.id));
  const whole = findingsOfWorkloadAlone(engine, attachment.workload).filter((finding) => !known.has(finding.id));
  const findings = [...own, ...rootsFirst(whole)];
  if (findings.length > 0 || attachment.network === null || !BROKEN.has(attachment.state)) return findings;
  return rootsFirst(engine.findingsOf(attachment.network));
}
