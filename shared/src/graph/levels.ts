import { brokenStates } from '../view/query.ts';
import type { Health } from './lens-doc.ts';
import { addPorts, addSum, emptySum, type PortSum } from './port-sum.ts';
import type { Shape } from './shape.ts';

/** What the workloads of one card have in common, finest first; their health always. */
export type Level = 'pod' | 'equal' | 'owner' | 'band' | 'networks';
export type GroupLevel = Exclude<Level, 'pod' | 'equal'>;

const isOwn = (rail: string | null): rail is string => rail !== null && !rail.startsWith('default:');

/** What a workload is grouped by where namespaces are too many: its first two networks, or what it fails at and why. */
export function networksOf(shape: Shape): { id: string; rails: string[] } {
  if (shape.health === 'failing') {
    const some = shape.ports.filter(({ rail, state }) => rail !== null && brokenStates.has(state));
    const broken = (some.find(({ state }) => state === 'failed') ?? some[0])?.rail;
    return { id: `cause:${shape.cause ?? ''} ${broken ?? ''}`, rails: broken ? [broken] : [] };
  }
  const rails = [...new Set(shape.ports.map(({ rail }) => rail).filter(isOwn))].slice(0, 2).sort();
  return { id: `nets:${rails.join('+')}`, rails };
}

/** What opens the pods of one owner, or those of a band that have none. */
export const ownerOf = (shape: Shape): string => shape.group ?? `bare:${shape.band}`;

export const keyOf: Readonly<Record<GroupLevel, (shape: Shape) => string>> = {
  owner: (shape) => `${ownerOf(shape)}@${shape.band}~${shape.health}`,
  band: (shape) => `${shape.band}~${shape.health}`,
  networks: (shape) => `${networksOf(shape).id}~${shape.health}`,
};

export type Group = {
  key: string;
  health: Health;
  shapes: Set<Shape>;
  /** Workloads. */
  count: number;
  /** Kept while somebody reads it. */
  sum: PortSum | null;
};

/** The groups of one level. */
export type LevelIndex = {
  readonly groups: ReadonlyMap<string, Group>;
  /** There were far too many groups to draw: they are no longer counted. */
  readonly isLost: boolean;
  /** Takes in that a shape got `by` workloads more; the group may be gone after it (count 0). null: not counted. */
  add: (shape: Shape, by: number) => Group | null;
  /** Cards and lines when a card has at most `limit` lines; infinite where there are more than `room` cards. */
  cost: (limit: number) => number;
};

const widest = 16;
const none = (): number[] => Array.from({ length: widest + 1 }, () => 0);

export function sumOf(group: Group): PortSum {
  if (!group.sum) {
    group.sum = emptySum();
    for (const shape of group.shapes) addPorts(group.sum, shape.ports, shape.members.length);
  }
  return group.sum;
}

export const moveSum = (to: PortSum, group: Group, sign: 1 | -1): void => addSum(to, sumOf(group), sign);

/** `all`: groups are kept however many there are. It begins empty. */
export function createLevelIndex(level: GroupLevel, { room, all }: { room: number; all: boolean }): LevelIndex {
  const groups = new Map<string, Group>();
  /** Groups by their number of ports, the last for `widest` and more; null while there are too many to count. */
  let widths: number[] | null = none();
  const widthOf = (group: Group) => Math.min(widest, group.sum?.size ?? 0);
  const countWidth = (group: Group, by: 1 | -1) => {
    if (widths) widths[widthOf(group)] = (widths[widthOf(group)] ?? 0) + by;
  };
  let isLost = false;
  const add = (shape: Shape, by: number): Group | null => {
    if (isLost) return null;
    const key = keyOf[level](shape);
    let group = groups.get(key);
    if (!group) {
      group = { key, health: shape.health, shapes: new Set(), count: 0, sum: widths ? emptySum() : null };
      groups.set(key, group);
    } else countWidth(group, -1);
    group.count += by;
    if (group.sum) addPorts(group.sum, shape.ports, by);
    if (shape.members.length > 0) group.shapes.add(shape);
    else group.shapes.delete(shape);
    if (group.count > 0) countWidth(group, 1);
    else groups.delete(key);
    if (groups.size <= 2 * room) return group;
    if (widths) stopCounting();
    if (all) return group;
    isLost = true;
    groups.clear();
    return null;
  };

  const startCounting = () => {
    widths = none();
    for (const group of groups.values()) {
      sumOf(group);
      countWidth(group, 1);
    }
  };
  const stopCounting = () => {
    widths = null;
    for (const group of groups.values()) group.sum = null;
  };
  return {
    groups,
    get isLost() {
      return isLost;
    },
    add,
    cost: (limit) => {
      if (isLost) return Number.POSITIVE_INFINITY;
      if (!widths && groups.size <= room) startCounting();
      if (!widths || groups.size > room) return Number.POSITIVE_INFINITY;
      return widths.reduce((sum, number, width) => sum + number * (1 + Math.min(width, limit)), 0);
    },
  };
}
