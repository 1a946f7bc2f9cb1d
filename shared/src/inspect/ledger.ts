import type { Engine } from '../engine/engine-api.ts';
import { interfaceName, railOf } from '../graph/member.ts';
import type { Address, Attachment, AttachmentState, Finding, Workload } from '../model/topology.ts';
import { type LedgerOrder, networkName } from './ledger-order.ts';
import { findingsConcerning } from './parts.ts';

/** One attachment as a line of the ledger. */
export type LedgerRow = {
  id: string;
  workload: string;
  namespace: string;
  name: string;
  node?: string;
  /** Id of the network, or of the rail of what was asked for and does not exist; null: nothing was asked for. */
  network: string | null;
  networkName: string;
  interface: string;
  addresses: Address[];
  mac?: string;
  state: AttachmentState;
  reason?: string;
  /** What explains it best, the root cause where there is one. */
  finding?: Pick<Finding, 'id' | 'code' | 'severity' | 'title'>;
};

/** A part of the ledger of a view; `total` counts all its lines. */
export type LedgerDoc = { revision: number; total: number; offset: number; rows: LedgerRow[] };

export type LedgerPage = { offset: number; limit: number; desc: boolean };

/** Lines `offset` to `offset + limit` of an order, as the engine knows them now. Fewer where some are gone since it was made. */
export function buildLedgerDoc(engine: Engine, order: LedgerOrder, { offset, limit, desc }: LedgerPage): LedgerDoc {
  const rows = order
    .slice(offset, limit, desc)
    .flatMap(({ workload, slot }) => buildLedgerRow(engine, workload, slot) ?? []);
  return { revision: engine.revision, total: order.length, offset, rows };
}

export function buildLedgerRow(engine: Engine, id: string, slot: number): LedgerRow | undefined {
  const workload = engine.workload(id);
  const attachment = engine.attachmentsOf(id).find((item) => item.slot === slot);
  return workload && attachment ? toRow(engine, workload, attachment) : undefined;
}

function toRow(engine: Engine, workload: Workload, attachment: Attachment): LedgerRow {
  const { interface: plugged, reason } = attachment;
  const row: LedgerRow = {
    id: attachment.id,
    workload: workload.id,
    namespace: workload.namespace,
    name: workload.name,
    network: railOf(attachment),
    networkName: networkName(engine, attachment) ?? '',
    interface: interfaceName(attachment),
    addresses: plugged?.addresses ?? [],
    state: attachment.state,
  };
  const finding = explanationOf(engine, attachment);
  if (workload.node !== undefined) row.node = workload.node;
  if (plugged?.mac !== undefined) row.mac = plugged.mac;
  if (reason !== undefined) row.reason = reason;
  if (finding) row.finding = finding;
  return row;
}

/** What is wrong with the pod as a whole explains only an attachment that is not as it should be. */
function explanationOf(engine: Engine, attachment: Attachment): LedgerRow['finding'] {
  const fine = attachment.state === 'attached' || attachment.state === 'ended';
  const [first] = fine ? engine.findingsOf(attachment.id) : findingsConcerning(engine, attachment);
  return first && { id: first.id, code: first.code, severity: first.severity, title: first.title };
}
