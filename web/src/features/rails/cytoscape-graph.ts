import type { Palette } from '@busbar/shared/graph/layout/palette';
import cytoscape, { type Core, type StylesheetJson } from 'cytoscape';
import type { GraphElement } from './elements.ts';

/** The only file that knows the graph library. Ids and positions come from outside; nothing is laid out here. */
export type Viewport = { zoom: number; x: number; y: number };
export type Target = { kind: 'card' | 'rail' | 'drop' | 'band'; of: string; element: string };
export type GraphEvents = {
  tap(target: Target | null): void;
  open(target: Target): void;
  hover(target: Target | null, at: { x: number; y: number }): void;
  viewport(viewport: Viewport): void;
  /** While a node is dragged: its centre. `done` once it is let go. */
  moved(target: Target, centre: { x: number; y: number }, done: boolean): void;
};
export type Graph = ReturnType<typeof createGraph>;

const stylesheet = (palette: Palette): StylesheetJson => [
  {
    selector: 'node',
    style: {
      'z-index-compare': 'manual',
      events: 'yes',
      'overlay-opacity': 0,
      shape: 'round-rectangle',
      width: 'data(w)',
      height: 'data(h)',
    },
  },
  {
    selector: 'node[kind = "band"]',
    style: {
      'z-index': 0,
      events: 'no',
      'background-color': palette.band,
      'corner-radius': '6',
      'border-width': 1,
      'border-color': palette.line,
    },
  },
  { selector: 'node[kind = "rail"]', style: { 'z-index': 1, 'background-color': 'data(color)', 'corner-radius': '3' } },
  {
    selector: 'node[ghost = 1]',
    style: {
      'background-opacity': 0,
      'border-width': 1.2,
      'border-style': 'dashed',
      'border-color': 'data(color)',
      'border-dash-pattern': [4, 3],
      'corner-radius': '4.5',
    },
  },
  {
    selector: 'node[kind = "card"]',
    style: {
      'z-index': 4,
      'background-color': 'data(fill)',
      'border-color': 'data(line)',
      'border-width': 'data(lineWidth)',
      'corner-radius': '5',
    },
  },
  {
    selector: 'edge',
    style: {
      'z-index-compare': 'manual',
      'z-index': 'data(depth)' as unknown as number,
      'overlay-opacity': 0,
      'curve-style': 'straight',
      'source-endpoint': 'data(from)',
      'target-endpoint': 'data(to)',
      'line-color': 'data(color)',
      width: 'data(width)',
      'line-style': 'data(line)' as 'solid',
      'line-dash-pattern': [5, 4],
    },
  },
  { selector: '.dim', style: { opacity: 0.14 } },
  { selector: 'node[kind = "band"].dim', style: { opacity: 0.5 } },
];

const same = (a: Record<string, unknown>, b: Record<string, unknown>): boolean => {
  for (const key of Object.keys(b)) if (a[key] !== b[key]) return false;
  return true;
};

/** Nodes come before the edges that are moved to them; what is gone takes its edges with it, and those still wanted are added anew. */
const apply = (cy: Core, elements: readonly GraphElement[]) => {
  const wanted = new Set(elements.map((element) => element.data.id));
  cy.batch(() => {
    cy.elements().forEach((element) => {
      if (!wanted.has(element.id())) element.remove();
    });
    const isNew = (element: GraphElement) => cy.getElementById(element.data.id).empty();
    const fresh = elements.filter(isNew);
    const nodes = fresh.filter((element) => element.position);
    cy.add(nodes.map((element) => ({ group: 'nodes' as const, grabbable: element.data.kind !== 'band', ...element })));
    const added = new Set(fresh);
    for (const element of elements) if (!added.has(element)) update(cy, element);
    cy.add(fresh.filter((element) => !element.position).map((element) => ({ group: 'edges' as const, ...element })));
  });
};

const update = (cy: Core, element: GraphElement) => {
  const existing = cy.getElementById(element.data.id);
  const { source, target } = element.data;
  if (existing.isEdge() && (existing.data('source') !== source || existing.data('target') !== target)) {
    existing.move({ source: String(source), target: String(target) });
  }
  if (!same(existing.data(), element.data)) existing.data(element.data);
  if (!element.position || existing.grabbed()) return;
  const { x, y } = existing.position();
  if (x !== element.position.x || y !== element.position.y) existing.position({ ...element.position });
};

export const createGraph = (container: HTMLElement, palette: Palette, events: GraphEvents) => {
  const cy = cytoscape({
    container,
    style: stylesheet(palette),
    layout: { name: 'preset' },
    minZoom: 0.02,
    maxZoom: 4,
    boxSelectionEnabled: false,
    autounselectify: true,
    textureOnViewport: true,
    // The first click opens the inspector, which takes its time on a slow machine.
    multiClickDebounceTime: 450,
    pixelRatio: 'auto',
  });
  let isDimmed = false;
  const targetOf = (element: { data(key: string): unknown; id(): string }): Target => ({
    kind: element.data('kind') as Target['kind'],
    of: String(element.data('of')),
    element: element.id(),
  });
  cy.on('tap', (event) => events.tap(event.target === cy ? null : targetOf(event.target)));
  cy.on('dbltap', 'node', (event) => events.open(targetOf(event.target)));
  cy.on('mouseover', 'node, edge', (event) => events.hover(targetOf(event.target), event.renderedPosition));
  cy.on('mouseout', 'node, edge', (event) => events.hover(null, event.renderedPosition));
  const read = (): Viewport => ({ zoom: cy.zoom(), x: cy.pan().x, y: cy.pan().y });
  cy.on('viewport', () => events.viewport(read()));
  cy.on('drag', 'node', (event) => events.moved(targetOf(event.target), event.target.position(), false));
  cy.on('dragfree', 'node', (event) => events.moved(targetOf(event.target), event.target.position(), true));

  return {
    set: (elements: readonly GraphElement[]) => apply(cy, elements),
    restyle: (next: Palette) => cy.style(stylesheet(next)),
    /** Dims everything but these element ids; null: nothing is dimmed. */
    emphasise: (lit: ReadonlySet<string> | null) => {
      if (lit === null && !isDimmed) return;
      isDimmed = lit !== null;
      cy.batch(() => {
        cy.elements().forEach((element) => {
          element.toggleClass('dim', lit !== null && !lit.has(element.id()));
        });
      });
    },
    viewport: read,
    setViewport: (next: Viewport, animate: boolean) => {
      cy.stop();
      if (animate)
        cy.animate({ zoom: next.zoom, pan: { x: next.x, y: next.y } }, { duration: 220, easing: 'ease-out' });
      else cy.viewport({ zoom: next.zoom, pan: { x: next.x, y: next.y } });
    },
    zoomAround: (factor: number) => {
      cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
    },
    panBy: (x: number, y: number) => cy.panBy({ x, y }),
    resize: () => cy.resize(),
    count: () => cy.elements().length,
    destroy: () => cy.destroy(),
  };
};
