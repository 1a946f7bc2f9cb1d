import type { Applied, Engine, Plug } from '../engine/engine-api.ts';
import { ghostName, interfaceName, railOf } from '../graph/member.ts';
import { createIsShown, shownPlugs } from '../graph/shown.ts';
import { workloadOfAttachment } from '../model/ids.ts';
import { attachmentStates, type Workload } from '../model/topology.ts';
import { ipKey, toIp } from '../net/ip.ts';
import type { View } from '../view/view.ts';
import { mergeInTurns, sortInTurns } from './in-turns.ts';

/** What the ledger can be sorted by; `state` puts first what an eye should be drawn to. */
export const ledgerSorts = ['state', 'namespace', 'pod', 'node', 'network', 'interface', 'address', 'mac'] as const;
export type LedgerSort = (typeof ledgerSorts)[number];

/** One line's place: where to find it and what it is sorted by, `NOTHING` where it has none of that. */
export type Place = { workload: string; slot: number; namespace: string; name: string; key: string };

/** The lines of a view in one order, kept up to date by what changed. */
export type LedgerOrder = {
  readonly length: number;
  /** True when `refresh` has something to do. */
  readonly stale: boolean;
  /** Lines from `offset` on. Descending turns the order around, but what has no value stays last. */
  slice(offset: number, limit: number, desc: boolean): Place[];
  update(applied: Applied): void;
  /** Takes in all that `update` told so far. Yields every few milliseconds; the order is replaced at the end, at once. */
  refresh(): Generator<void, void>;
};

/** After all that can be in a key. */
const NOTHING = '\uffff';
/** Pods looked at between two yields: a filter by code asks for the findings of each. */
const LOOK = 128;

/** Most comparisons are of equal texts, which are mostly the same one: that is asked first. */
const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

const compare = (a: Place, b: Place): number =>
  byText(a.key, b.key) ||
  byText(a.namespace, b.namespace) ||
  byText(a.name, b.name) ||
  byText(a.workload, b.workload) ||
  a.slot - b.slot;

/**
 * The first `refresh` costs a sort of all lines. Later ones sort what changed and merge it in, so that a steady trickle of changes in
 * a large cluster costs one pass over the lines each time somebody looks.
 */
export function createLedgerOrder(engine: Engine, view: View, sort: LedgerSort): LedgerOrder {
  const isShown = createIsShown(engine, view);
  const keyOf = createKeyOf(engine, sort);
  let places: Place[] = [];
  let filled = 0;
  let begun = false;
  let changed = new Set<string>();

  const placesOf = (id: string): Place[] => {
    const workload = engine.workload(id);
    if (!workload || !isShown(id)) return [];
    const { namespace, name } = workload;
    return shownPlugs(engine.plugsOf(id), view).map((item) => ({
      workload: id,
      slot: item.slot,
      namespace,
      name,
      key: keyOf(item, workload),
    }));
  };

  return {
    get length() {
      return places.length;
    },
    get stale() {
      return !begun || changed.size > 0;
    },
    slice: (offset, limit, desc) => {
      const end = Math.min(places.length, offset + limit);
      const found: Place[] = [];
      for (let index = offset; index < end; index += 1) {
        const place = places[desc && index < filled ? filled - 1 - index : index];
        if (place) found.push(place);
      }
      return found;
    },
    update: (applied) => {
      for (const id of applied.workloads) changed.add(id);
      if (sort === 'network')
        for (const network of applied.networks)
          for (const id of engine.membersOf(network)) changed.add(workloadOfAttachment(id));
    },
    *refresh() {
      const taken = changed;
      changed = new Set();
      // What changes while all are looked at is told by `update`, and looked at again.
      const fresh = yield* sortInTurns(begun ? taken : idsOf(engine), placesOf, compare, LOOK);
      begun = true;
      places = yield* mergeInTurns(places, fresh, compare, (place) => taken.has(place.workload));
      filled = firstWithout(places);
    },
  };
}

function* idsOf(engine: Engine): Generator<string> {
  for (const workload of engine.workloads()) yield workload.id;
}

/** Index of the first line without a value: they stand together at the end. */
function firstWithout(places: readonly Place[]): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (places[middle]?.key === NOTHING) high = middle;
    else low = middle + 1;
  }
  return low;
}

const stateKeys = new Map(attachmentStates.map((state, rank) => [state, String(rank).padStart(2, '0')]));

function createKeyOf(engine: Engine, sort: LedgerSort): (item: Plug, workload: Workload) => string {
  const textOf = (item: Plug, workload: Workload): string | undefined => {
    switch (sort) {
      case 'state':
        return stateKeys.get(item.state);
      case 'namespace':
        return workload.namespace;
      case 'pod':
        return workload.name;
      case 'node':
        return workload.node;
      case 'network':
        return networkName(engine, item);
      case 'interface':
        return naturalKey(interfaceName(item));
      case 'address':
        return addressKey(item);
      case 'mac':
        return item.interface?.mac;
      default:
        return sort satisfies never;
    }
  };
  return (item, workload) => textOf(item, workload) || NOTHING;
}

/** The name of the network, or of what was asked for in its place; undefined where there is neither. */
export function networkName(engine: Engine, item: Plug): string | undefined {
  const network = item.network === null ? undefined : engine.network(item.network);
  if (network) return network.name;
  const rail = railOf(item);
  return rail === null ? undefined : (ghostName(rail).name ?? 'unreadable request');
}

/** net2 before net10. */
const naturalKey = (name: string): string => name.replace(/\d{1,9}/g, (digits) => digits.padStart(9, '0'));

function addressKey(item: Plug): string | undefined {
  const text = item.interface?.addresses[0]?.ip;
  if (text === undefined) return undefined;
  const ip = toIp(text);
  return ip ? ipKey(ip) : text;
}
