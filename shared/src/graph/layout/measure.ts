/**
 * Width of a text without a canvas, so that the same layout comes out of the server, the CLI and the page. An estimate from the
 * classes of Latin glyphs in common system fonts; a little too wide rather than too narrow.
 */
const NARROW = new Set("iljtfrI.,:;|!'`()[]{}/\\-1 ");
const WIDE = new Set('mwMW@%…×');

export type Face = 'sans' | 'bold' | 'mono';

const glyph = (char: string): number => {
  if (NARROW.has(char)) return 0.36;
  if (WIDE.has(char)) return 0.9;
  if (char >= 'A' && char <= 'Z') return 0.68;
  return char.charCodeAt(0) > 0x2e80 ? 1 : 0.57;
};

export const textWidth = (text: string, size: number, face: Face = 'sans'): number => {
  if (face === 'mono') return text.length * size * 0.61;
  let em = 0;
  for (const char of text) em += glyph(char);
  return em * size * (face === 'bold' ? 1.06 : 1);
};

/** Shortened at the end with an ellipsis so that it fits; only the part that may be shown is looked at. */
export const fitText = (text: string, size: number, face: Face, width: number): string => {
  const shown = text.length > 200 ? text.slice(0, 200) : text;
  if (shown === text && textWidth(text, size, face) <= width) return text;
  let used = textWidth('…', size, face);
  let kept = '';
  for (const char of shown) {
    used += textWidth(char, size, face);
    if (used > width) break;
    kept += char;
  }
  return `${kept.trimEnd()}…`;
};
