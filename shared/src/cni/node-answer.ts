import { asInteger, asRecord, asRecords, asText, getPath, getText, type JsonRecord, truncate } from '../kube/read.ts';
import { toMac } from '../net/mac.ts';
import { decodeBase64 } from './base64.ts';
import { podInterfaces, type ResultIp, readCniResult } from './cni-result.ts';
import { readKniAnswers } from './kni-answer.ts';
import type { AnsweredInterface, AnswerReading, NodeAnswer } from './node-answer-types.ts';

const maxName = 253;
const maxInterfaces = 64;
const maxAddresses = 64;
/** A NAD's config is far shorter; what is longer is not looked at. */
const maxConfig = 64 * 1024;

/**
 * The answers in one document of a dump: a CNI result of any version, bare or cached, KNI and CNI 2.0 messages, our own node-side
 * export, `crictl inspectp`. Undefined: it is nothing of the kind. `file` may name what the document does not: libcni's
 * `<network>-<containerID>-<ifname>`, or `<namespace>_<pod>` with an optional `_<sandbox id>`. Never throws.
 */
export function readNodeAnswers(value: unknown, file: string): AnswerReading | undefined {
  const record = asRecord(value);
  if (!record || typeof record['apiVersion'] === 'string') return undefined;
  const named = fromFileName(file);
  const reading =
    readCached(record) ?? readSandbox(record) ?? readKniAnswers(record) ?? readBare(record, named) ?? undefined;
  if (!reading) return undefined;
  return {
    ...reading,
    answers: reading.answers.map((answer) => ({
      ...answer,
      ...(answer.sandbox === undefined && named.sandbox ? { sandbox: named.sandbox } : {}),
      pod: answer.pod.name === undefined && reading.answers.length === 1 ? { ...named.pod, ...answer.pod } : answer.pod,
    })),
  };
}

type Named = { network?: string; sandbox?: string; interface?: string; pod: NodeAnswer['pod'] };

/** Names of Kubernetes have no underscore, and container ids of containerd and CRI-O are 64 hexadecimal digits. */
function fromFileName(file: string): Named {
  const base = file.slice(file.lastIndexOf('/') + 1).replace(/\.(json|ya?ml)$/, '');
  if (base.length > 600) return { pod: {} };
  const cached = /^(.+)-([0-9a-f]{64})-([^-/]{1,15})$/.exec(base);
  if (cached?.[1] && cached[2] && cached[3])
    return { network: cached[1], sandbox: cached[2], interface: cached[3], pod: {} };
  const [namespace, name, sandbox, ...more] = base.split('_');
  if (!namespace || !name || more.length > 0) return { pod: {} };
  return { pod: { namespace, name }, ...(sandbox ? { sandbox } : {}) };
}

/** libcni's cacheInfo. Runtimes repeat the pairs of cniArgs; the last one counts, as in CNI_ARGS. */
function readCached(record: JsonRecord): AnswerReading | undefined {
  const result = asRecord(record['result']);
  const containerId = asText(record['containerId']) ?? asText(record['containerID']);
  if (record['kind'] !== 'cniCacheV1' && !(result && containerId)) return undefined;
  if (!result) return { answers: [], reason: 'a cached CNI config without a result: ADD has not ended' };
  const args = toArgs(record['cniArgs']);
  const network = asText(record['networkName']);
  const netns = asText(record['netns']);
  const coded = asText(record['config']);
  const config = coded && coded.length <= maxConfig ? decodeBase64(coded) : undefined;
  const sandbox = containerId ?? args.get('K8S_POD_INFRA_CONTAINER_ID');
  return {
    answers: [
      {
        source: 'cni-cache',
        path: '',
        pod: podOfArgs(args),
        ...(sandbox ? { sandbox: truncate(sandbox, maxName) } : {}),
        ...(netns ? { netns: truncate(netns, 400) } : {}),
        ...(network ? { network: truncate(network, maxName) } : {}),
        ...(config ? { config } : {}),
        interfaces: interfacesOf(result, asText(record['ifName'])),
      },
    ],
  };
}

/** `[["K8S_POD_NAME", "web"], ...]`, or the text of CNI_ARGS. */
function toArgs(value: unknown): ReadonlyMap<string, string> {
  const pairs: unknown[] =
    typeof value === 'string'
      ? value
          .slice(0, 4096)
          .split(';')
          .map((pair) => pair.split(/=(.*)/s).slice(0, 2))
      : Array.isArray(value)
        ? value.slice(0, 100)
        : [];
  const args = new Map<string, string>();
  for (const pair of pairs) {
    const [key, text] = Array.isArray(pair) ? pair.map(asText) : [];
    if (key && text) args.set(key, text);
  }
  return args;
}

function podOfArgs(args: ReadonlyMap<string, string>): NodeAnswer['pod'] {
  return toPod(args.get('K8S_POD_NAMESPACE'), args.get('K8S_POD_NAME'), args.get('K8S_POD_UID'));
}

