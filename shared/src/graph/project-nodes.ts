import type { Engine, NodeInfo } from '../engine/engine-api.ts';
import type { AttachmentState } from '../model/topology.ts';
import type { View } from '../view/view.ts';
import { deviceSources } from './device-sources.ts';
import type { Rail } from './graph-doc.ts';
import type { Health } from './lens-doc.ts';
import { type MadeCard, makeCard } from './node-cards.ts';
import {
  buildNodeFacts,
  buildNodeMember,
  byName,
  byText,
  inNameOrder,
  type NodeFacts,
  type NodeMember,
  nodeFindings,
  worstOf,
} from './node-facts.ts';
import type { NodesDoc, NodeUse } from './nodes-doc.ts';
import type { Projector } from './projector.ts';
import { createIsShown } from './shown.ts';
import { createSteps, eachInSteps } from './steps.ts';
import { toRail } from './to-rail.ts';

/** More cards than these are no picture any more: nodes share cards across networks, then across devices. */
const legibleCards = 40;
const legibleRows = 450;
const patience = 1.2;
/** Opened groups may bring it up to so many. */
const mostCards = 200;
/** At most about this many cards, lanes and uses are drawn. */
const elementBudget = 1500;
const rowSteps = [36, 24, 12, 6];

type Level = 0 | 1 | 2;

/**
 * How coarsely nodes are grouped, which a projector keeps to for a while, so that the picture does not turn over with every pod. A fresh
 * projector with the same plan draws the same document.
 */
export type NodesPlan = { level: Level };

export type NodesProjector = Projector<NodesDoc> & { plan: () => NodesPlan };

const canOpen = (nodes: number): boolean => nodes > 1 && nodes <= mostCards - legibleCards;

const rowsFor = (cards: number): number =>
  rowSteps.find((rows) => cards * (rows + 1) <= elementBudget) ?? rowSteps.at(-1) ?? 6;

/**
 * The projection of the lens `nodes`: a changed workload makes its node be counted again, a changed node the cards that it is on; the
 * others are not looked at. Equal nodes share a card; what is wrong with a node keeps it apart.
 */
