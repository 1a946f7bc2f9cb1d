import type { Engine } from '../engine/engine-api.ts';
import type { AttachmentState } from '../model/topology.ts';
import { attachmentStates } from '../model/topology.ts';
import type { View } from '../view/view.ts';
import type { Band, Card, Drop, Rail, RailsDoc } from './graph-doc.ts';
import type { GraphTotals } from './lens-doc.ts';
import { buildMember, type Member } from './member.ts';
import type { Projector } from './projector.ts';
import { createIsShown } from './shown.ts';
import { hues, toRail } from './to-rail.ts';

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** At most about this many cards, lines and rails are drawn; beyond it pods share cards across owners. */
const elementBudget = 1500;
const memberNames = 20;

/**
 * The projection of an engine's topology through one view, kept up to date by what changed: a changed workload is judged, grouped and
 * counted again, the others are not looked at. Selection and `find` do not matter here.
 */
export function createRailsProjector(engine: Engine, view: View): Projector<RailsDoc> {
  const members = new Map<string, Member>();
  const opened = new Set(view.open);
  const levels = [
    new Map<string, Set<string>>(),
    new Map<string, Set<string>>(),
    new Map<string, Set<string>>(),
  ] as const;
  const stateCounts = new Map<AttachmentState, number>();
  let broken = 0;
  let attachments = 0;
  let cached: RailsDoc | null = null;
  let last: RailsDoc | null = null;
  let cards = new Map<string, Card>();
  /** Cards of the groups that have not changed since they were made. */
  const made = new Map<string, readonly Card[]>();
  let madeFor: 1 | 2 = 1;
  const bands = new Map<string, { band: Band; count: number }>();

  const isShown = createIsShown(engine, view);

  const count = (member: Member, by: 1 | -1) => {
    for (const state of member.states) {
      const left = (stateCounts.get(state) ?? 0) + by;
      if (left > 0) stateCounts.set(state, left);
      else stateCounts.delete(state);
    }
    attachments += by * member.states.length;
    if (member.broken) broken += by;
    member.keys.forEach((key, level) => {
      const groups = levels[level as 0 | 1 | 2];
      const group = groups.get(key) ?? new Set<string>();
      if (by === 1) group.add(member.id);
      else group.delete(member.id);
      if (group.size > 0) groups.set(key, group);
      else groups.delete(key);
      made.delete(key);
    });
    const { band, count: inBand } = bands.get(member.band) ?? {
      band: { id: member.band, label: member.bandLabel },
      count: 0,
    };
    if (inBand + by > 0) bands.set(member.band, { band, count: inBand + by });
    else bands.delete(member.band);
  };

  const place = (id: string) => {
    const old = members.get(id);
    if (old) {
      count(old, -1);
      members.delete(id);
    }
    const workload = engine.workload(id);
    if (!workload || !isShown(id)) return;
    const member = buildMember(engine, workload, view);
    members.set(id, member);
    count(member, 1);
  };

  for (const workload of engine.workloads()) place(workload.id);

  const cardLevel = (): 1 | 2 => {
    let elements = 0;
    for (const ids of levels[1].values()) {
      const [id = ''] = ids;
      const first = members.get(id);
      elements += 1 + (first?.ports.length ?? 0);
      if (elements > elementBudget) return 2;
    }
    return 1;
  };

  const build = (): RailsDoc => {
    const level = cardLevel();
    if (level !== madeFor) made.clear();
    madeFor = level;
    const next = new Map<string, Card>();
    for (const [key, ids] of levels[level]) {
      const own = made.get(key) ?? makeCards(key, ids);
      made.set(key, own);
      for (const card of own) next.set(card.id, card);
    }
    cards = next;
    // In the order of the last picture they are nearly sorted, which a sort makes use of.
    const kept = new Set(last?.cards.map((card) => card.id));
    const sorted = [
      ...(last?.cards.flatMap((card) => next.get(card.id) ?? []) ?? []),
      ...[...next.values()].filter((card) => !kept.has(card.id)),
    ].sort((a, b) => byText(a.band, b.band) || byText(a.name, b.name) || byText(a.id, b.id));
    const drops = sorted.flatMap(dropsOf);
    const rails = buildRails(drops);
    return {
      revision: engine.revision,
      lens: 'rails',
      totals: totals(sorted.length, rails.filter((rail) => !rail.ghost).length),
      bands: [...bands.values()].map(({ band }) => band).sort((a, b) => byText(a.id, b.id)),
      rails,
      cards: sorted,
      drops,
    };
  };

  const makeCards = (key: string, ids: ReadonlySet<string>): Card[] => {
    const group = [...ids].sort(byText).flatMap((id) => members.get(id) ?? []);
    const opener = group[0]?.group;
    const open = opener !== undefined && opened.has(opener) && ids.size <= elementBudget / 3;
    const cardsOf = open ? group.map((member) => toCard(member.keys[0], [member], true)) : [toCard(key, group, false)];
    return cardsOf.flatMap((card) => card ?? []);
  };

  const totals = (drawn: number, networks: number): GraphTotals => ({
    workloads: engine.counts().workloads,
    shownWorkloads: members.size,
    cards: drawn,
    networks: engine.counts().networks,
    drawnNetworks: networks,
    attachments,
    states: Object.fromEntries([...stateCounts.entries()].sort(([a], [b]) => byText(a, b))),
    brokenWorkloads: broken,
  });

  const buildRails = (drops: readonly Drop[]): Rail[] => {
    const used = new Map<string, { count: number; worst: AttachmentState; band: string }>();
    for (const drop of drops) {
      const band = cards.get(drop.card)?.band ?? '';
      const use = used.get(drop.rail);
      if (!use) {
        used.set(drop.rail, { count: drop.count, worst: drop.state, band });
        continue;
      }
      use.count += drop.count;
      use.worst = worseOf(use.worst, drop.state);
      if (band <= use.band) use.band = band;
    }
    if (view.idle)
      for (const network of engine.networks())
        if (!used.has(network.id)) used.set(network.id, { count: 0, worst: 'attached', band: '' });
    const rails = [...used.entries()].map(([id, use]) => ({ rail: toRail(engine, id, use), band: use.band }));
    rails.sort(
      (a, b) =>
        roleRank(a.rail) - roleRank(b.rail) ||
        byText(a.rail.namespace ?? a.band.slice(3), b.rail.namespace ?? b.band.slice(3)) ||
        byText(a.rail.name, b.rail.name) ||
        byText(a.rail.id, b.rail.id),
    );
    return spreadHues(rails.map((item) => item.rail));
  };

  return {
    doc: () => {
      if (!cached) {
        cached = build();
        last = cached;
      }
      return cached;
    },
    update: (applied) => {
      if (applied.workloads.length === 0 && applied.networks.length === 0 && applied.findings.length === 0)
        return false;
      for (const id of applied.workloads) place(id);
      cached = null;
      return true;
    },
    members: (card) => levels.find((groups) => groups.has(card))?.get(card),
  };
}

