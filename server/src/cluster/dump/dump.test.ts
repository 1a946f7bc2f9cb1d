import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, expect, test } from 'vitest';
import { testKinds } from '../testing/kinds.ts';
import { createRecorder, type Recorder } from '../testing/recorder.ts';
import { type DumpOptions, type DumpSource, openDump } from './dump.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const write = (files: Record<string, string | Buffer>): string => {
  const root = mkdtempSync(join(tmpdir(), 'busbar-dump-'));
  folders.push(root);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
};

const read = async (path: string, options: Partial<DumpOptions> = {}): Promise<Recorder & { source: DumpSource }> => {
  const opened = await openDump(path, { kinds: testKinds, ...options });
  if (!('source' in opened)) throw new Error('a snapshot');
  const recorder = createRecorder();
  await opened.source.start(recorder);
  return Object.assign(recorder, { source: opened.source });
};

const readText = (text: string | Buffer, options?: Partial<DumpOptions>): ReturnType<typeof read> =>
  read(join(write({ dump: text }), 'dump'), options);
const fails = (text: string | Buffer): Promise<unknown> =>
  readText(text).then(
    () => 'no error',
    (error: unknown) => error,
  );

const pod = (name: string, extra: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'a', uid: name, ...extra },
});
const json = JSON.stringify;
const yamlPod = (name: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n  namespace: a\n  uid: ${name}\n`;

const tar = async (entries: { name: string; content?: string; linkname?: string }[]): Promise<Buffer> => {
  const archive = pack();
  for (const { name, content, linkname } of entries) {
    if (linkname) archive.entry({ name, type: 'symlink', linkname });
    else archive.entry({ name }, content ?? '');
  }
  archive.finalize();
  const parts: Buffer[] = [];
  for await (const part of archive) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

const list = json({ apiVersion: 'v1', kind: 'List', items: [pod('x'), pod('y')] });

test.each<[string, string | Buffer]>([
  ['a List in JSON', list],
  ['the same with a byte order mark', `\uFEFF${list}`],
  ['the same in UTF-16, as PowerShell writes it', Buffer.from(`\uFEFF${list}`, 'utf16le')],
  ['the same, gzipped', gzipSync(list)],
  ['concatenated JSON', json(pod('x')) + json(pod('y'))],
  ['JSON lines', `${json(pod('x'))}\n${json(pod('y'))}\n`],
  ['a JSON array', json([pod('x'), pod('y')])],
  [
    'a typed list whose items say nothing',
    json({
      kind: 'PodList',
      apiVersion: 'v1',
      items: [
        { metadata: { name: 'x', namespace: 'a', uid: 'x' } },
        { metadata: { name: 'y', namespace: 'a', uid: 'y' } },
      ],
    }),
  ],
  [
    'a typed list that says its kind last',
    `{"items":[{"metadata":{"name":"x","namespace":"a","uid":"x"}},{"metadata":{"name":"y","namespace":"a","uid":"y"}}],"apiVersion":"v1","kind":"PodList"}`,
  ],
  ['YAML documents', `---\n${yamlPod('x')}---\n# nothing\n---\n${yamlPod('y')}...\n`],
  [
    'a YAML List as kubectl prints it',
    `apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: x\n    namespace: a\n    uid: x\n    annotations:\n      t: |\n        - a\n        items:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: "y"\n    namespace: a\n    uid: y\nkind: List\nmetadata:\n  resourceVersion: ""\n`,
  ],
  [
    'an indented YAML list without kinds, CRLF',
    `apiVersion: v1\r\nkind: PodList\r\nitems:\r\n  - metadata: {name: x, namespace: a, uid: x}\r\n  - metadata:\r\n      name: "y"\r\n      namespace: a\r\n      uid: y\r\n`,
  ],
  [
    'a YAML list in flow style',
    `apiVersion: v1\nkind: PodList\nitems: [{metadata: {name: x, namespace: a, uid: x}}, {metadata: {name: "y", namespace: a, uid: y}}]\n`,
  ],
])('%s gives its pods', async (_name, content) => {
  const dump = await readText(content);
  expect(dump.names()).toEqual(['Pod a/x', 'Pod a/y']);
  expect(dump.source.issues()).toEqual([]);
  expect(dump.state('Pod')).toMatchObject({ availability: 'present', count: 2, version: 'v1' });
  expect(dump.state('Node')).toMatchObject({ availability: 'unread', count: 0 });
});

