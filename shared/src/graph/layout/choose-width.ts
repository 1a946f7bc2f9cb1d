import type { RailsDoc } from '../graph-doc.ts';
import { CARD_HEIGHT } from './card-face.ts';
import { prepare, railsOfTier, widthIn } from './prepare.ts';
import { BAND_HEAD, FIRST_RAIL, RAIL_STEP, TIER_GAP } from './rails.ts';
import { bandSlots } from './slots.ts';
import { BAND_PAD, flowTiers } from './tiers.ts';

/** Below this scale names can no longer be read: scrolling is better than that. */
export const LEGIBLE = 0.65;
/** With more cards than this no width shows the whole picture at that scale. */
const MOST_AT_ONCE = 400;

/** Widths worth trying: a few tiers with some slack, so that bands can stay whole. */
const candidateWidths = (total: number, cards: number): number[] => {
  const widths = [total];
  for (let count = 2; count <= 60 && count <= cards; count = count < 10 ? count + 1 : Math.ceil(count * 1.3)) {
    for (const slack of [1.03, 1.15, 1.3]) widths.push(Math.ceil((total / count) * slack));
  }
  return widths;
};

const tierHeight = (rails: number): number =>
  BAND_HEAD + CARD_HEIGHT + BAND_PAD + (rails > 0 ? FIRST_RAIL + (rails - 0.5) * RAIL_STEP : 0);

/**
 * Width that lets the whole picture be seen largest in a viewport, or, where that would be too small to read, one that needs scrolling
 * down only. Ask it once: a new answer moves everything.
 */
export const chooseWidth = (doc: RailsDoc, viewport: { width: number; height: number }): number => {
  const prepared = prepare(doc);
  const bands = bandSlots(doc, widthIn(prepared));
  const total = flowTiers(bands, Number.POSITIVE_INFINITY)[0]?.width ?? 0;
  const legible = Math.min(total, viewport.width / LEGIBLE);
  if (doc.cards.length > MOST_AT_ONCE) return legible;
  let best = { width: total, score: 0, scale: 0 };
  for (const limit of candidateWidths(total, doc.cards.length)) {
    const tiers = flowTiers(bands, limit);
    const width = Math.max(...tiers.map((tier) => tier.width));
    const height = tiers.reduce(
      (sum, tier, index) =>
        sum + tierHeight(railsOfTier(doc, tier, index === tiers.length - 1, prepared).length) + TIER_GAP,
      -TIER_GAP,
    );
    const scale = Math.min(viewport.width / width, viewport.height / height, 1.1);
    const score = scale * (1 - 0.03 * (tiers.length - 1));
    if (score > best.score) best = { width, score, scale };
  }
  return best.scale < LEGIBLE ? legible : best.width;
};
