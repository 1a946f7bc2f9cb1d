import type { AttachmentState } from '../model/topology.ts';
import { brokenStates } from '../view/query.ts';
import { moreGhosts, moreRail, worseOf } from './port-sum.ts';
import type { Shape } from './shape.ts';

/** How the workloads that are shown use one network, drawn or not. */
export type Use = {
  count: number;
  broken: number;
  states: Map<AttachmentState, number>;
  /** Attachments by band, of a network without a namespace: where it stands among the others. */
  bands: Map<string, number>;
};

export function worstOf(use: Use): AttachmentState {
  let worst: AttachmentState = 'ended';
  for (const state of use.states.keys()) worst = worseOf(worst, state);
  return worst;
}

export type RailUses = {
  uses: ReadonlyMap<string, Use>;
  /** How many of them do not exist. */
  readonly ghosts: number;
  /** Takes in that a shape got `by` workloads more. */
  add: (shape: Shape, by: number) => void;
  /** The networks that may have rails of their own; null: all. */
  own: () => ReadonlySet<string> | null;
  /** Chooses them anew where that has become necessary; true when it has. */
  settle: () => boolean;
  railFor: (rail: string) => string;
  takeTouched: () => Set<string>;
};

/** With more networks than this the least of them share a rail; with fewer than `few` all have their own again. */
const most = 150;
const few = 110;
/** The ones with rails when not all can have one, and how many more are let in before all are chosen anew. */
const chosen = 120;
const spare = 30;
/** So much more must one be used than one that has a rail. */
const clearly = 4;

type Ranked = { rail: string; use: Use };
const isGhost = (rail: string): boolean => rail.startsWith('ghost:');
const isCommon = (rail: string): boolean => rail.startsWith('default:');
const byUse = (a: Ranked, b: Ranked): number =>
  Number(isCommon(b.rail)) - Number(isCommon(a.rail)) || b.use.count - a.use.count || (a.rail < b.rail ? -1 : 1);
const byBroken = (a: Ranked, b: Ranked): number => b.use.broken - a.use.broken || byUse(a, b);

/** What is broken gets up to half of the rails, the most used the others. */
function choose(uses: ReadonlyMap<string, Use>): Set<string> {
  const all = [...uses].map(([rail, use]) => ({ rail, use }));
  const broken = all.filter(({ rail, use }) => use.broken > 0 || isGhost(rail)).sort(byBroken);
  const picked = new Set(broken.slice(0, chosen / 2).map(({ rail }) => rail));
  for (const { rail } of all.filter((each) => !isGhost(each.rail)).sort(byUse)) {
    if (picked.size >= chosen) break;
    picked.add(rail);
  }
  return picked;
}

export function createRailUses(planned: readonly string[] | null | undefined): RailUses {
  const uses = new Map<string, Use>();
  const touched = new Set<string>();
  let ghosts = 0;
  let own: Set<string> | null = planned ? new Set(planned) : null;
  /** Whether the plan is that of another projector, to be taken over as it is. */
  let given = planned !== undefined;
  let stale = false;

  const leastUse = (): number => {
    let least = Number.POSITIVE_INFINITY;
    for (const rail of own ?? []) {
      const use = uses.get(rail);
      if (!isGhost(rail) && (use?.broken ?? 0) === 0) least = Math.min(least, use?.count ?? 0);
    }
    return least;
  };
  /** A network without a rail of its own gets one when it breaks, while there is room, and when it is used much more than one that has. */
  const reconsider = () => {
    for (const rail of touched) {
      const use = uses.get(rail);
      if (!own || !use || own.has(rail)) continue;
      const room = own.size < chosen + spare;
      if (use.broken > 0 && room) {
        own.add(rail);
        stale = true;
      } else if (use.count > clearly * Math.max(1, leastUse())) {
        own = choose(uses);
        stale = true;
      }
    }
  };

  return {
    uses,
    get ghosts() {
      return ghosts;
    },
    add: (shape, by) => {
      for (const { rail, state } of shape.ports) {
        if (rail === null) continue;
        const use = uses.get(rail) ?? { count: 0, broken: 0, states: new Map(), bands: new Map() };
        use.count += by;
        if (brokenStates.has(state)) use.broken += by;
        use.states.set(state, (use.states.get(state) ?? 0) + by);
        if (use.states.get(state) === 0) use.states.delete(state);
        if (!rail.includes('/') && !isCommon(rail)) {
          use.bands.set(shape.band, (use.bands.get(shape.band) ?? 0) + by);
          if (use.bands.get(shape.band) === 0) use.bands.delete(shape.band);
        }
        if (isGhost(rail)) ghosts += Number(use.count > 0) - Number(uses.has(rail));
        if (use.count > 0) uses.set(rail, use);
        else uses.delete(rail);
        touched.add(rail);
      }
    },
    own: () => own,
    settle: () => {
      if (given) {
        given = false;
        return own !== null;
      }
      stale = false;
      if (!own && uses.size > most) {
        own = choose(uses);
        stale = true;
      } else if (own && uses.size < few) {
        own = null;
        stale = true;
      } else if (own) reconsider();
      return stale;
    },
    railFor: (rail) => {
      if (!own || own.has(rail)) return rail;
      return isGhost(rail) ? moreGhosts : moreRail;
    },
    takeTouched: () => {
      const taken = new Set(touched);
      touched.clear();
      return taken;
    },
  };
}
