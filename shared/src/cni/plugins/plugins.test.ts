import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rangeContains, rangeOf } from '../../net/range.ts';
import { ipamCapacity } from '../ipam/ipam.ts';
import { checkIpam, describeIpam, IPAM_SCHEMAS } from '../ipam/registry.ts';
import { parseNetworkConfig } from '../network-config.ts';
import { checkNetworkConfig, describeNetwork, PLUGIN_SCHEMAS, type PluginContext } from './registry.ts';

type Json = Record<string, unknown>;
const config = (value: Json) => parseNetworkConfig(JSON.stringify({ cniVersion: '1.0.0', name: 'n', ...value }), 'nad');
const issuesOf = (value: Json, context?: PluginContext) => checkNetworkConfig(config(value), context);
const slugsOf = (value: Json, context?: PluginContext): string[] =>
  issuesOf(value, context)
    .filter((issue) => issue.severity !== 'info')
    .map((issue) => issue.slug);
const chained = (plugin: Json): Json => ({ plugins: [{ type: 'bridge' }, plugin] });
const HL = { type: 'host-local', subnet: '10.0.0.0/24' };
const OVN = { type: 'ovn-k8s-cni-overlay', topology: 'layer2', netAttachDefName: 'ns/nad' };

test.each<[Json]>([
  [
    {
      type: 'bridge',
      bridge: 'br0',
      vlan: 0,
      vlanTrunk: [{ id: 5 }, { minID: 10, maxID: 20 }],
      mtu: 1500,
      isGateway: true,
      ipam: HL,
    },
  ],
  [
    {
      type: 'macvlan',
      master: 'eth1',
      mode: 'passthru',
      mtu: 0,
      mac: '02:00:00:00:00:01',
      bcqueuelen: 5,
      linkInContainer: false,
    },
  ],
  [{ type: 'ipvlan', mode: 'l3s' }],
  [{ type: 'vlan', master: 'eth0', vlanId: 4094 }],
  [{ type: 'ptp', ipam: HL }],
  [{ type: 'host-device', device: 'eth3' }],
  [{ type: 'tap', owner: 0, group: 0, multiQueue: true, selinuxContext: 'x' }],
  [{ type: 'dummy', ipam: HL }],
  [
    {
      type: 'sriov',
      deviceID: '0000:03:02.0',
      vlan: 5,
      vlanQoS: 3,
      vlanProto: '802.1Q',
      spoofchk: 'off',
      trust: 'on',
      link_state: 'auto',
      min_tx_rate: 0,
    },
  ],
  [{ type: 'ovs', bridge: 'br1', vlan: 7, trunk: [{ id: 1 }], ofport_request: 1 }],
  [
    {
      ...OVN,
      subnets: '10.0.0.0/16,fd00::/64',
      excludeSubnets: '10.0.0.0/30',
      role: 'primary',
      allowPersistentIPs: true,
    },
  ],
  [{ ...OVN, topology: 'layer3', subnets: '10.0.0.0/16/24' }],
  [{ ...OVN, topology: 'localnet', vlanID: 10, physicalNetworkName: 'phys' }],
  [{ type: 'ovn-k8s-cni-overlay' }],
  [
    {
      type: 'bond',
      mode: 'active-backup',
      failOverMac: 1,
      linksInContainer: true,
      miimon: '100',
      mtu: 1400,
      links: [{ name: 'net1' }, { name: 'net2' }],
    },
  ],
  [chained({ type: 'tuning', sysctl: { 'net.core.somaxconn': '500', 'net/ipv4/x': '1' }, txQLen: 0 })],
  [chained({ type: 'vrf', vrfname: 'blue', table: 10 })],
  [chained({ type: 'sbr', gateways: ['10.0.0.1', 'fd00::1'] })],
  [chained({ type: 'route-override', flushroutes: true, addroutes: [{ dst: '10.0.0.0/8', gw: '10.0.0.1' }] })],
  [chained({ type: 'bandwidth', ingressRate: 1, ingressBurst: 1 })],
  [chained({ type: 'portmap', backend: 'nftables', snat: true, capabilities: { portMappings: true } })],
  [{ type: 'somebody-elses', vlan: 99999, master: 5 }],
  [{ type: 'macvlan', ipam: { type: 'calico-ipam', anything: 1 } }],
  [{ type: 'macvlan', ipam: {} }],
])('%j is sound', (value) => {
  expect(slugsOf(value)).toEqual([]);
});

