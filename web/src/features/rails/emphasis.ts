import type { RailsDoc } from '@busbar/shared/graph/graph-doc';
import type { RailsLayout } from '@busbar/shared/graph/layout/rails';
import type { LitDoc } from '@busbar/shared/inspect/documents';
import { workloadOfAttachment } from '@busbar/shared/model/ids';
import type { Finding } from '@busbar/shared/model/topology';
import { bandElementId, cardElementId, dropElementId, railElementId } from './elements.ts';

/** What a selection or a finding is about, as ids of cards, rails and drops. */
export type Touched = { cards: Set<string>; rails: Set<string>; drops: Set<string> };

const nothing = (): Touched => ({ cards: new Set(), rails: new Set(), drops: new Set() });

/** Cards by the workloads they stand for, as far as the document names them. */
export const cardsOfWorkloads = (doc: RailsDoc): Map<string, string> => {
  const cards = new Map<string, string>();
  for (const card of doc.cards) {
    if (card.workload) cards.set(card.workload, card.id);
    for (const member of card.members) {
      const name = member.includes('/') ? member : `${card.namespace}/${member}`;
      for (const kind of ['pod', 'vmi']) if (!cards.has(`${kind}:${name}`)) cards.set(`${kind}:${name}`, card.id);
    }
  }
  return cards;
};

const slotOf = (attachment: string): string => attachment.slice(attachment.lastIndexOf('#') + 1);

const addAttachment = (touched: Touched, doc: RailsDoc, cards: Map<string, string>, attachment: string) => {
  const card = cards.get(workloadOfAttachment(attachment));
  if (!card) return;
  touched.cards.add(card);
  const ports = doc.cards.find((one) => one.id === card)?.ports ?? [];
  for (const drop of doc.drops) {
    if (drop.card !== card || ports[drop.port]?.key !== slotOf(attachment)) continue;
    touched.drops.add(drop.id);
    touched.rails.add(drop.rail);
  }
};

const addWorkload = (touched: Touched, doc: RailsDoc, card: string) => {
  touched.cards.add(card);
  for (const drop of doc.drops) {
    if (drop.card !== card) continue;
    touched.drops.add(drop.id);
    touched.rails.add(drop.rail);
  }
};

const addNetwork = (touched: Touched, doc: RailsDoc, rail: string) => {
  touched.rails.add(rail);
  for (const drop of doc.drops) {
    if (drop.rail !== rail) continue;
    touched.drops.add(drop.id);
    touched.cards.add(drop.card);
  }
};

/** Rails of a network id, or the ghost of an alias that nothing answers (`nad:ns/name`, `ghost:ns/name`). */
const railsOf = (doc: RailsDoc, network: string): string[] => {
  const ghost = `ghost:${network.slice(network.indexOf(':') + 1)}`;
  return doc.rails
    .filter((rail) => rail.id === network || rail.network === network || (rail.ghost && rail.id === ghost))
    .map((rail) => rail.id);
};

export const touchedByFinding = (doc: RailsDoc, finding: Finding): Touched => {
  const touched = nothing();
  const cards = cardsOfWorkloads(doc);
  const attachments = finding.subjects.filter((subject) => subject.type === 'attachment');
  for (const subject of finding.subjects) {
    if (subject.type === 'attachment') addAttachment(touched, doc, cards, subject.id);
    else if (subject.type === 'workload') {
      const card = cards.get(subject.id);
      // Where the finding names attachments, they alone are lit on the card; the healthy ones beside them are not.
      if (card && attachments.length > 0) touched.cards.add(card);
      else if (card) addWorkload(touched, doc, card);
    } else if (subject.type === 'network') {
      for (const rail of railsOf(doc, subject.id)) {
        if (attachments.length > 0) touched.rails.add(rail);
        else addNetwork(touched, doc, rail);
      }
    }
  }
  return touched;
};

/** Whether every pod that a finding is about stands on a card that names it: large groups name none of theirs. */
export const namesAll = (doc: RailsDoc, { subjects }: Finding): boolean => {
  const cards = cardsOfWorkloads(doc);
  return subjects.every(
    (subject) =>
      (subject.type !== 'attachment' && subject.type !== 'workload') || cards.has(workloadOfAttachment(subject.id)),
  );
};

/** Of each card the drops to the rails that are meant; a network without a rail of its own is on that of many networks. */
export const touchedByLit = (doc: RailsDoc, lit: LitDoc): Touched => {
  const touched = nothing();
  const drawn = new Set(doc.rails.map((rail) => rail.id));
  const shared = new Set(doc.rails.filter((rail) => rail.networks !== undefined).map((rail) => rail.id));
  const cards = new Map(
    lit.cards.map(({ id, rails }) => [id, { rails: new Set(rails), others: rails.some((rail) => !drawn.has(rail)) }]),
  );
  for (const card of doc.cards) if (cards.has(card.id)) touched.cards.add(card.id);
  for (const drop of doc.drops) {
    const card = cards.get(drop.card);
    if (!card || !(card.rails.has(drop.rail) || (card.others && shared.has(drop.rail)))) continue;
    touched.drops.add(drop.id);
    touched.rails.add(drop.rail);
  }
  for (const network of lit.networks) for (const rail of railsOf(doc, network)) addNetwork(touched, doc, rail);
  return touched;
};

export const touchedByNetwork = (doc: RailsDoc, network: string): Touched => {
  const touched = nothing();
  for (const rail of railsOf(doc, network)) addNetwork(touched, doc, rail);
  return touched;
};

/** Ids of the drawn elements that stay lit; null when nothing of it is drawn, so that the picture is not dimmed as a whole. */
export const litElements = (touched: Touched, layout: RailsLayout): Set<string> | null => {
  const lit = new Set<string>();
  const tiers = new Set<number>();
  for (const id of touched.cards) {
    const placed = layout.cards.get(id);
    if (!placed) continue;
    lit.add(cardElementId(id));
    tiers.add(placed.tier);
  }
  for (const id of touched.drops) lit.add(dropElementId(id));
  for (const rail of layout.rails)
    if (touched.rails.has(rail.id) && (tiers.size === 0 || tiers.has(rail.tier))) lit.add(railElementId(rail.key));
  if (lit.size === 0) return null;
  for (const band of layout.bands) if (tiers.has(band.tier)) lit.add(bandElementId(band.key));
  return lit;
};
