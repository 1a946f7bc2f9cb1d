import { type KubeObject, refOf } from '../kube/object.ts';
import { asRecord, asRecords, asText, getPath, getText, pointer } from '../kube/read.ts';
import { edgeId, networkId, workloadId } from '../model/ids.ts';
import type { Alias, Edge, Interface, Requested } from '../model/topology.ts';
import { canonicalIp } from '../net/ip.ts';
import { canonicalMac } from '../net/mac.ts';
import { createdAt, toConditions } from './kubernetes.ts';
import { type Claims, nothing, type ObservationClaim, type Provider, type RequestClaim } from './provider.ts';

const podNetworkAlias = (name: string): Alias => ({ scheme: 'podnetwork', value: name });

/** A PodNetworkAttachment is another name of its network, within a namespace. */
const podNetworkAttachmentAlias = (namespace: string, name: string): Alias => ({
  scheme: 'podnetworkattachment',
  value: `${namespace}/${name}`,
});

const experimental = 'multinetwork.networking.k8s.io';
const proposal = 'multinetwork.networking.x-k8s.io';

/** Three different things are called PodNetwork: told apart by group, then by keys of the spec (multi-network-apis, sections 2 and 3). */
function shapeOf(object: KubeObject): string {
  if (object.apiVersion.startsWith(`${experimental}/`)) return 'PodNetwork (proof of concept)';
  if (object.apiVersion.startsWith(`${proposal}/`)) return 'PodNetwork (2026 proposal)';
  return 'PodNetwork (KEP-3698)';
}

/** What implements the network: `parametersRefs` (KEP), `networkref` (2026 proposal). `kind` may hold a plural resource name. */
function parameterEdges(object: KubeObject, from: string): Edge[] {
  const refs = asRecords(getPath(object, 'spec', 'parametersRefs'));
  const single = asRecord(getPath(object, 'spec', 'networkref'));
  return [...refs, ...(single ? [single] : [])].slice(0, 32).flatMap((ref) => {
    const kind = asText(ref['kind']);
    const name = asText(ref['name']);
    if (!kind || !name) return [];
    const namespace = asText(ref['namespace']);
    const isNad = kind === 'NetworkAttachmentDefinition' || kind === 'network-attachment-definitions';
    const to = isNad
      ? `nad:${namespace ?? 'default'}/${name}`
      : `object:${kind}/${namespace ? `${namespace}/` : ''}${name}`;
    return [{ id: edgeId('implements', to, from), kind: 'implements', from: to, to: from }];
  });
}

function networkClaims(object: KubeObject): Claims {
  const alias = podNetworkAlias(object.metadata.name);
  const provider = getText(object, 'spec', 'provider');
  const isDefault = object.metadata.name === 'default';
  return {
    networks: [
      {
        aliases: [alias],
        ref: refOf(object),
        name: object.metadata.name,
        technology: provider ?? shapeOf(object),
        role: isDefault ? 'cluster-default' : 'secondary',
        subnets: [],
        gateways: [],
        uplinks: [],
        conditions: toConditions(getPath(object, 'status', 'conditions')),
        issues: [],
        createdAt: createdAt(object),
        ...(provider ? { implementation: provider } : {}),
      },
    ],
    edges: parameterEdges(object, networkId(alias)),
  };
}

function attachmentClaims(object: KubeObject): Claims {
  const network = getText(object, 'spec', 'podNetworkName');
  if (!network) return nothing;
  return {
    networks: [
      {
        aliases: [
          podNetworkAlias(network),
          podNetworkAttachmentAlias(object.metadata.namespace ?? 'default', object.metadata.name),
        ],
        ref: refOf(object),
        name: network,
        technology: 'unknown',
        role: 'secondary',
        subnets: [],
        gateways: [],
        uplinks: [],
        conditions: toConditions(getPath(object, 'status', 'conditions')),
        issues: [],
        createdAt: createdAt(object),
      },
    ],
  };
}

/** `podNetworkName` in the type, `podNetwork` in the KEP's own sample, `podNetworkAttachmentName` for the indirect form. */
function nameOf(item: Record<string, unknown>, namespace: string): { alias: Alias; name: string } | undefined {
  const name = asText(item['podNetworkName']) ?? asText(item['podNetwork']) ?? asText(item['name']);
  if (name) return { alias: podNetworkAlias(name), name };
  const attachment = asText(item['podNetworkAttachmentName']);
  return attachment ? { alias: podNetworkAttachmentAlias(namespace, attachment), name: attachment } : undefined;
}

