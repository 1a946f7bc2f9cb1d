import { followChanges } from '../follow.ts';
import { ms, percentile, type Row } from '../row.ts';

/** From the API server's answer to a write until the page's stream has the changed picture, while 50 other changes a second go on. */
export const latency: Row = {
  id: 'latency',
  measure: async (bench, size) => {
    const { delays } = await followChanges(await bench.api(size), size, 1, bench.seconds);
    const [p50, p99] = [percentile(delays, 50), percentile(delays, 99)];
    return [
      {
        size,
        what: 'API change acknowledged to picture changed, 50 changes/s',
        budget: 'p50 <= 150 ms, p99 <= 500 ms',
        figure: `p50 ${ms(p50)}, p99 ${ms(p99)}`,
        met: p50 <= 150 && p99 <= 500,
      },
    ];
  },
};
