import {
  asArray,
  asBool,
  asRecord,
  asRecords,
  asStrings,
  asText,
  excerpt,
  type JsonRecord,
  pointer,
} from '../../kube/read.ts';
import { addressCount, type Cidr, hasHostBits, lastOf, toCidr, toIpOrCidr } from '../../net/cidr.ts';
import { addToIp, type Ip, toIp } from '../../net/ip.ts';
import { type IpRange, rangeContains, rangeOf, rangeOfCidr } from '../../net/range.ts';
import { bools, int, lists, type Report, records, strings } from '../plugins/schema.ts';
import { defineIpam, type IpamRange, MAX_RANGES } from './ipam.ts';

type Written = { raw: JsonRecord; path: string };

/** Whereabouts parses "sloppily": 010.0.0.1 is 10.0.0.1. */
const sloppy = (text: string): string => text.replace(/(^|[.\-\s])0+(?=\d)/g, '$1');
const sloppyIp = (text: string | undefined): Ip | undefined => (text === undefined ? undefined : toIp(sloppy(text)));

function writtenRanges(raw: JsonRecord): Written[] {
  const out: Written[] = [];
  if (asText(raw.range)) out.push({ raw, path: '' });
  for (const [i, item] of (asArray(raw.ipRanges) ?? []).slice(0, MAX_RANGES).entries()) {
    const record = asRecord(item);
    if (record) out.push({ raw: record, path: pointer('ipRanges', i) });
  }
  return out;
}

/** `CIDR` or `first-last/length`; the network is that of the part with the length. */
function readRange(text: string): { subnet: Cidr; start?: Ip; end?: Ip } | undefined {
  const [first = '', last] = sloppy(text).split('-', 2);
  if (last === undefined) {
    const subnet = toCidr(first.trim());
    return subnet && { subnet };
  }
  const start = toIp(first.trim());
  const subnet = toCidr(last.trim());
  return start && subnet && { subnet, start, end: subnet.address };
}

/** The network and the last address are never given out, of IPv6 neither. */
function usable(subnet: Cidr): IpRange | undefined {
  const first = addToIp(subnet.network, 1n);
  const last = addToIp(lastOf(subnet), -1n);
  return first && last && rangeOf(first, last);
}

/** A start or end outside the usable addresses is ignored by the plugin. */
function toRange({ raw, path }: Written, set: number): IpamRange | undefined {
  const read = readRange(asText(raw.range) ?? '');
  const whole = read && usable(read.subnet);
  if (!read || !whole) return undefined;
  const inside = (ip: Ip | undefined): Ip | undefined => (ip && rangeContains(whole, ip) ? ip : undefined);
  const gateway = sloppyIp(asText(raw.gateway));
  return {
    subnet: read.subnet,
    set,
    path,
    start: inside(read.start ?? sloppyIp(asText(raw.range_start))) ?? whole.first,
    end: inside(read.end ?? sloppyIp(asText(raw.range_end))) ?? whole.last,
    exclude: asStrings(raw.exclude)
      .slice(0, MAX_RANGES)
      .flatMap((text) => {
        const cidr = toIpOrCidr(sloppy(text));
        return cidr ? [rangeOfCidr(cidr)] : [];
      }),
    ...(gateway ? { gateway } : {}),
  };
}

