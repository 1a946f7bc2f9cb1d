import type { GraphDoc } from '@busbar/shared/graph/graph-doc';
import { defaultView } from '@busbar/shared/view/view';
import { expect, test } from 'vitest';
import { type Backend, Problem, type StreamListener } from './backend.ts';
import { type LiveState, LiveStore } from './live-store.ts';

const graph = (revision: number): GraphDoc => ({
  revision,
  lens: 'rails',
  totals: {
    workloads: 0,
    shownWorkloads: 0,
    cards: 0,
    networks: 0,
    drawnNetworks: 0,
    attachments: 0,
    states: {},
    brokenWorkloads: 0,
  },
  bands: [],
  rails: [],
  cards: [],
  drops: [],
});
const delta = (from: number) => ({ type: 'delta' as const, delta: { from, to: from + 1, totals: graph(0).totals } });

const opened = () => {
  const listeners: StreamListener[] = [];
  const closed: number[] = [];
  const backend: Pick<Backend, 'stream'> = {
    stream: (_, listener) => {
      const at = listeners.push(listener) - 1;
      return () => closed.push(at);
    },
  };
  const store = new LiveStore(backend as Backend);
  store.show(defaultView);
  return { store, listeners, closed, stream: () => listeners.at(-1) as StreamListener };
};

test('a delta moves the picture on', () => {
  const { store, stream } = opened();
  stream().event({ type: 'graph', graph: graph(1) });
  stream().event(delta(1));
  expect(store.get().graph?.revision).toBe(2);
});

test('a delta that does not fit the picture asks for a whole one instead of drawing nonsense', () => {
  const { store, stream, listeners, closed } = opened();
  stream().event({ type: 'graph', graph: graph(1) });
  stream().event(delta(5));
  expect(store.get().graph?.revision).toBe(1);
  expect([listeners.length, closed]).toEqual([2, [0]]);
});

test('findings that changed take the place of what they were, the others stay', () => {
  const { store, stream } = opened();
  const finding = (id: string, title: string) =>
    ({ id, title }) as unknown as NonNullable<LiveState['findings']>['findings'][number];
  const rest = { checked: { rules: 1, attachments: 1, workloads: 1 }, unread: [] };
  stream().event({ type: 'findings-delta', delta: { revision: 1, ...rest } });
  expect(store.get().findings).toBeNull();
  const [a, b] = [finding('a', 'one'), finding('b', 'two')];
  stream().event({ type: 'findings', findings: { revision: 1, findings: [a, b], ...rest } });
  const put = [finding('b', 'other')];
  stream().event({ type: 'findings-delta', delta: { revision: 2, ...rest, findings: { put, gone: [] } } });
  expect(store.get().findings).toEqual({ revision: 2, findings: [a, ...put], ...rest });
  expect(store.get().findings?.findings[0]).toBe(a);
});

test('paused, the picture stands still and counts what waits; going on shows the newest', () => {
  const { store, stream } = opened();
  stream().event({ type: 'graph', graph: graph(1) });
  store.setPaused(true);
  stream().event(delta(1));
  stream().event(delta(2));
  expect([store.get().graph?.revision, store.get().waiting]).toEqual([1, 2]);
  store.setPaused(false);
  expect([store.get().graph?.revision, store.get().waiting]).toEqual([3, 0]);
});

test('a lost connection keeps the picture and the moment it was lost', () => {
  const { store, stream } = opened();
  stream().event({ type: 'graph', graph: graph(1) });
  stream().lost(1);
  const first = store.get().connection;
  stream().lost(2);
  const second = store.get().connection;
  expect(store.get().graph).not.toBeNull();
  expect(first.state === 'lost' && second.state === 'lost' && first.since === second.since).toBe(true);
});

test('another view keeps the old picture until its own arrives, and drops what the old stream still says', () => {
  const { store, listeners } = opened();
  listeners[0]?.event({ type: 'graph', graph: graph(1) });
  store.show({ ...defaultView, by: 'node' });
  expect([store.get().graph?.revision, store.get().stale, store.get().shown?.by]).toEqual([1, true, 'namespace']);
  listeners[0]?.event({ type: 'graph', graph: graph(9) });
  expect(store.get().graph?.revision).toBe(1);
  listeners[1]?.event({ type: 'graph', graph: graph(4) });
  expect([store.get().graph?.revision, store.get().stale, store.get().shown?.by]).toEqual([4, false, 'node']);
});

test('a refusal is kept as it was said', () => {
  const { store, stream } = opened();
  stream().refused(new Problem(401, 'No token', ''));
  expect(store.get().connection).toMatchObject({ state: 'refused', problem: { status: 401 } });
});
