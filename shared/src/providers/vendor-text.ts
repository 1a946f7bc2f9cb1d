import type { KubeObject } from '../kube/object.ts';
import { asRecord, asStrings, asText, truncate } from '../kube/read.ts';
import type { Address } from '../model/topology.ts';
import { addressCount, toCidr } from '../net/cidr.ts';
import { canonicalIp, toIp } from '../net/ip.ts';
import { canonicalMac } from '../net/mac.ts';
import { countWithout, type IpRange, rangeOf, rangeOfCidr, usableRange } from '../net/range.ts';

/** Small readings that APIs of several vendors have in common. All are bounded, and none throws. */

/** `a,b`, as lists of addresses and ranges are written in one text; at most 16. */
export const splitList = (text: string | undefined): string[] =>
  (text ?? '')
    .slice(0, 4096)
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .slice(0, 16);

/** One text or a list of texts. */
export const textsOf = (value: unknown): string[] => {
  const single = asText(value);
  return (single ? [single] : asStrings(value)).slice(0, 64).map((text) => truncate(text, 253));
};

/** `10.0.0.5/24` with its length, a bare address without. */
export function toAddress(text: string): Address | undefined {
  const slash = text.indexOf('/');
  const ip = canonicalIp(slash < 0 ? text : text.slice(0, slash));
  const length = slash < 0 ? '' : text.slice(slash + 1);
  if (!ip) return undefined;
  return /^\d{1,3}$/.test(length) && Number(length) <= 128 ? { ip, prefixLength: Number(length) } : { ip };
}

export const toAddresses = (texts: readonly string[]): Address[] =>
  texts.slice(0, 16).flatMap((text) => toAddress(text) ?? []);

export const macOf = (text: string): string => canonicalMac(text) ?? truncate(text, 64);

export const ipOf = (text: string): string => canonicalIp(text) ?? truncate(text, 64);

/** Whether some annotation has these letters in its key: most pods have none of a vendor, and cost no more than this look. */
export function hasAnnotation(object: KubeObject, part: string): boolean {
  const annotations = asRecord(object.metadata.annotations);
  for (const key in annotations) if (key.includes(part)) return true;
  return false;
}

/** A count as a decimal number, whether written as a number, beyond 2^53 included, or as text. */
export function toDecimal(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return String(BigInt(Math.trunc(value)));
  return typeof value === 'string' && /^\d{1,39}$/.test(value) ? value : undefined;
}

/** `first<separator>last`, one address, or a CIDR. */
function toRangeOf(text: string, separator: string): IpRange | undefined {
  if (text.includes('/')) {
    const cidr = toCidr(text.trim());
    return cidr && rangeOfCidr(cidr);
  }
  const at = text.indexOf(separator);
  const first = toIp((at < 0 ? text : text.slice(0, at)).trim());
  const last = at < 0 ? first : toIp(text.slice(at + separator.length).trim());
  return first && last ? rangeOf(first, last) : undefined;
}

const rangeLimit = 500;

export const toRanges = (texts: readonly string[], separator: string): IpRange[] =>
  texts.slice(0, rangeLimit).flatMap((text) => toRangeOf(text, separator) ?? []);

/** How many addresses `ranges` have that `without` has not; of no ranges, what pods may get of the subnet. */
export function countIn(subnet: string, ranges: readonly IpRange[], without: readonly IpRange[]): bigint | undefined {
  const cidr = toCidr(subnet);
  if (ranges.length > 0) return countWithout(ranges, without);
  if (!cidr || addressCount(cidr) < 1n) return undefined;
  return countWithout([usableRange(cidr)], without);
}

/** A list or object in the JSON of an annotation; unreadable text is nothing. */
export function parseJson(text: string | undefined, limit = 200_000): unknown {
  if (text === undefined || text.length > limit) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
