import { cpus, totalmem } from 'node:os';
import type { Line } from './row.ts';

const verdict = (met: boolean | null): string => (met === null ? '-' : met ? 'met' : '**missed**');
const sizeText = (size: number): string => (size === 0 ? '-' : size.toLocaleString('en-US'));

export const toTable = (lines: readonly Line[]): string =>
  [
    '| what | pods | budget | measured | |',
    '|---|---|---|---|---|',
    ...lines.map(
      (line) =>
        `| ${line.what} | ${sizeText(line.size)} | ${line.budget || '-'} | ${line.figure} | ${verdict(line.met)} |`,
    ),
  ].join('\n');

/** Versions and machine: what it takes to read absolute times. No names, no paths. */
export const circumstances = (day: string): string => {
  const cores = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Measured ${day}: Node ${process.versions.node}, V8 ${process.versions.v8}, ${process.platform} ${process.arch}, ${cores.length} cores (${cores[0]?.model.trim() || 'unknown'}), ${memory} GiB. Times are noisy on a shared machine; ratios within one run are what counts.`;
};

const BEGIN = '<!-- bench: begin -->';
const END = '<!-- bench: end -->';

/** Puts the table in its place in docs/performance.md; what is written around it stays. */
export function withTable(document: string, table: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`docs/performance.md has no ${BEGIN} ... ${END}`);
  return `${document.slice(0, begin + BEGIN.length)}\n${table}\n${document.slice(end)}`;
}
