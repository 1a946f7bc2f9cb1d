import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddedInterface } from './added-interface.ts';

test.each([
  ['Add eth0 [10.244.2.21/24] from cbr0', 'eth0', ['10.244.2.21/24'], 'cbr0'],
  ['Add net1 [192.168.1.5/24 fd00::5/64] from lab/bench', 'net1', ['192.168.1.5/24', 'fd00::5/64'], 'lab/bench'],
  ['Add net1 [] from default/macvlan-conf', 'net1', [], 'default/macvlan-conf'],
  ['(combined from similar events): Add eth0 [10.244.2.87/24] from cbr0', 'eth0', ['10.244.2.87/24'], 'cbr0'],
  ['Add eth0 [10.16.0.40/16]', 'eth0', ['10.16.0.40/16'], ''],
  ['pod [default/vm]: added interface net2 to network: nad-second', 'net2', [], 'nad-second'],
  ['pod [default/vm]: added interface net2 to network: nad (ips: [10.1.1.2/24])', 'net2', ['10.1.1.2/24'], 'nad'],
])('reads %s', (message, name, addresses, network) => {
  const added = parseAddedInterface(message);
  expect(added?.interface).toBe(name);
  expect(added?.network).toBe(network);
  expect(added?.addresses.map(({ ip, prefixLength }) => `${ip}/${prefixLength}`)).toEqual(addresses);
});

test('keeps an address that has no prefix', () => {
  expect(parseAddedInterface('Add net1 [10.1.0.5] from a/b')?.addresses).toEqual([{ ip: '10.1.0.5' }]);
});

test.each(['', 'Added net1', 'Add net1 10.1.1.1 from x', 'Failed to create pod sandbox'])(
  'answers null to %s',
  (message) => {
    expect(parseAddedInterface(message)).toBeNull();
  },
);

test('survives any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseAddedInterface(`Add ${text}`)));
});
