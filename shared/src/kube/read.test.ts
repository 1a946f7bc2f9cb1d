import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  asRecord,
  asStringMap,
  asStrings,
  excerpt,
  getPath,
  getText,
  pointer,
  pointerTokens,
  truncate,
} from './read.ts';

test('a wrong type is undefined', () => {
  expect(asRecord([])).toBeUndefined();
  expect(asRecord(null)).toBeUndefined();
  expect(asStrings(['a', 1, null, 'b'])).toEqual(['a', 'b']);
  expect(getPath({ a: [{ b: 1 }] }, 'a', 0, 'b')).toBe(1);
  expect(getPath({ a: 'text' }, 'a', 'length')).toBeUndefined();
  expect(getText({ a: { b: '' } }, 'a', 'b')).toBeUndefined();
});

test('inherited and magic keys are not data', () => {
  expect(getPath({}, '__proto__', 'toString')).toBeUndefined();
  expect(getPath({}, 'constructor')).toBeUndefined();
  expect(asStringMap(JSON.parse('{"__proto__":"x","a":"b"}')).get('__proto__')).toBe('x');
});

test('pointers escape as RFC 6901 says', () => {
  expect(pointer('metadata', 'annotations', 'k8s.v1.cni.cncf.io/networks')).toBe(
    '/metadata/annotations/k8s.v1.cni.cncf.io~1networks',
  );
  expect(pointer('a~b', 0)).toBe('/a~0b/0');
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (path) => {
      expect(pointerTokens(pointer(...path))).toEqual(path);
    }),
  );
});

test('excerpts are short and whole', () => {
  expect(truncate('abcdef', 4)).toBe('abc…');
  expect(truncate('ab😀cd', 4)).toBe('ab…');
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(excerpt(value).length).toBeLessThan(120);
    }),
  );
});
