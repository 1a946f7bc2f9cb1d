import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoApi } from './start.ts';
import { startDemoApi } from './start.ts';
import { call, get, metaOf, namesOf, pod } from './testing.ts';
import { asArray, asObject } from './types.ts';

let api: DemoApi;
beforeAll(async () => {
  api = await startDemoApi({ terminationMs: 20 });
});
afterAll(() => api.stop());

const PODS = '/api/v1/namespaces/default/pods';
const CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
        ],
      },
    ],
  },
};
const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets';

test('says its version and that it is well', async () => {
  expect((await get(api, '/version')).body['gitVersion']).toMatch(/^v1\.\d+/);
  for (const path of ['/healthz', '/readyz', '/livez']) expect((await get(api, path)).body).toEqual({ text: 'ok' });
});

test('discovery lists the kinds, also aggregated', async () => {
  const core = await get(api, '/api/v1');
  const names = asArray(core.body['resources']).map((item) => asObject(item)['name']);
  expect(names).toEqual(expect.arrayContaining(['pods', 'pods/status', 'nodes', 'events', 'podnetworks']));
  const groups = await get(api, '/apis', {
    Accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json',
  });
  expect(groups.headers.get('content-type')).toContain('as=APIGroupDiscoveryList');
  expect(namesOf(groups.body)).toEqual(expect.arrayContaining(['apps', 'batch', 'authorization.k8s.io']));
});

test('create fills in what a server fills in, and keeps fields it does not know', async () => {
  const made = await call(
    api,
    'POST',
    PODS,
    pod('full', { networks: [{ podNetworkName: 'media-net', interfaceName: 'net1' }] }),
  );
  expect(made.status).toBe(201);
  expect(metaOf(made.body)).toMatchObject({
    name: 'full',
    namespace: 'default',
    uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    resourceVersion: expect.stringMatching(/^\d+$/),
    creationTimestamp: expect.stringMatching(/Z$/),
  });
  const read = await get(api, `${PODS}/full`);
  expect(asObject(read.body['spec'])).toMatchObject({
    networks: [{ podNetworkName: 'media-net', interfaceName: 'net1' }],
    restartPolicy: 'Always',
  });
  expect(asObject(read.body['status'])['phase']).toBe('Pending');
});

test('generateName, YAML bodies and dry runs', async () => {
  const named = await call(api, 'POST', PODS, pod('', {}, { generateName: 'job-' }));
  expect(metaOf(named.body)['name']).toMatch(/^job-[a-z0-9]{5}$/);
  const yaml = 'apiVersion: v1\nkind: Pod\nmetadata: {name: from-yaml}\nspec: {containers: [{name: a, image: b}]}\n';
  expect((await call(api, 'POST', PODS, yaml, { 'Content-Type': 'application/yaml' })).status).toBe(201);
  expect((await call(api, 'POST', `${PODS}?dryRun=All`, pod('never'))).status).toBe(201);
  expect((await get(api, `${PODS}/never`)).status).toBe(404);
});

test.each<[string, number, string, string, string, unknown]>([
  ['an absent object', 404, 'NotFound', 'GET', `${PODS}/nope`, undefined],
  ['an unknown kind', 404, 'NotFound', 'GET', '/api/v1/things', undefined],
  ['a second object of the name', 409, 'AlreadyExists', 'POST', PODS, pod('full')],
  ['a method that is not offered', 405, 'MethodNotAllowed', 'PUT', PODS, pod('full')],
  ['a bad name', 422, 'Invalid', 'POST', PODS, pod('Not_A_Name')],
  ['a pod without containers', 422, 'Invalid', 'POST', PODS, pod('bare', { containers: [] })],
  ['an absent namespace', 404, 'NotFound', 'POST', '/api/v1/namespaces/nowhere/pods', pod('lost')],
  ['a body that is not JSON', 400, 'BadRequest', 'POST', PODS, '{"kind":'],
  [
    'a kind for another path',
    400,
    'BadRequest',
    'POST',
    PODS,
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' } },
  ],
  ['an unknown field selector', 400, 'BadRequest', 'GET', `${PODS}?fieldSelector=spec.colour%3Dred`, undefined],
  [
    'a selector nobody can read',
    400,
    'BadRequest',
    'GET',
    `${PODS}?labelSelector=${encodeURIComponent('a in (b')}`,
    undefined,
  ],
])('%s answers %i %s as a Status', async (_, code, reason, method, path, body) => {
  const reply = await call(api, method, path, body);
  expect(reply.status).toBe(code);
  expect(reply.body).toMatchObject({ kind: 'Status', status: 'Failure', reason, code });
});

