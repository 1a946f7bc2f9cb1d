import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createProjector } from '../graph/lenses.ts';
import { type Change, type KubeObject, refOf } from '../kube/object.ts';
import { objectKey } from '../model/ids.ts';
import type { Topology } from '../model/topology.ts';
import { providers } from '../providers/registry.ts';
import { rules } from '../rules/registry.ts';
import { defaultView } from '../view/view.ts';
import { createEngine } from './engine.ts';
import type { Engine } from './engine-api.ts';

const root = new URL('../../fixtures/real/', import.meta.url);
const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const recorded: KubeObject[] = folders.flatMap(
  (entry) => JSON.parse(readFileSync(new URL(`${entry.name}/cluster.json`, root), 'utf8')).items,
);
const interesting = recorded.filter((object) =>
  ['Pod', 'NetworkAttachmentDefinition', 'Event', 'Node', 'Deployment'].includes(object.kind),
);

const start = Date.parse('2026-11-24T03:00:00Z');
const state = (engine: Engine): Topology => engine.topology({ name: 'test' }, 'now');

/** An object as it might become: relabelled, its annotation swapped with another's, its status gone, its sandbox up or down. */
const mutate = (object: KubeObject, how: number, other: KubeObject): KubeObject => {
  const copy = structuredClone(object);
  const status = copy['status'] as Record<string, unknown> | undefined;
  if (how === 1) copy.metadata.annotations = other.metadata.annotations ?? {};
  if (how === 2) copy.metadata.labels = { changed: 'yes' };
  if (how === 3 && status) status['podIPs'] = [{ ip: '10.244.1.5' }];
  if (how === 4 && status) {
    delete status['podIPs'];
    delete status['podIP'];
    status['containerStatuses'] = [];
  }
  if (how === 5 && copy.kind === other.kind) copy['spec'] = structuredClone(other['spec']);
  if (how === 6) copy.metadata.deletionTimestamp = '2026-11-24T03:00:00Z';
  if (how === 7 && copy.kind === 'Event') copy['message'] = other['message'] ?? '';
  return copy;
};

/** Puts and deletes in batches; the final state is what a fresh engine is given. */
type Move = { object: KubeObject; gone: boolean; wait: number; batch: boolean };

function holdsTheLaw(moves: readonly Move[]): void {
  const engine = createEngine({ providers, rules, warm: 2 });
  const projector = createProjector(engine, defaultView);
  const final = new Map<string, KubeObject>();
  let now = start;
  let pending: Change[] = [];
  for (const { object, gone, wait, batch } of moves) {
    const key = objectKey(refOf(object));
    if (gone) {
      pending.push({ type: 'delete', ref: refOf(object) });
      final.delete(key);
    } else {
      pending.push({ type: 'put', object });
      final.set(key, object);
    }
    now += wait;
    if (batch) continue;
    projector.update(engine.apply(pending, now));
    pending = [];
  }
  projector.update(engine.apply(pending, now));
  const fresh = createEngine({ providers, rules });
  fresh.apply(
    [...final.values()].map((object) => ({ type: 'put', object })),
    now,
  );
  expect(state(engine)).toEqual(state(fresh));
  expect(engine.counts()).toEqual(fresh.counts());
  expect({ ...projector.doc(), revision: 0 }).toEqual({ ...createProjector(fresh, defaultView).doc(), revision: 0 });
}

const index = fc.nat(interesting.length - 1);
const step = fc.record({
  at: index,
  other: index,
  how: fc.nat(9),
  gone: fc.nat(3),
  wait: fc.nat(120_000),
  batch: fc.boolean(),
});

/** Few objects changing often find more than many changing once. */
const script = fc.tuple(
  fc.array(index, { minLength: 3, maxLength: 40 }),
  fc.array(step, { minLength: 5, maxLength: 60 }),
);

