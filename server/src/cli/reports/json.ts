import type { CheckReport } from '@busbar/shared/inspect/check-report';
import type { ReportFormat } from './report.ts';

export const json: ReportFormat = {
  id: 'json',
  title: 'The CheckReport document',
  attachments: 'all',
  write: toJson,
};

const partLength = 65_536;

/** As `JSON.stringify(report, null, 2)` would write it with a list of attachments, and never all of them at once. */
function* toJson(report: CheckReport): Generator<string, void> {
  let text = '{';
  let separator = '\n';
  for (const [key, value] of Object.entries(report)) {
    text += `${separator}  ${JSON.stringify(key)}: `;
    separator = ',\n';
    if (key !== 'attachments') {
      text += indented(value, '  ');
      continue;
    }
    let opening = '[\n    ';
    for (const attachment of report.attachments) {
      text += opening + indented(attachment, '    ');
      opening = ',\n    ';
      if (text.length < partLength) continue;
      yield text;
      text = '';
    }
    text += opening.startsWith('[') ? '[]' : '\n  ]';
  }
  yield `${text}\n}\n`;
}

const indented = (value: unknown, by: string): string => JSON.stringify(value, null, 2).replaceAll('\n', `\n${by}`);
