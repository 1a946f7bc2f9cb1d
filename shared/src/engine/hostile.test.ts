import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createProjector } from '../graph/lenses.ts';
import type { KubeObject } from '../kube/object.ts';
import { providers } from '../providers/registry.ts';
import { rules } from '../rules/registry.ts';
import { defaultView } from '../view/view.ts';
import { createEngine } from './engine.ts';

/** Annotations, configs, statuses and events are written by strangers: nothing of them may throw, hang or grow without bound. */

const now = Date.parse('2026-11-24T03:00:00Z');

const pod = (annotations: Record<string, string>, extra: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'app', namespace: 'lab', uid: 'u', annotations },
  spec: { nodeName: 'n1' },
  status: { phase: 'Pending' },
  ...extra,
});
const nad = (config: string): KubeObject => ({
  apiVersion: 'k8s.cni.cncf.io/v1',
  kind: 'NetworkAttachmentDefinition',
  metadata: { name: 'net', namespace: 'lab' },
  spec: { config },
});
const event = (message: string, reason = 'FailedCreatePodSandBox'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'e', namespace: 'lab' },
  involvedObject: { kind: 'Pod', namespace: 'lab', name: 'app', uid: 'u' },
  reason,
  type: 'Warning',
  lastTimestamp: '2026-11-24T02:59:00Z',
  message,
});

const networks = 'k8s.v1.cni.cncf.io/networks';
const status = 'k8s.v1.cni.cncf.io/network-status';

/** The whole way from objects to a picture; the size of what it keeps. */
function digest(objects: KubeObject[]): number {
  const engine = createEngine({ providers, rules });
  engine.apply(
    objects.map((object) => ({ type: 'put', object })),
    now,
  );
  createProjector(engine, defaultView).doc();
  return JSON.stringify(engine.topology({ name: 'hostile' }, 'now')).length;
}

const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);

const mebibyte = 1024 * 1024;
const markup = '<script>alert(1)</script><img src=x onerror=alert(1)>';

describe('one hostile object is digested at once and kept small', () => {
  test.each<[string, KubeObject[]]>([
    ['an annotation of one MiB without structure', [pod({ [networks]: 'a'.repeat(mebibyte) })]],
    ['an annotation of one MiB of commas', [pod({ [networks]: ','.repeat(mebibyte) })]],
    ['an annotation of one MiB of names', [pod({ [networks]: 'net,'.repeat(mebibyte / 4) })]],
    ['an annotation of one MiB of brackets', [pod({ [networks]: '['.repeat(mebibyte) })]],
    ['an annotation of one MiB of objects', [pod({ [networks]: `[${'{"name":"net"},'.repeat(mebibyte / 16)}{}]` })]],
    ['a status of one MiB', [pod({ [status]: `[${'{"name":"lab/net","interface":"n"},'.repeat(mebibyte / 36)}{}]` })]],
    ['a field of 100,000 nested arrays', [{ ...pod({ [networks]: 'net' }), more: nested(100_000) }]],
    ['a NAD of 10,000 nested arrays', [pod({ [networks]: 'net' }), nad(`${'['.repeat(10_000)}${']'.repeat(10_000)}`)]],
    [
      'a NAD of 10,000 nested objects',
      [pod({ [networks]: 'net' }), nad(`${'{"plugins":'.repeat(10_000)}1${'}'.repeat(10_000)}`)],
    ],
    [
      'a NAD of one MiB of plugins',
      [pod({ [networks]: 'net' }), nad(`{"plugins":[${'{"type":"macvlan"},'.repeat(mebibyte / 19)}{}]}`)],
    ],
    [
      'a message of one MiB',
      [pod({ [networks]: 'net' }), event(`${'failed (add): '.repeat(mebibyte / 14)}Link not found`)],
    ],
    ['markup everywhere', [pod({ [networks]: markup, [status]: markup }), nad(markup), event(markup)]],
    [
      'prototype keys',
      [pod({ ['__proto__']: 'x', constructor: 'y', [networks]: '[{"__proto__":{"name":"x"},"name":"constructor"}]' })],
    ],
  ])('%s', (_, objects) => {
    const started = performance.now();
    const size = digest(objects);
    // A hang, not a stop-watch: thousands of times what it takes.
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(size).toBeLessThan(2 * mebibyte);
  });
});

const text = fc.oneof(fc.string(), fc.json(), fc.stringMatching(/^[a-z0-9/@,[\]{}": -]{0,80}$/));

test('no text in an annotation, a config, a status or an event makes it throw', () => {
  fc.assert(
    fc.property(text, text, text, text, (selection, config, report, message) => {
      digest([pod({ [networks]: selection, [status]: report }), nad(config), event(message)]);
    }),
    { numRuns: 500 },
  );
});

test('no plugin config of any shape makes it throw', () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('10.0.0.0/24', '10.0.0.1', -1, 4095, 99999999999, '', null),
  );
  const keys = fc.constantFrom(
    'type',
    'master',
    'vlan',
    'mtu',
    'ipam',
    'range',
    'ranges',
    'subnet',
    'addresses',
    'exclude',
    'bridge',
    'mode',
    'links',
    'sysctl',
    'deviceID',
    'capabilities',
    'ipRanges',
    'gateway',
  );
  const types = fc.constantFrom(
    'bridge',
    'macvlan',
    'ipvlan',
    'vlan',
    'ptp',
    'host-device',
    'tap',
    'dummy',
    'sriov',
    'ovs',
    'ovn-k8s-cni-overlay',
    'bond',
    'tuning',
    'vrf',
    'sbr',
    'bandwidth',
    'portmap',
    'route-override',
  );
  const ipam = fc
    .record({ type: fc.constantFrom('static', 'host-local', 'whereabouts', 'dhcp'), rest: fc.dictionary(keys, value) })
    .map((it) => ({ ...it.rest, type: it.type }));
  const plugin = fc
    .record({ type: types, rest: fc.dictionary(keys, value), ipam: fc.option(ipam, { nil: undefined }) })
    .map((it) => ({ ...it.rest, type: it.type, ...(it.ipam ? { ipam: it.ipam } : {}) }));
  fc.assert(
    fc.property(plugin, (config) => {
      digest([
        pod({ [networks]: '[{"name":"net","ips":["10.0.0.5/24"],"mac":"02:00:00:00:00:01"}]' }),
        nad(JSON.stringify(config)),
      ]);
    }),
    { numRuns: 500 },
  );
});
