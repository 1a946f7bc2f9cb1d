import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { kB, type Row } from '../row.ts';

const dist = fileURLToPath(new URL('../../../web/dist', import.meta.url));

/** The page and every file that its HTML names: what comes before the first picture. Lazy parts are named by no HTML. */
export const firstLoad: Row = {
  id: 'first-load',
  once: true,
  measure: async () => {
    const what = 'first load of the page, gzip';
    const budget = '<= 400 kB';
    const index = join(dist, 'index.html');
    if (!existsSync(index)) return [{ size: 0, what, budget, figure: 'not built: npm run setup', met: null }];
    const html = readFileSync(index, 'utf8');
    const files = [
      ...new Set(
        [...html.matchAll(/(?:src|href)="(?:\.?\/)?(assets\/[^"]+\.(?:js|css))"/g)].map((hit) => hit[1] ?? ''),
      ),
    ];
    const bytes = [index, ...files.map((file) => join(dist, file))].reduce(
      (sum, file) => sum + gzipSync(readFileSync(file)).length,
      0,
    );
    return [{ size: 0, what, budget, figure: `${kB(bytes)} in ${files.length + 1} files`, met: bytes <= 400_000 }];
  },
};
