import { expect, test } from 'vitest';
import { createTopologyEngine } from '../engine/from-topology.ts';
import type { Attachment, Finding, Topology, Workload } from '../model/topology.ts';
import type { SearchHit } from './documents.ts';
import { litInTurns, type Wanted, wantedByFinding, wantedByQuery } from './lit.ts';

const source = { ref: { group: '', kind: 'Pod', namespace: 'a', name: 'p' }, path: '' };
const workload = (name: string): Workload => ({
  id: `pod:lab/${name}`,
  kind: 'Pod',
  namespace: 'lab',
  name,
  phase: 'Running',
  ready: true,
  hostNetwork: false,
  labels: {},
});
const attachment = (name: string, slot: number, network: string, more: Partial<Attachment> = {}): Attachment => ({
  id: `pod:lab/${name}#${slot}`,
  workload: `pod:lab/${name}`,
  slot,
  implicit: false,
  provider: 'npwg',
  network: null,
  requested: { network, source },
  observed: [],
  interface: null,
  state: 'attached',
  ...more,
});
const finding = (id: string, ...subjects: Finding['subjects']): Finding => ({
  id,
  code: id.slice(0, 5),
  slug: 'x',
  severity: 'error',
  confidence: 'certain',
  title: '',
  message: '',
  cause: '',
  fix: { text: '' },
  subjects,
  evidence: [],
  docs: '',
});
const topology: Topology = {
  apiVersion: 'busbar/v1',
  kind: 'Topology',
  takenAt: '2026-11-24T10:00:00.000Z',
  cluster: { name: 'lab', sources: [] },
  networks: [],
  workloads: [workload('one'), workload('two'), workload('three')],
  attachments: [
    attachment('one', 1, 'lab/gone', { state: 'failed' }),
    attachment('one', 2, 'lab/blue', { state: 'blocked' }),
    attachment('two', 1, 'lab/blue'),
    attachment('three', 1, 'lab/green'),
  ],
  pools: [],
  nodeDevices: [],
  edges: [],
  findings: [
    finding('MN130:gone', { type: 'attachment', id: 'pod:lab/one#1' }, { type: 'workload', id: 'pod:lab/one' }),
    finding('MN301:blue', { type: 'network', id: 'nad:lab/blue' }),
  ],
};
const engine = createTopologyEngine(topology);
const members = ['one', 'two', 'three'].map((name) => `pod:lab/${name}`);
const cards = [['card:all', members] as const, ['card:none', []] as const];

const run = <T>(steps: Generator<void, T>): T => {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
};
const light = (wanted: Wanted) => run(litInTurns(engine, wanted, cards));
const find = (text: string, hits: SearchHit[] = []) =>
  light(
    run(
      wantedByQuery(engine, text, function* () {
        yield;
        return hits;
      }),
    ),
  );

test('a finding lights, of a card for many pods, the rails of its own attachments', () => {
  expect(light(wantedByFinding(engine, 'MN130:gone')).cards).toEqual([
    { id: 'card:all', count: 1, rails: ['ghost:lab/gone'] },
  ]);
  expect(light(wantedByFinding(engine, 'MN301:blue'))).toMatchObject({ cards: [], networks: ['nad:lab/blue'] });
  expect(light(wantedByFinding(engine, 'MN999:none'))).toMatchObject({ cards: [], workloads: 0 });
});

test.each([
  ['net:lab/blue', 2, ['ghost:lab/blue']],
  ['pod:one', 1, ['ghost:lab/blue', 'ghost:lab/gone']],
  ['pod:one state:failed', 1, ['ghost:lab/gone']],
  ['ns:lab -pod:one', 2, ['ghost:lab/blue', 'ghost:lab/green']],
])('%s is %i pods on %j', (text, count, rails) => {
  expect(find(text).cards).toEqual([{ id: 'card:all', count, rails }]);
});

test('what no pod matches is looked up as the search box does, and a mistake is said', () => {
  const hit = { type: 'attachment', id: 'pod:lab/two#1', title: '', subtitle: '', field: 'interface' } as const;
  expect(find('net1', [hit]).cards).toEqual([{ id: 'card:all', count: 1, rails: ['ghost:lab/blue'] }]);
  expect(find('net1')).toMatchObject({ workloads: 0, cards: [] });
  expect(find('moon:full', [hit])).toMatchObject({ workloads: 0, error: expect.stringContaining('moon') });
});
