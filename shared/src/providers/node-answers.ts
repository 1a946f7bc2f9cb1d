import { answerKind } from '../cni/answer-objects.ts';
import { parseNetworkConfig } from '../cni/network-config.ts';
import type { AnswerSource } from '../cni/node-answer-types.ts';
import { groupOf, type KubeObject, refOf } from '../kube/object.ts';
import {
  asNumber,
  asRecord,
  asRecords,
  asStrings,
  asText,
  getText,
  type JsonRecord,
  pointer,
  truncate,
} from '../kube/read.ts';
import { workloadId } from '../model/ids.ts';
import type { Interface } from '../model/topology.ts';
import { canonicalIp } from '../net/ip.ts';
import { canonicalMac } from '../net/mac.ts';
import { type AnswerClaim, type Claims, nothing, type ObservationClaim, type Provider } from './provider.ts';

/**
 * Below network-status, which Multus writes when all is done: what a plugin answered is older, and may be left over from an earlier
 * sandbox. Above events and podIPs, which tell less. A cached result has most, so it comes first.
 */
const ranks: Readonly<Record<AnswerSource, number>> = {
  'cni-cache': 48,
  'cni-result': 47,
  'cni-v2': 46,
  kni: 45,
  sandbox: 44,
};

/** How a person would call each. */
const titles: Readonly<Record<AnswerSource, string>> = {
  'cni-cache': 'cached CNI result',
  'cni-result': 'CNI result',
  'cni-v2': 'CNI 2.0 answer',
  kni: 'KNI answer',
  sandbox: 'sandbox of the runtime',
};

const isSource = (text: string | undefined): text is AnswerSource => text !== undefined && Object.hasOwn(ranks, text);

function toInterface(value: JsonRecord): Interface {
  const addresses = asRecords(value['addresses']).flatMap((one): Interface['addresses'] => {
    const ip = canonicalIp(asText(one['ip']) ?? '');
    const prefixLength = asNumber(one['prefixLength']);
    return ip ? [prefixLength === undefined ? { ip } : { ip, prefixLength }] : [];
  });
  const seen: Interface = { addresses };
  const name = asText(value['name']);
  const mac = asText(value['mac']);
  const mtu = asNumber(value['mtu']);
  const gateways = asStrings(value['gateways']).slice(0, 8);
  const pci = asText(value['pciId']);
  const socket = asText(value['socketPath']);
  if (name) seen.name = truncate(name, 64);
  if (mac) seen.mac = canonicalMac(mac) ?? truncate(mac, 80);
  if (mtu !== undefined) seen.mtu = mtu;
  if (gateways.length > 0) seen.gateways = gateways;
  if (pci) seen.device = { type: 'pci', id: truncate(pci, 80), details: { 'pci-address': truncate(pci, 80) } };
  else if (socket)
    seen.device = { type: 'vhost-user', id: truncate(socket, 200), details: { path: truncate(socket, 200) } };
  return seen;
}

const describe = ({ name, addresses, mac }: Interface): string =>
  [name, ...addresses.map(({ ip, prefixLength }) => (prefixLength === undefined ? ip : `${ip}/${prefixLength}`)), mac]
    .filter((part) => part !== undefined)
    .join(' ')
    .slice(0, 400);

function answerClaims(object: KubeObject): Claims {
  const ref = refOf(object);
  const source = asText(object['from']);
  if (!isSource(source)) return nothing;
  const pod = asRecord(object['pod']);
  const namespace = asText(pod?.['namespace']);
  const name = asText(pod?.['name']);
  const uid = asText(pod?.['uid']);
  const workload = namespace && name ? workloadId('Pod', namespace, name) : undefined;
  const about = uid ? { uid } : {};
  const network = getText(object, 'network') ?? '';
  const config = getText(object, 'config');
  const madeWith = config && {
    read: parseNetworkConfig(config, network),
    source: { ref, path: pointer('config'), value: truncate(config, 400) },
  };
  const interfaces = asRecords(object['interfaces']).slice(0, 64).map(toInterface);
  const node = getText(object, 'node');
  const networks = asRecords(object['networks'])
    .slice(0, 200)
    .flatMap((one, index) => {
      const called = asText(one['name']);
      return called ? [{ name: called, ready: one['ready'] === true, path: pointer('networks', index) }] : [];
    });
  const answer: AnswerClaim = {
    ref,
    title: titles[source],
    ...(workload ? { workload } : {}),
    ...about,
    ...(node ? { node } : {}),
    ...(networks.length > 0 ? { networks } : {}),
  };
  if (!workload) return { answer };
  return {
    answer,
    observations: interfaces.map(
      (seen, index): ObservationClaim => ({
        workload,
        alias: null,
        name: network,
        interface: seen,
        rank: ranks[source],
        isDefault: false,
        source: { ref, path: pointer('interfaces', index), value: describe(seen) },
        weight: 'part',
        ...(madeWith ? { madeWith } : {}),
        ...about,
      }),
    ),
  };
}

/**
 * What nodes answer when they are asked by hand, as files of a dump: CNI results, KNI, the CNI 2.0 draft. No API server serves
 * them, so there is nothing to watch and nothing to grant. See `cni/node-answer.ts` for the shapes.
 */
export const nodeAnswers: Provider = {
  id: 'node-answers',
  title: 'Answers of nodes (files)',
  kinds: [],
  reads: [answerKind],
  claims: (object) =>
    object.kind === answerKind.kind && groupOf(object.apiVersion) === answerKind.group ? answerClaims(object) : nothing,
};
