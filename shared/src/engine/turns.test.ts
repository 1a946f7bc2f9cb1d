import { expect, test } from 'vitest';
import type { Change, KubeObject } from '../kube/object.ts';
import { providers } from '../providers/registry.ts';
import { rules } from '../rules/registry.ts';
import { createEngine } from './engine.ts';

const now = Date.UTC(2026, 10, 24);

const pod = (index: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `p${index}`,
    namespace: 'lab',
    uid: `u${index}`,
    annotations: { 'k8s.v1.cni.cncf.io/networks': index % 3 === 0 ? 'gone' : 'media' },
  },
  spec: { nodeName: 'n1' },
  status: { phase: 'Pending' },
});
const nad: KubeObject = {
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name: 'media', namespace: 'lab' },
  spec: { config: '{"cniVersion":"0.3.1","name":"media","type":"macvlan","master":"eth1"}' },
};
const changes: Change[] = [...Array.from({ length: 100 }, (_, index) => pod(index)), nad].map((object) => ({
  type: 'put',
  object,
}));

const whole = () => {
  const engine = createEngine({ providers, rules });
  engine.apply(changes, now);
  return engine.topology({ name: 'lab' }, '');
};

test('an engine that is given no time does the work in many turns, and ends with the same', () => {
  const engine = createEngine({ providers, rules });
  const shown = new Set<string>();
  let turns = 0;
  for (let left: readonly Change[] = changes, more = true; more; left = [], turns += 1) {
    const applied = engine.apply(left, now, { isOver: () => true, workloadsOnly: turns % 2 === 0 });
    for (const id of applied.workloads) shown.add(id);
    more = applied.more === true;
  }
  expect(turns).toBeGreaterThan(4);
  expect(shown.size).toBe(100);
  expect(engine.topology({ name: 'lab' }, '')).toEqual(whole());
});

test('what a preview had to finish first is told by the next apply', () => {
  const engine = createEngine({ providers, rules });
  const before = engine.apply(changes, now, { isOver: () => true });
  expect(before.more).toBe(true);
  engine.preview([{ type: 'delete', ref: { group: '', kind: 'Pod', namespace: 'lab', name: 'p1' } }], () => {});
  const after = engine.apply([], now);
  expect(new Set([...before.workloads, ...after.workloads]).size).toBe(100);
  expect(engine.topology({ name: 'lab' }, '')).toEqual(whole());
});
