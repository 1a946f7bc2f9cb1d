import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Applied, Engine, Plug } from '../engine/engine-api.ts';
import {
  type AttachmentState,
  attachmentStates,
  type Finding,
  type Network,
  type Workload,
} from '../model/topology.ts';
import { brokenStates } from '../view/query.ts';
import { defaultView, type View } from '../view/view.ts';
import { applyDelta, diffGraph } from './delta.ts';
import type { RailsDoc } from './graph-doc.ts';
import { createRailsProjector, type RailsProjector } from './project.ts';
import { createTotalsProjector } from './project-totals.ts';
import { createShapeIndexes } from './shape-index.ts';

/** Pods as an engine tells of them, without one: thousands of worlds are drawn here. */
type Pod = { namespace: string; owner?: string; node: string; plugs: { network: string; state: AttachmentState }[] };

function fakeEngine(pods: ReadonlyMap<string, Pod>, revision: number): Engine {
  const workload = (id: string): Workload | undefined => {
    const pod = pods.get(id);
    if (!pod) return undefined;
    const { namespace, owner, node } = pod;
    const name = id.slice(id.indexOf('/') + 1);
    const base = { id, kind: 'Pod' as const, namespace, name, node, phase: 'Running', ready: true };
    const rest = { hostNetwork: false, labels: {} };
    return owner ? { ...base, ...rest, owner: { kind: 'ReplicaSet', name: owner } } : { ...base, ...rest };
  };
  const isThere = (network: string) => !network.startsWith('gone-');
  const network = (id: string): Network | undefined =>
    id.startsWith('nad:')
      ? ({ id, name: id.slice(4), role: 'secondary', subnets: [], uplinks: [] } as never)
      : undefined;
  const partial: Partial<Engine> = {
    revision,
    workload,
    workloads: () => [...pods.keys()].flatMap((id) => workload(id) ?? []),
    plugsOf: (id) =>
      (pods.get(id)?.plugs ?? []).map(
        ({ network: name, state }, index): Plug => ({
          slot: index + 1,
          provider: 'npwg',
          network: isThere(name) ? `nad:${name}` : null,
          state,
          requested: { network: name, ips: [] },
          interface: null,
        }),
      ),
    findingsOf: (id) =>
      pods.get(id)?.plugs.some(({ state }) => state === 'failed')
        ? [{ id: `MN104:${id}`, code: 'MN104', severity: 'error' } as Finding]
        : [],
    finding: () => undefined,
    network,
    networks: () => [],
    counts: () => ({ workloads: pods.size, attachments: 0, networks: 0, nodes: 0, objects: 0 }),
  };
  return partial as Engine;
}

const plugsOf = (pods: Iterable<Pod>) => [...pods].flatMap((pod) => pod.plugs);
const sum = <T>(items: Iterable<T>, of: (item: T) => number) => [...items].reduce((total, item) => total + of(item), 0);

/** What must hold of any picture of any world. */
function accountsForAll(doc: RailsDoc, pods: ReadonlyMap<string, Pod>, projector: RailsProjector): void {
  const elements = doc.cards.length + doc.drops.length + doc.rails.length;
  expect(elements).toBeLessThanOrEqual(4500);
  expect(sum(doc.cards, (card) => card.count)).toBe(pods.size);
  const plugs = plugsOf(pods.values());
  expect(sum(doc.drops, (drop) => drop.count)).toBe(plugs.length);
  const broken = plugs.filter(({ state }) => brokenStates.has(state)).length;
  expect(sum(doc.drops, (drop) => (brokenStates.has(drop.state) ? drop.count : 0))).toBe(broken);
  const failing = [...pods.values()].filter((pod) =>
    pod.plugs.some(({ state }) => state === 'failed' || state === 'blocked'),
  );
  expect(sum(doc.cards, (card) => (card.health === 'failing' ? card.count : 0))).toBe(failing.length);
  const rails = new Map(doc.rails.map((rail) => [rail.id, rail]));
  for (const drop of doc.drops) expect(rails.has(drop.rail)).toBe(true);
  const used = new Map<string, number>();
  for (const { network } of plugs) {
    const rail = network.startsWith('gone-') ? `ghost:${network}` : `nad:${network}`;
    used.set(rail, (used.get(rail) ?? 0) + 1);
  }
  for (const rail of doc.rails) if (rail.networks === undefined) expect(rail.count).toBe(used.get(rail.id));
  const folded = sum(doc.rails, (rail) => rail.networks ?? 0);
  expect(doc.rails.filter((rail) => rail.networks === undefined).length + folded).toBe(used.size);
  for (const card of doc.cards) {
    const members = [...(projector.members(card.id) ?? [])];
    expect(new Set(members).size).toBe(card.count);
    for (const id of members.slice(0, 3)) expect(projector.cardOf(id)).toBe(card.id);
  }
  expect(new Set(doc.cards.map((card) => card.id)).size).toBe(doc.cards.length);
}

