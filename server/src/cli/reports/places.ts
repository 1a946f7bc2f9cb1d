import type { CheckReport } from '@busbar/shared/inspect/check-report';
import type { Finding } from '@busbar/shared/model/topology';

/** `lab/upf-0 net1 on lab/media-net (worker-1)` by the ids of the attachments that findings are about. */
export function placesOf(report: CheckReport): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const { subjects } of report.findings)
    for (const subject of subjects) if (subject.type === 'attachment') places.set(subject.id, subject.id);
  for (const { id, pod, interface: name, network, slot, node } of report.attachments) {
    if (!places.has(id)) continue;
    const where = [pod, name ?? `slot ${slot}`, network ? `on ${network}` : '', node ? `(${node})` : ''];
    places.set(id, where.filter((part) => part !== '').join(' '));
  }
  return places;
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
