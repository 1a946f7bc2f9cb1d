import type { Viewport } from './cytoscape-graph.ts';

/** Width of the column of rail names at the left of the picture; it stays when the picture is panned. */
export const GUTTER = 204;
/** Two lines of a label need this many pixels from rail to rail, one this many. */
const TWO_LINES = 29;
const ONE_LINE = 11;

const show = (element: HTMLElement, shown: boolean) => {
  const value = shown ? '' : 'hidden';
  if (element.style.visibility !== value) element.style.visibility = value;
};

/**
 * Puts the labels where the graph's viewport says. Called for every frame of a pan, so it writes styles and reads nothing that would
 * force a layout.
 */
export const syncLabels = (
  root: HTMLElement,
  view: Viewport,
  size: { width: number; height: number },
  railStep: number,
) => {
  const row = railStep * view.zoom;
  const density = row >= TWO_LINES ? 'two' : row >= ONE_LINE ? 'one' : 'none';
  if (root.dataset['density'] !== density) root.dataset['density'] = density;
  for (const element of root.querySelectorAll<HTMLElement>('[data-rail]')) {
    const y = Number(element.dataset['y']) * view.zoom + view.y;
    const inside = y > -20 && y < size.height + 20;
    show(element, inside && density !== 'none');
    if (inside) element.style.transform = `translateY(${Math.round(y)}px) translateY(-50%)`;
  }
  for (const element of root.querySelectorAll<HTMLElement>('[data-tier]')) {
    const y = Number(element.dataset['y']) * view.zoom + view.y;
    const inside = density === 'none' && y > -20 && y < size.height;
    show(element, inside);
    if (inside) element.style.transform = `translateY(${Math.round(y)}px)`;
  }
  const headless = 19 * view.zoom < 9;
  for (const element of root.querySelectorAll<HTMLElement>('[data-band]')) {
    const x = Number(element.dataset['x']) * view.zoom + view.x;
    const y = Number(element.dataset['y']) * view.zoom + view.y;
    const width = Number(element.dataset['w']) * view.zoom;
    const left = Math.max(x, GUTTER);
    const room = x + width - left;
    const inside = !headless && room > 24 && left < size.width && y > -40 && y < size.height + 20;
    show(element, inside);
    if (!inside) continue;
    element.style.transform = `translate(${Math.round(left)}px, ${Math.round(y)}px)`;
    element.style.width = `${Math.round(room)}px`;
    element.style.height = `${Math.round(Math.max(14, 19 * view.zoom))}px`;
  }
};
