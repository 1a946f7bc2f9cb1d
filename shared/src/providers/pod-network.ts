import { groupOf, type KubeObject, refOf } from '../kube/object.ts';
import {
  asRecord,
  asRecords,
  asStrings,
  asText,
  getPath,
  getText,
  type JsonRecord,
  pointer,
  truncate,
} from '../kube/read.ts';
import type { WatchedKind } from '../kube/watched-kind.ts';
import { aliasKey, edgeId, networkId } from '../model/ids.ts';
import type { Alias, Condition, Edge } from '../model/topology.ts';
import { defaultNetworkAlias } from './default-network.ts';
import { createdAt, toConditions } from './kubernetes.ts';
import {
  aliasOfObject,
  azureGroup,
  pocGroup,
  podNetworkAlias,
  podNetworkAttachmentAlias,
  proposalGroup,
} from './pod-network-names.ts';
import { podNetworkPodClaims } from './pod-network-pod.ts';
import { type Claims, type NetworkClaim, nothing, type Provider } from './provider.ts';

const groups = new Set(['', pocGroup, proposalGroup, azureGroup]);

/** Which of the things that are called PodNetwork an object is: its group tells, and the keys of its spec within one. */
function shapeOf(object: KubeObject): string {
  const group = groupOf(object.apiVersion);
  const spec = asRecord(object['spec']) ?? {};
  if (group === azureGroup) return 'azure';
  if (asRecord(spec['networkref']) ?? asRecord(spec['networkRef'])) return 'podnetwork-2026';
  if (asRecord(spec['parameters'])) return 'podnetwork-poc';
  if (Array.isArray(spec['parametersRefs'])) return 'podnetwork-kep-3698';
  if (group === proposalGroup) return 'podnetwork-2026';
  if (group === pocGroup) return 'podnetwork-poc';
  // The first draft has a provider and nothing else.
  return 'enabled' in spec || object['status'] !== undefined ? 'podnetwork-kep-3698' : 'podnetwork-seed';
}

type Target = { group: string; kind: string; namespace: string; name: string };

/** `group` in the KEP, `apigroup` in the proposal; `kind` may hold the plural name of a resource. */
function toTarget(ref: JsonRecord): Target | undefined {
  const kind = asText(ref['kind']);
  const name = asText(ref['name']);
  if (!kind || !name) return undefined;
  const group = asText(ref['group']) ?? asText(ref['apigroup']) ?? asText(ref['apiGroup']) ?? '';
  return { group, kind, name, namespace: asText(ref['namespace']) ?? 'default' };
}

const objectKeyOf = ({ group, kind, namespace, name }: Target): string =>
  truncate(`object:${group}/${kind}/${namespace}/${name}`, 700);

const toEdge = (from: string, to: string): Edge => ({
  id: edgeId('implements', from, to),
  kind: 'implements',
  from,
  to,
});

/** What stands behind the network. The object of the proposal is the network itself, parameters of the KEP only help to make it. */
function behind(object: KubeObject, alias: Alias): { aliases: Alias[]; edges: Edge[] } {
  const single = asRecord(getPath(object, 'spec', 'networkref')) ?? asRecord(getPath(object, 'spec', 'networkRef'));
  const own = single && toTarget(single);
  const itself = own && aliasOfObject(own.group, own.kind, own.namespace, own.name);
  const refs = asRecords(getPath(object, 'spec', 'parametersRefs'))
    .slice(0, 32)
    .flatMap((ref) => toTarget(ref) ?? []);
  const others = own && !itself ? [own, ...refs] : refs;
  const edges = others.map((target) => {
    const known = aliasOfObject(target.group, target.kind, target.namespace, target.name);
    return toEdge(known ? aliasKey(known) : objectKeyOf(target), networkId(alias));
  });
  return { aliases: itself ? [itself] : [], edges };
}

/** Azure's is a subnet of a virtual network, with a word of status in place of conditions. */
function azureParts(object: KubeObject): Partial<NetworkClaim> {
  const status = getText(object, 'status', 'status');
  const ready = status === 'Ready' || status === 'InUse';
  const condition: Condition | undefined = status
    ? { type: 'Ready', status: ready ? 'True' : 'False', reason: truncate(status, 200) }
    : undefined;
  const place = getText(object, 'spec', 'subnetResourceID') ?? getText(object, 'spec', 'networkID');
  return {
    technology: truncate(getText(object, 'spec', 'deviceType') ?? azureGroup, 253),
    subnets: asStrings(getPath(object, 'status', 'addressPrefixes')).slice(0, 64),
    uplinks: place ? [{ physicalNetwork: truncate(place, 400) }] : [],
    conditions: condition ? [condition] : [],
  };
}

