import { expect, test } from 'vitest';
import { jsonPatch, mergePatch } from './patch.ts';
import { strategicMerge } from './strategic.ts';
import type { Json, JsonObject } from './types.ts';

test.each<[string, Json, Json, Json]>([
  ['adds and replaces', { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
  ['null removes', { a: 1, b: { c: 1, d: 2 } }, { b: { c: null } }, { a: 1, b: { d: 2 } }],
  ['lists are replaced whole', { a: [1, 2] }, { a: [3] }, { a: [3] }],
  ['an object takes the place of a text', { a: 'x' }, { a: { b: 1 } }, { a: { b: 1 } }],
])('merge patch: %s', (_, target, patch, wanted) => {
  expect(mergePatch(target, patch)).toEqual(wanted);
});

test.each<[string, JsonObject, Json[], Json]>([
  ['add to an object', { a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
  ['add at the end of a list', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
  ['add into a list', { a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
  [
    'escaped steps',
    { 'x/y': { 'a~b': 1 } },
    [{ op: 'replace', path: '/x~1y/a~0b', value: 2 }],
    { 'x/y': { 'a~b': 2 } },
  ],
  ['remove', { a: 1, b: 2 }, [{ op: 'remove', path: '/b' }], { a: 1 }],
  ['move', { a: 1 }, [{ op: 'move', from: '/a', path: '/b' }], { b: 1 }],
  ['copy', { a: [1] }, [{ op: 'copy', from: '/a', path: '/b' }], { a: [1], b: [1] }],
  [
    'a test that holds',
    { a: 1 },
    [
      { op: 'test', path: '/a', value: 1 },
      { op: 'replace', path: '/a', value: 2 },
    ],
    { a: 2 },
  ],
])('JSON patch: %s', (_, target, operations, wanted) => {
  expect(jsonPatch(target, operations)).toEqual(wanted);
});

test.each<[string, Json[]]>([
  ['a path that is not there', [{ op: 'replace', path: '/nope/x', value: 1 }]],
  ['a test that fails', [{ op: 'test', path: '/a', value: 9 }]],
  ['an unknown operation', [{ op: 'shuffle', path: '/a' }]],
  ['an index behind the end', [{ op: 'add', path: '/list/7', value: 1 }]],
])('JSON patch refuses %s and leaves the object alone', (_, operations) => {
  const target = { a: 1, list: [1] };
  expect(() => jsonPatch(target, operations)).toThrow();
  expect(target).toEqual({ a: 1, list: [1] });
});

const containers = [
  { name: 'a', image: 'a:1' },
  { name: 'b', image: 'b:1' },
];
test.each<[string, Json, Json, Json]>([
  [
    'merges containers by name',
    { containers },
    { containers: [{ name: 'b', image: 'b:2' }] },
    {
      containers: [
        { name: 'a', image: 'a:1' },
        { name: 'b', image: 'b:2' },
      ],
    },
  ],
  [
    '$patch: delete takes one out',
    { containers },
    { containers: [{ name: 'a', $patch: 'delete' }] },
    { containers: [{ name: 'b', image: 'b:1' }] },
  ],
  [
    '$setElementOrder puts them in order',
    { containers },
    { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [{ name: 'a', image: 'a:2' }] },
    {
      containers: [
        { name: 'b', image: 'b:1' },
        { name: 'a', image: 'a:2' },
      ],
    },
  ],
  [
    '$retainKeys drops the rest',
    { strategy: { type: 'A', rolling: 1 } },
    { strategy: { $retainKeys: ['type'], type: 'B' } },
    { strategy: { type: 'B' } },
  ],
  ['finalizers add up', { finalizers: ['a'] }, { finalizers: ['b'] }, { finalizers: ['a', 'b'] }],
  [
    '$deleteFromPrimitiveList',
    { finalizers: ['a', 'b'] },
    { '$deleteFromPrimitiveList/finalizers': ['a'] },
    { finalizers: ['b'] },
  ],
  [
    'lists without a merge key are replaced',
    { networks: [{ podNetworkName: 'a' }] },
    { networks: [{ podNetworkName: 'b' }] },
    { networks: [{ podNetworkName: 'b' }] },
  ],
  ['null removes', { a: { b: 1, c: 2 } }, { a: { b: null } }, { a: { c: 2 } }],
])('strategic merge: %s', (_, target, patch, wanted) => {
  expect(strategicMerge(target, patch)).toEqual(wanted);
});
