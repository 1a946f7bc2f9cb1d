import type { Address, Interface } from '../model/topology.ts';

/** Stand for themselves in no text of an address. */
const reserved = /[\s%/]/g;
const isReserved = /[\s%/]/;
const toWord = (text: string): string => (isReserved.test(text) ? text.replace(reserved, encodeURIComponent) : text);
const fromWord = (text: string): string => (text.includes('%') ? decodeURIComponent(text) : text);

const lineOf = (seen: Interface | null): string => {
  if (!seen) return '';
  let line = seen.mac ? toWord(seen.mac) : '';
  for (const { ip, prefixLength } of seen.addresses)
    line += prefixLength === undefined ? ` ${toWord(ip)}` : ` ${toWord(ip)}/${prefixLength}`;
  return line;
};

/**
 * The addresses of a workload's interfaces as one text: a line for each, its MAC and its addresses with a space between. A text takes a
 * tenth of the memory of the objects that it stands for.
 */
export const heldText = (interfaces: readonly (Interface | null)[]): string =>
  // One text of its own: one put together from parts would hold on to the annotation that they were cut out of.
  JSON.parse(JSON.stringify(interfaces.map(lineOf).join('\n'))) as string;

const toAddress = (text: string): Address => {
  const slash = text.indexOf('/');
  return slash < 0
    ? { ip: fromWord(text) }
    : { ip: fromWord(text.slice(0, slash)), prefixLength: Number(text.slice(slash + 1)) };
};

/** The addresses and the MAC of each interface. */
export const addressesByLine = (held: string): string[][] =>
  held.split('\n').map((line) => {
    const [mac = '', ...addresses] = line.split(' ');
    const all = addresses.map((text) => toAddress(text).ip);
    if (mac !== '') all.push(fromWord(mac));
    return all;
  });

/** Numbers of the lines in which an address or MAC is, without reading all of them. */
export function linesWith(held: string, address: string): number[] {
  const word = toWord(address);
  const found: number[] = [];
  for (let at = held.indexOf(word); at >= 0 && word !== ''; at = held.indexOf(word, at + word.length)) {
    const [before, after] = [held[at - 1], held[at + word.length]];
    if (!isEdge(before) || !(isEdge(after) || after === '/')) continue;
    let line = 0;
    for (let end = held.indexOf('\n'); end >= 0 && end < at; end = held.indexOf('\n', end + 1)) line += 1;
    found.push(line);
  }
  return found;
}

const isEdge = (letter: string | undefined): boolean => letter === undefined || letter === ' ' || letter === '\n';

/** An interface whose addresses are read from the text when somebody asks. */
export class HeldInterface {
  readonly name?: string;
  readonly #held: string;
  readonly #at: number;

  constructor({ name }: { name?: string }, held: string, at: number) {
    if (name !== undefined) this.name = name;
    this.#held = held;
    this.#at = at;
  }

  get #words(): string[] {
    return this.#held.split('\n')[this.#at]?.split(' ') ?? [];
  }

  get addresses(): Address[] {
    return this.#words.slice(1).map(toAddress);
  }

  get mac(): string | undefined {
    const [mac] = this.#words;
    return mac ? fromWord(mac) : undefined;
  }
}
