import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readAnswers } from './read-answers.ts';
import { textsIn } from './unpack.ts';

/** One entry of a ustar archive. */
function entry(name: string, text: string, type = '0', prefix = ''): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write(`${Buffer.byteLength(text).toString(8).padStart(11, '0')}\0`, 124);
  header.write(type, 156);
  header.write('ustar\0', 257);
  header.write(prefix, 345, 155);
  const content = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
  content.write(text);
  return Buffer.concat([header, content]);
}

const end = Buffer.alloc(1024);
const named = (name: string, bytes: Buffer) => ({ name, file: new File([new Uint8Array(bytes)], name) });
const long = `results/${'n'.repeat(120)}-net1`;

const archive = Buffer.concat([
  entry('results/', '', '5'),
  entry('results/a-net1', '{"a": 1}'),
  entry('././@LongLink', `${long}\0`, 'L'),
  entry(long.slice(0, 100), '{"b": 2}'),
  entry('b-net2', '{"c": 3}', '0', 'var/lib/cni/results'),
  entry('link', '', '2'),
  end,
]);

test.each([
  ['a tar', archive],
  ['a gzipped tar', gzipSync(archive)],
])('%s gives its files under their paths', async (_, bytes) => {
  expect(await textsIn(named('n1.tar', bytes), 1e6)).toEqual([
    { name: 'n1.tar/results/a-net1', text: '{"a": 1}' },
    { name: `n1.tar/${long}`, text: '{"b": 2}' },
    { name: 'n1.tar/var/lib/cni/results/b-net2', text: '{"c": 3}' },
  ]);
});

test('anything else is one text, gzipped or not', async () => {
  const text = '{"kind": "cniCacheV1"}';
  expect(await textsIn(named('a', Buffer.from(text)), 1e6)).toEqual([{ name: 'a', text }]);
  expect(await textsIn(named('a.gz', gzipSync(text)), 1e6)).toEqual([{ name: 'a.gz', text }]);
});

test('an archive that breaks off gives what came before', async () => {
  const cut = Buffer.concat([entry('a', 'one'), Buffer.from('rubbish'.repeat(100))]);
  expect(await textsIn(named('a.tar', cut), 1e6)).toEqual([{ name: 'a.tar/a', text: 'one' }]);
});

test('what unpacks to too much is refused, and so is what is no gzip after all', async () => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
  expect(await readAnswers([named('bomb.gz', bomb)])).toMatchObject({ problem: expect.stringContaining('too much') });
  const broken = Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from('no')]);
  expect(await readAnswers([named('x.gz', broken)])).toMatchObject({ problem: expect.stringContaining('could not') });
  expect(await readAnswers([])).toMatchObject({ problem: expect.stringContaining('no file') });
});
