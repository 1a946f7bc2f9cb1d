import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createProjector } from '../graph/project.ts';
import { type Change, type KubeObject, refOf } from '../kube/object.ts';
import { objectKey } from '../model/ids.ts';
import type { Topology } from '../model/topology.ts';
import { providers } from '../providers/registry.ts';
import { rules } from '../rules/registry.ts';
import { defaultView } from '../view/view.ts';
import { createEngine } from './engine.ts';
import type { Engine } from './engine-api.ts';

const root = new URL('../../fixtures/real/', import.meta.url);
const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const recorded: KubeObject[] = folders.flatMap(
  (entry) => JSON.parse(readFileSync(new URL(`${entry.name}/cluster.json`, root), 'utf8')).items,
);
const interesting = recorded.filter((object) =>
  ['Pod', 'NetworkAttachmentDefinition', 'Event', 'Node', 'Deployment'].includes(object.kind),
);

const start = Date.parse('2026-11-24T03:00:00Z');
const state = (engine: Engine): Topology => engine.topology({ name: 'test' }, 'now');

/** An object as it might become: relabelled, its annotation swapped with another's, its status gone, its sandbox up or down. */
const mutate = (object: KubeObject, how: number, other: KubeObject): KubeObject => {
  const copy = structuredClone(object);
  const status = copy['status'] as Record<string, unknown> | undefined;
  if (how === 1) copy.metadata.annotations = other.metadata.annotations ?? {};
  if (how === 2) copy.metadata.labels = { changed: 'yes' };
  if (how === 3 && status) status['podIPs'] = [{ ip: '10.244.1.5' }];
  if (how === 4 && status) {
    delete status['podIPs'];
    delete status['podIP'];
    status['containerStatuses'] = [];
  }
  if (how === 5 && copy.kind === other.kind) copy['spec'] = structuredClone(other['spec']);
  if (how === 6) copy.metadata.deletionTimestamp = '2026-11-24T03:00:00Z';
  if (how === 7 && copy.kind === 'Event') copy['message'] = other['message'] ?? '';
  return copy;
};

const index = fc.nat(interesting.length - 1);
const step = fc.record({
  at: index,
  other: index,
  how: fc.nat(9),
  gone: fc.nat(3),
  wait: fc.nat(120_000),
  batch: fc.boolean(),
});

/** Few objects changing often find more than many changing once. */
const script = fc.tuple(
  fc.array(index, { minLength: 3, maxLength: 40 }),
  fc.array(step, { minLength: 5, maxLength: 60 }),
);

test('law: whatever the sequence of changes, the engine equals a fresh one given the final objects', () => {
  fc.assert(
    fc.property(script, ([pool, steps]) => {
      const engine = createEngine({ providers, rules });
      const projector = createProjector(engine, defaultView);
      const final = new Map<string, KubeObject>();
      let now = start;
      let pending: Change[] = [];
      for (const { at, other, how, gone, wait, batch } of steps) {
        const object = interesting[pool[at % pool.length] ?? 0];
        const donor = interesting[other];
        if (!object || !donor) continue;
        const key = objectKey(refOf(object));
        if (gone === 0 && final.has(key)) {
          pending.push({ type: 'delete', ref: refOf(object) });
          final.delete(key);
        } else {
          const next = mutate(object, how, donor);
          pending.push({ type: 'put', object: next });
          final.set(key, next);
        }
        now += wait;
        if (batch) continue;
        projector.update(engine.apply(pending, now));
        pending = [];
      }
      projector.update(engine.apply(pending, now));
      const fresh = createEngine({ providers, rules });
      fresh.apply(
        [...final.values()].map((object) => ({ type: 'put', object })),
        now,
      );
      expect(state(engine)).toEqual(state(fresh));
      expect(engine.counts()).toEqual(fresh.counts());
      const graph = { ...projector.doc(), revision: 0 };
      expect(graph).toEqual({ ...createProjector(fresh, defaultView).doc(), revision: 0 });
    }),
    { numRuns: 120 },
  );
}, 60_000);

test('the order in which objects arrive makes no difference', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(interesting, { minLength: 20, maxLength: 120 }), (objects) => {
      const unique = [...new Map(objects.map((object) => [objectKey(refOf(object)), object])).values()];
      const [a, b] = [createEngine({ providers, rules }), createEngine({ providers, rules })];
      a.apply(
        unique.map((object) => ({ type: 'put', object })),
        start,
      );
      for (const object of unique.toReversed()) b.apply([{ type: 'put', object }], start);
      expect(state(b)).toEqual(state(a));
    }),
    { numRuns: 30 },
  );
}, 60_000);

test('an object that changes without changing what it claims dirties nothing', () => {
  const engine = createEngine({ providers, rules });
  engine.apply(
    interesting.map((object) => ({ type: 'put', object })),
    start,
  );
  const pod = interesting.find((object) => object.kind === 'Pod');
  if (!pod) throw new Error('no pod recorded');
  const last = [...interesting].reverse().find((object) => objectKey(refOf(object)) === objectKey(refOf(pod))) ?? pod;
  const again = structuredClone(last);
  again.metadata.resourceVersion = '999999';
  const applied = engine.apply([{ type: 'put', object: again }], start);
  expect(applied.workloads).toEqual([]);
  expect(applied.findings).toEqual([]);
});
