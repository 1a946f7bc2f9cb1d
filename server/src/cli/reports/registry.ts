import { checkText } from '../check-text.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import type { ReportFormat } from './report.ts';
import { sarif } from './sarif.ts';

const text: ReportFormat = { id: 'text', title: 'For a terminal, by root cause', write: checkText };

/** Every form that `busbar check -o` has. */
export const reportFormats: readonly ReportFormat[] = [text, json, sarif, junit, markdown];
