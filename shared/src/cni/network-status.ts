import type { Issue } from '../kube/issue.ts';
import { asNumber, asRecord, asString, asStrings, asText, excerpt, getKey, type JsonRecord } from '../kube/read.ts';
import { toCidr } from '../net/cidr.ts';
import { canonicalIp } from '../net/ip.ts';
import { canonicalMac } from '../net/mac.ts';
import { type JsonNode, parseGoJson, spanOf } from './go-json.ts';

const STATUS_KEY = 'k8s.v1.cni.cncf.io/network-status';
/** Written by Multus of before 2022; read only when the other is absent. */
export const DEPRECATED_STATUS_KEY = 'k8s.v1.cni.cncf.io/networks-status';

/** Device-info of NPWG: the addresses of all four kinds in flat form, and the object itself. */
export type StatusDevice = {
  type: string;
  version?: string;
  pciAddress?: string;
  pfPciAddress?: string;
  rdmaDevice?: string;
  vhostNet?: string;
  representorDevice?: string;
  parentDevice?: string;
  driver?: string;
  path?: string;
  mode?: string;
  role?: string;
};

export type StatusDns = { nameservers: string[]; domain?: string; search: string[] };

/** `path` is the pointer of the entry inside the annotation ('/0'), `span` its place in the text. */
export type StatusEntry = {
  name: string;
  interface?: string;
  ips: string[];
  mac?: string;
  mtu?: number;
  default: boolean;
  gateways: string[];
  dns?: StatusDns;
  deviceInfo?: StatusDevice;
  path: string;
  span: { offset: number; length: number };
};

const MAX_STATUS_ENTRIES = 1000;

/** The status of a pod from whichever of the two keys is there; `key` says which one was read. */
export function readNetworkStatus(annotations: unknown): { entries: StatusEntry[]; issues: Issue[]; key?: string } {
  const current = asString(getKey(annotations, STATUS_KEY));
  if (current !== undefined) return { ...parseNetworkStatus(current), key: STATUS_KEY };
  const old = asString(getKey(annotations, DEPRECATED_STATUS_KEY));
  if (old === undefined) return { entries: [], issues: [] };
  const { entries, issues } = parseNetworkStatus(old);
  const message = `Only the deprecated annotation ${DEPRECATED_STATUS_KEY} is there; an old Multus wrote it.`;
  return {
    entries,
    issues: [...issues, { slug: 'status-deprecated-key', severity: 'info', message }],
    key: DEPRECATED_STATUS_KEY,
  };
}

/** A network-status annotation. Tolerant: what can be read is read, the rest is an issue. An empty text has no entries. */
export function parseNetworkStatus(text: string): { entries: StatusEntry[]; issues: Issue[] } {
  const issues: Issue[] = [];
  const add = (slug: string, message: string, place: Partial<Issue>, severity: Issue['severity'] = 'warning'): void => {
    if (issues.length < 100) issues.push({ slug, severity, message, ...place });
  };
  const plain = readPlain(text);
  if (plain) return { entries: plain.map((item, at) => readEntry(item, `/${at}`, add)), issues };
  if (text.trim() === '') return { entries: [], issues };
  const { root, partial, error } = parseGoJson(text);
  if (error) {
    add('status-invalid-json', `The network-status annotation is not valid JSON: ${error.message}.`, {
      path: '',
      offset: Math.min(error.offset, text.length),
      length: 0,
    });
  } else if (root && !root.items && root.type !== 'null') {
    add('status-invalid-json', `The network-status annotation is ${excerpt(root.value)} where a list is wanted.`, {
      path: '',
      ...spanOf(root),
    });
  }
  const node = root ?? partial;
  const items = node?.items ?? (node?.members ? [node] : []);
  const entries: StatusEntry[] = [];
  for (const [i, item] of items.slice(0, MAX_STATUS_ENTRIES).entries()) {
    const path = node?.items ? `/${i}` : '';
    if (item.members) entries.push(readEntry(item, path, add));
    else
      add(
        'status-invalid-json',
        `Entry ${i + 1} of network-status is ${excerpt(item.value)} where an object is wanted.`,
        { path, ...spanOf(item) },
      );
  }
  return { entries, issues };
}

/** An entry as it was read, and where it stands in the text. */
type Item = Pick<JsonNode, 'value' | 'start' | 'end'>;

const PLAIN_LENGTH = 16_384;
const PLAIN_DEPTH = 32;
const [QUOTE, OPEN_LIST, CLOSE_LIST, OPEN_RECORD, CLOSE_RECORD] = [0x22, 0x5b, 0x5d, 0x7b, 0x7d];

/**
 * The entries of a list of objects in plain JSON, which nearly every status is: in a third of the time that the thorough reader takes.
 * Undefined where only that one can tell.
 */
