/** What one changed pod costs in a cluster of a size: in the engine, and until the difference of the picture is known. */
import { createEngine } from '@busbar/shared/engine/engine';
import { diffGraph } from '@busbar/shared/graph/delta';
import { createRailsProjector } from '@busbar/shared/graph/project';
import type { Change, KubeObject } from '@busbar/shared/kube/object';
import { providers } from '@busbar/shared/providers/registry';
import { rules } from '@busbar/shared/rules/registry';
import { defaultView } from '@busbar/shared/view/view';
import { generateBase, generatePods } from '../cluster.ts';
import { median } from '../row.ts';
import { answer, heapUsed, readArgs } from './answer.ts';

const { pods, different = false } = readArgs<{ pods: number; different?: boolean }>();
const changes = 300;
const now = Date.UTC(2026, 11, 1);
const engine = createEngine({ providers, rules });
const before = heapUsed();
// As the server reads its first lists: parsed, the managed fields dropped, conclusions at the end.
let batch: Change[] = [];
for (const make of [generateBase, generatePods]) {
  for (const object of make({ pods, different })) {
    const parsed = JSON.parse(JSON.stringify(object)) as KubeObject;
    Reflect.deleteProperty(parsed.metadata, 'managedFields');
    batch.push({ type: 'put', object: parsed });
    if (batch.length < 200) continue;
    engine.ingest(batch);
    batch = [];
  }
}
engine.apply(batch, now);
batch = [];
const heap = heapUsed() - before;
const projector = createRailsProjector(engine, defaultView);
let doc = projector.doc();

const step = Math.max(1, Math.floor(pods / changes));
const chosen: KubeObject[] = [];
let at = 0;
for (const object of generatePods({ pods, different }))
  if (object.kind === 'Pod' && at++ % step === 0) chosen.push(object);
const statusKey = 'k8s.v1.cni.cncf.io/network-status';
/** Its report of interfaces is gone: every attachment is judged anew, and drawn in another state. */
const changed = ({ metadata, ...rest }: KubeObject): KubeObject => {
  const { [statusKey]: _, ...annotations } = metadata.annotations ?? {};
  return { ...rest, metadata: { ...metadata, annotations, resourceVersion: '2' } } as KubeObject;
};
const cost = { engine: [] as number[], picture: [] as number[] };
for (const version of [changed, (pod: KubeObject) => pod]) {
  for (const pod of chosen) {
    const object = version(pod);
    const start = performance.now();
    const applied = engine.apply([{ type: 'put', object }], now);
    const applies = performance.now();
    projector.update(applied);
    const next = projector.doc();
    diffGraph(doc, next);
    doc = next;
    cost.engine.push(applies - start);
    cost.picture.push(performance.now() - start);
  }
}
answer({ engine: median(cost.engine), picture: median(cost.picture), heap, attachments: engine.counts().attachments });
