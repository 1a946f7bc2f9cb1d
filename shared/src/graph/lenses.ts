import type { Engine } from '../engine/engine-api.ts';
import type { Lens, View } from '../view/view.ts';
import type { GraphDoc } from './graph-doc.ts';
import { createRailsProjector } from './project.ts';
import { createNodesProjector } from './project-nodes.ts';
import type { Projector } from './projector.ts';

/** What each lens draws. A lens is a name in `view/view.ts`, a document in `graph-doc.ts` and a line here. */
const projectors: Record<Lens, (engine: Engine, view: View) => Projector<GraphDoc>> = {
  rails: createRailsProjector,
  nodes: createNodesProjector,
  matrix: createRailsProjector,
  table: createRailsProjector,
};

/** The projection of an engine's topology through a view, kept up to date by what changes. */
export const createProjector = (engine: Engine, view: View): Projector<GraphDoc> => projectors[view.lens](engine, view);
