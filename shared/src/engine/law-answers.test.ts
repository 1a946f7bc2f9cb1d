import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FiledAnswer, toAnswerObjects } from '../cni/answer-objects.ts';
import { type Change, type KubeObject, refOf } from '../kube/object.ts';
import { objectKey } from '../model/ids.ts';
import type { Topology } from '../model/topology.ts';
import { providers, watchedKinds } from '../providers/registry.ts';
import { rules } from '../rules/registry.ts';
import { createEngine } from './engine.ts';
import type { Engine } from './engine-api.ts';

/** The law of the engine where nodes answer: whatever comes and goes, it equals a fresh engine given the final objects. */

const start = Date.parse('2026-11-24T03:00:00Z');
const state = (engine: Engine): Topology => engine.topology({ name: 'test' }, 'now');
const oneOf = <T>(...items: T[]) => fc.constantFrom(...items);

const sources: Change[] = watchedKinds.map(({ group, resource, kind }) => ({
  type: 'source',
  source: { group, resource, kind, availability: 'present', count: 0 },
}));

const pod = fc
  .record({
    name: oneOf('a', 'b'),
    uid: oneOf('u1', 'u2'),
    networks: oneOf('red', 'red,red', 'blue'),
    reported: oneOf('both', 'eth0', 'none'),
    up: oneOf(true, true, false),
  })
  .map(({ name, uid, networks, reported, up }): KubeObject => {
    const entries = [
      { name: 'cbr0', interface: 'eth0', ips: ['10.9.0.1'], mac: '02:00:00:00:00:01', default: true },
      { name: `x/${networks.split(',')[0]}`, interface: 'net1', ips: ['10.0.0.1'], mac: '02:00:00:00:00:02' },
    ].slice(0, reported === 'both' ? 2 : 1);
    const status = { 'k8s.v1.cni.cncf.io/network-status': JSON.stringify(entries) };
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: 'x',
        uid,
        creationTimestamp: '2026-11-24T02:50:00Z',
        annotations: { 'k8s.v1.cni.cncf.io/networks': networks, ...(up && reported !== 'none' ? status : {}) },
      },
      spec: { nodeName: 'n1', containers: [{ name: 'app' }] },
      status: up ? { phase: 'Running', podIPs: [{ ip: '10.9.0.1' }] } : { phase: 'Pending' },
    };
  });

const nad = oneOf('red', 'blue').map(
  (name): KubeObject => ({
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, namespace: 'x' },
    spec: { config: `{"type":"macvlan","cniVersion":"1.0.0","name":"${name}","master":"eth1"}` },
  }),
);

const answer = fc
  .record({
    file: oneOf('f1', 'f2', 'f3'),
    source: oneOf('cni-cache' as const, 'kni' as const),
    name: oneOf('a', 'b', 'c', undefined),
    uid: oneOf('u1', undefined),
    interface: oneOf('eth0', 'net1', 'net2', 'odd0'),
    ip: oneOf('10.9.0.1', '10.0.0.1', '10.0.0.7'),
    mac: oneOf('02:00:00:00:00:02', '02:00:00:00:00:09'),
    network: oneOf('red', 'blue'),
    ready: fc.boolean(),
  })
  .map((it): KubeObject => {
    const filed: FiledAnswer = {
      file: it.file,
      path: '',
      source: it.source,
      pod: it.name ? { namespace: 'x', name: it.name, ...(it.uid ? { uid: it.uid } : {}) } : {},
      node: 'n1',
      network: it.network,
      config: `{"type":"macvlan","name":"${it.network}","master":"eth2"}`,
      interfaces: [{ name: it.interface, addresses: [{ ip: it.ip, prefixLength: 24 }], mac: it.mac }],
      ...(it.name ? {} : { networks: [{ name: 'default', ready: it.ready }] }),
    };
    return toAnswerObjects([filed])[0] as KubeObject;
  });

type Move = { object: KubeObject; gone: boolean; batch: boolean };
const move: fc.Arbitrary<Move> = fc.record({
  object: fc.oneof(pod, pod, nad, answer, answer, answer),
  gone: oneOf(true, false, false),
  batch: fc.boolean(),
});

function holdsTheLaw(moves: readonly Move[], tried: readonly Move[], seen: Set<string>): void {
  const engine = createEngine({ providers, rules, warm: 2 });
  const final = new Map<string, KubeObject>();
  let pending: Change[] = [...sources];
  for (const { object, gone, batch } of moves) {
    if (gone) final.delete(objectKey(refOf(object)));
    else final.set(objectKey(refOf(object)), object);
    pending.push(gone ? { type: 'delete', ref: refOf(object) } : { type: 'put', object });
    if (batch) continue;
    engine.apply(pending, start);
    pending = [];
    for (const { slug } of engine.findings()) seen.add(slug);
  }
  engine.apply(pending, start);
  const whole = state(engine);
  engine.preview(
    tried.map(({ object }) => ({ type: 'put', object })),
    () => state(engine),
  );
  expect(state(engine), 'a preview leaves nothing behind').toEqual(whole);
  const fresh = createEngine({ providers, rules });
  fresh.apply([...sources, ...[...final.values()].map((object): Change => ({ type: 'put', object }))], start);
  expect(whole).toEqual(state(fresh));
}

test('law: where nodes answer about pods that come, go and come again', () => {
  const seen = new Set<string>();
  const moves = fc.array(move, { minLength: 4, maxLength: 40 });
  fc.assert(
    fc.property(moves, fc.array(move, { maxLength: 6 }), (done, tried) => holdsTheLaw(done, tried, seen)),
    { numRuns: 400, seed: 20261125 },
  );
  expect([...seen]).toEqual(
    expect.arrayContaining([
      'answer-differs',
      'answer-left-over',
      'answer-not-reported',
      'answer-pod-gone',
      'answer-podip-differs',
      'kni-network-not-ready',
      'nad-edited-in-use',
      'sources-disagree',
    ]),
  );
}, 120_000);

test('no answer of a node makes an error of a pod that runs', () => {
  fc.assert(
    fc.property(pod, fc.array(answer, { maxLength: 4 }), (object, answers) => {
      const engine = createEngine({ providers, rules, warm: 2 });
      const given = (more: readonly KubeObject[]): Change[] =>
        [object, ...more].map((one) => ({ type: 'put', object: one }));
      engine.apply([...sources, ...given([])], start);
      const before = engine.findings().filter(({ severity }) => severity === 'error');
      engine.apply(given(answers), start);
      const after = engine.findings().filter(({ severity }) => severity === 'error');
      expect(after.map(({ id }) => id).filter((id) => !before.some((one) => one.id === id))).toEqual([]);
    }),
    { numRuns: 200 },
  );
}, 60_000);
