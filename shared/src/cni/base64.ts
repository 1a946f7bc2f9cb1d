const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const digits = new Map([...alphabet].map((letter, index) => [letter, index]));

/** The text in base64 (RFC 4648, padded or not, white space ignored) as UTF-8; undefined where it is neither. */
export function decodeBase64(text: string): string | undefined {
  const bytes: string[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of text.replace(/[\s=]+/g, '')) {
    const digit = digits.get(letter);
    if (digit === undefined) return undefined;
    bits = ((bits << 6) | digit) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push(`%${((bits >> held) & 0xff).toString(16).padStart(2, '0')}`);
  }
  try {
    return decodeURIComponent(bytes.join(''));
  } catch {
    return undefined;
  }
}