test.each<[string, string | Buffer, string, RegExp]>([
  ['an empty file', '', 'empty', /is empty/],
  [
    'a binary file',
    Buffer.from([1, 2, 0, 255, 3]),
    'binary',
    /as Kubernetes objects \(binary file, not JSON or YAML\)$/,
  ],
  ['a zip archive', Buffer.from('PK\u0003\u0004aaaa'), 'binary', /zip/],
  ['broken gzip', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from('nonsense')]), 'invalid', /gzip/],
  [
    'JSON that breaks off at once',
    '{"apiVersion":"v1","items":[{"a":',
    'no-objects',
    /truncated JSON: the file ends at byte 33/,
  ],
  ['prose', 'Dear reader,\nthis is no dump.\n', 'no-objects', /nothing in it could be read/],
  ['YAML that is none', 'a: [1,\nb: }', 'no-objects', /invalid YAML/],
  [
    'kinds that nobody reads',
    json({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' } }),
    'no-objects',
    /Deployment 1/,
  ],
])('%s is refused with a clear message', async (_name, content, code, message) => {
  expect(await fails(content)).toMatchObject({
    name: 'SourceError',
    code,
    message: expect.stringMatching(message),
    hint: expect.stringMatching(/\w/),
  });
});

test('a missing file, an empty folder and an unreadable file are told apart', async () => {
  const root = write({ 'a/secret.json': list });
  mkdirSync(join(root, 'none'));
  await expect(read(join(root, 'nowhere'))).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('no such file'),
  });
  await expect(read(join(root, 'none'))).rejects.toMatchObject({ code: 'empty' });
  if (process.getuid?.() === 0) return;
  chmodSync(join(root, 'a/secret.json'), 0);
  await expect(read(join(root, 'a/secret.json'))).rejects.toMatchObject({ code: 'permission-denied' });
});

test('an empty List is an empty cluster, not an error', async () => {
  const dump = await readText('{"apiVersion":"v1","kind":"List","items":[]}');
  expect(dump.names()).toEqual([]);
  expect(dump.healths.at(-1)).toMatchObject({ state: 'live', loaded: 0 });
});

test('truncated JSON keeps what is whole and says where it breaks', async () => {
  const dump = await readText(list.slice(0, -20));
  expect(dump.names()).toEqual(['Pod a/x']);
  expect(dump.source.issues()).toEqual([
    {
      file: expect.stringContaining('dump'),
      line: 1,
      message: expect.stringContaining(`ends at byte ${list.length - 20}`),
    },
  ]);
});

test('a dump is read no faster than it is taken', async () => {
  const count = 5000;
  const path = join(
    write({ dump: json({ kind: 'List', items: Array.from({ length: count }, (_, at) => pod(`p${at}`)) }) }),
    'dump',
  );
  const opened = await openDump(path, { kinds: testKinds });
  if (!('source' in opened)) throw new Error('a snapshot');
  let [taken, given, most] = [0, 0, 0];
  await opened.source.start({
    changes: (batch) => {
      given += batch.length;
      most = Math.max(most, given - taken);
    },
    health: () => {},
    room: () =>
      given - taken < 500
        ? undefined
        : new Promise((resolve) =>
            setTimeout(() => {
              taken = given;
              resolve();
            }, 1),
          ),
  });
  expect(given).toBeGreaterThanOrEqual(count);
  expect(most).toBeLessThanOrEqual(900);
  expect(opened.source.progress()).toMatchObject({ objects: count });
});

test('one broken YAML item costs only itself, and the issue names its line', async () => {
  const dump = await readText(`${yamlPod('x')}---\na: {\n---\n${yamlPod('y')}`);
  expect(dump.names()).toEqual(['Pod a/x', 'Pod a/y']);
  expect(dump.source.issues()).toMatchObject([{ line: 8 }]);
});

