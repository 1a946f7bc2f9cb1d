import type { AttachmentState } from '../model/topology.ts';
import { attachmentStates } from '../model/topology.ts';
import { byText, type NodeFacts, type UseFacts, worstOf } from './node-facts.ts';
import type { Link } from './node-links.ts';
import { linkStates, type NodeCard, type NodeLane, type NodeUse } from './nodes-doc.ts';
import { eachInSteps } from './steps.ts';

/** A card with all that hangs on it. */
export type MadeCard = { card: NodeCard; lanes: NodeLane[]; uses: NodeUse[]; nodes: readonly string[] };

const memberNames = 20;
const idleNames = 12;
const troubledNames = 5;

const sum = (nodes: readonly NodeFacts[], of: (node: NodeFacts) => number): number =>
  nodes.reduce((total, node) => total + of(node), 0);
const worstBy = <T>(order: readonly T[], values: readonly T[]): T | undefined =>
  order.find((value) => values.includes(value));
const same = (values: readonly (string | undefined)[]): string | undefined =>
  values.every((value) => value === values[0]) ? values[0] : undefined;

/** What the names of nodes begin with: worker-1 and worker-12 are workers. */
function nameOf(nodes: readonly NodeFacts[]): string {
  let prefix = nodes[0]?.name ?? '';
  for (const { name } of nodes) while (!name.startsWith(prefix)) prefix = prefix.slice(0, -1);
  const word = prefix.replace(/[\d._-]+$/, '');
  return word.length >= 3 ? word : same(nodes.map(({ role }) => role)) || 'nodes';
}

function toLane(card: string, name: string, links: readonly Link[], single: boolean): NodeLane {
  const state =
    worstBy(
      linkStates,
      links.map((link) => link.state),
    ) ?? 'up';
  // What a missing link would be is told by the nodes that have it.
  const first = links.find(({ device }) => device !== undefined) ?? links[0];
  const mtu = same(links.map((link) => link.mtu));
  const vlan = same(links.map((link) => link.vlan));
  const short = links.find((link) => link.state === 'short' && link.vfs);
  const vfs = short?.vfs ?? first?.vfs;
  return {
    id: `${card}|${name}`,
    card,
    name,
    kind: first?.kind ?? 'link',
    state,
    nodes: links.length,
    inState: links.filter((link) => link.state === state).length,
    chain: first?.chain ?? [],
    ...(mtu ? { mtu } : {}),
    ...(vlan ? { vlan } : {}),
    switchPorts: [...new Set(links.flatMap((link) => link.switchPorts))].slice(0, 3),
    ...(vfs ? { vfs } : {}),
    ...(single && first?.device ? { device: first.device } : {}),
  };
}

function lanesOf(card: string, nodes: readonly NodeFacts[]): NodeLane[] {
  const byName = new Map<string, Link[]>();
  for (const node of nodes)
    for (const [name, link] of node.links) {
      const known = byName.get(name);
      if (known) known.push(link);
      else byName.set(name, [link]);
    }
  return [...byName].map(([name, links]) => toLane(card, name, links, nodes.length === 1));
}

function* usesOf(card: string, nodes: readonly NodeFacts[]): Generator<void, NodeUse[]> {
  const uses = new Map<string, Map<string, NodeUse>>();
  const useOf = ({ rail, link, also }: UseFacts): NodeUse => {
    const links = uses.get(rail) ?? new Map<string, NodeUse>();
    const known = links.get(link ?? '');
    if (known) return known;
    const lane = link === null ? null : `${card}|${link}`;
    const use = blank({ id: `use:${card}|${rail}|${link ?? ''}`, card, lane, rail, networks: 1, also });
    links.set(link ?? '', use);
    uses.set(rail, links);
    return use;
  };
  yield* eachInSteps(nodes, (node) => {
    for (const facts of node.uses) {
      const use = useOf(facts);
      use.nodes += 1;
      addStates(use, facts.states);
      if (facts.troubled.length > 0) use.troubled.push(...facts.troubled.slice(0, troubledNames - use.troubled.length));
    }
  });
  const all = [...uses.values()].flatMap((links) => [...links.values()]);
  return all.map(settled).sort((a, b) => byText(a.id, b.id));
}

const blank = (base: Pick<NodeUse, 'id' | 'card' | 'lane' | 'rail' | 'networks' | 'also'>): NodeUse => ({
  ...base,
  nodes: 0,
  count: 0,
  states: {},
  worst: 'ended',
  troubled: [],
});

const addStates = (use: NodeUse, states: Iterable<[AttachmentState, number]>) => {
  for (const [state, count] of states) {
    use.states[state] = (use.states[state] ?? 0) + count;
    use.count += count;
  }
};

/** States in the order in which they are drawn, worst first: equal uses are then equal documents. */
const settled = (use: NodeUse): NodeUse => {
  const present = attachmentStates.filter((state) => use.states[state]);
  return {
    ...use,
    states: Object.fromEntries(present.map((state) => [state, use.states[state] ?? 0])),
    worst: worstOf(present),
  };
};

