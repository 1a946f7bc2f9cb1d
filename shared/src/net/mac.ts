import { type MaybeParsed, NO_ISSUES } from '../kube/issue.ts';
import { truncate } from '../kube/read.ts';

/** A hardware address of 6, 8 or 20 bytes. `text` is lower case with colons, and unique. */
export type Mac = { readonly bytes: readonly number[]; readonly text: string };

const BYTES =
  /^[0-9a-fA-F]{2}([:-])(?:[0-9a-fA-F]{2}\1){4}(?:(?:[0-9a-fA-F]{2}\1){2}|(?:[0-9a-fA-F]{2}\1){14})?[0-9a-fA-F]{2}$/;
const WORDS = /^[0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4}){2}(?:\.[0-9a-fA-F]{4}|(?:\.[0-9a-fA-F]{4}){7})?$/;

/** What Go's net.ParseMAC takes: 6, 8 or 20 bytes as aa:bb:.., aa-bb-.. or aabb.ccdd... */
export function toMac(text: string): Mac | undefined {
  if (text.length < 14 || text.length > 59 || !(BYTES.test(text) || WORDS.test(text))) return undefined;
  const hex = text.replace(/[:.-]/g, '').toLowerCase();
  const bytes: number[] = [];
  const pairs: string[] = [];
  for (let i = 0; i < hex.length; i += 2) {
    const pair = hex.slice(i, i + 2);
    pairs.push(pair);
    bytes.push(Number.parseInt(pair, 16));
  }
  return { bytes, text: pairs.join(':') };
}

/** Like Go's net.ParseMAC, with a sentence that says what is wrong. */
export function parseMac(text: string): MaybeParsed<Mac> {
  const value = toMac(text);
  if (value) return { value, issues: NO_ISSUES };
  return { value, issues: [{ slug: 'mac-invalid', severity: 'error', message: whyNotMac(text) }] };
}

function whyNotMac(text: string): string {
  const shown = `"${truncate(text, 60)}"`;
  if (text.trim() !== text && toMac(text.trim())) return `${shown} has blanks around the hardware address.`;
  if (/^[0-9a-fA-F]{12}$/.test(text))
    return `${shown} is not a hardware address: the bytes must be separated by colons.`;
  const wrong = /[^0-9a-fA-F:.-]/.exec(text);
  if (wrong) return `${shown} is not a hardware address: "${wrong[0]}" is no hexadecimal digit.`;
  return `${shown} is not a hardware address of 6, 8 or 20 bytes such as 02:00:00:00:00:01.`;
}

export const canonicalMac = (text: string): string | undefined => toMac(text)?.text;

/** The group bit: such an address cannot be given to an interface. */
export const isMulticastMac = (mac: Mac): boolean => ((mac.bytes[0] ?? 0) & 1) === 1;
export const isLocallyAdministeredMac = (mac: Mac): boolean => ((mac.bytes[0] ?? 0) & 2) === 2;
export const isZeroMac = (mac: Mac): boolean => mac.bytes.every((byte) => byte === 0);
