import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DemoApi } from '../demo/api/start.ts';
import { beginDemo, crd, createPod, deletePod, labelOf, labelPod } from './testing/demo.ts';
import { events, nads, nodes, podNetworks, pods, testKinds } from './testing/kinds.ts';
import { type Running, type RunOptions, runOn } from './testing/live.ts';

let api: DemoApi;
const running: Running[] = [];

const follow = async (options: RunOptions = {}): Promise<Running> => {
  const run = runOn(api, options);
  running.push(run);
  await run.ready;
  return run;
};
beforeEach(async () => {
  api = await beginDemo();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((run) => run.stop()));
  await api.stop();
});

test('a list of many pages arrives whole, raw, and without managedFields', async () => {
  for (let i = 0; i < 25; i += 1)
    createPod(api, `p${i}`, { networks: [{ podNetworkName: 'media-net' }], tomorrow: { a: 1 } });
  const run = await follow({ pageSize: 4, streams: false });
  expect(run.names('Pod')).toHaveLength(25);
  const pod = run.objects.get('/Pod/default/p7');
  expect(pod).toMatchObject({
    apiVersion: 'v1',
    kind: 'Pod',
    spec: { networks: [{ podNetworkName: 'media-net' }], tomorrow: { a: 1 } },
  });
  expect(pod?.metadata).not.toHaveProperty('managedFields');
  expect(run.state('Pod')).toMatchObject({ availability: 'present', count: 25, version: 'v1' });
  expect(run.healths.map((health) => health.state)).toEqual(expect.arrayContaining(['connecting', 'loading', 'live']));
  expect(run.source.describe()).toMatchObject({
    kind: 'cluster',
    context: 'demo',
    server: api.url,
    version: 'v1.34.1',
  });
});

test('what is created, changed and deleted arrives by watch', async () => {
  const run = await follow();
  createPod(api, 'a');
  createPod(api, 'b');
  await run.until(() => run.names('Pod').length === 2, 'both pods are there');
  labelPod(api, 'a', 'x');
  deletePod(api, 'b');
  await run.until(
    () => labelOf(run, 'a') === 'x' && run.names('Pod').length === 1,
    'the change and the deletion are seen',
  );
});

test('many changes of one object within a tick are handed on as the last one', async () => {
  const run = await follow({ timing: { coalesceMs: 100 } });
  createPod(api, 'a');
  for (let i = 0; i <= 50; i += 1) labelPod(api, 'a', String(i));
  await run.until(() => labelOf(run, 'a') === '50', 'the last label is seen');
  expect(
    run.batches.flat().filter((change) => change.type === 'put' && change.object.metadata.name === 'a').length,
  ).toBeLessThan(10);
});

test('a kind that may not be read is state, and is read once it may be', async () => {
  createPod(api, 'a');
  const allow = api.access.forbid('*', 'pods');
  const run = await follow();
  expect(run.state('Pod')).toMatchObject({
    availability: 'forbidden',
    count: 0,
    detail: expect.stringContaining('pods'),
  });
  expect(run.state('Node')).toMatchObject({ availability: 'present' });
  allow();
  await run.until(
    () => run.names('Pod').length === 1 && run.state('Pod')?.availability === 'present',
    'the right is noticed',
  );
});

test('with namespaces only these are read, and cluster-scoped kinds that are forbidden are state', async () => {
  api.store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
  api.store.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'elsewhere', namespace: 'other' },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  });
  createPod(api, 'here');
  api.access.forbid('*', 'pods', '');
  api.access.forbid('*', 'nodes');
  const run = await follow({ namespaces: ['default', 'kube-system'] });
  expect(run.names('Pod')).toEqual(['Pod default/here']);
  expect(run.state('Pod')).toMatchObject({ availability: 'present', namespaces: ['default', 'kube-system'] });
  expect(run.state('Node')).toMatchObject({ availability: 'forbidden' });
});

test('of kinds with names only the named are asked for', async () => {
  for (const name of ['multus-cni-config', 'private'])
    api.store.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'kube-system' }, data: {} });
  const run = await follow();
  expect(run.names('ConfigMap')).toEqual(['ConfigMap kube-system/multus-cni-config']);
  api.store.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'private', namespace: 'default' },
    data: {},
  });
  api.store.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'multus-cni-config', namespace: 'default' },
    data: {},
  });
  await run.until(() => run.names('ConfigMap').length === 2, 'the second named one is seen');
  expect(run.names('ConfigMap')).not.toContain('ConfigMap default/private');
});

