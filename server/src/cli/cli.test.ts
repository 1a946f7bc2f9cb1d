import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { schemaDocument } from '@busbar/shared/inspect/schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, test } from 'vitest';
import { runCli } from './main.ts';

const main = join(import.meta.dirname, '../main.ts');
const fixture = (name: string): string =>
  join(import.meta.dirname, '../../../shared/fixtures/real', name, 'cluster.json');
const folder = mkdtempSync(join(tmpdir(), 'busbar-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Run = { code: number | null; stdout: string; stderr: string };

type Options = { input?: string; env?: Record<string, string> };

/** The command line in this process, without a kubeconfig. */
async function busbar(args: string[], { input = '', env = {} }: Options = {}): Promise<Run> {
  const run = { stdout: '', stderr: '' };
  const code = await runCli(args, {
    out: async (text) => {
      run.stdout += text;
    },
    note: (text) => {
      run.stderr += `${text}\n`;
    },
    stdin: Readable.from(input === '' ? [] : [Buffer.from(input)]),
    env: { HOME: folder, ...env },
    colour: false,
    width: 100,
  });
  return { code, ...run };
}

/** The same as a process of its own: what only that can show. */
function busbarProcess(args: string[], { input = '', env = {} }: Options = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { env: { HOME: folder, ...env } });
    const run = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      run.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      run.stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...run }));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

const slow = 30_000;

