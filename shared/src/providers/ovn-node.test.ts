import { expect, test } from 'vitest';
import type { KubeObject } from '../kube/object.ts';
import { ovnKubernetes } from './ovn-kubernetes.ts';

const node = (subnets: unknown): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'worker-1', annotations: { 'k8s.ovn.org/node-subnets': subnets } as Record<string, string> },
});

test('reads which networks a node has a subnet of, as text and as a list', () => {
  const { parts } = ovnKubernetes.claims(node('{"default":["10.128.0.0/23","fd01::/64"],"lab_blue":"10.30.0.0/24"}'));
  expect(parts).toMatchObject([{ key: 'ovn-node-subnets:worker-1', name: 'worker-1', holds: ['default', 'lab_blue'] }]);
});

test('a node without subnets, or with text that is no JSON, says nothing', () => {
  for (const subnets of [undefined, '', '[]', 'null', '{', 7]) expect(ovnKubernetes.claims(node(subnets))).toEqual({});
});
