import type { Card, Drop, GraphDoc, Port, Rail } from '../graph-doc.ts';
import { CARD_HEIGHT, type CardFace, cardFace } from './card-face.ts';
import { BAND_GAP, BAND_PAD, CARD_GAP, flowTiers, type Tier } from './tiers.ts';

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

export type RailsLayout = {
  width: number;
  height: number;
  tiers: number;
  bands: PlacedBand[];
  rails: PlacedRail[];
  cards: Map<string, PlacedCard>;
  drops: PlacedDrop[];
};

export type LayoutOptions = {
  /** Widest a tier may become; see `chooseWidth`. */
  width: number;
  /** Rails run at least this far, so that a small picture fills its page. */
  minWidth?: number;
  /** Where a person has put things: card id or rail key to the offset from where the layout puts it. */
  moved?: ReadonlyMap<string, { dx: number; dy: number }>;
};

const BAND_HEAD = 20;
const RAIL_STEP = 28;
const FIRST_RAIL = 26;
const TIER_GAP = 20;
export const RAIL_THICKNESS = 5;

const NOWHERE = { dx: 0, dy: 0 };

const isQuietRail = (rail: Rail | undefined): boolean => rail?.role === 'cluster-default';

type Prepared = {
  rails: Map<string, Rail>;
  faces: Map<string, CardFace>;
  dropsOf: Map<string, Drop[]>;
  used: Set<string>;
};

const prepare = (doc: GraphDoc): Prepared => {
  const rails = new Map(doc.rails.map((rail) => [rail.id, rail]));
  const quiet = (port: Port) => port.rail !== null && isQuietRail(rails.get(port.rail));
  const faces = new Map(doc.cards.map((card) => [card.id, cardFace(card, quiet)]));
  const dropsOf = new Map<string, Drop[]>();
  const used = new Set<string>();
  for (const drop of doc.drops) {
    used.add(drop.rail);
    const list = dropsOf.get(drop.card);
    if (list) list.push(drop);
    else dropsOf.set(drop.card, [drop]);
  }
  return { rails, faces, dropsOf, used };
};

const railsOfTier = (doc: GraphDoc, tier: Tier | undefined, last: boolean, prepared: Prepared): Rail[] => {
  const touched = new Set<string>();
  for (const run of tier?.runs ?? []) {
    for (const card of run.cards) for (const drop of prepared.dropsOf.get(card.id) ?? []) touched.add(drop.rail);
  }
  return doc.rails.filter((rail) => touched.has(rail.id) || (last && !prepared.used.has(rail.id)));
};

const tierHeight = (cards: boolean, rails: readonly Rail[]): number => {
  const head = cards ? BAND_HEAD + CARD_HEIGHT + BAND_PAD : 0;
  return head + (rails.length > 0 ? FIRST_RAIL + (rails.length - 0.5) * RAIL_STEP : 0);
};

/** Widths worth trying: a few tiers with some slack, so that bands can stay whole. */
const candidateWidths = (total: number, cards: number): number[] => {
  const widths = [total];
  for (let count = 2; count <= 60 && count <= cards; count = count < 10 ? count + 1 : Math.ceil(count * 1.3)) {
    for (const slack of [1.03, 1.15, 1.3]) widths.push(Math.ceil((total / count) * slack));
  }
  return widths;
};

/** Below this scale names can no longer be read; up to this many cards, scrolling is better than that. */
export const LEGIBLE = 0.62;
const LEGIBLE_CARDS = 160;

export const staysLegible = (doc: GraphDoc): boolean => doc.cards.length <= LEGIBLE_CARDS;

/**
 * Width that lets the whole picture be seen largest in a viewport, or, where that would be too small to read, one that needs scrolling
 * down only. Ask it once: a new answer moves everything.
 */
export const chooseWidth = (doc: GraphDoc, viewport: { width: number; height: number }): number => {
  const prepared = prepare(doc);
  const widthOf = (card: Card) => prepared.faces.get(card.id)?.width ?? 0;
  const total = flowTiers(doc, Number.POSITIVE_INFINITY, widthOf).reduce((sum, tier) => sum + tier.width, 0);
  let best = { width: total, score: 0, scale: 0 };
  for (const limit of candidateWidths(total, doc.cards.length)) {
    const tiers = flowTiers(doc, limit, widthOf);
    const width = Math.max(...tiers.map((tier) => tier.width));
    const height = tiers.reduce(
      (sum, tier, index) =>
        sum + tierHeight(true, railsOfTier(doc, tier, index === tiers.length - 1, prepared)) + TIER_GAP,
      -TIER_GAP,
    );
    const scale = Math.min(viewport.width / width, viewport.height / height, 1.1);
    const score = scale * (1 - 0.03 * (tiers.length - 1));
    if (score > best.score) best = { width, score, scale };
  }
  return best.scale < LEGIBLE && staysLegible(doc) ? Math.min(total, viewport.width / LEGIBLE) : best.width;
};

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
    for (const card of run.cards) {
      const face = prepared.faces.get(card.id);
      if (!face) continue;
      const { dx, dy } = options.moved?.get(card.id) ?? NOWHERE;
      draft.cards.set(card.id, {
        id: card.id,
        tier: index,
        face,
        x: left + dx,
        y: top + BAND_HEAD + dy,
        width: face.width,
        height: CARD_HEIGHT,
      });
      left += face.width + CARD_GAP;
    }
    x += run.width + BAND_GAP;
  }
};

const placeRails = (
  draft: Draft,
  rails: readonly Rail[],
  index: number,
  top: number,
  width: number,
  options: LayoutOptions,
): number => {
  let y = top;
  rails.forEach((rail, place) => {
    const quiet = isQuietRail(rail);
    y += place === 0 ? FIRST_RAIL : RAIL_STEP;
    const key = `${rail.id}~${index}`;
    const dy = options.moved?.get(key)?.dy ?? 0;
    const placed = { key, id: rail.id, tier: index, x: 0, y: y + dy, width, thickness: quiet ? 1.5 : RAIL_THICKNESS };
    draft.rails.push(placed);
    draft.railY.set(key, placed);
  });
  return rails.length > 0 ? y + RAIL_STEP / 2 : y;
};

const placeDrops = (draft: Draft, doc: GraphDoc) => {
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
export const layoutRails = (doc: GraphDoc, options: LayoutOptions): RailsLayout => {
  const prepared = prepare(doc);
  const tiers = flowTiers(doc, options.width, (card) => prepared.faces.get(card.id)?.width ?? 0);
  const width = Math.max(320, options.minWidth ?? 0, ...tiers.map((tier) => tier.width));
  const draft: Draft = {
    width,
    height: 0,
    tiers: tiers.length,
    bands: [],
    rails: [],
    cards: new Map(),
    drops: [],
    railY: new Map(),
  };
  let top = 0;
  for (let index = 0; index < Math.max(1, tiers.length); index += 1) {
    const tier = tiers[index];
    const rails = railsOfTier(doc, tier, index >= tiers.length - 1, prepared);
    if (tier) placeCards(draft, tier, index, top, prepared, options);
    const bottom = placeRails(
      draft,
      rails,
      index,
      tier ? top + BAND_HEAD + CARD_HEIGHT + BAND_PAD : top,
      width,
      options,
    );
    draft.height = bottom;
    top = bottom + TIER_GAP;
  }
  placeDrops(draft, doc);
  const { railY: _, ...layout } = draft;
  return layout;
};