test.each([
  ['because its CRD is watched', () => {}, 60_000],
  [
    'by looking again, where CRDs may not be read',
    () => void api.access.forbid('*', 'customresourcedefinitions.apiextensions.k8s.io'),
    100,
  ],
])(
  'a kind that appears is read, and one that vanishes takes its objects along, %s',
  async (_name, prepare, discoveryMs) => {
    prepare();
    const run = await follow({ kinds: [pods, nads], timing: { discoveryMs } });
    expect(run.state('NetworkAttachmentDefinition')).toMatchObject({ availability: 'absent', count: 0 });
    const definition = crd('k8s.cni.cncf.io', 'network-attachment-definitions', 'NetworkAttachmentDefinition');
    api.store.create(definition);
    api.store.create({
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name: 'n', namespace: 'default' },
      spec: { config: '{}' },
    });
    await run.until(() => run.names().includes('NetworkAttachmentDefinition default/n'), 'the new kind is read');
    await run.until(() => run.state('NetworkAttachmentDefinition')?.availability === 'present', 'it is present');
    api.store.delete({ apiVersion: definition.apiVersion, kind: definition.kind, name: definition.metadata.name });
    await run.until(
      () => run.state('NetworkAttachmentDefinition')?.availability === 'absent' && run.names().length === 0,
      'it is absent again',
    );
  },
);

test('of several versions the first that is served is read', async () => {
  api.store.create(crd('networking.x-k8s.io', 'podnetworks', 'PodNetwork', 'Cluster'));
  const run = await follow({ kinds: [{ ...podNetworks, versions: ['v2', 'v1'] }] });
  expect(run.state('PodNetwork')).toMatchObject({ availability: 'present', version: 'v1' });
});

test('a renewed token is picked up when the old one is refused', async () => {
  const user = { name: 'u', groups: ['system:masters'] };
  await api.stop();
  api = await beginDemo({ tokens: { old: user } });
  let token = 'old';
  const run = runOn({ kubeconfig: () => api.kubeconfig({ token }) });
  running.push(run);
  await run.ready;
  api.access.addToken('new', user);
  token = 'new';
  api.access.removeToken('old');
  api.misbehave.cutStreams();
  createPod(api, 'a');
  await run.until(() => run.names('Pod').length === 1, 'the new token works');
});

test.each<[string, () => Promise<void> | void, RegExp, string]>([
  ['nothing listens', () => api.stop(), /http:\/\/127\.0\.0\.1:\d+ .*refuses the connection/, 'unreachable'],
  [
    'the token is refused',
    async () => {
      await api.stop();
      api = await beginDemo({ tokens: { t: { name: 'u', groups: [] } } });
    },
    /does not accept the credentials/,
    'unauthorized',
  ],
])('when %s, start says so and gives up', async (_name, prepare, message, code) => {
  const before = api;
  await prepare();
  await expect(runOn(api === before ? before : api).ready).rejects.toMatchObject({
    name: 'SourceError',
    code,
    message: expect.stringMatching(message),
    hint: expect.stringContaining('busbar demo'),
  });
});

test('the last event of a pod stays when its time is up, and goes with the pod', async () => {
  createPod(api, 'a');
  const about = (name: string, kind: string, object: string): object => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: 'default' },
    involvedObject: { apiVersion: 'v1', kind, name: object, namespace: 'default' },
    reason: 'FailedCreatePodSandBox',
  });
  const eventRef = (name: string): { apiVersion: string; kind: string; namespace: string; name: string } => ({
    apiVersion: 'v1',
    kind: 'Event',
    namespace: 'default',
    name,
  });
  for (const [name, kind, object] of [
    ['e1', 'Pod', 'a'],
    ['e2', 'Pod', 'unknown'],
    ['e3', 'ReplicaSet', 'r'],
  ] as const)
    api.store.create(JSON.parse(JSON.stringify(about(name, kind, object))));
  const run = await follow({ kinds: [pods, events] });
  for (const name of ['e1', 'e2', 'e3']) api.store.delete(eventRef(name));
  await run.until(() => run.names('Event').length === 1, 'events about nothing we know are gone');
  api.misbehave.goneOnNextWatch('event', 'events');
  api.misbehave.cutStreams('events');
  createPod(api, 'b');
  await run.until(() => run.names('Pod').length === 2, 'time has passed');
  expect(run.names('Event')).toEqual(['Event default/e1']);
  deletePod(api, 'a');
  await run.until(() => run.names('Event').length === 0, 'the event goes with its pod');
});

test('stop leaves no watch open, at any moment', async () => {
  createPod(api, 'a');
  const run = await follow({ kinds: [...testKinds, nodes] });
  expect(api.openWatches()).toBeGreaterThan(3);
  await run.stop();
  await run.until(() => api.openWatches() === 0, 'all watches are closed');
  const batches = run.batches.length;
  createPod(api, 'b');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(run.batches.length).toBe(batches);
  expect(run.healths.at(-1)?.state).toBe('stopped');
  const early = runOn(api);
  await early.stop();
  await expect(early.ready).rejects.toMatchObject({ code: 'stopped' });
});
