import { fullName } from '../graph/full-name.ts';
import type { Card, Drop, Rail, RailsDoc } from '../graph/graph-doc.ts';
import { CHIP_HEIGHT, CHIP_SIZE, CHIP_TOP, NAME_SIZE, STATUS_SIZE } from '../graph/layout/card-face.ts';
import { chooseWidth } from '../graph/layout/choose-width.ts';
import { dropLook, healthTone } from '../graph/layout/look.ts';
import { fitText, textWidth } from '../graph/layout/measure.ts';
import { type Palette, railColor, toneColor } from '../graph/layout/palette.ts';
import {
  layoutRails,
  type PlacedCard,
  type PlacedDrop,
  type PlacedRail,
  type RailsLayout,
} from '../graph/layout/rails.ts';
import { DASHES, dropEnd, element, escapeXml, MONO, num, titled, write, writeSheet } from './svg-parts.ts';

/** The rails picture as vector with text. */

const GUTTER = 250;
/** The picture is laid out for a page of this shape. */
const PAGE = { width: 1400, height: 860 };

/** Detail and name in one line that ends at the rail: the viewer sets it, whatever its fonts. */
const railLabels = (rail: Rail, placed: PlacedRail, palette: Palette): string => {
  const quiet = rail.role === 'cluster-default';
  const name = fitText(rail.name, 12, 'bold', GUTTER * 0.6);
  const room = (GUTTER - 30 - textWidth(name, 12, 'bold')) * 0.86;
  const detail = fitText([rail.technology, rail.detail].filter(Boolean).join(' · '), 10, 'sans', room);
  const fill = rail.ghost ? palette.error : quiet ? palette.muted : palette.text;
  return element(
    'text',
    { x: -12, y: placed.y + 4, 'text-anchor': 'end' },
    element('tspan', { 'font-size': 10, fill: palette.muted }, escapeXml(detail)) +
      element('tspan', { dx: 8, 'font-size': 12, 'font-weight': quiet ? undefined : 600, fill }, escapeXml(name)),
  );
};

const railLine = (rail: Rail, placed: PlacedRail, palette: Palette): string => {
  const height = rail.ghost ? 9 : placed.thickness;
  const box = { x: placed.x, y: placed.y - height / 2, width: placed.width, height, rx: height / 2 };
  if (rail.ghost)
    return element('rect', {
      ...box,
      fill: 'none',
      stroke: palette.error,
      'stroke-width': 1.2,
      'stroke-dasharray': '5 3',
    });
  return element('rect', { ...box, fill: rail.role === 'cluster-default' ? palette.quiet : railColor(palette, rail) });
};

const dropShape = (drop: Drop, placed: PlacedDrop, rail: Rail, palette: Palette): string => {
  const look = dropLook(drop.state);
  const quiet = rail.role === 'cluster-default';
  const color =
    quiet && look.tone === 'network' ? palette.quiet : toneColor(palette, look.tone, railColor(palette, rail));
  const width = quiet && look.tone === 'network' ? 1 : look.width;
  const { x, y1, y2, cut } = placed;
  let text = element('line', {
    x1: x,
    y1,
    x2: x,
    y2,
    stroke: color,
    'stroke-width': width,
    'stroke-dasharray': DASHES[look.line],
  });
  if (look.broken) {
    const cross = `M${num(x - 4.5)} ${num(cut - 4.5)}L${num(x + 4.5)} ${num(cut + 4.5)}M${num(x + 4.5)} ${num(cut - 4.5)}L${num(x - 4.5)} ${num(cut + 4.5)}`;
    text += element('line', { x1: x, y1, x2: x, y2: cut, stroke: color, 'stroke-width': width });
    text +=
      element('path', { d: cross, stroke: palette.page, 'stroke-width': 6 }) +
      element('path', { d: cross, stroke: color, 'stroke-width': 2.2, 'stroke-linecap': 'round' });
  }
  text += dropEnd(look.end, x, y2, quiet && look.tone !== 'error' ? 2.6 : 4.4, color, palette.page);
  return titled(`${drop.interface} → ${rail.name}: ${drop.state}`, text);
};

