import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBoned, toBoned } from './bones.ts';

test('what was taken apart is put together again', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, own) => {
      const text = JSON.stringify(value);
      expect(fromBoned(toBoned(text, own))).toBe(text);
    }),
  );
});

test('pods of a workload have the same bones', () => {
  const boned = (name: string, ip: string) =>
    toBoned(JSON.stringify({ metadata: { name }, status: { podIP: ip } }), name);
  expect(boned('web-abcde', '10.0.0.7').bones).toBe(boned('web-fghij', 'fd00::a9').bones);
});
