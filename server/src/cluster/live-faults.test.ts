import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DemoApi } from '../demo/api/start.ts';
import { beginDemo, createPod, deletePod, labelOf, labelPod } from './testing/demo.ts';
import { openGate } from './testing/gate.ts';
import { nodes, pods } from './testing/kinds.ts';
import { type Running, type RunOptions, runOn } from './testing/live.ts';

let api: DemoApi;
const running: Running[] = [];

const follow = async (options: RunOptions = {}): Promise<Running> => {
  const run = runOn(api, options);
  running.push(run);
  await run.ready;
  return run;
};
beforeEach(async () => {
  api = await beginDemo();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((run) => run.stop()));
  await api.stop();
});

const disturbances: [string, () => unknown][] = [
  ['all streams are cut', () => void api.misbehave.cutStreams()],
  ['all streams end in good order', () => void api.misbehave.endStreams()],
  ['a stream is cut inside an event', () => void api.misbehave.cutInsideEvent()],
  ['a proxy writes its error page into the stream', () => void api.misbehave.sendGarbage()],
  ['every event comes twice', () => api.misbehave.duplicateEvents(true)],
  ['events come late, kind by kind', () => api.misbehave.delayEvents('pods', 60)],
  [
    'the server answers 429 for a while',
    () => {
      api.misbehave.tooManyRequests(4, 0);
      api.misbehave.cutStreams();
    },
  ],
  [
    'the server answers 500 for a while',
    () => {
      api.misbehave.serverErrors(9);
      api.misbehave.cutStreams();
    },
  ],
  [
    'the version is gone, by status',
    () => {
      api.misbehave.goneOnNextWatch('status', 'pods');
      api.misbehave.cutStreams('pods');
    },
  ],
  [
    'the version is gone, by event',
    () => {
      api.misbehave.goneOnNextWatch('event', 'pods');
      api.misbehave.cutStreams('pods');
    },
  ],
  ['the server restarts', () => api.misbehave.restart({ downMs: 100 })],
  ['the server restarts and has forgotten the history', () => api.misbehave.restart({ downMs: 100, compact: true })],
];

describe.each([true, false])('with lists that are streamed: %s', (streams) => {
  test.each(disturbances)('nothing is lost and nothing stays when %s', async (_name, disturb) => {
    for (const name of ['stays', 'goes', 'changes']) createPod(api, name);
    const run = await follow({ streams });
    const done = disturb();
    deletePod(api, 'goes');
    labelPod(api, 'changes', 'yes');
    createPod(api, 'comes');
    await done;
    await run.until(
      () =>
        labelOf(run, 'changes') === 'yes' &&
        run.names('Pod').join() === 'Pod default/changes,Pod default/comes,Pod default/stays',
      'the world is true again',
    );
    labelPod(api, 'stays', 'watched');
    await run.until(() => labelOf(run, 'stays') === 'watched', 'the watch runs on');
    await run.until(() => run.healths.at(-1)?.state === 'live', 'the badge is live');
    // Each version of an object is handed on once.
    const versions = run.batches
      .flat()
      .flatMap((change) =>
        change.type === 'put' ? `${change.object.metadata.name}@${change.object.metadata.resourceVersion}` : [],
      );
    expect(new Set(versions).size).toBe(versions.length);
  });
});

test('a list whose pages expire in the middle is read to the end all the same', async () => {
  for (let i = 0; i < 12; i += 1) createPod(api, `p${i}`);
  // The server forgets its history again and again, so that no place in a list lasts.
  const forget = setInterval(() => api.store.compact(), 3);
  api.misbehave.slowLists(10);
  const run = await follow({ pageSize: 2, kinds: [pods], streams: false });
  clearInterval(forget);
  expect(run.names('Pod')).toHaveLength(12);
  createPod(api, 'later');
  await run.until(() => run.names('Pod').length === 13, 'the watch runs');
});

test('a right that is lost is told, and what was read stays until it is back', async () => {
  createPod(api, 'a');
  const run = await follow({ kinds: [pods] });
  const allow = api.access.forbid('*', 'pods');
  api.misbehave.cutStreams();
  await run.until(() => run.state('Pod')?.availability === 'forbidden', 'the loss is told');
  createPod(api, 'b');
  deletePod(api, 'a');
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(run.names('Pod')).toEqual(['Pod default/a']);
  // It was tried meanwhile, and nobody was told the same thing twice.
  expect(
    run.batches.flat().filter((change) => change.type === 'source' && change.source.availability !== 'present').length,
  ).toBeLessThan(4);
  allow();
  await run.until(() => run.names('Pod').join() === 'Pod default/b', 'all that happened is caught up with');
});

test('a stream without a byte counts as lost and is resumed', async () => {
  const run = await follow({ timing: { stallMs: 400 } });
  const wake = api.misbehave.stallStreams('pods');
  createPod(api, 'a');
  setTimeout(wake, 700);
  await run.until(() => run.names('Pod').length === 1, 'the pod is seen in spite of the stall');
});

test('a server that is away shows as reconnecting, with a reason, and is found again', async () => {
  createPod(api, 'a');
  const run = await follow();
  const back = api.misbehave.restart({ downMs: 600 });
  await run.until(() => run.healths.at(-1)?.state === 'reconnecting', 'the loss is told');
  expect(run.healths.at(-1)?.detail).toMatch(/ECONNREFUSED|hang up|reset/);
  expect(run.names('Pod')).toEqual(['Pod default/a']);
  expect(run.state('Pod')).toMatchObject({ availability: 'present', count: 1 });
  await back;
  await run.until(() => run.healths.at(-1)?.state === 'live', 'it is live again');
});

test('a kind that the server cannot give out is that kind alone, until it can', async () => {
  createPod(api, 'a');
  let broken = true;
  const gate = await openGate(api, (path) => (broken && path.includes('/nodes') ? 500 : undefined));
  const run = runOn(gate, { kinds: [pods, nodes] });
  running.push(run);
  await run.ready;
  expect(run.state('Node')).toMatchObject({ availability: 'error', detail: 'refused with 500' });
  expect(run.state('Pod')).toMatchObject({ availability: 'present' });
  expect(run.healths.at(-1)?.state).toBe('live');
  broken = false;
  await run.until(() => run.state('Node')?.availability === 'present', 'it comes back');
  gate.close();
});

test('who may list but not watch gets the changes now and then', async () => {
  createPod(api, 'a');
  const gate = await openGate(api, (path) => (path.includes('watch=1') && path.includes('/pods') ? 403 : undefined));
  const run = runOn(gate, { kinds: [pods] });
  running.push(run);
  await run.ready;
  expect(run.names('Pod')).toEqual(['Pod default/a']);
  expect(run.state('Pod')).toMatchObject({ availability: 'forbidden', count: 1 });
  createPod(api, 'b');
  deletePod(api, 'a');
  await run.until(() => run.names('Pod').join() === 'Pod default/b', 'a later list tells');
  gate.close();
});
