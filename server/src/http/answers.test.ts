import { createEngine } from '@busbar/shared/engine/engine';
import { buildAnswersDoc } from '@busbar/shared/inspect/answers';
import { schemaDocument } from '@busbar/shared/inspect/schema';
import type { Change } from '@busbar/shared/kube/object';
import { providers } from '@busbar/shared/providers/registry';
import { rules } from '@busbar/shared/rules/registry';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { type Dropped, readAnswers } from './answers.ts';

const sandbox = '3f6940ab5ab43bc522569d15b23f8c1bbde1d7678b080398506924fc01d72755';
const uid = 'f0bfbd5b-096d-48ef-998c-da26743dd0cb';

function liveEngine() {
  const engine = createEngine({ providers, rules });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'db-0',
      namespace: 'lab',
      uid,
      annotations: {
        'k8s.v1.cni.cncf.io/networks': 'storage',
        'k8s.v1.cni.cncf.io/network-status':
          '[{"name":"cbr0","interface":"eth0","ips":["10.244.1.7"],"default":true},{"name":"lab/storage","interface":"net1","ips":["10.40.0.9"],"mac":"02:00:0a:28:00:09"}]',
      },
    },
    spec: { nodeName: 'n1' },
    status: { phase: 'Running', podIPs: [{ ip: '10.244.1.7' }] },
  };
  const nad = {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name: 'storage', namespace: 'lab', uid: 'n' },
    spec: { config: '{"cniVersion":"1.0.0","name":"storage","type":"macvlan","master":"ens5"}' },
  };
  const changes: Change[] = [
    ...['Pod', 'Event'].map(
      (kind): Change => ({
        type: 'source',
        source: { group: '', resource: `${kind.toLowerCase()}s`, kind, availability: 'present', count: 1 },
      }),
    ),
    { type: 'put', object: nad },
    { type: 'put', object: pod },
  ];
  engine.apply(changes, Date.parse('2026-11-24T01:00:00Z'));
  return engine;
}

const cached = (ip: string, args: Record<string, string> = {}) =>
  JSON.stringify({
    kind: 'cniCacheV1',
    containerId: sandbox,
    ifName: 'net1',
    networkName: 'storage',
    cniArgs: Object.entries({
      K8S_POD_NAMESPACE: 'lab',
      K8S_POD_NAME: 'db-0',
      K8S_POD_UID: uid,
      ...args,
    }),
    result: {
      cniVersion: '1.1.0',
      interfaces: [{ name: 'net1', mac: '02:00:0a:28:00:09', mtu: 9000, sandbox: '/run/netns/x' }],
      ips: [{ address: `${ip}/24`, interface: 0 }],
    },
  });

async function answersTo(...files: Dropped[]) {
  const engine = liveEngine();
  const before = JSON.stringify(engine.topology({ name: 't' }, 'now'));
  const read = await readAnswers(files);
  const doc = buildAnswersDoc(engine, read.objects, read.files);
  expect(JSON.stringify(engine.topology({ name: 't' }, 'now'))).toBe(before);
  const validate = new Ajv2020().compile(schemaDocument('AnswersDoc') as object);
  expect(validate(doc), JSON.stringify(validate.errors)).toBe(true);
  return doc;
}

test('an answer stands beside what the pod reports, field by field, and the cluster stays as it was', async () => {
  const doc = await answersTo({ name: 'results/storage-net1', text: cached('10.40.0.9') });
  expect(doc).toMatchObject({
    files: [{ name: 'results/storage-net1', answers: 1, notes: [] }],
    total: 1,
    strangers: [],
    findings: [],
  });
  expect(doc.pods[0]?.attachments).toEqual([
    {
      id: 'pod:lab/db-0#1',
      slot: 1,
      network: 'lab/storage',
      interface: 'net1',
      state: 'attached',
      file: 'results/storage-net1',
      fields: [
        { field: 'interface', reported: 'net1', answered: 'net1', verdict: 'same' },
        { field: 'addresses', reported: '10.40.0.9', answered: '10.40.0.9/24', verdict: 'same' },
        { field: 'MAC', reported: '02:00:0a:28:00:09', answered: '02:00:0a:28:00:09', verdict: 'same' },
        { field: 'MTU', reported: null, answered: '9000', verdict: 'adds' },
      ],
    },
  ]);
});

test('another address is a difference and a finding', async () => {
  const doc = await answersTo({ name: 'a', text: cached('10.40.0.77') });
  expect(doc.pods[0]?.attachments[0]?.fields).toContainEqual({
    field: 'addresses',
    reported: '10.40.0.9',
    answered: '10.40.0.77/24',
    verdict: 'differs',
  });
  expect(doc.findings.map(({ code, slug }) => [code, slug])).toEqual([['MN805', 'sources-disagree']]);
});

test('a bare result goes to the pod whose sandbox another file names', async () => {
  const bare = '{"cniVersion":"0.2.0","ip4":{"ip":"10.244.1.7/24"}}';
  const doc = await answersTo(
    { name: `cbr0-${sandbox}-eth0`, text: bare },
    { name: 'net1', text: cached('10.40.0.9') },
  );
  expect(doc.pods[0]?.attachments.map(({ slot, file }) => [slot, file])).toEqual([
    [0, `cbr0-${sandbox}-eth0`],
    [1, 'net1'],
  ]);
  const alone = await answersTo({ name: `cbr0-${sandbox}-eth0`, text: bare });
  expect(alone.strangers).toEqual([{ file: `cbr0-${sandbox}-eth0`, about: null, reason: 'unnamed' }]);
});

test('answers about nobody who is there are told apart, and are no error', async () => {
  const doc = await answersTo(
    { name: 'gone', text: cached('10.40.0.9', { K8S_POD_NAME: 'web' }) },
    { name: 'other', text: cached('10.40.0.9', { K8S_POD_UID: 'x' }) },
  );
  expect(doc.pods).toEqual([]);
  expect(doc.strangers).toEqual([
    { file: 'gone', about: 'lab/web', reason: 'no-pod' },
    { file: 'other', about: 'lab/db-0', reason: 'other-pod' },
  ]);
  expect(doc.findings).toEqual([]);
});

test.each([
  ['words', 'just words', /neither an answer/],
  ['nothing', ' ', /empty/],
  ['broken', '{"kind": ', /./],
  ['a pod', '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"}}', /a Pod.*Try manifests/],
  ['a snapshot', '{"apiVersion":"busbar/v1","kind":"Topology"}', /snapshot/],
  ['a config', '{"cniVersion":"1.0.0","name":"a","plugins":[]}', /config/],
])('%s is not read, and says why', async (_, text, message) => {
  const doc = await answersTo({ name: 'x', text });
  expect(doc.files[0]).toMatchObject({ answers: 0, notes: [{ message: expect.stringMatching(message) }] });
});

test('a List of pods is one note, not one for each', async () => {
  const items = ['a', 'b'].map((name) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name } }));
  const doc = await answersTo({ name: 'x', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  expect(doc.files[0]?.notes).toEqual([{ message: expect.stringContaining('2 Pod') }]);
});
