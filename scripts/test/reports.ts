/** What the runners' JSON reports say, brought to one form. */
import type { Result } from './lane.ts';

type VitestReport = {
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { status: string; fullName: string }[];
  }[];
};

type PlaywrightReport = { suites: PlaywrightSuite[]; errors: { message?: string }[] };
type PlaywrightSuite = { specs?: PlaywrightSpec[]; suites?: PlaywrightSuite[] };
type PlaywrightSpec = {
  title: string;
  tests: { status: string; annotations: { type: string; description?: string }[] }[];
};

const emptyResult = (): Result => ({ passed: 0, failed: 0, skipped: 0, notes: [] });

/** Counts Vitest's JSON report; a file that could not even be loaded counts as one failure. */
export function readVitestReport(report: VitestReport, exitCode: number): Result {
  const result = emptyResult();
  for (const file of report.testResults) {
    const failedBefore = result.failed;
    for (const { status, fullName } of file.assertionResults) {
      if (status === 'passed') result.passed++;
      else if (status === 'failed') fail(result, `failed: ${fullName}`);
      else skip(result, fullName);
    }
    if (file.status === 'failed' && result.failed === failedBefore) fail(result, `${file.name}: ${file.message ?? ''}`);
  }
  return withExitCode(result, exitCode);
}

/** Counts Playwright's JSON report; a test that passed only on a retry passes, and is named. */
export function readPlaywrightReport(report: PlaywrightReport, exitCode: number): Result {
  const result = emptyResult();
  for (const { title, tests } of report.suites.flatMap(specsOf)) {
    for (const { status, annotations } of tests) {
      if (status === 'expected') result.passed++;
      else if (status === 'flaky') {
        result.passed++;
        result.notes.push(`flaky, passed on a retry: ${title}`);
      } else if (status === 'skipped')
        skip(result, title, annotations.find(({ type }) => type === 'skip')?.description);
      else fail(result, `failed: ${title}`);
    }
  }
  for (const { message } of report.errors) fail(result, message ?? 'error outside of a test');
  return withExitCode(result, exitCode);
}

function specsOf(suite: PlaywrightSuite): PlaywrightSpec[] {
  return [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];
}

function skip(result: Result, title: string, reason?: string): void {
  result.skipped++;
  result.notes.push(`skipped: ${title}${reason ? ` (${reason})` : ''}`);
}

function fail(result: Result, note: string): void {
  result.failed++;
  result.notes.push(note);
}

/** A runner that ends badly although no test failed (an unhandled error, say) is a failure too. */
function withExitCode(result: Result, exitCode: number): Result {
  if (exitCode !== 0 && result.failed === 0) fail(result, `the runner ended with exit code ${exitCode}`);
  return result;
}
