import type { Rail } from '../graph/graph-doc.ts';
import { type DropLook, dropLook } from '../graph/layout/look.ts';
import { fitText, textWidth } from '../graph/layout/measure.ts';
import {
  brokenText,
  cardFacts,
  countText,
  idleText,
  type LinkMark,
  laneText,
  linkLook,
  NO_LINK,
  podsText,
  railSpaces,
  restText,
  shortReach,
} from '../graph/layout/node-look.ts';
import {
  LANE_LINE,
  layoutNodes,
  NODE_PAD,
  type NodesLayout,
  type PlacedLane,
  type PlacedNode,
  type PlacedUse,
} from '../graph/layout/nodes.ts';
import { hueOf, type Palette, toneColor } from '../graph/layout/palette.ts';
import type { NodeCard, NodeLane, NodesDoc, NodeUse } from '../graph/nodes-doc.ts';
import { type AttachmentState, attachmentStates } from '../model/topology.ts';
import { DASHES, dropEnd, element, escapeXml, MARGIN, MONO, num, titled, write, writeSheet } from './svg-parts.ts';

/** The picture of the lens `nodes` as vector with text. */

const PAGE_WIDTH = 1400;
/** What follows a text keeps clear of it in whatever font the viewer has. */
const SLACK = 1.14;
/** Digits are of one width. */
const DIGIT = 7;

const mark = (kind: LinkMark, x: number, y: number, color: string, ground: string): string => {
  const box = { x: x - 4, y: y - 4, width: 8, height: 8, rx: 1.5, stroke: color, 'stroke-width': 1.6 };
  switch (kind) {
    case 'square':
      return element('rect', { ...box, fill: color });
    case 'hollow':
      return element('rect', { ...box, fill: ground, 'stroke-dasharray': '2 1.5' });
    case 'half':
      return (
        element('rect', { ...box, fill: ground }) + element('rect', { x: x - 4, y, width: 8, height: 4, fill: color })
      );
    case 'cross':
      return cross(x, y, color);
    case 'question':
      return write('?', x, y + 4, 11, color, { 'text-anchor': 'middle', 'font-weight': 700 });
    default:
      return kind satisfies never;
  }
};

const cross = (x: number, y: number, color: string): string =>
  element('path', {
    d: `M${num(x - 4)} ${num(y - 4)}L${num(x + 4)} ${num(y + 4)}M${num(x + 4)} ${num(y - 4)}L${num(x - 4)} ${num(y + 4)}`,
    stroke: color,
    'stroke-width': 2,
    'stroke-linecap': 'round',
  });

const healthColor = (card: NodeCard, palette: Palette): string =>
  card.health === 'failing' ? palette.error : card.health === 'warning' ? palette.warning : palette.cardLine;

const cardShape = (card: NodeCard, at: PlacedNode, foot: number | undefined, palette: Palette): string => {
  const { x, y, width, height } = at;
  const right = x + width - NODE_PAD;
  const pods = podsText(card);
  const broken = brokenText(card).trim();
  const room = width - NODE_PAD * 2 - textWidth(pods + broken, 11) - 60;
  const name = fitText(card.name, 13.5, 'bold', room);
  let text = element('rect', {
    x,
    y,
    width,
    height,
    rx: 7,
    fill: palette.card,
    stroke: healthColor(card, palette),
    'stroke-width': card.health === 'failing' ? 1.6 : 1,
    'stroke-dasharray': card.health === 'unknown' ? '4 3' : undefined,
  });
  text += write(name, x + NODE_PAD, y + 21, 13.5, palette.text, { 'font-weight': 650 });
  text += write(countText(card), x + NODE_PAD + textWidth(name, 13.5, 'bold') * SLACK + 6, y + 21, 12, palette.muted);
  text += write(pods, right, y + 21, 11, palette.muted, { 'text-anchor': 'end' });
  text += write(broken, right - textWidth(pods, 11) * SLACK - 3, y + 21, 11, palette.error, { 'text-anchor': 'end' });
  const spans = cardFacts(card).map((fact, index) =>
    element(
      'tspan',
      { fill: fact.tone === 'error' ? palette.error : fact.tone === 'warning' ? palette.warning : palette.muted },
      escapeXml(index > 0 ? ` · ${fact.text}` : fact.text),
    ),
  );
  text += element('text', { x: x + NODE_PAD, y: y + 38, 'font-size': 11 }, spans.join(''));
  if (card.trouble)
    text += write(
      fitText(card.trouble, 11, 'sans', width - NODE_PAD * 2),
      x + NODE_PAD,
      y + 55,
      11,
      card.severity === 'error' ? palette.error : palette.warning,
    );
  if (foot !== undefined)
    text += write(
      fitText(idleText(card), 10.5, 'sans', width - NODE_PAD * 2),
      x + NODE_PAD,
      foot + 12,
      10.5,
      palette.muted,
    );
  return titled(
    `${card.name}: ${cardFacts(card)
      .map((fact) => fact.text)
      .join(', ')}`,
    text,
  );
};

