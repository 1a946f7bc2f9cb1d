/** `pnpm bench [--sizes 1000,10000] [--rows ready,memory] [--runs 3] [--write]`: the budget table, measured here and now. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createBench } from './harness.ts';
import { circumstances, toTable, withTable } from './report.ts';
import type { Line } from './row.ts';
import { rows } from './rows/registry.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,10000,50000,150000' },
    rows: { type: 'string', default: rows.map(({ id }) => id).join(',') },
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '20' },
    /** Writes the table to docs/performance.md. */
    write: { type: 'boolean', default: false },
  },
});
const document = new URL('../../docs/performance.md', import.meta.url);
const wanted = values.rows.split(',');
const unknown = wanted.filter((id) => rows.every((row) => row.id !== id));
if (unknown.length > 0)
  throw new Error(`no such row: ${unknown.join(', ')} (there are ${rows.map(({ id }) => id).join(', ')})`);

const lines: Line[] = [];
// Size by size: an API server of a size is started once.
const sizes = values.sizes.split(',').map(Number);
const bench = createBench({ sizes, runs: Number(values.runs), seconds: Number(values.seconds), pages: 200 });
try {
  for (const row of rows.filter(({ id }) => wanted.includes(id))) {
    process.stderr.write(`${row.id} ...\n`);
    try {
      const measured = await row.measure(bench);
      for (const line of measured) process.stderr.write(`  ${line.what} (${line.size}): ${line.figure}\n`);
      lines.push(...measured);
    } catch (error) {
      const words = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
      process.stderr.write(`  failed: ${words}\n`);
      lines.push({ size: 0, what: row.id, budget: '', figure: `failed: ${words.slice(0, 200)}`, met: false });
    }
  }
} finally {
  await bench.close();
}
const table = `${circumstances(new Date().toISOString().slice(0, 10))}\n\n${toTable(lines)}\n`;
process.stdout.write(table);
if (values.write) writeFileSync(document, withTable(readFileSync(document, 'utf8'), table));
