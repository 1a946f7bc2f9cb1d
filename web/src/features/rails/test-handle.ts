import type { RailsDoc } from '@busbar/shared/graph/graph-doc';
import type { RailsLayout } from '@busbar/shared/graph/layout/rails';
import type { RailsController } from './controller.ts';

type Rect = { x: number; y: number; width: number; height: number };

/**
 * A read-only look at what is on the canvas, for browser tests and for scripts in the console: where a card, a drop or a rail is in the
 * window, and the document that is drawn.
 */
export type BusbarGraph = {
  readonly doc: RailsDoc;
  readonly elements: number;
  /** By id, `namespace/name` or name. */
  card(idOrName: string): Rect | null;
  /** By id; the spot on the rail. */
  drop(id: string): Rect | null;
  rail(idOrName: string): Rect | null;
};

declare global {
  interface Window {
    busbarGraph?: BusbarGraph;
  }
}

export const exposeGraph = (controller: RailsController, doc: RailsDoc, layout: RailsLayout): (() => void) => {
  const rect = (box: Rect): Rect => {
    const { x, y, width, height } = controller.toClient(box);
    return { x, y, width, height };
  };
  window.busbarGraph = {
    doc,
    get elements() {
      return controller.elements;
    },
    card: (wanted) => {
      const card = doc.cards.find((one) =>
        [one.id, one.workload, `${one.namespace}/${one.name}`, one.name].includes(wanted),
      );
      const placed = card && layout.cards.get(card.id);
      return placed ? rect(placed) : null;
    },
    drop: (id) => {
      const placed = layout.drops.find((one) => one.id === id);
      return placed ? rect({ x: placed.x - 4, y: placed.y2 - 4, width: 8, height: 8 }) : null;
    },
    rail: (wanted) => {
      const rail = doc.rails.find((one) => one.id === wanted || one.name === wanted);
      const placed = rail && layout.rails.find((one) => one.id === rail.id);
      return placed ? rect({ x: placed.x, y: placed.y - 3, width: placed.width, height: 6 }) : null;
    },
  };
  return () => {
    delete window.busbarGraph;
  };
};
