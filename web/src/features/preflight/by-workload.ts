import type { PreflightDoc } from '@busbar/shared/inspect/preflight';
import type { Finding } from '@busbar/shared/model/topology';

export type Planned = PreflightDoc['workloads'][number];
export type Judged = {
  workload: Planned;
  findings: Finding[];
  /** Findings that stand in full under a workload before this one. */
  again: Finding[];
};

/** One cause may stop pods that run as well; of the evidence, that of the pod at hand is looked for here. */
function ownFirst(finding: Finding, { namespace, name }: Planned): Finding {
  const isOwn = ({ ref }: Finding['evidence'][number]) => ref.namespace === namespace && ref.name === name;
  return {
    ...finding,
    evidence: finding.evidence.toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a))),
  };
}

const RANK: Record<Planned['verdict'], number> = { fails: 0, unsure: 1, attaches: 2 };

/** Workloads, the failing first, each with the findings about it or its attachments; `rest` is about none of them. */
export function byWorkload(doc: PreflightDoc): { judged: Judged[]; rest: Finding[] } {
  const owner = new Map<string, string>();
  for (const { id, attachments } of doc.workloads) {
    owner.set(id, id);
    for (const attachment of attachments) owner.set(attachment.id, id);
  }
  const concerning = new Map<string, Set<Finding>>();
  const rest: Finding[] = [];
  for (const finding of doc.findings) {
    const owners = finding.subjects.flatMap((subject) =>
      subject.type === 'object' ? [] : (owner.get(subject.id) ?? []),
    );
    if (owners.length === 0) rest.push(finding);
    for (const id of owners) concerning.set(id, (concerning.get(id) ?? new Set()).add(finding));
  }
  const shown = new Set<string>();
  const judged = doc.workloads
    .toSorted((a, b) => RANK[a.verdict] - RANK[b.verdict])
    .map((workload) => {
      const all = [...(concerning.get(workload.id) ?? [])];
      const findings = all.filter(({ id }) => !shown.has(id)).map((finding) => ownFirst(finding, workload));
      const again = all.filter(({ id }) => shown.has(id));
      for (const { id } of findings) shown.add(id);
      return { workload, findings, again };
    });
  return { judged, rest };
}

/** The whole in one sentence, which is also what a screen reader says when the answer arrives. */
export function summaryOf(doc: PreflightDoc): string {
  const counts = { fails: 0, unsure: 0, attaches: 0 };
  for (const { verdict } of doc.workloads) counts[verdict] += 1;
  const total = doc.workloads.length;
  if (total === 0) return doc.objects === 0 ? 'Nothing in this could be judged.' : 'No pod comes of these manifests.';
  if (total === 1) {
    if (counts.fails) return 'It would fail.';
    return counts.unsure ? 'It may attach; see the warning.' : 'It would attach.';
  }
  const parts = [
    counts.fails && `${counts.fails} would fail`,
    counts.unsure && `${counts.unsure} unsure`,
    counts.attaches && `${counts.attaches} would attach`,
  ].filter(Boolean);
  return `Of ${total} workloads ${parts.join(', ')}.`;
}
