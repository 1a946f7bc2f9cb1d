import type { GraphDoc } from '@busbar/shared/graph/graph-doc';
import { chooseWidth, LEGIBLE, layoutRails, type RailsLayout, staysLegible } from '@busbar/shared/graph/layout/rails';
import { useMemo, useRef } from 'react';
import { GUTTER } from './label-sync.ts';
import type { Moved } from './moved.ts';

type Size = { width: number; height: number };
type Plan = { key: string; cards: number; width: number; minWidth: number; legible: boolean };

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
  const key = `${viewKey}|${Math.round(window.innerWidth / 100)}|${Math.round(window.innerHeight / 100)}|${round}`;
  const before = kept.current;
  const another =
    !before ||
    before.key !== key ||
    doc.cards.length > before.cards * 1.5 + 4 ||
    doc.cards.length < before.cards / 2 - 4;
  if (size.width > 0 && another) kept.current = plan(doc, key, size);
  const width = kept.current?.width ?? 1200;
  const minWidth = kept.current?.minWidth ?? 0;
  const layout = useMemo(() => layoutRails(doc, { width, minWidth, moved }), [doc, width, minWidth, moved]);
  return { layout, fitKey: `${key}|${width}`, legible: kept.current?.legible ?? false };
};
