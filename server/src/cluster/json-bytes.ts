export const quote = 0x22;
export const backslash = 0x5c;
export const newline = 0x0a;
export const colon = 0x3a;
export const comma = 0x2c;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;

/** 1 for the bytes that matter inside a value that is passed over: quotes, brackets, line breaks. */
export const marks = new Uint8Array(256);
for (const byte of [quote, newline, openBrace, closeBrace, openBracket, closeBracket]) marks[byte] = 1;
