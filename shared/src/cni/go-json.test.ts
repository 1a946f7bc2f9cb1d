import fc from 'fast-check';
import { expect, test } from 'vitest';
import { locate, memberOf, parseGoJson, spanOf } from './go-json.ts';
import { editDistance, nearest, trimGo } from './text.ts';

// The texts are those of Go's encoding/json for the same inputs.
test.each([
  ['', 'unexpected end of JSON input', 0],
  ['  ', 'unexpected end of JSON input', 2],
  ['[{"name": "index-net",}]', "invalid character '}' looking for beginning of object key string", 22],
  ['[{"name": "index-net", "interface": "net1"}', 'unexpected end of JSON input', 43],
  ["[{'name': 'index-net'}]", "invalid character '\\'' looking for beginning of object key string", 2],
  ['"a","b"', "invalid character ',' after top-level value", 3],
  ['[1 2]', "invalid character '2' after array element", 3],
  ['{"a" 1}', "invalid character '1' after object key", 5],
  ['{"a":1 "b":2}', "invalid character '\"' after object key:value pair", 7],
  ['[1,]', "invalid character ']' looking for beginning of value", 3],
  ['tru3', "invalid character '3' in literal true (expecting 'e')", 3],
  ['nul', 'unexpected end of JSON input', 3],
  ['[01]', "invalid character '1' after array element", 2],
  ['[-x]', "invalid character 'x' in numeric literal", 2],
  ['[1.x]', "invalid character 'x' after decimal point in numeric literal", 3],
  ['[1ex]', "invalid character 'x' in exponent of numeric literal", 3],
  ['"\\x"', "invalid character 'x' in string escape code", 2],
  ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape", 5],
  ['"a\nb"', "invalid character '\\n' in string literal", 2],
  ['[“a”]', "invalid character 'â' looking for beginning of value", 1],
])('%j fails as in Go', (text, message, offset) => {
  const { root, error } = parseGoJson(text);
  expect(root).toBeUndefined();
  expect(error).toMatchObject({ message, offset });
});

test('the last of equal keys wins and case does not matter', () => {
  const { root } = parseGoJson('{"Name":"a","name":"b","NAME":"c"}');
  expect(memberOf(root, 'name')?.node.value).toBe('c');
  expect(locate(root, '/name')?.value).toBe('b');
});

test('positions mark the value in the text', () => {
  const text = ' [ {"a/b": [true, "x"] } ]';
  const node = locate(parseGoJson(text).root, '/0/a~1b/1');
  const span = node ? spanOf(node) : expect.fail();
  expect(text.slice(span.offset, span.offset + span.length)).toBe('"x"');
});

test('what was read before an error is kept', () => {
  expect(parseGoJson('[{"name":"a"},{"name":"b","x":[1,').partial?.value).toEqual([
    { name: 'a' },
    { name: 'b', x: [1] },
  ]);
});

test('deep and large texts give an issue at once', () => {
  const inputs = [
    '['.repeat(10_000),
    '{"a":'.repeat(10_000),
    `"${'x'.repeat(1 << 20)}"`,
    '[1,'.repeat(400_000),
    `[${'1,'.repeat(200_000)}1]`,
  ];
  for (const text of inputs) {
    const before = Date.now();
    const { error } = parseGoJson(text);
    expect(Date.now() - before).toBeLessThan(200);
    expect(['depth', 'size']).toContain(error?.kind);
  }
});

test('accepts exactly what JSON.parse accepts, with the same value', () => {
  const almost = fc
    .json()
    .chain((text) =>
      fc.tuple(fc.constant(text), fc.nat(text.length), fc.constantFrom('', ',', '"', '}', '1', '\\', ' ')),
    );
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    almost.map(([text, at, by]) => text.slice(0, at) + by + text.slice(at + 1)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      let expected: unknown;
      let valid = true;
      try {
        expected = JSON.parse(text);
      } catch {
        valid = false;
      }
      const { root, error } = parseGoJson(text);
      expect(root !== undefined).toBe(valid);
      expect(error === undefined).toBe(valid);
      if (valid)
        expect(JSON.stringify(root?.value)).toBe(
          JSON.stringify(expected).replace(/\\ud[89a-f][0-9a-f]{2}/gi, '\ufffd'),
        );
    }),
    { numRuns: 2000 },
  );
});

test('magic keys are plain data', () => {
  const { root } = parseGoJson('{"__proto__":{"polluted":1},"constructor":2}');
  expect(Object.keys(root?.value as object)).toEqual(['__proto__', 'constructor']);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test('distance, nearest word and Go blanks', () => {
  expect(editDistance('mastre', 'master')).toBe(1);
  expect(editDistance('abc', 'xyz', 2)).toBe(3);
  expect(nearest('Vlanid', ['vlanId', 'mtu'], 2)).toBe('vlanId');
  expect(nearest('zzz', ['mtu'], 2)).toBeUndefined();
  expect(trimGo('\u00a0 a b\t\n')).toEqual({ text: 'a b', offset: 2 });
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(editDistance(a, b, 3)).toBe(editDistance(b, a, 3));
    }),
  );
});
