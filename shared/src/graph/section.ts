import {
  cardOfGroup,
  cardOfPod,
  cardOfRest,
  cardOfShape,
  type Maker,
  mostPorts,
  networksBand,
  type Rest,
} from './cards.ts';
import { type Cut, createCut, rankOfHealth } from './cut.ts';
import type { Band, Card } from './graph-doc.ts';
import type { Health } from './lens-doc.ts';
import {
  createLevelIndex,
  type Group,
  type GroupLevel,
  keyOf,
  type Level,
  type LevelIndex,
  moveSum,
} from './levels.ts';
import { addPorts, emptySum } from './port-sum.ts';
import { chooseOption, cutRoom, type Option, optionsOf, restLimit } from './section-options.ts';
import { membersOf, type Shape } from './shape.ts';
import { eachInSteps } from './steps.ts';

/** Where cards are drawn; `by` is the section that draws them. */
export type Surface = {
  put: (card: Card, bandLabel: string, by: string) => void;
  drop: (id: string, by: string) => void;
};

export type SectionSetup = {
  id: string;
  /** What `view.open` calls it; absent for the picture itself. */
  open?: string;
  levels: readonly Level[];
  /** Cards and lines that it may take, never more. */
  room: number;
  /** The option to begin with; null: choose. */
  planned: number | null;
  /** Band of what is drawn together; null: that of its workloads. */
  restBand: Band | null;
};

/**
 * A part of the picture that has a room of its own: the picture as a whole, or a group that is open. It draws its workloads as finely as
 * the room allows.
 */
export type Section = {
  /**
   * Takes in that a workload came to a shape (1) or left it (-1); the shape has it already, or no longer. Before anything is drawn also
   * that many came at once.
   */
  add: (shape: Shape, by: number, id: string) => void;
  /** Counts, a little at a time, what the choice of an option needs. */
  prepare: () => Generator<void, void>;
  /** Draws what has changed; true when that was everything. */
  settle: () => boolean;
  /** Draws everything anew: networks share rails in another way. */
  redraw: () => void;
  members: (card: string) => Iterable<string> | undefined;
  /** Id of the card that stands for one of its workloads. */
  cardOf: (shape: Shape, id: string) => string | undefined;
  readonly level: Level;
  readonly option: number;
};

type Source = Shape | Group | Rest | string;
const noun: Readonly<Record<Level, string>> = {
  pod: 'pod',
  equal: 'group',
  owner: 'owner',
  band: 'band',
  networks: 'group',
};

/** Part of the shapes that must be left before groups that were far too many are counted again. */
const worthALook = 0.7;

const drawnPorts = (shape: Shape): number => Math.min(mostPorts, shape.ports.length);