/** A broken stub is longer, so that its cross stands free. */
const LONGER = 24;
const STUB = 20;

const barShape = (
  { x, width, bar, y1, y2 }: PlacedLane,
  color: string,
  { line, broken }: Pick<DropLook, 'line' | 'broken'>,
): string =>
  element('line', {
    x1: x + width - (broken ? LONGER : 0),
    y1,
    x2: bar,
    y2: y1,
    stroke: color,
    'stroke-width': 2,
    'stroke-dasharray': DASHES[line],
  }) +
  element('line', {
    x1: bar,
    y1: y1 - 3,
    x2: bar,
    y2: y2 + 3,
    stroke: color,
    'stroke-width': 3,
    'stroke-linecap': 'round',
  });

const laneShape = (lane: NodeLane | undefined, at: PlacedLane, of: number, palette: Palette): string => {
  const look = linkLook(lane?.state ?? 'up');
  const color = lane ? toneColor(palette, look.tone, palette.muted) : palette.quiet;
  const y = at.y1;
  let text = at.rows > 0 ? barShape(at, color, lane ? look : { line: 'dotted', broken: false }) : '';
  if (!lane) return text + write(NO_LINK, at.x, y + 4, 10.5, palette.muted, { 'font-style': 'italic' });
  if (look.broken && at.rows > 0)
    text += element('circle', { cx: at.bar - STUB, cy: y, r: 6, fill: palette.card }) + cross(at.bar - STUB, y, color);
  text += mark(look.mark, at.x + 5, y - 0.5, color, palette.card);
  const ink = look.tone === 'error' ? palette.error : look.tone === 'warning' ? palette.warning : palette.text;
  text += write(fitText(lane.name, 12, 'mono', at.width - 18), at.x + 15, y + 4, 12, ink, {
    'font-family': MONO,
    'font-weight': 600,
  });
  laneText(lane, of).forEach((line, index) => {
    const tone = index === 0 && look.word && look.tone !== 'muted' ? ink : palette.muted;
    text += write(fitText(line, 10, 'sans', at.width - 16), at.x + 15, y + 4 + (index + 1) * LANE_LINE - 1, 10, tone);
  });
  return titled([lane.name, ...laneText(lane, of)].join(', '), text);
};

const tallies = (use: NodeUse, right: number, y: number, palette: Palette): { text: string; left: number } => {
  let x = right;
  let text = '';
  for (const state of [...attachmentStates].reverse()) {
    const count = use.states[state];
    if (!count) continue;
    const label = count.toLocaleString('en-US');
    const color = stateColor(state, palette);
    text += write(label, x, y + 4, 11, color, { 'text-anchor': 'end' });
    x -= label.length * DIGIT + 7;
    const look = dropLook(state);
    text += look.broken ? cross(x, y, color) : dropEnd(look.end, x, y, 3.6, color, palette.card);
    x -= 12;
  }
  return { text, left: x };
};

