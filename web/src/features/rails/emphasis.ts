import type { RailsDoc } from '@busbar/shared/graph/graph-doc';
import type { RailsLayout } from '@busbar/shared/graph/layout/rails';
import { workloadOfAttachment } from '@busbar/shared/model/ids';
import type { Finding } from '@busbar/shared/model/topology';
import { brokenStates } from '@busbar/shared/view/query';
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

/** A large group does not name its pods: what fails in a namespace stands on the failing card of its band. */
const addCoarse = (touched: Touched, doc: RailsDoc, workloads: readonly string[]) => {
  const bands = new Set(workloads.map((id) => `ns:${id.slice(id.indexOf(':') + 1, id.indexOf('/'))}`));
  const coarse = new Set(
    doc.cards
      .filter((card) => bands.has(card.band) && card.health === 'failing' && card.members.length === 0)
      .map((card) => card.id),
  );
  for (const card of coarse) touched.cards.add(card);
  for (const drop of doc.drops) {
    if (!coarse.has(drop.card) || !brokenStates.has(drop.state)) continue;
    touched.drops.add(drop.id);
    touched.rails.add(drop.rail);
  }
};

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
  const unnamed = attachments
    .map((subject) => workloadOfAttachment('id' in subject ? subject.id : ''))
    .filter((id) => id && !cards.has(id));
  if (unnamed.length > 0) addCoarse(touched, doc, unnamed);
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

export const touchedByCards = (doc: RailsDoc, cards: Iterable<string>): Touched => {
  const touched = nothing();
  for (const card of cards) addWorkload(touched, doc, card);
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
