import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DemoApi } from '../demo/api/start.ts';
import { KubeConnection } from './api/connection.ts';
import { accessFrom } from './api/kubeconfig.ts';
import { Reflector, type ReflectorState } from './reflector.ts';
import { beginDemo, createPod, deletePod, labelOf, labelPod } from './testing/demo.ts';
import { type Gate, type GateOptions, openGate } from './testing/gate.ts';
import { nodes, pods } from './testing/kinds.ts';
import { quickTiming, type Running, type RunOptions, runOn } from './testing/live.ts';
import { defaultTiming } from './timing.ts';

let api: DemoApi;
const closers: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  api = await beginDemo();
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await api.stop();
});

const gateOf = async (
  refuse: (path: string) => number | undefined = () => undefined,
  options: GateOptions = {},
): Promise<Gate> => {
  const gate = await openGate(api, refuse, options);
  closers.push(gate.close);
  return gate;
};
const follow = async (gate: Gate, options: RunOptions = {}): Promise<Running> => {
  const run = runOn(gate, { kinds: [pods], ...options });
  closers.push(run.stop);
  await run.ready;
  return run;
};
const isStream = (path: string): boolean => path.includes('/pods?') && path.includes('sendInitialEvents');
const isWatch = (path: string): boolean => path.includes('/pods?') && path.includes('watch=1') && !isStream(path);
const isPage = (path: string): boolean => path.includes('/pods?') && /limit=(?!1(&|$))/.test(path);
/** How often pods were asked for as [a stream, pages, a watch]. */
const ways = ({ asked }: Gate): number[] => [isStream, isPage, isWatch].map((is) => asked.filter(is).length);
const createPods = (count: number): void => {
  for (let i = 0; i < count; i += 1) createPod(api, `p${i}`);
};
/** Makes the server forget where the watch of pods is. */
const forget = (): void => {
  api.misbehave.goneOnNextWatch('event', 'pods');
  api.misbehave.cutStreams('pods');
};
const timesHandedOn = (run: Running, name: string): number =>
  run.batches.flat().filter((change) => change.type === 'put' && change.object.metadata.name === name).length;
const troubles = (run: Running): string[] => run.healths.flatMap(({ detail }) => detail ?? []);

test('list and watch are one request', async () => {
  createPods(30);
  const gate = await gateOf();
  const run = await follow(gate);
  expect(run.names('Pod')).toHaveLength(30);
  expect(run.objects.get('/Pod/default/p7')?.metadata).not.toHaveProperty('managedFields');
  expect(run.state('Pod')).toMatchObject({ availability: 'present', count: 30 });
  labelPod(api, 'p7', 'yes');
  deletePod(api, 'p8');
  await run.until(() => labelOf(run, 'p7') === 'yes' && run.names('Pod').length === 29, 'the stream goes on');
  expect(ways(gate)).toEqual([1, 0, 0]);
});

test('where the version is too old, or nobody says which it is, pages are asked for', async () => {
  createPods(3);
  await api.stop();
  api = await beginDemo({ gitVersion: 'v1.33.4' });
  for (const refuse of [() => undefined, (path: string) => (path === '/version' ? 403 : undefined)]) {
    const gate = await gateOf(refuse);
    await follow(gate);
    expect(ways(gate)).toEqual([0, 1, 1]);
  }
});

test.each([400, 422])(
  'a server that refuses streams with %i is asked for pages, and never for a stream again',
  async (status) => {
    createPods(30);
    const gate = await gateOf((path) => (isStream(path) ? status : undefined));
    const run = await follow(gate, { pageSize: 10 });
    expect(run.names('Pod')).toHaveLength(30);
    expect(ways(gate)).toEqual([1, 3, 1]);
    expect(troubles(run)).toEqual([]);
    forget();
    deletePod(api, 'p3');
    await run.until(() => run.names('Pod').length === 29, 'it is listed again');
    expect(ways(gate)[0]).toBe(1);
  },
);

test.each([429, 500, 504])(
  'a stream that is refused with %i just now gives way to pages, and is tried again another time',
  async (status) => {
    createPods(30);
    let refuses = true;
    const gate = await gateOf((path) => (refuses && isStream(path) ? status : undefined));
    const run = await follow(gate, { pageSize: 10 });
    expect(run.names('Pod')).toHaveLength(30);
    expect(ways(gate)).toEqual([1, 3, 1]);
    expect(troubles(run)).toEqual([]);
    refuses = false;
    forget();
    createPod(api, 'more');
    await run.until(() => ways(gate)[0] === 2 && run.names('Pod').length === 31, 'the next list is a stream');
  },
);

test('a server that does not know what is asked is noticed, and asked for pages', async () => {
  createPods(5);
  const strip = (path: string): string => path.replace(/sendInitialEvents=true&resourceVersionMatch=\w+&/, '');
  const gate = await gateOf(undefined, { rewrite: strip });
  const run = await follow(gate);
  expect(run.names('Pod')).toHaveLength(5);
  expect(ways(gate)).toEqual([1, 1, 1]);
  expect(troubles(run)).toEqual([]);
  expect(timesHandedOn(run, 'p1')).toBe(1);
});