test.each<[Json, string]>([
  [{ type: 'bridge', vlan: 4095 }, 'bridge-vlan-range'],
  [{ type: 'bridge', vlan: '5' }, 'plugin-field-type'],
  [{ type: 'bridge', vlanTrunk: [{ id: 0 }] }, 'bridge-trunk'],
  [{ type: 'bridge', vlanTrunk: [{ minID: 5 }] }, 'bridge-trunk'],
  [{ type: 'bridge', vlanTrunk: [{ minID: 5, maxID: 4 }] }, 'bridge-trunk'],
  [{ type: 'bridge', hairpinMode: true, promiscMode: true }, 'bridge-hairpin-promisc'],
  [{ type: 'bridge', disableContainerInterface: true, ipam: HL }, 'bridge-ipam-disabled-iface'],
  [{ type: 'macvlan', mode: 'l2' }, 'macvlan-bad-mode'],
  [{ type: 'macvlan', mac: 'x' }, 'tuning-mac'],
  [{ type: 'macvlan', mac: '01:00:5e:00:00:01' }, 'mac-multicast'],
  [{ type: 'macvlan', mtu: -1 }, 'mtu-range'],
  [{ type: 'macvlan', mtu: '1500' }, 'plugin-field-type'],
  [{ type: 'ipvlan', mode: 'bridge' }, 'ipvlan-bad-mode'],
  [{ type: 'vlan', vlanId: 5 }, 'vlan-master-required'],
  [{ type: 'vlan', master: 'eth0', vlanId: 4095 }, 'vlan-id-range'],
  [{ type: 'ptp' }, 'ptp-no-ipam'],
  [{ type: 'dummy', ipam: {} }, 'dummy-no-ipam'],
  [{ type: 'sriov', deviceID: 'x', vlan: 4095 }, 'sriov-conf-invalid'],
  [{ type: 'sriov', deviceID: 'x', vlanQoS: 0 }, 'sriov-conf-invalid'],
  [{ type: 'sriov', deviceID: 'x', vlan: 0, vlanQoS: 3 }, 'sriov-conf-invalid'],
  [{ type: 'sriov', deviceID: 'x', vlan: 0, vlanProto: '802.1ad' }, 'sriov-conf-invalid'],
  [{ type: 'sriov', deviceID: 'x', spoofchk: true }, 'plugin-field-type'],
  [{ type: 'sriov', deviceID: 'x', link_state: 'up' }, 'sriov-conf-invalid'],
  [{ type: 'ovs', bridge: 'b', trunk: [{ id: 4095 }] }, 'ovs-trunk'],
  [{ ...OVN, ipam: HL }, 'ovnk-ipam-key'],
  [{ ...OVN, netAttachDefName: 'other/nad' }, 'ovnk-nad-name-mismatch'],
  [{ ...OVN, topology: 'localnet', role: 'primary' }, 'ovnk-nad-invalid'],
  [{ ...OVN, topology: 'localnet', joinSubnet: '100.64.0.0/16' }, 'ovnk-nad-invalid'],
  [{ ...OVN, topology: 'layer3', subnets: '10.0.0.0/16/24', allowPersistentIPs: true }, 'ovnk-nad-invalid'],
  [{ ...OVN, subnets: 'nonsense' }, 'ovnk-nad-invalid'],
  [{ plugins: [OVN, { type: 'tuning' }] }, 'ovnk-nad-invalid'],
  [{ type: 'bond', mode: 'x', links: [{ name: 'a' }, { name: 'b' }] }, 'bond-mode'],
  [{ type: 'bond', mode: 'active-backup', links: [{ name: 'a' }] }, 'bond-links'],
  [{ type: 'bond', mode: 'active-backup', mtu: 60, links: [{ name: 'a' }, { name: 'b' }] }, 'bond-mtu'],
  [{ type: 'tuning' }, 'not-chained'],
  [{ plugins: [{ type: 'portmap' }, { type: 'bridge' }] }, 'not-chained'],
  [chained({ type: 'tuning', sysctl: { 'kernel.x': '1' } }), 'tuning-sysctl-key'],
  [chained({ type: 'tuning', sysctl: { 'net.x': 1 } }), 'plugin-field-type'],
  [chained({ type: 'vrf' }), 'vrf-no-name'],
  [chained({ type: 'sbr', gateways: ['10.0.0.1', '10.0.0.2'] }), 'sbr-gateways'],
  [chained({ type: 'bandwidth', ingressRate: 5 }), 'bandwidth-pair'],
  [{ plugins: [{ type: 'macvlan' }, { type: 'bandwidth', ingressRate: 5, ingressBurst: 5 }] }, 'bandwidth-no-veth'],
  [chained({ type: 'portmap', backend: 'ebpf' }), 'portmap-backend'],
  [{ type: 'multus' }, 'multus-self-delegation'],
])('%j is refused with %s', (value, slug) => {
  const issue = issuesOf(value, { nad: { namespace: 'ns', name: 'nad' } }).find((found) => found.severity === 'error');
  expect(issue?.slug).toBe(slug);
  expect(issue?.message).toMatch(/\.$/);
});

