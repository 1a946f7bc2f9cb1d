/** What strangers may hand to the built program: a clear word, the right exit code, and a server that goes on. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { busbarMissing, runBusbar, signIn } from '../rig/busbar.ts';
import { type CheckReport, schemaErrors } from '../rig/check-report.ts';
import { create, type Demo, startDemo } from '../rig/demo.ts';
import { eventually } from '../rig/eventually.ts';
import { toKubeconfig } from '../rig/kubeconfig.ts';
import { nad, pod } from '../rig/objects.ts';

const missing = busbarMissing();
if (missing) console.warn(`bad input: skipped, ${missing}`);

const NETWORKS = 'k8s.v1.cni.cncf.io/networks';
const STATUS = 'k8s.v1.cni.cncf.io/network-status';
const SCRIPT = '<script>alert(1)</script>';
const list = (...items: object[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
const nested = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
const megabyte = 'x'.repeat(1024 * 1024);
const noise = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256));

describe.skipIf(missing)(`busbar check on bad input${missing ? ` (${missing})` : ''}`, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'busbar-bad-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const save = (name: string, content: string | Buffer) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  test.each([
    ['a binary file', 'noise.bin', noise],
    ['a binary file that calls itself JSON', 'noise.json', noise],
    ['an empty file', 'empty.json', ''],
    ['a truncated list', 'cut.json', list(pod('a', 'b')).slice(0, -40)],
    ['JSON that is no Kubernetes object', 'other.json', '{"hello": ["world"]}'],
    ['a truncated archive', 'cut.tar.gz', gzipSync(noise).subarray(0, 200)],
  ])('%s cannot be read, and it says which file and why', (_, name, content) => {
    const { code, stdout, stderr } = runBusbar(['check', '--from', save(name, content), '-o', 'json']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(name);
    expect(stderr.trim().length).toBeLessThan(600);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('the same through stdin', () => {
    for (const input of [noise, '', '{"apiVersion": "v1", "kind": "List", "items": [']) {
      const { code, stdout, stderr } = runBusbar(['check', '--from', '-', '-o', 'json'], { input });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/\S/);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });

  test.each([
    ['an annotation of 1 MiB', list(pod('a', 'b', { [NETWORKS]: megabyte }))],
    ['a list annotation of 1 MiB', list(pod('a', 'b', { [NETWORKS]: `[${'{},'.repeat(340_000)}{}]` }))],
    ['a status of 1 MiB', list(pod('a', 'b', { [STATUS]: `[${megabyte}` }))],
    ['an annotation of 10,000 nested arrays', list(pod('a', 'b', { [NETWORKS]: nested }))],
    ['a NAD of 10,000 nested arrays', list(nad('a', 'deep', nested), pod('a', 'b', { [NETWORKS]: 'deep' }))],
  ])('%s is a finding', (_, input) => {
    const { code, stdout, stderr } = runBusbar(['check', '--from', '-', '-o', 'json'], { input });
    expect([0, 1], stderr).toContain(code);
    const report = JSON.parse(stdout) as CheckReport;
    expect(schemaErrors(report)).toEqual([]);
    expect(report.findings).not.toEqual([]);
    expect(stdout.length).toBeLessThan(400_000);
  });

  test('<script> in every string is told back as text', () => {
    const evil = {
      ...pod('a', 'b', { [NETWORKS]: SCRIPT, [STATUS]: JSON.stringify([{ name: SCRIPT, interface: SCRIPT }]) }),
      status: { phase: SCRIPT, podIP: SCRIPT, message: SCRIPT },
    };
    const input = list(evil, nad('a', 'n', { type: SCRIPT, name: SCRIPT, ipam: { type: SCRIPT } }));
    const { code, stdout, stderr } = runBusbar(['check', '--from', '-', '-o', 'json'], { input });
    expect([0, 1], stderr).toContain(code);
    expect(schemaErrors(JSON.parse(stdout))).toEqual([]);
  });

  test('a kubeconfig that points nowhere is named, with the address', () => {
    const kubeconfig = save('nowhere', toKubeconfig('https://127.0.0.1:1', undefined, { token: 'x' }));
    const { code, stdout, stderr } = runBusbar(['check', '--kubeconfig', kubeconfig]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('127.0.0.1:1');
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('a kubeconfig that is none, or not there, is told', () => {
    for (const path of [save('broken', ': [not yaml'), join(folder, 'absent')]) {
      const { code, stdout, stderr } = runBusbar(['check', '--kubeconfig', path]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(path);
    }
  });
});

describe.skipIf(missing)(`the server on bad input${missing ? ` (${missing})` : ''}`, () => {
  let demo: Demo;
  let cookie: string;
  beforeAll(async () => {
    demo = await startDemo('empty');
    cookie = await signIn(demo.openUrl);
  });
  afterAll(() => demo?.stop());
  const get = (path: string) => fetch(`${demo.origin}${path}`, { headers: { Cookie: cookie } });

  test('goes on serving while such objects come in', async () => {
    await create(
      demo.api,
      pod('default', 'megabyte', { [NETWORKS]: megabyte.slice(0, 200_000) }),
      pod('default', 'nested', { [NETWORKS]: nested }),
      pod('default', 'script', { [NETWORKS]: SCRIPT, [STATUS]: SCRIPT }),
      nad('default', 'deep', nested),
      nad('default', 'script', SCRIPT),
      pod('default', 'deep', { [NETWORKS]: 'deep,script' }),
    );
    const seen = async () => {
      const answer = await get('/api/v1/topology');
      const { workloads } = (await answer.json()) as { workloads: { name: string }[] };
      return ['megabyte', 'nested', 'script', 'deep'].every((name) => workloads.some((one) => one.name === name));
    };
    await eventually('all are seen', seen);
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/readyz')).status).toBe(200);
    const workload = await get(`/api/v1/workloads/${encodeURIComponent('pod:default/megabyte')}`);
    expect(workload.status).toBe(200);
    expect((await workload.text()).length).toBeLessThan(400_000);
    expect(demo.log()).not.toContain('refused a batch');
  });

  test.each([
    ['/api/v1/nothing', 404],
    ['/api/v1/workloads/pod%3Ano%2Fpod', 404],
    ['/api/v1/export/exe', 404],
    ['/api/v1/workloads/%E0%A4%A', 400],
  ])('GET %s is a problem document', async (path, status) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ status, title: expect.any(String) });
  });

  test('another host name, another origin and a missing session are turned away', async () => {
    const { port } = new URL(demo.origin);
    const cross = await fetch(`${demo.origin}/api/v1/cluster`, {
      headers: { Cookie: cookie, Origin: 'http://evil.example' },
    });
    expect(cross.status).toBe(403);
    expect((await fetch(`${demo.origin}/api/v1/cluster`)).status).toBe(401);
    expect(await rawStatus(Number(port), 'evil.example')).toBe(403);
  });
});

/** fetch does not let a Host header be chosen. */
async function rawStatus(port: number, host: string): Promise<number> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/', headers: { Host: host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}
