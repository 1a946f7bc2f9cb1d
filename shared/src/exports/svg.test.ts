import { expect, test } from 'vitest';
import type { RailsDoc } from '../graph/graph-doc.ts';
import { writeSvg } from './svg.ts';

const NASTY = '<script>alert(1)</script>&"\u0000\ud800';

const doc = (name: string): RailsDoc => ({
  revision: 1,
  lens: 'rails',
  totals: {
    workloads: 1,
    shownWorkloads: 1,
    cards: 1,
    networks: 1,
    drawnNetworks: 1,
    attachments: 1,
    states: { failed: 1 },
    brokenWorkloads: 1,
  },
  bands: [{ id: 'b', label: name }],
  rails: [
    {
      id: 'r',
      network: null,
      name,
      technology: name,
      detail: name,
      role: 'secondary',
      ghost: true,
      count: 1,
      worst: 'failed',
      hue: 0,
    },
  ],
  cards: [
    {
      id: 'c',
      band: 'b',
      kind: 'pod',
      name,
      namespace: name,
      count: 1,
      members: [],
      health: 'failing',
      status: name,
      ports: [{ key: '1', interface: name, state: 'failed', rail: 'r' }],
      expandable: false,
    },
  ],
  drops: [{ id: 'd', card: 'c', port: 0, rail: 'r', state: 'failed', interface: name, count: 1 }],
});

test('every string of the cluster is text in the file, never markup', () => {
  const svg = writeSvg(doc(NASTY), NASTY, 'light');
  expect(svg).not.toContain('<script');
  expect(svg).toContain('&lt;script&gt;');
  const tags = new Set([...svg.matchAll(/<([a-zA-Z]+)/g)].map((match) => match[1]));
  expect([...tags].sort()).toEqual(['circle', 'desc', 'g', 'line', 'path', 'rect', 'svg', 'text', 'title', 'tspan']);
});

test('characters that XML forbids do not break the file', () => {
  const svg = writeSvg(doc(NASTY), NASTY, 'dark');
  expect(svg).not.toMatch(/[\u0000-\u0008\ud800]/);
});

test('a failed attachment is drawn with its break, its ring and its ghost rail', () => {
  const svg = writeSvg(doc('storage-b'), 'demo', 'light');
  expect(svg).toContain('<text');
  expect(svg).toContain('storage-b → storage-b: failed');
  expect(svg).toContain('stroke-dasharray="5 3"');
});

test('an empty document is a picture all the same', () => {
  const empty = { ...doc('x'), bands: [], rails: [], cards: [], drops: [] };
  expect(writeSvg(empty, 'demo', 'light')).toMatch(/^<svg .*<\/svg>\n$/s);
});
