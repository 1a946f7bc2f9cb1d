import type { DropEnd } from '../graph/layout/look.ts';
import { fitText, textWidth } from '../graph/layout/measure.ts';
import type { Palette } from '../graph/layout/palette.ts';

/** What pictures of every lens are written with. Every string of a cluster passes `escapeXml`. */

const SANS = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif';
export const MONO = 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace';
type Attributes = Record<string, string | number | undefined>;

/** XML 1.0 forbids control characters even escaped; what a cluster put there is shown as the replacement character. */
export const escapeXml = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

export const num = (value: number): string => String(Math.round(value * 100) / 100);

export const element = (name: string, attributes: Attributes, content = ''): string => {
  let text = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) text += ` ${key}="${typeof value === 'number' ? num(value) : escapeXml(value)}"`;
  }
  return content ? `${text}>${content}</${name}>` : `${text}/>`;
};

export const write = (text: string, x: number, y: number, size: number, fill: string, more: Attributes = {}): string =>
  text ? element('text', { x, y, 'font-size': size, fill, ...more }, escapeXml(text)) : '';

export const titled = (title: string, content: string): string =>
  `<g>${element('title', {}, escapeXml(title))}${content}</g>`;

/** How a line ends, for each state another shape. */
export const dropEnd = (end: DropEnd, x: number, y: number, r: number, color: string, ground: string): string => {
  const ring = element('circle', { cx: x, cy: y, r, fill: ground, stroke: color, 'stroke-width': 1.6 });
  switch (end) {
    case 'dot':
      return element('circle', { cx: x, cy: y, r, fill: color });
    case 'ring':
      return ring;
    case 'diamond':
      return element('path', {
        d: `M${num(x)} ${num(y - r * 1.3)}L${num(x + r * 1.3)} ${num(y)}L${num(x)} ${num(y + r * 1.3)}L${num(x - r * 1.3)} ${num(y)}Z`,
        fill: color,
      });
    case 'square':
      return element('rect', { x: x - r * 0.9, y: y - r * 0.9, width: r * 1.8, height: r * 1.8, fill: color });
    case 'half':
      return (
        ring + element('path', { d: `M${num(x)} ${num(y - r)}A${r} ${r} 0 0 0 ${num(x)} ${num(y + r)}Z`, fill: color })
      );
    case 'slash':
      return (
        ring +
        element('path', {
          d: `M${num(x - r)} ${num(y + r)}L${num(x + r)} ${num(y - r)}`,
          stroke: color,
          'stroke-width': 1.6,
        })
      );
    case 'question':
      return (
        element('circle', { cx: x, cy: y, r: r * 1.35, fill: ground, stroke: color, 'stroke-width': 1.2 }) +
        write('?', x, y + 3, 8.5, color, { 'text-anchor': 'middle', 'font-weight': 700 })
      );
    default:
      return end satisfies never;
  }
};

export const DASHES = { solid: undefined, dashed: '5 4', dotted: '1.5 3' };

export const MARGIN = 24;
const HEAD = 46;

type Sheet = {
  name: string;
  line: string;
  width: number;
  height: number;
  left: number;
  body: readonly string[];
};

/** A whole file: the name of the cluster and a line about the picture above it. `left`, `width` and `height` in CSS pixels. */
export const writeSheet = ({ name, line, left, body, ...size }: Sheet, palette: Palette): string => {
  const width = size.width + left + MARGIN;
  const height = size.height + HEAD + MARGIN;
  const heading = fitText(name, 15, 'bold', width / 2);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${num(width)}" height="${num(height)}" viewBox="0 0 ${num(width)} ${num(height)}" font-family="${escapeXml(SANS)}" role="img">`,
    element('title', {}, escapeXml(`Busbar: ${name}`)),
    element('desc', {}, escapeXml(line)),
    element('rect', { width, height, fill: palette.page }),
    write(heading, MARGIN, 28, 15, palette.text, { 'font-weight': 650 }),
    write(line, MARGIN + textWidth(heading, 15, 'bold') + 14, 28, 12, palette.muted),
    `<g transform="translate(${left} ${HEAD})">`,
    ...body,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
};