const stateColor = (state: AttachmentState, palette: Palette): string => {
  const { tone } = dropLook(state);
  return tone === 'error' ? palette.error : tone === 'warning' ? palette.warning : palette.muted;
};

const useShape = (
  use: NodeUse,
  at: PlacedUse,
  card: NodeCard,
  rail: Rail | undefined,
  space: string | undefined,
  palette: Palette,
): string => {
  const y = at.y + at.height / 2;
  const look = dropLook(use.worst);
  const quiet = !rail || rail.role === 'cluster-default';
  const network = quiet ? palette.quiet : hueOf(palette, rail.hue);
  const color = toneColor(palette, look.tone, network);
  const end = at.bar + 18;
  let text = element('line', {
    x1: at.bar,
    y1: y,
    x2: end,
    y2: y,
    stroke: color,
    'stroke-width': quiet ? 1.2 : 2,
    'stroke-dasharray': DASHES[look.line],
  });
  text += look.broken ? cross(end, y, color) : dropEnd(look.end, end, y, 3.8, color, palette.card);
  const counted = tallies(use, at.x + at.width, y, palette);
  text += counted.text;
  const reach = shortReach(use, card);
  const room = counted.left - at.x - (reach ? textWidth(reach, 10) + 6 : 0);
  const name = fitText(rail?.name ?? restText(use), 12, quiet ? 'sans' : 'bold', room);
  const ink = rail?.ghost ? palette.error : quiet ? palette.muted : palette.text;
  text += write(name, at.x, y + 4, 12, ink, { 'font-weight': quiet ? undefined : 600 });
  const used = textWidth(name, 12, 'bold') * SLACK + 5;
  if (space && room - used > 24)
    text += write(fitText(space, 10, 'sans', room - used), at.x + used, y + 4, 10, palette.muted);
  if (reach) text += write(reach, counted.left, y + 4, 10, palette.muted, { 'text-anchor': 'end' });
  return titled(
    `${rail?.name ?? restText(use)} on ${card.name}: ${Object.entries(use.states)
      .map(([state, n]) => `${n} ${state}`)
      .join(', ')}`,
    text,
  );
};

const body = (doc: NodesDoc, layout: NodesLayout, palette: Palette): string[] => {
  const cards = new Map(doc.nodes.map((card) => [card.id, card]));
  const lanes = new Map(doc.lanes.map((lane) => [lane.id, lane]));
  const uses = new Map(doc.uses.map((use) => [use.id, use]));
  const rails = new Map(doc.rails.map((rail) => [rail.id, rail]));
  const spaces = railSpaces(doc.rails);
  const parts: string[] = [];
  for (const at of layout.cards) {
    const card = cards.get(at.id);
    if (card) parts.push(cardShape(card, at, layout.feet.get(at.id), palette));
  }
  for (const at of layout.lanes) {
    const card = cards.get(at.card);
    if (card) parts.push(laneShape(at.id === null ? undefined : lanes.get(at.id), at, card.count, palette));
  }
  for (const at of layout.uses) {
    const use = uses.get(at.id);
    const card = cards.get(at.card);
    const rail = use?.rail ?? '';
    if (use && card) parts.push(useShape(use, at, card, rails.get(rail), spaces.get(rail), palette));
  }
  return parts;
};

const summary = ({ totals, nodes }: NodesDoc): string => {
  const count = nodes.reduce((sum, card) => sum + card.count, 0);
  return `${count.toLocaleString('en-US')} nodes as ${totals.cards.toLocaleString('en-US')} cards · ${totals.shownWorkloads.toLocaleString('en-US')} pods · ${totals.brokenWorkloads.toLocaleString('en-US')} broken`;
};

export const writeNodes = (doc: NodesDoc, name: string, palette: Palette): string => {
  const layout = layoutNodes(doc, { width: PAGE_WIDTH });
  return writeSheet(
    {
      name,
      line: summary(doc),
      width: layout.width,
      height: layout.height,
      left: MARGIN,
      body: body(doc, layout, palette),
    },
    palette,
  );
};
