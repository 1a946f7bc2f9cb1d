import { type AttachmentState, attachmentStates } from '../model/topology.ts';
import { brokenStates } from '../view/query.ts';
import type { Port } from './graph-doc.ts';

/** Attachments of many workloads by rail and state; the rail '' is where there is nothing to plug into. */
export type PortSum = { rails: Map<string, RailSum>; size: number };
type StateSum = { state: AttachmentState; broken: boolean; count: number };
/** `common`: nearly every pod has it. */
type RailSum = { common: boolean; states: StateSum[] };

const isCommon = (rail: string): boolean => rail === '' || rail.startsWith('default:') || rail.startsWith('more:');

export const emptySum = (): PortSum => ({ rails: new Map(), size: 0 });

function addTo(sum: PortSum, rail: string, state: AttachmentState, by: number): void {
  let known = sum.rails.get(rail);
  if (!known) {
    known = { common: isCommon(rail), states: [] };
    sum.rails.set(rail, known);
  }
  const { states } = known;
  const at = states.findIndex((entry) => entry.state === state);
  const entry = states[at];
  if (!entry) {
    states.push({ state, broken: brokenStates.has(state), count: by });
    sum.size += 1;
    return;
  }
  entry.count += by;
  if (entry.count !== 0) return;
  states.splice(at, 1);
  sum.size -= 1;
  if (states.length === 0) sum.rails.delete(rail);
}

/** Adds the ports of `by` workloads that have these. */
export function addPorts(sum: PortSum, ports: readonly Port[], by: number): void {
  for (const { rail, state } of ports) addTo(sum, rail ?? '', state, by);
}

export function addSum(sum: PortSum, other: PortSum, sign: 1 | -1): void {
  for (const [rail, { states }] of other.rails)
    for (const { state, count } of states) addTo(sum, rail, state, sign * count);
}

const rankOfState: ReadonlyMap<AttachmentState, number> = new Map(attachmentStates.map((state, rank) => [state, rank]));
/** attachmentStates begins with the worst. */
export const worseOf = (a: AttachmentState, b: AttachmentState): AttachmentState =>
  (rankOfState.get(a) ?? 0) <= (rankOfState.get(b) ?? 0) ? a : b;

/** Half or double: small changes of a number must not change an order. */
export const magnitude = (count: number): number => 32 - Math.clz32(count);

/** Rails that stand for what has no rail of its own. */
export const moreRail = 'more:networks';
export const moreGhosts = 'more:missing';

/** Which rail is drawn for a network: its own, or the one that many share. */
export type RailFor = (rail: string) => string;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byPlace = (a: Port, b: Port): number =>
  byText(a.rail ?? '', b.rail ?? '') || (rankOfState.get(a.state) ?? 0) - (rankOfState.get(b.state) ?? 0);

const toPort = (rail: string, state: AttachmentState, count: number): Port => ({
  key: `${rail}:${state}`,
  interface: '',
  state,
  rail: rail || null,
  count,
});

type Entry = { rail: string; state: AttachmentState; count: number; need: number };

/** What must be seen first: what is broken, then what many use; what nearly every pod has comes last. */
const needOf = (common: boolean, { broken, count }: StateSum): number =>
  (broken ? 128 : 0) + (common ? 0 : 64) + magnitude(count);

const byNeed = (a: Entry, b: Entry): number =>
  b.need - a.need || byText(a.rail, b.rail) || (rankOfState.get(a.state) ?? 0) - (rankOfState.get(b.state) ?? 0);

function entriesOf(sum: PortSum, railFor: RailFor): Entry[] {
  const shared = emptySum();
  const entries: Entry[] = [];
  const take = (rail: string, { common, states }: RailSum) => {
    for (const each of states) entries.push({ rail, state: each.state, count: each.count, need: needOf(common, each) });
  };
  for (const [id, known] of sum.rails) {
    const rail = id && railFor(id);
    if (rail === id) take(rail, known);
    else for (const { state, count } of known.states) addTo(shared, rail, state, count);
  }
  for (const [rail, known] of shared.rails) take(rail, known);
  return entries;
}

/** The first few in an order, without putting the others into it. */
function firstFew(entries: readonly Entry[], limit: number): Entry[] {
  const few: Entry[] = [];
  for (const entry of entries) {
    const last = few[limit - 1];
    if (last && byNeed(last, entry) <= 0) continue;
    let at = Math.min(few.length, limit - 1);
    while (at > 0 && byNeed(few[at - 1] ?? entry, entry) > 0) {
      few[at] = few[at - 1] ?? entry;
      at -= 1;
    }
    few[at] = entry;
  }
  return few;
}

/** What does not get a port of its own as one that is broken and one that is not: neither hides the other. */
function restOf(entries: readonly Entry[]): Port[] {
  return [true, false].flatMap((broken) => {
    let state: AttachmentState | undefined;
    let count = 0;
    for (const entry of entries) {
      if (entry.need >= 128 !== broken) continue;
      state = state === undefined ? entry.state : worseOf(state, entry.state);
      count += entry.count;
    }
    return state === undefined ? [] : [{ ...toPort(moreRail, state, count), key: broken ? 'more:broken' : 'more:' }];
  });
}

/** One port per rail and state, in the order of the rails; at most `limit` (two or more), whose counts add up to those of the sum. */
export function mergedPorts(sum: PortSum, limit: number, railFor: RailFor): Port[] {
  const entries = entriesOf(sum, railFor);
  const toPorts = (some: readonly Entry[]) =>
    some.map(({ rail, state, count }) => toPort(rail, state, count)).sort(byPlace);
  if (entries.length <= limit) return toPorts(entries);
  for (const own of [limit - 1, limit - 2]) {
    const few = new Set(firstFew(entries, own));
    const rest = restOf(entries.filter((entry) => !few.has(entry)));
    if (own + rest.length <= limit) return [...toPorts([...few]), ...rest];
  }
  return restOf(entries);
}
