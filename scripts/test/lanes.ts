import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from '../../e2e/rig/chromium.ts';
import { ensureBuilt, missingBundles } from '../bootstrap.mjs';
import { check, exec, failed, hasFiles, type Lane, passed, type Result, root, skipped, sum } from './lane.ts';
import { readPlaywrightReport, readVitestReport } from './reports.ts';

/** shared is checked twice: without Node's types, and its tests with them. */
const TYPED = ['shared', 'shared/tsconfig.test.json', 'server', 'web', 'e2e', 'scripts'];

/** The order is the price: what is cheap and fails often comes first. */
export const lanes: Lane[] = [
  { name: 'lint', run: () => check('biome', ['check', '--error-on-warnings']) },
  { name: 'types', run: checkAllTypes },
  { name: 'dead-code', run: () => check('knip', []) },
  { name: 'generated', run: checkGenerated },
  { name: 'unit', run: () => runVitest('unit') },
  { name: 'build', run: build },
  { name: 'contract', needsBuild: true, run: runContract },
  { name: 'browser', needsBuild: true, run: runBrowser },
];

async function checkAllTypes(): Promise<Result> {
  const results: Result[] = [];
  for (const project of TYPED) results.push(await checkTypes(project));
  return sum(results);
}

async function checkTypes(project: string): Promise<Result> {
  const [folder = project] = project.split('/');
  if (!hasFiles(folder, /\.tsx?$/)) return skipped(`types of ${folder}: no files`);
  return check('tsc', ['--noEmit', '-p', project]);
}

async function checkGenerated(): Promise<Result> {
  if (!existsSync(join(root, 'scripts/generate.ts'))) return skipped('generated files: no scripts/generate.ts');
  return check('node', ['scripts/generate.ts', '--check']);
}

async function build(): Promise<Result> {
  const missing = missingBundles().map((name) => skipped(`build of ${name}: no source`));
  try {
    await ensureBuilt();
    return sum([...(missing.length < 2 ? [passed()] : []), ...missing]);
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}

function runVitest(project: string): Promise<Result> {
  return withReport(async (report) => {
    const args = ['run', '--project', project, '--passWithNoTests', '--reporter=default', '--reporter=json'];
    const code = await exec('vitest', [...args, `--outputFile.json=${report}`]);
    if (!existsSync(report)) return failed(`vitest left no report (exit ${code})`);
    const result = readVitestReport(JSON.parse(readFileSync(report, 'utf8')), code);
    return result.passed + result.failed + result.skipped > 0 ? result : skipped(`${project}: no tests`);
  });
}

async function runContract(): Promise<Result> {
  const result = await runVitest('contract');
  if (process.env['KUBEBUILDER_ASSETS'] || process.env['BUSBAR_TEST_KUBECONFIG']) return result;
  const note = 'real kube-apiserver: not tested, neither KUBEBUILDER_ASSETS nor BUSBAR_TEST_KUBECONFIG is set';
  return { ...result, notes: [...result.notes, note] };
}

async function runBrowser(): Promise<Result> {
  if (!hasFiles('e2e/tests', /\.(spec|test)\.ts$/)) return skipped('browser: no tests');
  const chromium = findChromium({ install: true });
  if ('problem' in chromium) return failed(chromium.problem);
  console.log(`browser: ${chromium.path}`);
  return withReport(async (report) => {
    const code = await exec('playwright', ['test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'], {
      BUSBAR_CHROMIUM: chromium.path,
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    });
    if (!existsSync(report)) return failed(`playwright left no report (exit ${code})`);
    return readPlaywrightReport(JSON.parse(readFileSync(report, 'utf8')), code);
  });
}

async function withReport(read: (file: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'busbar-report-'));
  try {
    return await read(join(folder, 'report.json'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
