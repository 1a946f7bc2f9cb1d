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

const MARGIN = 24;
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
