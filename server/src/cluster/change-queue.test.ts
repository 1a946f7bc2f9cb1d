import type { Change } from '@busbar/shared/kube/object';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChangeQueue } from './change-queue.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const put = (name: string, version = '1'): Change => ({
  type: 'put',
  object: { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'a', resourceVersion: version } },
});
const nameOf = (change: Change): string =>
  change.type === 'put' ? `${change.object.metadata.name}@${change.object.metadata.resourceVersion}` : change.type;

const queueOf = (room?: () => Promise<void> | undefined) => {
  const batches: string[][] = [];
  const queue = new ChangeQueue((batch) => batches.push(batch.map(nameOf)), { delayMs: 20, room, maxBatch: 50 });
  return { queue, batches };
};

test('the first change after a quiet time goes on at once, the next ones as a batch, of each object only its latest', () => {
  const { queue, batches } = queueOf();
  queue.push(put('x'));
  vi.advanceTimersByTime(1);
  for (const version of ['2', '3']) for (const name of ['x', 'y']) queue.push(put(name, version));
  vi.advanceTimersByTime(10);
  expect(batches).toEqual([['x@1']]);
  vi.advanceTimersByTime(20);
  expect(batches).toEqual([['x@1'], ['x@3', 'y@3']]);
});

test('a storm while there is no room costs one change an object, and none is lost', async () => {
  const room = Promise.withResolvers<void>();
  let full = true;
  const { queue, batches } = queueOf(() => (full ? room.promise : undefined));
  for (let round = 0; round < 10_000; round += 1) {
    queue.push(put(`pod-${round % 100}`, String(round)));
    if (round % 1000 === 0) vi.advanceTimersByTime(25);
  }
  expect(batches).toEqual([]);
  full = false;
  room.resolve();
  await room.promise;
  await Promise.resolve();
  expect(batches).toHaveLength(1);
  expect(batches[0]).toEqual(Array.from({ length: 100 }, (_, at) => `pod-${at}@${9900 + at}`));
});
