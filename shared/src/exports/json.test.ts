import { expect, test } from 'vitest';
import type { Topology } from '../model/topology.ts';
import { json } from './json.ts';

test('the parts of a snapshot are the text of the whole', () => {
  const finding = (at: number) => ({
    id: `f-${at}`,
    message: `two\nlines, "quoted" ${at}`,
    fix: { text: '', commands: [] },
  });
  const topology = {
    apiVersion: 'busbar/v1',
    kind: 'Topology',
    takenAt: '2026-11-24T10:00:00.000Z',
    cluster: { name: 'lab', version: undefined, sources: [] },
    networks: [],
    findings: Array.from({ length: 450 }, (_, at) => finding(at)),
    pools: [{ id: 'p', ranges: [[1, 2], []] }],
  } as unknown as Topology;
  const input = { topology, theme: 'light' } as Parameters<typeof json.write>[0];
  const parts = [...(json.parts?.(input) ?? [])];
  expect(parts.length).toBeGreaterThan(5);
  expect(parts.join('')).toBe(json.write(input));
});