/** k8snetworkplumbingwg/whereabouts pkg/config, pkg/allocate */
export const whereabouts = defineIpam({
  type: 'whereabouts',
  fields: [
    ...strings(
      'range range_start range_end gateway network_name node_slice_size configuration_path log_file log_level datastore etcd_host',
    ),
    ...lists('ipRanges exclude routes addresses'),
    ...records('kubernetes'),
    ...bools('enable_overlapping_ranges'),
    ...['leader_lease_duration', 'leader_renew_deadline', 'leader_retry_period', 'sleep_for_race'].map((key) =>
      int(key),
    ),
    { key: 'omitRanges', type: 'any' },
    { key: 'dns', type: 'record' },
    { key: 'args', type: 'any' },
    { key: 'overlapping_ranges', type: 'any' },
    { key: 'reconciler_cron_expression', type: 'string' },
  ],
  check(raw, report, path) {
    const written = writtenRanges(raw);
    if (written.length === 0 && asRecords(raw.addresses).length === 0) {
      report.add(
        'warning',
        'whereabouts-invalid-cidr',
        'whereabouts has neither "range" nor "ipRanges"; unless the node\'s own file has one there is no address to give.',
        path,
      );
    }
    for (const item of written) checkRange(item, report, path);
    for (const [i, { address }] of asRecords(raw.addresses).slice(0, MAX_RANGES).entries()) {
      if (toCidr(sloppy(asText(address) ?? ''))) continue;
      const message = `whereabouts: the address ${excerpt(address)} is not a CIDR.`;
      report.add('error', 'whereabouts-invalid-cidr', message, `${path}/addresses/${i}`);
    }
    const gateway = asText(raw.gateway);
    if (gateway && !sloppyIp(gateway))
      report.add(
        'error',
        'whereabouts-gateway',
        `whereabouts: the gateway ${excerpt(gateway)} is not an IP address.`,
        `${path}/gateway`,
      );
  },
  describe(raw) {
    const networkName = asText(raw.network_name);
    const nodeSliceSize = asText(raw.node_slice_size);
    const gateway = asText(raw.gateway);
    return {
      ranges: writtenRanges(raw).flatMap((item, i) => toRange(item, i) ?? []),
      addresses: asRecords(raw.addresses)
        .slice(0, MAX_RANGES)
        .flatMap((item) => asText(item.address) ?? []),
      gateways: gateway ? [gateway] : [],
      overlapping: asBool(raw.enable_overlapping_ranges) ?? true,
      ...(networkName ? { networkName } : {}),
      ...(nodeSliceSize ? { nodeSliceSize } : {}),
    };
  },
});

function checkRange(item: Written, report: Report, base: string): void {
  const at = (key: string): string => base + item.path + pointer(key);
  const text = asText(item.raw.range) ?? '';
  const read = readRange(text);
  if (!read) {
    report.add(
      'error',
      'whereabouts-invalid-cidr',
      `whereabouts: the range ${excerpt(text)} is neither a CIDR nor first-last/length.`,
      at('range'),
    );
    return;
  }
  if (addressCount(read.subnet) <= 2n) {
    report.add(
      'error',
      'whereabouts-too-small',
      `whereabouts: ${read.subnet.text} has no usable address.`,
      at('range'),
    );
    return;
  }
  const whole = rangeOfCidr(read.subnet);
  if (read.start && !rangeContains(whole, read.start)) {
    report.add(
      'error',
      'whereabouts-range-start',
      `whereabouts: the range starts at ${read.start.text}, outside ${read.subnet.text}.`,
      at('range'),
    );
  }
  for (const key of ['range_start', 'range_end']) {
    const given = asText(item.raw[key]);
    const ip = given === undefined ? undefined : toIp(given);
    if (given && !ip)
      report.add(
        'error',
        'whereabouts-range-start',
        `whereabouts: "${key}" is ${excerpt(given)}, which is not an IP address.`,
        at(key),
      );
    else if (ip && !rangeContains(whole, ip))
      report.add(
        'warning',
        'whereabouts-range-start',
        `whereabouts: "${key}" ${ip.text} is outside ${read.subnet.text} and ignored.`,
        at(key),
      );
  }
  for (const [i, exclude] of asStrings(item.raw.exclude).slice(0, MAX_RANGES).entries())
    checkExclude(exclude, `${at('exclude')}/${i}`, report);
}

/** An exclude of 10.0.0.5/24 takes out the whole /24, not one address. */
function checkExclude(text: string, path: string, report: Report): void {
  const cidr = toIpOrCidr(sloppy(text));
  if (!cidr)
    report.add(
      'error',
      'whereabouts-exclude',
      `whereabouts: the exclude ${excerpt(text)} is neither an IP address nor a CIDR.`,
      path,
    );
  else if (hasHostBits(cidr)) {
    report.add(
      'warning',
      'whereabouts-exclude-wide',
      `whereabouts: the exclude ${excerpt(text)} takes out all of ${cidr.text}, not one address.`,
      path,
    );
  }
}