test.each<[Json, string]>([
  [{ type: 'macvlan', mastre: 'eth1' }, 'plugin-key-typo'],
  [{ type: 'vlan', master: 'eth1', vlan: 5 }, 'plugin-key-typo'],
  [{ type: 'host-device' }, 'hostdevice-no-selector'],
  [{ type: 'sriov' }, 'sriov-no-device-id'],
  [{ type: 'macvlan', ipam: { subnet: '10.0.0.0/24' } }, 'ipam-empty-type'],
])('%j earns the warning %s', (value, slug) => {
  expect(
    issuesOf(value)
      .filter((issue) => issue.severity === 'warning')
      .map((issue) => issue.slug),
  ).toContain(slug);
  expect(issuesOf(value).filter((issue) => issue.severity === 'error')).toEqual([]);
});

test('a device from a resource is enough for sriov and host-device', () => {
  expect(slugsOf({ type: 'sriov' }, { resourceName: 'intel.com/vf' })).toEqual([]);
  expect(slugsOf({ type: 'host-device' }, { resourceName: 'intel.com/vf' })).toEqual([]);
  expect(describeNetwork(config({ type: 'sriov' })).needsDevice).toBe(true);
});

test.each<[Json, string | undefined]>([
  [{ ...HL, rangeStart: '10.0.0.10', rangeEnd: '10.0.0.20', gateway: '10.0.0.1' }, undefined],
  [{ type: 'host-local', ranges: [[{ subnet: '10.0.0.0/24' }], [{ subnet: 'fd00::/64' }]] }, undefined],
  [{ type: 'host-local' }, 'hostlocal-no-ranges'],
  [{ type: 'host-local', subnet: '10.0.0.5/24' }, 'hostlocal-bad-range'],
  [{ type: 'host-local', subnet: '10.0.0.0/31' }, 'hostlocal-bad-range'],
  [{ type: 'host-local', subnet: 'x' }, 'hostlocal-bad-range'],
  [{ ...HL, rangeStart: '10.0.1.1' }, 'hostlocal-bad-range'],
  [{ ...HL, rangeStart: '10.0.0.20', rangeEnd: '10.0.0.10' }, 'hostlocal-bad-range'],
  [{ type: 'host-local', ranges: [[{ subnet: '10.0.0.0/24' }, { subnet: 'fd00::/64' }]] }, 'hostlocal-bad-range'],
  [{ type: 'host-local', ranges: [[{ subnet: '10.0.0.0/24' }], [{ subnet: '10.0.0.0/16' }]] }, 'hostlocal-bad-range'],
  [{ type: 'static', addresses: [{ address: '10.0.0.1/24', gateway: '10.0.0.254' }] }, undefined],
  [{ type: 'static', addresses: [{ address: '10.0.0.1' }] }, 'static-not-cidr'],
  [{ type: 'static' }, 'static-no-address'],
  [{ type: 'dhcp', daemonSocketPath: '/x' }, undefined],
  [{ type: 'whereabouts', range: '192.168.2.225/28' }, undefined],
  [{ type: 'whereabouts', range: '010.0.0.0/24' }, undefined],
  [{ type: 'whereabouts', range: '10.0.0.10-10.0.0.20/24', exclude: ['10.0.0.12', '10.0.0.16/30'] }, undefined],
  [{ type: 'whereabouts', ipRanges: [{ range: '10.0.0.0/24' }, { range: 'fd00::/64' }] }, undefined],
  [{ type: 'whereabouts' }, 'whereabouts-invalid-cidr'],
  [{ type: 'whereabouts', range: '10.0.0.0' }, 'whereabouts-invalid-cidr'],
  [{ type: 'whereabouts', range: '10.0.0.0/31' }, 'whereabouts-too-small'],
  [{ type: 'whereabouts', range: '10.0.1.10-10.0.0.20/24' }, 'whereabouts-range-start'],
  [{ type: 'whereabouts', range: '10.0.0.0/24', range_start: '10.0.1.1' }, 'whereabouts-range-start'],
  [{ type: 'whereabouts', range: '10.0.0.0/24', exclude: ['x'] }, 'whereabouts-exclude'],
  [{ type: 'whereabouts', range: '10.0.0.0/24', exclude: ['10.0.0.5/24'] }, 'whereabouts-exclude-wide'],
  [{ type: 'whereabouts', range: '10.0.0.0/24', gateway: 'x' }, 'whereabouts-gateway'],
])('the ipam %j gives %s', (ipam, slug) => {
  const slugs = checkIpam(ipam, '/ipam')
    .filter((issue) => issue.severity !== 'info')
    .map((issue) => issue.slug);
  expect(slugs).toEqual(slug === undefined ? [] : [slug]);
});

