import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseYaml } from './parse-yaml.ts';

const thorough = (text: string): unknown => parse(text, { uniqueKeys: false, merge: true, logLevel: 'silent' });

test.each([
  'yes: no\non: off\nm: ~\nn: Null',
  'a: 0o14\nb: 0x1F\nc: 014\nd: 1_000\ne: 1e3\nf: .inf\ng: -.INF\nh: .nan\ni: +1\nj: 1.\nk: 08',
  'a: 2026-11-25T00:00:00Z\nb: 12:30:45\nc: 190:20:30\nd: 2026-11-25',
  'a: 12345678901234567890\nb: 0.1\nc: "5"\nd: \'5\'',
  'a: |\n  one\n   two\n\n  three\n\nb: >-\n  folded\n  text\n\n  more\nc: |+\n  kept\n\n',
  "a: \"\\u00e9\\n\\t\\x41\\\n  joined\"\nb: 'it''s'",
  'a: {b: [1, {c: d}], "e": }\nf: []\ng: {}',
  '? a\n: b\n1: one\ntrue: yes\n"": empty',
  'a: 1\na: 2',
  '<<: {a: 1, b: 2}\nb: 3',
  'base: &x {a: 1}\nuse:\n  <<: *x\n  b: 2\nlist: [*x, *x]',
  'a: !!str 5\nb: !!int "7"',
  '__proto__: {polluted: true}\nconstructor: 1',
  '# nothing but a comment',
  '- a\n-\n- - b\n  - c',
  'plain text',
  '"\\ud83d\\ude00": "😀"',
  'a: b #c\nd: "#e"\nf: g#h',
  'a:   spaced   \nb:\n  multi\n  line\n  plain',
])('%j reads as the thorough parser reads it', (text) => {
  const parsed = parseYaml(text);
  expect(parsed).toEqual({ value: thorough(text) });
  expect(Object.keys(Object((parsed as { value: unknown }).value))).toEqual(Object.keys(Object(thorough(text))));
});

test('whatever JSON can say comes back, in each way that YAML can write it', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 5 }),
      fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'),
      fc.boolean(),
      (value, style, flow) => {
        const text = stringify(value, { defaultStringType: style as 'PLAIN', collectionStyle: flow ? 'flow' : 'any' });
        expect(parseYaml(text)).toEqual({ value: thorough(text) });
      },
    ),
  );
});

test('text that is no YAML is refused with a line, as often as the thorough parser refuses it', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab:-[]{}&*!"\'|># \n\t1') }), (text) => {
      const parsed = parseYaml(text);
      if ('problem' in parsed) expect(parsed.line).toBeGreaterThanOrEqual(1);
      else expect(JSON.stringify(parsed.value)?.length ?? 0).toBeLessThan(1000);
    }),
    { numRuns: 500 },
  );
});

test('aliases that would grow to millions are refused, and so is one that holds itself', () => {
  const levels = Array.from(
    { length: 8 },
    (_, at) => `l${at + 1}: &l${at + 1} [${Array(9).fill(`*l${at}`).join(',')}]`,
  );
  expect(parseYaml(`l0: &l0 [x]\n${levels.join('\n')}`)).toMatchObject({ problem: expect.stringMatching(/alias/i) });
  expect(parseYaml('a: &a [*a]')).toMatchObject({ problem: expect.stringMatching(/circular/i) });
});
