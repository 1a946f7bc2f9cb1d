/** What Busbar's live source needs from an API server, as one suite: run on the demo API and on the real kube-apiserver. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { KubeConnection } from '../../server/src/cluster/api/connection.ts';
import type { ClusterAccess } from '../../server/src/cluster/api/kubeconfig.ts';
import { isExpired } from '../../server/src/cluster/api/problem.ts';
import { openPage, readPage, readWatch, type WatchEvent } from '../../server/src/cluster/api/read.ts';
import { type LiveOptions, LiveSource } from '../../server/src/cluster/live.ts';
import { events, nads, nodes, pods } from '../../server/src/cluster/testing/kinds.ts';
import { quickTiming } from '../../server/src/cluster/testing/live.ts';
import { createRecorder, type Recorder } from '../../server/src/cluster/testing/recorder.ts';
import { type ApiClient, must } from '../rig/api-client.ts';
import { NAD_CRD, nad, pod } from '../rig/objects.ts';
import type { PolicyRule } from '../rig/service-account.ts';

export type World = {
  api: ApiClient;
  load: () => ClusterAccess;
  /** Someone with these rights alone, in one namespace or everywhere. */
  loadAs: (name: string, rules: PolicyRule[], namespace?: string) => Promise<() => ClusterAccess>;
  /** Makes version 1 too old to watch from. */
  forget: () => Promise<void>;
  restart: () => Promise<void>;
  /** Whether a watch may count on a bookmark within two seconds; Kubernetes promises none. */
  bookmarks: boolean;
  stop: () => Promise<void>;
};

const isStream = (path: string): boolean => path.includes('sendInitialEvents=true');
const merge = 'application/merge-patch+json';
const read = { apiGroups: [''], verbs: ['get', 'list', 'watch'] };

