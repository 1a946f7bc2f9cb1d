/** The server's own way from nothing to a whole topology with findings, a page already open: source, runtime, engine, hub. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEngine } from '@busbar/shared/engine/engine';
import { createRailsProjector } from '@busbar/shared/graph/project';
import { providers, watchedKinds } from '@busbar/shared/providers/registry';
import { rules } from '@busbar/shared/rules/registry';
import { defaultView } from '@busbar/shared/view/view';
import { accessFrom, loadKubeconfig } from '../../../server/src/cluster/api/kubeconfig.ts';
import { LiveSource } from '../../../server/src/cluster/live.ts';
import { keepPausesShort } from '../../../server/src/heap.ts';
import { createLog } from '../../../server/src/log.ts';
import { Runtime } from '../../../server/src/runtime.ts';
import { answer, heapUsed, readArgs } from './answer.ts';

const { url, kubeconfig } = readArgs<{ url?: string; kubeconfig?: string }>();
keepPausesShort();
const before = heapUsed();
const engine = createEngine({ providers, rules });
const served = () =>
  accessFrom({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'bench',
    clusters: [{ name: 'bench', cluster: { server: url } }],
    users: [{ name: 'bench', user: {} }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
  });
const load = () => (kubeconfig === undefined ? served() : (loadKubeconfig({ kubeconfig }) ?? served()));
const source = new LiveSource({ load, kinds: watchedKinds });
const runtime = new Runtime({ engine, source, log: createLog('error') });
// The collection of garbage that came before must not count as a block.
await sleep(20);
const delays = monitorEventLoopDelay({ resolution: 5 });
delays.enable();
const start = performance.now();
await runtime.start();
const took = performance.now() - start;
await sleep(50);
delays.disable();
const rss = process.resourceUsage().maxRSS * 1024;
const heap = heapUsed() - before;
const counts = engine.counts();
const drawing = performance.now();
const doc = createRailsProjector(engine, defaultView).doc();
const project = performance.now() - drawing;
answer({
  ms: took,
  longestBlock: delays.max / 1e6,
  p99Block: delays.percentile(99) / 1e6,
  heap,
  rss,
  project,
  workloads: counts.workloads,
  attachments: counts.attachments,
  findings: engine.findings().length,
  elements: doc.cards.length + doc.drops.length + doc.rails.length + doc.bands.length,
});
