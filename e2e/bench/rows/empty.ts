import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { busbarMissing } from '../../rig/busbar.ts';
import { serveBusbar } from '../follow.ts';
import { MB, median, ms, type Row } from '../row.ts';

const dist = fileURLToPath(new URL('../../../server/dist', import.meta.url));

const sizeOf = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? sizeOf(path) : statSync(path).size);
  }, 0);

/** What a container has to hold beyond Node, and how soon the server is ready where there is nothing to read. */
export const empty: Row = {
  id: 'empty',
  once: true,
  measure: async (bench) => {
    const url = await bench.api(0);
    const took: number[] = [];
    for (let round = 0; round < bench.runs; round += 1) {
      const start = performance.now();
      const busbar = await serveBusbar(url);
      took.push(performance.now() - start);
      await busbar.stop();
    }
    const missing = busbarMissing();
    const bytes = missing === undefined ? sizeOf(dist) : Number.NaN;
    const start = median(took);
    return [
      { size: 0, what: 'ready on an empty cluster', budget: '<= 2 s', figure: ms(start), met: start <= 2000 },
      {
        size: 0,
        what: 'the program beside Node (an image adds its base)',
        budget: '<= 120 MB',
        figure: missing ?? MB(bytes),
        met: missing === undefined ? bytes <= 120e6 : null,
      },
    ];
  },
};
