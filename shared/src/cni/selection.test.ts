import fc from 'fast-check';
import { expect, test } from 'vitest';
import { annotationKeyTypos, meantKey } from './annotation-keys.ts';
import { parseDefaultNetwork } from './default-network.ts';
import { effectiveInterfaces, interfaceCollisions } from './interface-names.ts';
import { parseSelection } from './selection.ts';

const errorsOf = (text: string): string[] =>
  parseSelection(text, 'mail')
    .issues.filter((issue) => issue.severity === 'error')
    .map((issue) => issue.slug);
const namesOf = (text: string): string[] =>
  parseSelection(text, 'mail').elements.map((e) => `${e.namespace}/${e.name}${e.interface ? `@${e.interface}` : ''}`);

test.each([
  ['lan-a', ['mail/lan-a']],
  ['mail/lan-a@a0 , lan-b', ['mail/lan-a@a0', 'mail/lan-b']],
  ['north,south, mgmt ,north', ['mail/north', 'mail/south', 'mail/mgmt', 'mail/north']],
  ['infra / backbone @ bb0', ['infra/backbone@bb0']],
  ['a@eth1.5', ['mail/a@eth1.5']],
  ['a@abcdefghijklmno', ['mail/a@abcdefghijklmno']],
  ['null', ['mail/null']],
  ['true', ['mail/true']],
  ['[]', []],
  ['[{"name":"a","namespace":"x","interface":"n1"},{"NAME":"b","interfaceRequest":"n2"}]', ['x/a@n1', 'mail/b@n2']],
  ['[{"name":"a","name":"b"}]', ['mail/b']],
  ['[{"name":"Upper.Case"}]', ['mail/Upper.Case']],
])('%s is read without an error', (text, names) => {
  expect(namesOf(text)).toEqual(names);
  expect(errorsOf(text)).toEqual([]);
});

