import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64 } from './base64.ts';

test('what was text is text again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const coded = Buffer.from(text, 'utf8').toString('base64');
      expect(decodeBase64(coded)).toBe(Buffer.from(text, 'utf8').toString('utf8'));
      expect(decodeBase64(coded.replaceAll('=', ''))).toBe(decodeBase64(coded));
    }),
  );
});

test.each(['e3{}', '////', 'gICA'])('%j is no text', (text) => {
  expect(decodeBase64(text)).toBeUndefined();
});
