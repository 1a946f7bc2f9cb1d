import type { PictureDoc } from '../graph/graph-doc.ts';
import { type Palette, paletteOf } from '../graph/layout/palette.ts';
import type { Exporter } from './exporter.ts';
import { writeNodes } from './svg-nodes.ts';
import { writeRails } from './svg-rails.ts';

/** How each lens's document is drawn. */
const writers: {
  [L in PictureDoc['lens']]: (doc: Extract<PictureDoc, { lens: L }>, name: string, palette: Palette) => string;
} = {
  rails: writeRails,
  nodes: writeNodes,
};

/** The picture as vector with text: made from the document and its layout, so that server, CLI and page make the same file. */
export const writeSvg = (doc: PictureDoc, name: string, theme: 'light' | 'dark'): string => {
  const writer = writers[doc.lens] as (doc: PictureDoc, name: string, palette: Palette) => string;
  return writer(doc, name, paletteOf(theme));
};

export const svg: Exporter = {
  id: 'svg',
  title: 'SVG picture',
  mime: 'image/svg+xml',
  extension: 'svg',
  write: ({ topology, graph, theme }) => writeSvg(graph, topology.cluster.name || 'cluster', theme),
};
