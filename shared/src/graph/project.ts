import type { Engine } from '../engine/engine-api.ts';
import type { View } from '../view/view.ts';
import { networksBand } from './cards.ts';
import type { Band, RailsDoc } from './graph-doc.ts';
import { type Level, networksOf, ownerOf } from './levels.ts';
import type { Projector } from './projector.ts';
import { createRailList } from './rail-list.ts';
import { createRailUses } from './rail-uses.ts';
import { createSection, type Section } from './section.ts';
import type { Shape } from './shape.ts';
import { createShapeIndexes, type ShapeIndexes } from './shape-index.ts';
import { createSteps, eachInSteps } from './steps.ts';
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
 * The projection of an engine's topology through one view, drawn from the shapes of its workloads: a changed workload is grouped and
 * counted again, the others are not looked at. Selection and `find` do not matter here.
 */
export function createRailsProjector(
  engine: Engine,
  view: View,
  plan?: RailsPlan,
  indexes: ShapeIndexes = createShapeIndexes(engine),
): RailsProjector {
  const { index, close } = indexes.open(view);
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
  /** The shapes that are in the picture, while not all are. */
  let taken: Set<Shape> | null = new Set();
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

  const add = (shape: Shape, by: number, id: string) => {
    uses.add(shape, by);
    sectionOf(shape).add(shape, by, id);
  };
  const unlisten = index.listen((shape, by, id) => {
    cached = null;
    // What is not yet taken is taken as it is by then.
    if (!taken || taken.has(shape)) add(shape, by, id);
  });
  const taking = createSteps(function* () {
    if (!taken) return;
    const known = taken;
    yield* eachInSteps(index.shapes(), (shape) => {
      known.add(shape);
      add(shape, shape.members.length, '');
    });
    taken = null;
    for (const section of sections.values()) yield* section.prepare();
  });
  const step = (): boolean => index.step() && taking.step();

  const build = (): RailsDoc => {
    const refold = uses.settle();
    for (const section of sections.values()) if (!section.settle() && refold) section.redraw();
    const { bands, cards, drops } = drawn.lists();
    const list = rails.rails();
    return {
      revision: engine.revision,
      lens: 'rails',
      totals: {
        ...index.counts(),
        cards: cards.length,
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
    while (!step());
    cached ??= build();
    return cached;
  };

  return {
    step,
    doc,
    update: (applied) => {
      if (applied.workloads.length === 0 && applied.networks.length === 0 && applied.findings.length === 0)
        return false;
      index.update(applied);
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
      const shape = index.shapeOf(workload);
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
    close: () => {
      unlisten();
      close();
    },
  };
}
