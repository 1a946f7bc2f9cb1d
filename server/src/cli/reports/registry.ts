import { checkText } from '../check-text.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import type { ReportFormat } from './report.ts';
import { sarif } from './sarif.ts';

const text: ReportFormat = { id: 'text', title: 'For a terminal, by root cause', write: checkText };
const json: ReportFormat = {
  id: 'json',
  title: 'The CheckReport document',
  attachments: 'all',
  write: (report) => `${JSON.stringify(report, null, 2)}\n`,
};

/** Every form that `busbar check -o` has. */
export const reportFormats: readonly ReportFormat[] = [text, json, sarif, junit, markdown];
