import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Line, Row } from './row.ts';

/** Each wait in a row has a limit of its own; this one is for what nobody thought of. */
const ROW_LIMIT_MS = 600_000;

/**
 * Size by size, so that an API server of a size is started once, and every row that can be measured at it. A row that fails is a line that
 * says why, and the others go on. The lines come in the order of the rows.
 */
export async function measureRows(
  rows: readonly Row[],
  bench: Bench,
  tell: (text: string) => void,
  limitMs = ROW_LIMIT_MS,
): Promise<Line[]> {
  const lines = new Map<Row, Line[]>(rows.map((row) => [row, []]));
  for (const size of [...bench.sizes, 0]) {
    for (const row of rows) {
      if (size === 0 ? !row.once : row.once || size > (row.largest ?? Number.POSITIVE_INFINITY)) continue;
      tell(`${row.id}${size === 0 ? '' : ` at ${size}`} ...`);
      const measured = await measureOne(row, bench, size, limitMs);
      for (const line of measured) tell(`  ${line.what}: ${line.figure}`);
      lines.get(row)?.push(...measured);
    }
  }
  return [...lines.values()].flat();
}

async function measureOne(row: Row, bench: Bench, size: number, limitMs: number): Promise<Line[]> {
  const limit = new AbortController();
  try {
    const over = sleep(limitMs, undefined, { signal: limit.signal }).then(() => {
      throw new Error(`not done in ${limitMs / 1000} s`);
    });
    return await Promise.race([row.measure(bench, size), over]);
  } catch (error) {
    const words = (error instanceof Error ? error.message : String(error)).replaceAll(/[\s|]+/g, ' ').slice(0, 200);
    return [{ size, what: row.id, budget: '', figure: `failed: ${words}`, met: false }];
  } finally {
    limit.abort();
  }
}
