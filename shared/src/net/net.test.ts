import fc from 'fast-check';
import { Address6 } from 'ip-address';
import { expect, test } from 'vitest';
import {
  addressCount,
  broadcastOf,
  cidrContains,
  cidrOf,
  cidrsOverlap,
  hasHostBits,
  lastOf,
  parseCidr,
  toCidr,
  toIpOrCidr,
} from './cidr.ts';
import { canonicalIp, compareIps, type Ip, ipFromBigint, ipKey, parseIp, toIp } from './ip.ts';
import { isLocallyAdministeredMac, isMulticastMac, isZeroMac, parseMac, toMac } from './mac.ts';
import {
  countWithout,
  mergeRanges,
  parseRange,
  rangeContains,
  rangeCount,
  rangeOfCidr,
  toRange,
  usableRange,
} from './range.ts';

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['255.255.255.255', '255.255.255.255'],
  ['FD00:0:0:0:0:0:0:1', 'fd00::1'],
  ['::', '::'],
  ['1::', '1::'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['::10.1.2.3', '::a01:203'],
  ['2001:db8::192.0.2.1', '2001:db8::c000:201'],
])('reads the address %s as %s', (text, canonical) => {
  expect(parseIp(text).value?.text).toBe(canonical);
});

test.each([
  '',
  ' ',
  '010.0.0.1',
  '10.0.0.01',
  '256.0.0.1',
  '10.0.0',
  '10.0.0.0.1',
  '10.0.0.1/24',
  ' 10.0.0.1',
  'fe80::1%eth0',
  '1::2::3',
  ':::',
  ':',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '12345::',
  'g::1',
  '::ffff:010.1.2.3',
  '1.2.3.4::',
  '0x10.0.0.1',
  '١٠.0.0.1',
  '1:2:3:4:5:6:7:8::',
  '::1.2.3',
  '[::1]',
  '1:2:3:4:5:6:7::8',
  '192.168.70.300',
  ':1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:',
])('refuses %j as an address and says why', (text) => {
  const { value, issues } = parseIp(text);
  expect(value).toBeUndefined();
  expect(issues[0]?.message).toMatch(/\.$/);
});

test.each([
  ['10.0.0.5/24', '10.0.0.0/24', '10.0.0.5', '10.0.0.255', 256n],
  ['10.0.0.0/0', '0.0.0.0/0', '10.0.0.0', '255.255.255.255', 1n << 32n],
  ['10.0.0.7/32', '10.0.0.7/32', '10.0.0.7', undefined, 1n],
  ['fd00:63::22/64', 'fd00:63::/64', 'fd00:63::22', undefined, 1n << 64n],
  ['::ffff:10.0.0.9/120', '10.0.0.0/24', '10.0.0.9', '10.0.0.255', 256n],
])('reads the prefix %s with its address', (text, canonical, address, broadcast, count) => {
  const cidr = parseCidr(text).value;
  expect(cidr?.text).toBe(canonical);
  expect(cidr?.address.text).toBe(address);
  expect(cidr && broadcastOf(cidr)?.text).toBe(broadcast);
  expect(cidr && addressCount(cidr)).toBe(count);
});

test.each([
  '10.0.0.0',
  '10.0.0.0/',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/2 ',
  '10.0.0.0/24/24',
  'fd00::/129',
  '/24',
  '192.168.70.5/99',
  '010.0.0.0/8',
])('refuses %j as a prefix and says why', (text) => {
  const { value, issues } = parseCidr(text);
  expect(value).toBeUndefined();
  expect(issues[0]?.message).toMatch(/\.$/);
});

test('overlap is holding one another', () => {
  const of = (text: string) => toIpOrCidr(text) ?? expect.fail(text);
  expect(cidrsOverlap(of('10.0.0.0/8'), of('10.1.0.0/16'))).toBe(true);
  expect(cidrsOverlap(of('10.1.0.0/16'), of('10.0.0.0/8'))).toBe(true);
  expect(cidrsOverlap(of('10.0.0.0/24'), of('10.0.1.0/24'))).toBe(false);
  expect(cidrsOverlap(of('0.0.0.0/0'), of('::/0'))).toBe(false);
  expect(hasHostBits(of('10.0.0.5/24'))).toBe(true);
});

test.each([
  ['02:AA:bb:cc:00:21', '02:aa:bb:cc:00:21'],
  ['02-aa-bb-cc-00-21', '02:aa:bb:cc:00:21'],
  ['02aa.bbcc.0021', '02:aa:bb:cc:00:21'],
  ['c2:11:22:33:44:55:66:77', 'c2:11:22:33:44:55:66:77'],
  ['c211.2233.4455.6677', 'c2:11:22:33:44:55:66:77'],
  [
    '00:00:00:00:fe:80:00:00:00:00:00:00:02:00:5e:10:00:00:00:01',
    '00:00:00:00:fe:80:00:00:00:00:00:00:02:00:5e:10:00:00:00:01',
  ],
])('reads the hardware address %s', (text, canonical) => {
  expect(parseMac(text).value?.text).toBe(canonical);
});

