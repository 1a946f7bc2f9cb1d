import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Interface } from '../model/topology.ts';
import { HeldInterface, heldText, linesWith } from './held.ts';

const address = fc.oneof(
  fc.record({ ip: fc.string({ unit: 'binary' }) }),
  fc.record({ ip: fc.ipV4(), prefixLength: fc.nat(32) }),
  fc.record({ ip: fc.ipV6() }),
);
const seen = fc.record(
  {
    name: fc.string(),
    mac: fc.oneof(fc.constant('0a:58:0a:80:00:07'), fc.string({ minLength: 1 })),
    addresses: fc.array(address),
  },
  { requiredKeys: ['addresses'] },
);

test('what interfaces hold is read from the text as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.option(seen)), (interfaces: (Interface | null)[]) => {
      const text = heldText(interfaces);
      interfaces.forEach((one, at) => {
        if (!one) return;
        const held = new HeldInterface(one, text, at);
        expect({ name: held.name, mac: held.mac, addresses: held.addresses }).toEqual({
          name: one.name,
          mac: one.mac,
          addresses: one.addresses,
        });
      });
    }),
  );
});

test('the lines of an address are those of the interfaces that hold it', () => {
  fc.assert(
    fc.property(fc.array(fc.option(seen), { maxLength: 5 }), fc.nat(4), (interfaces: (Interface | null)[], pick) => {
      const [wanted] = interfaces[pick]?.addresses ?? [];
      if (!wanted?.ip) return;
      const lines = interfaces.flatMap((one, at) =>
        one?.mac === wanted.ip || one?.addresses.some(({ ip }) => ip === wanted.ip) ? [at] : [],
      );
      expect([...new Set(linesWith(heldText(interfaces), wanted.ip))]).toEqual(lines);
    }),
  );
});

test('a part of an address is no address', () => {
  const text = heldText([{ mac: '0a:58:0a:80:00:07', addresses: [{ ip: '10.0.0.17', prefixLength: 24 }] }]);
  expect(linesWith(text, '10.0.0.1')).toEqual([]);
  expect(linesWith(text, '0.0.17')).toEqual([]);
  expect(linesWith(text, '24')).toEqual([]);
  expect(linesWith(text, '10.0.0.17')).toEqual([0]);
});
