import type { Level } from './levels.ts';

/** A way to draw the workloads of a section: what shares a card, and how many lines a card has at most. */
export type Option = { level: Level; limit: number; cut: boolean };

const limits: Readonly<Record<Level, readonly number[]>> = {
  pod: [16],
  equal: [16],
  owner: [12, 8, 5, 3],
  band: [12, 8, 5, 3],
  networks: [8, 5, 3],
};
const fewest = 3;

/** Finest first. The last always fits: it draws as many groups as there is room for, and the others together. */
export const optionsOf = (levels: readonly Level[]): Option[] => [
  ...levels.flatMap((level) => limits[level].map((limit) => ({ level, limit, cut: false }))),
  { level: levels.at(-1) ?? 'pod', limit: fewest, cut: true },
];

/** Part of the room that a new choice may take, so that what comes later does not change it at once. */
const fill = 0.75;
/** The coarse pictures with few lines may take more: the next coarser one would say much less. */
const fillCoarse = 0.95;
/** Only a finer picture that is sure to last is worth that everything moves. */
const fillFiner = 0.6;

type Costs = (option: Option) => number;

/**
 * Which option to draw. Without one from before: the finest that fits. A chosen one stays until it no longer fits into the whole room,
 * or until a finer one fits easily.
 */
export function chooseOption(options: readonly Option[], room: number, costs: Costs, before: number | null): number {
  const fits = (at: number, part: number) => {
    const option = options[at];
    return option !== undefined && (option.cut || costs(option) <= room * part);
  };
  const first = (from: number, part?: number): number => {
    let at = from;
    while (at < options.length - 1 && !fits(at, part ?? partOf(options[at]))) at += 1;
    return at;
  };
  if (before === null) return first(0);
  if (!fits(before, 1)) return first(before + 1);
  for (let at = 0; at < before; at += 1) if (fits(at, fillFiner)) return at;
  return before;
}

const partOf = (option: Option | undefined): number =>
  option && option.limit <= 5 && (option.level === 'band' || option.level === 'networks') ? fillCoarse : fill;

/** Groups that are drawn where not all are. */
export const cutRoom = (room: number, restLimit: number): number =>
  Math.max(0, Math.floor((room * fill - 6 * (1 + restLimit)) / (1 + fewest)));

export const restLimit = (room: number): number => (room >= 400 ? 12 : 2);
