import { dullOfPod, joinPod, toLeanPod } from '@busbar/shared/kube/lean-pod';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonSplitter } from './json-splitter.ts';
import { CUT_SHORT, type LeanCutter, UNSURE } from './lean-cutter.ts';
import { listedPods, recordedPods, watchedPods } from './lean-pods.ts';
import { toKubeObject } from './normalize.ts';

const defaults = { apiVersion: 'v1', kind: 'Pod' };

/** What the engine would keep of it, or why it is no object. */
const kept = (value: unknown): unknown => {
  const object = toKubeObject(value, defaults);
  return typeof object === 'string' ? object : joinPod(toLeanPod(object));
};

/** The text that is parsed of a value. */
const cutOf = (cutter: LeanCutter, text: string): string => {
  const bytes = Buffer.from(text);
  return (cutter.cut(bytes, 0) === bytes.length ? cutter.rest : bytes).toString();
};

/** What might be taken for the end of a list or of a string. */
const traps = [
  '"',
  '\\',
  '\\"',
  '],"spec":{',
  ']},"spec":{',
  '}]},"a',
  '[',
  ']',
  '{',
  '}',
  ',"',
  '\n',
  'é漢\u{1F600}',
  '',
];
const text = fc.oneof(
  fc
    .array(fc.oneof(fc.constantFrom(...traps), fc.string({ maxLength: 3 })), { maxLength: 5 })
    .map((all) => all.join('')),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const { value: junk } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.constantFrom(null, true, 0, -1.5e-7, [], {}),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
}));

/** A record with keys of these names and others, in any order; now and then something else. */
const record = (names: Iterable<string>, inner: Record<string, fc.Arbitrary<unknown>> = {}) => {
  const known = Object.entries(inner).map(([name, value]) => fc.tuple(fc.constant(name), value));
  const others = fc.tuple(fc.oneof(fc.constantFrom(...names, 'name', 'namespace', 'uid'), text), junk);
  const fields = fc.array(fc.oneof(...known, others), { maxLength: 8 });
  return fc.oneof(
    { weight: 9, arbitrary: fields.map((all): unknown => Object.fromEntries(all)) },
    { weight: 1, arbitrary: junk },
  );
};
const list = (of: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 9, arbitrary: fc.array(of, { maxLength: 3 }) }, { weight: 1, arbitrary: junk });

const { metadata, spec, status } = dullOfPod.records;
const { containerStatuses, conditions } = status.lists;
const statuses = list(
  record(containerStatuses.drop, { state: record([], { running: record(['startedAt', 'pid']), waiting: junk }) }),
);
const long = fc.integer({ min: 1, max: 40 }).chain((size) => fc.array(junk, { minLength: size, maxLength: size }));
const pod = fc
  .record(
    {
      metadata: record(metadata.drop, {
        name: fc.constant('x'),
        managedFields: fc.oneof(long, list(record(['time', 'manager', 'fieldsV1']))),
        annotations: record(metadata.records.annotations.drop),
        ownerReferences: list(record(metadata.lists.ownerReferences.drop)),
      }),
      spec: record(spec.drop, {
        containers: list(record(spec.lists.containers.drop)),
        initContainers: list(record(spec.lists.initContainers.drop)),
      }),
      status: record(status.drop, {
        conditions: list(record(conditions.drop)),
        containerStatuses: statuses,
        initContainerStatuses: statuses,
      }),
      kind: fc.constantFrom('Pod', 'Pod', 'Pod', 'Secret', 7, ''),
      apiVersion: fc.constantFrom('v1', 'v1', 'v1', 'v2', null),
      other: junk,
    },
    { requiredKeys: [] },
  )
  .chain(({ apiVersion, kind, ...rest }) =>
    fc.shuffledSubarray(Object.entries({ apiVersion, kind, ...rest })).map((shuffled): object => {
      const said = shuffled.length % 2 === 0 ? { apiVersion, kind } : {};
      return { ...said, ...Object.fromEntries(shuffled) };
    }),
  );
const indent = fc.constantFrom(undefined, undefined, 1, 4, '\t');

