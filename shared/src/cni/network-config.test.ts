import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseNetworkConfig, withPositions } from './network-config.ts';
import { parseNetworkStatus, readNetworkStatus } from './network-status.ts';

const errorsOf = (text: string): string[] =>
  parseNetworkConfig(text, 'nad')
    .issues.filter((issue) => issue.severity === 'error')
    .map((issue) => issue.slug);

test.each([
  ['{"cniVersion":"0.3.1","type":"macvlan"}', 'conf', ['macvlan'], 'nad'],
  ['{"cniVersion":"0.3.1","name":"inner","type":"macvlan","master":"eth1"}', 'conf', ['macvlan'], 'inner'],
  [
    '{"cniVersion":"1.0.0","name":"","plugins":[{"type":"bridge"},{"type":"tuning"}]}',
    'conflist',
    ['bridge', 'tuning'],
    'nad',
  ],
  ['{"cniVersion":"1.0.0","Type":"bridge"}', 'conf', ['bridge'], 'nad'],
])('%s is a %s', (text, kind, types, name) => {
  const config = parseNetworkConfig(text, 'nad');
  expect(config.kind).toBe(kind);
  expect(config.plugins.map((plugin) => plugin.type)).toEqual(types);
  expect(config.name).toBe(name);
  expect(errorsOf(text)).toEqual([]);
});

test.each([undefined, ''])('an empty spec stands for the file of the node', (text) => {
  expect(parseNetworkConfig(text, 'nad').kind).toBe('empty');
});

test.each([
  ['{"cniVersion": "0.3.1",\n  "type": "macvlan",\n  "master": "eth1"\n  "mode": "bridge"}', 'nad-config-not-json'],
  [' ', 'nad-config-not-json'],
  ['[]', 'nad-config-not-object'],
  ['"x"', 'nad-config-not-object'],
  ['null', 'nad-config-not-object'],
  ['{}', 'nad-no-type'],
  ['{"type":""}', 'nad-no-type'],
  ['{"plugins":[{"name":"x"}]}', 'nad-no-type'],
  ['{"plugins":[]}', 'nad-plugins-invalid'],
  ['{"plugins":{}}', 'nad-plugins-invalid'],
  ['{"plugins":["bridge"]}', 'nad-plugins-invalid'],
  ['{"plugins":[{"type":"bridge"},{}]}', 'nad-plugins-invalid'],
  ['{"plugins":[{"type":"bridge"}],"disableCheck":5}', 'nad-plugins-invalid'],
  ['{"type":"bridge","cniVersion":0.3}', 'nad-unmarshal-conf'],
  ['{"type":"bridge","ipam":[]}', 'nad-unmarshal-conf'],
  ['{"type":"bridge","capabilities":{"ips":"true"}}', 'nad-unmarshal-conf'],
  ['{"type":"bridge","capabilities":["ips"]}', 'nad-unmarshal-conf'],
  ['{"type":"bridge","name":"a b"}', 'cni-invalid-network-name'],
  ['{"type":"bridge","cniVersion":"0.3"}', 'cni-version-unsupported'],
])('%s gives %s', (text, slug) => {
  expect(errorsOf(text)[0]).toBe(slug);
});

test('no cniVersion and a version from the future are warnings', () => {
  expect(parseNetworkConfig('{"type":"bridge"}', 'n').issues).toMatchObject([
    { slug: 'cni-version-missing-020', severity: 'warning' },
  ]);
  expect(parseNetworkConfig('{"type":"bridge","cniVersion":"1.2.0"}', 'n').issues).toMatchObject([
    { slug: 'cni-version-unsupported', severity: 'warning' },
  ]);
});

test('the wrong line is marked, and what was read still describes the network', () => {
  const text = '{\n "type": "macvlan",\n "master": "eth1"\n "mode": "bridge"\n}';
  const config = parseNetworkConfig(text, 'n');
  expect(config.issues[0]?.message).toContain('line 4');
  expect(text[config.issues[0]?.offset ?? 0]).toBe('"');
  expect(config).toMatchObject({ kind: 'invalid', plugins: [{ type: 'macvlan', raw: { master: 'eth1' } }] });
});

