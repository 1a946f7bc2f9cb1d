import type { Card, Drop, Port, Rail, RailsDoc } from '../graph-doc.ts';
import { type CardFace, cardFace } from './card-face.ts';
import type { Tier } from './tiers.ts';

/** What the layout looks up again and again. */
export type Prepared = {
  rails: Map<string, Rail>;
  faces: Map<string, CardFace>;
  dropsOf: Map<string, Drop[]>;
  used: Set<string>;
};

export const isQuietRail = (rail: Rail | undefined): boolean => rail?.role === 'cluster-default';

export const prepare = (doc: RailsDoc): Prepared => {
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

export const widthIn =
  (prepared: Prepared) =>
  (card: Card): number =>
    prepared.faces.get(card.id)?.width ?? 0;

/** Rails that the cards of a tier use, in drawing order; the last tier also has those that nobody uses. */
export const railsOfTier = (doc: RailsDoc, tier: Tier | undefined, last: boolean, prepared: Prepared): string[] => {
  const touched = new Set<string>();
  for (const run of tier?.runs ?? []) {
    for (const slot of run.slots)
      for (const drop of prepared.dropsOf.get(slot.card ?? '') ?? []) touched.add(drop.rail);
  }
  return doc.rails
    .filter((rail) => touched.has(rail.id) || (last && !prepared.used.has(rail.id)))
    .map((rail) => rail.id);
};