test('an annotation over the limit is refused', async () => {
  const huge = await call(api, 'POST', PODS, pod('huge', {}, { annotations: { a: 'x'.repeat(300_000) } }));
  expect(huge.status).toBe(422);
});

test('an update with an old resourceVersion conflicts; one without takes what is there', async () => {
  const first = (await call(api, 'POST', PODS, pod('versions'))).body;
  const changed = await call(api, 'PATCH', `${PODS}/versions`, { metadata: { labels: { a: 'b' } } });
  expect(changed.status).toBe(200);
  expect((await call(api, 'PUT', `${PODS}/versions`, pod('versions', {}, { resourceVersion: '1' }))).status).toBe(409);
  expect((await call(api, 'PUT', `${PODS}/versions`, first)).body).toMatchObject({ reason: 'Conflict', code: 409 });
  const { resourceVersion: _, ...free } = metaOf(changed.body);
  expect((await call(api, 'PUT', `${PODS}/versions`, { ...changed.body, metadata: free })).status).toBe(200);
});

test('the status changes through /status alone, which may also carry annotations, as Multus writes them', async () => {
  await call(api, 'POST', PODS, pod('stat'));
  await call(api, 'PATCH', `${PODS}/stat`, { status: { phase: 'Running' } });
  expect(asObject((await get(api, `${PODS}/stat`)).body['status'])['phase']).toBe('Pending');
  const patch = {
    metadata: { annotations: { 'k8s.v1.cni.cncf.io/network-status': '[]' } },
    status: { phase: 'Running' },
    spec: { nodeName: 'elsewhere' },
  };
  const after = (await call(api, 'PATCH', `${PODS}/stat/status`, patch)).body;
  expect(asObject(after['status'])['phase']).toBe('Running');
  expect(metaOf(after)['annotations']).toEqual({ 'k8s.v1.cni.cncf.io/network-status': '[]' });
  expect(asObject(after['spec'])['nodeName']).toBeUndefined();
  expect((await call(api, 'PATCH', `${PODS}/stat`, { spec: { hostNetwork: true } })).status).toBe(422);
});

