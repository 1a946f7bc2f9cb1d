import type { Applied, Engine } from '@busbar/shared/engine/engine-api';
import { createTopologyEngine } from '@busbar/shared/engine/from-topology';
import type { Change } from '@busbar/shared/kube/object';
import { pino } from 'pino';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ObjectSource, Sink, SourceDescription } from './cluster/source.ts';
import { sampleTopology } from './http/testing.ts';
import { Runtime } from './runtime.ts';

const log = pino({ level: 'silent' });
const put = (name: string): Change => ({ type: 'put', object: { apiVersion: 'v1', kind: 'Pod', metadata: { name } } });
const puts = (count: number): Change[] => Array.from({ length: count }, (_, index) => put(String(index)));

/** An engine that only remembers what it was given. */
function recorder({ refuse = '', deadline = null as number | null } = {}) {
  const calls: { names: string[]; now: number }[] = [];
  const seen: string[] = [];
  let ingested: string[] = [];
  let revision = 0;
  const take = (changes: readonly Change[]): string[] => {
    const names = changes.map((change) => (change.type === 'put' ? change.object.metadata.name : ''));
    if (names.includes(refuse) && refuse !== '') throw new Error('refused');
    seen.push(...names);
    return names;
  };
  const engine: Engine = {
    ...createTopologyEngine(sampleTopology()),
    nextDeadline: () => deadline,
    ingest: (changes) => void ingested.push(...take(changes)),
    apply: (changes, now): Applied => {
      calls.push({ names: [...ingested, ...take(changes)], now });
      ingested = [];
      revision += 1;
      if (deadline !== null && now >= deadline) deadline = null;
      return { revision, workloads: [], networks: [], nodes: [], pools: [], findings: [], sources: false };
    },
  };
  return { engine, calls, names: () => seen };
}

function fakeSource(
  description: Partial<SourceDescription> = {},
  start: (sink: Sink) => Promise<void> | void = () => {},
) {
  let sink: Sink | undefined;
  const source: ObjectSource = {
    describe: () => ({ kind: 'cluster', name: 'lab', ...description }),
    start: async (given) => {
      sink = given;
      await start(given);
    },
    stop: async () => {},
  };
  return { source, send: (changes: Change[]) => sink?.changes(changes), health: () => sink };
}

let runtime: Runtime | undefined;
afterEach(() => runtime?.stop());

const until = (done: () => boolean) => vi.waitFor(() => expect(done()).toBe(true), { timeout: 2000, interval: 5 });

test('is ready only when the first full list has been applied, in the order in which it came', async () => {
  const { engine, names } = recorder();
  const { source } = fakeSource({}, (sink) => {
    sink.changes(puts(1200));
    sink.changes([put('last')]);
  });
  runtime = new Runtime({ engine, source, log });
  const started = runtime.start();
  expect(runtime.ready).toBe(false);
  await started;
  expect(runtime.ready).toBe(true);
  expect(names()).toEqual([...puts(1200).map((_, index) => String(index)), 'last']);
});

test('gathers a burst into one apply, and a flood into several', async () => {
  const { engine, calls } = recorder();
  const { source, send } = fakeSource();
  runtime = new Runtime({ engine, source, log });
  await runtime.start();
  calls.length = 0;
  for (let index = 0; index < 10; index += 1) send([put(String(index))]);
  await until(() => calls.length > 0);
  expect(calls.map(({ names }) => names.length)).toEqual([10]);
  calls.length = 0;
  send(puts(1001));
  await runtime.idle();
  expect(calls.length).toBeGreaterThanOrEqual(3);
  expect(Math.max(...calls.map(({ names }) => names.length))).toBeLessThanOrEqual(500);
  expect(calls.flatMap(({ names }) => names)).toHaveLength(1001);
});

test('who asks for room reads no further than the engine follows, and nothing is lost', async () => {
  const { engine, names } = recorder();
  let ahead = 0;
  const total = 20_000;
  const { source } = fakeSource({}, async (sink) => {
    const all = puts(total);
    for (let sent = 0; sent < total; sent += 10) {
      sink.changes(all.slice(sent, sent + 10));
      ahead = Math.max(ahead, sent + 10 - names().length);
      await sink.room?.();
    }
  });
  runtime = new Runtime({ engine, source, log });
  await runtime.start();
  expect(names()).toEqual(Array.from({ length: total }, (_, at) => String(at)));
  expect(ahead).toBeLessThan(120);
});

