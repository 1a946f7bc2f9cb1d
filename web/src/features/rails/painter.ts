import type { Card, Rail, RailsDoc } from '@busbar/shared/graph/graph-doc';
import { CHIP_HEIGHT, CHIP_SIZE, CHIP_TOP, NAME_SIZE, STATUS_SIZE } from '@busbar/shared/graph/layout/card-face';
import { type DropEnd, dropLook } from '@busbar/shared/graph/layout/look';
import { fitText } from '@busbar/shared/graph/layout/measure';
import { type Palette, railColor, toneColor } from '@busbar/shared/graph/layout/palette';
import type { PlacedCard, PlacedDrop, RailsLayout } from '@busbar/shared/graph/layout/rails';
import type { Viewport } from './cytoscape-graph.ts';
import { cardElementId, dropElementId } from './elements.ts';

/**
 * The fine print over the graph: text on cards, ports, and the ends and breaks of drops. Drawn straight on a canvas because it must be
 * sharp at every zoom and cost nothing while it is too small to read.
 */
export type Scene = {
  doc: RailsDoc;
  layout: RailsLayout;
  palette: Palette;
  cards: ReadonlyMap<string, Card>;
  rails: ReadonlyMap<string, Rail>;
};
export type Marks = {
  lit: ReadonlySet<string> | null;
  selected: ReadonlySet<string>;
  focused: string | null;
  /** Element id to how fresh its change is, 1 down to 0. */
  glow: ReadonlyMap<string, number>;
};

const SANS = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif';
const MONO = 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace';
/** Below this height on the screen a card is a coloured block. */
const TEXT_FROM = 22;
const CHIPS_FROM = 34;
const DIMMED = 0.14;

const healthColor = (palette: Palette, card: Card): string => {
  switch (card.health) {
    case 'failing':
      return palette.error;
    case 'warning':
      return palette.warning;
    default:
      return palette.muted;
  }
};

const roundRect = (ctx: CanvasRenderingContext2D, x: number, y: number, w: number, h: number, r: number) => {
  ctx.beginPath();
  ctx.roundRect(x, y, w, h, Math.min(r, h / 2));
};

const paintCard = (ctx: CanvasRenderingContext2D, scene: Scene, card: Card, placed: PlacedCard, view: Viewport) => {
  const { palette } = scene;
  const z = view.zoom;
  const x = placed.x * z + view.x;
  const y = placed.y * z + view.y;
  const w = placed.width * z;
  const h = placed.height * z;
  if (h < TEXT_FROM) {
    if (card.health !== 'failing' && card.health !== 'warning') return;
    ctx.fillStyle = healthColor(palette, card);
    roundRect(ctx, x, y, Math.max(w, 3), Math.max(h, 3), 4 * z);
    ctx.fill();
    return;
  }
  const pad = 7 * Math.min(1, z);
  const nameSize = Math.max(NAME_SIZE * z, 8.6);
  const statusSize = Math.max(STATUS_SIZE * z, 8.6);
  ctx.textBaseline = 'alphabetic';
  let countWidth = 0;
  if (placed.face.count) {
    ctx.font = `${statusSize}px ${SANS}`;
    ctx.fillStyle = palette.muted;
    ctx.textAlign = 'right';
    countWidth = ctx.measureText(placed.face.count).width + 4;
    ctx.fillText(placed.face.count, x + w - pad, y + h * 0.28);
  }
  ctx.textAlign = 'left';
  ctx.font = `600 ${nameSize}px ${SANS}`;
  ctx.fillStyle = card.health === 'ended' ? palette.muted : palette.text;
  // The last argument squeezes what the estimate of the width got wrong for this machine's font.
  const room = w - 2 * pad - countWidth + 1;
  ctx.fillText(fitText(card.name, nameSize, 'bold', room), x + pad, y + h * 0.28, room);
  if (h < CHIPS_FROM) return;
  ctx.font = `${statusSize}px ${SANS}`;
  ctx.fillStyle = healthColor(palette, card);
  ctx.fillText(fitText(card.status, statusSize, 'sans', w - 2 * pad + 2), x + pad, y + h * 0.53);
  paintChips(ctx, scene, card, placed, view);
};

const paintChips = (ctx: CanvasRenderingContext2D, scene: Scene, card: Card, placed: PlacedCard, view: Viewport) => {
  const { palette } = scene;
  const z = view.zoom;
  const top = (placed.y + CHIP_TOP) * z + view.y;
  ctx.textAlign = 'center';
  ctx.font = `${CHIP_SIZE * z}px ${MONO}`;
  placed.face.ports.forEach((port, index) => {
    if (!port.chip) return;
    const tone = dropLook(card.ports[index]?.state ?? 'unknown').tone;
    const left = (placed.x + port.chip.x) * z + view.x;
    ctx.fillStyle = tone === 'error' ? palette.errorSoft : tone === 'warning' ? palette.warningSoft : palette.sunken;
    ctx.strokeStyle = tone === 'error' ? palette.error : tone === 'warning' ? palette.warning : palette.cardLine;
    ctx.lineWidth = 1;
    roundRect(ctx, left, top, port.chip.width * z, CHIP_HEIGHT * z, 3 * z);
    ctx.fill();
    ctx.stroke();
    if (CHIP_SIZE * z < 5.5) return;
    ctx.fillStyle = tone === 'error' ? palette.error : tone === 'warning' ? palette.warning : palette.text;
    ctx.fillText(port.label, left + (port.chip.width * z) / 2, top + CHIP_HEIGHT * z * 0.72);
  });
};

