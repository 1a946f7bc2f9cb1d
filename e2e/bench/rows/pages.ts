import { followChanges } from '../follow.ts';
import { kB, ms, type Row } from '../row.ts';

/** Many open pages on one server while the cluster changes. */
export const pages: Row = {
  id: 'pages',
  measure: async (bench, size) => {
    const { delays, cores, bytesPerPage } = await followChanges(
      await bench.api(size),
      size,
      bench.pages,
      bench.seconds,
    );
    const worst = Math.max(...delays);
    return [
      {
        size,
        what: `${bench.pages} open pages, 50 changes/s`,
        budget: 'no page > 1 s behind; < 1 core; <= 200 kB a page',
        figure: `${ms(worst)} behind at worst; ${cores.toFixed(2)} cores; ${kB(bytesPerPage)} a page`,
        met: worst <= 1000 && cores < 1 && bytesPerPage <= 200_000,
      },
    ];
  },
};
