import type { CheckReport } from '@busbar/shared/inspect/check-report';
import type { Finding } from '@busbar/shared/model/topology';
import { harmless, oneLine, plural } from '../text.ts';
import { placesOf, subjectPlaces } from './places.ts';
import type { ReportFormat } from './report.ts';

const MAX_PLACES = 20;

/** Markdown for a ticket or a merge request: a table of root causes, then each with its places and its fix. */
export const markdown: ReportFormat = { id: 'markdown', title: 'Markdown, for a ticket', write: toMarkdown };

function toMarkdown(report: CheckReport): string {
  const { summary, findings } = report;
  const places = placesOf(report);
  const counts = `${plural(summary.errors, 'error')}, ${plural(summary.warnings, 'warning')}, ${plural(summary.infos, 'note')}`;
  const parts = [
    `# Busbar: ${inline(summary.source)}`,
    `${plural(summary.workloads, 'pod')}, ${plural(summary.attachments, 'attachment')}, ${plural(summary.networks, 'network')}: ${counts}. Taken at ${summary.takenAt}.`,
  ];
  if (findings.length > 0) {
    const rows = findings.map(
      ({ code, severity, title, subjects }) => `| ${code} | ${severity} | ${inline(title)} | ${subjects.length} |`,
    );
    parts.push(['| code | severity | what | subjects |', '| --- | --- | --- | ---: |', ...rows].join('\n'));
  }
  parts.push(...findings.map((finding) => section(finding, places)));
  if (summary.unread.length > 0) {
    const names = summary.unread.map(
      ({ resource, group, availability }) => `${group ? `${resource}.${group}` : resource} (${availability})`,
    );
    parts.push(`Not checked: ${names.map(inline).join(', ')}.`);
  }
  return `${parts.join('\n\n')}\n`;
}

function section(finding: Finding, places: ReadonlyMap<string, string>): string {
  const at = subjectPlaces(finding, places);
  const more = at.length > MAX_PLACES ? [`- and ${at.length - MAX_PLACES} more`] : [];
  const parts = [
    `## ${finding.code}: ${inline(finding.title)}`,
    inline(finding.message),
    [...at.slice(0, MAX_PLACES).map((place) => `- ${inline(place)}`), ...more].join('\n'),
    finding.fix.text ? `**Fix:** ${inline(finding.fix.text)}` : '',
  ];
  const commands = finding.fix.commands ?? [];
  if (commands.length > 0) parts.push(fenced(commands.map(oneLine).join('\n'), 'sh'));
  if (finding.fix.patch) parts.push(fenced(harmless(finding.fix.patch), 'yaml'));
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Names and messages are text: no link, image, tag or table cell comes out of them. */
const inline = (text: string): string => oneLine(text).replace(/[\\`*_[\]<>|#!~]/g, '\\$&');

/** A fence longer than any run of backticks inside. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