test('unknown fields survive, managedFields do not', async () => {
  const dump = await readText(
    json({
      ...pod('x', { managedFields: [{ time: '2026-01-02T00:00:00Z' }] }),
      spec: { networks: [{ podNetworkName: 'm' }], future: 1 },
    }),
  );
  const [object] = dump.objects.values();
  expect(object).toMatchObject({ spec: { networks: [{ podNetworkName: 'm' }], future: 1 } });
  expect(object?.metadata).not.toHaveProperty('managedFields');
  expect(dump.source.describe().takenAt).toBe('2026-01-02T00:00:00.000Z');
});

test('a must-gather reads the same as a folder and as an archive; its logs are left alone', async () => {
  const files = {
    'mg/quay-io/namespaces/a/core/pods.yaml': `apiVersion: v1\nkind: PodList\nitems:\n- metadata:\n    name: x\n    namespace: a\n    uid: x\n    resourceVersion: "7"\n`,
    'mg/quay-io/namespaces/a/pods/x/x.yaml': `---\n${yamlPod('x')}`,
    'mg/quay-io/cluster-scoped-resources/core/nodes/n1.yaml':
      'apiVersion: v1\nkind: Node\nmetadata:\n  name: n1\n  uid: n\n',
    'mg/quay-io/namespaces/a/pods/x/logs/current.log': '{"not":',
    'mg/version': 'oc 4.20\n',
    'mg/CHANGES': `Released: [yes\n${'long prose '.repeat(2000)}\n`,
    'mg/event-filter.html': '<html>',
  };
  const root = write(files);
  const entries = Object.entries(files).map(([name, content]) => ({ name, content }));
  const archive = await tar([
    ...entries,
    { name: 'mg/evil', linkname: '/etc/passwd' },
    { name: '../../etc/x.json', content: json(pod('y')) },
  ]);
  const paths = write({ 'mg.tar': archive, 'mg.tgz': gzipSync(archive) });
  const folder = await read(root);
  expect(folder.names()).toEqual(['Node n1', 'Pod a/x']);
  expect(folder.source.issues()).toEqual([]);
  for (const name of ['mg.tar', 'mg.tgz']) {
    const packed = await read(join(paths, name));
    expect(packed.names()).toEqual(['Node n1', 'Pod a/x', 'Pod a/y']);
    expect(packed.source.issues()).toEqual([]);
  }
});

test('an archive that breaks off gives what came before', async () => {
  const archive = await tar([
    { name: 'a.json', content: list },
    { name: 'b.json', content: json(pod('z', { pad: 'x'.repeat(5000) })) },
  ]);
  const dump = await readText(archive.subarray(0, 4000));
  expect(dump.names()).toEqual(['Pod a/x', 'Pod a/y']);
  expect(
    dump.source
      .issues()
      .map((issue) => issue.message)
      .join(),
  ).toMatch(/breaks early|truncated/);
});

test('archives are bounded in entries and in bytes', async () => {
  const archive = await tar([
    { name: 'a.json', content: list },
    { name: 'b.json', content: list },
  ]);
  await expect(readText(archive, { limits: { maxEntries: 1 } })).rejects.toMatchObject({ code: 'too-large' });
  await expect(readText(archive, { limits: { maxTotalBytes: list.length + 10 } })).rejects.toMatchObject({
    code: 'too-large',
  });
});

test('symbolic links in a folder are not followed', async () => {
  const root = write({ 'a.json': json(pod('x')) });
  const outside = write({ 'b.json': json(pod('y')) });
  symlinkSync(outside, join(root, 'out'));
  symlinkSync(join(outside, 'b.json'), join(root, 'b.json'));
  symlinkSync(root, join(root, 'loop'));
  expect((await read(root)).names()).toEqual(['Pod a/x']);
});

test('manifests beside recorded state are left out, alone they count', async () => {
  const manifest = 'apiVersion: k8s.cni.cncf.io/v1\nkind: NetworkAttachmentDefinition\nmetadata:\n  name: gone\n';
  const mixed = await read(write({ 'cluster.json': list, 'manifest.yaml': manifest }));
  expect(mixed.names()).toEqual(['Pod a/x', 'Pod a/y']);
  expect(mixed.source.issues()).toMatchObject([
    { file: 'manifest.yaml', message: expect.stringContaining('never at an API server') },
  ]);
  expect((await read(write({ 'manifest.yaml': manifest }))).names()).toEqual([
    'NetworkAttachmentDefinition default/gone',
  ]);
});

