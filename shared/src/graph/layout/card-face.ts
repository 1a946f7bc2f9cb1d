import type { Card, Port } from '../graph-doc.ts';
import { thousands } from '../thousands.ts';
import { fitText, textWidth } from './measure.ts';

/** Sizes of a card, in the picture's own units (CSS pixels at 100 %). */
export const CARD_HEIGHT = 54;
const MIN_WIDTH = 66;
const MAX_NAME = 94;
/** Of a group of pods that differ: its name says what they have in common. */
const MAX_GROUP_NAME = 130;
const PAD = 7;
const CHIP_GAP = 4;
const CHIP_TEXT = 7;
/** Ports of the default network have no chip: a quiet line at the left edge of the card. */
const QUIET_INSET = 7;

export const NAME_SIZE = 12;
export const STATUS_SIZE = 10.5;
export const CHIP_SIZE = 9;
export const CHIP_TOP = 35.5;
export const CHIP_HEIGHT = 14;

/** `x` of the drop and, unless the port is quiet, the chip; relative to the card's left edge. */
export type FacePort = { x: number; label: string; chip: { x: number; width: number } | null };
export type CardFace = { width: number; name: string; count: string; ports: FacePort[] };

/** At most four characters: a count that changes must not move what is beside it. */
export const shortCount = (count: number): string =>
  count < 1000 ? String(count) : count < 10_000 ? `${Math.floor(count / 100) / 10}k` : `${Math.floor(count / 1000)}k`;

const chipLabel = ({ interface: name, count }: Port): string => {
  if (count !== undefined) return shortCount(count);
  return name.length > CHIP_TEXT ? `${name.slice(0, CHIP_TEXT - 1)}…` : name || '?';
};

const COUNT_WIDTH = 28;
const chipWidth = (port: Port, label: string): number =>
  port.count === undefined ? Math.max(20, Math.round(textWidth(label, CHIP_SIZE, 'mono') + 8)) : COUNT_WIDTH;

const countLabel = (count: number): string => (count > 1 ? `×${thousands(count)}` : '');

/**
 * What is written on a card and where its ports are. Depends on this card alone, so that no other card can change its size.
 * `quiet` tells whether a port leads to the cluster default network.
 */
export const cardFace = (card: Card, quiet: (port: Port) => boolean): CardFace => {
  const labels = card.ports.map(chipLabel);
  const isQuiet = card.ports.map(quiet);
  const quietCount = isQuiet.filter(Boolean).length;
  const left = quietCount > 0 ? QUIET_INSET + quietCount * 7 : PAD;
  const widths = card.ports.map((port, index) => chipWidth(port, labels[index] ?? ''));
  let chips = 0;
  widths.forEach((width, index) => {
    if (!isQuiet[index]) chips += width + (chips > 0 ? CHIP_GAP : 0);
  });
  const count = countLabel(card.count);
  const countWidth = count ? textWidth(count, STATUS_SIZE) + 6 : 0;
  const most = card.ports.some((port) => port.count !== undefined) ? MAX_GROUP_NAME : MAX_NAME;
  const nameWidth = Math.min(most, textWidth(card.name.slice(0, 40), NAME_SIZE, 'bold') * 1.08 + 2);
  const width = Math.ceil(Math.max(MIN_WIDTH, nameWidth + countWidth + 2 * PAD, left + chips + PAD));
  let x = Math.round(left + (width - left - PAD - chips) / 2);
  let quietX = QUIET_INSET;
  const ports = labels.map((label, index): FacePort => {
    if (isQuiet[index]) {
      const port = { x: quietX, label, chip: null };
      quietX += 7;
      return port;
    }
    const chip = { x, width: widths[index] ?? 0 };
    x += chip.width + CHIP_GAP;
    return { x: chip.x + chip.width / 2, label, chip };
  });
  return { width, name: fitText(card.name, NAME_SIZE, 'bold', width - 2 * PAD - countWidth), count, ports };
};