test('law: whatever happens to recorded objects, the engine equals a fresh one given the final objects', () => {
  fc.assert(
    fc.property(script, ([pool, steps]) => {
      const moves = steps.flatMap(({ at, other, how, gone, wait, batch }): Move[] => {
        const object = interesting[pool[at % pool.length] ?? 0];
        const donor = interesting[other];
        return object && donor ? [{ object: mutate(object, how, donor), gone: gone === 0, wait, batch }] : [];
      });
      holdsTheLaw(moves);
    }),
    { numRuns: 120 },
  );
}, 60_000);

const oneOf = <T>(...items: T[]) => fc.constantFrom(...items);

/** A world so small that everything meets: names, addresses, nodes and owners clash all the time. */
const smallPod = fc
  .record({
    name: oneOf('a', 'b', 'c'),
    namespace: oneOf('x', 'x', 'x', 'y'),
    node: oneOf('n1', 'n2', undefined),
    networks: oneOf(
      undefined,
      'red',
      'x/red,blue',
      'red@net2,blue',
      '[{"name":"red","ips":["10.0.0.1/24"]}]',
      '{"name":"red"}',
      'red,',
    ),
    status: oneOf(undefined, '10.0.0.1', '10.0.0.1', '10.0.0.2'),
    phase: oneOf('Pending', 'Running', 'Running', 'Running', 'Succeeded'),
    hostNetwork: oneOf(true, false, false, false, false, false),
    daemon: oneOf(true, false, false),
    wrongKey: oneOf(true, false, false, false, false, false),
  })
  .map(
    (it): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: it.name,
        namespace: it.namespace,
        creationTimestamp: '2026-11-24T02:59:00Z',
        labels: { 'pod-template-hash': 'h' },
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: it.daemon ? 'DaemonSet' : 'ReplicaSet',
            name: it.daemon ? 'kube-multus-ds' : 'app-h',
            uid: '1',
            controller: true,
          },
        ],
        annotations: {
          ...(it.networks === undefined
            ? {}
            : { [it.wrongKey ? 'k8s.v1.cni.cncf.io/network' : 'k8s.v1.cni.cncf.io/networks']: it.networks }),
          ...(it.status === undefined
            ? {}
            : {
                'k8s.v1.cni.cncf.io/network-status': JSON.stringify([
                  { name: 'cbr0', interface: 'eth0', ips: ['10.9.0.1'], default: true },
                  { name: `${it.namespace}/red`, interface: 'net1', ips: [it.status], mac: '02:00:00:00:00:01' },
                ]),
              }),
        },
      },
      spec: {
        hostNetwork: it.hostNetwork,
        ...(it.node ? { nodeName: it.node } : {}),
        containers: [{ name: it.daemon ? 'kube-multus' : 'app' }],
      },
      status: {
        phase: it.phase,
        conditions: [{ type: 'Ready', status: it.phase === 'Running' ? 'True' : 'False' }],
        ...(it.phase === 'Running' ? { podIPs: [{ ip: '10.9.0.1' }] } : {}),
      },
    }),
  );

const smallNad = fc
  .record({
    name: oneOf('red', 'blue', 'rad'),
    namespace: oneOf('x', 'y'),
    config: oneOf(
      '{"type":"macvlan","cniVersion":"0.3.1","master":"eth1"}',
      '{"type":"bridge","ipam":{"type":"static"}}',
      '{',
      '{"cniVersion":"0.3.1","name":"red","type":"ipvlan"}',
    ),
  })
  .map(
    (it): KubeObject => ({
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name: it.name, namespace: it.namespace },
      spec: { config: it.config },
    }),
  );

const smallEvent = fc
  .record({
    pod: oneOf('a', 'b', 'c'),
    namespace: oneOf('x', 'y'),
    name: oneOf('e1', 'e2', 'e3'),
    at: oneOf('02:59:10', '02:59:30', '02:59:50'),
    what: oneOf(
      '[x/a/1:red]: error adding container to network "red": Link not found',
      'Multus: [x/a/1]: error loading k8s delegates k8s args: TryLoadPodDelegates: error in getting k8s network for pod: GetNetworkDelegates: failed getting the delegate: getKubernetesDelegate: cannot find a network-attachment-definition (red) in namespace (x): network-attachment-definitions.k8s.cni.cncf.io "red" not found',
      'nobody knows',
    ),
  })
  .map(
    (it): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: it.name, namespace: it.namespace },
      involvedObject: { kind: 'Pod', namespace: it.namespace, name: it.pod },
      reason: 'FailedCreatePodSandBox',
      type: 'Warning',
      count: 1,
      lastTimestamp: `2026-11-24T${it.at}Z`,
      message: `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "0123456789abcdef": plugin type="multus" name="multus-cni-network" failed (add): ${it.what}`,
    }),
  );