test.each<[Json, string[], bigint]>([
  [{ type: 'whereabouts', range: '192.168.63.0/30' }, ['192.168.63.1-192.168.63.2'], 2n],
  [{ type: 'whereabouts', range: '192.168.2.225/28' }, ['192.168.2.225-192.168.2.238'], 14n],
  [
    { type: 'whereabouts', range: '10.0.0.10-10.0.0.20/24', exclude: ['10.0.0.12', '10.0.0.16/30'] },
    ['10.0.0.10-10.0.0.20'],
    6n,
  ],
  [
    { type: 'whereabouts', range: '10.0.0.0/24', range_start: '10.0.0.100', exclude: ['10.0.0.5/24'] },
    ['10.0.0.100-10.0.0.254'],
    0n,
  ],
  [{ ...HL, rangeStart: '10.0.0.1', rangeEnd: '10.0.0.3' }, ['10.0.0.1-10.0.0.3'], 2n],
  [
    { type: 'host-local', ranges: [[{ subnet: '10.0.0.0/30' }], [{ subnet: 'fd00::/126' }]] },
    ['10.0.0.1-10.0.0.2', 'fd00::1-fd00::3'],
    3n,
  ],
])('%j can give these addresses', (ipam, ranges, capacity) => {
  const description = describeIpam(ipam) ?? expect.fail();
  expect(description.ranges.map((range) => `${range.start.text}-${range.end.text}`)).toEqual(ranges);
  expect(ipamCapacity(description.ranges)).toBe(capacity);
});