export function createSection(setup: SectionSetup, surface: Surface, maker: Maker): Section {
  const { id: sectionId, open: within, room } = setup;
  const options = optionsOf(setup.levels);
  const ofRest = restLimit(room);
  const shapes = new Set<Shape>();
  const cost = { pod: 0, equal: 0 };
  const isGroupLevel = (level: Level): level is GroupLevel => level !== 'pod' && level !== 'equal';
  const indexes = new Map<GroupLevel, LevelIndex>();
  /** Of levels with far too many groups: how many shapes there were when that was found. */
  const lost = new Map<GroupLevel, number>();
  /** The index that is being filled, and the shapes that are in it. */
  let filling: { index: LevelIndex; taken: Set<Shape> } | null = null;
  const dirtyShapes = new Set<Shape>();
  const dirtyGroups = new Set<Group>();
  const dirtyPods = new Map<string, Shape | null>();
  const drawn = new Map<string, Source>();
  const rests = new Map<Health, Rest>();
  let at: number | null = null;
  let cut: Cut<Group> | null = null;

  const option = (): Option => options[at ?? 0] ?? { level: 'pod', limit: 3, cut: true };
  const look = () => ({ limit: option().limit, within });
  const emptyIndex = (level: GroupLevel): LevelIndex =>
    createLevelIndex(level, { room, all: level === setup.levels.at(-1) });
  const keep = (level: GroupLevel, index: LevelIndex) => {
    indexes.set(level, index);
    if (index.isLost) lost.set(level, shapes.size);
    else lost.delete(level);
  };
  const indexOf = (level: GroupLevel): LevelIndex => {
    const known = indexes.get(level);
    if (known?.isLost && !lost.has(level)) lost.set(level, shapes.size);
    if (known && shapes.size >= (lost.get(level) ?? 0) * worthALook) return known;
    const index = emptyIndex(level);
    for (const shape of shapes) index.add(shape, shape.members.length);
    keep(level, index);
    return index;
  };
  const costOf = ({ level, limit }: Option): number => (isGroupLevel(level) ? indexOf(level).cost(limit) : cost[level]);

  const show = (card: Card, label: string, source: Source) => {
    drawn.set(card.id, source);
    surface.put(card, label, sectionId);
  };
  const hide = (id: string) => {
    if (drawn.delete(id)) surface.drop(id, sectionId);
  };

  // An owner, or a namespace, may stand in several sections of networks.
  const suffix = within !== undefined && /^(nets|cause):/.test(within) ? `|${within}` : '';
  const groupCardId = (group: Pick<Group, 'key'>) => `card:${group.key}${suffix}`;
  const showShape = (shape: Shape) => show(cardOfShape(shape, shape.card, look(), maker), shape.bandLabel, shape);
  const showPod = (shape: Shape, id: string) => show(cardOfPod(shape, id, look(), maker), shape.bandLabel, id);
  const showGroup = (level: GroupLevel, group: Group) => {
    const [shape] = group.shapes;
    const label = level === 'networks' ? networksBand.label : (shape?.bandLabel ?? '');
    show(cardOfGroup(level, group, groupCardId(group), look(), maker), label, group);
  };

  const restOf = (health: Health, shape: Shape): Rest => {
    const known = rests.get(health);
    if (known) return known;
    const band = setup.restBand ?? { id: shape.band, label: shape.bandLabel };
    const rest = { id: `card:more@${sectionId}~${health}`, band, health, groups: 0, count: 0, sum: emptySum() };
    rests.set(health, rest);
    return rest;
  };
  const showRests = (level: Level) => {
    for (const rest of rests.values()) {
      if (rest.count > 0)
        show(cardOfRest(rest, noun[level], { ...look(), limit: ofRest }, maker), rest.band.label, rest);
      else hide(rest.id);
    }
  };
  /** A whole group goes to the rest, or comes back from it. */
  const moveToRest = (group: Group, sign: 1 | -1) => {
    const [shape] = group.shapes;
    if (!shape) return;
    const rest = restOf(group.health, shape);
    rest.groups += sign;
    rest.count += sign * group.count;
    moveSum(rest.sum, group, sign);
  };

  const settleCut = (level: GroupLevel, few: Cut<Group>) => {
    const { came, went } = few.settle();
    for (const group of went) {
      hide(groupCardId(group));
      if (group.count > 0) moveToRest(group, 1);
      group.sum = null;
    }
    for (const group of came) {
      moveToRest(group, -1);
      showGroup(level, group);
    }
    for (const group of dirtyGroups) if (group.count > 0 && few.isDrawn(group)) showGroup(level, group);
    showRests(level);
  };

  /** Where not all pods can be drawn: first those that fail, shape by shape, and what is left of each health together. */
  const cutPods = () => {
    rests.clear();
    let left = Math.max(0, room * 0.75 - 6 * (1 + ofRest));
    const order = [...shapes].sort(
      (a, b) => rankOfHealth[a.health] - rankOfHealth[b.health] || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
    );
    for (const shape of order) {
      const ids = membersOf(shape);
      const each = 1 + Math.min(option().limit, shape.ports.length);
      const fit = Math.min(ids.length, Math.floor(left / each));
      for (const id of ids.slice(0, fit)) showPod(shape, id);
      left -= fit * each;
      if (fit === ids.length) continue;
      const rest = restOf(shape.health, shape);
      rest.groups += ids.length - fit;
      rest.count += ids.length - fit;
      addPorts(rest.sum, shape.ports, ids.length - fit);
    }
    showRests('pod');
  };

  const drawAll = () => {
    const { level, cut: isCut } = option();
    if (level === 'pod' && isCut) return cutPods();
    if (level === 'pod') {
      for (const shape of shapes) for (const id of shape.members) showPod(shape, id);
    } else if (level === 'equal') {
      for (const shape of shapes) showShape(shape);
    } else if (cut) {
      for (const group of cut.drawn()) if (group.count > 0) showGroup(level, group);
      settleCut(level, cut);
    } else for (const group of indexOf(level).groups.values()) showGroup(level, group);
  };

  const redraw = () => {
    const before = [...drawn.keys()];
    drawn.clear();
    drawAll();
    for (const id of before) if (!drawn.has(id)) surface.drop(id, sectionId);
  };

  const forget = () => {
    dirtyShapes.clear();
    dirtyGroups.clear();
    dirtyPods.clear();
  };

  /** Another option: coarser groups than its are no longer counted. */
  const begin = () => {
    const { level, cut: isCut } = option();
    const finest = setup.levels.indexOf(level);
    for (const known of indexes.keys()) if (setup.levels.indexOf(known) > finest) indexes.delete(known);
    rests.clear();
    cut = null;
    if (isCut && isGroupLevel(level)) {
      const { groups } = indexOf(level);
      cut = createCut(groups.values(), cutRoom(room, ofRest));
      for (const group of groups.values()) {
        const [shape] = group.shapes;
        if (!shape) continue;
        const rest = restOf(group.health, shape);
        rest.groups += 1;
        rest.count += group.count;
        for (const each of group.shapes) addPorts(rest.sum, each.ports, each.members.length);
      }
    }
    forget();
    redraw();
  };

  const drawChanged = () => {
    const { level, cut: isCut } = option();
    if (level === 'pod' && isCut) {
      if (dirtyPods.size > 0) redraw();
    } else if (level === 'pod') {
      for (const [id, shape] of dirtyPods) {
        if (shape) showPod(shape, id);
        else hide(`card:${id}`);
      }
    } else if (level === 'equal') {
      for (const shape of dirtyShapes) {
        if (shape.members.length > 0) showShape(shape);
        else hide(shape.card);
      }
    } else if (cut) settleCut(level, cut);
    else
      for (const group of dirtyGroups) {
        if (group.count > 0) showGroup(level, group);
        else if (!indexOf(level).groups.has(group.key)) hide(groupCardId(group));
      }
    forget();
  };

  const prepare = function* (): Generator<void, void> {
    if (at !== null) return;
    for (const level of setup.levels.filter(isGroupLevel)) {
      const known = (option: Option): number =>
        isGroupLevel(option.level) && !indexes.has(option.level) ? Number.POSITIVE_INFINITY : costOf(option);
      // Coarser groups are not counted where finer ones can be drawn.
      const chosen = options[chooseOption(options, room, known, null)];
      if (chosen && !chosen.cut) return;
      const { index, taken } = { index: emptyIndex(level), taken: new Set<Shape>() };
      filling = { index, taken };
      yield* eachInSteps(shapes, (shape) => {
        taken.add(shape);
        index.add(shape, shape.members.length);
      });
      filling = null;
      keep(level, index);
    }
  };

  /** What is not drawn on its own is part of the rest. */
  const addToRest = (few: Cut<Group>, group: Group, shape: Shape, by: number) => {
    if (!few.isDrawn(group)) {
      const rest = restOf(group.health, shape);
      if (by > 0 && group.count === by) rest.groups += 1;
      if (group.count === 0) rest.groups -= 1;
      rest.count += by;
      addPorts(rest.sum, shape.ports, by);
    }
    few.touch(group);
  };

  const add = (shape: Shape, by: number, id: string) => {
    if (shape.members.length > 0) {
      if (!shapes.has(shape)) cost.equal += 1 + drawnPorts(shape);
      shapes.add(shape);
    } else if (shapes.delete(shape)) cost.equal -= 1 + drawnPorts(shape);
    cost.pod += by * (1 + drawnPorts(shape));
    const { level } = option();
    if (at !== null && level === 'equal') dirtyShapes.add(shape);
    if (at !== null && level === 'pod') dirtyPods.set(id, by > 0 ? shape : null);
    if (filling?.taken.has(shape)) filling.index.add(shape, by);
    for (const [known, index] of indexes) {
      const group = index.add(shape, by);
      if (!group || at === null || known !== level) continue;
      dirtyGroups.add(group);
      if (cut) addToRest(cut, group, shape, by);
    }
  };

  const settle = () => {
    const next = at === null && setup.planned !== null ? setup.planned : chooseOption(options, room, costOf, at);
    const changed = next !== at;
    at = next;
    if (changed) begin();
    else drawChanged();
    return changed;
  };

  const membersOfRest = function* (rest: Rest): Generator<string> {
    const { level } = option();
    if (level === 'pod') {
      for (const shape of shapes)
        if (shape.health === rest.health) for (const id of shape.members) if (!drawn.has(`card:${id}`)) yield id;
    } else if (isGroupLevel(level)) {
      for (const group of indexOf(level).groups.values())
        if (group.health === rest.health && !cut?.isDrawn(group))
          for (const shape of group.shapes) yield* shape.members;
    }
  };

  return {
    add,
    prepare,
    settle,
    redraw,
    members: (card) => {
      const source = drawn.get(card);
      if (source === undefined) return undefined;
      if (typeof source === 'string') return [source];
      if ('members' in source) return source.members;
      if ('shapes' in source) return [...source.shapes].flatMap((shape) => shape.members);
      return membersOfRest(source);
    },
    cardOf: (shape, id) => {
      const { level } = option();
      const wanted =
        level === 'pod' ? `card:${id}` : level === 'equal' ? shape.card : groupCardId({ key: keyOf[level](shape) });
      return drawn.has(wanted) ? wanted : rests.get(shape.health)?.id;
    },
    get level() {
      return option().level;
    },
    get option() {
      return at ?? 0;
    },
  };
}