export const testSource = (begin: () => Promise<World>): void => {
  let world: World;
  let running: { stop: () => Promise<void> }[] = [];
  const make = async (method: string, path: string, body?: unknown, type?: string): Promise<unknown> =>
    must(world.api(method, path, body, type));
  const podsOf = (namespace: string, name = ''): string => `/api/v1/namespaces/${namespace}/pods${name && `/${name}`}`;
  const space = async (name: string): Promise<string> => {
    await make('POST', '/api/v1/namespaces', { metadata: { name } });
    return name;
  };
  const follow = async (options: Partial<LiveOptions> = {}): Promise<Recorder & { source: LiveSource }> => {
    const source = new LiveSource({
      load: world.load,
      kinds: [pods, nodes, events, nads],
      timing: quickTiming,
      ...options,
    });
    running.push(source);
    const recorder = createRecorder();
    await source.start(recorder);
    return Object.assign(recorder, { source });
  };
  const podTarget = (namespace: string): { kind: typeof pods; version: string; namespace: string } => ({
    kind: pods,
    version: 'v1',
    namespace,
  });

  beforeAll(async () => {
    world = await begin();
  });
  afterAll(() => world?.stop());
  afterEach(async () => {
    await Promise.all(running.map((source) => source.stop()));
    running = [];
  });

  test('a list comes in pages that add up, and says how many remain', async () => {
    const namespace = await space('paging');
    for (let i = 0; i < 7; i += 1) await make('POST', podsOf(namespace), pod(namespace, `p${i}`));
    const connection = new KubeConnection({ load: world.load });
    const names: string[] = [];
    const target = podTarget(namespace);
    const options = { signal: AbortSignal.timeout(20_000), stallMs: 20_000 };
    const tokens: string[] = [];
    const page = async (query: Record<string, string>): ReturnType<typeof readPage> =>
      readPage(await openPage(connection, target, query, options), target, options, {
        take: (object) => names.push(object.metadata.name),
        goesOn: (token) => tokens.push(token),
      });
    const first = await page({ limit: '3' });
    expect(first).toMatchObject({ remaining: 4, continue: expect.any(String) });
    const second = await page({ limit: '3', continue: first.continue ?? '' });
    const third = await page({ limit: '3', continue: second.continue ?? '' });
    expect(third.continue).toBeUndefined();
    expect(tokens).toEqual([first.continue, second.continue]);
    expect(names.sort()).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6']);
    expect((await follow({ pageSize: 2, namespaces: [namespace], streams: false })).names('Pod')).toHaveLength(7);
    connection.close();
  });

  test('a list says the same as a stream, in pages, and where a stream is refused; the version decides which it is', async () => {
    const namespace = await space('ways');
    for (let index = 0; index < 7; index += 1) await make('POST', podsOf(namespace), pod(namespace, `w-${index}`));
    const open = vi.spyOn(KubeConnection.prototype, 'open');
    /** The objects of a run, and whether each request for pods was for a stream. */
    const readBy = async (streams?: boolean): Promise<[Map<string, unknown>, boolean[]]> => {
      open.mockClear();
      const options = streams === undefined ? {} : { streams };
      const run = await follow({ namespaces: [namespace], kinds: [pods], ...options });
      const asked = open.mock.calls.map(([path]) => path).filter((path) => /\/pods\?(?!limit=1&?$)/.test(path));
      expect(run.state('Pod')).toMatchObject({ availability: 'present', count: 7 });
      expect(run.healths.flatMap(({ detail }) => detail ?? [])).toEqual([]);
      const version = run.source.describe().version ?? '';
      if (streams !== false && Number(/^v1\.(\d+)/.exec(version)?.[1]) >= 34)
        expect(asked.map(isStream)).toEqual([true]);
      return [new Map([...run.objects].sort()), asked.map(isStream)];
    };
    const [inPages, pageRequests] = await readBy(false);
    expect(pageRequests).toEqual([false, false]);
    expect((await readBy())[0]).toEqual(inPages);
    const [forced, [first]] = await readBy(true);
    expect([forced, first]).toEqual([inPages, true]);
    open.mockRestore();
  });

  test('what is created, changed, given a status and deleted arrives within a second', async () => {
    const namespace = await space('watching');
    const run = await follow();
    const find = (): Record<string, unknown> | undefined => run.objects.get(`/Pod/${namespace}/p`);
    const soon = (condition: () => boolean, what: string): Promise<void> => run.until(condition, what, 1000);
    await make('POST', podsOf(namespace), pod(namespace, 'p'));
    await soon(() => find() !== undefined, 'the pod is there');
    expect(find()?.['metadata']).not.toHaveProperty('managedFields');
    await make(
      'PATCH',
      podsOf(namespace, 'p'),
      { metadata: { annotations: { 'k8s.v1.cni.cncf.io/networks': 'a' } } },
      merge,
    );
    await soon(() => JSON.stringify(find()).includes('"k8s.v1.cni.cncf.io/networks":"a"'), 'the annotation is seen');
    await make('PATCH', `${podsOf(namespace, 'p')}/status`, { status: { phase: 'Running' } }, merge);
    await soon(() => JSON.stringify(find()).includes('"phase":"Running"'), 'the status is seen');
    await make('DELETE', `${podsOf(namespace, 'p')}?gracePeriodSeconds=0`);
    await soon(() => find() === undefined, 'the deletion is seen');
  });

  test('a watch starts where the list ended, ends in good order, and its bookmarks lead on', async () => {
    const namespace = await space('bookmarks');
    const connection = new KubeConnection({ load: world.load });
    const abort = new AbortController();
    const options = { signal: abort.signal, stallMs: 120_000 };
    const target = podTarget(namespace);
    const list = await openPage(connection, target, {}, options);
    const { resourceVersion } = await readPage(list, target, options, { take: () => {}, goesOn: () => {} });
    await make('POST', podsOf(namespace), pod(namespace, 'between'));
    const seen: WatchEvent[] = [];
    await readWatch(connection, podTarget(namespace), { resourceVersion, timeoutSeconds: '2' }, options, {
      opened: () => {},
      event: (event) => seen.push(event),
    });
    expect(seen[0]).toMatchObject({ type: 'put', object: { metadata: { name: 'between' } } });
    const bookmarks = seen.flatMap((event) => (event.type === 'bookmark' ? Number(event.resourceVersion) : []));
    if (world.bookmarks) expect(bookmarks.length).toBeGreaterThan(0);
    expect(bookmarks.every((version) => version > Number(resourceVersion))).toBe(true);
    connection.close();
  });

  test('a version that is too old is told apart from every other error', async () => {
    await world.forget();
    const connection = new KubeConnection({ load: world.load });
    const options = { signal: AbortSignal.timeout(20_000), stallMs: 20_000 };
    const error = await readWatch(connection, podTarget('default'), { resourceVersion: '1' }, options, {
      opened: () => {},
      event: () => {},
    }).then(
      () => 'no error',
      (thrown: unknown) => thrown,
    );
    expect(isExpired(error)).toBe(true);
    connection.close();
  });

  test('an optional kind that appears is read, raw, and takes its objects along when it vanishes', async () => {
    const run = await follow();
    expect(run.state('NetworkAttachmentDefinition')).toMatchObject({ availability: 'absent' });
    const open = structuredClone(NAD_CRD);
    Object.assign(open.spec.versions[0]?.schema.openAPIV3Schema ?? {}, {
      'x-kubernetes-preserve-unknown-fields': true,
    });
    await make('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', open);
    await run.until(
      () => run.state('NetworkAttachmentDefinition')?.availability === 'present',
      'the kind is noticed',
      15_000,
    );
    const body = {
      ...nad('default', 'media-net', { type: 'bridge' }),
      notInAnySchema: { networks: [{ podNetworkName: 'x' }] },
    };
    await make('POST', '/apis/k8s.cni.cncf.io/v1/namespaces/default/network-attachment-definitions', body);
    await run.until(() => run.names().includes('NetworkAttachmentDefinition default/media-net'), 'its object is read');
    expect(run.objects.get('k8s.cni.cncf.io/NetworkAttachmentDefinition/default/media-net')).toMatchObject({
      notInAnySchema: { networks: [{ podNetworkName: 'x' }] },
    });
    await make('DELETE', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${NAD_CRD.metadata.name}`);
    await run.until(
      () =>
        run.state('NetworkAttachmentDefinition')?.availability === 'absent' &&
        run.names('NetworkAttachmentDefinition').length === 0,
      'it is gone',
      20_000,
    );
  });

  test('who may read pods of one namespace reads them, and the rest is forbidden, not fatal', async () => {
    const namespace = await space('mine');
    await make('POST', podsOf(namespace), pod(namespace, 'p'));
    const load = await world.loadAs('reader', [{ ...read, resources: ['pods'] }], namespace);
    const run = await follow({ load, kinds: [pods, nodes], namespaces: [namespace] });
    expect(run.names()).toEqual([`Pod ${namespace}/p`]);
    expect(run.state('Pod')).toMatchObject({ availability: 'present', namespaces: [namespace] });
    expect(run.state('Node')).toMatchObject({
      availability: 'forbidden',
      detail: expect.stringContaining('nodes is forbidden'),
    });
    const everywhere = await follow({ load, kinds: [pods] });
    expect(everywhere.state('Pod')).toMatchObject({ availability: 'forbidden', count: 0 });
  });

  test('a restart of the server loses nothing', async () => {
    const namespace = await space('restarting');
    await make('POST', podsOf(namespace), pod(namespace, 'before'));
    const run = await follow({ namespaces: [namespace], kinds: [pods] });
    await world.restart();
    await make('DELETE', `${podsOf(namespace, 'before')}?gracePeriodSeconds=0`);
    await make('POST', podsOf(namespace), pod(namespace, 'after'));
    await run.until(() => run.names('Pod').join() === `Pod ${namespace}/after`, 'the world is true again', 20_000);
    await run.until(() => run.healths.at(-1)?.state === 'live', 'the badge is live', 20_000);
  });
};