function requestsOf(pod: KubeObject, workload: string, namespace: string): RequestClaim[] {
  return asRecords(getPath(pod, 'spec', 'networks'))
    .slice(0, 1000)
    .flatMap((item, index): RequestClaim[] => {
      const named = nameOf(item, namespace);
      // The network `default` always exists and is what every pod gets: it is slot 0 already.
      if (named?.alias.scheme === 'podnetwork' && named.name === 'default') return [];
      const wanted = asText(item['interfaceName']);
      const requested: Requested = {
        network: named?.name ?? '',
        source: {
          ref: refOf(pod),
          path: pointer('spec', 'networks', index),
          value: JSON.stringify(item).slice(0, 400),
        },
      };
      if (wanted) requested.interface = wanted;
      return [
        {
          workload,
          index,
          alias: named?.alias ?? null,
          requested,
          interface: wanted ?? null,
          issues: [],
          guess: false,
        },
      ];
    });
}

/** Addresses by (podNetwork, interfaceName); a draft's `status.networks` says the same in one item per interface. */
function observationsOf(pod: KubeObject, workload: string, namespace: string): ObservationClaim[] {
  const found = new Map<string, ObservationClaim>();
  const add = (item: Record<string, unknown>, ips: string[], path: string) => {
    const named = nameOf(item, namespace);
    if (!named || named.name === 'default') return;
    const name = asText(item['interfaceName']);
    const key = `${named.name} ${name ?? ''}`;
    const seen: Interface = found.get(key)?.interface ?? { addresses: [] };
    for (const ip of ips) seen.addresses.push({ ip: canonicalIp(ip) ?? ip });
    const mac = asText(item['mac']);
    if (name) seen.name = name;
    if (mac) seen.mac = canonicalMac(mac) ?? mac;
    const source = { ref: refOf(pod), path, value: JSON.stringify(item).slice(0, 400) };
    found.set(
      key,
      found.get(key) ?? {
        workload,
        alias: named.alias,
        name: named.name,
        interface: seen,
        rank: 60,
        isDefault: false,
        source,
        weight: 'status',
      },
    );
  };
  asRecords(getPath(pod, 'status', 'podIPs'))
    .slice(0, 1000)
    .forEach((item, index) => {
      const ip = asText(item['ip']);
      if (asText(item['podNetwork']) && ip) add(item, [ip], pointer('status', 'podIPs', index));
    });
  asRecords(getPath(pod, 'status', 'networks'))
    .slice(0, 1000)
    .forEach((item, index) => {
      const ips = Array.isArray(item['ips']) ? item['ips'].filter((ip): ip is string => typeof ip === 'string') : [];
      add(item, ips, pointer('status', 'networks', index));
    });
  return [...found.values()];
}

function podClaims(pod: KubeObject): Claims {
  const namespace = pod.metadata.namespace ?? 'default';
  const workload = workloadId('Pod', namespace, pod.metadata.name);
  const requests = requestsOf(pod, workload, namespace);
  const observations = observationsOf(pod, workload, namespace);
  return { ...(requests.length > 0 ? { requests } : {}), ...(observations.length > 0 ? { observations } : {}) };
}

const isPodNetworkGroup = (object: KubeObject): boolean =>
  object.apiVersion === 'v1' ||
  object.apiVersion.startsWith(`${experimental}/`) ||
  object.apiVersion.startsWith(`${proposal}/`);

/** Native multi-networking: the seed shape and KEP-3698 in core/v1, and the look-alikes that came after it. */
export const podNetwork: Provider = {
  id: 'pod-network',
  title: 'PodNetwork (native multi-networking)',
  kinds: [
    {
      group: '',
      versions: ['v1'],
      resource: 'podnetworks',
      kind: 'PodNetwork',
      namespaced: false,
      optional: true,
      why: 'native pod networks',
    },
    {
      group: '',
      versions: ['v1'],
      resource: 'podnetworkattachments',
      kind: 'PodNetworkAttachment',
      namespaced: true,
      optional: true,
      why: 'native pod networks',
    },
    {
      group: experimental,
      versions: ['v1alpha1'],
      resource: 'podnetworks',
      kind: 'PodNetwork',
      namespaced: false,
      optional: true,
      why: 'native pod networks',
    },
    {
      group: proposal,
      versions: ['v1alpha1'],
      resource: 'podnetworks',
      kind: 'PodNetwork',
      namespaced: false,
      optional: true,
      why: 'native pod networks',
    },
  ],
  reads: [{ group: '', kind: 'Pod' }],
  claims: (object) => {
    if (object.kind === 'Pod') return podClaims(object);
    if (object.kind === 'PodNetwork' && isPodNetworkGroup(object)) return networkClaims(object);
    if (object.kind === 'PodNetworkAttachment') return attachmentClaims(object);
    return nothing;
  },
};
