import { expect, test } from 'vitest';
import { readPlaywrightReport, readVitestReport } from './reports.ts';

const file = (status: string, ...statuses: string[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: statuses.map((each, index) => ({ status: each, fullName: `case ${index}` })),
});
const counts = ({ passed, failed, skipped }: { passed: number; failed: number; skipped: number }) => [
  passed,
  failed,
  skipped,
];

test.each([
  ['all pass', [file('passed', 'passed', 'passed')], 0, [2, 0, 0]],
  ['one fails', [file('failed', 'passed', 'failed')], 1, [1, 1, 0]],
  ['skipped and todo are skipped', [file('passed', 'pending', 'todo', 'skipped')], 0, [0, 0, 3]],
  ['a file that does not load is a failure', [file('failed')], 1, [0, 1, 0]],
  ['an unhandled error is a failure', [file('passed', 'passed')], 1, [1, 1, 0]],
  ['nothing ran', [], 0, [0, 0, 0]],
])('vitest: %s', (_, testResults, exitCode, expected) => {
  expect(counts(readVitestReport({ testResults }, exitCode))).toEqual(expected);
});

const spec = (status: string, description?: string) => ({
  title: 'opens',
  tests: [{ status, annotations: description ? [{ type: 'skip', description }] : [] }],
});

test.each([
  [
    'nested suites are counted',
    [{ specs: [spec('expected')], suites: [{ specs: [spec('unexpected')] }] }],
    [],
    1,
    [1, 1, 0],
  ],
  ['a flaky test passes', [{ specs: [spec('flaky')] }], [], 0, [1, 0, 0]],
  ['an error outside of a test is a failure', [], [{ message: 'no tests' }], 1, [0, 1, 0]],
])('playwright: %s', (_, suites, errors, exitCode, expected) => {
  expect(counts(readPlaywrightReport({ suites, errors }, exitCode))).toEqual(expected);
});

test('a skipped browser test is listed with its reason', () => {
  const { notes } = readPlaywrightReport({ suites: [{ specs: [spec('skipped', 'needs a GPU')] }], errors: [] }, 0);
  expect(notes).toEqual(['skipped: opens (needs a GPU)']);
});

test('a flaky test is named', () => {
  const { notes } = readPlaywrightReport({ suites: [{ specs: [spec('flaky')] }], errors: [] }, 0);
  expect(notes).toEqual([expect.stringMatching(/^flaky, passed on a retry: /)]);
});
