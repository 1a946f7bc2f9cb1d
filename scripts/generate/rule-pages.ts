import type { RuleDoc } from '../../shared/src/inspect/documents.ts';
import type { RuleExample } from '../../shared/src/inspect/rule-example.ts';
import type { Cause } from '../../shared/src/messages/types.ts';
import { code, inline, notice, table } from './markdown.ts';

type Causes = ReadonlyMap<string, Cause>;

export function rulePage(rule: RuleDoc, causes: Causes, example?: RuleExample): string {
  const known = rule.slugs.flatMap((slug) => causes.get(slug) ?? []);
  const parts = [
    notice,
    `# ${rule.code}: ${inline(rule.title)}`,
    `${rule.family} · ${rule.severity}`,
    inline(rule.why),
    `## What to do\n\n${inline(rule.fix)}`,
  ];
  const [only] = known;
  if (only && known.length === 1 && only.cause === rule.why) {
    if (only.symptom) parts.push(`## What you may see\n\n${code(only.symptom)}`);
  } else if (known.length > 0) parts.push(`## Causes\n\n${known.map(causeText).join('\n\n')}`);
  const others = rule.slugs.filter((slug) => !causes.has(slug));
  if (others.length > 0) parts.push(`Also reported by this rule: ${others.map(code).join(', ')}.`);
  if (example) parts.push(...exampleParts(example));
  parts.push(`In the terminal: ${code(`busbar explain ${rule.code}`)}. [All rules](README.md)`);
  return `${parts.join('\n\n')}\n`;
}

function causeText({ slug, title, cause, fix, symptom }: Cause): string {
  const lines = [`### ${code(slug)}: ${inline(title)}`, '', inline(cause), '', `**Fix:** ${inline(fix)}`];
  if (symptom) lines.push('', `**You may see:** ${code(symptom)}`);
  return lines.join('\n');
}

const fence = (language: string, text: string): string => `\`\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\``;

/** The fixture's first case, and the finding as the engine makes it of these objects. */
function exampleParts({ title, objects, finding, look }: RuleExample): string[] {
  const parts: string[] = [];
  if (look.length > 0) {
    const rows = look.map(({ command, path }) => `- ${code(command)}, at ${code(path)}`);
    parts.push(`## How to see it\n\n${rows.join('\n')}`);
  }
  const { fix } = finding;
  parts.push(
    `## Example: ${inline(title)}`,
    fence('yaml', objects),
    `Busbar says (${finding.severity}, ${finding.confidence}):`,
    `> **${inline(finding.title)}.** ${inline(finding.message)}`,
    `Fix: ${inline(fix.text)}`,
  );
  if (fix.commands?.length) parts.push(fence('sh', fix.commands.join('\n')));
  if (fix.patch) parts.push(fence('yaml', fix.patch));
  return parts;
}

/** The index that a search engine or a person with an error message wants: symptoms first, then all codes by family. */
export function ruleIndex(rules: readonly RuleDoc[], causes: Causes): string {
  const symptoms = rules.flatMap(({ code: rule, slugs }) =>
    slugs.flatMap((slug) => {
      const symptom = causes.get(slug)?.symptom;
      return symptom ? [{ symptom, slug, rule }] : [];
    }),
  );
  symptoms.sort((a, b) => (a.symptom.toLowerCase() < b.symptom.toLowerCase() ? -1 : 1));
  const families = Map.groupBy(rules, ({ family }) => family);
  return `${[
    notice,
    '# Rules',
    `${rules.length} rules. Codes are stable for ever and never reused. \`busbar explain CODE\` prints a page, \`busbar explain "MESSAGE"\` finds the cause in the message of an event.`,
    '## By what you see',
    table(
      ['message', 'cause', 'rule'],
      symptoms.map(({ symptom, slug, rule }) => [code(symptom.replaceAll('|', '\\|')), inline(slug), link(rule)]),
    ),
    ...[...families].flatMap(([family, members]) => [
      `## ${family}`,
      table(
        ['rule', 'what it says', 'severity'],
        members.map(({ code: rule, title, severity }) => [link(rule), inline(title), severity]),
      ),
    ]),
  ].join('\n\n')}\n`;
}

const link = (rule: string): string => `[${rule}](${rule}.md)`;
