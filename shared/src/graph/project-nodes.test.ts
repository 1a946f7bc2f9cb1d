import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEngine } from '../engine/engine.ts';
import { type Change, type KubeObject, refOf } from '../kube/object.ts';
import type { JsonRecord } from '../kube/read.ts';
import { providers } from '../providers/registry.ts';
import { expandEntry } from '../rules/fixture-objects.ts';
import { rules } from '../rules/registry.ts';
import { defaultView, type View } from '../view/view.ts';
import { applyDelta, diffGraph } from './delta.ts';
import type { NodesDoc } from './nodes-doc.ts';
import { createNodesProjector } from './project-nodes.ts';

const now = Date.parse('2026-11-24T03:00:00Z');

/** Objects in the shorthand of rule fixtures. */
const objectsOf = (entries: readonly JsonRecord[]): KubeObject[] =>
  entries.flatMap((entry, index) => expandEntry(entry, index, entries, now));

function open(objects: readonly KubeObject[], view: Partial<View> = {}) {
  const engine = createEngine({ providers, rules });
  engine.apply(
    objects.map((object) => ({ type: 'put', object })),
    now,
  );
  return { engine, projector: createNodesProjector(engine, { ...defaultView, lens: 'nodes', ...view }) };
}

const draw = (entries: readonly JsonRecord[], view: Partial<View> = {}): NodesDoc =>
  open(objectsOf(entries), view).projector.doc();

type Interface = { name: string; type?: string; [key: string]: unknown };
const links = (node: string, ...interfaces: Interface[]): JsonRecord => ({
  apiVersion: 'nmstate.io/v1beta1',
  kind: 'NodeNetworkState',
  metadata: { name: node },
  status: {
    currentState: { interfaces: interfaces.map((one) => ({ type: 'ethernet', state: 'up', mtu: 1500, ...one })) },
  },
});

const vfs = (node: string, wanted: number, made: number): JsonRecord => ({
  apiVersion: 'sriovnetwork.openshift.io/v1',
  kind: 'SriovNetworkNodeState',
  metadata: { name: node, namespace: 'sriov-network-operator' },
  spec: {
    interfaces: [
      {
        name: 'ens1f0',
        pciAddress: '0000:3b:00.0',
        numVfs: wanted,
        vfGroups: [{ resourceName: 'fast', vfRange: `ens1f0#0-${wanted - 1}` }],
      },
    ],
  },
  status: {
    interfaces: [
      {
        name: 'ens1f0',
        pciAddress: '0000:3b:00.0',
        numVfs: made,
        totalvfs: 64,
        Vfs: Array.from({ length: made }, (_, vfID) => ({ pciAddress: `0000:3b:02.${vfID}`, vfID })),
      },
    ],
  },
});

const macvlan = (name: string, master: string): JsonRecord => ({
  nad: `lab/${name}`,
  config: { cniVersion: '0.3.1', name, type: 'macvlan', master },
});
const running = (name: string, node: string, network: string): JsonRecord => ({
  pod: `lab/${name}`,
  networks: network,
  node,
  running: true,
});

const cardOf = (doc: NodesDoc, name: string) => doc.nodes.find((card) => card.name === name);
const laneOf = (doc: NodesDoc, name: string) => doc.lanes.find((lane) => lane.name === name);
const useOf = (doc: NodesDoc, network: string) => doc.uses.find((use) => use.rail === `nad:lab/${network}`);

/** Equal but for its node: `count` workers with one NIC each and `pods` pods on it. */
const workers = (count: number, pods: number): JsonRecord[] => [
  macvlan('blue', 'eth1'),
  ...Array.from({ length: count }, (_, index) => `worker-${index + 1}`).flatMap((node): JsonRecord[] => [
    { node },
    links(node, { name: 'eth0' }, { name: 'eth1' }),
    ...Array.from({ length: pods }, (_, pod) => running(`app-${node}-${pod}`, node, 'blue')),
  ]),
];

