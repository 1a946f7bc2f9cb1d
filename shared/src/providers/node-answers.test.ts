import { expect, test } from 'vitest';
import { type FiledAnswer, toAnswerObjects } from '../cni/answer-objects.ts';
import { engineOf, podOf } from '../testing/cluster.ts';

const nad = (name: string, config = name) => ({
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name, namespace: 'lab' },
  spec: { config: JSON.stringify({ cniVersion: '1.0.0', name: config, type: 'macvlan', master: 'eth1' }) },
});

const pod = (networks: string, status?: object[]) =>
  podOf('app', 'lab', {
    annotations: {
      'k8s.v1.cni.cncf.io/networks': networks,
      ...(status ? { 'k8s.v1.cni.cncf.io/network-status': JSON.stringify(status) } : {}),
    },
  });

const eth0 = { name: 'cbr0', interface: 'eth0', ips: ['10.244.0.6'], default: true };

let files = 0;
const answer = (name: string, ip: string, more: Partial<FiledAnswer> = {}) => {
  files += 1;
  return toAnswerObjects([
    {
      file: `f${files}`,
      path: '',
      source: 'cni-cache',
      pod: { namespace: 'lab', name: 'app' },
      network: 'storage',
      interfaces: [{ name, addresses: [{ ip, prefixLength: 24 }], mtu: 9000 }],
      ...more,
    },
  ])[0] as object;
};

const plugsOf = (...objects: object[]) =>
  engineOf(...objects)
    .attachmentsOf('pod:lab/app')
    .map(({ slot, state, interface: seen }) => [slot, state, seen?.name, seen?.addresses[0]?.ip]);

test('without a status an answer shows what is attached, at the interface that it names', () => {
  expect(
    plugsOf(nad('storage'), nad('media'), pod('storage,media'), answer('net2', '10.0.0.9', { network: 'media' })),
  ).toEqual([
    [0, 'attached', undefined, '10.244.0.6'],
    [1, 'missing', undefined, undefined],
    [2, 'attached', 'net2', '10.0.0.9'],
  ]);
});

test('it adds to the status what that lacks, and does not outrank it', () => {
  const status = [eth0, { name: 'lab/storage', interface: 'net1', ips: ['10.0.0.5'] }];
  const [, plug] = engineOf(nad('storage'), pod('storage', status), answer('net1', '10.0.0.5')).attachmentsOf(
    'pod:lab/app',
  );
  expect(plug?.interface).toMatchObject({ addresses: [{ ip: '10.0.0.5', prefixLength: 24 }], mtu: 9000 });
  expect(plug?.observed.map(({ provider }) => provider)).toEqual(['npwg', 'node-answers']);
  const [, other] = engineOf(nad('storage'), pod('storage', status), answer('net1', '10.0.0.7')).attachmentsOf(
    'pod:lab/app',
  );
  expect(other?.interface?.addresses).toEqual([{ ip: '10.0.0.5' }]);
});

test('where default networks of Multus moved the numbers, the name of the network tells whose it is', () => {
  expect(plugsOf(nad('store', 'storage'), pod('store'), answer('net2', '10.0.0.9'))).toEqual([
    [0, 'attached', undefined, '10.244.0.6'],
    [1, 'attached', 'net2', '10.0.0.9'],
  ]);
});

test('two plugs of one network are told by their interfaces, and nothing is guessed between them', () => {
  const both = [nad('storage'), pod('storage,storage')];
  expect(plugsOf(...both, answer('net2', '10.0.0.9'), answer('net1', '10.0.0.8')).slice(1)).toEqual([
    [1, 'attached', 'net1', '10.0.0.8'],
    [2, 'attached', 'net2', '10.0.0.9'],
  ]);
  expect(plugsOf(...both, answer('odd0', '10.0.0.9')).at(-1)).toEqual([3, 'unexpected', 'odd0', '10.0.0.9']);
});

test('eth0 is the default network, also where KNI alone tells of it', () => {
  const told = answer('eth0', '10.244.0.6', { source: 'kni', network: '' });
  const [first, ...more] = engineOf(pod(''), told).attachmentsOf('pod:lab/app');
  expect(more).toEqual([]);
  expect(first).toMatchObject({ slot: 0, state: 'attached', interface: { name: 'eth0' } });
});

test('an answer with the uid of an earlier pod says nothing of this one', () => {
  const old = answer('net1', '10.0.0.9', { pod: { namespace: 'lab', name: 'app', uid: 'other' } });
  const own = answer('net1', '10.0.0.9', { pod: { namespace: 'lab', name: 'app', uid: 'uid-app' } });
  expect(plugsOf(nad('storage'), pod('storage'), old)[1]).toEqual([1, 'ignored', undefined, undefined]);
  expect(plugsOf(nad('storage'), pod('storage'), own)[1]).toEqual([1, 'attached', 'net1', '10.0.0.9']);
});

test('what a file alone tells of holds no address beside a complete status', () => {
  const engine = engineOf(nad('storage'), pod('storage', [eth0]), answer('net1', '10.0.0.9'));
  expect(engine.lookup('10.0.0.9', 10)).toEqual([]);
  expect(engineOf(nad('storage'), pod('storage'), answer('net1', '10.0.0.9')).lookup('10.0.0.9', 10)).toHaveLength(1);
});
