import type { RailsDoc } from '../graph-doc.ts';
import { CARD_HEIGHT, type CardFace } from './card-face.ts';
import { isQuietRail, type Prepared, prepare, railsOfTier, widthIn } from './prepare.ts';
import { type BandSlots, bandSlots } from './slots.ts';
import { BAND_GAP, BAND_PAD, CARD_GAP, flowTiers, type Tier, tierKey } from './tiers.ts';

/** The rails picture. All figures in CSS pixels at 100 %, x to the right, y down; the label gutter lies left of x = 0. */
export type Box = { x: number; y: number; width: number; height: number };
export type PlacedBand = Box & { key: string; id: string; label: string; part: number; tier: number };
/** `x` .. `x + width` at `y`; a network that is used in several tiers has one rail in each. */
export type PlacedRail = {
  key: string;
  id: string;
  tier: number;
  x: number;
  y: number;
  width: number;
  thickness: number;
};
export type PlacedCard = Box & { id: string; tier: number; face: CardFace };
/** From (x, y1) at the card to (x, y2) on the rail; `cut` is where a broken one breaks. */
export type PlacedDrop = {
  id: string;
  card: string;
  rail: string;
  railKey: string;
  x: number;
  y1: number;
  y2: number;
  cut: number;
};

/** Which place everything has; given back with the next document, it keeps what is still there where it is. */
export type RailsPlan = { bands: BandSlots[]; tiers: { key: string; rails: string[] }[] };

export type RailsLayout = {
  width: number;
  height: number;
  tiers: number;
  railStep: number;
  bands: PlacedBand[];
  rails: PlacedRail[];
  cards: Map<string, PlacedCard>;
  drops: PlacedDrop[];
  plan: RailsPlan;
};

export type LayoutOptions = {
  /** Widest a tier may become; see `chooseWidth`. */
  width: number;
  /** Rails run at least this far, so that a small picture fills its page. */
  minWidth?: number;
  /** From rail to rail; a picture that leaves its page half empty may spread them. */
  railStep?: number;
  /** Plan of the picture before. */
  before?: RailsPlan;
  /** Where a person has put things: card id or rail key to the offset from where the layout puts it. */
  moved?: ReadonlyMap<string, { dx: number; dy: number }>;
};

export const BAND_HEAD = 19;
export const RAIL_STEP = 22;
export const FIRST_RAIL = 20;
export const TIER_GAP = 15;
const RAIL_THICKNESS = 5;

const NOWHERE = { dx: 0, dy: 0 };

type Draft = RailsLayout & { railY: Map<string, PlacedRail> };

const placeCards = (
  draft: Draft,
  tier: Tier,
  index: number,
  top: number,
  prepared: Prepared,
  options: LayoutOptions,
) => {
  let x = 0;
  for (const run of tier.runs) {
    const key = run.part === 0 ? run.band.id : `${run.band.id}~${run.part}`;
    const height = BAND_HEAD + CARD_HEIGHT + BAND_PAD;
    const occupied = run.slots.some((slot) => slot.card !== null);
    if (occupied)
      draft.bands.push({
        key,
        id: run.band.id,
        label: run.band.label,
        part: run.part,
        tier: index,
        x,
        y: top,
        width: run.width,
        height,
      });
    let left = x + BAND_PAD;
    for (const slot of run.slots) {
      const face = slot.card === null ? undefined : prepared.faces.get(slot.card);
      if (slot.card !== null && face) {
        const { dx, dy } = options.moved?.get(slot.card) ?? NOWHERE;
        const at = { x: left + dx, y: top + BAND_HEAD + dy, width: face.width, height: CARD_HEIGHT };
        draft.cards.set(slot.card, { id: slot.card, tier: index, face, ...at });
      }
      left += slot.width + CARD_GAP;
    }
    x += run.width + BAND_GAP;
  }
};

