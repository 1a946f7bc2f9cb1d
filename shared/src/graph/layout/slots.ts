import type { Band, Card, RailsDoc } from '../graph-doc.ts';
import type { Health } from '../lens-doc.ts';

/** A place in a band. `card` is null where a card has gone: its gap stays, so that no other card moves. */
export type Slot = { card: string | null; width: number };
export type BandSlots = { band: Band; slots: Slot[] };

/**
 * Above this many cards the picture is longer than the screen: what fails comes first in it, and in its band. Below, nothing moves when a
 * state changes.
 */
const SORT_FROM = 160;
const RANK: Record<Health, number> = { failing: 0, warning: 1, unknown: 2, pending: 3, ok: 4, ended: 5 };

/** Cards by band in drawing order. A card whose band is not listed gets a band of its own rather than being lost. */
const cardsByBand = (doc: RailsDoc): { band: Band; cards: Card[] }[] => {
  const groups = new Map<string, { band: Band; cards: Card[] }>();
  for (const band of doc.bands) groups.set(band.id, { band, cards: [] });
  for (const card of doc.cards) {
    let group = groups.get(card.band);
    if (!group) {
      group = { band: { id: card.band, label: card.band }, cards: [] };
      groups.set(card.band, group);
    }
    group.cards.push(card);
  }
  const filled = [...groups.values()].filter((group) => group.cards.length > 0);
  if (doc.cards.length <= SORT_FROM) return filled;
  const worst = new Map<string, number>();
  for (const { band, cards } of filled) {
    cards.sort((a, b) => RANK[a.health] - RANK[b.health]);
    worst.set(band.id, Number(cards[0]?.health !== 'failing'));
  }
  return filled.sort((a, b) => (worst.get(a.band.id) ?? 1) - (worst.get(b.band.id) ?? 1));
};

/** The smallest gap that a card fits into. */
const gapFor = (slots: readonly Slot[], width: number): Slot | undefined =>
  slots.reduce<Slot | undefined>(
    (best, slot) => (slot.card === null && slot.width >= width && (!best || slot.width < best.width) ? slot : best),
    undefined,
  );

const keepBand = (kept: BandSlots, cards: readonly Card[], widthOf: (card: Card) => number): BandSlots => {
  const here = new Map(cards.map((card) => [card.id, card]));
  const slots = kept.slots.map((slot): Slot => {
    const card = slot.card === null ? undefined : here.get(slot.card);
    if (!card) return { card: null, width: slot.width };
    here.delete(card.id);
    return { card: card.id, width: Math.max(slot.width, widthOf(card)) };
  });
  for (const card of here.values()) {
    const width = widthOf(card);
    const gap = gapFor(slots, width);
    if (gap) gap.card = card.id;
    else slots.push({ card: card.id, width });
  }
  return { band: kept.band, slots };
};

/**
 * Places in drawing order. With the places of an earlier picture every card that is still there keeps its own; a new one takes a gap in
 * its band or the end of it, a new band the end.
 */
export const bandSlots = (
  doc: RailsDoc,
  widthOf: (card: Card) => number,
  before?: readonly BandSlots[],
): BandSlots[] => {
  const now = cardsByBand(doc);
  const fresh = ({ band, cards }: (typeof now)[number]): BandSlots => ({
    band,
    slots: cards.map((card) => ({ card: card.id, width: widthOf(card) })),
  });
  if (!before) return now.map(fresh);
  const left = new Map(now.map((group) => [group.band.id, group]));
  const kept = before.map((old) => {
    const group = left.get(old.band.id);
    left.delete(old.band.id);
    return keepBand(group ? { band: group.band, slots: old.slots } : old, group?.cards ?? [], widthOf);
  });
  return [...kept, ...[...left.values()].map(fresh)];
};

/** Share of the places that are gaps: a picture that is mostly gaps is better arranged anew. */
export const gaps = (bands: readonly BandSlots[]): number => {
  let all = 0;
  let empty = 0;
  for (const { slots } of bands)
    for (const slot of slots) {
      all += 1;
      if (slot.card === null) empty += 1;
    }
  return all === 0 ? 0 : empty / all;
};
