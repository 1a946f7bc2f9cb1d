/** Changes in fast motion: what of them stays in memory, and whether the topology is that of a fresh start. A page looks on. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createEngine } from '@busbar/shared/engine/engine';
import { diffGraph } from '@busbar/shared/graph/delta';
import { createProjector } from '@busbar/shared/graph/lenses';
import type { Change, KubeObject } from '@busbar/shared/kube/object';
import { refOf } from '@busbar/shared/kube/object';
import { providers } from '@busbar/shared/providers/registry';
import { rules } from '@busbar/shared/rules/registry';
import { defaultView } from '@busbar/shared/view/view';
import type { Sink } from '../../../server/src/cluster/source.ts';
import { Channel } from '../../../server/src/http/channel.ts';
import { createLog } from '../../../server/src/log.ts';
import { Runtime } from '../../../server/src/runtime.ts';
import { generateBase, generatePods } from '../cluster.ts';
import { createRandom } from '../random.ts';
import { answer, heapUsed, readArgs } from './answer.ts';

const { pods, changes } = readArgs<{ pods: number; changes: number }>();
const now = Date.UTC(2026, 11, 1);
const statusKey = 'k8s.v1.cni.cncf.io/network-status';

const base = [...generateBase({ pods })];
const living = [...generatePods({ pods })];
const create = () => {
  let sink: Sink | undefined;
  const engine = createEngine({ providers, rules });
  const source = {
    describe: () => ({ kind: 'cluster' as const, name: 'bench' }),
    start: async (given: Sink) => {
      sink = given;
      for (const objects of [base, living])
        for (let at = 0; at < objects.length; at += 200) {
          given.changes(objects.slice(at, at + 200).map((object) => ({ type: 'put', object: copy(object) })));
          await given.room?.();
        }
    },
    stop: async () => {},
  };
  const runtime = new Runtime({ engine, source, log: createLog('error'), clock: () => now });
  return { runtime, engine, send: (batch: Change[]) => sink?.changes(batch) };
};
const copy = (object: KubeObject): KubeObject => JSON.parse(JSON.stringify(object)) as KubeObject;

const { runtime, engine, send } = create();
const channel = new Channel({ boot: 'bench', projector: createProjector(engine, defaultView), diff: diffGraph, now });
runtime.onApplied((applied) => {
  channel.applied(applied);
  void channel.draw(channel);
});
await runtime.start();

const random = createRandom(7);
const eventOf = (pod: KubeObject, serial: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${pod.metadata.name}.${serial}`, namespace: pod.metadata.namespace ?? '', uid: `event-${serial}` },
  ...{
    involvedObject: { ...refOf(pod), apiVersion: 'v1', uid: pod.metadata.uid },
    reason: 'FailedCreatePodSandBox',
    message: `plugin type="macvlan" failed (add): failed to create macvlan: device or resource busy (${serial})`,
    type: 'Warning',
    lastTimestamp: new Date(now).toISOString(),
  },
});

/** A pod loses its report, says so in an event, is replaced by another, and all of it is undone: in the end all is as it was. */
const steps = (pod: KubeObject, serial: number): Change[] => {
  const { [statusKey]: _, ...annotations } = pod.metadata.annotations ?? {};
  const broken = { ...pod, metadata: { ...pod.metadata, annotations } };
  const event = eventOf(pod, serial);
  const other = {
    ...pod,
    metadata: { ...pod.metadata, name: `${pod.metadata.name}-${serial}`, uid: `other-${serial}` },
  };
  return [
    { type: 'put', object: copy(broken) },
    { type: 'put', object: copy(event) },
    { type: 'put', object: copy(other) },
    { type: 'delete', ref: refOf(pod) },
    { type: 'delete', ref: refOf(event) },
    { type: 'delete', ref: refOf(other) },
    { type: 'put', object: copy(pod) },
  ];
};

let serial = 0;
const churn = async (count: number): Promise<void> => {
  const candidates = living.filter(({ kind }) => kind === 'Pod');
  for (let sent = 0; sent < count; ) {
    const pod = candidates[Math.floor(random() * candidates.length)];
    if (!pod) return;
    serial += 1;
    for (const change of steps(pod, serial)) {
      send([change]);
      sent += 1;
      await runtime.idle();
    }
    if (serial % 20 === 0) await nextTurn();
  }
};

// Caches and warm code come first.
await churn(changes / 2);
const before = heapUsed();
const start = performance.now();
await churn(changes);
const took = performance.now() - start;
const after = heapUsed();
const fresh = create();
await fresh.runtime.start();
const state = (one: { topology: typeof engine.topology }) =>
  JSON.stringify(one.topology({ name: 'bench' }, new Date(now).toISOString()));
answer({
  grown: after - before,
  heap: before,
  ms: took,
  changes,
  equal: Number(state(engine) === state(fresh.engine)),
});
