import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toAnswerObjects } from './answer-objects.ts';
import { readNodeAnswers } from './node-answer.ts';

const sandbox = '3f6940ab5ab43bc522569d15b23f8c1bbde1d7678b080398506924fc01d72755';
const uid = 'f0bfbd5b-096d-48ef-998c-da26743dd0cb';
const result = {
  cniVersion: '1.1.0',
  interfaces: [
    { name: 'vethab12', mac: '02:aa:00:00:00:01' },
    { name: 'net1', mac: '02:AA:00:00:00:02', mtu: 9000, sandbox: '/run/netns/x', pciID: '0000:3b:02.1' },
  ],
  ips: [{ address: '10.40.0.9/24', gateway: '10.40.0.1', interface: 1 }],
};

const cached = {
  kind: 'cniCacheV1',
  containerId: sandbox,
  config: 'eyJ0eXBlIjoibWFjdmxhbiJ9',
  ifName: 'net1',
  networkName: 'storage',
  netns: '/var/run/netns/x',
  cniArgs: [
    ['IgnoreUnknown', '1'],
    ['K8S_POD_NAMESPACE', 'lab'],
    ['K8S_POD_NAME', 'db-0'],
    ['K8S_POD_INFRA_CONTAINER_ID', sandbox],
    ['K8S_POD_UID', uid],
  ],
  result,
};

const one = (value: unknown, file = 'file.json') => {
  const reading = readNodeAnswers(value, file);
  expect(reading?.answers).toHaveLength(1);
  return reading?.answers[0];
};

test('a cached result tells its pod, its sandbox and what is inside the pod', () => {
  expect(one(cached)).toEqual({
    source: 'cni-cache',
    path: '',
    pod: { namespace: 'lab', name: 'db-0', uid },
    sandbox,
    netns: '/var/run/netns/x',
    network: 'storage',
    config: '{"type":"macvlan"}',
    interfaces: [
      {
        name: 'net1',
        addresses: [{ ip: '10.40.0.9', prefixLength: 24 }],
        mac: '02:aa:00:00:00:02',
        mtu: 9000,
        pciId: '0000:3b:02.1',
      },
    ],
  });
});

test('a cached result of CNI 0.2.0 has no interfaces: all is about the one that was asked for', () => {
  const old = { ip4: { ip: '10.0.0.5/24', gateway: '10.0.0.1', routes: [{ dst: '0.0.0.0/0' }] } };
  expect(one({ ...cached, ifName: 'eth0', result: old })?.interfaces).toEqual([
    { name: 'eth0', addresses: [{ ip: '10.0.0.5', prefixLength: 24 }], gateways: ['10.0.0.1'] },
  ]);
});

test.each([
  ['0.3.1', { cniVersion: '0.3.1', interfaces: result.interfaces, ips: [{ version: '4', ...result.ips[0] }] }],
  ['0.4.0', { cniVersion: '0.4.0', interfaces: result.interfaces, ips: [{ version: '4', ...result.ips[0] }] }],
  ['1.0.0', { ...result, cniVersion: '1.0.0' }],
  ['1.1.0', result],
])('a bare result of CNI %s takes from libcni’s file name what it does not say', (_, value) => {
  expect(one(value, `n1/var/lib/cni/results/storage-${sandbox}-net1`)).toMatchObject({
    source: 'cni-result',
    network: 'storage',
    sandbox,
    interfaces: [{ name: 'net1', addresses: [{ ip: '10.40.0.9', prefixLength: 24 }] }],
  });
});

test('a file may be named for its pod', () => {
  expect(one(result, 'answers/lab_db-0.json')?.pod).toEqual({ namespace: 'lab', name: 'db-0' });
  expect(one(result, `lab_db-0_${sandbox}`)).toMatchObject({ pod: { namespace: 'lab', name: 'db-0' }, sandbox });
});

const query = { ipconfigs: { eth0: { ip: ['10.1.0.5', 'fd00::5/64'], mac: '02:00:00:00:00:05' } } };
const told = [
  {
    name: 'eth0',
    addresses: [{ ip: '10.1.0.5' }, { ip: 'fd00::5', prefixLength: 64 }],
    mac: '02:00:00:00:00:05',
  },
];

test.each([
  ['an exchange', { request: { name: 'web', namespace: 'lab', id: '9f3c' }, response: query }],
  [
    'messages by their names',
    { QueryPodNetworkRequest: { name: 'web', namespace: 'lab', id: '9f3c' }, QueryPodNetworkResponse: query },
  ],
  [
    'AttachNetwork of KEP-4410',
    { AttachNetworkRequest: { name: 'web', namespace: 'lab', id: '9f3c' }, AttachNetworkResponse: query },
  ],
  [
    'AttachInterface of kni-api',
    { AttachInterfaceRequest: { name: 'web', namespace: 'lab', id: '9f3c' }, AttachInterfaceResponse: query },
  ],
  ['one object', { name: 'web', namespace: 'lab', id: '9f3c', ...query }],
])('KNI answers as %s', (_, value) => {
  expect(one(value)).toMatchObject({
    source: 'kni',
    pod: { namespace: 'lab', name: 'web' },
    sandbox: '9f3c',
    interfaces: told,
  });
});

test('the uid of the pod is in the path of its cgroup', () => {
  const cgroupPath = '/kubepods.slice/kubepods-besteffort-podf0bfbd5b_096d_48ef_998c_da26743dd0cb.slice';
  const request = { name: 'web', namespace: 'lab', id: '9f3c', extradata: { cgroupPath, netns: '/run/netns/x' } };
  expect(one({ request, response: query })?.pod.uid).toBe(uid);
});

