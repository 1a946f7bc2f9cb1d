import { kB, type Line, MB, type Row, times } from '../row.ts';

const INFORMER_LIMIT = 60_000;

/** Heap in use once everything is judged, per pod (about 1.8 secondary attachments each), and the peak of the process. */
export const memory: Row = {
  id: 'memory',
  measure: async (bench, size) => {
    const lines: Line[] = [];
    const busbar = await bench.probe('busbar', { size });
    const perPod = (busbar['heap'] ?? Number.NaN) / size;
    const attachments = ((busbar['attachments'] ?? Number.NaN) / size - 1).toFixed(1);
    lines.push({
      size,
      what: 'memory kept per pod',
      budget: '<= 3 kB',
      figure: `${kB(perPod)} with ${attachments} secondary attachments a pod`,
      met: perPod <= 3000,
    });
    if (size > INFORMER_LIMIT) {
      lines.push({ size, what: 'peak RSS', budget: '', figure: MB(busbar['rss'] ?? Number.NaN), met: null });
      return lines;
    }
    const informer = await bench.probe('informer', { size });
    const share = (busbar['rss'] ?? Number.NaN) / (informer['rss'] ?? Number.NaN);
    lines.push({
      size,
      what: 'peak RSS',
      budget: '<= 1/5 of the informer',
      figure: `${times(share)} (${MB(busbar['rss'] ?? Number.NaN)} against ${MB(informer['rss'] ?? Number.NaN)})`,
      met: share <= 1 / 5,
    });
    return lines;
  },
};
