import { expect, test } from 'vitest';
import { createCompactor } from './compact.ts';

test('it reads the same as before', () => {
  const compact = createCompactor();
  const make = () => ({
    name: 'a',
    none: [],
    nothing: {},
    deep: [{ text: 'b'.repeat(300), at: 1n }],
    map: new Map([['a', 1]]),
  });
  expect(compact(make())).toEqual(make());
});

test('empty lists and objects are one', () => {
  const compact = createCompactor();
  const [a, b] = [compact({ list: [], fields: {} }), compact({ list: [], fields: {} })];
  expect(a.list).toBe(b.list);
  expect(a.fields).toBe(b.fields);
});

test('what is frozen, and what is no plain data, stays as it is', () => {
  const frozen = Object.freeze({ list: [] as string[] });
  const kept = frozen.list;
  expect(createCompactor()({ frozen, map: new Map([['list', []]]) }).frozen.list).toBe(kept);
});
