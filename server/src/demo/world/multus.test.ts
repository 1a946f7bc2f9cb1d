import { expect, test } from 'vitest';
import type { JsonObject } from '../api/types.ts';
import { createIpam } from './ipam.ts';
import { smallCluster } from './machines.ts';
import type { PodToPlug, Surroundings } from './multus.ts';
import { attachPod, sandboxMessage, statusAnnotation } from './multus.ts';
import { createRandom } from './random.ts';

const whereabouts = { type: 'whereabouts', range: '10.9.0.0/30' };
const NADS: Record<string, JsonObject | string> = {
  'lab/good': {
    cniVersion: '0.3.1',
    type: 'macvlan',
    master: 'ens5',
    ipam: { type: 'whereabouts', range: '10.8.0.0/24' },
  },
  'lab/small': { cniVersion: '0.3.1', type: 'macvlan', master: 'ens5', ipam: whereabouts },
  'lab/ens9': { cniVersion: '0.3.1', name: 'inner', type: 'macvlan', master: 'ens9', ipam: whereabouts },
  'lab/ipvlan9': { cniVersion: '0.3.1', type: 'ipvlan', master: 'ens9', ipam: whereabouts },
  'lab/jumbo': { cniVersion: '0.3.1', type: 'macvlan', master: 'ens10', mtu: 9000, ipam: whereabouts },
  'lab/static': { cniVersion: '0.3.1', type: 'bridge', ipam: { type: 'static' } },
  'lab/static-old': { type: 'bridge', ipam: { type: 'static' } },
  'lab/dhcp': { cniVersion: '0.3.1', type: 'macvlan', master: 'ens5', ipam: { type: 'dhcp' } },
  'lab/ovs': { cniVersion: '0.3.1', type: 'ovs', ipam: whereabouts },
  'lab/sriov': { cniVersion: '0.3.1', type: 'sriov', ipam: whereabouts },
  'lab/broken': '{"type": "macvlan",}',
  'lab/list': '[]',
  'lab/none': '{}',
  'lab/number': '{"type": 5}',
  'lab/hollow': '{"cniVersion": "0.3.1", "plugins": []}',
  'lab/chain': {
    cniVersion: '0.3.1',
    plugins: [
      { type: 'macvlan', master: 'ens5', ipam: { type: 'whereabouts', range: '10.8.0.0/24' } },
      { type: 'tuning' },
    ],
  },
  'lab/chain-ovs': {
    cniVersion: '0.3.1',
    plugins: [{ type: 'bridge', ipam: { type: 'whereabouts', range: '10.8.0.0/24' } }, { type: 'sbr' }],
  },
  'lab/mode': { cniVersion: '0.3.1', type: 'macvlan', master: 'ens5', mode: 'l2', ipam: whereabouts },
  'lab/no-range': { cniVersion: '0.3.1', type: 'bridge', ipam: { type: 'whereabouts' } },
  'lab/no-subnet': { cniVersion: '0.3.1', type: 'bridge', ipam: { type: 'host-local' } },
  'ran/far': { cniVersion: '0.3.1', type: 'bridge', ipam: whereabouts },
};

const around = (): Surroundings => ({
  config: { namespaceIsolation: true, globalNamespaces: ['default'] },
  ipam: createIpam(),
  random: createRandom(1),
  definition: (namespace, name) => {
    const config = NADS[`${namespace}/${name}`];
    return config === undefined
      ? undefined
      : { metadata: {}, spec: { config: typeof config === 'string' ? config : JSON.stringify(config) } };
  },
});

const machine = smallCluster().find((item) => item.name === 'worker-3');
const podWith = (annotation: string): PodToPlug => {
  if (machine === undefined) throw new Error('no worker-3');
  return { namespace: 'lab', name: 'p', uid: 'u-1', annotation, machine, sandbox: 'f'.repeat(64), devices: new Map() };
};