/** What must hold of every document. */
function addsUp(doc: NodesDoc): void {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  expect(sum(doc.nodes.map((card) => card.pods))).toBe(doc.totals.shownWorkloads);
  expect(sum(doc.nodes.map((card) => card.broken))).toBe(doc.totals.brokenWorkloads);
  expect(sum(doc.uses.map((use) => use.count))).toBe(doc.totals.attachments);
  for (const use of doc.uses) expect(sum(Object.values(use.states))).toBe(use.count);
  const cards = new Set(doc.nodes.map(({ id }) => id));
  const lanes = new Set(doc.lanes.map(({ id }) => id));
  const rails = new Set(doc.rails.map(({ id }) => id));
  for (const lane of doc.lanes) expect(cards).toContain(lane.card);
  for (const use of doc.uses) {
    expect(cards).toContain(use.card);
    if (use.lane !== null) expect(lanes).toContain(use.lane);
    if (use.rail !== null) expect(rails).toContain(use.rail);
  }
  const ids = [...doc.nodes, ...doc.lanes, ...doc.uses].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeLessThanOrEqual(1500);
}

const real = new URL('../../fixtures/real/', import.meta.url);
const recorded: KubeObject[] = readdirSync(real, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((entry) => JSON.parse(readFileSync(new URL(`${entry.name}/cluster.json`, real), 'utf8')).items);

test('the cards account for every pod and every plug of recorded clusters', () => {
  const doc = open(recorded).projector.doc();
  addsUp(doc);
  expect(doc.totals.shownWorkloads).toBeGreaterThan(50);
  const filtered = open(recorded, { namespaces: ['checkout'] }).projector.doc();
  expect(filtered.totals.shownWorkloads).toBe(3);
  expect(filtered.nodes.reduce((sum, card) => sum + card.pods, 0)).toBe(3);
});

describe('what a network stands on', () => {
  test('the NIC that the node reports, with its MTU and the port of the switch', () => {
    const lldp = {
      enabled: true,
      neighbors: [
        [
          { type: 5, 'system-name': 'leaf-7' },
          { type: 2, 'port-id': 'Eth1/14' },
        ],
      ],
    };
    const doc = draw([
      { node: 'worker-1' },
      links('worker-1', { name: 'eth1', mtu: 9000, lldp }),
      macvlan('blue', 'eth1'),
      running('app', 'worker-1', 'blue'),
    ]);
    expect(laneOf(doc, 'eth1')).toMatchObject({
      state: 'up',
      kind: 'nic',
      mtu: '9000',
      switchPorts: ['leaf-7 Eth1/14'],
    });
    expect(useOf(doc, 'blue')).toMatchObject({ lane: 'node:worker-1|eth1', states: { attached: 1 } });
    expect(cardOf(doc, 'worker-1')).toMatchObject({ health: 'ok', devices: 'links' });
  });

  test('through a VLAN and a bond down to the wires', () => {
    const doc = draw([
      { node: 'worker-1' },
      links(
        'worker-1',
        { name: 'eno1', controller: 'bond0' },
        { name: 'eno2', controller: 'bond0', state: 'down' },
        { name: 'bond0', type: 'bond', 'link-aggregation': { mode: '802.3ad', port: ['eno1', 'eno2'] } },
        { name: 'bond0.20', type: 'vlan', vlan: { 'base-iface': 'bond0', id: 20 } },
      ),
      macvlan('blue', 'bond0.20'),
      running('app', 'worker-1', 'blue'),
    ]);
    expect(laneOf(doc, 'bond0.20')).toMatchObject({
      kind: 'vlan',
      vlan: '20',
      chain: [
        { name: 'eno1 + eno2', kind: 'nic', down: true },
        { name: 'bond0', kind: 'bond', down: false },
      ],
    });
    expect(cardOf(doc, 'worker-1')?.idle).toEqual([]);
  });

  test('a link that pods failed for want of is missing, and the node stands apart', () => {
    const doc = draw([
      ...workers(2, 1),
      { node: 'worker-3' },
      links('worker-3', { name: 'eth0' }),
      { pod: 'lab/late', networks: 'blue', node: 'worker-3' },
    ]);
    addsUp(doc);
    expect(doc.nodes.map((card) => [card.name, card.count, card.health])).toEqual([
      ['worker', 2, 'ok'],
      ['worker-3', 1, 'failing'],
    ]);
    expect(doc.lanes.map((lane) => [lane.card === 'node:worker-3', lane.state])).toEqual([
      [false, 'up'],
      [true, 'missing'],
    ]);
  });

  test('a link that nothing reports is unknown, never fine and never missing', () => {
    const doc = draw([{ node: 'worker-1' }, macvlan('blue', 'eth1'), running('app', 'worker-1', 'blue')]);
    expect(laneOf(doc, 'eth1')).toMatchObject({ state: 'unreported' });
    expect(cardOf(doc, 'worker-1')).toMatchObject({ health: 'unknown', devices: 'none' });
    expect(doc.sources.map(({ id, nodes }) => [id, nodes])).toEqual([
      ['nmstate', 0],
      ['sriov-operator', 0],
    ]);
  });

  test('the PF behind the VFs of a resource, which are counted and not drawn', () => {
    const doc = draw([
      { node: 'worker-1', allocatable: { 'intel.com/fast': '2' } },
      vfs('worker-1', 2, 2),
      { nad: 'lab/n3', config: { cniVersion: '0.3.1', name: 'n3', type: 'sriov' }, resource: 'intel.com/fast' },
      { ...running('app', 'worker-1', 'n3'), resources: { 'intel.com/fast': 1 } },
    ]);
    expect(doc.lanes.map((lane) => [lane.name, lane.state, lane.vfs])).toEqual([
      ['ens1f0', 'up', { made: 2, wanted: 2, most: 64 }],
    ]);
    expect(useOf(doc, 'n3')?.lane).toBe('node:worker-1|ens1f0');
    // What else the node has is not known.
    expect(cardOf(doc, 'worker-1')).toMatchObject({ devices: 'some', health: 'unknown' });
  });

  test('fewer VFs than wanted show, even where no pod uses them', () => {
    const doc = draw([{ node: 'worker-1' }, vfs('worker-1', 4, 0)]);
    expect(laneOf(doc, 'ens1f0')).toMatchObject({ state: 'short', vfs: { made: 0, wanted: 4 } });
    expect(cardOf(doc, 'worker-1')?.health).toBe('warning');
  });

  test('a failing pod is counted apart from those that are attached, and named', () => {
    const doc = draw([
      ...workers(1, 3),
      { pod: 'lab/bad', networks: 'blue', node: 'worker-1', failing: 'Link not found' },
    ]);
    expect(useOf(doc, 'blue')).toMatchObject({
      states: { failed: 1, attached: 3 },
      worst: 'failed',
      troubled: ['pod:lab/bad#1'],
    });
  });

  test('what is asked for and does not exist is there as well, and pods on no node are', () => {
    const doc = draw([{ node: 'worker-1' }, { pod: 'lab/app', networks: 'nowhere', node: null }]);
    addsUp(doc);
    expect(doc.nodes.map((card) => [card.kind, card.count, card.pods])).toEqual([
      ['node', 1, 0],
      ['unplaced', 0, 1],
    ]);
    expect(doc.rails.some((rail) => rail.ghost && rail.name === 'nowhere')).toBe(true);
  });
});

describe('many nodes', () => {
  test.each([1, 5, 100, 1000])('%i equal nodes are one card', (count) => {
    const doc = draw(workers(count, 1));
    addsUp(doc);
    expect(doc.nodes.map((card) => card.count)).toEqual([count]);
    expect(laneOf(doc, 'eth1')?.nodes).toBe(count);
    expect(useOf(doc, 'blue')?.count).toBe(count);
  });

  test('hundreds of nodes that all differ stay within what can be drawn, and still add up', () => {
    const entries = Array.from({ length: 300 }, (_, index) => `worker-${index}`).flatMap(
      (node, index): JsonRecord[] => [
        macvlan(`net-${index}`, 'eth1'),
        { node },
        links(
          node,
          { name: 'eth1', mtu: 1500 + index },
          ...Array.from({ length: index % 7 }, (_one, at) => ({ name: `en${at}` })),
        ),
        running(`app-${index}`, node, `net-${index}`),
        ...(index % 5 === 0 ? [{ pod: `lab/bad-${index}`, networks: 'nowhere', node }] : []),
      ],
    );
    const doc = draw(entries);
    addsUp(doc);
    expect(doc.nodes.reduce((sum, card) => sum + card.count, 0)).toBe(300);
    expect(doc.uses.some((use) => use.rail === null && use.networks > 1)).toBe(true);
  });

  test('one pod more does not turn the picture over: nodes merge a little later than they part', () => {
    const pod = (node: string, at: number): JsonRecord[] => [
      macvlan(`${node}-${at}`, 'eth1'),
      running(`app-${node}-${at}`, node, `${node}-${at}`),
    ];
    const entries = Array.from({ length: 30 }, (_, index) => `worker-${index}`).flatMap((node): JsonRecord[] => [
      { node },
      links(node, { name: 'eth1' }),
      ...Array.from({ length: 12 }, (_one, at) => pod(node, at)).flat(),
    ]);
    const { engine, projector } = open(objectsOf(entries));
    expect(projector.doc().nodes).toHaveLength(30);
    const more = objectsOf(pod('worker-7', 12));
    projector.update(
      engine.apply(
        more.map((object) => ({ type: 'put', object })),
        now,
      ),
    );
    expect(projector.doc().nodes).toHaveLength(30);
    expect(createNodesProjector(engine, { ...defaultView, lens: 'nodes' }).doc().nodes).toHaveLength(1);
  });

  test('an opened group shows its nodes one by one', () => {
    const entries = workers(4, 1);
    const group = draw(entries).nodes[0]?.group ?? '';
    const doc = draw(entries, { open: [group] });
    addsUp(doc);
    expect(doc.nodes.map((card) => [card.id, card.expanded, card.group])).toEqual(
      [1, 2, 3, 4].map((n) => [`node:worker-${n}`, true, group]),
    );
  });

  test('a card and a network on it know their pods', () => {
    const { projector } = open(objectsOf(workers(2, 2)));
    const doc = projector.doc();
    expect([...(projector.members(doc.nodes[0]?.id ?? '') ?? [])]).toHaveLength(4);
    expect([...(projector.members(useOf(doc, 'blue')?.id ?? '') ?? [])]).toHaveLength(4);
    expect(projector.members('nodes:none')).toBeUndefined();
  });
});

describe('law: a document that followed changes is that of a fresh projector', () => {
  const pool: KubeObject[] = objectsOf([
    ...workers(3, 1),
    { node: 'worker-1', ready: false },
    { node: 'worker-9' },
    links('worker-2', { name: 'eth0' }),
    links('worker-3', { name: 'eth0' }, { name: 'eth1', state: 'down' }),
    vfs('worker-1', 2, 1),
    vfs('worker-1', 2, 2),
    macvlan('blue', 'eth7'),
    macvlan('green', 'eth0'),
    { pod: 'lab/x', networks: 'blue,green', node: 'worker-2' },
    { pod: 'lab/x', networks: 'blue', node: 'worker-3', running: true },
    { pod: 'lab/x', networks: 'nowhere', node: null },
    { pod: 'lab/y', networks: 'blue', node: 'worker-2', failing: 'Link not found' },
    { pod: 'lab/z', node: 'worker-4', hostNetwork: true },
    { multus: ['worker-1'] },
  ]);
  // After some changes the picture is drawn, after others it is only begun: the next ones come while it is being built.
  const move = fc.record({ at: fc.nat(pool.length - 1), gone: fc.boolean(), batch: fc.boolean(), steps: fc.nat(9) });
  const views: Partial<View>[] = [{}, { defaultNetwork: false }, { states: ['broken'] }];

  test.each(views)('%o', (view) => {
    fc.assert(
      fc.property(fc.array(move, { minLength: 1, maxLength: 25 }), (moves) => {
        const { engine, projector } = open([], view);
        const whole = { ...defaultView, lens: 'nodes' as const, ...view };
        let before = projector.doc();
        let pending: Change[] = [];
        for (const { at, gone, batch, steps } of moves) {
          const object = pool[at];
          if (!object) continue;
          pending.push(gone ? { type: 'delete', ref: refOf(object) } : { type: 'put', object });
          if (batch) continue;
          projector.update(engine.apply(pending, now));
          pending = [];
          for (let step = 0; step < steps; step += 1) projector.step();
          if (steps % 2 === 1) continue;
          const after = projector.doc();
          const delta = diffGraph(before, after);
          if (delta) expect(applyDelta(before, delta)).toEqual(after);
          before = after;
          expect({ ...after, revision: 0 }).toEqual({
            ...createNodesProjector(engine, whole, projector.plan()).doc(),
            revision: 0,
          });
        }
      }),
      { numRuns: 60 },
    );
  });
});
