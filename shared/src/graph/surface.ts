import { isEqual } from '../engine/equal.ts';
import type { AttachmentState } from '../model/topology.ts';
import type { Band, Card, Drop } from './graph-doc.ts';
import { worseOf } from './port-sum.ts';
import type { Surface } from './section.ts';
import { placeOf } from './sorted.ts';

/** What is drawn onto one rail. */
export type Load = { lines: number; count: number; worst: AttachmentState; states: Map<AttachmentState, number> };

export type DrawnCards = Surface & {
  lists: () => { bands: Band[]; cards: Card[]; drops: Drop[] };
  loads: ReadonlyMap<string, Load>;
  /** Rails whose lines have changed since the last call. */
  takeTouched: () => string[];
};

type Entry = { card: Card; drops: readonly Drop[]; by: string };
type Row = { band: Band; entries: Entry[] };

const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
const isRest = (card: Card): boolean => card.id.startsWith('card:more@');
const byName = (a: Card, b: Card): number =>
  Number(isRest(a)) - Number(isRest(b)) || byText(a.name, b.name) || byText(a.id, b.id);

const dropsOf = (card: Card): Drop[] =>
  card.ports.flatMap((port, index): Drop[] =>
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
            count: port.count ?? card.count,
          },
        ],
  );

const isSame = (a: Drop, b: Drop): boolean =>
  a.count === b.count && a.state === b.state && a.rail === b.rail && a.port === b.port && a.interface === b.interface;

/** The cards of a picture by bands, in order, with their lines. What did not change keeps its identity. */
export function createDrawnCards(): DrawnCards {
  const entries = new Map<string, Entry>();
  const rows = new Map<string, Row>();
  const loads = new Map<string, Load>();
  const touched = new Set<string>();
  let order: Row[] | null = null;

  const weigh = (drop: Drop, sign: 1 | -1) => {
    const load = loads.get(drop.rail) ?? { lines: 0, count: 0, worst: drop.state, states: new Map() };
    load.lines += sign;
    load.count += sign * drop.count;
    load.states.set(drop.state, (load.states.get(drop.state) ?? 0) + sign);
    if (load.states.get(drop.state) === 0) load.states.delete(drop.state);
    if (load.lines > 0) loads.set(drop.rail, load);
    else loads.delete(drop.rail);
    touched.add(drop.rail);
  };
  const removeFrom = (row: Row, card: Card) => {
    const at = placeOf(row.entries, (entry) => byName(entry.card, card) < 0);
    if (row.entries[at]?.card === card) row.entries.splice(at, 1);
    if (row.entries.length > 0) return;
    rows.delete(row.band.id);
    order = null;
  };
  const remove = (entry: Entry) => {
    entries.delete(entry.card.id);
    for (const drop of entry.drops) weigh(drop, -1);
    const row = rows.get(entry.card.band);
    if (row) removeFrom(row, entry.card);
  };
  const insert = (entry: Entry, label: string) => {
    const { card } = entry;
    entries.set(card.id, entry);
    for (const drop of entry.drops) weigh(drop, 1);
    let row = rows.get(card.band);
    if (!row) {
      row = { band: { id: card.band, label }, entries: [] };
      rows.set(card.band, row);
      order = null;
    }
    row.entries.splice(
      placeOf(row.entries, (other) => byName(other.card, card) < 0),
      0,
      entry,
    );
  };

  /** The same card with other contents in the same place. */
  const replace = (entry: Entry, card: Card) => {
    const known = new Map(entry.drops.map((drop) => [drop.id, drop]));
    const drops = dropsOf(card).map((drop) => {
      const before = known.get(drop.id);
      if (before && isSame(before, drop)) {
        known.delete(drop.id);
        return before;
      }
      weigh(drop, 1);
      return drop;
    });
    for (const drop of known.values()) weigh(drop, -1);
    entry.card = card;
    entry.drops = drops;
  };

  return {
    put: (card, label, by) => {
      const old = entries.get(card.id);
      if (!old) return insert({ card, drops: dropsOf(card), by }, label);
      old.by = by;
      if (old.card.count === card.count && isEqual(old.card, card)) return;
      if (old.card.band === card.band && byName(old.card, card) === 0) return replace(old, card);
      remove(old);
      insert({ card, drops: dropsOf(card), by }, label);
    },
    drop: (id, by) => {
      const entry = entries.get(id);
      if (entry?.by === by) remove(entry);
    },
    lists: () => {
      order ??= [...rows.values()].sort((a, b) => byText(a.band.id, b.band.id));
      const cards: Card[] = [];
      const drops: Drop[] = [];
      for (const row of order)
        for (const entry of row.entries) {
          cards.push(entry.card);
          for (const drop of entry.drops) drops.push(drop);
        }
      return { bands: order.map((row) => row.band), cards, drops };
    },
    loads,
    takeTouched: () => {
      const rails = [...touched];
      touched.clear();
      for (const rail of rails) {
        const load = loads.get(rail);
        if (!load) continue;
        let worst: AttachmentState = 'ended';
        for (const state of load.states.keys()) worst = worseOf(worst, state);
        load.worst = worst;
      }
      return rails;
    },
  };
}
