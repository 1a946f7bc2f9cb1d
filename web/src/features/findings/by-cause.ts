import type { ClusterDoc, FindingsDoc } from '@busbar/shared/inspect/documents';
import { plural } from '../../ui/format.ts';

type Found = FindingsDoc['findings'][number];
/** A root cause and what merely follows from it. */
export type Cause = { finding: Found; follows: Found[]; where: string };

const DEEPEST = 32;

const whereOf = (finding: Found): string => {
  const [only] = finding.subjects;
  const named = finding.subjects.find((subject) => subject.type === 'workload' || subject.type === 'network');
  if (finding.workloads === 1 && named && named.type !== 'object') return named.id.replace(/^\w+:/, '');
  if (finding.namespaces.length > 0) {
    const [first, ...others] = finding.namespaces;
    return others.length < 2 ? finding.namespaces.join(', ') : `${first} and ${others.length} more`;
  }
  if (!only) return finding.code;
  return only.type === 'object' ? `${only.ref.kind} ${only.ref.name}` : only.id.replace(/^\w+:/, '');
};

/** Keeps the order of the document; a finding that follows from one that is not there stands for itself. */
export const byCause = (findings: readonly Found[]): Cause[] => {
  const known = new Map(findings.map((finding) => [finding.id, finding]));
  const rootOf = (finding: Found): Found => {
    const path = new Set([finding]);
    let root = finding;
    while (path.size < DEEPEST) {
      const next = root.follows === undefined ? undefined : known.get(root.follows);
      if (!next) return root;
      // A circle has no root: each of its findings stands for itself, rather than none being shown.
      if (path.has(next)) return finding;
      path.add(next);
      root = next;
    }
    return finding;
  };
  const causes = new Map<string, Cause>();
  for (const finding of findings)
    if (rootOf(finding) === finding) causes.set(finding.id, { finding, follows: [], where: whereOf(finding) });
  for (const finding of findings) {
    const root = rootOf(finding);
    if (root !== finding) causes.get(root.id)?.follows.push(finding);
  }
  return [...causes.values()];
};

export const whatWasChecked = (findings: FindingsDoc, cluster: ClusterDoc | null): string[] => {
  const { rules, attachments, workloads } = findings.checked;
  const lines = [
    `${plural(rules, 'rule')} checked on ${plural(attachments, 'attachment')} of ${plural(workloads, 'pod')}.`,
  ];
  if (findings.unread.length > 0)
    lines.push(
      `Not checked, because it could not be read: ${findings.unread.map((source) => source.kind).join(', ')}.`,
    );
  else if (cluster) lines.push(`Everything in ${plural(cluster.namespaces.length, 'namespace')} could be read.`);
  return lines;
};