test('of two copies of an object the newer counts, once', async () => {
  const dump = await readText(
    [
      pod('x', { resourceVersion: '10', labels: { v: 'new' } }),
      pod('x', { resourceVersion: '9', labels: { v: 'old' } }),
    ]
      .map((object) => json(object))
      .join('\n'),
  );
  expect(dump.state('Pod')?.count).toBe(1);
  expect([...dump.objects.values()][0]?.metadata.labels).toEqual({ v: 'new' });
});

test('only the named ConfigMaps are taken, Secrets never', async () => {
  const dump = await readText(
    ['multus-cni-config', 'other']
      .map((name) => json({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'a', uid: name } }))
      .join('\n') + json({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', uid: 's' } }),
  );
  expect(dump.names()).toEqual(['ConfigMap a/multus-cni-config']);
  expect(dump.source.skipped()).toEqual({ ConfigMap: 1, Secret: 1 });
});

test('stdin is read, and an empty one is explained', async () => {
  const stdin = async function* (text: string): AsyncGenerator<Buffer> {
    if (text) yield Buffer.from(text);
  };
  expect((await read('-', { stdin: stdin(list) })).names()).toEqual(['Pod a/x', 'Pod a/y']);
  await expect(read('-', { stdin: stdin('') })).rejects.toMatchObject({
    code: 'empty',
    hint: expect.stringContaining('kubectl'),
  });
});

test('a snapshot comes back as it is, a broken one is refused', async () => {
  const snapshot = {
    apiVersion: 'busbar/v1',
    kind: 'Topology',
    takenAt: 't',
    cluster: { name: 'c', sources: [] },
    networks: [],
    workloads: [],
    attachments: [],
    pools: [],
    nodeDevices: [],
    edges: [],
    findings: [],
  };
  const root = write({
    's.json': json(snapshot),
    's.json.gz': gzipSync(json(snapshot)),
    'bad.json': '{"apiVersion":"busbar/v1","kind":"Topology"}',
  });
  for (const name of ['s.json', 's.json.gz'])
    expect(await openDump(join(root, name), { kinds: testKinds })).toEqual({ snapshot });
  await expect(openDump(join(root, 'bad.json'), { kinds: testKinds })).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('networks'),
  });
});

test.each<[string, string]>([
  ['deep nesting in JSON', json(pod('x')).replace('"uid"', `"deep":${'['.repeat(10_000)}${']'.repeat(10_000)},"uid"`)],
  ['deep nesting in YAML', `${yamlPod('x')}---\na: ${'['.repeat(10_000)}`],
  [
    'an alias bomb',
    `${yamlPod('x')}---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n`,
  ],
  [
    'wrong types everywhere',
    `${json(pod('x'))}{"apiVersion":1,"kind":{}}{"apiVersion":"v1","kind":"Pod","metadata":[]}{"apiVersion":"v1","kind":"Pod","metadata":{"name":7}}`,
  ],
  ['a name that pollutes', `${json(pod('x'))}{"apiVersion":"v1","kind":"Pod","__proto__":{"metadata":{"name":"p"}}}`],
])('%s neither throws nor hangs', async (_name, content) => {
  expect((await readText(content)).names()).toEqual(['Pod a/x']);
});

test.each(readdirSync('shared/fixtures/real').filter((name) => !name.includes('.')))(
  'the recorded case %s reads the same as a folder and as its file',
  async (name) => {
    const folder = await read(join('shared/fixtures/real', name));
    const file = await read(join('shared/fixtures/real', name, 'cluster.json'));
    expect(folder.names()).toEqual(file.names());
    const items: { kind: string }[] = JSON.parse(
      readFileSync(join('shared/fixtures/real', name, 'cluster.json'), 'utf8'),
    ).items;
    expect(file.state('Pod')?.count).toBe(items.filter((item) => item.kind === 'Pod').length);
  },
);
