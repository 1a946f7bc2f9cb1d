import { columnsFor, layoutNodes, type NodesLayout, type NodesPlan } from '@busbar/shared/graph/layout/nodes';
import type { NodesDoc } from '@busbar/shared/graph/nodes-doc';
import { graphQuery } from '@busbar/shared/view/url';
import type { View } from '@busbar/shared/view/view';
import { useMemo, useRef } from 'react';

type Frame = { key: string; width: number };

/**
 * Where cards go is planned once per view and window size: a pod that comes or goes, or a panel that opens beside the picture, moves
 * nothing.
 */
export const useNodesLayout = (doc: NodesDoc, shown: View, width: number): NodesLayout => {
  const frame = useRef<Frame | null>(null);
  const places = useRef<NodesPlan | null>(null);
  const key = `${graphQuery(shown)}|${Math.round(window.innerWidth / 100)}`;
  // With a panel that closes there is room for a column that was not there before.
  const room = frame.current?.key === key ? columnsFor(frame.current.width) : 0;
  if (width > 0 && columnsFor(width) > room) {
    frame.current = { key, width };
    places.current = null;
  }
  const planned = frame.current?.width ?? width;
  const layout = useMemo(
    () => layoutNodes(doc, { width: planned, ...(places.current ? { before: places.current } : {}) }),
    [doc, planned],
  );
  places.current = layout.plan;
  return layout;
};
