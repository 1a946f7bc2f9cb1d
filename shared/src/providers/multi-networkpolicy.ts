import { type KubeObject, refOf } from '../kube/object.ts';
import {
  asArray,
  asNumber,
  asRecord,
  asRecords,
  asStringMap,
  asStrings,
  asText,
  getPath,
  getText,
  pointer,
  truncate,
} from '../kube/read.ts';
import { edgeId, policyId } from '../model/ids.ts';
import type { PolicyClaim, PolicyPeer, PolicyPort, Requirement, Selector } from './policy-claims.ts';
import { enforcerClaims } from './policy-enforcer.ts';
import { type Claims, nothing, type Provider } from './provider.ts';

const group = 'k8s.cni.cncf.io';
export const POLICY_FOR_KEY = 'k8s.v1.cni.cncf.io/policy-for';

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;
const limit = 1000;

/** A label selector as the API has it; what cannot be read of it is left out. */
export function toSelector(value: unknown): Selector {
  const expressions = asRecords(getPath(value, 'matchExpressions'))
    .slice(0, 100)
    .flatMap((item): Requirement[] => {
      const key = asText(item['key']);
      const operator = operators.find((one) => one === item['operator']);
      return key && operator ? [{ key, operator, values: asStrings(item['values']).slice(0, 200) }] : [];
    });
  return { labels: [...asStringMap(getPath(value, 'matchLabels'))].slice(0, limit), expressions };
}

export const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;

/** Comma list of `[ns/]name`; a name alone is looked up in the policy's namespace. Blanks do not count. */
const toNetworks = (text: string, namespace: string): string[] =>
  text
    .replace(/\s/g, '')
    .split(',')
    .filter((item) => item !== '')
    .slice(0, limit)
    .map((item) => (item.includes('/') ? item : `${namespace}/${item}`));

/** As for NetworkPolicy: without policyTypes it is Ingress, and Egress when there are egress rules. */
function toTypes(spec: unknown): PolicyClaim['types'] {
  const given = asStrings(getPath(spec, 'policyTypes'));
  if (given.length > 0) return (['Ingress', 'Egress'] as const).filter((type) => given.includes(type));
  return asRecords(getPath(spec, 'egress')).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

function toPeers(spec: unknown, direction: 'ingress' | 'egress', list: 'from' | 'to'): PolicyPeer[] {
  return (asArray(getPath(spec, direction)) ?? []).slice(0, limit).flatMap((rule, at) =>
    (asArray(getPath(rule, list)) ?? []).slice(0, limit).map((peer, index): PolicyPeer => {
      const path = pointer('spec', direction, at, list, index);
      const block = asRecord(getPath(peer, 'ipBlock'));
      if (block) {
        const cidr = asText(block['cidr']);
        return { kind: 'ipBlock', path, except: asStrings(block['except']), ...(cidr ? { cidr } : {}) };
      }
      const pods = asRecord(getPath(peer, 'podSelector')) ?? asRecord(getPath(peer, 'namespaceSelector'));
      return { kind: pods ? 'pods' : 'empty', path, except: [] };
    }),
  );
}

function toPorts(spec: unknown, direction: 'ingress' | 'egress'): PolicyPort[] {
  return (asArray(getPath(spec, direction)) ?? []).slice(0, limit).flatMap((rule, at) =>
    (asArray(getPath(rule, 'ports')) ?? []).slice(0, limit).flatMap((item, index): PolicyPort[] => {
      const written = getPath(item, 'port');
      const port = asNumber(written) ?? asText(written);
      const endPort = asNumber(getPath(item, 'endPort'));
      // Nearly all are plain ports, of which there is nothing to say.
      if (endPort === undefined && (typeof port !== 'number' || isPort(port))) return [];
      const path = pointer('spec', direction, at, 'ports', index);
      return [
        {
          path,
          ...(port === undefined ? {} : { port: typeof port === 'string' ? truncate(port, 63) : port }),
          ...(endPort === undefined ? {} : { endPort }),
        },
      ];
    }),
  );
}

function policyClaims(object: KubeObject): Claims {
  const { name, namespace = 'default' } = object.metadata;
  const spec = object['spec'];
  const policyFor = asStringMap(object.metadata.annotations).get(POLICY_FOR_KEY);
  const id = policyId(namespace, name);
  const networks = policyFor === undefined ? [] : toNetworks(truncate(policyFor, 20_000), namespace);
  const count = (direction: string) => asArray(getPath(spec, direction))?.length ?? 0;
  const policy: PolicyClaim = {
    id,
    ref: refOf(object),
    namespace,
    name,
    networks,
    selector: toSelector(getPath(spec, 'podSelector')),
    types: toTypes(spec),
    rules: { Ingress: count('ingress'), Egress: count('egress') },
    peers: [...toPeers(spec, 'ingress', 'from'), ...toPeers(spec, 'egress', 'to')].slice(0, limit),
    ports: [...toPorts(spec, 'ingress'), ...toPorts(spec, 'egress')].slice(0, limit),
    ...(policyFor === undefined ? {} : { policyFor: truncate(policyFor, 400) }),
  };
  return {
    policies: [policy],
    ...(networks.length > 0
      ? {
          edges: [...new Set(networks)].map((network) => ({
            id: edgeId('policy', id, `nad:${network}`),
            kind: 'policy' as const,
            from: id,
            to: `nad:${network}`,
          })),
        }
      : {}),
  };
}

/** Firewall rules for secondary interfaces; an agent on every node enforces them (k8snetworkplumbingwg/multi-networkpolicy). */
export const multiNetworkPolicy: Provider = {
  id: 'multi-networkpolicy',
  title: 'MultiNetworkPolicy',
  kinds: [
    {
      group,
      versions: ['v1beta2', 'v1beta1'],
      resource: 'multi-networkpolicies',
      kind: 'MultiNetworkPolicy',
      namespaced: true,
      optional: true,
      why: 'policies for secondary interfaces',
    },
    {
      group: 'apps',
      versions: ['v1'],
      resource: 'daemonsets',
      kind: 'DaemonSet',
      namespaced: true,
      optional: true,
      why: 'annotations that stand on the owner instead of its pods; agents that enforce policies',
    },
  ],
  claims: (object) => {
    if (object.kind === 'MultiNetworkPolicy' && object.apiVersion.startsWith(`${group}/`)) return policyClaims(object);
    if (object.kind === 'DaemonSet' && getText(object, 'metadata', 'name')) return enforcerClaims(object);
    return nothing;
  },
};
