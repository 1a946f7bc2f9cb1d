/**
 * Who may hold an address: numbers of workloads by the hash of it. Two words for each holder in tables of their own that grow one at a
 * time, where a map with texts for keys takes twenty times that and stops everybody when it grows. Whoever asks must look whether a
 * workload really holds the address: others have the same hash.
 */
export type Holders = {
  /** One that is added twice is there twice. */
  add: (address: string, workload: number) => void;
  delete: (address: string, workload: number) => void;
  /** Each once, in no order. */
  candidates: (address: string) => readonly number[];
};

/** Hashes and numbers by turns. A number is counted from 1 here: 0 is a free place, and a place once used that is free again is `gone`. */
type Table = { words: Int32Array; used: number; live: number };

const tableBits = 8;
const firstPlaces = 16;
const gone = -1;

/** FNV-1a with a last stir, for both the low and the high bits choose a place. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
};

export function createHolders(): Holders {
  const tables = new Map<number, Table>();

  const put = ({ words }: Table, hash: number, number: number): void => {
    const mask = words.length / 2 - 1;
    let place = hash & mask;
    while ((words[place * 2 + 1] ?? 0) !== 0) place = (place + 1) & mask;
    words[place * 2] = hash;
    words[place * 2 + 1] = number;
  };
  const resize = (table: Table): void => {
    const before = table.words;
    let places = firstPlaces;
    while (places < table.live * 2) places *= 2;
    table.words = new Int32Array(places * 2);
    table.used = table.live;
    for (let at = 0; at < before.length; at += 2) {
      const number = before[at + 1] ?? 0;
      if (number > 0) put(table, before[at] ?? 0, number);
    }
  };
  const tableOf = (hash: number): Table => {
    const known = tables.get(hash >>> (32 - tableBits));
    if (known) return known;
    const made = { words: new Int32Array(firstPlaces * 2), used: 0, live: 0 };
    tables.set(hash >>> (32 - tableBits), made);
    return made;
  };
  /** The first place with this hash from here on; -1: there is none. */
  const placeOf = ({ words }: Table, hash: number, from: number): number => {
    const mask = words.length / 2 - 1;
    for (let place = from & mask; ; place = (place + 1) & mask) {
      const number = words[place * 2 + 1] ?? 0;
      if (number === 0) return -1;
      if (number !== gone && words[place * 2] === hash) return place;
    }
  };

  return {
    add: (address, workload) => {
      const hash = hashOf(address);
      const table = tableOf(hash);
      if ((table.used + 1) * 8 > (table.words.length / 2) * 7) resize(table);
      put(table, hash, workload + 1);
      table.used += 1;
      table.live += 1;
    },
    delete: (address, workload) => {
      const hash = hashOf(address);
      const table = tables.get(hash >>> (32 - tableBits));
      if (!table) return;
      for (let place = placeOf(table, hash, hash); place >= 0; place = placeOf(table, hash, place + 1)) {
        if (table.words[place * 2 + 1] !== workload + 1) continue;
        table.words[place * 2 + 1] = gone;
        table.live -= 1;
        if (table.live === 0) tables.delete(hash >>> (32 - tableBits));
        return;
      }
    },
    candidates: (address) => {
      const hash = hashOf(address);
      const table = tables.get(hash >>> (32 - tableBits));
      if (!table) return [];
      const found: number[] = [];
      for (let place = placeOf(table, hash, hash); place >= 0; place = placeOf(table, hash, place + 1))
        found.push((table.words[place * 2 + 1] ?? 0) - 1);
      return found.length > 1 ? [...new Set(found)] : found;
    },
  };
}