test.each([
  ['listed', listedPods],
  ['recorded', recordedPods],
])('a %s pod, whatever is in it, is kept as if all of it had been parsed', (_name, cutter) => {
  fc.assert(
    fc.property(pod, indent, (object, space) => {
      const written = JSON.stringify(object, null, space);
      expect(kept(JSON.parse(cutOf(cutter, written)))).toEqual(kept(JSON.parse(written)));
    }),
    { numRuns: 500 },
  );
});

test('a pod in an event of a watch is kept as if all of it had been parsed', () => {
  fc.assert(
    fc.property(pod, fc.constantFrom('ADDED', 'ERROR'), junk, (object, type, more) => {
      const written = JSON.stringify({ type, object, more });
      const [cut, whole] = [JSON.parse(cutOf(watchedPods, written)), JSON.parse(written)];
      expect({ ...cut, object: kept(cut.object) }).toEqual({ ...whole, object: kept(whole.object) });
    }),
  );
});

test('lists of pods come apart the same, cut or whole, in chunks of any size', () => {
  const pieces = (written: string, size: number, cutter?: LeanCutter) => {
    const splitter = new JsonSplitter(cutter ? { cutter } : {});
    const bytes = Buffer.from(written);
    const out: unknown[] = [];
    for (let at = 0; at < bytes.length; at += size)
      for (const piece of splitter.push(bytes.subarray(at, at + size)))
        if (piece.type === 'fault') out.push(piece);
        else {
          const { type, line, offset } = piece;
          out.push({ type, line, offset, value: kept(JSON.parse(piece.bytes.toString())) });
        }
    return [...out, ...splitter.end()];
  };
  fc.assert(
    fc.property(fc.array(pod, { maxLength: 4 }), indent, fc.integer({ min: 1, max: 3000 }), (items, space, size) => {
      const written = JSON.stringify({ kind: 'List', items, metadata: { name: 'list' } }, null, space);
      expect(pieces(written, size, recordedPods)).toEqual(pieces(written, size));
    }),
  );
});

const managed = (entries: number) => ({
  managedFields: Array.from({ length: entries }, (_, at) => ({
    manager: 'kubelet',
    time: `2026-01-0${1 + (at % 9)}T00:00:00Z`,
    fieldsV1: { 'f:status': { 'k:{"type":"Ready"}': { '.': {} } } },
  })),
});

test('of a pod as an API server writes it, only what somebody reads is left', () => {
  const written = JSON.stringify({
    metadata: { name: 'x', labels: { app: 'a' }, ...managed(20) },
    spec: { volumes: [{ name: 'v' }], containers: [{ name: 'c', env: [{ name: 'E' }] }], nodeName: 'n' },
    status: { phase: 'Running', hostIP: '10.0.0.1', qosClass: 'Burstable' },
  });
  expect(cutOf(listedPods, written)).toBe(
    '{"metadata":{"name":"x","labels":{"app":"a"}},"spec":{"containers":[{"name":"c"}],"nodeName":"n"},"status":{"phase":"Running"}}',
  );
});

test('of a recorded pod the times stay: the newest is the clock of the dump', () => {
  const written = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', ...managed(2) } });
  expect(JSON.parse(cutOf(recordedPods, written))).toMatchObject({
    metadata: { managedFields: [{ time: '2026-01-01T00:00:00Z' }, { time: '2026-01-02T00:00:00Z' }] },
  });
});

test.each([
  ['another kind', '{"kind":"Secret","apiVersion":"v1","metadata":{"name":"x","managedFields":[]}}', UNSURE],
  ['what it is said too late', '{"metadata":{"name":"x"},"kind":"Pod","apiVersion":"v1"}', UNSURE],
  ['a list that is none of records', '{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"args":[]},5]}}', UNSURE],
  ['no JSON', '{"apiVersion":"v1","kind":"Pod","spec":{,}}', UNSURE],
  ['an end that is missing', '{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"args":["', CUT_SHORT],
])('%s is left as it is', (_name, written, verdict) => {
  expect(recordedPods.cut(Buffer.from(written), 0)).toBe(verdict);
  expect(cutOf(recordedPods, written)).toBe(written);
});
