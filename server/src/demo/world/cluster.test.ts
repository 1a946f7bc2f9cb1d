import { afterEach, expect, test } from 'vitest';
import type { KubeObject } from '../api/types.ts';
import { asArray, asObject, asString } from '../api/types.ts';
import type { DemoCluster, DemoClusterOptions } from './cluster.ts';
import { startDemoCluster } from './cluster.ts';
import { NETWORK_STATUS, NETWORKS } from './multus.ts';
import { TALK_ANNOTATION, TALK_CONFIG, TALK_NETWORKS, TALK_PROVIDER } from './talk.ts';
import { TRUTH, truthOf, workloadOf } from './truth.ts';

const START = Date.parse('2026-11-24T09:00:00Z');
let now = START;
const running: DemoCluster[] = [];
const start = async (options: DemoClusterOptions = {}): Promise<DemoCluster> => {
  now = START;
  const cluster = await startDemoCluster({ now: () => now, ...options });
  running.push(cluster);
  return cluster;
};
afterEach(async () => {
  for (const cluster of running.splice(0)) await cluster.stop();
});

/** Lets the world live for some seconds, half a second at a time. */
const live = (cluster: DemoCluster, seconds: number): void => {
  for (let i = 0; i < seconds * 2; i++) {
    now += 500;
    cluster.tick();
  }
};

const podsOf = (cluster: DemoCluster): KubeObject[] => cluster.api.store.list('v1', 'Pod');
const named = (cluster: DemoCluster, namespace: string, name: string): KubeObject | undefined =>
  cluster.api.store.get({ apiVersion: 'v1', kind: 'Pod', namespace, name });
const phase = (pod: KubeObject | undefined): string => asString(asObject(pod?.['status'])['phase']);
const annotation = (pod: KubeObject | undefined, key: string): string =>
  asString(asObject(pod?.metadata.annotations)[key]);
const entries = (pod: KubeObject | undefined): { name: string; interface: string; ips?: string[] }[] =>
  JSON.parse(annotation(pod, NETWORK_STATUS) || '[]') as never;
const messages = (cluster: DemoCluster, namespace: string, name: string, reason: string): string[] =>
  cluster.api.store
    .list('v1', 'Event', namespace)
    .filter((event) => asObject(event['involvedObject'])['name'] === name && event['reason'] === reason)
    .map((event) => asString(event['message']));

test('the default world has the size and the variety it promises', async () => {
  const cluster = await start();
  const pods = podsOf(cluster);
  expect(pods.length).toBeGreaterThan(55);
  expect(pods.length).toBeLessThan(80);
  expect(cluster.api.store.count('v1', 'Node')).toBe(5);
  expect(cluster.api.store.count('k8s.cni.cncf.io/v1', 'NetworkAttachmentDefinition')).toBeGreaterThanOrEqual(12);
  const kinds = new Set(TRUTH.flatMap((row) => row.attachments.flatMap((item) => item.slugs.slice(0, 1))));
  expect(kinds.size).toBeGreaterThanOrEqual(15);
  for (const row of TRUTH)
    expect(
      pods.some((pod) => truthOf(pod) === row),
      `${row.namespace}/${row.workload}`,
    ).toBe(true);
});

