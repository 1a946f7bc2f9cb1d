/** The command line of a checkout, as CONTRIBUTING.md promises it: `npm run -s busbar -- ARGS`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { busbarMissing } from './busbar.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const missing = busbarMissing();
if (missing) console.warn(`npm run -s busbar: skipped, ${missing}`);

describe.skipIf(missing)('npm run -s busbar', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'busbar checkout '));
    writeFileSync(join(folder, 'pod.json'), JSON.stringify(POD));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const busbar = (args: string[], input = '') => {
    const npm = ['--prefix', ROOT, 'run', '-s', 'busbar', '--', ...args];
    return spawnSync('npm', npm, { cwd: folder, input, encoding: 'utf8' });
  };

  test('reads a relative path from where the user stands, and keeps stdout to the result', () => {
    const { status, stdout } = busbar(['check', '--from', 'pod.json', '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'CheckReport', attachments: [{ pod: 'default/pod1' }] });
    expect(status).toBe(0);
  });

  test('passes stdin on', () => {
    const { stdout } = busbar(['check', '--from', '-', '-o', 'json'], JSON.stringify(POD));
    expect(JSON.parse(stdout)).toMatchObject({ attachments: [{ pod: 'default/pod1' }] });
  });

  test('passes the exit code on, and a problem to stderr alone', () => {
    const { status, stdout, stderr } = busbar(['check', '--from', 'nowhere.json']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('nowhere.json');
  });
});

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'pod1', namespace: 'default', uid: 'b7a3f1d0-0000-4000-8000-000000000001' },
  spec: { nodeName: 'node1', containers: [{ name: 'main', image: 'example.invalid/main' }] },
  status: { phase: 'Running', podIP: '10.244.0.5', podIPs: [{ ip: '10.244.0.5' }] },
};
