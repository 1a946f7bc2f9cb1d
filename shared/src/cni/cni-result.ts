import type { Issue } from '../kube/issue.ts';
import { asInteger, asNumber, asRecord, asRecords, asStrings, asText, excerpt, type JsonRecord } from '../kube/read.ts';
import { type Cidr, toCidr } from '../net/cidr.ts';
import { type Ip, toIp } from '../net/ip.ts';
import { toMac } from '../net/mac.ts';
import { parseGoJson } from './go-json.ts';
import type { StatusDns } from './network-status.ts';

export type ResultInterface = {
  name: string;
  mac?: string;
  mtu?: number;
  sandbox?: string;
  pciId?: string;
  socketPath?: string;
};
/** `interface` is an index into the interfaces, when the result names one. */
export type ResultIp = { address: Cidr; gateway?: Ip; interface?: number };
export type ResultRoute = { dst: string; gw?: string };

export type CniResult = {
  cniVersion: string;
  interfaces: ResultInterface[];
  ips: ResultIp[];
  routes: ResultRoute[];
  dns?: StatusDns;
  /** From the wrapper of a cached result (libcni's cacheInfo). */
  cached?: { containerId?: string; ifName?: string; networkName?: string; kind?: string };
};

const MAX_ITEMS = 1000;

/** The JSON text of an ADD result of any version, or of a cached one. Never throws. */
export function parseCniResult(text: string): { result?: CniResult; issues: Issue[] } {
  const { root, error } = parseGoJson(text);
  if (!root) {
    const place = { offset: Math.min(error?.offset ?? 0, text.length), length: 0 };
    return {
      issues: [
        {
          slug: 'cni-result-invalid',
          severity: 'warning',
          message: `The CNI result is not valid JSON: ${error?.message}.`,
          ...place,
        },
      ],
    };
  }
  return readCniResult(root.value);
}

/** The same for a value that has been parsed: 0.1/0.2 (ip4, ip6), 0.3/0.4 and 1.x (interfaces, ips), or `{kind, result}`. */
export function readCniResult(value: unknown): { result?: CniResult; issues: Issue[] } {
  const outer = asRecord(value);
  if (!outer) {
    const message = `The CNI result is ${excerpt(value)} where an object is wanted.`;
    return { issues: [{ slug: 'cni-result-invalid', severity: 'warning', message, path: '' }] };
  }
  const inner = asRecord(outer.result);
  const isCached = inner !== undefined && (asText(outer.kind) !== undefined || outer.containerId !== undefined);
  const record = isCached ? inner : outer;
  const issues: Issue[] = [];
  const base = isCached ? '/result' : '';
  const result: CniResult = {
    cniVersion: asText(record.cniVersion) ?? (record.ip4 || record.ip6 ? '0.2.0' : ''),
    interfaces: asRecords(record.interfaces).slice(0, MAX_ITEMS).map(readInterface),
    ips: record.ip4 || record.ip6 ? readOldIps(record, base, issues) : readIps(record, base, issues),
    routes: readRoutes(record),
  };
  const dns = readDns(record.dns);
  if (dns) result.dns = dns;
  if (isCached) result.cached = readWrapper(outer);
  return { result, issues };
}

function readInterface(raw: JsonRecord): ResultInterface {
  const out: ResultInterface = { name: asText(raw.name) ?? '' };
  const mac = asText(raw.mac);
  if (mac) out.mac = toMac(mac)?.text ?? mac;
  const mtu = asNumber(raw.mtu);
  if (mtu !== undefined) out.mtu = mtu;
  const sandbox = asText(raw.sandbox);
  if (sandbox) out.sandbox = sandbox;
  const pciId = asText(raw.pciID);
  if (pciId) out.pciId = pciId;
  const socketPath = asText(raw.socketPath);
  if (socketPath) out.socketPath = socketPath;
  return out;
}

function toResultIp(address: unknown, gateway: unknown, index: unknown, path: string, issues: Issue[]): ResultIp[] {
  const cidr = toCidr(asText(address) ?? '');
  if (!cidr) {
    if (issues.length < 50)
      issues.push({
        slug: 'cni-result-invalid',
        severity: 'warning',
        message: `The CNI result has the address ${excerpt(address)}, which is not a CIDR.`,
        path,
      });
    return [];
  }
  const gw = toIp(asText(gateway) ?? '');
  const i = asInteger(index);
  return [{ address: cidr, ...(gw ? { gateway: gw } : {}), ...(i !== undefined && i >= 0 ? { interface: i } : {}) }];
}

const readIps = (record: JsonRecord, base: string, issues: Issue[]): ResultIp[] =>
  asRecords(record.ips)
    .slice(0, MAX_ITEMS)
    .flatMap((raw, i) => toResultIp(raw.address, raw.gateway, raw.interface, `${base}/ips/${i}`, issues));

/** 0.1.0 and 0.2.0: one address per family, and no interfaces. */
function readOldIps(record: JsonRecord, base: string, issues: Issue[]): ResultIp[] {
  return ['ip4', 'ip6'].flatMap((key) => {
    const raw = asRecord(record[key]);
    return raw ? toResultIp(raw.ip, raw.gateway, undefined, `${base}/${key}/ip`, issues) : [];
  });
}

function readRoutes(record: JsonRecord): ResultRoute[] {
  const lists = [record, asRecord(record.ip4) ?? {}, asRecord(record.ip6) ?? {}];
  return lists
    .flatMap((holder) => asRecords(holder.routes))
    .slice(0, MAX_ITEMS)
    .flatMap((raw) => {
      const dst = asText(raw.dst);
      const gw = asText(raw.gw);
      return dst ? [gw ? { dst, gw } : { dst }] : [];
    });
}

function readDns(value: unknown): StatusDns | undefined {
  const raw = asRecord(value);
  if (!raw || Object.keys(raw).length === 0) return undefined;
  const domain = asText(raw.domain);
  return { nameservers: asStrings(raw.nameservers), search: asStrings(raw.search), ...(domain ? { domain } : {}) };
}

function readWrapper(outer: JsonRecord): NonNullable<CniResult['cached']> {
  const out: NonNullable<CniResult['cached']> = {};
  for (const key of ['containerId', 'ifName', 'networkName', 'kind'] as const) {
    const text = asText(outer[key]);
    if (text) out[key] = text;
  }
  return out;
}

/** The interfaces inside the pod, with their addresses: those with a sandbox; addresses without an index go to the last. */
export function podInterfaces(result: CniResult): (ResultInterface & { ips: ResultIp[] })[] {
  const inside = result.interfaces.flatMap((item, index) => (item.sandbox ? [{ item, index }] : []));
  const chosen =
    inside.length === 0 && result.interfaces.length === 1
      ? result.interfaces.map((item, index) => ({ item, index }))
      : inside;
  return chosen.map(({ item, index }, i) => ({
    ...item,
    ips: result.ips.filter((ip) => ip.interface === index || (ip.interface === undefined && i === chosen.length - 1)),
  }));
}
