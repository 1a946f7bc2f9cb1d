import { expect, test } from 'vitest';
import { createBench } from './harness.ts';
import { measureRows } from './measure.ts';
import type { Line, Row } from './row.ts';

const line = (what: string, size: number): Line => ({ size, what, budget: '', figure: '1', met: null });
const bench = () => createBench({ sizes: [10, 20], runs: 1, seconds: 1, pages: 1, churn: 1 });

test('a row that fails, or never ends, is a line that says so, and the others go on', async () => {
  const rows: Row[] = [
    { id: 'broken', measure: () => Promise.reject(new Error('no\nluck | at all')) },
    { id: 'endless', measure: () => new Promise(() => {}) },
    { id: 'fine', measure: async (_, size) => [line('fine', size)] },
  ];
  const lines = await measureRows(rows, bench(), () => {}, 50);
  expect(lines.map(({ what, size, figure }) => `${what} ${size}: ${figure}`)).toEqual([
    'broken 10: failed: no luck at all',
    'broken 20: failed: no luck at all',
    'endless 10: failed: not done in 0.05 s',
    'endless 20: failed: not done in 0.05 s',
    'fine 10: 1',
    'fine 20: 1',
  ]);
});

test('all rows of a size come before the next size, large sizes only where a row takes them', async () => {
  const seen: string[] = [];
  const row = (id: string, more: Partial<Row> = {}): Row => ({
    id,
    measure: async (_, size) => {
      seen.push(`${id} ${size}`);
      return [line(id, size)];
    },
    ...more,
  });
  await measureRows([row('a'), row('small', { largest: 10 }), row('end', { once: true })], bench(), () => {});
  expect(seen).toEqual(['a 10', 'small 10', 'a 20', 'end 0']);
});
