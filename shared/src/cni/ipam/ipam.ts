import { asRecords, asText, type JsonRecord } from '../../kube/read.ts';
import type { Cidr } from '../../net/cidr.ts';
import type { Ip } from '../../net/ip.ts';
import { countWithout, type IpRange, rangeOf } from '../../net/range.ts';
import type { Field, Report } from '../plugins/schema.ts';

/**
 * A stretch of addresses an IPAM plugin hands out: `start` to `end` without `exclude`. `set` groups ranges that
 * host-local treats as one set (one address of each set per pod). `path` points into the ipam object.
 */
export type IpamRange = {
  subnet: Cidr;
  start: Ip;
  end: Ip;
  gateway?: Ip;
  exclude: IpRange[];
  set: number;
  path: string;
};

export type IpamDescription = {
  type: string;
  ranges: IpamRange[];
  /** Fixed addresses as CIDR texts (static, and what whereabouts adds). */
  addresses: string[];
  subnets: string[];
  gateways: string[];
  routes: { dst: string; gw?: string }[];
  /** whereabouts: pools of one range are shared by name; `overlapping` is enable_overlapping_ranges. */
  networkName?: string;
  nodeSliceSize?: string;
  overlapping?: boolean;
  /** host-local keeps its state on each node: the same address may be given on two nodes. */
  perNode: boolean;
  /** No address of its own: it must come with the request (static without addresses). */
  needsRequest: boolean;
};

export type IpamSchema = {
  type: string;
  fields: readonly Field[];
  check?(raw: JsonRecord, report: Report, path: string, capabilities: ReadonlySet<string>): void;
  describe?(raw: JsonRecord): Partial<IpamDescription>;
};

export const defineIpam = (schema: IpamSchema): IpamSchema => schema;

export const MAX_RANGES = 200;

/** Addresses the ranges can give out, each counted once. */
export const ipamCapacity = (ranges: readonly IpamRange[]): bigint =>
  countWithout(
    ranges.flatMap((range) => rangeOf(range.start, range.end) ?? []),
    ranges.flatMap((range) => range.exclude),
  );

export function readRoutes(raw: JsonRecord): { dst: string; gw?: string }[] {
  const out: { dst: string; gw?: string }[] = [];
  for (const route of asRecords(raw.routes).slice(0, MAX_RANGES)) {
    const dst = asText(route.dst);
    const gw = asText(route.gw);
    if (dst) out.push(gw ? { dst, gw } : { dst });
  }
  return out;
}
