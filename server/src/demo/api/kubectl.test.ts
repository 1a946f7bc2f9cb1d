import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layCrds } from '../world/base.ts';
import type { DemoApi } from './start.ts';
import { startDemoApi } from './start.ts';

/** Every kubectl that can be had: the one on the PATH, and the old one of the envtest assets. */
const assets = process.env['KUBEBUILDER_ASSETS'];
const binaries = ['kubectl', ...(assets === undefined ? [] : [join(assets, 'kubectl')])].filter(
  (binary) => spawnSync(binary, ['version', '--client'], { stdio: 'ignore' }).status === 0,
);
if (binaries.length === 0)
  console.warn('SKIPPED: no kubectl on the PATH; the demo API is not tried with the real client');

const MANIFEST = `apiVersion: v1
kind: Pod
metadata: {name: pod1, labels: {app: talk}}
spec:
  networks: [{podNetworkName: media-net, interfaceName: net1}]
  containers: [{name: main, image: "nginx:1.25", ports: [{containerPort: 80}]}]
---
apiVersion: v1
kind: PodNetwork
metadata: {name: media-net}
spec: {provider: myprovider.io/application}
---
apiVersion: k8s.cni.cncf.io/v1
kind: NetworkAttachmentDefinition
metadata: {name: media-net}
spec: {config: '{"type": "bridge", "name": "media-net", "ipam": {"type": "static"}}'}
`;

describe.each(binaries)('%s', (binary) => {
  let api: DemoApi;
  let folder: string;
  let kubeconfig: string;

  beforeAll(async () => {
    api = await startDemoApi({ terminationMs: 50 });
    layCrds(api.store, Date.now());
    folder = mkdtempSync(join(tmpdir(), 'busbar-kubectl-'));
    kubeconfig = join(folder, 'config');
    writeFileSync(kubeconfig, JSON.stringify(api.kubeconfig()));
    writeFileSync(join(folder, 'talk.yaml'), MANIFEST);
  });
  afterAll(() => api.stop());

  const environment = (): NodeJS.ProcessEnv => ({ ...process.env, HOME: folder, KUBECONFIG: kubeconfig });
  const kubectl = (...args: string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      execFile(binary, args, { env: environment(), cwd: folder, timeout: 10_000 }, (error, stdout, stderr) =>
        error === null ? resolve(stdout) : reject(new Error(stderr || error.message)),
      );
    });

  test('create, get, describe, patch, annotate, label, apply, delete', async () => {
    expect(await kubectl('create', '-f', 'talk.yaml')).toContain('pod/pod1 created');
    expect(await kubectl('get', 'pods', '-A', '-o', 'wide')).toMatch(/default +pod1 +0\/1 +Pending +0 +\d+s/);
    expect(await kubectl('get', 'net-attach-def')).toMatch(/media-net +\d+s/);
    expect(await kubectl('get', 'podnetworks')).toContain('myprovider.io/application');
    expect(await kubectl('get', 'pod', 'pod1', '-o', 'jsonpath={.spec.networks[0].podNetworkName}')).toBe('media-net');
    await kubectl('annotate', 'pod', 'pod1', 'k8s.v1.cni.cncf.io/networks=media-net');
    await kubectl('label', 'pod', 'pod1', 'tier=front');
    await kubectl('patch', 'pod', 'pod1', '-p', '{"metadata":{"labels":{"a":"b"}}}');
    await kubectl('patch', 'pod', 'pod1', '--type=json', '-p', '[{"op":"remove","path":"/metadata/labels/a"}]');
    await kubectl('patch', 'net-attach-def', 'media-net', '--type=merge', '-p', '{"metadata":{"labels":{"c":"d"}}}');
    expect(await kubectl('get', 'pods', '-l', 'tier=front', '-o', 'name')).toBe('pod/pod1\n');
    api.store.create({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'pod1.1', namespace: 'default' },
      involvedObject: {
        kind: 'Pod',
        namespace: 'default',
        name: 'pod1',
        uid: api.store.get({ apiVersion: 'v1', kind: 'Pod', name: 'pod1' })?.metadata.uid ?? '',
      },
      reason: 'NoNetworkFound',
      type: 'Warning',
      message: 'cannot find it',
      source: { component: 'multus' },
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
      count: 3,
    });
    expect(await kubectl('describe', 'pod', 'pod1')).toMatch(/NoNetworkFound[^\n]*multus[^\n]*cannot find it/);
    expect(await kubectl('get', 'events')).toMatch(/Warning +NoNetworkFound +pod\/pod1 +cannot find it/);
    expect(await kubectl('apply', '-f', 'talk.yaml')).toContain('pod/pod1 configured');
    expect(await kubectl('apply', '-f', 'talk.yaml')).toContain('pod/pod1 unchanged');
    expect(await kubectl('get', 'pod', 'pod1', '-o', 'json')).toContain('"podNetworkName": "media-net"');
    expect(await kubectl('delete', '-f', 'talk.yaml')).toContain('deleted');
    await expect(kubectl('get', 'pod', 'pod1')).rejects.toThrow('pods "pod1" not found');
  }, 30_000);

  test('get -w shows a change as it comes', async () => {
    await kubectl('create', '-f', 'talk.yaml');
    const child = spawn(binary, ['get', 'pods', '-w'], { env: environment() });
    let seen = '';
    child.stdout.on('data', (data: Buffer) => {
      seen += data.toString();
    });
    try {
      await expect.poll(() => seen, { timeout: 8000 }).toContain('pod1');
      api.store.patch(
        { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'pod1' },
        { status: { phase: 'Running' } },
      );
      await expect.poll(() => seen, { timeout: 8000 }).toMatch(/pod1 +0\/1 +Running/);
    } finally {
      child.kill();
    }
    await kubectl('delete', '-f', 'talk.yaml');
  }, 30_000);

  test('typed commands: create namespace, create deployment, scale, auth can-i', async () => {
    expect(await kubectl('create', 'namespace', 'fresh')).toContain('namespace/fresh created');
    expect(await kubectl('create', 'configmap', 'cm', '--from-literal=a=b')).toContain('created');
    expect(await kubectl('get', 'configmap', 'cm', '-o', 'jsonpath={.data.a}')).toBe('b');
    expect(await kubectl('create', 'deployment', 'web', '--image=nginx:1.25')).toContain('created');
    expect(await kubectl('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].image}')).toBe(
      'nginx:1.25',
    );
    expect(await kubectl('scale', 'deployment', 'web', '--replicas=3')).toContain('scaled');
    expect(await kubectl('get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}')).toBe('3');
    expect(await kubectl('auth', 'can-i', 'list', 'pods')).toBe('yes\n');
    await kubectl('delete', 'deployment', 'web');
    await kubectl('delete', 'namespace', 'fresh');
  }, 30_000);
});

if (binaries.length === 0) test.skip('no kubectl on the PATH: the real client was not tried', () => {});
