import { expect, test } from 'vitest';
import type { KubeObject } from '../kube/object.ts';
import { toCidr } from '../net/cidr.ts';
import { poolKey, whereabouts } from './whereabouts.ts';

const apiVersion = 'whereabouts.cni.cncf.io/v1alpha1';
const pool = (range: string, allocations: unknown): KubeObject => ({
  apiVersion,
  kind: 'IPPool',
  metadata: { name: 'p', namespace: 'kube-system' },
  spec: { range, allocations },
});
const ipsOf = (object: KubeObject) => whereabouts.claims(object).pools?.[0]?.allocations.map(({ ip }) => ip);

test.each([
  ['10.40.0.0/24', { '9': {} }, ['10.40.0.9']],
  ['10.40.0.0/16', { '256': {}, '9': {} }, ['10.40.0.9', '10.40.1.0']],
  ['192.168.1.4/30', { '1': {} }, ['192.168.1.5']],
  // Beyond 2^53, where a number would lose the last digits.
  ['fd00:1::/64', { '9007199254740993': {} }, ['fd00:1::20:0:0:1']],
  ['fd00::/64', { '18446744073709551615': {}, '18446744073709551616': {} }, ['fd00::ffff:ffff:ffff:ffff']],
  ['10.40.0.0/30', { '4': {}, '-1': {}, '1.5': {}, x: {} }, []],
  ['not a range', { '1': {} }, []],
  ['10.40.0.0/30', null, []],
])('allocations of %s are offsets from its network address', (range, allocations, ips) => {
  expect(ipsOf(pool(range, allocations))).toEqual(ips);
});

test.each([
  ['10.40.0.0/24', undefined, '10.40.0.0-24'],
  ['10.40.0.77/24', undefined, '10.40.0.0-24'],
  ['fd00:0:0:1::/64', undefined, 'fd00-0-0-1---64'],
  ['fd00::/64', 'blue', 'blue-fd00---64'],
])('the pool of %s (network_name %s) is named %s', (range, networkName, name) => {
  const cidr = toCidr(range);
  expect(cidr && poolKey(cidr, networkName)).toBe(`whereabouts:${name}`);
});

test.each([
  ['10.30.0.5', ['10.30.0.5']],
  ['blue-10.30.0.5', ['10.30.0.5']],
  ['fd00--5', ['fd00::5']],
  ['my-net-fd00--5', ['fd00::5']],
  // A network named like hex digits reads as a part of the address as well.
  ['abc-fd00--5', ['abc:fd00::5', 'fd00::5']],
  ['nonsense', undefined],
])('the reservation %s is of %s', (name, ips) => {
  const object = { apiVersion, kind: 'OverlappingRangeIPReservation', metadata: { name }, spec: { podref: 'a/b' } };
  expect(whereabouts.claims(object).reservations?.[0]?.ips.slice(0, 2)).toEqual(ips);
});

test('a slice has the names that its pool may have; one without a node is free', () => {
  const status = {
    allocations: [
      { nodeName: 'n1', sliceRange: '10.30.1.0/24' },
      { nodeName: '', sliceRange: '10.30.2.0/24' },
    ],
  };
  const object = {
    apiVersion,
    kind: 'NodeSlicePool',
    metadata: { name: 'blue' },
    spec: { range: '10.30.0.0/16' },
    status,
  };
  expect(whereabouts.claims(object).slices).toMatchObject([
    {
      name: 'blue',
      free: 1,
      slices: [{ node: 'n1', range: '10.30.1.0/24', pools: ['blue-n1-10.30.1.0-24', 'n1-10.30.1.0-24'] }],
    },
  ]);
});