const bad = (use: NodeUse): number => attachmentStates.indexOf(use.worst);

/**
 * At most `rows` lanes and uses: the worst and those with most plugs are listed, the rest is one row that holds their sum. Lanes that
 * nothing listed stands on go where idle links are.
 */
function limit(lanes: readonly NodeLane[], uses: readonly NodeUse[], rows: number) {
  if (lanes.length + uses.length <= rows) return { lanes: [...lanes], uses: [...uses], dropped: [] };
  const most = Math.max(1, Math.floor(rows * 0.6) - 1);
  const ranked = [...uses].sort((a, b) => bad(a) - bad(b) || b.count - a.count || byText(a.id, b.id));
  const wanted = new Set<string>();
  const kept = new Set<string>();
  for (const use of ranked) {
    if (kept.size >= most) break;
    if (use.lane !== null && !wanted.has(use.lane) && wanted.size >= rows - most - 1) continue;
    kept.add(use.id);
    if (use.lane !== null) wanted.add(use.lane);
  }
  const spare = lanes
    .filter(({ id }) => !wanted.has(id))
    .sort((a, b) => laneRank(a) - laneRank(b) || byText(a.id, b.id));
  for (const lane of spare) if (wanted.size < rows - most - 1) wanted.add(lane.id);
  const rest = uses.filter(({ id }) => !kept.has(id));
  const [first] = rest;
  const more = first
    ? blank({ id: `use:${first.card}|more`, card: first.card, lane: null, rail: null, networks: 0, also: [] })
    : null;
  if (more)
    for (const use of rest) {
      more.networks += 1;
      more.nodes = Math.max(more.nodes, use.nodes);
      addStates(more, Object.entries(use.states) as [AttachmentState, number][]);
      more.troubled.push(...use.troubled.slice(0, troubledNames - more.troubled.length));
    }
  return {
    lanes: lanes.filter(({ id }) => wanted.has(id)),
    uses: [...uses.filter(({ id }) => kept.has(id)), ...(more ? [settled(more)] : [])],
    dropped: lanes.filter(({ id }) => !wanted.has(id)).map(({ name }) => name),
  };
}

const laneRank = (lane: NodeLane): number => linkStates.indexOf(lane.state);

/** The wire first, then the name: what stands on one NIC stands together. */
const laneOrder = (a: NodeLane, b: NodeLane): number =>
  Number(a.kind === 'link') - Number(b.kind === 'link') ||
  byText(a.chain[0]?.name ?? a.name, b.chain[0]?.name ?? b.name) ||
  byText(a.name, b.name);

export type CardOptions = { id: string; rows: number; group?: string; expandable: boolean; expanded?: boolean };

/** The card of some nodes, at least one, made a little at a time. */
export function* makeCard(nodes: readonly NodeFacts[], { id, rows, ...open }: CardOptions): Generator<void, MadeCard> {
  const names = nodes.map(({ name }) => name);
  const [first] = nodes;
  const single = nodes.length === 1;
  const unplaced = single && first?.name === '';
  const { lanes, uses, dropped } = limit(lanesOf(id, nodes), yield* usesOf(id, nodes), rows);
  const idle = [...new Set([...nodes.flatMap((node) => node.idle), ...dropped])].sort(byText);
  const trouble = same(nodes.map((node) => node.trouble));
  const severity = worstBy(
    ['error', 'warning'] as const,
    nodes.flatMap((node) => (node.severity as 'error' | 'warning') ?? []),
  );
  const card: NodeCard = {
    id,
    kind: unplaced ? 'unplaced' : single ? 'node' : 'group',
    name: unplaced ? 'not scheduled' : single ? (first?.name ?? '') : nameOf(nodes),
    count: unplaced ? 0 : nodes.length,
    ...(single && !unplaced && first ? { node: first.name } : {}),
    members: unplaced ? [] : names.slice(0, memberNames),
    ready:
      worstBy(
        ['not ready', 'unknown', 'ready'],
        nodes.map((node) => node.ready),
      ) ?? 'unknown',
    multus:
      worstBy(
        ['absent', 'unknown', 'running'],
        nodes.map((node) => node.multus),
      ) ?? 'unknown',
    devices:
      worstBy(
        ['none', 'some', 'links'],
        nodes.map((node) => node.devices),
      ) ?? 'none',
    pods: sum(nodes, (node) => node.pods),
    plugless: sum(nodes, (node) => node.plugless),
    broken: sum(nodes, (node) => node.broken),
    health:
      worstBy(
        ['failing', 'warning', 'unknown', 'pending', 'ok'],
        nodes.map((node) => node.health),
      ) ?? 'ok',
    ...(severity ? { severity } : {}),
    ...(trouble ? { trouble } : {}),
    idle: idle.slice(0, idleNames),
    moreIdle: Math.max(0, idle.length - idleNames),
    ...(open.group && !unplaced && (!single || open.expanded) ? { group: open.group } : {}),
    expandable: open.expandable,
    ...(open.expanded ? { expanded: true } : {}),
  };
  return { card, lanes: lanes.sort(laneOrder), uses, nodes: names };
}
