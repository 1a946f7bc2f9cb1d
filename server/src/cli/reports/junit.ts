import type { CheckReport } from '@busbar/shared/inspect/check-report';
import type { Finding } from '@busbar/shared/model/topology';
import type { ReportFormat } from './report.ts';

/** JUnit XML: an attachment is a test, its namespace the suite. What concerns no attachment is a suite of its own. */
export const junit: ReportFormat = { id: 'junit', title: 'JUnit XML, for CI', attachments: 'all', write: toJunit };

type Case = { name: string; suite: string; failures: Finding[]; notes: Finding[] };

function toJunit(report: CheckReport): string {
  const cases = [...casesOf(report)];
  const suites = Map.groupBy(cases, ({ suite }) => suite);
  const failed = cases.filter(({ failures }) => failures.length > 0).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="busbar" tests="${cases.length}" failures="${failed}">`,
    ...[...suites].flatMap(([suite, members]) => [
      `  <testsuite name="${escapeXml(suite)}" tests="${members.length}" failures="${members.filter(({ failures }) => failures.length > 0).length}" timestamp="${escapeXml(report.summary.takenAt)}">`,
      ...members.flatMap(caseLines),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function* casesOf(report: CheckReport): Generator<Case> {
  const byAttachment = new Map<string, Finding[]>();
  const elsewhere: Finding[] = [];
  for (const finding of report.findings) {
    const ids = finding.subjects.flatMap((subject) => (subject.type === 'attachment' ? [subject.id] : []));
    if (ids.length === 0) elsewhere.push(finding);
    for (const id of ids) byAttachment.set(id, [...(byAttachment.get(id) ?? []), finding]);
  }
  for (const { id, pod, slot, network } of report.attachments) {
    const [namespace = ''] = pod.split('/');
    yield {
      suite: namespace,
      name: `${pod} slot ${slot}${network ? ` ${network}` : ''}`,
      ...sort(byAttachment.get(id) ?? []),
    };
  }
  for (const finding of elsewhere)
    yield { suite: 'cluster', name: `${finding.code} ${finding.title}`, ...sort([finding]) };
}

const sort = (findings: readonly Finding[]): Pick<Case, 'failures' | 'notes'> => ({
  failures: findings.filter(({ severity }) => severity === 'error'),
  notes: findings.filter(({ severity }) => severity !== 'error'),
});

function caseLines({ name, suite, failures, notes }: Case): string[] {
  const open = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}"`;
  if (failures.length + notes.length === 0) return [`${open}/>`];
  return [
    `${open}>`,
    ...failures.map(
      ({ code, title, message, fix }) =>
        `      <failure type="${code}" message="${escapeXml(title)}">${escapeXml(`${message}\n${fix.text}`)}</failure>`,
    ),
    ...notes.map(
      ({ code, title, message }) => `      <system-out>${escapeXml(`${code} ${title}\n${message}`)}</system-out>`,
    ),
    '    </testcase>',
  ];
}

/** XML 1.0 has no way to write most control characters and lone surrogates: they become U+FFFD. */
export const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
