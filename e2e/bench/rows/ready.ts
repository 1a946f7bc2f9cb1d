import { type Line, ms, type Row, times } from '../row.ts';

const INFORMER_LIMIT = 60_000;

/** From an empty process to a judged topology, against parsing alone and against a client-node informer on the pods. */
export const ready: Row = {
  id: 'ready',
  measure: async (bench, size) => {
    const lines: Line[] = [];
    const parse = await bench.probe('parse', { size });
    const busbar = await bench.probe('busbar', { size });
    const ratio = (busbar['ms'] ?? Number.NaN) / (parse['ms'] ?? Number.NaN);
    lines.push({
      size,
      what: 'ready after start',
      budget: '<= 1.5 x JSON.parse of the same pages',
      figure: `${times(ratio)} (${ms(busbar['ms'] ?? Number.NaN)} against ${ms(parse['ms'] ?? Number.NaN)})`,
      met: ratio <= 1.5,
    });
    // One string holds at most 512 MiB: an unpaged list of more pods than this cannot be read at all.
    if (size > INFORMER_LIMIT) return lines;
    const informer = await bench.probe('informer', { size });
    const share = (busbar['ms'] ?? Number.NaN) / (informer['ms'] ?? Number.NaN);
    lines.push({
      size,
      what: 'ready after start',
      budget: '<= 1/3 of a client-node informer',
      figure: `${times(share)} (informer: ${ms(informer['ms'] ?? Number.NaN)}, longest block ${ms(informer['longestBlock'] ?? Number.NaN)})`,
      met: share <= 1 / 3,
    });
    return lines;
  },
};