const applied = (workloads: string[], revision: number): Applied => ({
  revision,
  workloads,
  networks: [],
  nodes: [],
  pools: [],
  findings: [],
  sources: false,
});

/** A stream of numbers below 1, the same for the same seed. */
const stream = (seed: number) => () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

type World = {
  pods: number;
  namespaces: number;
  owners: number;
  networks: number;
  failing: number;
  alike: boolean;
  seed: number;
};

function podOf(
  { namespaces, owners, networks, failing, alike }: World,
  index: number,
  random: () => number,
): [string, Pod] {
  const owner = Math.floor(random() * owners);
  const namespace = `ns-${owner % namespaces}`;
  const first = alike ? owner : Math.floor(random() * networks);
  const state = () =>
    random() < failing ? 'failed' : (attachmentStates[Math.floor(random() ** 6 * 10)] ?? 'attached');
  const plugs = Array.from({ length: alike ? 2 : Math.floor(random() * 4) }, (_, at) => ({
    network: random() < failing / 4 ? `gone-${at}` : `net-${(first + at) % networks}`,
    state: alike && random() > failing ? ('attached' as const) : state(),
  }));
  const named = random() < 0.95 ? { owner: `app-${owner}` } : {};
  return [`pod:${namespace}/p-${index}`, { namespace, node: `n-${Math.floor(random() * 50)}`, plugs, ...named }];
}

const worlds = fc.record({
  pods: fc.constantFrom(3, 40, 400, 3000),
  namespaces: fc.constantFrom(1, 5, 60, 900),
  owners: fc.constantFrom(1, 20, 300, 3000),
  networks: fc.constantFrom(2, 40, 200, 1500),
  failing: fc.constantFrom(0, 0.02, 0.9),
  alike: fc.boolean(),
  seed: fc.nat(),
});
const views = fc.record({
  by: fc.constantFrom('namespace' as const, 'node' as const, 'owner' as const),
  open: fc.subarray([
    'ns:ns-0',
    'owner:ns-0/ReplicaSet/app-0',
    'owner:ns-1/ReplicaSet/app-1',
    'node:n-1',
    'nets:nad:net-0+nad:net-1',
    'cause:MN104 nad:net-1',
  ]),
});

const makeWorld = (world: World) => {
  const random = stream(world.seed);
  return { random, pods: new Map(Array.from({ length: world.pods }, (_, index) => podOf(world, index, random))) };
};

test('no world is drawn with more than 4,500 elements, and the counts of every picture add up', () => {
  fc.assert(
    fc.property(worlds, views, (world, view) => {
      const { pods } = makeWorld(world);
      const projector = createRailsProjector(fakeEngine(pods, 1), { ...defaultView, ...view });
      accountsForAll(projector.doc(), pods, projector);
    }),
    { numRuns: 120 },
  );
}, 120_000);

