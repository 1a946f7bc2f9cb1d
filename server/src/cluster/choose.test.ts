import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startDemoApi } from '../demo/api/start.ts';
import { type ChooseOptions, type Chosen, chooseSource } from './choose.ts';
import { testKinds } from './testing/kinds.ts';
import { createRecorder } from './testing/recorder.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'busbar-choose-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const config = (server: string): string =>
  JSON.stringify({
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'c', user: {} }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
  });
const choose = (options: Partial<ChooseOptions> = {}): Promise<Chosen> =>
  chooseSource({ kinds: testKinds, env: { HOME: home }, ...options });
const startDemo = async (): Promise<{ kubeconfig: unknown; stop: () => Promise<void> }> => {
  const api = await startDemoApi();
  return { kubeconfig: api.kubeconfig(), stop: api.stop };
};
const describe = (chosen: Chosen): unknown =>
  'source' in chosen ? { ...chosen.source.describe(), note: chosen.note } : chosen;

test('--from goes before everything', async () => {
  const file = join(home, 'd.json');
  writeFileSync(file, '{"apiVersion":"v1","kind":"List","items":[]}');
  expect(describe(await choose({ from: file, kubeconfig: '/nowhere', demo: true }))).toMatchObject({
    kind: 'dump',
    name: 'd.json',
  });
});

test('a kubeconfig goes before the pod, the pod before the demo', async () => {
  const folder = join(home, 'sa');
  mkdirSync(folder);
  for (const name of ['token', 'ca.crt', 'namespace']) writeFileSync(join(folder, name), 'x');
  const pod = {
    serviceAccountFolder: folder,
    env: { HOME: home, KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' },
    startDemo,
  };
  expect(describe(await choose(pod))).toMatchObject({
    kind: 'cluster',
    context: 'in-cluster',
    server: 'https://10.0.0.1:443',
  });
  mkdirSync(join(home, '.kube'));
  writeFileSync(join(home, '.kube/config'), config('https://cluster.example'));
  expect(describe(await choose(pod))).toMatchObject({
    kind: 'cluster',
    context: 'c',
    server: 'https://cluster.example',
  });
});

test('with nothing configured it is the demo, and says so; asked for by name it need not', async () => {
  for (const [options, note] of [
    [{ startDemo }, expect.stringContaining('demo cluster')],
    [{ startDemo, demo: true }, undefined],
  ] as const) {
    const chosen = await choose(options);
    expect(describe(chosen)).toMatchObject({ kind: 'demo', note });
    if (!('source' in chosen)) throw new Error('a snapshot');
    const recorder = createRecorder();
    await chosen.source.start(recorder);
    expect(recorder.state('Pod')?.availability).toBe('present');
    await chosen.source.stop();
  }
});

test.each<[string, Partial<ChooseOptions>, string]>([
  ['a --kubeconfig that is not there', { kubeconfig: '/nowhere', startDemo }, 'kubeconfig'],
  ['a KUBECONFIG that is not there', { env: { KUBECONFIG: '/nowhere' }, startDemo }, 'kubeconfig'],
  ['a --context without any kubeconfig', { context: 'prod', startDemo }, 'kubeconfig'],
  ['nothing at all, where no demo may stand in', {}, 'not-found'],
  ['a --from that is not there', { from: '/nowhere', startDemo }, 'not-found'],
])('%s is an error, never silently something else', async (_name, options, code) => {
  await expect(choose(options)).rejects.toMatchObject({ name: 'SourceError', code, hint: expect.stringMatching(/\w/) });
});

test('a kubeconfig that points nowhere says which server, file and context', async () => {
  const file = join(home, 'config');
  writeFileSync(file, config('https://127.0.0.1:1'));
  const chosen = await choose({ kubeconfig: file });
  if (!('source' in chosen)) throw new Error('a snapshot');
  const recorder = createRecorder();
  const error: unknown = await chosen.source.start(recorder).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'SourceError', code: 'unreachable' });
  for (const part of ['https://127.0.0.1:1', file, '"c"', 'refuses']) expect(String(error)).toContain(part);
  expect(recorder.healths.at(-1)?.state).toBe('failed');
});
