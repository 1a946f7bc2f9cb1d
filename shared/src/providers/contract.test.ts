import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerKind, toAnswerObjects } from '../cni/answer-objects.ts';
import { isEqual } from '../engine/equal.ts';
import { joinPod, toLeanPod } from '../kube/lean-pod.ts';
import { type KubeObject, refOf } from '../kube/object.ts';
import { asRecord } from '../kube/read.ts';
import { kindKey } from '../kube/watched-kind.ts';
import { aliasKey } from '../model/ids.ts';
import type { Claims } from './provider.ts';
import { providers, watchedKinds } from './registry.ts';

/** What every provider must hold to; a new one is tested by standing in the registry. */

const root = new URL('../../fixtures/real/', import.meta.url);

/** What no API server has, and only files bring. */
const broughtByFiles = [answerKind];
const answered = toAnswerObjects(
  (['cni-cache', 'kni', 'sandbox'] as const).map((source) => ({
    file: source,
    path: '',
    source,
    pod: { namespace: 'lab', name: 'app', uid: 'u1' },
    node: 'n1',
    network: 'storage',
    config: '{"cniVersion":"1.0.0","name":"storage","type":"macvlan","master":"eth1","ipam":{"type":"static"}}',
    interfaces: [
      { name: 'net1', addresses: [{ ip: '10.0.0.5', prefixLength: 24 }], mac: '02:00:00:00:00:01', mtu: 9000 },
    ],
    networks: [{ name: 'default', ready: false }],
  })),
);

const recorded: KubeObject[] = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((entry) => JSON.parse(readFileSync(new URL(`${entry.name}/cluster.json`, root), 'utf8')).items)
  .concat(answered);

/** A well-formed head on any body: what the source layer guarantees, and nothing more. */
const junk = fc
  .record({
    kind: fc.constantFrom(
      { apiVersion: `${answerKind.group}/v1`, kind: answerKind.kind },
      ...watchedKinds.map((kind) => ({
        apiVersion: kind.group ? `${kind.group}/${kind.versions[0]}` : `${kind.versions[0]}`,
        kind: kind.kind,
      })),
    ),
    name: fc.string({ minLength: 1 }),
    body: fc.dictionary(
      fc.constantFrom(
        'spec',
        'status',
        'from',
        'pod',
        'interfaces',
        'data',
        'message',
        'reason',
        'involvedObject',
        'type',
        'source',
        'series',
      ),
      fc.jsonValue(),
    ),
    annotations: fc.jsonValue(),
    owners: fc.jsonValue(),
  })
  .map(
    ({ kind, name, body, annotations, owners }) =>
      ({
        ...body,
        ...kind,
        metadata: { name, annotations, ownerReferences: owners, labels: annotations },
      }) as unknown as KubeObject,
  );

/** A recorded object with one value somewhere replaced by something else. */
const damaged = fc
  .tuple(fc.constantFrom(...recorded), fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), fc.jsonValue())
  .map(([object, path, value]) => {
    const copy = structuredClone(object) as Record<string, unknown>;
    let at: unknown = copy;
    for (const [depth, step] of path.entries()) {
      if (typeof at !== 'object' || at === null) break;
      const keys = Object.keys(at).filter(
        (key) => !(depth === 0 && ['apiVersion', 'kind', 'metadata'].includes(key)) && key !== 'name',
      );
      const key = keys[step % Math.max(1, keys.length)];
      if (key === undefined) break;
      if (depth === path.length - 1) (at as Record<string, unknown>)[key] = value;
      at = (at as Record<string, unknown>)[key];
    }
    return copy as KubeObject;
  });

const reverseKeys = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reverseKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reverseKeys(item)]),
  );
};

/** A pod whose report is written as a lean one has it. */
const unindented = (pod: KubeObject): KubeObject => {
  const copy = structuredClone(pod);
  const annotations: Record<string, unknown> = { ...asRecord(copy.metadata.annotations) };
  for (const key of ['k8s.v1.cni.cncf.io/network-status', 'k8s.v1.cni.cncf.io/networks-status'])
    if (typeof annotations[key] === 'string') annotations[key] = annotations[key].replace(/\n *(?=\S)/g, '');
  if (asRecord(pod.metadata.annotations)) Object.assign(copy.metadata, { annotations });
  return copy;
};

const sizeOf = (claims: Claims): number =>
  Object.values(claims).reduce((sum: number, item) => sum + (Array.isArray(item) ? item.length : 1), 0);

describe.each(providers.map((provider) => [provider.id, provider] as const))('provider %s', (_, provider) => {
  test('makes the same claims of the same object, whatever the order of its keys', () => {
    for (const object of recorded)
      expect(isEqual(provider.claims(reverseKeys(object) as KubeObject), provider.claims(object))).toBe(true);
  });

  test('leaves its input untouched', () => {
    for (const object of recorded.slice(0, 200)) {
      const before = JSON.stringify(object);
      provider.claims(object);
      expect(JSON.stringify(object)).toBe(before);
    }
  });

  test('reads nothing that is left out of a lean pod', () => {
    const pods = recorded.filter(({ kind }) => kind === 'Pod');
    expect(pods.length).toBeGreaterThan(50);
    for (const pod of pods)
      expect(isEqual(provider.claims(joinPod(toLeanPod(pod))), provider.claims(unindented(pod)))).toBe(true);
    fc.assert(
      fc.property(fc.oneof(junk, damaged), (object) => {
        if (object.kind !== 'Pod') return;
        expect(provider.claims(joinPod(toLeanPod(object)))).toEqual(provider.claims(unindented(object)));
      }),
      { numRuns: 400 },
    );
  });

  test('survives junk and damage, and stays small', () => {
    fc.assert(
      fc.property(fc.oneof(junk, damaged), (object) => {
        expect(sizeOf(provider.claims(object))).toBeLessThan(5000);
      }),
      { numRuns: 400 },
    );
  });

  test('says nothing of kinds that it does not know', () => {
    expect(provider.claims({ apiVersion: 'example.com/v1', kind: 'Unrelated', metadata: { name: 'x' } })).toEqual({});
  });

  test('builds aliases with a scheme and a value', () => {
    for (const object of recorded) {
      for (const network of provider.claims(object).networks ?? [])
        for (const alias of network.aliases) expect(aliasKey(alias)).toMatch(/^[a-z-]+:.+/);
    }
  });

  test('declares every kind that it answers for, and no kind that nobody watches', () => {
    const declared = new Set([...provider.kinds, ...(provider.reads ?? [])].map(kindKey));
    for (const object of recorded)
      if (sizeOf(provider.claims(object)) > 0) expect(declared).toContain(kindKey(refOf(object)));
    const known = [...watchedKinds, ...broughtByFiles].map(kindKey);
    for (const kind of provider.reads ?? []) expect(known).toContain(kindKey(kind));
  });

  test('names each kind once, with a reason to read it', () => {
    const keys = provider.kinds.map(kindKey);
    expect(new Set(keys).size).toBe(keys.length);
    for (const kind of provider.kinds) expect(kind.why).not.toBe('');
  });
});
