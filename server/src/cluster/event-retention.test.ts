import type { KubeObject } from '@busbar/shared/kube/object';
import { expect, test } from 'vitest';
import { EventRetention } from './event-retention.ts';

const about = (pod: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'e' },
  involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'a', name: pod },
});
const known = (): boolean => true;

test('a deleted event about a known object is held back', () => {
  const retention = new EventRetention();
  retention.put('a/e1', about('p'));
  expect(retention.remove('a/e1', 0, known)).toEqual([]);
  expect(retention.objectGone('/Pod/a/other')).toEqual([]);
  expect(retention.objectGone('/Pod/a/p')).toEqual(['a/e1']);
  expect(retention.objectGone('/Pod/a/p')).toEqual([]);
});

test('an event about nothing we know is let go at once, and so is one that never was', () => {
  const retention = new EventRetention();
  retention.put('a/e1', about('p'));
  expect(retention.remove('a/e1', 0, () => false)).toEqual(['a/e1']);
  expect(retention.remove('a/e2', 0, known)).toEqual(['a/e2']);
});

test('events that still are do not go with their object', () => {
  const retention = new EventRetention();
  retention.put('a/e1', about('p'));
  expect(retention.objectGone('/Pod/a/p')).toEqual([]);
});

test('after a day it is let go, and one that came back starts anew', () => {
  const hour = 3_600_000;
  const retention = new EventRetention();
  for (const key of ['a/old', 'a/back', 'a/new']) retention.put(key, about('p'));
  retention.remove('a/old', 0, known);
  retention.remove('a/back', 0, known);
  retention.put('a/back', about('p'));
  retention.remove('a/new', 10 * hour, known);
  expect(retention.expire(23 * hour)).toEqual([]);
  expect(retention.expire(24 * hour)).toEqual(['a/old']);
  expect(retention.size).toBe(1);
});

test('past the bound the oldest go first', () => {
  const retention = new EventRetention({ maxRetained: 2 });
  const released = ['a/1', 'a/2', 'a/3', 'a/4'].flatMap((key, at) => {
    retention.put(key, about(key));
    return retention.remove(key, at, known);
  });
  expect(released).toEqual(['a/1', 'a/2']);
});