test.each([
  // text, slug of the first error, fatal, what can be drawn
  [' ', 'sel-empty-item', false, ['mail/']],
  ['lan-a,,lan-b', 'sel-empty-item', false, ['mail/lan-a', 'mail/', 'mail/lan-b']],
  ['lan-a,', 'sel-empty-item', false, ['mail/lan-a', 'mail/']],
  ['@net1', 'sel-empty-item', false, ['mail/@net1']],
  ['ns/', 'sel-empty-item', false, ['ns/']],
  ['Lan_A', 'sel-bad-name', true, ['mail/Lan_A']],
  ['lan-a; lan-b', 'sel-bad-name', true, ['mail/lan-a; lan-b']],
  ['lan-a lan-b', 'sel-bad-name', true, ['mail/lan-a lan-b']],
  ['a.b', 'sel-bad-name', true, ['mail/a.b']],
  ['cluster/mail/lan-a', 'sel-slash', true, ['mail/lan-a']],
  ['lan-a@x0@y0', 'sel-at', true, ['mail/lan-a@x0']],
  ['a@b/c', 'sel-bad-name', true, ['a@b/c']],
  ['a@abcdefghijklmnop', 'sel-bad-ifname', true, ['mail/a@abcdefghijklmnop']],
  ['a@b c', 'sel-bad-ifname', true, ['mail/a@b c']],
  ['a@b:c', 'sel-ifname-cni', false, ['mail/a@b:c']],
  ['{"name": "media-net", "interface": "net1"}', 'sel-json-object', true, ['mail/media-net@net1']],
  ['"net1"', 'sel-json-string', true, ['mail/net1']],
  ['"net1","net2"', 'sel-json-syntax', true, ['mail/net1', 'mail/net2']],
  ['["net1","x/net2"]', 'sel-json-list-of-strings', true, ['mail/net1', 'x/net2']],
  ['[net1, net2]', 'sel-json-syntax', true, ['mail/net1', 'mail/net2']],
  ["[{'name': 'index-net'}]", 'sel-json-syntax', true, ['mail/index-net']],
  ['[{"name": "index-net",}]', 'sel-json-syntax', true, ['mail/index-net']],
  ['[{"name": "index-net", "interface": "net1"}', 'sel-json-syntax', true, ['mail/index-net@net1']],
  ['[{"name":"a"} {"name":"b"}]', 'sel-json-syntax', true, ['mail/a', 'mail/b']],
  ['[null]', 'sel-null-element', true, []],
  ['[{"name":"a"},null]', 'sel-null-element', true, ['mail/a', 'mail/']],
  ['[1]', 'sel-json-list-of-strings', true, []],
  ['[{"name":5}]', 'sel-json-field-type', true, ['mail/']],
  ['[{"name":"a","ips":"10.0.0.1"}]', 'sel-json-field-type', true, ['mail/a']],
  ['[{"name":"a","bandwidth":"10M"}]', 'sel-json-field-type', true, ['mail/a']],
  ['[{"name":"a","portMappings":[{"hostPort":"80"}]}]', 'sel-json-field-type', true, ['mail/a']],
  ['[{"name":"a","portMappings":[{"hostPort":80.5,"containerPort":1}]}]', 'sel-json-field-type', true, ['mail/a']],
  ['[{"name":"a","cni-args":["x"]}]', 'sel-json-field-type', true, ['mail/a']],
  ['[{"name":"a","default-route":"10.0.0.1"}]', 'sel-json-field-type', true, ['mail/a']],
  ['[{"name":"a","default-route":["10.0.0.1/24"]}]', 'sel-default-route-not-ip', true, ['mail/a']],
  ['[{"name":"sso","mac":"02:00:00:zz:00:01"}]', 'sel-mac-invalid', true, ['mail/sso']],
  ['[{"name":"sso","infiniband-guid":"xx"}]', 'sel-guid-invalid', true, ['mail/sso']],
  ['[{"name":"sso","ips":["192.168.70.300"]}]', 'sel-ip-invalid', true, ['mail/sso']],
  ['[{"name":"sso","ips":["192.168.70.5/99"]}]', 'sel-ip-invalid', true, ['mail/sso']],
  ['[{"name":"x/a"}]', 'sel-slash-in-json-name', false, ['mail/x/a']],
  ['[{"name":"a","interface":"sixteen-letters-"}]', 'sel-ifname-cni', false, ['mail/a@sixteen-letters-']],
  ['[{}]', 'sel-empty-item', false, ['mail/']],
  [
    '[{"name":"a","default-route":["10.0.0.1"]},{"name":"b","default-route":["10.0.0.2"]}]',
    'sel-ecmp',
    false,
    ['mail/a', 'mail/b'],
  ],
])('%s gives %s', (text, slug, fatal, names) => {
  const { issues, refused, elements } = parseSelection(text, 'mail');
  const first = issues.find((issue) => issue.severity === 'error');
  expect(first?.slug).toBe(slug);
  expect(first?.fatal).toBe(fatal);
  expect(refused).toBe(fatal);
  expect(namesOf(text)).toEqual(names);
  for (const issue of issues) expect(issue.message).toMatch(/[.]$/);
  if (slug.startsWith('sel-json-') && slug !== 'sel-json-field-type') expect(elements.every((e) => e.guess)).toBe(true);
});

test.each([
  ['[{"name":"a","mac":"01:00:5e:00:00:01"}]', 'mac-multicast'],
  ['[{"name":"a","default-route":[]}]', 'sel-default-route-empty-list'],
  ['[{"name":"a","default-route":["10.0.0.1"]}]', 'sel-default-route-kills-other-family'],
  ['[{"name":"a","default_route":["10.0.0.1"]}]', 'sel-unknown-key'],
  ['[{"name":"a","interfaceRequest":"x"}]', 'sel-interface-request'],
  ['[{"name":"a","bandwidth":{"ingressRate":5}}]', 'bandwidth-pair'],
  ['a@eth1.5', 'sel-client-ifname'],
])('%s works for Multus but gives the hint %s', (text, slug) => {
  const { issues, refused } = parseSelection(text, 'mail');
  expect(refused).toBe(false);
  expect(issues.map((issue) => issue.slug)).toContain(slug);
});

test('an issue marks the wrong value in the text', () => {
  const text = '[{"name":"a"},{"name":"b","ips":["10.0.0.1","oops"]}]';
  const issue = parseSelection(text, 'x').issues[0] ?? expect.fail();
  expect(issue).toMatchObject({ element: 1, path: '/1/ips/1' });
  expect(text.slice(issue.offset, (issue.offset ?? 0) + (issue.length ?? 0))).toBe('"oops"');
});