const paintEnd = (
  ctx: CanvasRenderingContext2D,
  end: DropEnd,
  x: number,
  y: number,
  r: number,
  color: string,
  ground: string,
) => {
  ctx.fillStyle = color;
  ctx.strokeStyle = color;
  ctx.lineWidth = Math.max(1, r * 0.36);
  ctx.beginPath();
  if (end === 'diamond') {
    const d = r * 1.3;
    ctx.moveTo(x, y - d);
    ctx.lineTo(x + d, y);
    ctx.lineTo(x, y + d);
    ctx.lineTo(x - d, y);
    ctx.closePath();
  } else if (end === 'square') ctx.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8);
  else ctx.arc(x, y, end === 'question' ? r * 1.35 : r, 0, Math.PI * 2);
  if (end === 'dot' || end === 'diamond' || end === 'square') return ctx.fill();
  ctx.fillStyle = ground;
  ctx.fill();
  ctx.stroke();
  ctx.fillStyle = color;
  if (end === 'half') {
    ctx.beginPath();
    ctx.arc(x, y, r, Math.PI / 2, Math.PI * 1.5);
    ctx.fill();
  } else if (end === 'slash') {
    ctx.beginPath();
    ctx.moveTo(x - r, y + r);
    ctx.lineTo(x + r, y - r);
    ctx.stroke();
  } else if (end === 'question' && r > 2.5) {
    ctx.font = `700 ${r * 2}px ${SANS}`;
    ctx.textAlign = 'center';
    ctx.fillText('?', x, y + r * 0.7);
  }
};

const paintDrop = (
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  placed: PlacedDrop,
  state: RailsDoc['drops'][number]['state'],
  view: Viewport,
) => {
  const { palette } = scene;
  const z = view.zoom;
  const rail = scene.rails.get(placed.rail);
  const look = dropLook(state);
  const quiet = rail?.role === 'cluster-default' && look.tone === 'network';
  if (z < 0.22 && look.tone !== 'error') return;
  const color = quiet ? palette.quiet : toneColor(palette, look.tone, railColor(palette, rail));
  const x = placed.x * z + view.x;
  const y = placed.y2 * z + view.y;
  if (look.broken) {
    const cut = placed.cut * z + view.y;
    ctx.strokeStyle = color;
    ctx.lineWidth = Math.max(1.2, look.width * z);
    ctx.lineCap = 'round';
    ctx.beginPath();
    ctx.moveTo(x, placed.y1 * z + view.y);
    ctx.lineTo(x, cut);
    ctx.stroke();
    const arm = Math.max(3.6, 4.6 * z);
    // A halo in the colour of the page, so that the cross stands apart from the line it breaks.
    for (const [width, stroke] of [
      [arm * 1.5, palette.page],
      [Math.max(2, 2.2 * z), color],
    ] as const) {
      ctx.lineWidth = width;
      ctx.strokeStyle = stroke;
      ctx.beginPath();
      ctx.moveTo(x - arm, cut - arm);
      ctx.lineTo(x + arm, cut + arm);
      ctx.moveTo(x + arm, cut - arm);
      ctx.lineTo(x - arm, cut + arm);
      ctx.stroke();
    }
  }
  paintEnd(
    ctx,
    look.end,
    x,
    y,
    Math.max(1.4, (rail?.role === 'cluster-default' && look.tone !== 'error' ? 2.6 : 4.4) * z),
    color,
    palette.page,
  );
};

const paintRing = (
  ctx: CanvasRenderingContext2D,
  placed: PlacedCard,
  view: Viewport,
  color: string,
  width: number,
  gap: number,
) => {
  const z = view.zoom;
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  roundRect(
    ctx,
    placed.x * z + view.x - gap,
    placed.y * z + view.y - gap,
    placed.width * z + 2 * gap,
    placed.height * z + 2 * gap,
    5 * z + gap,
  );
  ctx.stroke();
};

/** Paints what is inside the canvas; `width` and `height` in CSS pixels. */
export const paint = (
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  marks: Marks,
  view: Viewport,
  width: number,
  height: number,
) => {
  ctx.clearRect(0, 0, width, height);
  const outside = (x: number, y: number, w: number, h: number) =>
    (x + w) * view.zoom + view.x < -20 ||
    x * view.zoom + view.x > width + 20 ||
    (y + h) * view.zoom + view.y < -20 ||
    y * view.zoom + view.y > height + 20;
  const dim = (id: string) => {
    ctx.globalAlpha = marks.lit && !marks.lit.has(id) ? DIMMED : 1;
  };
  const states = new Map(scene.doc.drops.map((drop) => [drop.id, drop.state]));
  for (const drop of scene.layout.drops) {
    if (outside(drop.x, Math.min(drop.y1, drop.y2), 0, Math.abs(drop.y2 - drop.y1))) continue;
    dim(dropElementId(drop.id));
    paintDrop(ctx, scene, drop, states.get(drop.id) ?? 'unknown', view);
  }
  for (const placed of scene.layout.cards.values()) {
    if (outside(placed.x, placed.y, placed.width, placed.height)) continue;
    const card = scene.cards.get(placed.id);
    if (!card) continue;
    const id = cardElementId(placed.id);
    dim(id);
    paintCard(ctx, scene, card, placed, view);
    const glow = marks.glow.get(id);
    if (glow !== undefined) {
      ctx.globalAlpha = glow * 0.8;
      paintRing(ctx, placed, view, scene.palette.accent, 3, 2.5);
    }
    ctx.globalAlpha = 1;
    if (marks.selected.has(placed.id)) paintRing(ctx, placed, view, scene.palette.accent, 2.2, 0.5);
    if (marks.focused === placed.id) paintRing(ctx, placed, view, scene.palette.accent, 2, 4);
  }
  ctx.globalAlpha = 1;
};
