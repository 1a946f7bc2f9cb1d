import { asNumber, asRecord, asRecords, asText, getPath, type JsonRecord, pointer, truncate } from '../kube/read.ts';
import { toCidr } from '../net/cidr.ts';
import { canonicalIp } from '../net/ip.ts';
import { toMac } from '../net/mac.ts';
import type { AnsweredInterface, AnswerReading, NodeAnswer } from './node-answer-types.ts';

const maxPods = 20_000;
const maxNetworks = 200;
const maxInterfaces = 64;
const maxAddresses = 64;

/** First of several spellings: protobuf's own names, and those of its JSON mapping. */
const pick = (record: JsonRecord | undefined, ...keys: string[]): unknown =>
  keys.map((key) => record?.[key]).find((value) => value !== undefined);

const textAt = (record: JsonRecord | undefined, ...keys: string[]): string | undefined => {
  const text = asText(pick(record, ...keys));
  return text && truncate(text, 253);
};

/**
 * KNI and the CNI 2.0 draft answer with one shape, `ipconfigs: {<ifname>: {ip, mac}}`. The three vocabularies of KNI differ in the names
 * of their calls (AttachNetwork, AttachInterface, CreateIsolationDomain ...), so an exchange is taken whatever it is called:
 * `{request, response}`, `{QueryPodNetworkRequest, QueryPodNetworkResponse}`, or the fields of both in one object. KNI has `ip` as a list of
 * text, CNI 2.0 as `[{ip_address, cidr, family}]` with routes beside. `kind: KniNodeSnapshot` holds a node's pods.
 */
export function readKniAnswers(record: JsonRecord): AnswerReading | undefined {
  if (record['kind'] === 'KniNodeSnapshot') return readNode(record);
  const response = messageOf(record, 'response');
  const [path, body] = response ?? ['', record];
  if (!asRecord(pick(body, 'ipconfigs', 'ipConfigs'))) {
    const networks = toNetworks(body);
    return networks.length === 0
      ? undefined
      : { answers: [{ source: 'kni', path, pod: {}, networks, interfaces: [] }] };
  }
  const request = messageOf(record, 'request')?.[1] ?? record;
  return { answers: [toAnswer(body, path, request)] };
}

/** The message in an exchange: under `response`, or under its own name, `QueryPodNetworkResponse`. */
function messageOf(record: JsonRecord, role: 'request' | 'response'): [string, JsonRecord] | undefined {
  for (const [key, value] of Object.entries(record).slice(0, 50)) {
    const message = asRecord(value);
    if (message && key.toLowerCase().endsWith(role)) return [pointer(key), message];
  }
  return undefined;
}

/** QueryNodeNetworks. Protobuf's JSON leaves out what is false. */
const toNetworks = (body: JsonRecord): { name: string; ready: boolean }[] =>
  asRecords(body['networks'])
    .slice(0, maxNetworks)
    .flatMap((one) => {
      const name = textAt(one, 'name');
      return name ? [{ name, ready: one['ready'] === true }] : [];
    });

function readNode(record: JsonRecord): AnswerReading {
  const node = textAt(record, 'node', 'nodeName');
  const where = node ? { node } : {};
  const networks = toNetworks(record);
  const pods = asRecords(record['pods'])
    .slice(0, maxPods)
    .map((pod, index): NodeAnswer => ({ ...toAnswer(pod, pointer('pods', index), pod), ...where }));
  const own: NodeAnswer = { source: 'kni', path: '', pod: {}, ...where, networks, interfaces: [] };
  return { answers: networks.length > 0 ? [own, ...pods] : pods };
}

/** Who is asked about: KNI says it by name and sandbox id, CNI 2.0 by the metadata of the sandbox. */
function toAnswer(body: JsonRecord, path: string, request: JsonRecord): NodeAnswer {
  const config = asRecord(pick(request, 'sandboxconfig', 'sandboxConfig'));
  const pod = asRecord(config?.['metadata']) ?? request;
  const namespace = textAt(pod, 'namespace');
  const name = textAt(pod, 'name');
  const sandbox = textAt(request, 'id', 'sandboxID', 'sandboxId', 'sandbox_id');
  const netns =
    asText(getPath(request, 'isolation', 'path')) ??
    asText(getPath(config, 'LinuxConfig', 'netns_path')) ??
    asText(getPath(body, 'extradata', 'netns'));
  const uid = textAt(pod, 'uid') ?? uidOf(request, config);
  const configs = Object.entries(asRecord(pick(body, 'ipconfigs', 'ipConfigs')) ?? {}).slice(0, maxInterfaces);
  const isDraft = configs.some(([, value]) => asRecords(getPath(value, 'ip')).length > 0) || config !== undefined;
  const routes = asRecords(pick(body, 'routes'));
  return {
    source: isDraft ? 'cni-v2' : 'kni',
    path,
    pod: { ...(namespace ? { namespace } : {}), ...(name ? { name } : {}), ...(uid ? { uid } : {}) },
    ...(sandbox ? { sandbox } : {}),
    ...(netns ? { netns: truncate(netns, 400) } : {}),
    interfaces: configs.map(([ifname, value]) => toInterface(ifname, asRecord(value) ?? {}, routes)),
  };
}

/** The kubelet names the cgroup of a pod for its uid, with underscores where systemd makes a slice of it. */
function uidOf(request: JsonRecord, config: JsonRecord | undefined): string | undefined {
  const cgroup =
    asText(getPath(request, 'extradata', 'cgroupPath')) ?? asText(getPath(config, 'LinuxConfig', 'cgroup_path')) ?? '';
  const found = /pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})/.exec(cgroup.slice(0, 1000));
  return found?.[1]?.replaceAll('_', '-');
}

function toInterface(name: string, config: JsonRecord, routes: readonly JsonRecord[]): AnsweredInterface {
  const listed = config['ip'];
  const ips = Array.isArray(listed) ? listed : [listed];
  const mac = asText(config['mac']);
  const gateways = routes.flatMap((route) => {
    const dst = textAt(route, 'Dst', 'dst');
    const device = textAt(route, 'Dev', 'dev');
    const gateway = canonicalIp(textAt(route, 'Gateway', 'gateway') ?? '');
    return gateway && (device === undefined || device === name) && (dst === '0.0.0.0/0' || dst === '::/0')
      ? [gateway]
      : [];
  });
  return {
    name: truncate(name, 64),
    addresses: ips.slice(0, maxAddresses).flatMap((ip) => toAddress(ip)),
    ...(mac ? { mac: toMac(mac)?.text ?? truncate(mac, 80) } : {}),
    ...(gateways.length > 0 ? { gateways: gateways.slice(0, 8) } : {}),
  };
}

/** `10.1.0.5`, `10.1.0.5/24`, or the draft's object, whose `cidr` may be the subnet or just its length. */
function toAddress(value: unknown): AnsweredInterface['addresses'] {
  const record = asRecord(value);
  const text = record ? textAt(record, 'ip_address', 'ipAddress') : asText(value);
  if (!text) return [];
  const whole = toCidr(text);
  const ip = whole?.address.text ?? canonicalIp(text);
  if (!ip) return [];
  const cidr = textAt(record, 'cidr') ?? '';
  const prefixLength =
    whole?.prefixLength ??
    toCidr(cidr)?.prefixLength ??
    (/^\/?\d{1,3}$/.test(cidr) ? asNumber(Number(cidr.replace('/', ''))) : undefined);
  return [prefixLength === undefined ? { ip } : { ip, prefixLength }];
}
