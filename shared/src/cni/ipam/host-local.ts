import { asArray, asRecord, asText, excerpt, type JsonRecord, pointer } from '../../kube/read.ts';
import { broadcastOf, type Cidr, hasHostBits, lastOf, toCidr } from '../../net/cidr.ts';
import { addToIp, type Ip, toIp } from '../../net/ip.ts';
import { type IpRange, rangeOf, rangesOverlap } from '../../net/range.ts';
import { lists, type Report, strings } from '../plugins/schema.ts';
import { defineIpam, type IpamRange, MAX_RANGES } from './ipam.ts';

type Written = { raw: JsonRecord; path: string; set: number };
const BAD = 'hostlocal-bad-range';

/** The top-level subnet is a set of its own, then the sets of `ranges` (host-local config.go:120-162). */
function writtenRanges(raw: JsonRecord): Written[] {
  const out: Written[] = [];
  let set = 0;
  if (asText(raw.subnet)) out.push({ raw, path: '', set: set++ });
  for (const [i, list] of (asArray(raw.ranges) ?? []).slice(0, MAX_RANGES).entries()) {
    for (const [j, item] of (asArray(list) ?? []).slice(0, MAX_RANGES).entries()) {
      const record = asRecord(item);
      if (record && out.length < MAX_RANGES) out.push({ raw: record, path: pointer('ranges', i, j), set });
    }
    set++;
  }
  return out;
}

/** Without rangeEnd the last address is the one before the broadcast (IPv4), the very last one (IPv6). */
const defaultEnd = (subnet: Cidr): Ip =>
  broadcastOf(subnet) ? (addToIp(lastOf(subnet), -1n) ?? lastOf(subnet)) : lastOf(subnet);
const defaultStart = (subnet: Cidr): Ip => addToIp(subnet.network, 1n) ?? subnet.network;

function toRange({ raw, path, set }: Written): IpamRange | undefined {
  const subnet = toCidr(asText(raw.subnet) ?? '');
  if (!subnet) return undefined;
  const at = (key: string): Ip | undefined => toIp(asText(raw[key]) ?? '');
  const gateway = at('gateway') ?? defaultStart(subnet);
  const exclude = rangeOf(gateway, gateway);
  return {
    subnet,
    gateway,
    set,
    path,
    start: at('rangeStart') ?? defaultStart(subnet),
    end: at('rangeEnd') ?? defaultEnd(subnet),
    exclude: exclude ? [exclude] : [],
  };
}

/** containernetworking/plugins ipam/host-local: range.go:36-81, range_set.go:60-80, config.go:140-162 */
export const hostLocal = defineIpam({
  type: 'host-local',
  fields: [...strings('subnet rangeStart rangeEnd gateway dataDir resolvConf'), ...lists('ranges routes')],
  check(raw, report, path, capabilities) {
    const written = writtenRanges(raw);
    if (written.length === 0) {
      const fromCaps = capabilities.has('ipRanges');
      report.add(
        fromCaps ? 'warning' : 'error',
        'hostlocal-no-ranges',
        'host-local has neither "subnet" nor "ranges"; there is no address to give.',
        path,
      );
    }
    const sound: { range: IpRange; set: number; path: string }[] = [];
    for (const item of written) {
      const range = checkRange(item, report, path);
      if (range) sound.push({ range, set: item.set, path: path + item.path });
    }
    checkOverlap(sound, report);
  },
  describe(raw) {
    const ranges = writtenRanges(raw).flatMap((item) => toRange(item) ?? []);
    return { ranges, perNode: true };
  },
});

function checkRange(item: Written, report: Report, base: string): IpRange | undefined {
  const path = base + item.path;
  const bad = (key: string, message: string): undefined =>
    report.add('error', BAD, message, path + pointer(key)) as undefined;
  const text = asText(item.raw.subnet) ?? '';
  const subnet = toCidr(text);
  if (!subnet)
    return bad(
      'subnet',
      text ? `host-local: the subnet ${excerpt(text)} is not a CIDR.` : 'host-local: a range has no subnet.',
    );
  if (hasHostBits(subnet))
    return bad('subnet', `host-local: the subnet ${excerpt(text)} has host bits set; the network is ${subnet.text}.`);
  if (subnet.prefixLength > (subnet.family === 4 ? 30 : 126))
    return bad('subnet', `host-local: the subnet ${subnet.text} is too small to allocate from.`);
  for (const key of ['gateway', 'rangeStart', 'rangeEnd']) {
    const given = asText(item.raw[key]);
    if (given && !toIp(given))
      return bad(key, `host-local: "${key}" is ${excerpt(given)}, which is not an IP address.`);
  }
  const range = toRange(item);
  if (!range) return undefined;
  for (const [key, ip] of [
    ['rangeStart', range.start],
    ['rangeEnd', range.end],
  ] as const) {
    const inside = ip.family === subnet.family && subnet.network.value <= ip.value && ip.value <= lastOf(subnet).value;
    if (!inside) return bad(key, `host-local: "${key}" ${ip.text} is not in the network ${subnet.text}.`);
  }
  const whole = rangeOf(range.start, range.end);
  return (
    whole ?? bad('rangeStart', `host-local: "rangeStart" ${range.start.text} is after "rangeEnd" ${range.end.text}.`)
  );
}

function checkOverlap(sound: readonly { range: IpRange; set: number; path: string }[], report: Report): void {
  for (const [i, a] of sound.entries()) {
    for (const b of sound.slice(0, i)) {
      if (a.set === b.set && a.range.family !== b.range.family) {
        report.add('error', BAD, `host-local: range set ${a.set + 1} mixes IPv4 and IPv6.`, a.path);
        return;
      }
      if (!rangesOverlap(a.range, b.range)) continue;
      report.add(
        'error',
        BAD,
        `host-local: the range from ${a.range.first.text} overlaps the one from ${b.range.first.text}.`,
        a.path,
      );
      return;
    }
  }
}