/** Rows of a tier. A rail keeps its row; a new one takes the row of one that is no longer used here, or the end. */
const railRows = (now: readonly string[], before: readonly string[] | undefined): string[] => {
  if (!before) return [...now];
  const used = new Set(now);
  const rows = [...before];
  const known = new Set(before);
  for (const id of now) {
    if (known.has(id)) continue;
    const free = rows.findIndex((row) => !used.has(row));
    if (free < 0) rows.push(id);
    else rows[free] = id;
  }
  return rows;
};

type RowsAt = { rows: readonly string[]; used: ReadonlySet<string>; tier: number; top: number };

const placeRails = (draft: Draft, at: RowsAt, prepared: Prepared, options: LayoutOptions): number => {
  let y = at.top;
  at.rows.forEach((id, place) => {
    y += place === 0 ? FIRST_RAIL : draft.railStep;
    const rail = prepared.rails.get(id);
    if (!rail || !at.used.has(id)) return;
    const key = `${id}~${at.tier}`;
    const dy = options.moved?.get(key)?.dy ?? 0;
    const thickness = isQuietRail(rail) ? 1.5 : RAIL_THICKNESS;
    const placed = { key, id, tier: at.tier, x: 0, y: y + dy, width: draft.width, thickness };
    draft.rails.push(placed);
    draft.railY.set(key, placed);
  });
  return at.rows.length > 0 ? y + draft.railStep / 2 : y;
};

const placeDrops = (draft: Draft, doc: RailsDoc) => {
  for (const drop of doc.drops) {
    const card = draft.cards.get(drop.card);
    const port = card?.face.ports[drop.port];
    const rail = card && draft.railY.get(`${drop.rail}~${card.tier}`);
    if (!card || !port || !rail) continue;
    const y1 = card.y + card.height;
    const cut = rail.y - Math.sign(rail.y - y1) * Math.min(RAIL_STEP / 2, Math.abs(rail.y - y1) * 0.6);
    draft.drops.push({
      id: drop.id,
      card: drop.card,
      rail: drop.rail,
      railKey: rail.key,
      x: card.x + port.x,
      y1,
      y2: rail.y,
      cut,
    });
  }
};

/**
 * Positions of everything in a rails document. Pure and total: equal input gives equal output, a drop that names no card, port or rail
 * is left out. Every drop has an x of its own, so that none covers another and none runs through another's dot.
 */
export const layoutRails = (doc: RailsDoc, options: LayoutOptions): RailsLayout => {
  const prepared = prepare(doc);
  const bands = bandSlots(doc, widthIn(prepared), options.before?.bands);
  const tiers = flowTiers(bands, options.width);
  const width = Math.max(320, options.minWidth ?? 0, ...tiers.map((tier) => tier.width));
  const plan: RailsPlan = { bands, tiers: [] };
  const draft: Draft = {
    width,
    height: 0,
    tiers: tiers.length,
    railStep: options.railStep ?? RAIL_STEP,
    bands: [],
    rails: [],
    cards: new Map(),
    drops: [],
    plan,
    railY: new Map(),
  };
  let top = 0;
  for (let index = 0; index < Math.max(1, tiers.length); index += 1) {
    const tier = tiers[index];
    const now = railsOfTier(doc, tier, index >= tiers.length - 1, prepared);
    const key = tier ? tierKey(tier) : '';
    const old = options.before?.tiers[index];
    const rows = railRows(now, old?.key === key ? old.rails : undefined);
    plan.tiers.push({ key, rails: rows });
    if (tier) placeCards(draft, tier, index, top, prepared, options);
    const railTop = tier ? top + BAND_HEAD + CARD_HEIGHT + BAND_PAD : top;
    draft.height = placeRails(draft, { rows, used: new Set(now), tier: index, top: railTop }, prepared, options);
    top = draft.height + TIER_GAP;
  }
  placeDrops(draft, doc);
  const { railY: _, ...layout } = draft;
  return layout;
};