test('every field of an element is read', () => {
  const text = JSON.stringify([
    {
      name: 'a',
      namespace: 'n',
      interface: 'i',
      ips: ['10.0.0.1/24', 'fd00::1'],
      mac: '02:00:00:00:00:01',
      'infiniband-guid': 'c2:11:22:33:44:55:66:77',
      portMappings: [{ hostPort: 80, containerPort: 8080, protocol: 'tcp', hostIP: '1.2.3.4' }],
      bandwidth: { ingressRate: 1, ingressBurst: 2, egressRate: 3, egressBurst: 4 },
      'default-route': ['10.0.0.254', 'fd00::fe'],
      'cni-args': { x: [1] },
      deviceID: '0000:03:02.0',
      'ipam-claim-reference': 'claim',
    },
  ]);
  const { elements, issues } = parseSelection(text, 'x');
  expect(issues).toEqual([]);
  expect(elements[0]).toMatchObject({
    name: 'a',
    namespace: 'n',
    qualified: true,
    interface: 'i',
    ips: ['10.0.0.1/24', 'fd00::1'],
    mac: '02:00:00:00:00:01',
    infinibandGuid: 'c2:11:22:33:44:55:66:77',
    portMappings: [{ hostPort: 80, containerPort: 8080, protocol: 'tcp', hostIP: '1.2.3.4' }],
    bandwidth: { ingressRate: 1, ingressBurst: 2, egressRate: 3, egressBurst: 4 },
    defaultRoute: ['10.0.0.254', 'fd00::fe'],
    cniArgs: { x: [1] },
    deviceId: '0000:03:02.0',
    ipamClaimReference: 'claim',
  });
});

test('an index is consumed by named interfaces and default networks too', () => {
  const names = (text: string, defaults: number) =>
    effectiveInterfaces(parseSelection(text, 'x').elements, defaults).map((e) => e.interface);
  expect(names('a@foo,b', 0)).toEqual(['foo', 'net2']);
  expect(names('a', 1)).toEqual(['net2']);
  expect(interfaceCollisions(effectiveInterfaces(parseSelection('left@net2,right', 'x').elements))).toEqual([
    { element: 1, interface: 'net2', with: 0 },
  ]);
  expect(interfaceCollisions(effectiveInterfaces(parseSelection('left@eth0', 'x').elements))).toEqual([
    { element: 0, interface: 'eth0' },
  ]);
});

test.each([
  [undefined, []],
  ['', ['default-net-empty']],
  ['[]', ['default-net-empty']],
  ['a', []],
  ['a,b', ['default-net-multiple']],
  ['a@net0', ['default-net-ifname']],
  ['a@eth0', []],
  ['A', ['sel-bad-name']],
])('the default-network annotation %j gives %j', (text, slugs) => {
  expect(parseDefaultNetwork(text).issues.map((issue) => issue.slug)).toEqual(slugs);
});

test('a default network without a namespace is one of kube-system', () => {
  expect(parseDefaultNetwork('a').element?.namespace).toBe('kube-system');
  expect(parseDefaultNetwork('x/a').element?.namespace).toBe('x');
});

test.each([
  'k8s.v1.cni.cncf.io/network',
  'k8s.cni.cncf.io/networks',
  'v1.k8s.cni.cncf.io/networks',
  'K8s.v1.cni.cncf.io/Networks',
  'k8s.v1.cni.cncf.io/netwroks',
  'k8s.v1.cni.cncf.io/network-attachments',
  'k8s.v1.cni.cncf.oi/networks',
  'k8s.v2.cni.cncf.io/networks',
  'networks',
  'k8s.v1.cni.cncf.io.networks',
  'k8s.v1.cni.cncf.io/networks ',
  'cni.cncf.io/networks',
  'v1.multus-cni.io/networks',
  'k8s.v1.cni.cncf.io/nework',
])('%s was meant as the networks key', (key) => {
  expect(meantKey(key)).toBe('k8s.v1.cni.cncf.io/networks');
});

test.each([
  'k8s.v1.cni.cncf.io/networks',
  'k8s.v1.cni.cncf.io/network-status',
  'k8s.v1.cni.cncf.io/networks-status',
  'k8s.v1.cni.cncf.io/resourceName',
  'k8s.v1.cni.cncf.io/policy-for',
  'k8s.ovn.org/pod-networks',
  'k8s.ovn.org/primary-user-defined-network',
  'networking.gke.io/networks',
  'v1.multus-cni.io/default-network',
  'cni.projectcalico.org/podIP',
  'example.com/networks',
  'network',
  'kubernetes.io/networks',
  'multi.network.io/networks',
  'ipam.spidernet.io/subnet',
  'k8s.v1.cni.cncf.io/bridgeName',
])('%s is left alone', (key) => {
  expect(meantKey(key)).toBeUndefined();
});

