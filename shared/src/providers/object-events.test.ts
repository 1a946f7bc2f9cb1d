import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEngine } from '../engine/engine.ts';
import type { Change, KubeObject } from '../kube/object.ts';
import { rules } from '../rules/registry.ts';
import { objectEvents } from './object-events.ts';
import { providers } from './registry.ts';

const start = Date.parse('2026-11-24T03:00:00Z');

type Said = { name?: string; on?: string; reason?: string; message?: string; type?: string; ago?: number };

const event = ({
  name = 'e0',
  on = 'app-7d',
  reason = 'FailedCreate',
  message = '',
  type,
  ago = 60,
}: Said): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { namespace: 'lab', name },
  involvedObject: { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'lab', name: on },
  reason,
  message,
  type: type ?? (reason === 'FailedCreate' ? 'Warning' : 'Normal'),
  lastTimestamp: new Date(start - ago * 1000).toISOString(),
});

const refused = `Error creating: admission webhook "network-resources-injector-config.k8s.io" denied the request: could not find network attachment definition 'lab/sriov-net'`;

test('reads of an event on a ReplicaSet why its pods cannot be made', () => {
  expect(objectEvents.claims(event({ message: refused })).objectEvent).toMatchObject({
    about: { group: 'apps', kind: 'ReplicaSet', namespace: 'lab', name: 'app-7d' },
    of: 'pods',
    verdict: { slug: 'injector-nad-missing', domain: 'secondary' },
  });
});

test('leaves events on pods to others, and says nothing of what makes no pods', () => {
  const about = (kind: string) => ({
    ...event({ message: refused }),
    involvedObject: { kind, namespace: 'lab', name: 'x' },
  });
  for (const kind of ['Pod', 'VirtualMachine', 'CronJob'])
    expect(objectEvents.claims(about(kind) as KubeObject)).toEqual({});
  expect(objectEvents.claims(event({ reason: 'ScalingReplicaSet' }))).toEqual({});
});

const codesOf = (objects: readonly KubeObject[], now = start): string[] => {
  const engine = createEngine({ providers, rules });
  engine.apply(
    objects.map((object): Change => ({ type: 'put', object })),
    now,
  );
  return engine.findings().map(({ code, slug }) => `${code} ${slug}`);
};

test('is silent once a pod was made, and when nobody has tried for long', () => {
  const made = event({ name: 'e1', reason: 'SuccessfulCreate', message: 'Created pod: app-7d-x', ago: 60 });
  expect(codesOf([event({ message: refused })])).toEqual(['MN143 injector-nad-missing']);
  expect(codesOf([event({ message: refused }), made])).toEqual([]);
  expect(codesOf([event({ message: refused })], start + 30 * 60_000)).toEqual([]);
});

test('is silent once the Deployment has scaled the ReplicaSet down', () => {
  const scaled = (message: string) => {
    const object = event({ name: 'e1', reason: 'ScalingReplicaSet', message, ago: 30 });
    return { ...object, involvedObject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'lab', name: 'app' } };
  };
  const failed = event({ message: refused });
  for (const message of ['Scaled down replica set app-7d from 1 to 0', 'Scaled down replica set app-7d to 0'])
    expect(codesOf([failed, scaled(message)])).toEqual([]);
  for (const message of ['Scaled down replica set app-7d from 3 to 2', 'Scaled up replica set app-8e from 0 to 1', ''])
    expect(codesOf([failed, scaled(message)])).toEqual(['MN143 injector-nad-missing']);
});

const messages = [refused, 'Error creating: exceeded quota: small', 'Error creating: Timeout'];
const said = fc
  .record({
    name: fc.constantFrom('e0', 'e1', 'e2'),
    on: fc.constantFrom('app-7d', 'db-5c'),
    reason: fc.constantFrom('FailedCreate', 'FailedCreate', 'SuccessfulCreate'),
    message: fc.constantFrom(...messages),
    ago: fc.constantFrom(0, 60, 1100, 1300),
  })
  .map((one) => event(one));

test('law: events that come, change and go leave what a fresh engine would say', () => {
  const step = fc.record({ object: said, gone: fc.boolean(), later: fc.constantFrom(0, 60_000, 600_000) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const engine = createEngine({ providers, rules });
      const left = new Map<string, KubeObject>();
      let now = start;
      for (const { object, gone, later } of steps) {
        now += later;
        const { name } = object.metadata;
        if (gone) left.delete(name);
        else left.set(name, object);
        const ref = { group: '', kind: 'Event', namespace: 'lab', name };
        engine.apply([gone ? { type: 'delete', ref } : { type: 'put', object }], now);
      }
      const fresh = createEngine({ providers, rules });
      fresh.apply(
        [...left.values()].map((object): Change => ({ type: 'put', object })),
        now,
      );
      expect(engine.findings()).toEqual(fresh.findings());
    }),
    { numRuns: 200 },
  );
});
