import { createEngine } from '@busbar/shared/engine/engine';
import { layoutRails } from '@busbar/shared/graph/layout/rails';
import { createRailsProjector } from '@busbar/shared/graph/project';
import { providers } from '@busbar/shared/providers/registry';
import { rules } from '@busbar/shared/rules/registry';
import { defaultView } from '@busbar/shared/view/view';
import { generateBase, generatePods } from '../cluster.ts';
import { median, ms, type Row } from '../row.ts';

const LARGEST = 10_000;
const now = Date.UTC(2026, 11, 1);

/** The rails layout of the whole picture, as the browser computes it, warm. */
export const layout: Row = {
  id: 'layout',
  largest: LARGEST,
  measure: async (_bench, size) => {
    const engine = createEngine({ providers, rules });
    for (const make of [generateBase, generatePods])
      for (const object of make({ pods: size })) engine.apply([{ type: 'put', object }], now);
    const doc = createRailsProjector(engine, defaultView).doc();
    const took: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const start = performance.now();
      layoutRails(doc, { width: 4000 });
      took.push(performance.now() - start);
    }
    const figure = median(took.slice(5));
    const budget = '<= 50 ms on the main thread';
    return [
      {
        size,
        what: 'layout',
        budget,
        figure: `${ms(figure)} for ${doc.cards.length} cards`,
        met: figure <= 50,
      },
    ];
  },
};