test('positions are added to issues that know their path', () => {
  const text = '{"plugins":[{"type":"vlan","vlanId":5000}]}';
  const [issue] = withPositions(text, [{ slug: 's', message: 'm', severity: 'error', path: '/plugins/0/vlanId' }]);
  expect(text.slice(issue?.offset, (issue?.offset ?? 0) + (issue?.length ?? 0))).toBe('5000');
});

test('a status is read with all its fields', () => {
  const text = JSON.stringify([
    {
      name: 'cbr0',
      interface: 'eth0',
      ips: ['10.244.1.2'],
      mac: '0A:00:00:00:00:01',
      default: true,
      dns: {},
      gateway: ['10.244.1.1', '<nil>'],
    },
    {
      name: 'a/net',
      interface: 'net1',
      mtu: 9000,
      dns: { nameservers: ['1.1.1.1'] },
      'device-info': { type: 'pci', version: '1.1.0', pci: { 'pci-address': '0000:07:00.0' } },
    },
  ]);
  const { entries, issues } = parseNetworkStatus(text);
  expect(entries).toMatchObject([
    {
      name: 'cbr0',
      interface: 'eth0',
      ips: ['10.244.1.2'],
      mac: '0a:00:00:00:00:01',
      default: true,
      gateways: ['10.244.1.1'],
      path: '/0',
    },
    {
      name: 'a/net',
      interface: 'net1',
      ips: [],
      mtu: 9000,
      default: false,
      deviceInfo: { type: 'pci', pciAddress: '0000:07:00.0' },
      dns: { nameservers: ['1.1.1.1'] },
    },
  ]);
  expect(issues.map((issue) => issue.slug)).toEqual(['status-gateway-nil']);
});

test('both keys are read, the new one first', () => {
  const of = (name: string) => JSON.stringify([{ name }]);
  const old = 'k8s.v1.cni.cncf.io/networks-status';
  const both = { [old]: of('old'), 'k8s.v1.cni.cncf.io/network-status': of('new') };
  expect(readNetworkStatus(both).entries[0]?.name).toBe('new');
  expect(readNetworkStatus({ [old]: of('old') })).toMatchObject({
    key: old,
    entries: [{ name: 'old' }],
    issues: [{ slug: 'status-deprecated-key' }],
  });
  expect(readNetworkStatus(undefined)).toEqual({ entries: [], issues: [] });
  expect(readNetworkStatus({ [old]: '' }).entries).toEqual([]);
});

test.each(['{', '{"name":"a"}', '"x"', '[1]', '[{"ips":["nonsense"]}]'])(
  'the status %s is read as far as it goes',
  (text) => {
    const { issues } = parseNetworkStatus(text);
    expect(issues).not.toEqual([]);
    expect(issues.every((issue) => issue.severity === 'warning')).toBe(true);
  },
);

test('junk never throws', () => {
  const keys = fc.constantFrom(
    'type',
    'plugins',
    'name',
    'cniVersion',
    'ipam',
    'capabilities',
    'ips',
    'gateway',
    'device-info',
    '__proto__',
    'dns',
  );
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.dictionary(keys, fc.jsonValue({ maxDepth: 2 })),
    fc.array(fc.dictionary(keys, fc.jsonValue({ maxDepth: 2 }))),
  );
  const junk = fc.oneof(
    fc.string(),
    fc.dictionary(keys, value).map((v) => JSON.stringify(v)),
    fc.array(fc.dictionary(keys, value)).map((v) => JSON.stringify(v)),
  );
  fc.assert(
    fc.property(junk, (text) => {
      const config = parseNetworkConfig(text, 'nad');
      if (config.kind === 'conf' || config.kind === 'conflist') expect(config.plugins.length).toBeGreaterThan(0);
      parseNetworkStatus(text);
      for (const issue of config.issues)
        expect((issue.offset ?? 0) + (issue.length ?? 0)).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 300 },
  );
});