test('the export of a node has its pods and its networks', () => {
  const reading = readNodeAnswers(
    {
      kind: 'KniNodeSnapshot',
      node: 'n1',
      networks: [{ name: 'default', ready: true }, { name: 'storage' }],
      pods: [{ namespace: 'lab', name: 'web', sandboxID: '9f3c', ...query }],
    },
    'n1.yaml',
  );
  expect(reading?.answers).toMatchObject([
    {
      node: 'n1',
      pod: {},
      networks: [
        { name: 'default', ready: true },
        { name: 'storage', ready: false },
      ],
    },
    { node: 'n1', pod: { namespace: 'lab', name: 'web' }, sandbox: '9f3c', path: '/pods/0', interfaces: told },
  ]);
});

test('CNI 2.0 has addresses as objects, and routes beside them', () => {
  const answer = one({
    AddAttachmentRequest: {
      ifname: 'net1',
      sandboxconfig: { metadata: { name: 'web', namespace: 'lab', uid }, LinuxConfig: { netns_path: '/run/netns/x' } },
    },
    AddAttachmentResponse: {
      ipconfigs: {
        net1: { ip: [{ ip_address: '10.40.0.9', cidr: '10.40.0.0/24', family: 'v4' }], mac: '02:00:00:00:00:09' },
      },
      routes: [{ Dst: '0.0.0.0/0', Gateway: '10.40.0.1', Dev: 'net1', MTU: 9000 }],
    },
  });
  expect(answer).toMatchObject({
    source: 'cni-v2',
    pod: { namespace: 'lab', name: 'web', uid },
    netns: '/run/netns/x',
    interfaces: [
      {
        name: 'net1',
        addresses: [{ ip: '10.40.0.9', prefixLength: 24 }],
        mac: '02:00:00:00:00:09',
        gateways: ['10.40.0.1'],
      },
    ],
  });
});

test('crictl inspectp tells the pod of a sandbox and the interfaces in it', () => {
  const answer = one({
    status: { id: sandbox, metadata: { attempt: 0, name: 'db-0', namespace: 'lab', uid } },
    info: {
      cniResult: {
        Interfaces: {
          lo: { IPConfigs: [{ IP: '127.0.0.1' }], Mac: '00:00:00:00:00:00', Sandbox: '/run/netns/x' },
          eth0: { IPConfigs: [{ IP: '10.244.1.7', Gateway: '10.244.1.1' }], Mac: '0a:58:0a:f4:01:07', Sandbox: '/x' },
          veth1: { IPConfigs: null, Mac: '0a:58:0a:f4:01:08', Sandbox: '' },
        },
      },
    },
  });
  expect(answer).toMatchObject({
    source: 'sandbox',
    sandbox,
    pod: { namespace: 'lab', name: 'db-0', uid },
    interfaces: [{ name: 'eth0', addresses: [{ ip: '10.244.1.7' }], mac: '0a:58:0a:f4:01:07' }],
  });
});

test.each([
  ['a config', { cniVersion: '1.0.0', name: 'a', plugins: [{ type: 'bridge' }] }, /config/],
  ['an error', { cniVersion: '1.0.0', code: 11, msg: 'no IP addresses available' }, /error.*no IP addresses/],
  ['a cached config without a result', { ...cached, result: undefined }, /without a result/],
])('%s is not read, and says why', (_, value, reason) => {
  expect(readNodeAnswers(value, 'x')).toMatchObject({ answers: [], reason: expect.stringMatching(reason) });
});

test.each([
  ['a Kubernetes object', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, status: {} }],
  ['an item of a list', { metadata: { name: 'x' }, spec: { interfaces: [] } }],
  ['a network-status', [{ name: 'cbr0', interface: 'eth0', ips: ['10.0.0.1'] }]],
  ['an exchange about something else', { request: { name: 'x' }, response: { ok: true } }],
  ['nothing', null],
])('%s is no answer of a node', (_, value) => {
  expect(readNodeAnswers(value, 'x')).toBeUndefined();
});

test('an answer that names only its sandbox is about the pod that another one names for it', () => {
  const bare = one(result, `storage-${sandbox}-net1`);
  const whole = one(cached);
  if (!bare || !whole) throw new Error('two answers');
  const objects = toAnswerObjects([
    { ...bare, file: 'a' },
    { ...whole, file: 'b' },
    { ...whole, file: 'b' },
  ]);
  expect(objects.map(({ metadata, pod }) => [metadata.name, pod])).toEqual([
    ['a', { namespace: 'lab', name: 'db-0', uid }],
    ['b', { namespace: 'lab', name: 'db-0', uid }],
    ['b~2', { namespace: 'lab', name: 'db-0', uid }],
  ]);
});

test('junk never throws, and gives little', () => {
  const key = fc.constantFrom(
    ...['kind', 'result', 'containerId', 'cniArgs', 'ipconfigs', 'ip', 'mac', 'request', 'response', 'status', 'info'],
    ...['cniResult', 'Interfaces', 'metadata', 'id', 'networks', 'pods', 'ips', 'interfaces', 'sandbox', 'ip4', 'name'],
  );
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 5 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom('cniCacheV1', 'KniNodeSnapshot', '10.0.0.1/24', '', '__proto__'),
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(key, tie('node'), { maxKeys: 6 }),
    ),
  })).node;
  fc.assert(
    fc.property(value, fc.string(), (any, file) => {
      const reading = readNodeAnswers(any, file);
      expect(toAnswerObjects((reading?.answers ?? []).map((answer) => ({ ...answer, file }))).length).toBeLessThan(100);
    }),
    { numRuns: 1000 },
  );
});
