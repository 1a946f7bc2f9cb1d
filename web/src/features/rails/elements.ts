import type { Card, RailsDoc } from '@busbar/shared/graph/graph-doc';
import { dropLook, healthTone } from '@busbar/shared/graph/layout/look';
import { type Palette, railColor, toneColor } from '@busbar/shared/graph/layout/palette';
import type { RailsLayout } from '@busbar/shared/graph/layout/rails';

/** What the graph library is given: plain data, so that a change is found by comparing values. */
export type ElementData = { id: string; kind: 'band' | 'rail' | 'card' | 'drop'; of: string } & Record<
  string,
  string | number
>;
export type GraphElement = { data: ElementData; position?: { x: number; y: number } };

export const bandElementId = (key: string): string => `band ${key}`;
export const railElementId = (key: string): string => `rail ${key}`;
export const cardElementId = (id: string): string => `card ${id}`;
export const dropElementId = (id: string): string => `drop ${id}`;

const cardColors = (card: Card, palette: Palette) => {
  const tone = healthTone(card.health);
  if (tone === 'error') return { line: palette.error, width: 1.6, fill: palette.card };
  if (tone === 'warning') return { line: palette.warning, width: 1.2, fill: palette.card };
  if (tone === 'faint') return { line: palette.line, width: 1, fill: palette.band };
  return { line: palette.cardLine, width: 1, fill: palette.card };
};

export const graphElements = (doc: RailsDoc, layout: RailsLayout, palette: Palette): GraphElement[] => {
  const elements: GraphElement[] = [];
  const rails = new Map(doc.rails.map((rail) => [rail.id, rail]));
  const drops = new Map(doc.drops.map((drop) => [drop.id, drop]));
  const placedRails = new Map(layout.rails.map((rail) => [rail.key, rail]));
  for (const band of layout.bands) {
    elements.push({
      data: { id: bandElementId(band.key), kind: 'band', of: band.id, w: band.width, h: band.height },
      position: { x: band.x + band.width / 2, y: band.y + band.height / 2 },
    });
  }
  for (const placed of layout.rails) {
    const rail = rails.get(placed.id);
    if (!rail) continue;
    const quiet = rail.role === 'cluster-default';
    const color = rail.ghost ? palette.error : quiet ? palette.quiet : railColor(palette, rail);
    elements.push({
      data: {
        id: railElementId(placed.key),
        kind: 'rail',
        of: rail.id,
        w: placed.width,
        h: rail.ghost ? 9 : placed.thickness,
        color,
        ghost: rail.ghost ? 1 : 0,
      },
      position: { x: placed.x + placed.width / 2, y: placed.y },
    });
  }
  for (const card of doc.cards) {
    const placed = layout.cards.get(card.id);
    if (!placed) continue;
    const { line, width, fill } = cardColors(card, palette);
    elements.push({
      data: {
        id: cardElementId(card.id),
        kind: 'card',
        of: card.id,
        w: placed.width,
        h: placed.height,
        line,
        lineWidth: width,
        fill,
      },
      position: { x: placed.x + placed.width / 2, y: placed.y + placed.height / 2 },
    });
  }
  for (const placed of layout.drops) {
    const drop = drops.get(placed.id);
    const rail = rails.get(placed.rail);
    const card = layout.cards.get(placed.card);
    const target = placedRails.get(placed.railKey);
    if (!drop || !rail || !card || !target) continue;
    const look = dropLook(drop.state);
    const quiet = rail.role === 'cluster-default' && look.tone === 'network';
    const color = quiet ? palette.quiet : toneColor(palette, look.tone, railColor(palette, rail));
    elements.push({
      data: {
        id: dropElementId(drop.id),
        kind: 'drop',
        of: drop.id,
        source: cardElementId(drop.card),
        target: railElementId(placed.railKey),
        from: `${placed.x - card.x - card.width / 2}px ${card.height / 2}px`,
        to: `${placed.x - target.x - target.width / 2}px 0px`,
        color,
        width: quiet ? 1 : look.width,
        line: look.line,
        depth: look.tone === 'error' ? 3 : 2,
      },
    });
  }
  return elements;
};