test('a stream that breaks before its end gives way to pages, and what came is not read twice', async () => {
  createPods(40);
  let breaks = true;
  const gate = await gateOf(undefined, { cutAfter: (path) => (breaks && isStream(path) ? 5000 : undefined) });
  const run = await follow(gate, { pageSize: 10 });
  expect(run.names('Pod')).toHaveLength(40);
  expect(ways(gate)).toEqual([1, 4, 1]);
  for (let i = 0; i < 40; i += 1) expect(timesHandedOn(run, `p${i}`)).toBe(1);
  breaks = false;
  forget();
  createPod(api, 'more');
  await run.until(() => ways(gate)[0] === 2 && run.names('Pod').length === 41, 'the next list is a stream again');
});

test('an object that goes between a broken stream and its pages is gone', async () => {
  createPods(40);
  let gone = false;
  const gate = await gateOf(
    (path) => {
      if (isPage(path) && !gone) deletePod(api, 'p0');
      gone ||= isPage(path);
      return undefined;
    },
    { cutAfter: (path) => (isStream(path) ? 5000 : undefined) },
  );
  const run = await follow(gate, { pageSize: 10 });
  await run.until(() => gone && run.names('Pod').length === 39, 'it is gone');
  expect(timesHandedOn(run, 'p0')).toBe(1);
});

test('a stream that says nothing gives way to pages', async () => {
  createPods(3);
  closers.push(api.misbehave.stallStreams('pods'));
  const gate = await gateOf();
  const run = await follow(gate, { timing: { listSilenceMs: 100 } });
  expect(run.names('Pod')).toHaveLength(3);
  expect(ways(gate)).toEqual([1, 1, 1]);
});

test('a list that is streamed again removes what is gone and hands on what is new', async () => {
  for (const name of ['stays', 'goes', 'changes']) createPod(api, name);
  const gate = await gateOf();
  const run = await follow(gate);
  forget();
  deletePod(api, 'goes');
  labelPod(api, 'changes', 'yes');
  createPod(api, 'comes');
  await run.until(
    () =>
      labelOf(run, 'changes') === 'yes' &&
      run.names('Pod').join() === 'Pod default/changes,Pod default/comes,Pod default/stays',
    'the world is true again',
  );
  await run.until(() => ways(gate)[0] === 2, 'it was streamed again');
  expect(ways(gate)[1]).toBe(0);
  expect(timesHandedOn(run, 'stays')).toBe(1);
});

test('who may watch but not list reads by the stream', async () => {
  createPods(3);
  const gate = await gateOf((path) => (path.includes('/pods?') && !path.includes('watch=1') ? 403 : undefined));
  const run = await follow(gate);
  expect(run.names('Pod')).toHaveLength(3);
  expect(run.state('Pod')).toMatchObject({ availability: 'present', count: 3 });
});

test('who may do neither is told so, and read once allowed', async () => {
  createPods(3);
  const allow = api.access.forbid('*', 'pods');
  const gate = await gateOf();
  const run = await follow(gate);
  expect(run.state('Pod')).toMatchObject({ availability: 'forbidden', count: 0 });
  allow();
  await run.until(() => run.names('Pod').length === 3, 'the right is noticed');
});

test('a stream takes a place among the lists only until the list is in', async () => {
  createPods(3);
  const gate = await gateOf();
  const run = await follow(gate, { kinds: [pods, nodes], listsAtOnce: 1, namespaces: ['default', 'kube-system'] });
  expect(run.state('Pod')).toMatchObject({ availability: 'present', count: 3 });
  expect(run.state('Node')).toMatchObject({ availability: 'present' });
  expect(ways(gate)).toEqual([2, 0, 0]);
});

test('each object of a list waits for room, those of the watch do not, and people see how many are expected', async () => {
  createPods(20);
  const connection = new KubeConnection({ load: () => accessFrom(api.kubeconfig()) });
  const taken: string[] = [];
  const states: ReflectorState[] = [];
  const progress: [number, number | undefined][] = [];
  const waits: (() => void)[] = [];
  let isOver = false;
  const reflector = new Reflector(
    {
      connection,
      target: { kind: pods, version: 'v1' },
      timing: { ...defaultTiming, ...quickTiming },
      limit: (work) => work(),
      streams: true,
      room: () => (isOver ? undefined : new Promise((resolve) => waits.push(resolve))),
    },
    {
      put: ({ metadata }) => void taken.push(metadata.name),
      remove: () => {},
      state: (state) => void states.push(state),
      progress: (...said) => void progress.push(said),
    },
  );
  closers.push(async () => {
    isOver = true;
    for (const go of waits) go();
    await reflector.stop();
    connection.close();
  });
  reflector.start();
  const until = async (condition: () => boolean): Promise<void> => {
    for (let i = 0; !condition() && i < 400; i += 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(condition()).toBe(true);
  };
  await until(() => progress.length === 1);
  expect(taken).toEqual([]);
  expect(progress).toEqual([[0, 20]]);
  for (let given = 1; given <= 20; given += 1) {
    await until(() => waits.length === given);
    waits.at(-1)?.();
    await until(() => taken.length === given);
  }
  expect(states).toEqual([]);
  await until(() => waits.length === 21);
  waits.at(-1)?.();
  await until(() => states.length > 0);
  expect(states).toEqual([{ phase: 'watching' }]);
  expect(progress.at(-1)).toEqual([20, 0]);
  createPod(api, 'later');
  await until(() => taken.includes('later'));
  expect(waits.length).toBe(21);
});
