/** Baseline: the informer of @kubernetes/client-node on the pods alone, which keeps them whole. */
import { createRequire } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { answer, heapUsed, readArgs } from './answer.ts';

type Api = { listPodForAllNamespaces: () => Promise<unknown> };
type Informer = { start: () => Promise<void>; list: () => unknown[] };
type Client = {
  KubeConfig: new () => { loadFromOptions: (options: object) => void; makeApiClient: (api: unknown) => Api };
  CoreV1Api: unknown;
  makeInformer: (config: object, path: string, list: () => Promise<unknown>) => Informer;
};

const { url } = readArgs<{ url: string }>();
// It is the server's dependency: the one that Busbar would use for this.
const fromServer = createRequire(new URL('../../../server/package.json', import.meta.url));
const { KubeConfig, CoreV1Api, makeInformer } = (await import(
  pathToFileURL(fromServer.resolve('@kubernetes/client-node')).href
)) as Client;
const config = new KubeConfig();
config.loadFromOptions({
  clusters: [{ name: 'bench', server: url, skipTLSVerify: true }],
  users: [{ name: 'bench' }],
  contexts: [{ name: 'bench', cluster: 'bench', user: 'bench' }],
  currentContext: 'bench',
});
const client = config.makeApiClient(CoreV1Api);
const before = heapUsed();
// The collection of garbage that came before must not count as a block.
await sleep(20);
const delays = monitorEventLoopDelay({ resolution: 5 });
delays.enable();
const start = performance.now();
const informer = makeInformer(config, '/api/v1/pods', () => client.listPodForAllNamespaces());
await informer.start();
const took = performance.now() - start;
delays.disable();
const count = informer.list().length;
answer({
  ms: took,
  longestBlock: delays.max / 1e6,
  rss: process.resourceUsage().maxRSS * 1024,
  heap: heapUsed() - before,
  count,
});
