import { type MaybeParsed, NO_ISSUES } from '../kube/issue.ts';
import { truncate } from '../kube/read.ts';
import { type Cidr, lastOf, toCidr } from './cidr.ts';
import { compareIps, type Ip, ipFromBigint, toIp } from './ip.ts';

/** Addresses from `first` to `last`, both included, of one family. */
export type IpRange = { readonly family: 4 | 6; readonly first: Ip; readonly last: Ip };

export const rangeOf = (first: Ip, last: Ip): IpRange | undefined =>
  first.family === last.family && first.value <= last.value ? { family: first.family, first, last } : undefined;

export const rangeOfCidr = (cidr: Cidr): IpRange => ({ family: cidr.family, first: cidr.network, last: lastOf(cidr) });

/** The addresses of a subnet that a pod may get: without network and broadcast (IPv4 below /31, IPv6 without the first). */
export function usableRange(cidr: Cidr): IpRange {
  const whole = rangeOfCidr(cidr);
  const bits = cidr.family === 4 ? 32 : 128;
  if (cidr.prefixLength >= bits - 1) return whole;
  const first = ipFromBigint(cidr.family, whole.first.value + 1n);
  const last = cidr.family === 4 ? ipFromBigint(4, whole.last.value - 1n) : whole.last;
  return { family: cidr.family, first, last };
}

export const rangeContains = (range: IpRange, ip: Ip): boolean =>
  range.family === ip.family && range.first.value <= ip.value && ip.value <= range.last.value;

export const rangesOverlap = (a: IpRange, b: IpRange): boolean =>
  a.family === b.family && a.first.value <= b.last.value && b.first.value <= a.last.value;

export const rangeCount = (range: IpRange): bigint => range.last.value - range.first.value + 1n;

const compareRanges = (a: IpRange, b: IpRange): number => compareIps(a.first, b.first) || compareIps(a.last, b.last);

/** `a/len`, `first-last`, or Whereabouts' `first-last/len`. With a length, `cidr` is the subnet of it. */
export function parseRange(text: string): MaybeParsed<{ range: IpRange; cidr?: Cidr }> {
  const value = toRange(text);
  if (value) return { value, issues: NO_ISSUES };
  const message = `"${truncate(text, 80)}" is neither a CIDR nor first-last nor first-last/prefix length.`;
  return { value, issues: [{ slug: 'range-invalid', severity: 'error', message }] };
}

export function toRange(text: string): { range: IpRange; cidr?: Cidr } | undefined {
  const dash = text.indexOf('-');
  if (dash < 0) {
    const cidr = toCidr(text.trim());
    return cidr && { range: rangeOfCidr(cidr), cidr };
  }
  const first = toIp(text.slice(0, dash).trim());
  const rest = text.slice(dash + 1).trim();
  const cidr = rest.includes('/') ? toCidr(rest) : undefined;
  const last = cidr ? cidr.address : toIp(rest);
  if (!first || !last || (rest.includes('/') && !cidr)) return undefined;
  const range = rangeOf(first, last);
  return range && (cidr ? { range, cidr } : { range });
}

/** Joins overlapping and touching ranges; the result is sorted. */
export function mergeRanges(ranges: readonly IpRange[]): IpRange[] {
  const out: IpRange[] = [];
  for (const range of [...ranges].sort(compareRanges)) {
    const previous = out.at(-1);
    if (previous && previous.family === range.family && range.first.value <= previous.last.value + 1n) {
      if (range.last.value > previous.last.value) out[out.length - 1] = { ...previous, last: range.last };
    } else out.push(range);
  }
  return out;
}

/** How many addresses of `ranges` are in none of `without`. Addresses listed twice count once. */
export function countWithout(ranges: readonly IpRange[], without: readonly IpRange[]): bigint {
  const holes = mergeRanges(without);
  let total = 0n;
  for (const range of mergeRanges(ranges)) {
    total += rangeCount(range);
    for (const hole of holes) {
      if (!rangesOverlap(range, hole)) continue;
      const from = compareIps(hole.first, range.first) > 0 ? hole.first : range.first;
      const to = compareIps(hole.last, range.last) < 0 ? hole.last : range.last;
      total -= to.value - from.value + 1n;
    }
  }
  return total;
}