function readPlain(text: string): Item[] | undefined {
  if (text.length > PLAIN_LENGTH || text.includes('\\')) return undefined;
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(root) || root.length > MAX_STATUS_ENTRIES || !root.every(asRecord)) return undefined;
  const items: Item[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === QUOTE) at = text.indexOf('"', at + 1);
    else if (c === OPEN_RECORD || c === OPEN_LIST) {
      if (depth === 1) start = at;
      depth += 1;
      if (depth > PLAIN_DEPTH) return undefined;
    } else if (c === CLOSE_RECORD || c === CLOSE_LIST) {
      depth -= 1;
      if (depth === 1) items.push({ value: root[items.length], start, end: at + 1 });
    }
  }
  return items;
}

type Add = (slug: string, message: string, place: Partial<Issue>, severity?: Issue['severity']) => void;

function readEntry(node: Item, path: string, add: Add): StatusEntry {
  const record = node.value as JsonRecord;
  const entry: StatusEntry = {
    name: asString(record.name) ?? '',
    ips: readIps(record, node, path, add),
    default: record.default === true,
    gateways: readGateways(record, node, path, add),
    path,
    span: spanOf(node),
  };
  const ifname = asText(record.interface);
  if (ifname) entry.interface = ifname;
  const mac = asText(record.mac);
  if (mac) entry.mac = canonicalMac(mac) ?? mac;
  const mtu = asNumber(record.mtu);
  if (mtu !== undefined) entry.mtu = mtu;
  const dns = readDns(record.dns);
  if (dns) entry.dns = dns;
  const device = readDevice(record['device-info']);
  if (device) entry.deviceInfo = device;
  return entry;
}

/** Addresses in canonical form, in order; a text that is none is kept as it is, so that nothing is lost. */
function readIps(record: JsonRecord, node: Item, path: string, add: Add): string[] {
  const list = typeof record.ips === 'string' ? [record.ips] : asStrings(record.ips);
  return list.map((text) => {
    const ip = canonicalIp(text);
    if (ip !== undefined) return ip;
    const cidr = toCidr(text);
    if (cidr) return cidr.address.text;
    add('status-ip-invalid', `network-status reports ${excerpt(text)}, which is not an IP address.`, {
      path: `${path}/ips`,
      ...spanOf(node),
    });
    return text;
  });
}

/** A default route without a gateway is written as the literal "<nil>". */
function readGateways(record: JsonRecord, node: Item, path: string, add: Add): string[] {
  if (record.gateway === undefined) return [];
  const list = typeof record.gateway === 'string' ? [record.gateway] : asStrings(record.gateway);
  const out: string[] = [];
  for (const text of list) {
    if (text === '<nil>') {
      const message = 'network-status reports the gateway "<nil>": a default route without a gateway.';
      add('status-gateway-nil', message, { path: `${path}/gateway`, ...spanOf(node) }, 'info');
    } else if (text !== '') out.push(canonicalIp(text) ?? text);
  }
  return out;
}

function isEmpty(record: JsonRecord): boolean {
  for (const _ in record) return false;
  return true;
}

function readDns(value: unknown): StatusDns | undefined {
  const record = asRecord(value);
  if (!record || isEmpty(record)) return undefined;
  const dns: StatusDns = { nameservers: asStrings(record.nameservers), search: asStrings(record.search) };
  const domain = asText(record.domain);
  if (domain) dns.domain = domain;
  return dns;
}

const DEVICE_FIELDS: readonly [keyof StatusDevice, string][] = [
  ['pciAddress', 'pci-address'],
  ['pfPciAddress', 'pf-pci-address'],
  ['rdmaDevice', 'rdma-device'],
  ['vhostNet', 'vhost-net'],
  ['representorDevice', 'representor-device'],
  ['parentDevice', 'parent-device'],
  ['driver', 'driver'],
  ['path', 'path'],
  ['mode', 'mode'],
  ['role', 'role'],
];

/** Device-info of one of the types pci, vdpa, vhost-user, memif. */
function readDevice(value: unknown): StatusDevice | undefined {
  if (value === undefined) return undefined;
  const record = asRecord(value);
  const type =
    asText(record?.type) ??
    Object.keys(record ?? {}).find((key) => ['pci', 'vdpa', 'vhost-user', 'memif'].includes(key));
  if (!record || !type) return undefined;
  const device: StatusDevice = { type };
  const version = asText(record.version);
  if (version) device.version = version;
  const details = asRecord(getKey(record, type));
  for (const [field, key] of DEVICE_FIELDS) {
    const text = asText(details?.[key]);
    if (text) device[field] = text;
  }
  return device;
}
