/** A seeded source of everything that varies in the demo world, so that one seed gives one world. */
export type Random = {
  next: () => number;
  int: (below: number) => number;
  pick: <T>(items: readonly T[]) => T;
  hex: (length: number) => string;
  uuid: () => string;
  /** The five characters that end a generated name (k8s.io/apimachinery rand: no vowels, no lookalikes). */
  suffix: (length?: number) => string;
  /** A locally administered unicast address, as the kernel makes for veth and macvlan. */
  mac: () => string;
};

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

export const createRandom = (seed: number): Random => {
  let state = seed >>> 0;
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  const hex = (length: number): string => {
    let text = '';
    while (text.length < length) text += int(0x1000000).toString(16).padStart(6, '0');
    return text.slice(0, length);
  };
  const suffix = (length = 5): string => {
    let text = '';
    while (text.length < length) text += ALPHABET[int(ALPHABET.length)] ?? 'b';
    return text;
  };
  return {
    next,
    int,
    pick: (items) => {
      const item = items[int(items.length)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[int(4)] ?? '8'}${hex(3)}-${hex(12)}`,
    suffix,
    mac: () => {
      const first = ((int(256) & 0xfe) | 0x02).toString(16).padStart(2, '0');
      return [first, ...Array.from({ length: 5 }, () => int(256).toString(16).padStart(2, '0'))].join(':');
    },
  };
};
