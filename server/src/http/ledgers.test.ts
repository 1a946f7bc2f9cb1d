import { createEngine } from '@busbar/shared/engine/engine';
import type { Engine } from '@busbar/shared/engine/engine-api';
import { providers } from '@busbar/shared/providers/registry';
import { defaultView } from '@busbar/shared/view/view';
import { expect, test } from 'vitest';
import { Ledgers } from './ledgers.ts';

const NOW = Date.parse('2026-11-24T10:00:00Z');
const part = { offset: 0, limit: 500, desc: false };

const putPods = (engine: Engine, names: string[]) =>
  engine.apply(
    names.map((name) => ({
      type: 'put',
      object: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'lab', uid: name },
        spec: { nodeName: 'worker-1', containers: [] },
        status: { phase: 'Running', podIP: '10.244.0.5', podIPs: [{ ip: '10.244.0.5' }] },
      },
    })),
    NOW,
  );

const many = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `pod-${1000 + from + at}`);
const started = (clock?: () => number) => {
  const engine = createEngine({ providers, rules: [] });
  putPods(engine, many(0, 400));
  return { engine, ledgers: new Ledgers(engine, clock) };
};
const namesOf = async (ledgers: Ledgers) => (await ledgers.page(defaultView, 'pod', part)).rows.map(({ name }) => name);

test('what changed while an order is made is in the answer to whoever asks after it', async () => {
  const { engine, ledgers } = started();
  const early = namesOf(ledgers);
  ledgers.applied(putPods(engine, ['pod-0', 'pod-2000']));
  const late = await namesOf(ledgers);
  expect(late).toEqual(['pod-0', ...many(0, 400), 'pod-2000']);
  expect((await early).length).toBeGreaterThanOrEqual(400);
  ledgers.applied(
    engine.apply([{ type: 'delete', ref: { group: '', kind: 'Pod', namespace: 'lab', name: 'pod-0' } }], NOW),
  );
  expect(await namesOf(ledgers)).toEqual([...many(0, 400), 'pod-2000']);
});

test('an order that nobody asked for in a minute is made anew', async () => {
  let now = NOW;
  const { engine, ledgers } = started(() => now);
  await namesOf(ledgers);
  now += 120_000;
  ledgers.applied(putPods(engine, ['pod-0']));
  expect(await namesOf(ledgers)).toEqual(['pod-0', ...many(0, 400)]);
});

test('more filters than are kept at once all get their lines', async () => {
  const { engine, ledgers } = started();
  const totals = await Promise.all(
    many(0, 40).map((name) => ledgers.page({ ...defaultView, hide: `pod:${name}` }, 'state', part)),
  );
  expect(totals.map(({ total, rows }) => [total, rows.length])).toEqual(Array(40).fill([1, 1]));
  ledgers.applied(putPods(engine, ['pod-0']));
  expect((await namesOf(ledgers)).length).toBe(401);
});
