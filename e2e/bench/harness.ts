import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Daemon, startDaemon, waitUntil } from '../rig/daemon.ts';
import { MARK } from './probes/answer.ts';
import { type Bench, median } from './row.ts';

const API_LIMIT_MS = 240_000;
const PROBE_LIMIT_MS = 420_000;
const script = (name: string): string => fileURLToPath(new URL(`./probes/${name}.ts`, import.meta.url));

export type BenchOptions = Pick<Bench, 'sizes' | 'runs' | 'seconds' | 'pages' | 'churn'>;

/** Everything that rows measure with. One API server at a time is kept: large ones fill a machine. */
export function createBench(options: BenchOptions): Bench & { close: () => Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'busbar-bench-'));
  const known = new Map<string, Promise<Readonly<Record<string, number>>>>();
  const baselines = new Map<string, Promise<number>>();
  let api: { size: number; url: string; daemon: Daemon } | undefined;
  let started = 0;

  const serve = async (size: number): Promise<string> => {
    if (api?.size === size && !api.daemon.exited()) return api.url;
    await api?.daemon.stop();
    api = undefined;
    const args = ['--max-old-space-size=12288', script('api'), JSON.stringify({ pods: size })];
    started += 1;
    // A log of its own for every start: the address of an earlier server of this size must not be taken for this one's.
    const daemon = startDaemon(process.execPath, args, join(folder, `api-${started}.log`));
    let url = '';
    const isUp = async () => {
      url = /serves (\S+)\n/.exec(daemon.log())?.[1] ?? '';
      return url !== '';
    };
    try {
      await waitUntil(daemon, `an API server with ${size} pods`, isUp, API_LIMIT_MS);
    } catch (error) {
      await daemon.stop();
      throw error;
    }
    api = { size, url, daemon };
    return url;
  };

  const repeat = async (name: string, given: object): Promise<Readonly<Record<string, number>>> => {
    const args = 'size' in given ? { ...given, url: await serve(Number(given.size)) } : given;
    const results: Record<string, number>[] = [];
    for (let run = 0; run < options.runs; run += 1) results.push(await runProbe(name, args));
    const keys = Object.keys(results[0] ?? {});
    return Object.fromEntries(keys.map((key) => [key, median(results.map((result) => result[key] ?? Number.NaN))]));
  };

  return {
    ...options,
    api: serve,
    probe: (name, args) => once(known, `${name} ${JSON.stringify(args)}`, () => repeat(name, args)),
    baseline: (name, measure) => once(baselines, name, measure),
    close: async () => {
      await api?.daemon.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const once = <T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> => {
  const running = known.get(key) ?? make();
  known.set(key, running);
  return running;
};

/** A process of its own, so that neither heap nor warmed-up code of one measurement reaches the next. */
function runProbe(name: string, args: object): Promise<Record<string, number>> {
  // Busbar runs with what its image and `npm start` give it, a baseline as Node is.
  const own = name === 'busbar' ? ['--max-semi-space-size=16'] : [];
  const flags = ['--expose-gc', '--max-old-space-size=8192', ...own];
  const child = spawn(process.execPath, [...flags, script(name), JSON.stringify(args)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PROBE_LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const line = output.split('\n').findLast((text) => text.startsWith(MARK));
      if (line === undefined) reject(new Error(`${name} ended with ${signal ?? code}: ${output.slice(-2000)}`));
      else resolve(JSON.parse(line.slice(MARK.length)) as Record<string, number>);
    });
  });
}
