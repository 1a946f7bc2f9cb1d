import { type Line, ms, type Row, times } from '../row.ts';

const SMALL = 1000;

/** One pod loses its report of interfaces, or gets it back: the cost at a size against that in a small cluster. */
export const change: Row = {
  id: 'change',
  measure: async (bench, size) => {
    const small = await bench.probe('change', { pods: Math.min(SMALL, ...bench.sizes) });
    const lines: Line[] = [];
    for (const different of size > 50_000 ? [false] : [false, true]) {
      const large = await bench.probe('change', different ? { pods: size, different } : { pods: size });
      for (const [key, what] of [
        ['engine', 'one pod changes, engine'],
        ['picture', 'one pod changes, engine to delta'],
      ] as const) {
        const ratio = (large[key] ?? Number.NaN) / (small[key] ?? Number.NaN);
        lines.push({
          size,
          what: different ? `${what}, every pod different` : what,
          budget: '<= 2 x the cost at 1k',
          figure: `${times(ratio)} (${ms(large[key] ?? Number.NaN)} against ${ms(small[key] ?? Number.NaN)})`,
          met: ratio <= 2,
        });
      }
    }
    return lines;
  },
};
