import { type Line, MB, ms, type Row } from '../row.ts';

/** Objects of the whole run are held by the probe itself. */
const LARGEST = 10_000;

/** An hour of changes in fast motion: pods lose their networks, fail, are replaced and come back. */
export const churn: Row = {
  id: 'churn',
  largest: LARGEST,
  measure: async (bench, size): Promise<Line[]> => {
    const figures = await bench.probe('churn', { pods: size, changes: bench.churn });
    const { grown = Number.NaN, heap = Number.NaN, equal = 0, changes = 0 } = figures;
    const share = grown / heap;
    const each = ms((figures['ms'] ?? Number.NaN) / changes);
    return [
      {
        size,
        what: `${changes.toLocaleString('en-US')} changes one by one`,
        budget: 'memory flat (<= 3 %), equal to a fresh start',
        figure: `${share >= 0 ? '+' : ''}${(share * 100).toFixed(1)} % of ${MB(heap)}; ${equal === 1 ? 'equal' : 'not equal'}; ${each} a change`,
        met: share <= 0.03 && equal === 1,
      },
    ];
  },
};