export function createNodesProjector(engine: Engine, view: View, plan?: NodesPlan): NodesProjector {
  const isShown = createIsShown(engine, view);
  const opened = new Set(view.open);
  const members = new Map<string, NodeMember>();
  const onNode = new Map<string, Set<string>>();
  const facts = new Map<string, NodeFacts>();
  /** What a node is known by beside its pods: a change there need not come with its name. */
  const marks = new Map<string, string>();
  const dirty = new Set<string>();
  const changed = new Set<string>();
  let isGathered = false;
  let isSwept = false;
  const levels = [
    new Map<string, Set<string>>(),
    new Map<string, Set<string>>(),
    new Map<string, Set<string>>(),
  ] as const;
  const made = new Map<string, MadeCard[]>();
  let madeFor = '';
  let level: Level | undefined = plan?.level;
  const stateCounts = new Map<AttachmentState, number>();
  let broken = 0;
  let attachments = 0;
  let cached: NodesDoc | null = null;
  let cards: MadeCard[] = [];

  const count = (member: NodeMember, by: 1 | -1) => {
    for (const state of member.states) {
      const left = (stateCounts.get(state) ?? 0) + by;
      if (left > 0) stateCounts.set(state, left);
      else stateCounts.delete(state);
    }
    attachments += by * member.states.length;
    if (member.broken) broken += by;
    const there = onNode.get(member.node) ?? new Set<string>();
    if (by === 1) there.add(member.id);
    else there.delete(member.id);
    if (there.size > 0) onNode.set(member.node, there);
    else onNode.delete(member.node);
    dirty.add(member.node);
  };

  const place = (id: string) => {
    const old = members.get(id);
    if (old) {
      count(old, -1);
      members.delete(id);
    }
    const workload = engine.workload(id);
    if (!workload || !isShown(id)) return;
    const member = buildNodeMember(engine, workload, view);
    members.set(id, member);
    count(member, 1);
  };

  const index = (node: NodeFacts, by: 1 | -1) =>
    node.keys.forEach((key, level) => {
      const groups = levels[level as Level];
      const group = groups.get(key) ?? new Set<string>();
      if (by === 1) group.add(node.name);
      else group.delete(node.name);
      if (group.size > 0) groups.set(key, group);
      else groups.delete(key);
      made.delete(key);
    });

  const recount = (name: string) => {
    const old = facts.get(name);
    if (old) index(old, -1);
    facts.delete(name);
    const ids = [...(onNode.get(name) ?? [])].sort(byText);
    if (ids.length === 0 && (name === '' || !engine.node(name))) return;
    const fresh = buildNodeFacts(
      engine,
      name,
      ids.flatMap((id) => members.get(id) ?? []),
    );
    facts.set(name, fresh);
    index(fresh, 1);
  };

  /** Findings about nodes and where Multus runs may change without a word about the node. */
  const sweep = ({ name, ready, multus }: NodeInfo) => {
    const found = nodeFindings(engine, name).map(({ id, severity, title }) => [id, severity, title]);
    const mark = JSON.stringify([ready, multus, found]);
    if (marks.get(name) === mark) return;
    marks.set(name, mark);
    dirty.add(name);
  };

  const steps = createSteps(function* () {
    // What changes meanwhile is told by `update`, and looked at again.
    if (!isGathered) yield* eachInSteps(engine.workloads(), ({ id }) => place(id));
    isGathered = true;
    yield* eachInSteps(changed, (id) => {
      changed.delete(id);
      place(id);
    });
    if (!isSwept) {
      isSwept = true;
      yield* eachInSteps(engine.nodes(), sweep);
    }
    // A node is hundreds of pods.
    for (const name of dirty) {
      dirty.delete(name);
      recount(name);
      yield;
    }
    cards = yield* makeCards();
  });

  /** Rows that one card for each set of nodes that are equal in everything would have. */
  const equalRows = (): number => {
    let rows = 0;
    for (const [name = ''] of levels[0].values()) {
      const node = facts.get(name);
      rows += 1 + (node?.links.size ?? 0) + (node?.uses.length ?? 0);
    }
    return rows;
  };

  /** The finest level that can still be taken in. One that is drawn may grow a little over that before it gives way. */
  const chooseLevel = (): Level => {
    const room = (one: Level) => (one === level ? patience : 1);
    if (levels[0].size <= legibleCards * room(0) && equalRows() <= legibleRows * room(0)) return 0;
    return levels[1].size <= legibleCards * room(1) ? 1 : 2;
  };

  function* makeCards(): Generator<void, MadeCard[]> {
    level = chooseLevel();
    const groups = [...levels[level]].sort(([a], [b]) => byText(a, b));
    let total = groups.length;
    const isOpen = new Map<string, boolean>();
    for (const [key, names] of groups) {
      const open = canOpen(names.size) && total + names.size <= mostCards && opened.has(openerOf(key, names));
      isOpen.set(key, open);
      if (open) total += names.size - 1;
    }
    const rows = rowsFor(total);
    const wanted = `${level}|${rows}|${[...isOpen].flatMap(([key, open]) => (open ? [key] : [])).join()}`;
    if (madeFor !== wanted) made.clear();
    madeFor = wanted;
    const all: MadeCard[] = [];
    for (const [key, names] of groups) {
      const own = made.get(key) ?? (yield* makeGroup(key, names, { rows, open: isOpen.get(key) ?? false }));
      made.set(key, own);
      all.push(...own);
    }
    return all.sort(
      (a, b) =>
        orderOf(a) - orderOf(b) ||
        byName(a.card.name, b.card.name) ||
        healthOrder.indexOf(a.card.health) - healthOrder.indexOf(b.card.health) ||
        byText(a.card.id, b.card.id),
    );
  }

  const openerOf = (key: string, names: ReadonlySet<string>): string => {
    const [name = ''] = names;
    return level === 2 ? key : (facts.get(name)?.group ?? key);
  };

  type How = { rows: number; open: boolean };
  function* makeGroup(key: string, names: ReadonlySet<string>, { rows, open }: How): Generator<void, MadeCard[]> {
    const nodes = inNameOrder(names).flatMap((name) => facts.get(name) ?? []);
    const group = openerOf(key, names);
    if (!open && nodes.length > 1)
      return [yield* makeCard(nodes, { id: key, rows, group, expandable: canOpen(nodes.length) })];
    const cards: MadeCard[] = [];
    for (const node of nodes)
      cards.push(yield* makeCard([node], { id: `node:${node.name}`, rows, group, expandable: false, expanded: open }));
    return cards;
  }

  const railsOf = (uses: readonly NodeUse[]): Rail[] => {
    const used = new Map<string, { count: number; worst: AttachmentState }>();
    for (const { rail, count: plugs, worst } of uses) {
      if (rail === null) continue;
      const use = used.get(rail);
      used.set(rail, { count: plugs + (use?.count ?? 0), worst: use ? worstOf([use.worst, worst]) : worst });
    }
    return [...used].sort(([a], [b]) => byText(a, b)).map(([id, use]) => toRail(engine, id, use));
  };

  const build = (): NodesDoc => {
    const uses = cards.flatMap((made) => made.uses);
    const rails = railsOf(uses);
    return {
      revision: engine.revision,
      lens: 'nodes',
      totals: {
        workloads: engine.counts().workloads,
        shownWorkloads: members.size,
        cards: cards.length,
        networks: engine.counts().networks,
        drawnNetworks: rails.filter((rail) => !rail.ghost).length,
        attachments,
        states: Object.fromEntries([...stateCounts].sort(([a], [b]) => byText(a, b))),
        brokenWorkloads: broken,
      },
      sources: deviceSources(engine),
      rails,
      nodes: cards.map(({ card }) => card),
      lanes: cards.flatMap((made) => made.lanes),
      uses,
    };
  };

  return {
    step: steps.step,
    doc: () => {
      while (!steps.step());
      cached ??= build();
      return cached;
    },
    update: (applied) => {
      const { workloads, networks, nodes, findings, sources } = applied;
      if (workloads.length + networks.length + nodes.length + findings.length === 0 && !sources) return false;
      for (const id of workloads) changed.add(id);
      for (const name of nodes) dirty.add(name);
      isSwept = false;
      steps.wake();
      if (networks.length > 0) {
        const changed = new Set(networks);
        for (const node of facts.values()) if (node.uses.some((use) => changed.has(use.rail))) dirty.add(node.name);
      }
      cached = null;
      return true;
    },
    plan: () => ({ level: level ?? 0 }),
    members: (id) => {
      const own = cards.find(({ card, uses }) => card.id === id || uses.some((use) => use.id === id));
      if (!own) return undefined;
      const all = own.nodes.flatMap((name) => [...(onNode.get(name) ?? [])]);
      const rail = own.card.id === id ? undefined : own.uses.find((use) => use.id === id)?.rail;
      if (!rail) return all;
      return all.filter((one) => members.get(one)?.plugs.some((plug) => plug.rail === rail));
    },
    close: () => {},
  };
}

/** Of cards with one name, as of groups of workers, the worst comes first. */
const healthOrder: readonly Health[] = ['failing', 'warning', 'unknown', 'pending', 'ok', 'ended'];

/** Pods on no node come last. */
const orderOf = ({ card }: MadeCard): number => (card.kind === 'unplaced' ? 1 : 0);
