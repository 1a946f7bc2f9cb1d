/** Pages that follow a served cluster while it changes, as browsers would: how far behind is each. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphDelta, GraphDoc } from '@busbar/shared/graph/graph-doc';
import { unpack } from '@busbar/shared/graph/pack';
import { apiClient } from '../rig/api-client.ts';
import { type Busbar, busbarMain, startBusbar } from '../rig/busbar.ts';
import { eventually } from '../rig/eventually.ts';
import { reportedPods } from './cluster.ts';

const CHANGES_PER_SECOND = 50;
const PROBE_EVERY_MS = 500;
const READY_LIMIT_MS = 420_000;
const SHOWN_LIMIT_MS = 10_000;
const CHURNED = 500;
const statusKey = 'k8s.v1.cni.cncf.io/network-status';

/** A Busbar of its own process on an API server, ready. */
export async function serveBusbar(url: string): Promise<Busbar> {
  const folder = mkdtempSync(join(tmpdir(), 'busbar-bench-'));
  const kubeconfig = join(folder, 'config');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'bench',
      clusters: [{ name: 'bench', cluster: { server: url } }],
      users: [{ name: 'bench', user: {} }],
      contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    }),
  );
  const busbar = await startBusbar(['serve', '--kubeconfig', kubeconfig, '--no-auth', '--log-level', 'error'], {
    main: busbarMain(),
  });
  const stop = () => busbar.stop().finally(() => rmSync(folder, { recursive: true, force: true }));
  const isReady = async () => (await fetch(`${busbar.origin}/readyz`)).ok || undefined;
  try {
    await eventually('the whole cluster is read', isReady, READY_LIMIT_MS);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...busbar, stop };
}

type Follower = { workloads: number; seen: (workloads: number, at: number) => void; close: () => void };

/** One open page: what it knows of the number of workloads, from the graph and every delta. */
async function follow(origin: string): Promise<Follower> {
  const abort = new AbortController();
  // As the page asks.
  const response = await fetch(`${origin}/api/v1/stream?compact=1`, { signal: abort.signal });
  const follower: Follower = { workloads: -1, seen: () => {}, close: () => abort.abort() };
  const read = async () => {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of response.body ?? []) {
      const at = performance.now();
      const frames = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
      rest = frames.pop() ?? '';
      for (const frame of frames) {
        const count = workloadsIn(frame);
        if (count === undefined) continue;
        follower.workloads = count;
        follower.seen(follower.workloads, at);
      }
    }
  };
  read().catch(() => {});
  await eventually('the graph has come', async () => follower.workloads >= 0 || undefined, 30_000);
  return follower;
}

/** What the totals of a graph (packed) or a delta say; pages get the same text, and it is read once. */
let lastRead = { frame: '', workloads: undefined as number | undefined };
function workloadsIn(frame: string): number | undefined {
  if (frame === lastRead.frame) return lastRead.workloads;
  const [, event, data = ''] = /event: (\w+)\ndata: (.*)/.exec(frame) ?? [];
  let workloads: number | undefined;
  if (event === 'delta') workloads = (JSON.parse(data) as GraphDelta).totals.workloads;
  if (event === 'graph') workloads = (unpack(JSON.parse(data)) as GraphDoc | undefined)?.totals.workloads;
  lastRead = { frame, workloads };
  return workloads;
}

export type Followed = { delays: number[]; cores: number; bytesPerPage: number };

const metric = async (origin: string, name: string): Promise<number> => {
  const text = await (await fetch(`${origin}/metrics`)).text();
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN);
};

/** 50 attachments a second come and go; twice a second a pod is made or deleted, and every page's delay until it shows is taken. */
export async function followChanges(url: string, size: number, pages: number, seconds: number): Promise<Followed> {
  const busbar = await serveBusbar(url);
  const followers: Follower[] = [];
  try {
    followers.push(await follow(busbar.origin));
    const bytes = await metric(busbar.origin, 'process_resident_memory_bytes');
    while (followers.length < pages)
      followers.push(
        ...(await Promise.all(
          Array.from({ length: Math.min(20, pages - followers.length) }, () => follow(busbar.origin)),
        )),
      );
    const bytesPerPage =
      pages > 1 ? ((await metric(busbar.origin, 'process_resident_memory_bytes')) - bytes) / (pages - 1) : 0;
    const cpu = await metric(busbar.origin, 'process_cpu_seconds_total');
    const began = performance.now();
    const stop = churn(url, size);
    const delays = await probe(url, followers, seconds);
    await stop();
    const cores =
      ((await metric(busbar.origin, 'process_cpu_seconds_total')) - cpu) / ((performance.now() - began) / 1000);
    return { delays, cores, bytesPerPage };
  } finally {
    for (const { close } of followers) close();
    await busbar.stop();
  }
}

function churn(url: string, size: number): () => Promise<void> {
  const api = apiClient(url, undefined);
  const pods = reportedPods(size, CHURNED);
  let at = 0;
  let made = 0;
  const running = new Set<Promise<unknown>>();
  const timer = setInterval(() => {
    const pod = pods[at % pods.length];
    const gone = Math.floor(at / pods.length) % 2 === 0;
    at += 1;
    if (!pod) return;
    const { namespace, name, annotations } = pod.metadata;
    const change = { metadata: { annotations: { [statusKey]: gone ? null : annotations?.[statusKey] } } };
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    const sent: Promise<unknown> = api('PATCH', path, change, 'application/merge-patch+json')
      .then(
        ({ status }) => {
          if (status < 300) made += 1;
        },
        () => {},
      )
      .finally(() => running.delete(sent));
    running.add(sent);
  }, 1000 / CHANGES_PER_SECOND);
  return async () => {
    clearInterval(timer);
    await Promise.all(running);
    if (made < at * 0.9) throw new Error(`only ${made} of ${at} changes were taken by the API server`);
  };
}

async function probe(url: string, followers: readonly Follower[], seconds: number): Promise<number[]> {
  const api = apiClient(url, undefined);
  const collection = '/api/v1/namespaces/tenant-1/pods';
  const delays: number[] = [];
  const before = followers[0]?.workloads ?? 0;
  for (let round = 0; round < seconds * (1000 / PROBE_EVERY_MS); round += 1) {
    const wanted = round % 2 === 0 ? before + 1 : before;
    const shown = followers.map(
      (follower) =>
        new Promise<number>((resolve) => {
          follower.seen = (workloads, at) => workloads === wanted && resolve(at);
        }),
    );
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'bench-probe' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    };
    if (wanted > before) await api('POST', collection, pod);
    else await api('DELETE', `${collection}/bench-probe?gracePeriodSeconds=0`);
    const acknowledged = performance.now();
    const limit = sleep(SHOWN_LIMIT_MS, Number.POSITIVE_INFINITY, { ref: false });
    const times = await Promise.all(shown.map((one) => Promise.race([one, limit])));
    if (times.every((at) => at === Number.POSITIVE_INFINITY))
      throw new Error(`no page shows a change within ${SHOWN_LIMIT_MS} ms`);
    for (const at of times) delays.push(Math.max(0, at - acknowledged));
    await sleep(Math.max(0, PROBE_EVERY_MS - (performance.now() - acknowledged)) * (0.5 + Math.random()));
  }
  return delays;
}
