import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { createEngine } from '../engine/engine.ts';
import type { Change } from '../kube/object.ts';
import { providers } from '../providers/registry.ts';
import { readRuleFixture } from './fixture.ts';
import { rules } from './registry.ts';

type Entry = Record<string, unknown>;

const nad = (name: string, config: Entry = { type: 'macvlan', master: 'eth1' }, resource?: string): Entry => ({
  nad: `lab/${name}`,
  config: { cniVersion: '0.3.1', ...config },
  ...(resource ? { resource } : {}),
});

const pod = (failing: unknown, more: Entry = {}): Entry => ({
  pod: 'lab/app',
  networks: 'lan, wan',
  ...(failing ? { failing } : {}),
  ...more,
});

function diagnose(...objects: Entry[]) {
  const [item] = readRuleFixture(stringify({ silent: [{ title: 'case', objects }] })).silent;
  const engine = createEngine({ providers, rules });
  const changes = item?.objects.map((object): Change => ({ type: 'put', object })) ?? [];
  engine.apply(changes, item?.now ?? 0);
  return engine;
}

/** States of slots 0, 1 and 2, and the code that each finding of slot 1 has. */
function told(...objects: Entry[]) {
  const engine = diagnose(...objects, nad('lan'), nad('wan'));
  return {
    states: engine.attachmentsOf('pod:lab/app').map((attachment) => attachment.state),
    codes: engine.findingsOf('pod:lab/app#1').map((finding) => finding.code),
  };
}

const unauthorized = 'error getting pod: Unauthorized';
const pause = 'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox image "pause:3.9"';

test.each([
  [
    'Multus itself failed: what the pod asks for has failed, the default network is only blocked',
    pod({ message: unauthorized, network: null }),
    ['blocked', 'failed', 'failed'],
    ['MN420'],
  ],
  [
    'one network failed: its sisters are blocked',
    pod({ message: 'Link not found', network: 'lan' }),
    ['blocked', 'failed', 'blocked'],
    ['MN401'],
  ],
  [
    'the default network failed: nothing else was tried',
    pod({ message: 'stat /var/lib/calico/nodename: no such file or directory', network: 'k8s-pod-network' }),
    ['failed', 'blocked', 'blocked'],
    [],
  ],
  [
    'the pause image is missing: nothing is known against any network',
    pod({ message: pause, raw: true }),
    ['pending', 'pending', 'pending'],
    ['MN456'],
  ],
  [
    'no node has room: the pod has come to no network yet',
    pod(
      { message: '0/3 nodes are available: 3 Insufficient cpu.', raw: true, reason: 'FailedScheduling' },
      { node: null },
    ),
    ['pending', 'pending', 'pending'],
    ['MN474'],
  ],
  [
    'the newer failure counts',
    pod([
      { message: unauthorized, network: null, ago: 600 },
      { message: 'Link not found', network: 'lan', ago: 20 },
    ]),
    ['blocked', 'failed', 'blocked'],
    ['MN401'],
  ],
])('%s', (_, entry, states, codes) => {
  expect(told(entry)).toEqual({ states, codes });
});

test('a volume that cannot be mounted is not a silent pod', () => {
  const event = {
    event: 'MountVolume.SetUp failed for volume "x" : configmap "x" not found',
    on: 'lab/app',
    reason: 'FailedMount',
  };
  expect(told(pod(null), event)).toEqual({ states: ['pending', 'pending', 'pending'], codes: ['MN473'] });
});

test('only the attachments that draw on the resource wait for it', () => {
  const message = '0/1 nodes are available: 1 Insufficient intel.com/vfs.';
  const engine = diagnose(
    pod(
      { message, raw: true, reason: 'FailedScheduling' },
      { node: null, networks: 'fast, lan', resources: { 'intel.com/vfs': 1 } },
    ),
    nad('fast', { type: 'sriov' }, 'intel.com/vfs'),
    nad('lan'),
  );
  expect(engine.findingsOf('pod:lab/app#1').map((finding) => finding.slug)).toEqual(['resource-insufficient']);
  expect(engine.findingsOf('pod:lab/app#2')).toEqual([]);
});

test('a broken node is one finding with its pods, another node is another finding', () => {
  const on = (name: string, node: string): Entry => ({
    ...pod({ message: unauthorized, network: null }),
    pod: `lab/${name}`,
    node,
  });
  const engine = diagnose(on('a', 'worker-1'), on('b', 'worker-1'), on('c', 'worker-2'), nad('lan'), nad('wan'));
  const found = engine.findings().filter((finding) => finding.code === 'MN420');
  const nodes = found.map((finding) => finding.subjects.flatMap((one) => (one.type === 'node' ? [one.id] : [])));
  expect(nodes.toSorted()).toEqual([['worker-1'], ['worker-2']]);
  expect(found.map((finding) => finding.subjects.filter((one) => one.type === 'workload').length).toSorted()).toEqual([
    1, 2,
  ]);
});

test('a master that is missing on one node only: the message says where it is', () => {
  const engine = diagnose(
    pod('Link not found', { networks: 'lan' }),
    { pod: 'lab/other', networks: 'lan', node: 'worker-2', running: { net1: '10.1.0.5' } },
    nad('lan'),
  );
  expect(engine.findings().find((finding) => finding.code === 'MN401')?.message).toContain('worker-2');
  expect(engine.findingsOf('pod:lab/other')).toEqual([]);
});

test('a plugin without a master is not said to miss one', () => {
  const engine = diagnose(pod('Link not found', { networks: 'lan' }), nad('lan', { type: 'bridge', bridge: 'br1' }));
  expect(
    engine
      .findingsOf('pod:lab/app#1')
      .map((finding) => finding.title)
      .join(),
  ).not.toContain('master');
});
