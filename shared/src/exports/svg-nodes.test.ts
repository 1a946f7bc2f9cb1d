import { expect, test } from 'vitest';
import { linkStates, type NodesDoc } from '../graph/nodes-doc.ts';
import { writeSvg } from './svg.ts';

const NASTY = '<script>alert(1)</script>&"\u0000\ud800';

const doc = (name: string): NodesDoc => ({
  revision: 1,
  lens: 'nodes',
  totals: {
    workloads: 3,
    shownWorkloads: 3,
    cards: 1,
    networks: 1,
    drawnNetworks: 1,
    attachments: 3,
    states: { failed: 1, attached: 2 },
    brokenWorkloads: 1,
  },
  sources: [],
  rails: [
    {
      id: 'r',
      network: 'r',
      name,
      technology: name,
      detail: name,
      role: 'secondary',
      ghost: false,
      count: 3,
      worst: 'failed',
      hue: 1,
    },
  ],
  nodes: [
    {
      id: 'node:a',
      kind: 'node',
      name,
      count: 1,
      node: name,
      members: [name],
      ready: 'not ready',
      multus: 'absent',
      devices: 'links',
      pods: 3,
      plugless: 0,
      broken: 1,
      health: 'failing',
      severity: 'error',
      trouble: name,
      idle: [name],
      moreIdle: 2,
      expandable: false,
    },
  ],
  lanes: linkStates.map((state, index) => ({
    id: `l${index}`,
    card: 'node:a',
    name: `${name}${index}`,
    kind: 'nic',
    state,
    nodes: 1,
    inState: 1,
    chain: [{ kind: 'nic', name, down: true }],
    switchPorts: [name],
  })),
  uses: linkStates.map((_, index) => ({
    id: `u${index}`,
    card: 'node:a',
    lane: `l${index}`,
    rail: index === 0 ? null : 'r',
    networks: index === 0 ? 4 : 1,
    nodes: 1,
    count: 3,
    states: { failed: 1, attached: 2 },
    worst: 'failed' as const,
    also: [],
    troubled: [],
  })),
});

test('every string of the cluster is text in the file, never markup', () => {
  const svg = writeSvg(doc(NASTY), NASTY, 'light');
  expect(svg).not.toContain('<script');
  expect(svg).toContain('&lt;script&gt;');
  const tags = new Set([...svg.matchAll(/<([a-zA-Z]+)/g)].map((match) => match[1]));
  expect([...tags].sort()).toEqual(['circle', 'desc', 'g', 'line', 'path', 'rect', 'svg', 'text', 'title', 'tspan']);
});

test('states of links and counts of plugs are written, in both themes', () => {
  for (const theme of ['light', 'dark'] as const) {
    const svg = writeSvg(doc('worker'), 'lab', theme);
    for (const text of ['missing', 'not reported', 'not ready', 'no Multus', '+ 4 networks', '1 broken of', '3 pods'])
      expect(svg).toContain(text);
  }
});
