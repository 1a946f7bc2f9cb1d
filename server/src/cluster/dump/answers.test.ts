import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { testKinds } from '../testing/kinds.ts';
import { createRecorder } from '../testing/recorder.ts';
import { openDump } from './dump.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function read(files: Record<string, string>, namespaces?: string[]) {
  const root = mkdtempSync(join(tmpdir(), 'busbar-answers-'));
  folders.push(root);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  const opened = await openDump(root, { kinds: testKinds, ...(namespaces ? { namespaces } : {}) });
  if (!('source' in opened)) throw new Error('a snapshot');
  const recorder = createRecorder();
  await opened.source.start(recorder);
  return { recorder, issues: opened.source.issues() };
}

const sandbox = '3f6940ab5ab43bc522569d15b23f8c1bbde1d7678b080398506924fc01d72755';
const results = 'n1/var/lib/cni/results';
const cached = JSON.stringify({
  kind: 'cniCacheV1',
  containerId: sandbox,
  ifName: 'net1',
  networkName: 'storage',
  cniArgs: [
    ['K8S_POD_NAMESPACE', 'lab'],
    ['K8S_POD_NAME', 'db-0'],
  ],
  result: { cniVersion: '1.0.0', interfaces: [{ name: 'net1', sandbox: '/x' }], ips: [{ address: '10.0.0.5/24' }] },
});
const pod = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'db-0', namespace: 'lab', uid: 'u' } });
const export1 = `kind: KniNodeSnapshot
node: n1
pods:
- {namespace: lab, name: web, sandboxID: 9f3c, ipconfigs: {eth0: {ip: [10.1.0.5], mac: "02:00:00:00:00:05"}}}
`;

test('files of a node stand beside the objects, under their own names, with or without an extension', async () => {
  const { recorder, issues } = await read({
    'pods.json': pod,
    [`${results}/storage-${sandbox}-net1`]: cached,
    [`${results}/cbr0-${sandbox}-eth0`]: '{"cniVersion":"0.2.0","ip4":{"ip":"10.244.1.7/24"}}',
    'kni/n1.yaml': export1,
  });
  expect(issues).toEqual([]);
  expect(recorder.names()).toEqual([
    'NodeAnswer kni/n1.yaml#/pods/0',
    `NodeAnswer ${results}/cbr0-${sandbox}-eth0`,
    `NodeAnswer ${results}/storage-${sandbox}-net1`,
    'Pod lab/db-0',
  ]);
  const pods = [...recorder.objects.values()].flatMap(({ kind, pod }) => (kind === 'NodeAnswer' ? [pod] : []));
  expect(pods.filter((one) => JSON.stringify(one) === '{"namespace":"lab","name":"db-0"}')).toHaveLength(2);
  expect(recorder.state('NodeAnswer')).toMatchObject({ availability: 'present', count: 3 });
});

test('answers of other namespaces than those that are read are left out', async () => {
  const { recorder } = await read({ 'pods.json': pod, 'n1.yaml': export1.replace('lab', 'other'), a: cached }, ['lab']);
  expect(recorder.names('NodeAnswer')).toEqual(['NodeAnswer a']);
});

test('a config, an error and a text beside them are named with a reason, and do not stop the rest', async () => {
  const { recorder, issues } = await read({
    'pods.json': pod,
    a: cached,
    'config.json': '{"cniVersion":"1.0.0","name":"a","plugins":[{"type":"bridge"}]}',
    'error.json': '{"cniVersion":"1.0.0","code":11,"msg":"no IP addresses available"}',
    'other.json': '{"hello": "world"}',
  });
  expect(recorder.names('NodeAnswer')).toEqual(['NodeAnswer a']);
  expect(issues.map(({ file }) => file)).toEqual(['config.json', 'error.json', 'other.json']);
});

test('a folder of nothing but answers is read, and says that pods are wanted', async () => {
  const { recorder, issues } = await read({ [`${results}/storage-${sandbox}-net1`]: cached });
  expect(recorder.names()).toHaveLength(1);
  expect(issues).toEqual([expect.objectContaining({ message: expect.stringContaining('no pod beside them') })]);
});