test.each<[string, string]>([
  [
    '{"name":"good"}',
    'Annotation JSON format: json: cannot unmarshal object into Go value of type []*types.NetworkSelectionElement',
  ],
  ['["good"]', 'json: cannot unmarshal string into Go value of type types.NetworkSelectionElement'],
  [
    '[{"name":"good","ips":"10.8.0.9"}]',
    'json: cannot unmarshal string into Go struct field NetworkSelectionElement.ips of type []string',
  ],
  [
    '[{"name":"good","mac":"02:zz:00:00:00:11"}]',
    'parsePodNetworkAnnotation: failed to mac: address 02:zz:00:00:00:11: invalid MAC address',
  ],
  ['[{"name":"good","ips":["10.8.0.300"]}]', 'failed to parse IP address "10.8.0.300"'],
  ['a/b/c', "Invalid network object (failed at '/')"],
  ['a@b@c', "Invalid network object (failed at '@')"],
  ['Good', "mismatch @ 'Good'"],
  ['good,', 'cannot find a network-attachment-definition () in namespace (lab): resource name may not be empty'],
  [
    'nope',
    'cannot find a network-attachment-definition (nope) in namespace (lab): network-attachment-definitions.k8s.cni.cncf.io "nope" not found',
  ],
  [
    'ran/far',
    'namespace isolation enabled, annotation violates permission, pod is in namespace lab but refers to target namespace ran',
  ],
  ['broken', "failed to unmarshal Spec.Config: invalid character '}' looking for beginning of object key string"],
  ['list', 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
  ['ens9', '[lab/p/u-1:inner]: error adding container to network "inner": Link not found'],
  ['ipvlan9', 'failed to lookup master "ens9": Link not found'],
  ['jumbo', 'invalid MTU 9000, must be [0, master MTU(1500)]'],
  ['static', 'IPAM plugin returned missing IP config'],
  ['static-old', 'cannot convert: no valid IP addresses'],
  ['dhcp', 'error dialing DHCP daemon: dial unix /run/cni/dhcp.sock'],
  ['ovs', 'failed to find plugin "ovs" in path [/opt/cni/bin]'],
  ['sriov', 'LoadConf(): VF pci addr is required'],
  [
    'good@net2,good',
    'DelegateAdd: cannot set "macvlan" interface name to "net2": validateIfName: interface name net2 already exists',
  ],
  [
    'small,small,small',
    'Could not allocate IP in range: ip: 10.9.0.1 / - 10.9.0.2 / range: 10.9.0.0/30 / excludeRanges: []',
  ],
])('%s fails with the words of Multus or its plugin', (annotation, wanted) => {
  const attempt = attachPod(podWith(annotation), around());
  expect(attempt.ok ? 'attached' : attempt.error).toContain(wanted);
});

test('success writes one entry for each interface, named by definition, and an event each', () => {
  const attempt = attachPod(podWith('[{"name":"good","interface":"st0"},{"name":"good"}]'), around());
  expect(attempt.ok && attempt.status.map((item) => [item['name'], item['interface'], item['ips']])).toEqual([
    ['cbr0', 'eth0', ['10.244.3.2']],
    ['lab/good', 'st0', ['10.8.0.1']],
    ['lab/good', 'net2', ['10.8.0.2']],
  ]);
  expect(attempt.events.map((item) => item.message)).toEqual([
    'Add eth0 [10.244.3.2/24] from cbr0',
    'Add st0 [10.8.0.1/24] from lab/good',
    'Add net2 [10.8.0.2/24] from lab/good',
  ]);
});

test('a list of plugins runs as one network', () => {
  const attempt = attachPod(podWith('chain'), around());
  expect(attempt.ok && attempt.status[1]).toMatchObject({ name: 'lab/chain', interface: 'net1', ips: ['10.8.0.1'] });
});

test('a failure gives every address back', () => {
  const world = around();
  for (let i = 0; i < 5; i++) expect(attachPod(podWith('small,nope'), world).ok).toBe(false);
  for (let i = 0; i < 5; i++) expect(attachPod(podWith('small,dhcp'), world).ok).toBe(false);
  const attempt = attachPod(podWith('small,small'), world);
  expect(attempt.ok).toBe(true);
  expect(attempt.hostAddress).toBe('10.244.3.2');
});

test('an earlier network is announced although a later one fails', () => {
  const attempt = attachPod(podWith('good,dhcp'), around());
  expect(attempt.events.map((item) => item.message)).toEqual([
    'Add eth0 [10.244.3.2/24] from cbr0',
    'Add net1 [10.8.0.1/24] from lab/good',
  ]);
});

test('the annotation looks as Multus writes it', () => {
  expect(
    statusAnnotation([
      { name: 'cbr0', interface: 'eth0', ips: ['10.244.2.14'], default: true, dns: {} },
      { name: 'a/b', interface: 'net1', dns: {} },
    ]),
  ).toBe(
    '[{\n    "name": "cbr0",\n    "interface": "eth0",\n    "ips": [\n        "10.244.2.14"\n    ],\n    "default": true,\n    "dns": {}\n},{\n    "name": "a/b",\n    "interface": "net1",\n    "dns": {}\n}]',
  );
});

test('containerd and CRI-O wrap the error each in their way', () => {
  const pod = podWith('');
  expect(sandboxMessage(pod, 'E')).toBe(
    `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create pod network sandbox k8s_p_lab_u-1_0(${'f'.repeat(64)}): error adding pod lab_p to CNI network "multus-cni-network": plugin type="multus" name="multus-cni-network" failed (add): E`,
  );
  expect(sandboxMessage({ ...pod, machine: { ...pod.machine, runtime: 'containerd' } }, 'E')).toBe(
    `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "${'f'.repeat(64)}": plugin type="multus" name="multus-cni-network" failed (add): E`,
  );
});
