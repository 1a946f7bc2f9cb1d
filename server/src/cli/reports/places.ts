import type { CheckReport } from '@busbar/shared/inspect/check-report';
import type { Finding } from '@busbar/shared/model/topology';

/** `lab/upf-0 net1 on lab/media-net (worker-1)` by attachment id. */
export function placesOf(report: CheckReport): ReadonlyMap<string, string> {
  return new Map(
    report.attachments.map(({ id, pod, interface: name, network, slot, node }) => {
      const where = [pod, name ?? `slot ${slot}`, network ? `on ${network}` : '', node ? `(${node})` : ''];
      return [id, where.filter((part) => part !== '').join(' ')];
    }),
  );
}

/** Where a finding is: its attachments, or where it has none its other subjects. */
export function subjectPlaces(finding: Finding, places: ReadonlyMap<string, string>): string[] {
  const attachments = finding.subjects.filter(({ type }) => type === 'attachment');
  // An attachment says which workload and network; only without one are those worth a line.
  const subjects = attachments.length > 0 ? attachments : finding.subjects;
  const lines = subjects.map((subject) => {
    if (subject.type !== 'object') return places.get(subject.id) ?? subject.id;
    const { kind, namespace, name } = subject.ref;
    return `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
  });
  return [...new Set(lines)];
}