test.each<[Json, Json]>([
  [
    { type: 'macvlan', master: 'eth1', ipam: { type: 'whereabouts', range: '10.0.0.0/24', gateway: '10.0.0.1' } },
    {
      technology: 'macvlan',
      master: 'eth1',
      uplink: 'eth1',
      mode: 'bridge',
      subnets: ['10.0.0.0/24'],
      gateways: ['10.0.0.1'],
    },
  ],
  [{ type: 'bridge' }, { technology: 'bridge', bridge: 'cni0', subnets: [] }],
  [
    { type: 'vlan', master: 'eth0', vlanId: 7 },
    { technology: 'vlan', vlan: 7 },
  ],
  [
    { ...OVN, topology: 'localnet', subnets: '10.1.0.0/24', vlanID: 3 },
    { technology: 'ovn-localnet', physicalNetwork: 'n', vlan: 3, role: 'secondary', subnets: ['10.1.0.0/24'] },
  ],
  [
    { ...OVN, topology: 'layer3', subnets: '10.1.0.0/16/24,fd00::/48/64' },
    { technology: 'ovn-layer3', subnets: ['10.1.0.0/16', 'fd00::/48'] },
  ],
  [
    {
      plugins: [
        { type: 'macvlan', capabilities: { ips: true } },
        { type: 'tuning', mtu: 1400, capabilities: { mac: true, x: false } },
      ],
    },
    { technology: 'macvlan', mtu: 1400, capabilities: ['ips', 'mac'], chain: ['macvlan', 'tuning'] },
  ],
  [
    { type: 'macvlan', ipam: { type: 'static', addresses: [{ address: '10.69.0.10/24' }] } },
    { subnets: ['10.69.0.0/24'] },
  ],
  [
    { type: 'host-device', device: 'eth5' },
    { device: 'eth5', uplink: 'eth5', needsDevice: false },
  ],
  [
    { type: 'vendor-cni', master: 'eth9' },
    { technology: 'vendor-cni', master: 'eth9' },
  ],
])('%j describes its network', (value, expected) => {
  expect(describeNetwork(config(value))).toMatchObject(expected);
});

test('an empty spec is described as unknown', () => {
  expect(describeNetwork(parseNetworkConfig('', 'x'))).toMatchObject({ technology: 'unknown', chain: [] });
});

test('junk in every field never throws, and ranges hold their ends', () => {
  const keys = [
    ...new Set(
      [...PLUGIN_SCHEMAS.values(), ...IPAM_SCHEMAS.values()].flatMap((schema) =>
        schema.fields.map((field) => field.key),
      ),
    ),
  ];
  const values = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(
      '10.0.0.0/24',
      '10.0.0.5',
      'fd00::/64',
      '10.0.0.1-10.0.0.9/24',
      5,
      -1,
      true,
      [{ id: 1 }],
      [['x']],
      [[{ subnet: '10.0.0.0/24' }]],
    ),
  );
  const body = fc.dictionary(fc.constantFrom(...keys), values, { maxKeys: 8 });
  const plugin = fc.record({
    type: fc.constantFrom(...PLUGIN_SCHEMAS.keys()),
    body,
    ipamType: fc.constantFrom(...IPAM_SCHEMAS.keys()),
    ipam: body,
  });
  fc.assert(
    fc.property(plugin, ({ type, body: raw, ipamType, ipam }) => {
      const parsed = config({ ...raw, type, ipam: { ...ipam, type: ipamType } });
      for (const issue of checkNetworkConfig(parsed)) expect(issue.message).not.toBe('');
      for (const range of describeNetwork(parsed).ipam?.ranges ?? []) {
        const whole = rangeOf(range.start, range.end);
        if (whole) expect(rangeContains(whole, range.start) && rangeContains(whole, range.end)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test('hostile configs are bounded and quick', () => {
  const keys = Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`mastr${i}`, i]));
  const ranges = Array.from({ length: 5000 }, (_, i) => [{ subnet: `10.${i >> 8}.${i & 255}.0/24` }]);
  const hostile: Json[] = [
    { type: 'macvlan', ...keys },
    { type: 'bridge', ipam: { type: 'host-local', ranges } },
    {
      type: 'macvlan',
      ipam: { type: 'whereabouts', range: `10.0.0.0/24`, exclude: Array(20_000).fill('0'.repeat(10)) },
    },
    { type: 'bridge', vlanTrunk: Array(10_000).fill({}) },
    { plugins: Array(5000).fill({ type: 'tuning', sysctl: { a: 1 } }) },
  ];
  for (const value of hostile) {
    const parsed = config(value);
    const before = Date.now();
    expect(checkNetworkConfig(parsed).length).toBeLessThan(5000);
    describeNetwork(parsed);
    expect(Date.now() - before).toBeLessThan(400);
  }
});
