import { expect, test } from 'vitest';
import { type Stop, walk } from './walk.ts';

const stop = (key: string, x: number, y: number, width = 100): Stop => ({ key, card: 'c', x, y, width, height: 20 });
/** Two cards side by side: a head, links at the left, networks at the right. */
const stops = [
  stop('head a', 0, 0, 300),
  stop('eth0', 0, 40),
  stop('blue', 150, 40, 150),
  stop('green', 150, 60, 150),
  stop('eth1', 0, 90),
  stop('head b', 320, 0, 300),
  stop('eth9', 320, 40),
];

test.each([
  ['head a', 'down', 'eth0'],
  ['eth0', 'right', 'blue'],
  ['blue', 'down', 'green'],
  ['green', 'left', 'eth0'],
  ['eth0', 'down', 'eth1'],
  ['eth1', 'up', 'eth0'],
  ['head a', 'right', 'head b'],
  ['blue', 'right', 'eth9'],
  ['head b', 'up', 'head b'],
  ['green', 'first', 'head a'],
  ['green', 'last', 'eth9'],
] as const)('from %s %s is %s', (from, step, to) => {
  expect(walk(stops, from, step)).toBe(to);
});

test('from nowhere it begins at the beginning, and with nothing to walk on it stays nowhere', () => {
  expect(walk(stops, 'gone', 'down')).toBe('head a');
  expect(walk([], null, 'down')).toBeNull();
});
