import type { RailsDoc } from '@busbar/shared/graph/graph-doc';
import type { Palette } from '@busbar/shared/graph/layout/palette';
import type { RailsLayout } from '@busbar/shared/graph/layout/rails';
import { createGraph, type Graph, type GraphEvents, type Viewport } from './cytoscape-graph.ts';
import { cardElementId, graphElements } from './elements.ts';
import { GUTTER, syncLabels } from './label-sync.ts';
import { type Marks, paint, type Scene } from './painter.ts';

const GLOW_MS = 1800;
const MARGIN = 14;

export type Hosts = { graph: HTMLElement; canvas: HTMLCanvasElement; labels: HTMLElement };

/** Keeps three layers on one viewport: the graph, the fine print on a canvas, and the labels in the page. */
export class RailsController {
  readonly #hosts: Hosts;
  readonly #graph: Graph;
  readonly #context: CanvasRenderingContext2D | null;
  #palette: Palette;
  #scene: Scene | null = null;
  #marks: Marks = { lit: null, selected: new Set(), focused: null, glow: new Map() };
  #changedAt = new Map<string, number>();
  #frame = 0;
  #size = { width: 0, height: 0, ratio: 0 };
  #drawnZoom = 0;
  readonly #zoomed = new Set<() => void>();
  readonly #still = window.matchMedia('(prefers-reduced-motion: reduce)');

  constructor(hosts: Hosts, palette: Palette, events: Omit<GraphEvents, 'viewport'>) {
    this.#hosts = hosts;
    this.#context = hosts.canvas.getContext('2d');
    this.#palette = palette;
    this.#graph = createGraph(hosts.graph, palette, { ...events, viewport: () => this.#schedule() });
  }

  setScene(doc: RailsDoc, layout: RailsLayout, palette: Palette) {
    if (this.#palette !== palette) this.#graph.restyle(palette);
    this.#palette = palette;
    this.#scene = {
      doc,
      layout,
      palette,
      cards: new Map(doc.cards.map((card) => [card.id, card])),
      rails: new Map(doc.rails.map((rail) => [rail.id, rail])),
    };
    this.#graph.set(graphElements(doc, layout, palette));
    this.#graph.emphasise(this.#marks.lit);
    this.#schedule();
  }

  setMarks(marks: Partial<Marks>) {
    this.#marks = { ...this.#marks, ...marks };
    if ('lit' in marks) this.#graph.emphasise(this.#marks.lit);
    this.#schedule();
  }

  glow(cards: Iterable<string>) {
    const now = performance.now();
    for (const id of cards) this.#changedAt.set(cardElementId(id), now);
    this.#schedule();
  }

  /** Takes over the size of what it draws on; true when that is another. */
  resize(): boolean {
    const { clientWidth: width, clientHeight: height } = this.#hosts.graph;
    const ratio = window.devicePixelRatio || 1;
    const before = this.#size;
    if (before.width === width && before.height === height && before.ratio === ratio) return false;
    this.#size = { width, height, ratio };
    this.#hosts.canvas.width = Math.round(width * ratio);
    this.#hosts.canvas.height = Math.round(height * ratio);
    this.#graph.resize();
    this.#draw();
    return true;
  }

  get zoom(): number {
    return this.#graph.viewport().zoom;
  }

  /** Calls `listener` when the zoom has changed, until what it returns is called. */
  onZoom(listener: () => void): () => void {
    this.#zoomed.add(listener);
    return () => this.#zoomed.delete(listener);
  }