test.each([
  '',
  '02:00:00:zz:00:01',
  '02:00:00:00:00',
  '02:00:00:00:00:00:00',
  '02:00-00:00:00:00',
  '0200.0000',
  '020000000001',
  ' 02:00:00:00:00:01',
  '2:0:0:0:0:1',
])('refuses %j as a hardware address', (text) => {
  expect(parseMac(text).value).toBeUndefined();
  expect(parseMac(text).issues).toHaveLength(1);
});

test('knows group, local and zero hardware addresses', () => {
  const of = (text: string) => toMac(text) ?? expect.fail(text);
  expect(isMulticastMac(of('01:00:5e:00:00:01'))).toBe(true);
  expect(isMulticastMac(of('02:00:5e:00:00:01'))).toBe(false);
  expect(isLocallyAdministeredMac(of('02:00:5e:00:00:01'))).toBe(true);
  expect(isZeroMac(of('00:00:00:00:00:00'))).toBe(true);
});

test.each([
  ['10.0.0.10-10.0.0.20', 11n, undefined],
  ['10.0.0.10-10.0.0.20/24', 11n, '10.0.0.0/24'],
  ['10.0.0.0/30', 4n, '10.0.0.0/30'],
  ['fd00::1-fd00::ff', 255n, undefined],
])('reads the range %s', (text, count, cidr) => {
  const value = parseRange(text).value;
  expect(value && rangeCount(value.range)).toBe(count);
  expect(value?.cidr?.text).toBe(cidr);
});

test.each(['', '-', '10.0.0.20-10.0.0.10', '10.0.0.1-fd00::1', '10.0.0.1-10.0.0.9/99', '10.0.0.1'])(
  'refuses %j as a range',
  (text) => {
    expect(toRange(text)).toBeUndefined();
  },
);

test('usable addresses leave out network and broadcast, holes are counted once', () => {
  const cidr = toCidr('10.0.0.0/29') ?? expect.fail();
  expect(rangeCount(usableRange(cidr))).toBe(6n);
  const hole = toRange('10.0.0.2-10.0.0.3')?.range ?? expect.fail();
  expect(countWithout([usableRange(cidr), usableRange(cidr)], [hole, hole])).toBe(4n);
  expect(mergeRanges([rangeOfCidr(cidr), hole])).toHaveLength(1);
});

const anyIp: fc.Arbitrary<Ip> = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }).map((n) => ipFromBigint(4, n)),
  fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map((n) => ipFromBigint(6, n)),
  fc.bigInt({ min: 0n, max: (1n << 48n) - 1n }).map((n) => ipFromBigint(6, n << 64n)),
);

test('the canonical text of every address reads back as the same address', () => {
  fc.assert(
    fc.property(anyIp, (ip) => {
      expect(toIp(ip.text)).toEqual(ip);
      expect(canonicalIp(ip.text)).toBe(ip.text);
    }),
  );
});

test('keys sort as addresses do', () => {
  fc.assert(
    fc.property(anyIp, anyIp, (a, b) => {
      const byKey = ipKey(a) < ipKey(b) ? -1 : ipKey(a) > ipKey(b) ? 1 : 0;
      expect(byKey).toBe(Math.sign(compareIps(a, b)));
    }),
  );
});

test('a prefix holds exactly the addresses from its network to its last', () => {
  fc.assert(
    fc.property(anyIp, anyIp, fc.nat(128), (a, b, bits) => {
      const cidr = cidrOf(a, Math.min(bits, a.family === 4 ? 32 : 128));
      expect(cidrContains(cidr, a)).toBe(true);
      expect(cidrContains(cidr, lastOf(cidr))).toBe(true);
      expect(cidrContains(cidr, b)).toBe(rangeContains(rangeOfCidr(cidr), b));
      expect(toCidr(cidr.text)?.network).toEqual(cidr.network);
    }),
  );
});

test('junk never throws', () => {
  const junk = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789abf:./-%x ') }));
  fc.assert(
    fc.property(junk, (text) => {
      const { value } = parseIp(text);
      expect(value?.text).toBe(canonicalIp(text));
      parseCidr(text);
      parseMac(text);
      parseRange(text);
    }),
    { numRuns: 2000 },
  );
});

test('IPv6 is read as the ip-address library reads it', () => {
  const group = fc.constantFrom('0', '1', 'ff', 'FFFF', '00a', 'abcd', '', '12345');
  const text = fc.array(group, { minLength: 2, maxLength: 9 }).map((groups) => groups.join(':'));
  fc.assert(
    fc.property(text, (candidate) => {
      const valid = Address6.isValid(candidate);
      expect(toIp(candidate) !== undefined).toBe(valid);
      expect(canonicalIp(candidate)).toBe(toIp(candidate)?.text);
      if (valid) expect(toIp(candidate)).toEqual(ipFromBigint(6, new Address6(candidate).bigInt()));
    }),
    { numRuns: 3000 },
  );
});
