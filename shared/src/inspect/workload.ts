import type { Engine } from '../engine/engine-api.ts';
import type { Attachment } from '../model/topology.ts';
import { buildAttachmentDoc } from './attachment.ts';
import type { WorkloadDoc, WorkloadSummary } from './documents.ts';
import { byName, findingsOfWorkloadAlone, membersOf, toWorkloadSummary } from './parts.ts';

const MAX_NEIGHBOURS = 20;

/** What the inspector shows of a pod or VM; null when there is none of that id. */
export function buildWorkloadDoc(engine: Engine, id: string): WorkloadDoc | null {
  const workload = engine.workload(id);
  if (!workload) return null;
  const attachments = engine.attachmentsOf(id);
  return {
    revision: engine.revision,
    workload,
    attachments: attachments.map((attachment) => buildAttachmentDoc(engine, attachment)),
    findings: findingsOfWorkloadAlone(engine, id),
    events: engine.eventsOf(id),
    behind: behindOf(engine, id),
    neighbours: neighboursOf(engine, id, attachments),
  };
}

function behindOf(engine: Engine, id: string): WorkloadSummary[] {
  const others: string[] = [];
  for (const { kind, from, to } of engine.edges()) {
    if (kind !== 'backs') continue;
    if (from === id) others.push(to);
    if (to === id) others.push(from);
  }
  return buildWorkloadList(engine, others, MAX_NEIGHBOURS).workloads;
}

function neighboursOf(engine: Engine, id: string, attachments: readonly Attachment[]): WorkloadDoc['neighbours'] {
  const networks = new Set(attachments.flatMap(({ network }) => (network === null ? [] : [network])));
  return [...networks].flatMap((networkId) => {
    const network = engine.network(networkId);
    if (!network || network.role === 'cluster-default') return [];
    const members = membersOf(engine, networkId).filter((member) => member.workload !== id);
    return [
      { network: networkId, name: network.name, members: members.slice(0, MAX_NEIGHBOURS), total: members.length },
    ];
  });
}

export type WorkloadListDoc = { revision: number; workloads: WorkloadSummary[]; total: number };

/** Summaries of the given workloads by namespace and name, at most `limit`. */
export function buildWorkloadList(engine: Engine, ids: Iterable<string>, limit: number): WorkloadListDoc {
  const workloads = [];
  for (const id of ids) {
    const workload = engine.workload(id);
    if (workload) workloads.push(workload);
  }
  workloads.sort(byName);
  return {
    revision: engine.revision,
    workloads: workloads.slice(0, limit).map((workload) => toWorkloadSummary(engine, workload)),
    total: workloads.length,
  };
}
