import { ms, type Row } from '../row.ts';

/** The longest time in which the loading server answered nobody. */
export const block: Row = {
  id: 'block',
  measure: async (bench, size) => {
    const { longestBlock = Number.NaN, p99Block = Number.NaN } = await bench.probe('busbar', { size });
    return [
      {
        size,
        what: 'longest event-loop block',
        budget: '<= 50 ms',
        figure: `${ms(longestBlock)} (p99 ${ms(p99Block)})`,
        met: longestBlock <= 50,
      },
    ];
  },
};