const cardShape = (card: Card, placed: PlacedCard, palette: Palette): string => {
  const tone = healthTone(card.health);
  const status = tone === 'error' ? palette.error : tone === 'warning' ? palette.warning : palette.muted;
  const { x, y, width, height, face } = placed;
  let text = element('rect', {
    x,
    y,
    width,
    height,
    rx: 5,
    fill: palette.card,
    stroke: tone === 'error' || tone === 'warning' ? status : palette.cardLine,
    'stroke-width': tone === 'error' ? 1.6 : 1,
  });
  text += write(face.name, x + 8, y + 16, NAME_SIZE, palette.text, { 'font-weight': 600 });
  text += write(face.count, x + width - 8, y + 16, STATUS_SIZE, palette.muted, { 'text-anchor': 'end' });
  text += write(fitText(card.status, STATUS_SIZE, 'sans', width - 14), x + 8, y + 30, STATUS_SIZE, status);
  face.ports.forEach((port, index) => {
    if (!port.chip) return;
    const portTone = dropLook(card.ports[index]?.state ?? 'unknown').tone;
    const color = portTone === 'error' ? palette.error : portTone === 'warning' ? palette.warning : undefined;
    const fill =
      portTone === 'error' ? palette.errorSoft : portTone === 'warning' ? palette.warningSoft : palette.sunken;
    text += element('rect', {
      x: x + port.chip.x,
      y: y + CHIP_TOP,
      width: port.chip.width,
      height: CHIP_HEIGHT,
      rx: 3,
      fill,
      stroke: color ?? palette.cardLine,
    });
    text += write(port.label, x + port.x, y + CHIP_TOP + 10, CHIP_SIZE, color ?? palette.text, {
      'text-anchor': 'middle',
      'font-family': MONO,
    });
  });
  return titled(`${fullName(card)}${card.count > 1 ? ` ×${card.count}` : ''}: ${card.status}`, text);
};

const summary = ({ totals }: RailsDoc): string =>
  `${totals.shownWorkloads.toLocaleString('en-US')} pods as ${totals.cards.toLocaleString('en-US')} cards · ${totals.drawnNetworks} of ${totals.networks} networks · ${totals.brokenWorkloads.toLocaleString('en-US')} broken`;

const body = (doc: RailsDoc, layout: RailsLayout, palette: Palette): string[] => {
  const rails = new Map(doc.rails.map((rail) => [rail.id, rail]));
  const drops = new Map(doc.drops.map((drop) => [drop.id, drop]));
  const parts: string[] = [];
  for (const band of layout.bands) {
    parts.push(
      element('rect', {
        x: band.x,
        y: band.y,
        width: band.width,
        height: band.height,
        rx: 6,
        fill: palette.band,
        stroke: palette.line,
      }),
    );
    parts.push(
      write(
        fitText(band.part > 0 ? `${band.label} continued` : band.label, 11, 'bold', band.width - 16),
        band.x + 8,
        band.y + 14,
        11,
        palette.muted,
        { 'font-weight': 600 },
      ),
    );
  }
  for (const placed of layout.rails) {
    const rail = rails.get(placed.id);
    if (rail) parts.push(railLine(rail, placed, palette) + railLabels(rail, placed, palette));
  }
  for (const placed of layout.drops) {
    const drop = drops.get(placed.id);
    const rail = rails.get(placed.rail);
    if (drop && rail) parts.push(dropShape(drop, placed, rail, palette));
  }
  for (const card of doc.cards) {
    const placed = layout.cards.get(card.id);
    if (placed) parts.push(cardShape(card, placed, palette));
  }
  return parts;
};

export const writeRails = (doc: RailsDoc, name: string, palette: Palette): string => {
  const layout = layoutRails(doc, { width: chooseWidth(doc, PAGE) });
  const { width, height } = layout;
  return writeSheet(
    { name, line: summary(doc), width, height, left: GUTTER, body: body(doc, layout, palette) },
    palette,
  );
};
