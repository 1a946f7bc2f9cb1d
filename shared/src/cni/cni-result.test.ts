import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCniResult, podInterfaces, readCniResult } from './cni-result.ts';

const V1 = {
  cniVersion: '1.1.0',
  interfaces: [
    { name: 'cni0', mac: '00:11:22:33:44:55' },
    { name: 'eth0', mac: '99:88:77:66:55:44', mtu: 1500, sandbox: '/var/run/netns/blue' },
  ],
  ips: [{ address: '10.1.0.5/16', gateway: '10.1.0.1', interface: 1 }],
  routes: [{ dst: '0.0.0.0/0' }],
  dns: { nameservers: ['10.1.0.1'] },
};

test('a result of CNI 1.x names interfaces and their addresses', () => {
  const { result, issues } = parseCniResult(JSON.stringify(V1));
  expect(issues).toEqual([]);
  expect(result).toMatchObject({
    cniVersion: '1.1.0',
    routes: [{ dst: '0.0.0.0/0' }],
    dns: { nameservers: ['10.1.0.1'] },
  });
  const [inside, ...more] = result ? podInterfaces(result) : [];
  expect(more).toEqual([]);
  expect(inside).toMatchObject({
    name: 'eth0',
    mtu: 1500,
    ips: [{ address: { prefixLength: 16 }, gateway: { text: '10.1.0.1' } }],
  });
});

test('a result of CNI 0.2.0 has addresses and no interfaces', () => {
  const { result } = readCniResult({
    ip4: { ip: '10.0.0.5/24', gateway: '10.0.0.1', routes: [{ dst: '0.0.0.0/0' }] },
    ip6: { ip: 'fd00::5/64' },
  });
  expect(result?.ips.map((ip) => ip.address.address.text)).toEqual(['10.0.0.5', 'fd00::5']);
  expect(result).toMatchObject({ cniVersion: '0.2.0', interfaces: [], routes: [{ dst: '0.0.0.0/0' }] });
});

test('a cached result is unwrapped', () => {
  const { result } = readCniResult({
    kind: 'cniCacheV1',
    containerId: 'c',
    ifName: 'net1',
    networkName: 'n',
    result: V1,
  });
  expect(result).toMatchObject({
    cached: { kind: 'cniCacheV1', containerId: 'c', ifName: 'net1', networkName: 'n' },
    ips: [{ interface: 1 }],
  });
});

test.each(['', '[', '[]', '5', '{"ips":[{"address":"10.0.0.1"}]}'])('%j gives an issue', (text) => {
  expect(parseCniResult(text).issues).not.toEqual([]);
});

test('junk never throws', () => {
  const keys = fc.constantFrom(
    'interfaces',
    'ips',
    'ip4',
    'ip6',
    'routes',
    'dns',
    'result',
    'kind',
    'address',
    'interface',
    'name',
    'sandbox',
  );
  const value = fc.dictionary(
    keys,
    fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.array(fc.dictionary(keys, fc.jsonValue({ maxDepth: 1 })))),
  );
  fc.assert(
    fc.property(fc.oneof(value, fc.jsonValue({ maxDepth: 3 })), (v) => {
      const { result } = readCniResult(v);
      if (result) podInterfaces(result);
    }),
    { numRuns: 500 },
  );
});
