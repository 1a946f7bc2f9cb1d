import { Address6 } from 'ip-address';
import { type MaybeParsed, NO_ISSUES } from '../kube/issue.ts';
import { truncate } from '../kube/read.ts';

/** An address. IPv4-mapped IPv6 is IPv4, as in Go's net.IP. `text` is the canonical form (RFC 5952) and unique. */
export type Ip = { readonly family: 4 | 6; readonly value: bigint; readonly text: string };

const V6_CHARACTERS = /^[0-9a-fA-F:]{2,39}(?:\d{1,3}(?:\.\d{1,3}){3})?$/;
const MAPPED_HIGH = 0xffffn;
const LOW_32 = 0xffff_ffffn;

export const bitsOf = (family: 4 | 6): 32 | 128 => (family === 4 ? 32 : 128);

/** The address a number stands for; the number must fit the family. */
export function ipFromBigint(family: 4 | 6, value: bigint): Ip {
  if (family === 4) return { family, value, text: text4(Number(value)) };
  if (value >> 32n === MAPPED_HIGH) return ipFromBigint(4, value & LOW_32);
  const groups: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number((value >> shift) & 0xffffn));
  return { family, value, text: text6(groups) };
}

const text4 = (n: number): string => `${n >>> 24}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`;

/** RFC 5952: the first longest run of at least two zero groups is compressed. */
function text6(groups: readonly number[]): string {
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > bestLength) [best, bestLength] = [i, end - i];
    if (end > i) i = end;
  }
  const hex = groups.map((group) => group.toString(16));
  if (best < 0) return hex.join(':');
  return `${hex.slice(0, best).join(':')}::${hex.slice(best + bestLength).join(':')}`;
}

/** The address, or undefined: what Go's net.ParseIP takes (no leading zeros, no zone, no prefix, no blanks). */
export function toIp(text: string): Ip | undefined {
  const number = number4(text);
  if (number >= 0) return { family: 4, value: BigInt(number), text };
  if (text.length > 45 || !text.includes(':') || !V6_CHARACTERS.test(text)) return undefined;
  return text.includes('.') ? toIpWithTail(text) : toPlainIp6(text);
}

const DOT = 0x2e;
const ZERO = 0x30;

/** The number of an IPv4 address in dotted decimals, -1 where it is none. Every address of every pod comes through here. */
function number4(text: string): number {
  if (text.length < 7 || text.length > 15) return -1;
  let number = 0;
  let part = -1;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === DOT) {
      if (part < 0) return -1;
      number = number * 256 + part;
      part = -1;
      dots += 1;
    } else if (c < ZERO || c > ZERO + 9 || part === 0) return -1;
    else {
      part = part < 0 ? c - ZERO : part * 10 + c - ZERO;
      if (part > 255) return -1;
    }
  }
  return dots === 3 && part >= 0 ? number * 256 + part : -1;
}

function toPlainIp6(text: string): Ip | undefined {
  const groups = groups6(text);
  if (!groups) return undefined;
  const half = (from: number): bigint =>
    (BigInt((groups[from] ?? 0) * 65536 + (groups[from + 1] ?? 0)) << 32n) |
    BigInt((groups[from + 2] ?? 0) * 65536 + (groups[from + 3] ?? 0));
  const value = (half(0) << 64n) | half(4);
  return isMapped(groups) ? ipFromBigint(4, value & LOW_32) : { family: 6, value, text: text6(groups) };
}

/** The library reads it too, but takes seven times as long, and every status of every pod comes through here. */
function groups6(text: string): number[] | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups: number[] = [];
  for (const group of before) groups.push(group16(group));
  for (let i = 0; i < missing; i++) groups.push(0);
  for (const group of after) groups.push(group16(group));
  return groups.some(Number.isNaN) ? undefined : groups;
}

const isMapped = (groups: readonly number[]): boolean =>
  groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);

const group16 = (text: string): number => (text === '' || text.length > 4 ? Number.NaN : Number.parseInt(text, 16));

/** `::ffff:10.0.0.1`: the library alone is more generous than Go with the dotted tail. */
function toIpWithTail(text: string): Ip | undefined {
  if (number4(text.slice(text.lastIndexOf(':') + 1)) < 0 || text.includes(':::')) return undefined;
  try {
    return ipFromBigint(6, new Address6(text).bigInt());
  } catch {
    return undefined;
  }
}

/** Like Go's net.ParseIP, with a sentence that says what is wrong. */
export function parseIp(text: string): MaybeParsed<Ip> {
  const value = toIp(text);
  if (value) return { value, issues: NO_ISSUES };
  return { value, issues: [{ slug: 'ip-invalid', severity: 'error', message: whyNotIp(text) }] };
}

function whyNotIp(text: string): string {
  const shown = `"${truncate(text, 60)}"`;
  if (text === '') return 'An IP address is expected, the text is empty.';
  if (text.trim() !== text && toIp(text.trim())) return `${shown} has blanks around the address.`;
  if (text.includes('/')) return `${shown} carries a prefix where a plain IP address is expected.`;
  if (text.includes('%')) return `${shown} carries a zone, which is not allowed here.`;
  if (/^\d+(?:\.\d+){3}$/.test(text) && /(?:^|\.)0\d/.test(text))
    return `${shown} is not an IP address: a number starts with zero.`;
  if (/^\d{1,12}(?:\.\d{1,12}){3}$/.test(text)) return `${shown} is not an IP address: a number is above 255.`;
  return `${shown} is not an IP address.`;
}

/** The canonical text of an address, or undefined. Equal addresses have equal canonical texts: use it as a map key. */
export function canonicalIp(text: string): string | undefined {
  if (number4(text) >= 0) return text;
  if (text.length > 39 || text.includes('.') || !V6_CHARACTERS.test(text)) return toIp(text)?.text;
  const groups = groups6(text);
  return groups && !isMapped(groups) ? text6(groups) : toIp(text)?.text;
}

/** A key whose plain string order is the order of addresses, IPv4 before IPv6. */
export const ipKey = (ip: Ip): string => ip.family + ip.value.toString(16).padStart(ip.family === 4 ? 8 : 32, '0');

export function compareIps(a: Ip, b: Ip): number {
  if (a.family !== b.family) return a.family - b.family;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}

/** The address `by` after `ip`, or undefined beyond the end of the family. */
export function addToIp(ip: Ip, by: bigint): Ip | undefined {
  const value = ip.value + by;
  return value < 0n || value >> BigInt(bitsOf(ip.family)) !== 0n ? undefined : ipFromBigint(ip.family, value);
}

const _isUnspecifiedIp = (ip: Ip): boolean => ip.value === 0n;
const _isLoopbackIp = (ip: Ip): boolean => (ip.family === 4 ? ip.value >> 24n === 127n : ip.value === 1n);
const _isMulticastIp = (ip: Ip): boolean => (ip.family === 4 ? ip.value >> 28n === 14n : ip.value >> 120n === 255n);
export const isLinkLocalIp = (ip: Ip): boolean =>
  ip.family === 4 ? ip.value >> 16n === 0xa9fen : ip.value >> 118n === 0x3fan;