const toPod = (
  namespace: string | undefined,
  name: string | undefined,
  uid: string | undefined,
): NodeAnswer['pod'] => ({
  ...(namespace ? { namespace: truncate(namespace, maxName) } : {}),
  ...(name ? { name: truncate(name, maxName) } : {}),
  ...(uid ? { uid: truncate(uid, maxName) } : {}),
});

/** A bare result is known by what only results have; a config and an error of CNI say what they are. */
function readBare(record: JsonRecord, named: Named): AnswerReading | undefined {
  if (typeof record['kind'] === 'string') return undefined;
  if (Array.isArray(record['plugins']) || (asText(record['type']) && asText(record['cniVersion'])))
    return { answers: [], reason: 'a CNI network config, not what a plugin answered' };
  if (asInteger(record['code']) !== undefined && asText(record['msg']))
    return { answers: [], reason: `a CNI error, not a result: ${truncate(asText(record['msg']) ?? '', 200)}` };
  const isResult =
    [record['ip4'], record['ip6']].some((one) => getText(one, 'ip') !== undefined) ||
    asRecords(record['ips']).some((one) => asText(one['address'])) ||
    (asText(record['cniVersion']) !== undefined && asRecords(record['interfaces']).length > 0);
  if (!isResult) return undefined;
  return {
    answers: [
      {
        source: 'cni-result',
        path: '',
        pod: {},
        ...(named.network ? { network: named.network } : {}),
        interfaces: interfacesOf(record, named.interface),
      },
    ],
  };
}

const toAddresses = (ips: readonly ResultIp[]): AnsweredInterface['addresses'] =>
  ips.slice(0, maxAddresses).map(({ address }) => ({ ip: address.address.text, prefixLength: address.prefixLength }));

/** Interfaces of a result inside the pod. Before CNI 0.3 a result names none: all is about the one that was asked for. */
function interfacesOf(value: JsonRecord, asked: string | undefined): AnsweredInterface[] {
  const { result } = readCniResult(value);
  if (!result) return [];
  const hasDefault = result.routes.some(({ dst }) => dst === '0.0.0.0/0' || dst === '::/0');
  const gatewaysOf = (ips: readonly ResultIp[]) => {
    const gateways = [...new Set(ips.flatMap(({ gateway }) => gateway?.text ?? []))];
    return hasDefault && gateways.length > 0 ? { gateways } : {};
  };
  const inside = podInterfaces(result).slice(0, maxInterfaces);
  if (inside.length === 0)
    return result.ips.length === 0 || result.interfaces.length > 0
      ? []
      : [{ ...(asked ? { name: asked } : {}), addresses: toAddresses(result.ips), ...gatewaysOf(result.ips) }];
  return inside.map((item): AnsweredInterface => {
    // libcni keeps the name that was asked for; some plugins write another one into the result.
    const name = inside.length === 1 ? (asked ?? item.name) : item.name;
    return {
      ...(name ? { name: truncate(name, 64) } : {}),
      addresses: toAddresses(item.ips),
      ...(item.mac ? { mac: truncate(item.mac, 80) } : {}),
      ...(item.mtu !== undefined ? { mtu: item.mtu } : {}),
      ...gatewaysOf(item.ips),
      ...(item.pciId ? { pciId: truncate(item.pciId, 80) } : {}),
      ...(item.socketPath ? { socketPath: truncate(item.socketPath, 200) } : {}),
    };
  });
}

/** `crictl inspectp -o json`: the sandbox with its pod, and with containerd what CNI answered, by interface. */
function readSandbox(record: JsonRecord): AnswerReading | undefined {
  const status = asRecord(record['status']);
  const metadata = asRecord(status?.['metadata']);
  const id = asText(status?.['id']);
  const info = asRecord(record['info']);
  if (!id || !metadata || !info) return undefined;
  const told = asRecord(getPath(info, 'cniResult', 'Interfaces'));
  const interfaces = Object.entries(told ?? {})
    .slice(0, maxInterfaces)
    .flatMap(([name, value]): AnsweredInterface[] => {
      if (!getText(value, 'Sandbox') || name === 'lo') return [];
      const ips = asRecords(getPath(value, 'IPConfigs')).flatMap((one) => asText(one['IP']) ?? []);
      const mac = getText(value, 'Mac');
      const device = getText(value, 'PciID');
      return [
        {
          name: truncate(name, 64),
          addresses: ips.slice(0, maxAddresses).map((ip) => ({ ip: truncate(ip, 80) })),
          ...(mac ? { mac: toMac(mac)?.text ?? truncate(mac, 80) } : {}),
          ...(device ? { pciId: truncate(device, 80) } : {}),
        },
      ];
    });
  return {
    answers: [
      {
        source: 'sandbox',
        path: '',
        pod: toPod(asText(metadata['namespace']), asText(metadata['name']), asText(metadata['uid'])),
        sandbox: truncate(id, maxName),
        interfaces,
      },
    ],
  };
}