test('pages of one list show one moment, and an old token is Expired', async () => {
  await call(api, 'POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'paged' } });
  const path = '/api/v1/namespaces/paged/pods';
  for (let i = 0; i < 5; i++) await call(api, 'POST', path, pod(`p${i}`));
  const first = await get(api, `${path}?limit=2`);
  expect(namesOf(first.body)).toEqual(['p0', 'p1']);
  expect(metaOf(first.body)['remainingItemCount']).toBe(3);
  await call(api, 'DELETE', `${path}/p2?gracePeriodSeconds=0`);
  await call(api, 'POST', path, pod('p9'));
  const second = await get(api, `${path}?limit=2&continue=${String(metaOf(first.body)['continue'])}`);
  expect(namesOf(second.body)).toEqual(['p2', 'p3']);
  expect(metaOf(second.body)['resourceVersion']).toBe(metaOf(first.body)['resourceVersion']);
  const third = await get(api, `${path}?limit=2&continue=${String(metaOf(second.body)['continue'])}`);
  expect(namesOf(third.body)).toEqual(['p4']);
  expect(metaOf(third.body)['continue']).toBeUndefined();
  const fresh = await get(api, `${path}?limit=2`);
  api.store.compact();
  const late = await get(api, `${path}?limit=2&continue=${String(metaOf(fresh.body)['continue'])}`);
  expect(late.body).toMatchObject({ code: 410, reason: 'Expired' });
});

test('selectors choose by labels and by fields', async () => {
  await call(api, 'POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'chosen' } });
  const path = '/api/v1/namespaces/chosen/pods';
  await call(api, 'POST', path, pod('a', { nodeName: 'n1' }, { labels: { app: 'x', tier: 'front' } }));
  await call(api, 'POST', path, pod('b', { nodeName: 'n2' }, { labels: { app: 'x' } }));
  await call(api, 'POST', path, pod('c', {}, { labels: { app: 'y' } }));
  const by = async (query: string): Promise<string[]> => namesOf((await get(api, `${path}?${query}`)).body);
  const label = (text: string): Promise<string[]> => by(`labelSelector=${encodeURIComponent(text)}`);
  const field = (text: string): Promise<string[]> => by(`fieldSelector=${encodeURIComponent(text)}`);
  expect(await label('app=x')).toEqual(['a', 'b']);
  expect(await label('app!=x')).toEqual(['c']);
  expect(await label('app in (x,y),!tier')).toEqual(['b', 'c']);
  expect(await label('tier')).toEqual(['a']);
  expect(await label('app notin (x)')).toEqual(['c']);
  expect(await field('spec.nodeName=n1')).toEqual(['a']);
  expect(await field('status.phase=Pending,metadata.name!=a')).toEqual(['b', 'c']);
});

test('list items of built-in kinds carry no kind, as on the real wire', async () => {
  const list = await get(api, PODS);
  expect(list.body['kind']).toBe('PodList');
  expect(asObject(asArray(list.body['items'])[0])['kind']).toBeUndefined();
});

test('a group that nobody serves is a bare 404, as the mux of the real server gives', async () => {
  const reply = await get(api, '/apis/nope.io/v1/things');
  expect([reply.status, reply.body['text']]).toEqual([404, '404 page not found\n']);
});

test('a CRD makes its kind appear, with columns and a status of its own; deleting it takes kind and objects away', async () => {
  expect((await get(api, WIDGETS)).status).toBe(404);
  const made = await call(api, 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', CRD);
  expect(asArray(asObject(made.body['status'])['conditions'])).toContainEqual(
    expect.objectContaining({ type: 'Established', status: 'True' }),
  );
  await call(api, 'POST', WIDGETS, {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'w' },
    spec: { size: 1 },
    status: { conditions: [] },
  });
  const grown = await call(api, 'PATCH', `${WIDGETS}/w`, { spec: { size: 2 } });
  expect(metaOf(grown.body)['generation']).toBe(2);
  await call(api, 'PATCH', `${WIDGETS}/w/status`, { status: { conditions: [{ type: 'Ready', status: 'True' }] } });
  const table = await get(api, WIDGETS, { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
  expect(asObject(asArray(table.body['rows'])[0])['cells']).toEqual(['w', 'True']);
  expect(asObject(asArray((await get(api, WIDGETS)).body['items'])[0])['kind']).toBe('Widget');
  const strategic = await call(
    api,
    'PATCH',
    `${WIDGETS}/w`,
    { spec: {} },
    { 'Content-Type': 'application/strategic-merge-patch+json' },
  );
  expect(strategic.status).toBe(415);
  await call(api, 'DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com');
  expect((await get(api, WIDGETS)).status).toBe(404);
  await call(api, 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', CRD);
  expect(namesOf((await get(api, WIDGETS)).body)).toEqual([]);
});

test('a pod on a node is Terminating for a while; finalizers hold an object; a namespace takes its content along', async () => {
  await call(api, 'POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'doomed' } });
  const path = '/api/v1/namespaces/doomed';
  await call(api, 'POST', `${path}/pods`, pod('placed', { nodeName: 'n1' }));
  const going = await call(api, 'DELETE', `${path}/pods/placed`);
  expect(metaOf(going.body)['deletionTimestamp']).toBeDefined();
  await expect.poll(async () => (await get(api, `${path}/pods/placed`)).status).toBe(404);
  await call(api, 'POST', `${path}/configmaps`, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'held', finalizers: ['example.com/hold'] },
  });
  await call(api, 'DELETE', `${path}/configmaps/held`);
  expect(metaOf((await get(api, `${path}/configmaps/held`)).body)['deletionTimestamp']).toBeDefined();
  await call(api, 'PATCH', `${path}/configmaps/held`, { metadata: { finalizers: null } });
  expect((await get(api, `${path}/configmaps/held`)).status).toBe(404);
  await call(api, 'POST', `${path}/pods`, pod('inside'));
  await call(api, 'DELETE', path);
  await expect.poll(async () => (await get(api, path)).status).toBe(404);
  expect((await get(api, `${path}/pods/inside`)).status).toBe(404);
});

test('what an object owns goes with it', async () => {
  const owner = (
    await call(api, 'POST', '/apis/apps/v1/namespaces/default/replicasets', {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'rs' },
      spec: { replicas: 0, selector: {}, template: {} },
    })
  ).body;
  const reference = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: metaOf(owner)['uid'] ?? '' };
  await call(api, 'POST', PODS, pod('child', {}, { ownerReferences: [reference] }));
  await call(api, 'DELETE', '/apis/apps/v1/namespaces/default/replicasets/rs');
  expect((await get(api, `${PODS}/child`)).status).toBe(404);
});

test('a page in a browser is refused, whatever it asks', async () => {
  expect((await get(api, '/api/v1/pods', { Origin: 'https://example.com' })).status).toBe(403);
  expect((await get(api, '/api/v1/pods', { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
});

test.each(['a body', 'k8s\u0000', 'k8s\u0000\u0012\u00ff\u00ff\u00ff\u00ff\u00ff'])(
  'protobuf that is none (%j) is refused, not crashed on',
  async (body) => {
    const reply = await call(api, 'POST', PODS, body, { 'Content-Type': 'application/vnd.kubernetes.protobuf' });
    expect([400, 415]).toContain(reply.status);
  },
);
