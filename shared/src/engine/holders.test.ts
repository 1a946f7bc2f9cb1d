import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHolders } from './holders.ts';

test('finds whoever was added and not taken away, whatever came in between', () => {
  const step = fc.record({ add: fc.boolean(), address: fc.integer({ min: 0, max: 400 }), workload: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 2000 }), (steps) => {
      const holders = createHolders();
      const model = new Map<string, number[]>();
      for (const { add, address, workload } of steps) {
        const text = `10.0.${address >> 4}.${address}`;
        const held = model.get(text) ?? [];
        model.set(text, held);
        const at = held.indexOf(workload);
        if (add) held.push(workload);
        else if (at >= 0) held.splice(at, 1);
        holders[add ? 'add' : 'delete'](text, workload);
      }
      for (const [text, held] of model) expect(new Set(holders.candidates(text))).toEqual(new Set(held));
    }),
  );
});

test('grows with what it holds', () => {
  const holders = createHolders();
  for (let at = 0; at < 200_000; at += 1) holders.add(`fd00::${at.toString(16)}`, at);
  for (let at = 0; at < 200_000; at += 1) expect([...holders.candidates(`fd00::${at.toString(16)}`)]).toContain(at);
});
