import type { CheckReport } from '@busbar/shared/inspect/check-report';
import type { Finding, Severity } from '@busbar/shared/model/topology';
import { placesOf, subjectPlaces } from './reports/places.ts';
import { harmless, oneLine, type Paint, paintWith, plural, wrap } from './text.ts';

const MAX_PLACES = 5;
const MARKS: Record<Severity, string> = { error: '✗', warning: '!', info: 'i' };

/** The report for a person: what is broken by root cause, worst first, then what merely follows, then what was not checked. */
export function checkText(report: CheckReport, options: { colour: boolean; width: number }): string {
  const paint = paintWith(options.colour);
  const width = Math.min(110, Math.max(60, options.width));
  const roots = report.findings.filter(({ follows }) => follows === undefined);
  const byRoot = Map.groupBy(
    report.findings.filter(({ follows }) => follows !== undefined),
    ({ follows }) => follows ?? '',
  );
  const places = placesOf(report);
  const blocks = roots.map((finding) => block(finding, byRoot.get(finding.id) ?? [], { places, paint, width }));
  const orphans = [...byRoot].flatMap(([root, findings]) => (roots.some(({ id }) => id === root) ? [] : findings));
  blocks.push(...orphans.map((finding) => block(finding, [], { places, paint, width })));
  return `${[header(report, paint), ...blocks, footer(report, paint, width)].filter((text) => text !== '').join('\n\n')}\n`;
}

function header({ summary }: CheckReport, paint: Paint): string {
  const { source, workloads, networks, attachments } = summary;
  const what = [plural(workloads, 'pod'), plural(attachments, 'attachment'), plural(networks, 'network')].join(', ');
  const verdict = [
    summary.errors > 0 ? paint.red(`${MARKS.error} ${plural(summary.errors, 'error')}`) : '',
    summary.warnings > 0 ? paint.yellow(`${MARKS.warning} ${plural(summary.warnings, 'warning')}`) : '',
    summary.infos > 0 ? paint.blue(`${MARKS.info} ${plural(summary.infos, 'note')}`) : '',
    summary.brokenWorkloads > 0 ? `${plural(summary.brokenWorkloads, 'pod')} broken` : '',
  ].filter((text) => text !== '');
  const clean = paint.green('✓ nothing found');
  return `${paint.bold(oneLine(source))}: ${what}\n${verdict.length > 0 ? verdict.join('   ') : clean}`;
}

type Style = { places: ReadonlyMap<string, string>; paint: Paint; width: number };

function block(finding: Finding, followers: readonly Finding[], { places, paint, width }: Style): string {
  const colour = { error: paint.red, warning: paint.yellow, info: paint.blue }[finding.severity];
  const sure = finding.confidence === 'certain' ? '' : paint.dim(` (${finding.confidence})`);
  const lines = [
    `${colour(`${MARKS[finding.severity]} ${finding.code}`)} ${paint.bold(oneLine(finding.title))}${sure}`,
    wrap(finding.message, width, '    '),
  ];
  const at = subjectPlaces(finding, places).map(oneLine);
  lines.push(...at.slice(0, MAX_PLACES).map((line) => paint.dim(`    at ${line}`)));
  if (at.length > MAX_PLACES) lines.push(paint.dim(`    and ${plural(at.length - MAX_PLACES, 'more', 'more')}`));
  if (finding.fix.text !== '') lines.push(wrap(`fix: ${finding.fix.text}`, width, '    '));
  for (const command of finding.fix.commands ?? []) lines.push(`      $ ${oneLine(command)}`);
  for (const line of finding.fix.patch?.split('\n') ?? []) lines.push(`      ${harmless(line)}`);
  for (const { code, title } of followers) lines.push(paint.dim(`    follows from it: ${code} ${oneLine(title)}`));
  return lines.join('\n');
}

function footer(report: CheckReport, paint: Paint, width: number): string {
  const { summary } = report;
  const lines: string[] = [];
  const unread = Map.groupBy(
    summary.unread,
    ({ availability, detail }) => `${availability}${detail ? `: ${detail}` : ''}`,
  );
  for (const [why, sources] of unread) {
    const names = sources.map(({ resource, group }) => (group ? `${resource}.${group}` : resource)).join(', ');
    lines.push(paint.yellow(wrap(`not checked: ${names} (${why})`, width)));
  }
  const rules = plural(summary.rules, 'rule');
  lines.push(
    paint.dim(`${rules} on ${plural(summary.attachments, 'attachment')}; busbar explain CODE says more about one.`),
  );
  return lines.join('\n');
}
