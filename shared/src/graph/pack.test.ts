import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pack, unpack } from './pack.ts';

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('whatever JSON can say comes out as it went in, also over the wire', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      // -0 is 0 in JSON.
      const plain = throughJson(value);
      expect(unpack(throughJson(pack(plain)))).toEqual(plain);
    }),
    { numRuns: 500 },
  );
});

test('lists of objects that look alike, with keys that some lack, come out as they went in', () => {
  const text = fc.oneof(
    fc.constantFrom('a', 'b', 'net-1', 'net-10', 'net-2', '😀', '😃'),
    fc.string({ unit: 'binary' }),
  );
  const item = fc.record(
    {
      id: text,
      state: fc.constantFrom('attached', 'failed'),
      count: fc.nat(),
      ports: fc.array(fc.record({ rail: fc.option(text), state: text }, { requiredKeys: ['state'] }), { maxLength: 4 }),
      mixed: fc.oneof(text, fc.nat(), fc.constant(null), fc.array(text)),
    },
    { requiredKeys: ['id'] },
  );
  fc.assert(
    fc.property(fc.array(item, { maxLength: 30 }), (list) => {
      const plain = throughJson(list);
      expect(unpack(throughJson(pack(plain)))).toEqual(plain);
    }),
    { numRuns: 300 },
  );
});

test('a list of much the same takes a fraction of the room', () => {
  const list = Array.from({ length: 500 }, (_, at) => ({
    id: `card:ns:tenant-${at % 20}~ok|nad:networks/net-${at}:attached`,
    card: `card:ns:tenant-${at % 20}~ok`,
    state: at % 50 === 0 ? 'failed' : 'attached',
    interface: '',
    count: at,
  }));
  expect(JSON.stringify(pack(list)).length).toBeLessThan(JSON.stringify(list).length / 2.5);
});

test.each([null, undefined, 'graph', {}, [], ['busbar-packed', 2, ['values', [1]]]])(
  '%j is no packed value',
  (value) => {
    expect(unpack(value)).toBeUndefined();
  },
);
