import fc from 'fast-check';
import { expect, test } from 'vitest';
import { viewFromQuery, viewToQuery } from './url.ts';
import { defaultView, lenses, type View } from './view.ts';

const word = fc
  .string({ minLength: 1, maxLength: 20 })
  .map((text) => text.trim())
  .filter((text) => text !== '' && !text.includes(','));

const anyView: fc.Arbitrary<View> = fc.record({
  lens: fc.constantFrom(...lenses),
  by: fc.constantFrom('namespace', 'node', 'owner'),
  namespaces: fc.array(word, { maxLength: 5 }),
  states: fc.array(word, { maxLength: 5 }),
  hide: fc.string({ maxLength: 60 }),
  find: fc.string({ maxLength: 60 }),
  open: fc.array(
    fc
      .string({ minLength: 1, maxLength: 30 })
      .map((text) => text.trim())
      .filter(Boolean),
    { maxLength: 5 },
  ),
  idle: fc.boolean(),
  defaultNetwork: fc.boolean(),
  select: fc.option(fc.string({ minLength: 1, maxLength: 40 })),
  sort: fc.string({ maxLength: 40 }),
  rule: fc.option(fc.string({ minLength: 1, maxLength: 40 })),
});

test('the default view has an empty query', () => {
  expect(viewToQuery(defaultView)).toBe('');
  expect(viewFromQuery('')).toEqual(defaultView);
});

test('a view survives the way into the URL and back', () => {
  fc.assert(
    fc.property(anyView, (view) => {
      expect(viewFromQuery(viewToQuery(view))).toEqual(view);
    }),
  );
});

test('any text is some view, and never an exception', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(viewFromQuery(text)).toHaveProperty('lens');
    }),
  );
  expect(viewFromQuery('lens=%&ns=%zz&by=moon')).toEqual({ ...defaultView, namespaces: ['%zz'] });
});
