import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../run.mjs';

export type Counts = { passed: number; failed: number; skipped: number };

/** `notes` say in plain words what was skipped and why, or what failed outside of a test. */
export type Result = Counts & { notes: string[] };

/** One step of `npm test`. `needsBuild` lanes make no sense when the bundles could not be built. */
export type Lane = { name: string; needsBuild?: boolean; run: () => Result | Promise<Result> };

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const passed = (): Result => ({ passed: 1, failed: 0, skipped: 0, notes: [] });
export const failed = (note: string): Result => ({ passed: 0, failed: 1, skipped: 0, notes: [note] });
export const skipped = (note: string): Result => ({ passed: 0, failed: 0, skipped: 1, notes: [note] });

/** Adds results up; the notes keep their order. */
export function sum(results: Result[]): Result {
  const total: Result = { passed: 0, failed: 0, skipped: 0, notes: [] };
  for (const result of results) {
    total.passed += result.passed;
    total.failed += result.failed;
    total.skipped += result.skipped;
    total.notes.push(...result.notes);
  }
  return total;
}

/** Runs a command with our streams and resolves to its exit code. */
export function exec(command: string, args: string[], env: Record<string, string> = {}): Promise<number> {
  return run([command, ...args], { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
}

/** A command whose exit code is the whole verdict. */
export async function check(command: string, args: string[]): Promise<Result> {
  const code = await exec(command, args);
  return code === 0 ? passed() : failed(`${[command, ...args].join(' ')}: exit ${code}`);
}

/** Whether a file that `matches` lies anywhere under `folder` (relative to the root). */
export function hasFiles(folder: string, matches: RegExp): boolean {
  const path = join(root, folder);
  if (!existsSync(path)) return false;
  return readdirSync(path, { withFileTypes: true }).some((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return false;
    return entry.isDirectory() ? hasFiles(join(folder, entry.name), matches) : matches.test(entry.name);
  });
}