test('while the first lists come in, networks are spoken of only in a lull, and at the end', async () => {
  const { engine } = recorder();
  const whole: number[] = [];
  let read = 0;
  const listening: Engine = {
    ...engine,
    apply: (changes, now, turn) => {
      if (!turn?.workloadsOnly) whole.push(read);
      return { ...engine.apply(changes, now), ...(turn?.workloadsOnly ? { more: true as const } : {}) };
    },
  };
  const { source } = fakeSource({}, async (sink) => {
    for (const pause of [5, 5, 300, 5, 5]) {
      sink.changes(puts(3));
      read += 3;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  });
  runtime = new Runtime({ engine: listening, source, log });
  await runtime.start();
  expect(new Set(whole)).toEqual(new Set([9, 15]));
});

test('what comes as soon as there is room is not forgotten', async () => {
  const { engine, names } = recorder();
  const { source } = fakeSource({}, async (sink) => {
    // Until one turn takes all that waits.
    for (const count of [10, 20, 40, 80]) {
      const before = names().length;
      sink.changes(puts(count));
      await until(() => names().length === before + count);
    }
    sink.changes(puts(60));
    await sink.room?.();
    sink.changes([put('last')]);
    await until(() => names().includes('last'));
  });
  runtime = new Runtime({ engine, source, log });
  await runtime.start();
  expect(names()).toHaveLength(10 + 20 + 40 + 80 + 60 + 1);
});

test('a stop while somebody waits for room ends the wait', async () => {
  const { engine } = recorder();
  const { source } = fakeSource({}, async (sink) => {
    sink.changes(puts(5000));
    await sink.room?.();
  });
  runtime = new Runtime({ engine, source, log });
  const started = runtime.start();
  await runtime.stop();
  await started;
});

test('who answers only once draws conclusions once, when everything is in', async () => {
  const { engine, calls } = recorder();
  const taken: number[] = [];
  const { source } = fakeSource({}, (sink) => sink.changes(puts(1200)));
  const counting = { ...engine, ingest: (changes: readonly Change[]) => void taken.push(changes.length) };
  runtime = new Runtime({ engine: counting, source, log, once: true });
  await runtime.start();
  expect(taken.reduce((sum, count) => sum + count, 0)).toBe(1200);
  expect(calls.map(({ names }) => names)).toEqual([[]]);
});

test('a stop while the first lists come in is the end of reading', async () => {
  const { engine } = recorder();
  const { source } = fakeSource({}, (sink) => sink.changes(puts(5000)));
  runtime = new Runtime({ engine, source, log });
  const started = runtime.start();
  await runtime.stop();
  await started;
  expect(runtime.ready).toBe(false);
});

test('an object that breaks the engine costs nobody else', async () => {
  const { engine, names } = recorder({ refuse: '7' });
  const { source } = fakeSource({}, (sink) => sink.changes(puts(10)));
  runtime = new Runtime({ engine, source, log });
  await runtime.start();
  expect(names()).toEqual(['0', '1', '2', '3', '4', '5', '6', '8', '9']);
});

test('a subject that breaks the engine costs nobody else, and one that always does no more than some tries', async () => {
  const { engine, calls } = recorder();
  let fails = 3;
  let tries = 0;
  const breaking: Engine = {
    ...engine,
    apply: (changes, now) => {
      tries += 1;
      fails -= 1;
      if (fails >= 0) throw new Error('broken');
      return engine.apply(changes, now);
    },
  };
  const { source, send } = fakeSource({}, (sink) => sink.changes(puts(3)));
  runtime = new Runtime({ engine: breaking, source, log });
  await runtime.start();
  expect(calls[0]?.names).toEqual(['0', '1', '2']);
  [fails, tries] = [1000, 0];
  send([put('last')]);
  await runtime.idle();
  expect(tries).toBeLessThan(200);
});

describe('time', () => {
  test('of a live source is the wall clock', async () => {
    const { engine, calls } = recorder();
    const { source } = fakeSource({}, (sink) => sink.changes([put('a')]));
    runtime = new Runtime({ engine, source, log, clock: () => 5000 });
    await runtime.start();
    expect(new Set(calls.map(({ now }) => now))).toEqual(new Set([5000]));
  });

  test('of a recording is when it was taken, as soon as that is known', async () => {
    const { engine, calls } = recorder();
    const description: Partial<SourceDescription> = { kind: 'dump' };
    const { source } = fakeSource(description, (sink) => {
      sink.changes([put('a')]);
    });
    const known = { ...source, describe: () => ({ ...source.describe(), takenAt: '2026-01-01T00:00:00Z' }) };
    runtime = new Runtime({ engine, source: known, log });
    await runtime.start();
    expect(calls.at(-1)?.now).toBe(Date.parse('2026-01-01T00:00:00Z'));
  });

  test('what is due is visited when it is due, without any change', async () => {
    const { engine, calls } = recorder({ deadline: Date.now() + 60 });
    const { source } = fakeSource();
    runtime = new Runtime({ engine, source, log });
    await runtime.start();
    const before = calls.length;
    await until(() => calls.length > before);
    expect(calls.at(-1)).toMatchObject({ names: [] });
  });

  test('of a recording stands still: nothing becomes due', async () => {
    const { engine, calls } = recorder({ deadline: Date.now() + 20 });
    const { source } = fakeSource({ kind: 'dump', takenAt: '2026-01-01T00:00:00Z' });
    runtime = new Runtime({ engine, source, log });
    await runtime.start();
    const before = calls.length;
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(calls).toHaveLength(before);
  });
});

test('a source that fails is state with words a person can act on, and another may take its place', async () => {
  const { engine } = recorder();
  const broken = fakeSource({}, () => {
    throw Object.assign(new Error('no answer'), { hint: 'Is it running?' });
  });
  runtime = new Runtime({ engine, source: broken.source, log });
  const told = vi.fn();
  runtime.onHealth(told);
  await expect(runtime.start()).rejects.toThrow('no answer');
  expect(runtime.health).toMatchObject({ state: 'failed', detail: 'no answer. Is it running?' });
  expect(told).toHaveBeenCalled();
  runtime.use(fakeSource().source);
  await runtime.start();
  expect(runtime.ready).toBe(true);
});

test('nothing is applied after the stop', async () => {
  const { engine, calls } = recorder();
  const { source, send } = fakeSource();
  runtime = new Runtime({ engine, source, log });
  await runtime.start();
  await runtime.stop();
  const before = calls.length;
  send([put('late')]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(calls).toHaveLength(before);
});
