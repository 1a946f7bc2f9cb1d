const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const sixBitsOf: ReadonlyMap<string, number> = new Map([...alphabet].map((letter, value) => [letter, value]));

/** Bits set in each value of six bits. */
const weights: readonly number[] = Array.from({ length: 64 }, (_, value) =>
  [...value.toString(2)].reduce((sum, bit) => sum + Number(bit), 0),
);

/** DANM keeps at most 2^24 addresses of a network. */
const textLimit = 2 ** 22;

/**
 * How many bits from `first` to `last`, both included, are set in a bitmap in base64, whose first bit is the highest of its first byte
 * (danm pkg/bitarray). Undefined where it is no base64 or ends before `last`.
 */
export function countSetBits(text: string, first: bigint, last: bigint): number | undefined {
  const body = text.replace(/=+$/, '');
  if (body.length > textLimit || first < 0n || last < first || last >= BigInt(body.length) * 6n) return undefined;
  const [from, to] = [Number(first), Number(last)];
  let count = 0;
  for (let at = Math.floor(from / 6); at <= Math.floor(to / 6); at++) {
    const value = sixBitsOf.get(body[at] ?? '');
    if (value === undefined) return undefined;
    const low = Math.max(0, from - at * 6);
    const high = Math.min(5, to - at * 6);
    // Six bits a letter, the highest first: only those from `low` to `high` count.
    const mask = (0b111111 >> low) & ~(0b111111 >> (high + 1));
    count += weights[value & mask] ?? 0;
  }
  return count;
}
