import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyCluster, diffCluster } from './cluster-delta.ts';
import type { ClusterDoc } from './documents.ts';

const source = fc.record({
  group: fc.constantFrom('', 'k8s.cni.cncf.io'),
  resource: fc.constantFrom('pods', 'nodes', 'events'),
  kind: fc.constant('Kind'),
  availability: fc.constantFrom('present', 'forbidden'),
  count: fc.nat(5),
});
const doc = fc.record({
  revision: fc.nat(),
  now: fc.nat(),
  health: fc.record({ state: fc.constantFrom('live', 'loading'), since: fc.nat(3) }),
  counts: fc.record({ workloads: fc.nat(3), attachments: fc.nat(3), networks: fc.nat(3), nodes: fc.nat(3) }),
  sources: fc.uniqueArray(source, { selector: ({ group, resource }) => `${group}/${resource}` }),
}) as unknown as fc.Arbitrary<ClusterDoc>;

test('a description of the cluster and what changed in it give the one that it became', () => {
  fc.assert(
    fc.property(doc, doc, (before, after) => {
      const delta = JSON.parse(JSON.stringify(diffCluster(before, after)));
      expect(applyCluster(before, delta)).toEqual(after);
    }),
  );
});
