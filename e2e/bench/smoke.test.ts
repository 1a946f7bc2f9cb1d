import { expect, test } from 'vitest';
import { createBench } from './harness.ts';
import { toTable } from './report.ts';
import type { Line } from './row.ts';
import { rows } from './rows/registry.ts';

test('every row of the bench comes out of a small cluster', { timeout: 180_000 }, async () => {
  const bench = createBench({ sizes: [300], runs: 1, seconds: 1, pages: 3 });
  const lines: Line[] = [];
  try {
    for (const row of rows) {
      const measured = await row.measure(bench);
      expect(measured, row.id).not.toEqual([]);
      lines.push(...measured);
    }
  } finally {
    await bench.close();
  }
  expect(toTable(lines)).not.toMatch(/NaN|Infinity|undefined/);
});
