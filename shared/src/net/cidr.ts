import { type MaybeParsed, NO_ISSUES } from '../kube/issue.ts';
import { truncate } from '../kube/read.ts';
import { bitsOf, type Ip, ipFromBigint, toIp } from './ip.ts';

/**
 * A prefix that keeps the address it was written with: `address` is 10.0.0.5 and `network` 10.0.0.0 for
 * 10.0.0.5/24. `text` is the canonical form of the network, `10.0.0.0/24`.
 */
export type Cidr = {
  readonly family: 4 | 6;
  readonly address: Ip;
  readonly prefixLength: number;
  readonly network: Ip;
  readonly text: string;
};

export function cidrOf(address: Ip, prefixLength: number): Cidr {
  const network = maskIp(address, prefixLength);
  return { family: address.family, address, prefixLength, network, text: `${network.text}/${prefixLength}` };
}

function maskIp(ip: Ip, prefixLength: number): Ip {
  const host = BigInt(bitsOf(ip.family) - prefixLength);
  const value = (ip.value >> host) << host;
  return value === ip.value ? ip : ipFromBigint(ip.family, value);
}

/** What Go's net.ParseCIDR takes: an address, a slash, decimal digits. */
export function toCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const written = text.slice(0, slash);
  const digits = text.slice(slash + 1);
  const ip = toIp(written);
  if (!ip || !/^\d{1,6}$/.test(digits)) return undefined;
  let length = Number(digits);
  // ::ffff:10.0.0.0/104 counts 128 bits although the address is IPv4.
  if (ip.family === 4 && written.includes(':')) length -= 96;
  return length < 0 || length > bitsOf(ip.family) ? undefined : cidrOf(ip, length);
}

/** Like Go's net.ParseCIDR, with a sentence that says what is wrong. */
export function parseCidr(text: string): MaybeParsed<Cidr> {
  const value = toCidr(text);
  if (value) return { value, issues: NO_ISSUES };
  return { value, issues: [{ slug: 'cidr-invalid', severity: 'error', message: whyNotCidr(text) }] };
}

function whyNotCidr(text: string): string {
  const shown = `"${truncate(text, 60)}"`;
  if (text === '') return 'An address with a prefix is expected, the text is empty.';
  const [before = '', digits, more] = text.split('/', 3);
  const ip = toIp(before);
  if (digits === undefined) {
    return ip ? `${shown} has no prefix length such as /24.` : `${shown} is not an address with a prefix.`;
  }
  if (!ip) return `${shown} is not a CIDR: "${truncate(before, 45)}" is not an IP address.`;
  if (more !== undefined || !/^\d+$/.test(digits)) return `${shown} is not a CIDR: the prefix length is not a number.`;
  return `${shown} is not a CIDR: the prefix length is above ${bitsOf(ip.family)}.`;
}

/** `10.0.0.5` (host prefix) or `10.0.0.5/24`. */
export function toIpOrCidr(text: string): Cidr | undefined {
  if (text.includes('/')) return toCidr(text);
  const ip = toIp(text);
  return ip && cidrOf(ip, bitsOf(ip.family));
}

/** The last address of the prefix: the broadcast address of an IPv4 subnet. */
export const lastOf = (cidr: Cidr): Ip => ipFromBigint(cidr.family, cidr.network.value + addressCount(cidr) - 1n);

export function broadcastOf(cidr: Cidr): Ip | undefined {
  return cidr.family === 4 && cidr.prefixLength < 31 ? lastOf(cidr) : undefined;
}

/** All addresses of the prefix, network and broadcast included. */
export const addressCount = (cidr: Cidr): bigint => 1n << BigInt(bitsOf(cidr.family) - cidr.prefixLength);

export const hasHostBits = (cidr: Cidr): boolean => cidr.address.value !== cidr.network.value;

export function cidrContains(cidr: Cidr, ip: Ip): boolean {
  if (cidr.family !== ip.family) return false;
  const host = BigInt(bitsOf(cidr.family) - cidr.prefixLength);
  return cidr.network.value >> host === ip.value >> host;
}

export const cidrContainsCidr = (outer: Cidr, inner: Cidr): boolean =>
  outer.prefixLength <= inner.prefixLength && cidrContains(outer, inner.network);

/** Two prefixes overlap exactly when one holds the other. */
export const cidrsOverlap = (a: Cidr, b: Cidr): boolean => cidrContainsCidr(a, b) || cidrContainsCidr(b, a);
