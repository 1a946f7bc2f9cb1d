/** What happens to the built server and those who watch it when the API server, or its operator, misbehaves. */
import { afterEach, describe, expect, test } from 'vitest';
import { type DemoApi, startDemoApi } from '../../server/src/demo/api/start.ts';
import { type ApiClient, apiClient } from '../rig/api-client.ts';
import { type Busbar, busbarMissing, signIn, startBusbar } from '../rig/busbar.ts';
import { create, remove } from '../rig/demo.ts';
import { eventually } from '../rig/eventually.ts';
import { saveKubeconfig } from '../rig/kubeconfig-file.ts';
import { NAD_CRD, nad, pod } from '../rig/objects.ts';

const missing = busbarMissing();
if (missing) console.warn(`faults: skipped, ${missing}`);

/** A stream that is lost comes back within the first steps of the back-off. */
const RECOVERY_MS = 45_000;
const STOP_MS = 2_000;

type ClusterDoc = {
  health: { state: string; detail?: string };
  sources: { kind: string; availability: string; detail?: string }[];
};
type Doc = { workloads: { id: string }[] };

describe.skipIf(missing)(`the built server on an API server that misbehaves${missing ? ` (${missing})` : ''}`, () => {
  let kube: DemoApi;
  let api: ApiClient;
  let busbar: Busbar;
  let cookie: string;
  let endings: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
    endings = [];
  });

  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${busbar.origin}/api/v1/${path}`, { headers: { Cookie: cookie } });
    if (!answer.ok) throw new Error(`GET ${path}: HTTP ${answer.status}`);
    return (await answer.json()) as T;
  };
  const state = async () => (await get<ClusterDoc>('cluster')).health.state;
  const has = async (id: string) => (await get<Doc>('topology')).workloads.some((one) => one.id === id);
  const isLive = () => eventually('it is live', async () => (await state()) === 'live', RECOVERY_MS);

  const begin = async (): Promise<void> => {
    kube = await startDemoApi({ bookmarkMs: 500 });
    endings.push(() => kube.stop());
    api = apiClient(kube.url, undefined);
    await create(api, NAD_CRD);
    await create(api, nad('default', 'wire', { cniVersion: '1.0.0', type: 'bridge', ipam: {} }), pod('default', 'old'));
    const file = saveKubeconfig(kube.kubeconfig());
    endings.push(file.remove);
    busbar = await startBusbar(['serve', '--kubeconfig', file.path]);
    endings.push(() => busbar.stop());
    cookie = await signIn(busbar.openUrl);
    await isLive();
  };
  /** The last pod that was made after the fault must arrive, and the one from before must still be there. */
  const follows = async (name: string): Promise<void> => {
    // Past the API, which may be refusing.
    kube.store.create(pod('default', name));
    await eventually(`${name} is seen`, () => has(`pod:default/${name}`), RECOVERY_MS);
    expect(await has('pod:default/old')).toBe(true);
    await isLive();
  };

  const faults: [string, () => unknown][] = [
    ['every stream is cut', () => kube.misbehave.cutStreams()],
    ['a stream is cut inside an event', () => kube.misbehave.cutInsideEvent('pods')],
    ['something else answers in the stream', () => kube.misbehave.sendGarbage()],
    ['what was seen is too old (410 in the stream)', () => gone('event')],
    ['what was seen is too old (410 as the answer)', () => gone('status')],
    ['it asks for patience (429)', () => refuse(() => kube.misbehave.tooManyRequests(2))],
    ['it is ill (500)', () => refuse(() => kube.misbehave.serverErrors(2))],
    ['it restarts', () => kube.misbehave.restart({ downMs: 500 })],
    ['it restarts and forgets', () => kube.misbehave.restart({ downMs: 500, compact: true })],
  ];
  const gone = (as: 'event' | 'status') => {
    kube.misbehave.goneOnNextWatch(as, 'pods');
    kube.misbehave.endStreams('pods');
  };
  const refuse = (how: () => void) => {
    how();
    kube.misbehave.cutStreams('pods');
  };

  test('it goes on whatever happens to its streams', { timeout: 240_000 }, async () => {
    await begin();
    for (const [index, [what, fault]] of faults.entries()) {
      const started = performance.now();
      await fault();
      await follows(`after-${index}`);
      console.log(`${what}: seen again after ${Math.round(performance.now() - started)} ms`);
    }
  });

  test('a right that is taken away is shown as forbidden, and given back is used again', {
    timeout: 120_000,
  }, async () => {
    await begin();
    const giveBack = kube.access.forbid('*', 'network-attachment-definitions.k8s.cni.cncf.io');
    kube.misbehave.cutStreams();
    const nads = async () =>
      (await get<ClusterDoc>('cluster')).sources.find(({ kind }) => kind === 'NetworkAttachmentDefinition');
    await eventually('forbidden', async () => (await nads())?.availability === 'forbidden', RECOVERY_MS);
    expect((await nads())?.detail).toContain('forbidden');
    expect(await has('pod:default/old')).toBe(true);
    giveBack();
    await eventually('read again', async () => (await nads())?.availability === 'present', 90_000);
  });

  test('SIGTERM ends it at once and in good order, open streams or not', async () => {
    await begin();
    const abort = new AbortController();
    const streams = await Promise.all(
      ['', 'ns=default'].map((view) =>
        fetch(`${busbar.origin}/api/v1/stream?view=${encodeURIComponent(view)}`, {
          headers: { Cookie: cookie },
          signal: abort.signal,
        }),
      ),
    );
    const ended = Promise.all(streams.map((stream) => stream.text().catch((error: unknown) => String(error))));
    const started = performance.now();
    process.kill(busbar.pid, 'SIGTERM');
    await eventually('it has ended', () => busbar.exitCode() !== undefined);
    const took = performance.now() - started;
    expect(busbar.exitCode()).toBe(0);
    expect(took).toBeLessThan(STOP_MS);
    await ended;
    abort.abort();
    await remove(api, pod('default', 'old'));
  });

  test('an API server that is not there yet is waited for', { timeout: 120_000 }, async () => {
    kube = await startDemoApi();
    const kubeconfig = kube.kubeconfig();
    await kube.stop();
    const file = saveKubeconfig(kubeconfig);
    endings.push(file.remove);
    busbar = await startBusbar(['serve', '--kubeconfig', file.path]);
    endings.push(() => busbar.stop());
    cookie = await signIn(busbar.openUrl);
    const { health } = await eventually('the trouble is told', async () => {
      const doc = await get<ClusterDoc>('cluster');
      return doc.health.detail !== undefined && doc;
    });
    expect(health.state).not.toBe('live');
    kube = await startDemoApi({ port: kube.port });
    endings.push(() => kube.stop());
    await eventually('it is live', async () => (await state()) === 'live', 90_000);
  });
});
