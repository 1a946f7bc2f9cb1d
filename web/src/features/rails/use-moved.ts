import { useState } from 'react';
import { loadMoved, type Moved } from './moved.ts';

/** What has been dragged in this cluster; which cluster it is may be told only after the first picture. */
export const useMoved = (cluster: string): [Moved, (moved: Moved) => void] => {
  const [kept, setKept] = useState(() => ({ cluster, moved: loadMoved(cluster) }));
  if (kept.cluster === cluster) return [kept.moved, (moved) => setKept({ cluster, moved })];
  const next = { cluster, moved: loadMoved(cluster) };
  setKept(next);
  return [next.moved, (moved) => setKept({ cluster, moved })];
};
