import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type JsonFault, type JsonPiece, JsonSplitter } from './json-splitter.ts';

const split = (text: string, chunkSize = 1 << 20): (JsonPiece | JsonFault)[] => {
  const splitter = new JsonSplitter();
  const bytes = Buffer.from(text);
  const out: (JsonPiece | JsonFault)[] = [];
  for (let at = 0; at < bytes.length; at += chunkSize) out.push(...splitter.push(bytes.subarray(at, at + chunkSize)));
  out.push(...splitter.end());
  return out;
};

const shape = (text: string, chunkSize?: number): unknown[] =>
  split(text, chunkSize).map((p) =>
    p.type === 'fault' ? [p.type, p.line] : [p.type, JSON.parse(p.bytes.toString()), p.line],
  );

const list = '{"kind":"List","items":[{"a":"}]\\"{"},\n {"b":[1,{"items":[{}]}]}],"metadata":{"x":"é漢"}}';

test.each([1, 2, 3, 7, 1000])('a list comes apart into its items and the rest, in chunks of %i bytes', (size) => {
  expect(shape(list, size)).toEqual([
    ['item', { a: '}]"{' }, 1],
    ['item', { b: [1, { items: [{}] }] }, 2],
    ['document', { kind: 'List', items: [], metadata: { x: 'é漢' } }, 1],
  ]);
});

test.each([
  [
    'one object',
    '{"kind":"Pod","spec":{"items":[{"x":1}]}}',
    [['document', { kind: 'Pod', spec: { items: [{ x: 1 }] } }, 1]],
  ],
  [
    'a top-level array',
    '[{"a":1},{"b":2}]',
    [
      ['item', { a: 1 }, 1],
      ['item', { b: 2 }, 1],
      ['document', [], 1],
    ],
  ],
  [
    'JSON lines',
    '{"a":1}\n{"b":2}\n',
    [
      ['document', { a: 1 }, 1],
      ['document', { b: 2 }, 2],
    ],
  ],
  [
    'documents without a break',
    '{"a":1}{"b":2}',
    [
      ['document', { a: 1 }, 1],
      ['document', { b: 2 }, 1],
    ],
  ],
  [
    'words between documents',
    '{"a":1}\nWarning: x\n{"b":2}',
    [
      ['document', { a: 1 }, 1],
      ['fault', 2],
      ['document', { b: 2 }, 3],
    ],
  ],
  ['a value that spells "items"', '{"x":"items","y":[{"a":1}]}', [['document', { x: 'items', y: [{ a: 1 }] }, 1]]],
  ['nothing', ' \n', []],
])('%s', (_name, text, expected) => {
  expect(shape(text)).toEqual(expected);
});

test('a truncated list yields its complete items and says at which byte it ends', () => {
  const pieces = split('{"kind":"List","items":[{"a":1},{"b":');
  expect(pieces.map((p) => p.type)).toEqual(['item', 'fault']);
  expect(pieces[1]).toMatchObject({ message: expect.stringContaining('byte 37') });
});

test('a single endless item is refused', () => {
  const splitter = new JsonSplitter({ maxItemBytes: 1000 });
  expect(() => [...splitter.push(Buffer.from(`[{"a":"${'x'.repeat(2000)}`))]).toThrow(/larger than 1000/);
});

test('whatever JSON it is and however it is cut, nothing is lost', () => {
  const objects = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 }));
  const rest = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { maxKeys: 4 });
  const indent = fc.constantFrom(undefined, 1, '\t');
  fc.assert(
    fc.property(objects, rest, rest, indent, fc.integer({ min: 1, max: 60 }), (items, before, after, space, size) => {
      const list = { ...before, items, ...after, items2: 1 };
      const pieces = split(JSON.stringify(list, null, space) + JSON.stringify(after), size).map((piece) =>
        piece.type === 'fault' ? piece : [piece.type, JSON.parse(piece.bytes.toString())],
      );
      const expected = JSON.parse(JSON.stringify(list));
      if (!Array.isArray(expected.items)) return;
      expect(pieces).toEqual([
        ...expected.items.map((item: unknown) => ['item', item]),
        ['document', { ...expected, items: [] }],
        ...('items' in after ? [] : [['document', JSON.parse(JSON.stringify(after))]]),
      ]);
    }),
  );
});

test('other lists come apart by name', () => {
  const splitter = new JsonSplitter({ lists: ['pools', 'workloads'] });
  const text = '{"kind":"Topology","workloads":[{"id":1},{"id":2}],"items":[{"x":1}],"pools":[{"id":3}],"empty":[]}';
  const pieces = [...splitter.push(Buffer.from(text))].flatMap((piece) =>
    piece.type === 'fault' ? [] : [[piece.type, piece.list, JSON.parse(piece.bytes.toString())]],
  );
  expect(pieces).toEqual([
    ['item', 'workloads', { id: 1 }],
    ['item', 'workloads', { id: 2 }],
    ['item', 'pools', { id: 3 }],
    ['document', undefined, { kind: 'Topology', workloads: [], items: [{ x: 1 }], pools: [], empty: [] }],
  ]);
});

test('of what stands between items nothing is kept: it would hold on to every chunk that it came with', () => {
  const items = Array.from({ length: 5000 }, (_, at) => `{"a":${at}}`);
  const last = split(`{"items": [\n    ${items.join(',\n    ')}\n]}`, 64).at(-1);
  expect(last?.type === 'document' && last.bytes.toString()).toMatch(/^\{"items": \[\s*\]\}$/);
  expect(last?.type === 'document' && last.bytes.length).toBeLessThan(40);
});
