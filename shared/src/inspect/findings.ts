import type { Engine } from '../engine/engine-api.ts';
import type { SourceState } from '../kube/object.ts';
import type { Finding, Severity } from '../model/topology.ts';
import type { FindingsDoc } from './documents.ts';
import { byText, workloadsOf } from './parts.ts';

/** All findings with how many workloads each touches, and what was and was not checked. */
export function buildFindingsDoc(engine: Engine, rules: number): FindingsDoc {
  const { workloads, attachments } = engine.counts();
  return {
    revision: engine.revision,
    findings: engine.findings().map((finding) => withReach(engine, finding)),
    checked: { rules, attachments, workloads },
    unread: unreadOf(engine),
  };
}

function withReach(engine: Engine, finding: Finding): FindingsDoc['findings'][number] {
  const ids = workloadsOf(finding);
  const namespaces = new Set<string>();
  for (const id of ids) {
    const workload = engine.workload(id);
    if (workload) namespaces.add(workload.namespace);
  }
  return { ...finding, workloads: ids.size, namespaces: [...namespaces].sort(byText) };
}

/** Kinds that could not be read though they may be there. An absent kind has nothing to read. */
export const unreadOf = (engine: Engine): SourceState[] =>
  engine.sources().filter(({ availability }) => availability !== 'present' && availability !== 'absent');

export function countBySeverity(findings: readonly Finding[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
}

/** Workloads with at least one error finding. */
export function brokenWorkloads(findings: readonly Finding[]): Set<string> {
  const broken = new Set<string>();
  for (const finding of findings) {
    if (finding.severity === 'error') for (const id of workloadsOf(finding)) broken.add(id);
  }
  return broken;
}
