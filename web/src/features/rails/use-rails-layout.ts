import type { RailsDoc } from '@busbar/shared/graph/graph-doc';
import { chooseWidth, LEGIBLE } from '@busbar/shared/graph/layout/choose-width';
import { layoutRails, RAIL_STEP, type RailsLayout, type RailsPlan } from '@busbar/shared/graph/layout/rails';
import { gaps } from '@busbar/shared/graph/layout/slots';
import { graphQuery } from '@busbar/shared/view/url';
import type { View } from '@busbar/shared/view/view';
import { useMemo, useRef } from 'react';
import { GUTTER } from './label-sync.ts';
import type { Moved } from './moved.ts';

type Size = { width: number; height: number };
/** `frame` changes when the picture should be fitted to its page anew. */
type Plan = {
  key: string;
  frame: string;
  cards: number;
  width: number;
  minWidth: number;
  railStep: number;
  legible: boolean;
};

/** Before there is a size to lay it out for. */
const nothing = { bands: [], rails: [], cards: [], drops: [] };

/** So far apart a name and what is said of its network have a line each; farther, the eye loses the thread. */
const WIDEST_STEP = 44;
/** What is left free for rails that come. */
const SPARE = 0.92;

/** With more gaps than this the picture is arranged anew. */
const MOST_GAPS = 0.35;

/** Height in picture units is not known before it is laid out, so a picture that is to fill its page is planned by its width. */
const plan = (doc: RailsDoc, key: string, frame: string, size: Size): Plan => {
  const room = { width: Math.max(240, size.width - GUTTER - 18), height: Math.max(240, size.height - 28) };
  const width = chooseWidth(doc, room);
  const layout = layoutRails(doc, { width });
  const whole = Math.min(1.15, room.width / layout.width, room.height / layout.height);
  const legible = whole < LEGIBLE;
  const zoom = legible ? Math.min(1, room.width / layout.width) : whole;
  const minWidth = Math.floor(room.width / zoom);
  const rows = layout.plan.tiers.reduce((sum, { rails }) => sum + rails.length, 0);
  const spare = (room.height / zoom - layout.height) * SPARE;
  const railStep = legible || rows === 0 || spare < rows ? RAIL_STEP : Math.min(WIDEST_STEP, RAIL_STEP + spare / rows);
  return { key, frame, cards: doc.cards.length, width, minWidth, railStep, legible };
};

/**
 * The layout, and `frame`, which changes when the picture should be fitted anew. Where cards go is planned once per view and window
 * size: a pod that comes or goes, or a panel that opens beside the picture, must not rearrange everything. Opening a group plans
 * again, for the same width and without leaving the place that is looked at.
 */
export const useRailsLayout = (
  doc: RailsDoc,
  shown: View,
  size: Size,
  moved: Moved,
  round: number,
): { layout: RailsLayout; frame: string; legible: boolean } => {
  const kept = useRef<Plan | null>(null);
  const places = useRef<RailsPlan | null>(null);
  const page = `${Math.round(window.innerWidth / 100)}x${Math.round(window.innerHeight / 100)}|${round}`;
  const key = `${graphQuery(shown)}|${page}`;
  const before = kept.current;
  // While a source is still being read the picture grows; half as many again is another picture.
  const grown = before !== null && before.key === key && doc.cards.length > before.cards * 1.5 + 4;
  const frame = `${graphQuery({ ...shown, open: [] })}|${page}${grown ? `|${doc.cards.length}` : ''}`;
  const crowded = places.current !== null && gaps(places.current.bands) > MOST_GAPS;
  if (size.width > 0 && (!before || before.key !== key || grown || crowded)) {
    const onlyOpened = before !== null && before.frame === frame && !crowded;
    kept.current = onlyOpened ? { ...before, key, cards: doc.cards.length } : plan(doc, key, frame, size);
    places.current = null;
  }
  const width = kept.current?.width ?? 1200;
  const minWidth = kept.current?.minWidth ?? 0;
  const railStep = kept.current?.railStep ?? RAIL_STEP;
  const isSized = size.width > 0;
  const layout = useMemo(
    () =>
      layoutRails(isSized ? doc : { ...doc, ...nothing }, {
        width,
        minWidth,
        railStep,
        moved,
        ...(places.current ? { before: places.current } : {}),
      }),
    [doc, isSized, width, minWidth, railStep, moved],
  );
  places.current = isSized ? layout.plan : null;
  return { layout, frame: kept.current?.frame ?? '', legible: kept.current?.legible ?? false };
};