describe('check', { timeout: slow }, () => {
  test('says what is wrong in JSON that its schema describes, with the root cause first, and exits 1', async () => {
    const { code, stdout } = await busbar(['check', fixture('nad-missing'), '-o', 'json']);
    expect(code).toBe(1);
    const report = JSON.parse(stdout) as {
      attachments: { pod: string; network: string; state: string; findings: { slug: string }[] }[];
    };
    const validate = new Ajv2020({ allErrors: true }).compile(schemaDocument('CheckReport') as object);
    expect(validate(report) ? [] : validate.errors).toEqual([]);
    const broken = report.attachments.find(
      ({ pod, network }) => pod === 'checkout/cron' && network === 'checkout/bakend',
    );
    expect(broken?.state).toBe('failed');
    expect(broken?.findings[0]?.slug).toBe('nad-not-found');
  });

  test('reads stdin, the same as --from -', async () => {
    const input = readFileSync(fixture('nad-missing'), 'utf8');
    const [dash, from] = await Promise.all([
      busbar(['check', '-', '-o', 'json'], { input }),
      busbar(['check', '--from', '-', '-o', 'json'], { input }),
    ]);
    expect(dash.code).toBe(1);
    expect(JSON.parse(dash.stdout)).toEqual(JSON.parse(from.stdout));
  });

  test('is for people without -o, in plain text where nobody sees colours', async () => {
    const { stdout } = await busbar(['check', fixture('nad-missing')]);
    expect(stdout).toContain('NAD checkout/bakend does not exist');
    expect(stdout).not.toContain('\u001b');
  });

  test('exits 0 when all is well, or when nothing is to fail', async () => {
    const [clean, never] = await Promise.all([
      busbar(['check', fixture('macvlan-whereabouts')]),
      busbar(['check', fixture('nad-missing'), '--fail-on', 'never']),
    ]);
    expect(clean).toMatchObject({ code: 0 });
    expect(never).toMatchObject({ code: 0 });
  });

  test('limits the report to a namespace', async () => {
    const { code, stdout } = await busbar(['check', fixture('nad-missing'), '-n', 'nowhere', '-o', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ attachments: [], findings: [] });
  });

  test.each([
    ['a file that is not there', 'none.json', undefined],
    ['an empty file', 'empty.json', ''],
    ['a binary', 'binary.bin', '\u0000\u0001\u0002\u0000'.repeat(500)],
    ['truncated JSON', 'half.json', '{"kind":"List","items":[{"kind":"Po'],
    ['JSON of something else', 'other.json', '{"a":1}'],
  ])('cannot read %s: says so on stderr and exits 2', async (_what, name, content) => {
    const file = join(folder, name);
    if (content !== undefined) writeFileSync(file, content);
    const { code, stdout, stderr } = await busbar(['check', file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^busbar: /m);
    expect(stderr).not.toContain('    at ');
  });

  test.each([
    ['a kubeconfig that is not there', ['check', '--kubeconfig', '/nowhere/config']],
    ['nothing at all', ['check']],
    ['a source given twice', ['check', 'a', '--from', 'b']],
  ])('with %s exits 2', async (_what, args) => {
    expect(await busbar(args)).toMatchObject({ code: 2, stdout: '' });
  });

  test('with a cluster that does not answer exits 2', async () => {
    const cluster = { name: 'c', cluster: { server: 'http://127.0.0.1:1' } };
    const context = { name: 'x', context: { cluster: 'c', user: 'u' } };
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [cluster],
      contexts: [context],
      users: [{ name: 'u', user: {} }],
      'current-context': 'x',
    };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    const { code, stdout, stderr } = await busbar(['check', '--kubeconfig', join(folder, 'config.json')]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('127.0.0.1:1');
  });
});

describe('export', { timeout: slow }, () => {
  test('writes a snapshot that check reads as it reads the dump itself', async () => {
    const snapshot = join(folder, 'snapshot.json');
    const written = await busbar(['export', fixture('nad-missing'), '--format', 'json', '-O', snapshot]);
    expect(written).toMatchObject({ code: 0, stdout: '' });
    const topology = JSON.parse(readFileSync(snapshot, 'utf8')) as unknown;
    const validate = new Ajv2020({ allErrors: true }).compile(schemaDocument('Topology') as object);
    expect(validate(topology) ? [] : validate.errors).toEqual([]);
    const [direct, again] = await Promise.all([
      busbar(['check', fixture('nad-missing'), '-o', 'json']),
      busbar(['check', snapshot, '-o', 'json']),
    ]);
    const parts = ({ stdout }: Run) => {
      const { attachments, networks, findings } = JSON.parse(stdout) as Record<string, unknown>;
      return { attachments, networks, findings };
    };
    expect(again.code).toBe(1);
    expect(parts(again)).toEqual(parts(direct));
  });
});

describe('explain', { timeout: slow }, () => {
  test('answers one line for each message, in order, plain or JSON', async () => {
    const missing =
      'cannot find a network-attachment-definition (a) in namespace (b): network-attachment-definitions.k8s.cni.cncf.io "a" not found';
    const input = [
      missing,
      JSON.stringify({ reason: 'FailedCreatePodSandBox', message: missing }),
      'hello',
      '{"broken',
      '',
    ].join('\n');
    const { code, stdout } = await busbar(['explain', '-', '-o', 'json'], { input });
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map((line) => Object.keys(line))).toEqual(
      Array.from({ length: 4 }, () => ['code', 'slug', 'confidence', 'captures']),
    );
    expect(lines.map(({ slug }) => slug)).toEqual(['nad-not-found', 'nad-not-found', 'unknown', 'unknown']);
  });

  test('has a page for a code and refuses one that is none', async () => {
    const [none, empty] = await Promise.all([busbar(['explain', 'MN999']), busbar(['explain'])]);
    expect(none).toMatchObject({ code: 2, stdout: '' });
    expect(empty).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('busbar', { timeout: slow }, () => {
  test.each([
    [['--help'], 'Commands:'],
    [['help'], 'Commands:'],
    [['help', 'check'], '--fail-on'],
    [['check', '--help'], '--fail-on'],
    [['serve', '-h'], '--allow-host'],
    [['--version'], 'busbar 0.'],
  ])('%j prints to stdout and exits 0', async (args, text) => {
    const { code, stdout, stderr } = await busbar(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(text);
  });

  test.each([
    [['chek'], 'did you mean busbar check?'],
    [['--prot', '1'], 'did you mean --port?'],
    [['help', 'nothing'], 'there is no command'],
    [['serve', '--port', '99999'], '--port is a number'],
    [['check', '--fail-on', 'eror'], 'did you mean error?'],
    [['demo', '--scenario', 'talkk'], 'did you mean talk?'],
    [['demo', '--pods', 'many'], '--pods is a number'],
  ])('%j exits 2 and says what was meant', async (args, text) => {
    const { code, stdout, stderr } = await busbar(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(text);
  });

  test.each<[string[], number]>([
    [['check', '-', '-o', 'json'], 1],
    [['check', '/nowhere.json'], 2],
    [['explain', '-', '-o', 'json'], 0],
  ])('%j as a process has its exit code, and nothing but the result on stdout', async (args, expected) => {
    const input = args[0] === 'check' ? readFileSync(fixture('nad-missing'), 'utf8') : 'hello\nworld\n';
    const { code, stdout } = await busbarProcess(args, { input });
    expect(code).toBe(expected);
    const documents = args[0] === 'check' ? [stdout] : stdout.trim().split('\n');
    if (expected === 2) expect(stdout).toBe('');
    else for (const document of documents) expect(JSON.parse(document)).toBeTypeOf('object');
  });

  test('ends quietly when its reader goes away', async () => {
    const child = spawn(process.execPath, [main, 'check', fixture('many-networks'), '-o', 'json'], {
      env: { HOME: folder },
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdout.destroy();
    await new Promise((resolve) => child.on('close', resolve));
    expect(stderr).not.toMatch(/EPIPE|should not have happened/);
  });
});

describe('serve', { timeout: slow }, () => {
  const start = (args: string[]) => {
    const child = spawn(process.execPath, [main, ...args, '--port', '0'], { env: { HOME: folder } });
    const link = new Promise<string>((resolve, reject) => {
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += chunk;
        const found = /http:\/\/\S+/.exec(text)?.[0];
        if (found) resolve(found);
      });
      child.on('close', (code) => reject(new Error(`exit ${code}`)));
    });
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    return { child, link, closed };
  };

  test('lets the printed link in, streams, and ends within two seconds of SIGTERM with exit 0', async () => {
    const { child, link, closed } = start(['serve', '--from', fixture('nad-missing')]);
    const url = new URL(await link);
    const bearer = { Authorization: `Bearer ${url.searchParams.get('token')}` };
    const ready = async () => (await fetch(`${url.origin}/readyz`)).ok;
    while (!(await ready())) await new Promise((resolve) => setTimeout(resolve, 50));
    const findings = (await (await fetch(`${url.origin}/api/v1/findings`, { headers: bearer })).json()) as {
      findings: { slug: string }[];
    };
    expect(findings.findings.map(({ slug }) => slug)).toContain('nad-not-found');
    const stream = await fetch(`${url.origin}/api/v1/stream`, { headers: bearer });
    const reader = stream.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('event: graph');
    const began = Date.now();
    child.kill('SIGTERM');
    expect(await closed).toBe(0);
    expect(Date.now() - began).toBeLessThan(2000);
  });

  test('does not serve a recording that cannot be read', async () => {
    const { link, closed } = start(['serve', '--from', '/nowhere.json']);
    await expect(link).rejects.toThrow('exit 2');
    expect(await closed).toBe(2);
  });
});
