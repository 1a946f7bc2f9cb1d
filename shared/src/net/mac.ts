import { type MaybeParsed, NO_ISSUES } from '../kube/issue.ts';
import { truncate } from '../kube/read.ts';

/** A hardware address of 6, 8 or 20 bytes. `text` is lower case with colons, and unique. */
export type Mac = { readonly bytes: readonly number[]; readonly text: string };

const COLON = 0x3a;

/** 0 to 15, or -1. */
function digitOf(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Digits between two separators: pairs with colons or hyphens, or words with dots. By the length of the whole, 0 where there is none. */
const groupOf = (length: number): 0 | 2 | 4 =>
  length === 17 || length === 23 || length === 59 ? 2 : length === 14 || length === 19 || length === 39 ? 4 : 0;

const isSeparator = (c: number, group: number): boolean => (group === 4 ? c === 0x2e : c === COLON || c === 0x2d);

/** What Go's net.ParseMAC takes: 6, 8 or 20 bytes as aa:bb:.., aa-bb-.. or aabb.ccdd... */
export function toMac(text: string): Mac | undefined {
  const group = groupOf(text.length);
  if (group === 0 || !isSeparator(text.charCodeAt(group), group)) return undefined;
  const separator = text.charCodeAt(group);
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 2) {
    if (at > 0 && at % (group + 1) === group) {
      if (text.charCodeAt(at) !== separator) return undefined;
      at += 1;
    }
    const high = digitOf(text.charCodeAt(at));
    const low = digitOf(text.charCodeAt(at + 1));
    if (high < 0 || low < 0) return undefined;
    bytes.push(high * 16 + low);
  }
  return { bytes, text: isCanonical(text) ? text : bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':') };
}

/** Pairs of lower case digits with colons, as nearly all are written. */
function isCanonical(text: string): boolean {
  if (groupOf(text.length) !== 2) return false;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (at % 3 === 2 ? c !== COLON : !((c >= 0x30 && c <= 0x39) || (c >= 0x61 && c <= 0x66))) return false;
  }
  return true;
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

export const canonicalMac = (text: string): string | undefined => (isCanonical(text) ? text : toMac(text)?.text);

/** The group bit: such an address cannot be given to an interface. */
export const isMulticastMac = (mac: Mac): boolean => ((mac.bytes[0] ?? 0) & 1) === 1;
export const isLocallyAdministeredMac = (mac: Mac): boolean => ((mac.bytes[0] ?? 0) & 2) === 2;
export const isZeroMac = (mac: Mac): boolean => mac.bytes.every((byte) => byte === 0);
