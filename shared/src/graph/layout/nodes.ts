import type { NodeCard, NodeLane, NodesDoc, NodeUse } from '../nodes-doc.ts';
import { cardFacts } from './node-look.ts';
import type { Box } from './rails.ts';

/** The picture of the lens `nodes`: cards in columns, in each its links at the left and the networks on them at the right. CSS pixels. */
export type PlacedNode = Box & { id: string; column: number };
/** The block of a link. `id` is null where networks name no link; the bar runs at `bar` from `y1` to `y2` past its networks. */
export type PlacedLane = Box & {
  key: string;
  id: string | null;
  card: string;
  bar: number;
  y1: number;
  y2: number;
  rows: number;
};
/** A row of a network: from the bar to its name, and its tallies at the right end. */
export type PlacedUse = Box & { id: string; card: string; lane: string; bar: number };

/** Which place every card has; given back with the next document, it keeps what is still there where it is. */
export type NodesPlan = { columns: { card: string | null; height: number }[][] };

export type NodesLayout = {
  width: number;
  height: number;
  cards: PlacedNode[];
  lanes: PlacedLane[];
  uses: PlacedUse[];
  /** Where the line with the idle links of a card stands. */
  feet: Map<string, number>;
  plan: NodesPlan;
};

export type NodesLayoutOptions = { width: number; before?: NodesPlan };

export const NODE_PAD = 12;
const NODE_GAP = 12;
const NODE_HEAD = 50;
const USE_HEIGHT = 21;
export const LANE_LINE = 15;
/** Width of the column of links, up to the bar. */
const LINK_WIDTH = 166;
const HEAD_LINE = 17;
const FOOT = 22;
const LANE_GAP = 9;
const NARROWEST = 364;
const WIDEST = 440;
const END = 4;

/** Lines of text of a link: its name, what it is, where its wire goes. */
const laneLines = (lane: NodeLane): number =>
  2 + (lane.chain.length > 0 ? 1 : 0) + (lane.switchPorts.length > 0 ? 1 : 0);

export const headOf = (card: NodeCard): number =>
  NODE_HEAD + (card.trouble ? HEAD_LINE : 0) - (cardFacts(card).length > 0 ? 0 : HEAD_LINE);

type Group = { key: string; lane: NodeLane | null; uses: NodeUse[]; height: number };
type Content = { card: NodeCard; groups: Group[]; height: number };

const groupHeight = (lane: NodeLane | null, uses: number): number =>
  Math.max(lane ? laneLines(lane) * LANE_LINE : USE_HEIGHT, uses * USE_HEIGHT);

const contentsOf = (doc: NodesDoc): Content[] => {
  const lanes = Map.groupBy(doc.lanes, (lane) => lane.card);
  const uses = Map.groupBy(doc.uses, (use) => use.card);
  return doc.nodes.map((card) => {
    const own = lanes.get(card.id) ?? [];
    const ids = new Set(own.map(({ id }) => id));
    const byLane = Map.groupBy(uses.get(card.id) ?? [], ({ lane }) => (lane !== null && ids.has(lane) ? lane : ''));
    const groups = [...own, null].flatMap((lane): Group[] => {
      const on = byLane.get(lane?.id ?? '') ?? [];
      if (!lane && on.length === 0) return [];
      return [{ key: `${card.id}|${lane ? lane.name : ''}`, lane, uses: on, height: groupHeight(lane, on.length) }];
    });
    const body = groups.reduce((sum, group) => sum + group.height + LANE_GAP, groups.length > 0 ? END : 0);
    return { card, groups, height: headOf(card) + body + (card.idle.length > 0 ? FOOT : 0) };
  });
};

export const columnsFor = (width: number): number =>
  Math.max(1, Math.floor((width + NODE_GAP) / (NARROWEST + NODE_GAP)));

/** Columns of cards in reading order: each next card goes where there is most room. */
const arrange = (
  contents: readonly Content[],
  columns: number,
  before: NodesPlan | undefined,
): NodesPlan['columns'] => {
  const kept = before && before.columns.length === columns ? before.columns : undefined;
  const needs = new Map(contents.map(({ card, height }) => [card.id, height]));
  const plan = (kept ?? Array.from({ length: columns }, () => [])).map((column) =>
    column.map(({ card, height }) => {
      const need = card === null ? undefined : needs.get(card);
      return need === undefined ? { card: null, height } : { card, height: Math.max(need, height) };
    }),
  );
  const placed = new Set(plan.flatMap((column) => column.flatMap(({ card }) => card ?? [])));
  const depth = (column: NodesPlan['columns'][number]) => column.reduce((sum, slot) => sum + slot.height + NODE_GAP, 0);
  for (const { card, height } of contents) {
    if (placed.has(card.id)) continue;
    const gap = plan.flat().find((slot) => slot.card === null && slot.height >= height);
    if (gap) gap.card = card.id;
    else
      plan.reduce((least, column) => (depth(column) < depth(least) ? column : least)).push({ card: card.id, height });
  }
  for (const column of plan) while (column.at(-1)?.card === null) column.pop();
  return plan;
};

/**
 * Positions of everything in a document of nodes. Pure and total. With the plan of the picture before, cards that are still there stay
 * where they are; one that grows moves only those beneath it.
 */
export const layoutNodes = (doc: NodesDoc, { width, before }: NodesLayoutOptions): NodesLayout => {
  const contents = contentsOf(doc);
  const byId = new Map(contents.map((content) => [content.card.id, content]));
  const columns = Math.max(1, Math.min(columnsFor(width), before ? before.columns.length : contents.length));
  const cardWidth = Math.min(WIDEST, Math.max(NARROWEST, Math.floor((width - NODE_GAP * (columns - 1)) / columns)));
  const plan = { columns: arrange(contents, columns, before) };
  const layout: NodesLayout = { width: 0, height: 0, cards: [], lanes: [], uses: [], feet: new Map(), plan };
  plan.columns.forEach((column, index) => {
    const x = index * (cardWidth + NODE_GAP);
    let y = 0;
    for (const { card, height } of column) {
      const content = card === null ? undefined : byId.get(card);
      if (content) placeCard(layout, content, { x, y, width: cardWidth, column: index });
      y += height + NODE_GAP;
    }
    layout.height = Math.max(layout.height, y - NODE_GAP);
    if (column.length > 0) layout.width = x + cardWidth;
  });
  return layout;
};

const placeCard = (
  layout: NodesLayout,
  { card, groups, height }: Content,
  { x, y, width, column }: { x: number; y: number; width: number; column: number },
) => {
  layout.cards.push({ id: card.id, column, x, y, width, height });
  let top = y + headOf(card);
  const left = x + NODE_PAD;
  const bar = left + LINK_WIDTH;
  for (const group of groups) {
    const rows = group.uses.length * USE_HEIGHT;
    const first = top + USE_HEIGHT / 2;
    layout.lanes.push({
      key: group.key,
      id: group.lane?.id ?? null,
      card: card.id,
      x: left,
      y: top,
      width: LINK_WIDTH - 14,
      height: group.height,
      bar,
      y1: first,
      y2: Math.max(first, top + rows - USE_HEIGHT / 2),
      rows: group.uses.length,
    });
    group.uses.forEach((use, index) => {
      const at = {
        x: bar + 26,
        y: top + index * USE_HEIGHT,
        width: x + width - NODE_PAD - bar - 26,
        height: USE_HEIGHT,
      };
      layout.uses.push({ id: use.id, card: card.id, lane: group.key, bar, ...at });
    });
    top += group.height + LANE_GAP;
  }
  if (card.idle.length > 0) layout.feet.set(card.id, y + height - FOOT);
};
