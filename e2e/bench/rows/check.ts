import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { busbarMain } from '../../rig/busbar.ts';
import { generateBase, generatePods } from '../cluster.ts';
import { median, ms, type Row, times } from '../row.ts';

const LARGEST = 50_000;
const parseScript = `const s=require('fs').readFileSync(process.argv[1],'utf8');const t=performance.now();JSON.parse(s);console.log(performance.now()-t)`;

function* dump(pods: number): Generator<string> {
  yield '{"apiVersion":"v1","kind":"List","items":[\n';
  let first = true;
  for (const make of [generateBase, generatePods])
    for (const object of make({ pods })) {
      yield (first ? '' : ',\n') + JSON.stringify(object);
      first = false;
    }
  yield '\n]}\n';
}

const run = (args: string[]): Promise<{ took: number; output: string }> =>
  new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve({ took: performance.now() - start, output });
      else reject(new Error(`${args[0]} ended with ${code}`));
    });
  });

/** `busbar check` on a file, from the start of the process to its end, against JSON.parse of the file's text. */
export const check: Row = {
  id: 'check',
  largest: LARGEST,
  measure: async (bench, size) => {
    const folder = mkdtempSync(join(tmpdir(), 'busbar-bench-'));
    try {
      const file = join(folder, `${size}.json`);
      await pipeline(Readable.from(dump(size)), createWriteStream(file));
      const took: { check: number; parse: number }[] = [];
      for (let round = 0; round < bench.runs; round += 1) {
        const parse = Number((await run(['-e', parseScript, file])).output);
        took.push({
          parse,
          check: (await run([busbarMain(), 'check', file, '--fail-on', 'never', '-o', 'json'])).took,
        });
      }
      const [checked, parsed] = [median(took.map((one) => one.check)), median(took.map((one) => one.parse))];
      return [
        {
          size,
          what: '`busbar check` on a dump',
          budget: '<= 3 x JSON.parse of the file',
          figure: `${times(checked / parsed)} (${ms(checked)} against ${ms(parsed)})`,
          met: checked <= 3 * parsed,
        },
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
