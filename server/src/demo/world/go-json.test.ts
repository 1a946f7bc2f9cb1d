import { expect, test } from 'vitest';
import { goSyntaxError } from './go-json.ts';

// The texts are those that Go's encoding/json gives; several stand in recorded events.
test.each<[string, string | null]>([
  ['[]', null],
  ['{"a": [1, -2.5e3, true, false, null, "x\\u00e9"]}', null],
  ['', 'unexpected end of JSON input'],
  ['[{"name":"a"', 'unexpected end of JSON input'],
  ['[{"name":"a"},]', "invalid character ']' looking for beginning of value"],
  ['{"name":"a",}', "invalid character '}' looking for beginning of object key string"],
  ["[{'name':'a'}]", "invalid character '\\'' looking for beginning of object key string"],
  ['[{"name" "a"}]', "invalid character '\"' after object key"],
  ['[{"name":"a" "b":1}]', "invalid character '\"' after object key:value pair"],
  ['[1 2]', "invalid character '2' after array element"],
  ['{} x', "invalid character 'x' after top-level value"],
  ['type', "invalid character 'y' in literal true (expecting 'r')"],
  ['["a\nb"]', "invalid character '\\n' in string literal"],
  ['["\\x"]', "invalid character 'x' in string escape code"],
  ['-', 'unexpected end of JSON input'],
])('%s', (text, wanted) => {
  expect(goSyntaxError(text)).toBe(wanted);
});

test('ten thousand nested lists end in an error, not in a crash', () => {
  expect(goSyntaxError('['.repeat(50_000))).toBe('exceeded max depth');
});
