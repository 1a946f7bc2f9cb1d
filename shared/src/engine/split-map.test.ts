import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SplitMap } from './split-map.ts';

test('holds what a map holds', () => {
  const step = fc.record({
    put: fc.boolean(),
    key: fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('', 'a', '\u00e9\ud800')),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const map = new SplitMap<number>();
      const model = new Map<string, number>();
      steps.forEach(({ put, key }, at) => {
        if (put) {
          map.set(key, at);
          model.set(key, at);
        } else expect(map.delete(key)).toBe(model.delete(key));
        expect(map.get(key)).toBe(model.get(key));
        expect(map.has(key)).toBe(model.has(key));
        expect(map.size).toBe(model.size);
      });
      expect([...map.keys()].sort()).toEqual([...model.keys()].sort());
      expect([...map.values()].sort()).toEqual([...model.values()].sort());
    }),
  );
});
