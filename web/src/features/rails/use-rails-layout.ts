import type { GraphDoc } from '@busbar/shared/graph/graph-doc';
import { chooseWidth, LEGIBLE, staysLegible } from '@busbar/shared/graph/layout/choose-width';
import { layoutRails, type RailsLayout, type RailsPlan } from '@busbar/shared/graph/layout/rails';
import { gaps } from '@busbar/shared/graph/layout/slots';
import { useMemo, useRef } from 'react';
import { GUTTER } from './label-sync.ts';
import type { Moved } from './moved.ts';

type Size = { width: number; height: number };
type Plan = { key: string; cards: number; width: number; minWidth: number; legible: boolean };

/** With more gaps than this the picture is arranged anew. */
const MOST_GAPS = 0.35;

/** Height in picture units is not known before it is laid out, so a picture that is to fill its page is planned by its width. */
const plan = (doc: GraphDoc, key: string, size: Size): Plan => {
  const room = { width: Math.max(240, size.width - GUTTER - 18), height: Math.max(240, size.height - 28) };
  const width = chooseWidth(doc, room);
  const layout = layoutRails(doc, { width });
  const whole = Math.min(1.15, room.width / layout.width, room.height / layout.height);
  const legible = whole < LEGIBLE && staysLegible(doc);
  const zoom = legible ? Math.min(1, room.width / layout.width) : whole;
  return { key, cards: doc.cards.length, width, minWidth: Math.floor(room.width / zoom), legible };
};

/**
 * The layout, and `fitKey`, which changes when the picture should be fitted anew. Where cards go is planned once per view and window
 * size: a pod that comes or goes, or a panel that opens beside the picture, must not rearrange everything.
 */
export const useRailsLayout = (
  doc: GraphDoc,
  viewKey: string,
  size: Size,
  moved: Moved,
  round: number,
): { layout: RailsLayout; fitKey: string; legible: boolean } => {
  const kept = useRef<Plan | null>(null);
  const places = useRef<RailsPlan | null>(null);
  const key = `${viewKey}|${Math.round(window.innerWidth / 100)}|${Math.round(window.innerHeight / 100)}|${round}`;
  const before = kept.current;
  // While a source is still being read the picture grows; half as many again is another picture.
  const grown = before !== null && doc.cards.length > before.cards * 1.5 + 4;
  const crowded = grown || (places.current !== null && gaps(places.current.bands) > MOST_GAPS);
  if (size.width > 0 && (!before || before.key !== key || crowded)) {
    kept.current = plan(doc, key, size);
    places.current = null;
  }
  const width = kept.current?.width ?? 1200;
  const minWidth = kept.current?.minWidth ?? 0;
  const layout = useMemo(
    () => layoutRails(doc, { width, minWidth, moved, ...(places.current ? { before: places.current } : {}) }),
    [doc, width, minWidth, moved],
  );
  places.current = layout.plan;
  return { layout, fitKey: `${key}|${width}`, legible: kept.current?.legible ?? false };
};
