import { createEngine } from '../engine/engine.ts';
import type { KubeObject } from '../kube/object.ts';
import { providers } from '../providers/registry.ts';
import { rules } from '../rules/registry.ts';

const start = Date.parse('2026-11-24T03:00:00Z');

/** The engine with all providers and rules, given these objects at once. */
export function engineOf(...objects: object[]) {
  const engine = createEngine({ providers, rules });
  engine.apply(
    objects.map((object) => ({ type: 'put', object: object as KubeObject })),
    start,
  );
  return engine;
}

/** A running pod with an address on the default network. */
export const podOf = (name: string, namespace: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, uid: `uid-${name}`, creationTimestamp: '2026-11-24T02:50:00Z', ...more },
  spec: { nodeName: 'n1', containers: [{ name: 'app' }] },
  status: {
    phase: 'Running',
    conditions: [
      { type: 'PodReadyToStartContainers', status: 'True' },
      { type: 'Ready', status: 'True' },
    ],
    podIPs: [{ ip: '10.244.0.6' }],
  },
});
