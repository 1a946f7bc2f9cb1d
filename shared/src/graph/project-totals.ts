import type { Engine } from '../engine/engine-api.ts';
import type { View } from '../view/view.ts';
import type { TotalsDoc } from './graph-doc.ts';
import type { Projector } from './projector.ts';
import { createShapeIndexes, type ShapeIndexes } from './shape-index.ts';

/** The projection of lenses that read their rows elsewhere: numbers only. */
export function createTotalsProjector(
  engine: Engine,
  view: View,
  indexes: ShapeIndexes = createShapeIndexes(engine),
): Projector<TotalsDoc> {
  const { index, close } = indexes.open(view);
  return {
    step: index.step,
    doc: () => {
      while (!index.step());
      return {
        revision: engine.revision,
        lens: 'totals',
        totals: { ...index.counts(), cards: 0, drawnNetworks: 0 },
      };
    },
    update: (applied) => {
      if (applied.workloads.length === 0 && applied.networks.length === 0) return false;
      index.update(applied);
      return true;
    },
    members: () => undefined,
    close,
  };
}