  /** The whole picture, as large as it goes, the label gutter aside; or only its width, when the whole would be too small to read. */
  fit(animate: boolean, widthOnly: boolean) {
    const layout = this.#scene?.layout;
    if (!layout) return;
    this.#frameBox(
      { x: 0, y: 0, width: layout.width, height: widthOnly ? 1 : layout.height },
      widthOnly ? 1 : 1.15,
      animate,
      true,
    );
  }

  /** Brings a box into sight; does nothing when it is there already and large enough to read. */
  reveal(box: { x: number; y: number; width: number; height: number }, animate: boolean) {
    const view = this.#graph.viewport();
    const left = box.x * view.zoom + view.x;
    const top = box.y * view.zoom + view.y;
    const { width, height } = this.#size;
    const inside =
      left >= GUTTER && top >= 0 && left + box.width * view.zoom <= width && top + box.height * view.zoom <= height;
    if (inside) return;
    const fits = box.width * view.zoom <= width - GUTTER - 2 * MARGIN && box.height * view.zoom <= height - 2 * MARGIN;
    if (!fits) return this.#frameBox(box, Math.max(view.zoom, 0.4), animate, false);
    const x = view.x + Math.max(0, GUTTER + MARGIN - left) - Math.max(0, left + box.width * view.zoom - width + MARGIN);
    const y = view.y + Math.max(0, MARGIN - top) - Math.max(0, top + box.height * view.zoom - height + MARGIN);
    this.#graph.setViewport({ zoom: view.zoom, x, y }, animate && !this.#still.matches);
  }

  zoomBy(factor: number) {
    this.#graph.zoomAround(factor);
  }

  zoomTo(level: number) {
    this.#graph.zoomAround(level / this.zoom);
  }

  panBy(x: number, y: number) {
    this.#graph.panBy(x, y);
  }

  /** From the picture's own units to the client area of the window. */
  toClient(box: { x: number; y: number; width: number; height: number }): DOMRect {
    const { zoom, x, y } = this.#graph.viewport();
    const host = this.#hosts.graph.getBoundingClientRect();
    return new DOMRect(host.left + box.x * zoom + x, host.top + box.y * zoom + y, box.width * zoom, box.height * zoom);
  }

  get elements(): number {
    return this.#graph.count();
  }

  destroy() {
    window.cancelAnimationFrame(this.#frame);
    this.#graph.destroy();
  }

  #frameBox(
    box: { x: number; y: number; width: number; height: number },
    most: number,
    animate: boolean,
    whole: boolean,
  ) {
    const { width, height } = this.#size;
    if (width === 0 || height === 0 || box.width === 0) return;
    const room = { width: width - GUTTER - 4 - MARGIN, height: height - 2 * MARGIN };
    const zoom = Math.min(
      most,
      Math.max(0.02, Math.min(room.width / box.width, room.height / Math.max(1, box.height))),
    );
    const spare = whole ? 0 : Math.max(0, (room.height - box.height * zoom) / 2);
    const view: Viewport = { zoom, x: GUTTER + 4 - box.x * zoom, y: MARGIN + spare - box.y * zoom };
    if (!whole) view.x += Math.max(0, (room.width - box.width * zoom) / 2);
    this.#graph.setViewport(view, animate && !this.#still.matches);
  }

  #schedule() {
    if (this.#frame) return;
    this.#frame = window.requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #glowNow(): Map<string, number> {
    const glow = new Map<string, number>();
    const now = performance.now();
    for (const [id, at] of this.#changedAt) {
      const left = 1 - (now - at) / GLOW_MS;
      if (left <= 0) this.#changedAt.delete(id);
      else glow.set(id, this.#still.matches ? 0.8 : left);
    }
    return glow;
  }

  #draw() {
    const { width, height } = this.#size;
    if (!this.#scene || !this.#context || width === 0) return;
    const ratio = window.devicePixelRatio || 1;
    const view = this.#graph.viewport();
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const glow = this.#glowNow();
    paint(this.#context, this.#scene, { ...this.#marks, glow }, view, width, height);
    syncLabels(this.#hosts.labels, view, { width, height }, this.#scene.layout.railStep);
    if (view.zoom !== this.#drawnZoom) {
      this.#drawnZoom = view.zoom;
      for (const listener of this.#zoomed) listener();
    }
    if (glow.size > 0) this.#schedule();
  }
}