test('law: whatever comes and goes, the picture equals a fresh one of the same plan, and the deltas lead to it', () => {
  fc.assert(
    fc.property(worlds, views, fc.array(fc.constantFrom(1, 20, 700), { maxLength: 6 }), (world, view, steps) => {
      const { pods, random } = makeWorld(world);
      const asked: View = { ...defaultView, ...view };
      const projector = createRailsProjector(fakeEngine(pods, 1), asked);
      let doc = projector.doc();
      for (const [at, size] of steps.entries()) {
        projector.update(applied(churn(world, pods, random, size), at + 2));
        const next = projector.doc();
        const delta = diffGraph(doc, next);
        if (delta) expect({ ...applyDelta(doc, delta), revision: next.revision }).toEqual(next);
        doc = next;
        accountsForAll(doc, pods, projector);
        const fresh = createRailsProjector(fakeEngine(pods, doc.revision), asked, projector.plan());
        expect(doc).toEqual(fresh.doc());
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);

/** Some pods come, change and go; ids of those that did. */
function churn(world: World, pods: Map<string, Pod>, random: () => number, size: number): string[] {
  const touched = Array.from({ length: size }, () => {
    const [id, pod] = podOf(world, Math.floor(random() * world.pods * 1.2), random);
    if (random() < 0.3) pods.delete(id);
    else pods.set(id, pod);
    return id;
  });
  return [...new Set(touched)];
}

test('law: what changes while a picture is built, or others of the same pods are, is in it', () => {
  const paces = fc.array(fc.record({ steps: fc.nat(40), size: fc.constantFrom(1, 30, 400) }), { maxLength: 8 });
  fc.assert(
    fc.property(worlds, views, views, paces, (world, view, other, turns) => {
      const { pods, random } = makeWorld(world);
      const engine = fakeEngine(pods, 1);
      const indexes = createShapeIndexes(engine);
      const asked = [view, { ...other, by: view.by }].map((each): View => ({ ...defaultView, ...each }));
      const projectors = asked.map((each) => createRailsProjector(engine, each, undefined, indexes));
      for (const { steps, size } of turns) {
        for (let step = 0; step < steps; step += 1) projectors[Math.floor(random() * 2)]?.step();
        if (random() < 0.3) projectors[0]?.doc();
        const change = applied(churn(world, pods, random, size), 1);
        for (const projector of projectors) projector.update(change);
      }
      for (const [at, projector] of projectors.entries()) {
        const doc = projector.doc();
        accountsForAll(doc, pods, projector);
        expect(doc).toEqual(createRailsProjector(engine, asked[at] ?? defaultView, projector.plan()).doc());
        projector.close();
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);

test('opening a group of a known picture looks at no pod again', () => {
  const { pods } = makeWorld({
    pods: 3000,
    namespaces: 5,
    owners: 300,
    networks: 40,
    failing: 0.02,
    alike: true,
    seed: 1,
  });
  const engine = fakeEngine(pods, 1);
  const looked: string[] = [];
  const counting: Engine = {
    ...engine,
    plugsOf: (id) => {
      looked.push(id);
      return engine.plugsOf(id);
    },
  };
  const indexes = createShapeIndexes(counting);
  const whole = createRailsProjector(counting, defaultView, undefined, indexes);
  whole.doc();
  expect(looked).toHaveLength(pods.size);
  const open = createRailsProjector(counting, { ...defaultView, open: ['ns:ns-0'] }, undefined, indexes);
  const doc = open.doc();
  expect(looked).toHaveLength(pods.size);
  expect(doc).toEqual(createRailsProjector(engine, { ...defaultView, open: ['ns:ns-0'] }).doc());
  // Both are told of every change; it is looked at once.
  const change = applied([...pods.keys()].slice(0, 10), 1);
  for (const projector of [whole, open]) {
    projector.update(change);
    projector.doc();
  }
  expect(looked).toHaveLength(pods.size + 10);
  for (const projector of [whole, open]) projector.close();
  createRailsProjector(counting, defaultView, undefined, indexes).doc();
  expect(looked).toHaveLength(2 * pods.size + 10);
});

test('the numbers behind the table and the matrix are those of the picture', () => {
  const { pods, random } = makeWorld({
    pods: 400,
    namespaces: 5,
    owners: 20,
    networks: 40,
    failing: 0.02,
    alike: false,
    seed: 5,
  });
  const world = { pods: 400, namespaces: 5, owners: 20, networks: 40, failing: 0.02, alike: false, seed: 5 };
  const engine = fakeEngine(pods, 1);
  const view = { ...defaultView, states: ['failed', 'attached'] };
  const totals = createTotalsProjector(engine, view);
  const picture = createRailsProjector(engine, view);
  for (let round = 0; round < 3; round += 1) {
    const { cards: _, drawnNetworks: __, grouped: ___, ...numbers } = picture.doc().totals;
    expect(totals.doc()).toEqual({
      revision: 1,
      lens: 'totals',
      totals: { ...numbers, cards: 0, drawnNetworks: 0 },
    });
    const change = applied(churn(world, pods, random, 50), 1);
    expect([totals.update(change), picture.update(change)]).toEqual([true, true]);
  }
});

describe('what is drawn of very large clusters', () => {
  const pictureOf = (world: Partial<World>, view: Partial<View> = {}) => {
    const { pods } = makeWorld({
      pods: 20_000,
      namespaces: 100,
      owners: 2000,
      networks: 400,
      failing: 0.01,
      alike: true,
      seed: 7,
      ...world,
    });
    const projector = createRailsProjector(fakeEngine(pods, 1), { ...defaultView, ...view });
    return { doc: projector.doc(), projector, pods };
  };

  test.each<[string, Partial<World>, string]>([
    ['a few owners', { pods: 2000, owners: 100 }, 'equal'],
    ['many owners of a few kinds of pods', { owners: 60, networks: 3, alike: false }, 'owner'],
    ['many owners in some namespaces', {}, 'band'],
    ['more namespaces than can be drawn', { owners: 20_000, namespaces: 5000 }, 'networks'],
  ])('%s', (_, world, level) => {
    const { doc, pods, projector } = pictureOf(world);
    expect(doc.totals.grouped).toBe(level);
    accountsForAll(doc, pods, projector);
  });

  test('150,000 pods of 3,000 networks that are all different', () => {
    const world = { pods: 150_000, owners: 15_000, namespaces: 600, networks: 3000, alike: false };
    const { doc, pods, projector } = pictureOf(world);
    accountsForAll(doc, pods, projector);
    expect(doc.rails.some((rail) => (rail.networks ?? 0) > 2000)).toBe(true);
  }, 60_000);

  test('a group that is open shows its parts, those of a part that is open too', () => {
    const closed = pictureOf({}).doc;
    const space = closed.cards.find((card) => card.band === 'ns:ns-3' && card.health === 'ok');
    expect(space).toMatchObject({ expandable: true, group: 'ns:ns-3' });
    const open = pictureOf({}, { open: ['ns:ns-3'] }).doc;
    const parts = open.cards.filter((card) => card.within === 'ns:ns-3');
    expect(sum(parts, (card) => card.count)).toBe(
      sum(closed.cards, (card) => (card.band === 'ns:ns-3' ? card.count : 0)),
    );
    const part = parts.find((card) => card.expandable && card.count > 3);
    const both = pictureOf({}, { open: ['ns:ns-3', part?.group ?? ''] }).doc;
    const pods = both.cards.filter((card) => card.within === part?.group);
    expect(pods.every((card) => card.workload !== undefined && card.expanded)).toBe(true);
    expect(pods.length).toBe(sum(parts, (card) => (card.name === part?.name ? card.count : 0)));
    // What is open inside a closed group stands beside the rest of that group.
    const alone = pictureOf({}, { open: [part?.group ?? ''] }).doc;
    expect(alone.cards.filter((card) => card.within === part?.group).length).toBe(pods.length);
    expect(sum(alone.cards, (card) => card.count)).toBe(20_000);
  });

  test('an owner with more pods than there is room for shows some, the failing ones first, and says how many more there are', () => {
    const { doc } = pictureOf(
      { owners: 1, namespaces: 1, pods: 3000, networks: 4 },
      { open: ['owner:ns-0/ReplicaSet/app-0'] },
    );
    const cards = doc.cards.filter((card) => card.within);
    const [failing, rest] = [cards.filter((card) => card.health === 'failing'), cards.filter((card) => card.count > 1)];
    expect(failing.every((card) => card.count === 1)).toBe(true);
    expect(rest.map((card) => card.name)).toEqual([expect.stringMatching(/^and [\d,]+ more pods$/)]);
    expect(sum(cards, (card) => card.count)).toBeGreaterThan(2800);
  });

  test('one pod more or less does not turn the picture over', () => {
    const { pods } = makeWorld({
      pods: 4000,
      namespaces: 40,
      owners: 420,
      networks: 60,
      failing: 0,
      alike: true,
      seed: 3,
    });
    const projector = createRailsProjector(fakeEngine(pods, 1), defaultView);
    const levels = new Set([projector.doc().totals.grouped]);
    let turned = 0;
    for (let round = 0; round < 400; round += 1) {
      const id = `pod:ns-0/extra-${round % 2}`;
      if (pods.has(id)) pods.delete(id);
      else
        pods.set(id, {
          namespace: 'ns-0',
          owner: `extra-${round}`,
          node: 'n',
          plugs: [{ network: 'net-1', state: 'attached' }],
        });
      projector.update(applied([id], round + 2));
      const level = projector.doc().totals.grouped;
      if (!levels.has(level)) turned += 1;
      levels.add(level);
    }
    expect(turned).toBe(0);
  });
});
