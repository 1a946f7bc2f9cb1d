import type { Engine } from '../engine/engine-api.ts';
import type { Lens, View } from '../view/view.ts';
import type { GraphDoc } from './graph-doc.ts';
import { createRailsProjector } from './project.ts';
import { createNodesProjector } from './project-nodes.ts';
import { createTotalsProjector } from './project-totals.ts';
import type { Projector } from './projector.ts';
import { createShapeIndexes, type ShapeIndexes } from './shape-index.ts';

/** What each lens draws. A lens is a name in `view/view.ts`, a document in `graph-doc.ts` and a line here. */
const projectors: Record<Lens, (engine: Engine, view: View, indexes: ShapeIndexes) => Projector<GraphDoc>> = {
  rails: (engine, view, indexes) => createRailsProjector(engine, view, undefined, indexes),
  nodes: (engine, view) => createNodesProjector(engine, view),
  matrix: createTotalsProjector,
  table: createTotalsProjector,
};

/** Projections of an engine's topology through views, kept up to date by what changes; they share what can be shared. */
export function createProjectors(engine: Engine): (view: View) => Projector<GraphDoc> {
  const indexes = createShapeIndexes(engine);
  return (view) => projectors[view.lens](engine, view, indexes);
}

export const createProjector = (engine: Engine, view: View): Projector<GraphDoc> => createProjectors(engine)(view);
