/**
 * Patterns are written as people read messages, with blanks, and matched on text without whitespace. `d` gives the
 * places of the captures, `i` covers the change of capitals between versions of the same wording.
 */
export function compactPattern(pattern: RegExp, flags = 'di'): RegExp {
  return new RegExp(pattern.source.replaceAll(/ [?*+]?/g, ''), flags);
}
