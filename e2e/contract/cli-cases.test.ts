/** The recorded clusters through the command line: what `busbar check` says must be what was really going on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { busbarMissing, runBusbar } from '../rig/busbar.ts';
import { type CheckReport, schemaErrors } from '../rig/check-report.ts';

const root = new URL('../../shared/fixtures/real/', import.meta.url);
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'));

type Verdicts = Record<'states' | 'statesByCause' | 'slugs', Record<string, string[]>>;
type Attached = { network: string; state: string; cause?: string };
type Truth = { pods: { namespace: string; pod: string; attachments: Attached[] }[] };

const verdicts = read('verdicts.json') as Verdicts;
const cases = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const missing = busbarMissing();
if (missing) console.warn(`recorded clusters on the command line: skipped, ${missing}`);

describe.skipIf(missing)('busbar check --from a recorded cluster', () => {
  test.each(cases)('%s', (name) => {
    const truth = read(`${name}/truth.json`) as Truth;
    const folder = fileURLToPath(new URL(name, root));
    const { code, stdout, stderr } = runBusbar(['check', '--from', `${folder}/cluster.json`, '-o', 'json']);
    expect([0, 1], stderr).toContain(code);
    const report = JSON.parse(stdout) as CheckReport;
    expect(schemaErrors(report)).toEqual([]);
    expect(code).toBe(report.findings.some(({ severity }) => severity === 'error') ? 1 : 0);
    for (const pod of truth.pods) compare(`${pod.namespace}/${pod.pod}`, pod.attachments, report);
  });

  test('a folder with manifests and a list beside each other is read as well', () => {
    const folder = fileURLToPath(new URL('nad-missing', root));
    const { code, stdout } = runBusbar(['check', folder, '-o', 'json']);
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as CheckReport).findings.map(({ slug }) => slug)).toContain('nad-not-found');
  });
});

function compare(pod: string, wanted: Attached[], report: CheckReport): void {
  const own = report.attachments.filter((one) => one.pod === pod && one.slot > 0);
  expect(own.length, `attachments of ${pod}`).toBe(wanted.length);
  wanted.forEach(({ state, cause = '' }, index) => {
    const got = own[index];
    expect(verdicts.statesByCause[cause] ?? verdicts.states[state], `${pod} slot ${got?.slot}`).toContain(got?.state);
    const slugs = verdicts.slugs[cause];
    if (slugs) expect(slugs, `root cause of ${pod} slot ${got?.slot}`).toContain(got?.findings[0]?.slug);
  });
  if (wanted.every(({ state, cause }) => state === 'attached' && !cause)) {
    const codes = new Set(own.flatMap(({ findings }) => findings.map(({ code }) => code)));
    const errors = report.findings.filter(({ code, severity }) => severity === 'error' && codes.has(code));
    expect(errors, `${pod} is healthy`).toEqual([]);
  }
}

const messages = new URL('../../../shared/fixtures/messages.jsonl', import.meta.url);
const RIGHT_AT_LEAST = 146;
const noMessages = missing ?? (existsSync(messages) ? undefined : 'no ../shared/fixtures/messages.jsonl');
if (noMessages) console.warn(`busbar explain -: skipped, ${noMessages}`);

test.skipIf(noMessages)('busbar explain - knows the public messages, one answer a line, in order', () => {
  const input = readFileSync(messages, 'utf8');
  const wanted = input
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; expected_cause_slug: string });
  const { code, stdout } = runBusbar(['explain', '-', '-o', 'json'], { input });
  expect(code).toBe(0);
  const got = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { slug: string });
  expect(got).toHaveLength(wanted.length);
  const right = wanted.filter(({ expected_cause_slug: slug }, index) => got[index]?.slug === slug).length;
  console.log(`explain: ${right} of ${wanted.length} messages right`);
  expect(right).toBeGreaterThanOrEqual(RIGHT_AT_LEAST);
});
