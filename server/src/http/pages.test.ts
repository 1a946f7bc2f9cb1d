/** The whole server on a demo API, over the wire: what many pages, and many changes, do to it. */
import { createEngine } from '@busbar/shared/engine/engine';
import { providers, watchedKinds } from '@busbar/shared/providers/registry';
import { rules } from '@busbar/shared/rules/registry';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accessFrom } from '../cluster/api/kubeconfig.ts';
import { LiveSource } from '../cluster/live.ts';
import { beginDemo, createPod, deletePod, labelPod } from '../cluster/testing/demo.ts';
import { quickTiming } from '../cluster/testing/live.ts';
import type { DemoApi } from '../demo/api/start.ts';
import { Runtime } from '../runtime.ts';
import { type Served, serve } from './serve.ts';

const log = pino({ level: 'silent' });
const limit = { timeout: 60_000 };

let kube: DemoApi;
let runtime: Runtime;
let served: Served;
let base: string;

beforeEach(async () => {
  kube = await beginDemo();
  for (let at = 0; at < 50; at += 1) createPod(kube, `pod-${at}`);
  const source = new LiveSource({
    load: () => accessFrom(kube.kubeconfig()),
    kinds: watchedKinds,
    timing: quickTiming,
  });
  runtime = new Runtime({ engine: createEngine({ providers, rules }), source, log });
  const config = {
    host: '127.0.0.1',
    port: 0,
    portFallback: false,
    auth: 'none' as const,
    token: undefined,
    tokenReuse: false,
    allowHosts: [],
    logLevel: 'silent' as const,
  };
  served = await serve({ runtime, config, log, pageDir: undefined });
  base = `http://127.0.0.1:${served.port}`;
  await runtime.start();
});
afterEach(async () => {
  await served.close();
  await runtime.stop();
  await kube.stop();
});

const metric = async (name: string): Promise<number> =>
  Number(new RegExp(`^${name} (\\S+)`, 'm').exec(await (await fetch(`${base}/metrics`)).text())?.[1]);

const until = async (what: string, done: () => boolean | Promise<boolean>): Promise<number> => {
  const began = performance.now();
  while (!(await done())) {
    if (performance.now() - began > 20_000) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - began;
};

type Page = { close: () => void; received: () => number };

const openPage = async (view: string): Promise<Page> => {
  const abort = new AbortController();
  const query = new URLSearchParams({ view, compact: '1' });
  const response = await fetch(`${base}/api/v1/stream?${query}`, { signal: abort.signal });
  expect(response.status).toBe(200);
  let bytes = 0;
  const read = async () => {
    for await (const chunk of response.body ?? []) bytes += chunk.length;
  };
  read().catch(() => {});
  return { close: () => abort.abort(), received: () => bytes };
};

const views = ['', 'by=node', 'by=owner', 'ns=default', 'hide=pod-1', 'idle=1', 'default=0', 'state=failed'];
const viewOf = (at: number): string => views[at % views.length] ?? '';

test('200 pages that open, move and close leave no stream, no watch and no slower cluster behind', limit, async () => {
  const watches = kube.openWatches();
  let pages = await Promise.all(Array.from({ length: 200 }, (_, at) => openPage(viewOf(at))));
  expect(await metric('busbar_streams')).toBe(200);
  expect(await metric('busbar_views')).toBe(views.length);
  for (let round = 1; round <= 4; round += 1) {
    for (const page of pages) page.close();
    pages = await Promise.all(Array.from({ length: 200 }, (_, at) => openPage(viewOf(at + round))));
    createPod(kube, `made-${round}`);
    const took = await until(
      'the pod is there',
      () => runtime.engine.workload(`pod:default/made-${round}`) !== undefined,
    );
    expect(took).toBeLessThan(3000);
    await until('closed pages are forgotten', async () => (await metric('busbar_streams')) === 200);
  }
  await until('every page has its picture', () => pages.every(({ received }) => received() > 0));
  expect(await metric('busbar_views')).toBe(views.length);
  expect(kube.openWatches()).toBe(watches);
  for (const page of pages) page.close();
  await until('all are forgotten', async () => (await metric('busbar_streams')) === 0);
  expect(kube.openWatches()).toBe(watches);
});

test('of 10,000 changes in a second the last word on every object arrives', limit, async () => {
  const page = await openPage('');
  for (let round = 0; round < 10_000; round += 1) {
    labelPod(kube, `pod-${round % 50}`, String(round));
    if (round % 500 === 499) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  deletePod(kube, 'pod-7');
  createPod(kube, 'last');
  await until('the last pod is there', () => runtime.engine.workload('pod:default/last') !== undefined);
  await until('the deleted one is not', () => runtime.engine.workload('pod:default/pod-7') === undefined);
  const labels = [...runtime.engine.workloads()].flatMap(({ labels: { value } }) => value ?? []);
  expect(labels.map(Number).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 50 }, (_, at) => 9950 + at).filter((value) => value % 50 !== 7),
  );
  expect(page.received()).toBeGreaterThan(0);
  page.close();
});
