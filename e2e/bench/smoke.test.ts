import { expect, test } from 'vitest';
import { createBench } from './harness.ts';
import { measureRows } from './measure.ts';
import { toTable } from './report.ts';
import { rows } from './rows/registry.ts';

test('every row of the bench comes out of a small cluster', { timeout: 240_000 }, async () => {
  const bench = createBench({ sizes: [300], runs: 1, seconds: 1, pages: 3, churn: 300 });
  const told: string[] = [];
  try {
    const lines = await measureRows(rows, bench, (text) => told.push(text));
    expect(lines.length).toBeGreaterThanOrEqual(rows.length);
    expect(toTable(lines)).not.toMatch(/failed|NaN|Infinity|undefined|not equal/);
  } finally {
    await bench.close();
  }
});

test('an API server of a size is there again after one of another size', { timeout: 60_000 }, async () => {
  const bench = createBench({ sizes: [50, 60], runs: 1, seconds: 1, pages: 1, churn: 1 });
  try {
    for (const size of [50, 60, 50]) {
      const list = await fetch(`${await bench.api(size)}/api/v1/pods`);
      expect(((await list.json()) as { items: unknown[] }).items).toHaveLength(size);
    }
  } finally {
    await bench.close();
  }
});
