import type { Band, Card, GraphDoc, Health } from '../graph-doc.ts';

export const CARD_GAP = 8;
export const BAND_GAP = 10;
export const BAND_PAD = 8;

/** A run of cards of one band within one tier. `part` counts the runs of one band from 0. */
export type BandRun = { band: Band; cards: Card[]; part: number; width: number };
export type Tier = { runs: BandRun[]; width: number };

const runWidth = (cards: readonly Card[], width: (card: Card) => number): number =>
  cards.reduce((sum, card) => sum + width(card) + CARD_GAP, 2 * BAND_PAD - CARD_GAP);

/** Above this many cards a band is longer than the screen: what fails comes first in it. Below, nothing moves when a state changes. */
const SORT_FROM = 200;
const RANK: Record<Health, number> = { failing: 0, warning: 1, unknown: 2, pending: 3, ok: 4, ended: 5 };

/** Cards by band in drawing order. A card whose band is not listed gets a band of its own rather than being lost. */
export const cardsByBand = (doc: GraphDoc): { band: Band; cards: Card[] }[] => {
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
  if (doc.cards.length > SORT_FROM)
    for (const { cards } of filled) cards.sort((a, b) => RANK[a.health] - RANK[b.health]);
  return filled;
};

/**
 * Bands from left to right, in a new tier when the width is used up, as music is set in systems. A band stays whole when it can;
 * one that is wider than a tier continues in the next.
 */
export const flowTiers = (doc: GraphDoc, limit: number, width: (card: Card) => number): Tier[] => {
  const tiers: Tier[] = [];
  let tier: Tier = { runs: [], width: 0 };
  const breakTier = () => {
    if (tier.runs.length > 0) tiers.push(tier);
    tier = { runs: [], width: 0 };
  };
  const add = (band: Band, cards: Card[], part: number) => {
    const w = runWidth(cards, width);
    tier.width += (tier.runs.length > 0 ? BAND_GAP : 0) + w;
    tier.runs.push({ band, cards, part, width: w });
  };
  for (const { band, cards } of cardsByBand(doc)) {
    const room = () => limit - tier.width - (tier.runs.length > 0 ? BAND_GAP : 0);
    const whole = runWidth(cards, width);
    if (whole <= room()) {
      add(band, cards, 0);
      continue;
    }
    if (whole <= limit || room() < limit * 0.3) breakTier();
    let rest = cards;
    for (let part = 0; rest.length > 0; part += 1) {
      let used = 2 * BAND_PAD - CARD_GAP;
      let taken = 0;
      for (const card of rest) {
        used += width(card) + CARD_GAP;
        if (taken > 0 && used > room()) break;
        taken += 1;
      }
      add(band, rest.slice(0, taken), part);
      rest = rest.slice(taken);
      if (rest.length > 0) breakTier();
    }
  }
  breakTier();
  return tiers;
};