function networkClaims(object: KubeObject): Claims {
  const group = groupOf(object.apiVersion);
  const { name } = object.metadata;
  const alias = podNetworkAlias(name, group);
  const isDefault = name === 'default' && group === '';
  const provider = getText(object, 'spec', 'provider');
  const { aliases, edges } = behind(object, alias);
  const disabled = getPath(object, 'spec', 'enabled') === false;
  const network: NetworkClaim = {
    rank: isDefault ? -1 : 20,
    // The network `default` always exists, and is what every pod gets.
    aliases: [alias, ...(isDefault ? [defaultNetworkAlias] : aliases)],
    ref: refOf(object),
    name: isDefault ? 'pod network' : name,
    technology: truncate(provider ?? shapeOf(object), 253),
    role: isDefault ? 'cluster-default' : 'secondary',
    subnets: [],
    gateways: [],
    uplinks: [],
    conditions: toConditions(getPath(object, 'status', 'conditions')),
    issues: disabled
      ? [
          {
            slug: 'podnetwork-disabled',
            severity: 'warning',
            message: 'spec.enabled is false: no new pod is attached, those that run keep what they have.',
            path: '/spec/enabled',
          },
        ]
      : [],
    createdAt: createdAt(object),
    implementation: truncate(provider ? `${provider} (${shapeOf(object)})` : shapeOf(object), 300),
    ...(group === azureGroup ? azureParts(object) : {}),
  };
  return { networks: [network], ...(edges.length > 0 ? { edges } : {}) };
}

/** Conditions of an attachment are no conditions of its network: each says whose it is. */
const attachmentConditions = (object: KubeObject): Condition[] =>
  toConditions(getPath(object, 'status', 'conditions')).map((condition) => ({
    ...condition,
    type: `${condition.type} of PodNetworkAttachment ${object.metadata.namespace ?? 'default'}/${object.metadata.name}`,
  }));

function attachmentClaims(object: KubeObject): Claims {
  const name = getText(object, 'spec', 'podNetworkName') ?? getText(object, 'spec', 'podNetwork');
  if (!name) return nothing;
  const alias = name === 'default' ? defaultNetworkAlias : podNetworkAlias(name);
  const { namespace = 'default' } = object.metadata;
  return {
    networks: [
      {
        rank: -2,
        aliases: [alias, podNetworkAttachmentAlias(namespace, object.metadata.name)],
        ref: refOf(object),
        name: alias === defaultNetworkAlias ? 'pod network' : truncate(name, 253),
        technology: 'unknown',
        role: alias === defaultNetworkAlias ? 'cluster-default' : 'secondary',
        subnets: [],
        gateways: [],
        uplinks: [],
        conditions: attachmentConditions(object),
        issues: [],
        createdAt: createdAt(object),
      },
    ],
  };
}

/** Every object of the kind that it names is a network. */
function kindClaims(object: KubeObject): Claims {
  const type = getPath(object, 'spec', 'implementationType');
  const group = getText(type, 'group') ?? '';
  const kind = getText(type, 'kind');
  if (!kind) return nothing;
  return {
    networkKinds: [
      {
        ref: refOf(object),
        name: object.metadata.name,
        of: { group: truncate(group, 253), kind: truncate(kind, 253) },
        conditions: toConditions(getPath(object, 'status', 'conditions')),
        path: pointer('spec', 'implementationType'),
      },
    ],
  };
}

const kindOf = (
  group: string,
  kind: string,
  resource: string,
  namespaced: boolean,
  version = 'v1alpha1',
): WatchedKind => ({
  group,
  versions: [version],
  resource,
  kind,
  namespaced,
  optional: true,
  why: 'native pod networks',
});

/** Native multi-networking: the seed shape and KEP-3698 in core/v1, and what came after them under the same name. */
export const podNetwork: Provider = {
  id: 'pod-network',
  title: 'PodNetwork (native multi-networking)',
  kinds: [
    kindOf('', 'PodNetwork', 'podnetworks', false, 'v1'),
    kindOf('', 'PodNetworkAttachment', 'podnetworkattachments', true, 'v1'),
    kindOf(pocGroup, 'PodNetwork', 'podnetworks', false),
    kindOf(proposalGroup, 'PodNetwork', 'podnetworks', false),
    kindOf(proposalGroup, 'NetworkKind', 'networkkinds', false),
    kindOf(proposalGroup, 'PodNetworkKind', 'podnetworkkinds', false),
    kindOf(azureGroup, 'PodNetwork', 'podnetworks', false),
  ],
  reads: [{ group: '', kind: 'Pod' }],
  claims: (object) => {
    const group = groupOf(object.apiVersion);
    switch (object.kind) {
      case 'Pod':
        return podNetworkPodClaims(object);
      case 'PodNetwork':
        return groups.has(group) ? networkClaims(object) : nothing;
      case 'PodNetworkAttachment':
        return group === '' ? attachmentClaims(object) : nothing;
      case 'NetworkKind':
      case 'PodNetworkKind':
        return group === proposalGroup ? kindClaims(object) : nothing;
      default:
        return nothing;
    }
  },
};
