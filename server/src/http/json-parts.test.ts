import { expect, test } from 'vitest';
import { topologyParts } from './json-parts.ts';
import { sampleTopology } from './testing.ts';

test('the parts of a snapshot are the snapshot, and no part is large', () => {
  const topology = sampleTopology();
  const [workload] = topology.workloads;
  if (!workload) throw new Error('the sample has a workload');
  topology.workloads = Array.from({ length: 1234 }, (_, index) => ({ ...workload, id: `pod:lab/${index}` }));
  const parts = [...topologyParts(topology)];
  expect(JSON.parse(parts.join(''))).toEqual(topology);
  expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(JSON.stringify(topology.workloads).length / 2);
});
