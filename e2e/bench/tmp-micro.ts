import { createEngine } from '@busbar/shared/engine/engine';
import { diffGraph } from '@busbar/shared/graph/delta';
import { createRailsProjector } from '@busbar/shared/graph/project';
import type { KubeObject } from '@busbar/shared/kube/object';
import { providers } from '@busbar/shared/providers/registry';
import { defaultView } from '@busbar/shared/view/view';
import { generateBase, generatePods } from './cluster.ts';

const [pods, different] = [Number(process.argv[2]), process.argv[3] === 'd'];
const now = Date.UTC(2026, 11, 1);
const engine = createEngine({ providers, rules: (await import('@busbar/shared/rules/registry')).rules });
const put = (objects: Iterable<KubeObject>) => {
  const b: KubeObject[] = [];
  for (const o of objects) {
    Reflect.deleteProperty(o.metadata, 'managedFields');
    b.push(o);
    if (b.length === 500)
      engine.apply(
        b.splice(0).map((object) => ({ type: 'put', object })),
        now,
      );
  }
  engine.apply(
    b.map((object) => ({ type: 'put', object })),
    now,
  );
};
put(generateBase({ pods, different }));
put(generatePods({ pods, different }));
globalThis.gc?.();
const h0 = process.memoryUsage().heapUsed;
const s = performance.now();
const projector = createRailsProjector(engine, defaultView);
let doc = projector.doc();
const t0 = performance.now() - s;
globalThis.gc?.();
const h1 = process.memoryUsage().heapUsed;
console.log(
  pods,
  different ? 'different' : 'alike',
  'make',
  t0.toFixed(0),
  'ms heap',
  ((h1 - h0) / pods).toFixed(0),
  'B/pod',
  doc.totals.grouped,
  'cards',
  doc.cards.length,
  'drops',
  doc.drops.length,
  'rails',
  doc.rails.length,
  JSON.stringify(projector.plan().sections),
);
const chosen: KubeObject[] = [];
let at = 0;
const step = Math.floor(pods / 300);
for (const o of generatePods({ pods, different })) if (o.kind === 'Pod' && at++ % step === 0) chosen.push(o);
const key = 'k8s.v1.cni.cncf.io/network-status';
const changed = ({ metadata, ...rest }: KubeObject): KubeObject => {
  const { [key]: _, ...annotations } = metadata.annotations ?? {};
  return { ...rest, metadata: { ...metadata, annotations, resourceVersion: '2' } } as KubeObject;
};
const cost = { engine: [] as number[], project: [] as number[], diff: [] as number[] };
for (const version of [changed, (p: KubeObject) => p, changed, (p: KubeObject) => p])
  for (const pod of chosen) {
    const a = performance.now();
    const applied = engine.apply([{ type: 'put', object: version(pod) }], now);
    const b = performance.now();
    projector.update(applied);
    const next = projector.doc();
    const c = performance.now();
    diffGraph(doc, next);
    doc = next;
    const d = performance.now();
    cost.engine.push(b - a);
    cost.project.push(c - b);
    cost.diff.push(d - c);
  }
const q = (v: number[], p: number) => (v.sort((x, y) => x - y)[Math.floor(v.length * p)] ?? 0).toFixed(3);
for (const [k, v] of Object.entries(cost)) console.log(' ', k, 'p50', q(v, 0.5), 'p90', q(v, 0.9), 'p99', q(v, 0.99));
