import type { NodeCard, NodesDoc, NodeUse } from '@busbar/shared/graph/nodes-doc';
import type { Finding } from '@busbar/shared/model/topology';
import { expect, test } from 'vitest';
import { litByFinding, litBySought } from './emphasis.ts';

const card = (name: string): NodeCard => ({
  id: `node:${name}`,
  kind: 'node',
  name,
  count: 1,
  node: name,
  members: [name],
  ready: 'ready',
  multus: 'running',
  devices: 'links',
  pods: 2,
  plugless: 0,
  broken: 0,
  health: 'ok',
  idle: [],
  moreIdle: 0,
  expandable: false,
});

const use = (node: string, rail: string, troubled: string[] = []): NodeUse => ({
  id: `use:node:${node}|${rail}|eth1`,
  card: `node:${node}`,
  lane: `node:${node}|eth1`,
  rail,
  networks: 1,
  nodes: 1,
  count: 1,
  states: { attached: 1 },
  worst: 'attached',
  also: [],
  troubled,
});

const doc = {
  nodes: [card('a'), card('b'), card('c')],
  rails: [{ id: 'nad:lab/blue', network: 'nad:lab/blue' }],
  lanes: ['a', 'b'].map((name) => ({ id: `node:${name}|eth1`, card: `node:${name}` })),
  uses: [use('a', 'nad:lab/blue', ['pod:lab/x#1']), use('a', 'default:cluster'), use('b', 'nad:lab/blue')],
} as unknown as NodesDoc;

const finding = (...subjects: Finding['subjects']): Finding => ({ subjects }) as unknown as Finding;
test('a finding about plugs lights what they are plugged into, and nothing else of the network', () => {
  const lit = litByFinding(
    doc,
    finding(
      { type: 'attachment', id: 'pod:lab/x#1' },
      { type: 'network', id: 'nad:lab/blue' },
      { type: 'node', id: 'a' },
    ),
  );
  expect([...lit.uses]).toEqual(['use:node:a|nad:lab/blue|eth1']);
  expect([...lit.cards]).toEqual(['node:a']);
  expect([...lit.lanes]).toEqual(['node:a|eth1']);
});

test('a finding about a network lights it on every node; one about a node the whole node', () => {
  expect([...litByFinding(doc, finding({ type: 'network', id: 'nad:lab/blue' })).cards]).toEqual(['node:a', 'node:b']);
  const whole = litByFinding(doc, finding({ type: 'node', id: 'node:c' }));
  expect([[...whole.cards], whole.uses.size]).toEqual([['node:c'], 0]);
});

test('a pod that was found lights the node that it runs on, and its networks there', () => {
  const sought = {
    revision: 1,
    workloads: 1,
    cards: [{ id: 'node:b', count: 1, rails: ['nad:lab/blue'] }],
    networks: [],
  };
  const lit = litBySought(doc, sought);
  expect([[...lit.cards], [...lit.uses], [...lit.lanes]]).toEqual([
    ['node:b'],
    ['use:node:b|nad:lab/blue|eth1'],
    ['node:b|eth1'],
  ]);
  expect([...litBySought(doc, { ...sought, cards: [], networks: ['nad:lab/blue'] }).uses]).toHaveLength(2);
  expect(litBySought(doc, { ...sought, cards: [] }).cards.size).toBe(0);
});