const smallOther = oneOf<KubeObject>(
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: { podCIDR: '10.9.0.0/24' } },
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n2' }, spec: { podCIDR: '10.9.1.0/24' } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app', namespace: 'x', annotations: { 'k8s.v1.cni.cncf.io/networks': 'red' } },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'multus-daemon-config', namespace: 'kube-system' },
    data: { 'daemon-config.json': '{"namespaceIsolation":true}' },
  },
  { apiVersion: 'v1', kind: 'PodNetwork', metadata: { name: 'red' }, spec: { provider: 'p.io/x' } },
);

/** There from the start, so that pods share it. */
const redNetwork: KubeObject = {
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name: 'red', namespace: 'x' },
  spec: { config: '{"type":"macvlan","cniVersion":"0.3.1","master":"eth1"}' },
};

const smallMove = fc.record({
  object: fc.oneof(smallPod, smallPod, smallNad, smallEvent, smallOther),
  gone: oneOf(true, false, false),
  wait: fc.nat(60_000),
  batch: fc.boolean(),
});

test('law: in a world where everything meets', () => {
  fc.assert(
    fc.property(fc.array(smallMove, { minLength: 4, maxLength: 50 }), (moves) =>
      holdsTheLaw([{ object: redNetwork, gone: false, wait: 0, batch: true }, ...moves]),
    ),
    { numRuns: 400 },
  );
}, 60_000);

test('law: a preview leaves nothing behind', () => {
  const batch = fc.array(smallMove, { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(batch, batch, batch, (first, tried, then) => {
      const changes = (moves: typeof first): Change[] =>
        moves.map(({ object, gone }) => (gone ? { type: 'delete', ref: refOf(object) } : { type: 'put', object }));
      const [engine, plain] = [createEngine({ providers, rules, warm: 2 }), createEngine({ providers, rules })];
      for (const one of [engine, plain]) one.apply(changes(first), start);
      const seen = engine.preview(changes(tried), () => state(engine));
      const applied = createEngine({ providers, rules, warm: 2 });
      applied.apply(changes(first), start);
      applied.apply(changes(tried), start);
      expect(seen).toEqual(state(applied));
      expect(state(engine)).toEqual(state(plain));
      for (const one of [engine, plain]) one.apply(changes(then), start);
      expect(state(engine)).toEqual(state(plain));
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('the order in which objects arrive makes no difference', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(interesting, { minLength: 20, maxLength: 120 }), (objects) => {
      const unique = [...new Map(objects.map((object) => [objectKey(refOf(object)), object])).values()];
      const [a, b] = [createEngine({ providers, rules, warm: 2 }), createEngine({ providers, rules })];
      a.apply(
        unique.map((object) => ({ type: 'put', object })),
        start,
      );
      for (const object of unique.toReversed()) b.apply([{ type: 'put', object }], start);
      expect(state(b)).toEqual(state(a));
    }),
    { numRuns: 30 },
  );
}, 60_000);

test('an object that changes without changing what it claims dirties nothing', () => {
  const engine = createEngine({ providers, rules, warm: 2 });
  engine.apply(
    interesting.map((object) => ({ type: 'put', object })),
    start,
  );
  const pod = interesting.find((object) => object.kind === 'Pod');
  if (!pod) throw new Error('no pod recorded');
  const last = [...interesting].reverse().find((object) => objectKey(refOf(object)) === objectKey(refOf(pod))) ?? pod;
  const again = structuredClone(last);
  again.metadata.resourceVersion = '999999';
  const applied = engine.apply([{ type: 'put', object: again }], start);
  expect(applied.workloads).toEqual([]);
  expect(applied.findings).toEqual([]);
});
