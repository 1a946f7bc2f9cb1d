/** `npm run bench -- [--sizes 1000,10000] [--rows ready,memory] [--runs 3] [--write]`: the budget table, measured here and now. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createBench } from './harness.ts';
import { measureRows } from './measure.ts';
import { circumstances, toTable, withTable } from './report.ts';
import { rows } from './rows/registry.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,10000,50000,150000' },
    rows: { type: 'string', default: rows.map(({ id }) => id).join(',') },
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '20' },
    churn: { type: 'string', default: '180000' },
    /** Writes the table to docs/performance.md. */
    write: { type: 'boolean', default: false },
  },
});
const document = new URL('../../docs/performance.md', import.meta.url);
const ids = values.rows.split(',');
const unknown = ids.filter((id) => rows.every((row) => row.id !== id));
if (unknown.length > 0)
  throw new Error(`no such row: ${unknown.join(', ')} (there are ${rows.map(({ id }) => id).join(', ')})`);

const began = performance.now();
const sizes = values.sizes
  .split(',')
  .map(Number)
  .sort((a, b) => a - b);
const bench = createBench({
  sizes,
  runs: Number(values.runs),
  seconds: Number(values.seconds),
  pages: 200,
  churn: Number(values.churn),
});
const tell = (text: string): void => {
  process.stderr.write(`${Math.round((performance.now() - began) / 1000)} s  ${text}\n`);
};
const wanted = rows.filter(({ id }) => ids.includes(id));
const lines = await measureRows(wanted, bench, tell).finally(() => bench.close());
const table = `${circumstances(new Date().toISOString().slice(0, 10))}\n\n${toTable(lines)}\n`;
process.stdout.write(table);
if (values.write) writeFileSync(document, withTable(readFileSync(document, 'utf8'), table));
// What a row that failed left open must not hold the process.
process.exit(0);
