import type { Engine } from '../engine/engine-api.ts';
import type { AttachmentState } from '../model/topology.ts';
import type { View } from '../view/view.ts';
import { networksBand } from './cards.ts';
import type { Band, RailsDoc } from './graph-doc.ts';
import type { GraphTotals } from './lens-doc.ts';
import { type Level, networksOf, ownerOf } from './levels.ts';
import type { Projector } from './projector.ts';
import { createRailList } from './rail-list.ts';
import { createRailUses } from './rail-uses.ts';
import { createSection, type Section } from './section.ts';
import { addMember, removeMember, type Shape, shapeOf } from './shape.ts';
import { createIsShown } from './shown.ts';
import { createDrawnCards } from './surface.ts';

/**
 * What a projector decided and keeps to, so that a picture does not turn over with every pod: which option each section draws, and
 * which networks have rails of their own (null: all). A fresh projector with the same plan draws the same document.
 */
export type RailsPlan = { sections: Readonly<Record<string, number>>; own: readonly string[] | null };

export type RailsProjector = Projector<RailsDoc> & {
  plan: () => RailsPlan;
  /** Id of the card that stands for a workload. */
  cardOf: (workload: string) => string | undefined;
};

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Cards and lines of the picture as a whole, and of all open groups together. With the rails (see `rail-uses.ts`) that is less than the
 * 4,500 elements that a browser draws well.
 */
const wholeRoom = 2000;
const openRoom = 2000;
const mostOpen = 100;
const whole = '';

const moreBand: Band = { id: 'more:', label: 'more' };

/**
 * The projection of an engine's topology through one view, kept up to date by what changed: a changed workload is judged, grouped and
 * counted again, the others are not looked at. Selection and `find` do not matter here.
 */
export function createRailsProjector(engine: Engine, view: View, plan?: RailsPlan): RailsProjector {
  const isShown = createIsShown(engine, view);
  const shapes = new Map<string, Shape>();
  const shapeBy = new Map<string, Shape>();
  const totals = createTotals();
  const uses = createRailUses(plan?.own);
  const drawn = createDrawnCards();
  const rails = createRailList(engine, view, uses, drawn);
  const maker = {
    railFor: uses.railFor,
    workload: engine.workload,
    networkName: (id: string) => engine.network(id)?.name,
  };
  const opened = new Set(view.open.slice(0, mostOpen));
  const opensNetworks = view.open.some((id) => /^(nets|cause):/.test(id));
  const sections = new Map<string, Section>();
  let cached: RailsDoc | null = null;

  const openerOf = (shape: Shape): { id: string; levels: Level[]; rest: Band | null } | null => {
    // A band of an owner is that owner.
    const owner = view.by === 'owner' && opened.has(shape.band) ? shape.band : ownerOf(shape);
    if (opened.has(owner)) return { id: owner, levels: ['pod'], rest: view.by === 'node' ? moreBand : null };
    if (opened.has(shape.band)) return { id: shape.band, levels: ['equal', 'owner'], rest: null };
    if (!opensNetworks) return null;
    const { id } = networksOf(shape);
    return opened.has(id) ? { id, levels: ['equal', 'owner', 'band'], rest: moreBand } : null;
  };
  const addSection = (id: string, levels: readonly Level[], room: number, restBand: Band | null): Section => {
    const planned = plan?.sections[id] ?? null;
    const setup = { id, levels, room, restBand, planned, ...(id === whole ? {} : { open: id }) };
    const section = createSection(setup, drawn, maker);
    sections.set(id, section);
    return section;
  };
  const wholeLevels: Level[] = ['equal', ...(view.by === 'owner' ? [] : (['owner'] as const)), 'band', 'networks'];
  const root = addSection(whole, wholeLevels, wholeRoom, networksBand);
  const sectionOf = (shape: Shape): Section => {
    const opener = opened.size > 0 ? openerOf(shape) : null;
    if (!opener) return root;
    const room = Math.floor(openRoom / opened.size);
    return sections.get(opener.id) ?? addSection(opener.id, opener.levels, room, opener.rest);
  };

  const take = (id: string, shape: Shape) => {
    shapeBy.delete(id);
    removeMember(shape, id);
    totals.add(shape, -1);
    uses.add(shape, -1);
    sectionOf(shape).add(shape, -1, id);
    if (shape.members.length === 0) shapes.delete(shape.key);
  };
  const put = (id: string, shape: Shape, gathering: boolean) => {
    shapeBy.set(id, shape);
    addMember(shape, id, gathering);
    totals.add(shape, 1);
    uses.add(shape, 1);
    sectionOf(shape).add(shape, 1, id);
  };
  const find = (key: string, make: () => Shape): Shape => {
    const known = shapes.get(key) ?? make();
    shapes.set(key, known);
    return known;
  };
  const place = (id: string, gathering: boolean) => {
    const old = shapeBy.get(id);
    const workload = engine.workload(id);
    const shape = workload && isShown(id) ? shapeOf(engine, workload, view, find) : undefined;
    if (shape === old) return;
    if (old) take(id, old);
    if (shape) put(id, shape, gathering);
  };
  for (const workload of engine.workloads()) place(workload.id, true);

  const build = (): RailsDoc => {
    const refold = uses.settle();
    for (const section of sections.values()) section.settle();
    if (refold) for (const section of sections.values()) section.redraw();
    const { bands, cards, drops } = drawn.lists();
    const list = rails.rails();
    return {
      revision: engine.revision,
      lens: 'rails',
      totals: {
        ...totals.count(),
        workloads: engine.counts().workloads,
        shownWorkloads: shapeBy.size,
        cards: cards.length,
        networks: engine.counts().networks,
        drawnNetworks: list.filter((rail) => rail.network !== null).length,
        grouped: root.level === 'pod' ? 'equal' : root.level,
      },
      bands,
      rails: list,
      cards,
      drops,
    };
  };
  const doc = () => {
    cached ??= build();
    return cached;
  };

  return {
    doc,
    update: (applied) => {
      if (applied.workloads.length === 0 && applied.networks.length === 0 && applied.findings.length === 0)
        return false;
      for (const id of applied.workloads) place(id, false);
      rails.update(applied);
      cached = null;
      return true;
    },
    members: (card) => {
      for (const section of sections.values()) {
        const members = section.members(card);
        if (members) return members;
      }
      return undefined;
    },
    cardOf: (workload) => {
      const shape = shapeBy.get(workload);
      return shape && sectionOf(shape).cardOf(shape, workload);
    },
    plan: () => {
      doc();
      const own = uses.own();
      return {
        sections: Object.fromEntries([...sections].map(([id, section]) => [id, section.option])),
        own: own ? [...own] : null,
      };
    },
  };
}

type Counted = Pick<GraphTotals, 'attachments' | 'states' | 'brokenWorkloads'>;

function createTotals(): { add: (shape: Shape, by: 1 | -1) => void; count: () => Counted } {
  const states = new Map<AttachmentState, number>();
  let attachments = 0;
  let broken = 0;
  return {
    add: (shape, by) => {
      for (const state of shape.states) {
        const left = (states.get(state) ?? 0) + by;
        if (left > 0) states.set(state, left);
        else states.delete(state);
      }
      attachments += by * shape.states.length;
      if (shape.broken) broken += by;
    },
    count: () => ({
      attachments,
      states: Object.fromEntries([...states].sort(([a], [b]) => byText(a, b))),
      brokenWorkloads: broken,
    }),
  };
}