const roleRank = (rail: Rail): number => (rail.role === 'cluster-default' ? 0 : 1);

const worseOf = (a: AttachmentState, b: AttachmentState): AttachmentState =>
  a === b || attachmentStates.indexOf(a) < attachmentStates.indexOf(b) ? a : b;

function toCard(id: string, group: readonly Member[], expanded: boolean): Card | undefined {
  const first = group[0];
  if (!first) return undefined;
  const names = new Set(group.map((member) => member.groupName));
  const single = group.length === 1;
  return {
    id,
    band: first.band,
    kind: single ? first.kind : 'group',
    name: expanded ? first.name : names.size === 1 ? first.groupName : `${first.groupName} and ${names.size - 1} more`,
    namespace: first.namespace,
    count: group.length,
    ...(single ? { workload: first.id } : {}),
    members: group.slice(0, memberNames).map((member) => member.name),
    health: first.health,
    status: first.status,
    ports: first.ports,
    expandable: !single && first.group !== undefined,
    ...(first.group && (expanded || !single) ? { group: first.group } : {}),
    ...(expanded ? { expanded } : {}),
  };
}

const dropsOfCard = new WeakMap<Card, readonly Drop[]>();

/** The same drops for the same card: what did not change keeps its identity, and costs no comparison. */
function dropsOf(card: Card): readonly Drop[] {
  const known = dropsOfCard.get(card);
  if (known) return known;
  const drops = card.ports.flatMap((port, index): Drop[] =>
    port.rail === null
      ? []
      : [
          {
            id: `${card.id}|${port.key}`,
            card: card.id,
            port: index,
            rail: port.rail,
            state: port.state,
            interface: port.interface,
            count: card.count,
          },
        ],
  );
  dropsOfCard.set(card, drops);
  return drops;
}

/** A colour by the network's id, so that it keeps it; a neighbour of the same colour takes the next. */
function spreadHues(rails: readonly Rail[]): Rail[] {
  let before = -1;
  return rails.map((rail) => {
    let { hue } = rail;
    if (hue === before) hue = (hue + 1) % hues;
    before = hue;
    return { ...rail, hue };
  });
}
