import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyList, diffList } from './delta.ts';

type Item = { id: string; value: number };
const list = fc.uniqueArray(fc.record({ id: fc.constantFrom(...'abcdefghijklmno'), value: fc.nat(3) }), {
  selector: ({ id }) => id,
});

test('a list and what changed in it give the list that it became, in its order', () => {
  fc.assert(
    fc.property(list, list, (before, after) => {
      const delta = diffList<Item>(before, after);
      expect(applyList(before, delta && JSON.parse(JSON.stringify(delta)))).toEqual(after);
    }),
    { numRuns: 500 },
  );
});

test('one item that comes in the middle of many is told without naming the others', () => {
  const before = Array.from({ length: 1000 }, (_, at) => ({ id: `item-${at}`, value: 0 }));
  const after = before.toSpliced(500, 0, { id: 'new', value: 1 });
  expect(diffList<Item>(before, after)).toEqual({
    put: [{ id: 'new', value: 1 }],
    gone: [],
    order: [[0, 500], 'new', [500, 500]],
  });
});