test('misspelt keys are listed with their values', () => {
  expect(annotationKeyTypos({ 'k8s.v1.cni.cncf.io/network': 'a', x: 'b', y: 5 })).toEqual([
    { key: 'k8s.v1.cni.cncf.io/network', meant: 'k8s.v1.cni.cncf.io/networks', value: 'a' },
  ]);
});

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?$/);
const ifname = fc.stringMatching(/^[a-zA-Z0-9.]{3,15}$/);
const item = fc.record({
  namespace: fc.option(label, { nil: undefined }),
  name: label,
  interface: fc.option(ifname, { nil: undefined }),
});

test('a comma list that was written is read back', () => {
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 6 }), fc.constantFrom('', ' ', '\t'), (items, blank) => {
      const text = items
        .map(
          (i) =>
            `${blank}${i.namespace ? `${i.namespace}${blank}/` : ''}${blank}${i.name}${i.interface ? `@${blank}${i.interface}` : ''}`,
        )
        .join(',');
      const { elements, refused } = parseSelection(text, 'pod-ns');
      expect(refused).toBe(false);
      expect(elements.map((e) => [e.namespace, e.name, e.interface])).toEqual(
        items.map((i) => [i.namespace ?? 'pod-ns', i.name, i.interface]),
      );
      for (const e of elements) expect(text.slice(e.span.offset, e.span.offset + e.span.length)).toBe(e.raw);
    }),
  );
});

const junk = fc.oneof(
  fc.string(),
  fc.json(),
  fc.string({
    unit: fc.constantFrom(...'[]{}",:@/abcN0 '.split(''), 'name', 'ips', '"name":"x"', '"default-route":['),
  }),
  fc
    .array(
      fc.dictionary(
        fc.constantFrom('name', 'ips', 'mac', 'default-route', 'portMappings', 'bandwidth', 'cni-args', '__proto__'),
        fc.jsonValue(),
      ),
    )
    .map((v) => JSON.stringify(v)),
);

test('junk never throws and every issue points into the text', () => {
  fc.assert(
    fc.property(junk, (text) => {
      const { elements, issues, refused } = parseSelection(text, 'ns');
      expect(refused).toBe(issues.some((issue) => issue.fatal));
      for (const issue of issues) {
        const end = (issue.offset ?? 0) + (issue.length ?? 0);
        expect(end).toBeLessThanOrEqual(text.length);
        if (issue.element !== undefined) expect(issue.element).toBeLessThan(elements.length);
      }
      parseDefaultNetwork(text);
      meantKey(text);
    }),
    { numRuns: 2000 },
  );
});

test('hostile texts are bounded and quick', () => {
  const texts = [
    ','.repeat(200_000),
    `[${'{"name":"a"},'.repeat(20_000)}{}]`,
    `${'name '.repeat(60_000)}"`,
    '@'.repeat(300_000),
    '/'.repeat(300_000),
    `"${'[{'.repeat(100_000)}`,
    '['.repeat(10_000),
    ' '.repeat(300_000),
  ];
  for (const text of texts) {
    const before = Date.now();
    const { elements, issues } = parseSelection(text, 'x');
    expect(Date.now() - before).toBeLessThan(400);
    expect(elements.length).toBeLessThanOrEqual(1000);
    expect(issues.length).toBeLessThanOrEqual(200);
  }
});

test('the first issue is the one Multus stops at', () => {
  const slugs = (text: string) => parseSelection(text, 'x').issues.map((issue) => issue.slug);
  expect(slugs('[{"name":"a","mac":"x"},{"name":5}]')[0]).toBe('sel-json-field-type');
  expect(slugs('lan-a,,Lan_B')).toEqual(['sel-bad-name', 'sel-empty-item']);
});

test.each(['x'.repeat(1024 * 1024), `[{"name": "${'x'.repeat(300_000)}", "interface": "${'i'.repeat(1000)}"}]`])(
  'a name that no object can have is a problem, and is not carried on',
  (text) => {
    const { elements, issues } = parseSelection(text, 'lab');
    expect(issues.some(({ slug, severity }) => slug === 'sel-bad-name' && severity === 'error')).toBe(true);
    expect(JSON.stringify({ ...elements[0], raw: '' }).length).toBeLessThan(1000);
  },
);