test('what the truth calls failed has no status and an event that says why; the rest has all it asked for', async () => {
  const cluster = await start();
  for (const pod of podsOf(cluster)) {
    const row = truthOf(pod);
    const where = `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
    if (row === undefined) {
      const asked = annotation(pod, NETWORKS);
      expect(phase(pod), where).toBe('Running');
      if (asked !== '')
        expect(entries(pod).length, where).toBe(
          (asked.startsWith('[') ? (JSON.parse(asked) as unknown[]).length : asked.split(',').length) + 1,
        );
    } else if (row.attachments.some((item) => item.states[0] === 'failed')) {
      expect(phase(pod), where).toBe('Pending');
      expect(annotation(pod, NETWORK_STATUS), where).toBe('');
      expect(
        messages(cluster, row.namespace, pod.metadata.name, 'FailedCreatePodSandBox').length,
        where,
      ).toBeGreaterThan(0);
    }
  }
});

test('the designs of the talk stand there word for word, each beside a twin that works', async () => {
  const cluster = await start({ scenario: 'talk' });
  const { store } = cluster.api;
  expect(annotation(named(cluster, 'media', 'pod1'), NETWORKS)).toBe('{"name": "media-net", "interface": "net1"}');
  expect(TALK_ANNOTATION).toBe('{"name": "media-net", "interface": "net1"}');
  const nad = store.get({
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    namespace: 'media',
    name: 'media-net',
  });
  expect(asObject(nad?.['spec'])['config']).toBe('{"type": "bridge", "name": "media-net", "ipam": {"type": "static"}}');
  expect(TALK_CONFIG).toBe('{"type": "bridge", "name": "media-net", "ipam": {"type": "static"}}');
  expect(asObject(named(cluster, 'media', 'pod1-native')?.['spec'])['networks']).toEqual(TALK_NETWORKS);
  const native = store.get({ apiVersion: 'v1', kind: 'PodNetwork', name: 'media-net' });
  expect(native?.['spec']).toEqual({ provider: TALK_PROVIDER });
  expect(native?.['status']).toBeUndefined();
  expect(messages(cluster, 'media', 'pod1', 'FailedCreatePodSandBox').join()).toContain(
    'json: cannot unmarshal object into Go value of type []*types.NetworkSelectionElement',
  );
  expect(messages(cluster, 'media', 'pod1-list', 'FailedCreatePodSandBox').join()).toContain('[media/pod1-list/');
  expect(entries(named(cluster, 'media', 'pod1-fixed'))[1]).toMatchObject({
    name: 'media/media-net-fixed',
    interface: 'net1',
    ips: ['10.30.0.7'],
  });
  expect(asArray(asObject(named(cluster, 'media', 'pod1-native-fixed')?.['status'])['podIPs'])[1]).toMatchObject({
    podNetwork: 'media-net-fixed',
    interfaceName: 'net1',
  });
});

test('Whereabouts pools hold exactly the addresses that pods report', async () => {
  const cluster = await start();
  live(cluster, 60);
  const held = new Map<string, string>();
  for (const pool of cluster.api.store.list('whereabouts.cni.cncf.io/v1alpha1', 'IPPool')) {
    const base = asString(asObject(pool['spec'])['range']).split('/')[0] ?? '';
    for (const [offset, claim] of Object.entries(asObject(asObject(pool['spec'])['allocations']))) {
      const octets = base.split('.').map(Number);
      const last = (octets[3] ?? 0) + Number(offset);
      held.set(
        `${asString(asObject(claim)['podref'])} ${asString(asObject(claim)['ifname'])}`,
        [octets[0], octets[1], octets[2], last].join('.'),
      );
    }
  }
  expect(held.size).toBeGreaterThan(20);
  for (const [key, ip] of held) {
    const [podref = '', ifname = ''] = key.split(' ');
    const [namespace = '', name = ''] = podref.split('/');
    expect(entries(named(cluster, namespace, name)).find((item) => item.interface === ifname)?.ips, key).toContain(ip);
  }
});

test('one seed gives one world, another seed another', async () => {
  const picture = (cluster: DemoCluster): string => JSON.stringify(podsOf(cluster));
  const first = picture(await start({ seed: 7 }));
  expect(picture(await start({ seed: 7 }))).toBe(first);
  expect(picture(await start({ seed: 8 }))).not.toBe(first);
});

test('lab/transit breaks and mends: pods fail while it is gone and attach when it is back', async () => {
  const cluster = await start();
  const transit = (): KubeObject | undefined =>
    cluster.api.store.get({
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      namespace: 'lab',
      name: 'transit',
    });
  const probes = (): string[] =>
    podsOf(cluster)
      .filter((pod) => workloadOf(pod) === 'lab/probe' && pod.metadata.deletionTimestamp === undefined)
      .map(phase)
      .sort();
  live(cluster, 70);
  expect(transit()).toBeUndefined();
  expect(probes()).toEqual(['Pending', 'Running']);
  live(cluster, 45);
  expect(transit()).toBeDefined();
  expect(probes()).toEqual(['Running', 'Running']);
});

test('jobs come, finish and are cleared away; the transcoder scales', async () => {
  const cluster = await start();
  const seen = new Set<string>();
  const counts = new Set<number>();
  for (let i = 0; i < 40; i++) {
    live(cluster, 8);
    for (const pod of podsOf(cluster)) if (workloadOf(pod) === 'core/pm-export') seen.add(phase(pod));
    counts.add(podsOf(cluster).filter((pod) => workloadOf(pod) === 'media/transcoder').length);
  }
  expect(seen).toContain('Succeeded');
  expect(cluster.api.store.count('batch/v1', 'Job')).toBeLessThanOrEqual(2);
  expect(counts.size).toBeGreaterThan(1);
});

test('a pod that somebody creates is scheduled and plugged; a deleted one is replaced', async () => {
  const cluster = await start();
  cluster.api.store.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'mine', namespace: 'lab', annotations: { [NETWORKS]: 'storage' } },
    spec: { containers: [{ name: 'a', image: 'b' }] },
  });
  cluster.api.store.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'wrong', namespace: 'lab', annotations: { [NETWORKS]: 'storge' } },
    spec: { containers: [{ name: 'a', image: 'b' }] },
  });
  live(cluster, 3);
  expect(entries(named(cluster, 'lab', 'mine')).map((item) => item.name)).toEqual(['cbr0', 'lab/storage']);
  expect(messages(cluster, 'lab', 'wrong', 'NoNetworkFound')).toHaveLength(1);
  const amf = podsOf(cluster).filter((pod) => workloadOf(pod) === 'core/amf');
  cluster.api.store.delete(
    { apiVersion: 'v1', kind: 'Pod', namespace: 'core', name: amf[0]?.metadata.name ?? '' },
    { grace: 0 },
  );
  live(cluster, 3);
  const after = podsOf(cluster).filter((pod) => workloadOf(pod) === 'core/amf');
  expect(after.map(phase)).toEqual(['Running', 'Running']);
});

test('failing pods are tried again and their event counts up', async () => {
  const cluster = await start();
  const count = (): number =>
    cluster.api.store
      .list('v1', 'Event', 'media')
      .filter((event) => asObject(event['involvedObject'])['name'] === 'pod1')
      .reduce((sum, event) => sum + Number(event['count']), 0);
  const before = count();
  live(cluster, 90);
  expect(count()).toBeGreaterThan(before + 2);
});

test('events older than an hour are gone', async () => {
  const cluster = await start();
  live(cluster, 30);
  now += 3_700_000;
  cluster.tick();
  const oldest = Math.min(
    ...cluster.api.store.list('v1', 'Event').map((event) => Date.parse(asString(event['lastTimestamp']))),
  );
  expect(oldest).toBeGreaterThan(now - 3_700_000);
});

test('every scenario starts; in the healthy one nothing fails', async () => {
  const healthy = await start({ scenario: 'healthy' });
  expect(
    podsOf(healthy)
      .filter((pod) => phase(pod) !== 'Running')
      .map((pod) => pod.metadata.name),
  ).toEqual([]);
  expect(podsOf(healthy).length).toBeGreaterThan(30);
  const empty = await start({ scenario: 'empty' });
  expect(podsOf(empty).every((pod) => pod.metadata.namespace === 'kube-system')).toBe(true);
  await expect(start({ scenario: 'nope' })).rejects.toThrow('there is no scenario "nope"');
});

test('it scales to any number of pods, about two per cent of them failing', async () => {
  const cluster = await start({ pods: 2000 });
  expect(cluster.api.store.count('v1', 'Pod')).toBe(2000);
  const bulk = podsOf(cluster).filter((pod) => pod.metadata.namespace?.startsWith('tenant-'));
  const failing = bulk.filter((pod) => phase(pod) === 'Pending').length;
  expect(failing / bulk.length).toBeGreaterThan(0.005);
  expect(failing / bulk.length).toBeLessThan(0.05);
});

test('whatever people take away, the world lives on', async () => {
  const cluster = await start();
  const { store } = cluster.api;
  live(cluster, 40);
  store.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'lab' });
  store.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'core' });
  store.delete({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'ippools.whereabouts.cni.cncf.io',
  });
  store.delete({ apiVersion: 'v1', kind: 'Node', name: 'worker-2' });
  await expect.poll(() => store.get({ apiVersion: 'v1', kind: 'Namespace', name: 'lab' })).toBeUndefined();
  live(cluster, 200);
  store.delete({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'network-attachment-definitions.k8s.cni.cncf.io',
  });
  live(cluster, 150);
  expect(podsOf(cluster).some((pod) => pod.metadata.namespace === 'ran' && phase(pod) === 'Running')).toBe(true);
});

test('junk that strangers create neither stops the world nor other pods', async () => {
  const cluster = await start({ scenario: 'empty' });
  const { store } = cluster.api;
  const junk = [
    '[null]',
    '[[]]',
    '['.repeat(20_000),
    '{"name":1}',
    '[{"name":{}}]',
    '\u0000',
    'a'.repeat(100_000),
    '[{"name":"x","ips":[1]}]',
    'null',
    '"x"',
    '[{"__proto__":{"name":"y"}}]',
  ];
  for (const [i, networks] of junk.entries())
    store.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `junk-${i}`, namespace: 'default', annotations: { [NETWORKS]: networks } },
      spec: { containers: [{ name: 'a', image: 'b' }] },
    });
  const configs = [
    '[]',
    '"x"',
    '{}',
    '{"type":5}',
    '{"type":"macvlan","ipam":7}',
    '{"type":"bridge","ipam":{"type":"whereabouts","range":"x"}}',
    '{"type":"bridge","ipam":{"type":"host-local"}}',
    '{"type":"bridge","ipam":{"type":"static","addresses":[1]}}',
    '{"plugins":[{"type":"bridge"}]}',
  ];
  for (const [i, config] of configs.entries()) {
    store.create({
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name: `odd-${i}`, namespace: 'default' },
      spec: { config },
    });
    store.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `odd-${i}`, namespace: 'default', annotations: { [NETWORKS]: `odd-${i}` } },
      spec: { containers: [{ name: 'a', image: 'b' }] },
    });
  }
  store.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'plain', namespace: 'default' },
    spec: { containers: [{ name: 'a', image: 'b' }] },
  });
  store.create({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'hollow', namespace: 'default' },
    spec: {},
  });
  live(cluster, 30);
  expect(phase(named(cluster, 'default', 'plain'))).toBe('Running');
  expect(phase(named(cluster, 'default', 'junk-0'))).toBe('Pending');
});
