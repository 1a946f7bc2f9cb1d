import type { Band } from '../graph-doc.ts';
import type { BandSlots, Slot } from './slots.ts';

export const CARD_GAP = 7;
export const BAND_GAP = 8;
export const BAND_PAD = 7;

/** A run of places of one band within one tier. `part` counts the runs of one band from 0. */
export type BandRun = { band: Band; slots: Slot[]; part: number; width: number };
export type Tier = { runs: BandRun[]; width: number };

const runWidth = (slots: readonly Slot[]): number =>
  slots.reduce((sum, slot) => sum + slot.width + CARD_GAP, 2 * BAND_PAD - CARD_GAP);

/**
 * Bands from left to right, in a new tier when the width is used up, as music is set in systems. A band stays whole when it can;
 * one that is wider than a tier continues in the next.
 */
export const flowTiers = (bands: readonly BandSlots[], limit: number): Tier[] => {
  const tiers: Tier[] = [];
  let tier: Tier = { runs: [], width: 0 };
  const breakTier = () => {
    if (tier.runs.length > 0) tiers.push(tier);
    tier = { runs: [], width: 0 };
  };
  const add = (band: Band, slots: Slot[], part: number) => {
    const width = runWidth(slots);
    tier.width += (tier.runs.length > 0 ? BAND_GAP : 0) + width;
    tier.runs.push({ band, slots, part, width });
  };
  for (const { band, slots } of bands) {
    const room = () => limit - tier.width - (tier.runs.length > 0 ? BAND_GAP : 0);
    const whole = runWidth(slots);
    if (whole <= room()) {
      add(band, slots, 0);
      continue;
    }
    if (whole <= limit || room() < limit * 0.3) breakTier();
    let rest = slots;
    for (let part = 0; rest.length > 0; part += 1) {
      let used = 2 * BAND_PAD - CARD_GAP;
      let taken = 0;
      for (const slot of rest) {
        used += slot.width + CARD_GAP;
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

/** Tells whether a tier still holds the same bands. */
export const tierKey = (tier: Tier): string => tier.runs.map((run) => `${run.band.id}~${run.part}`).join('\n');
