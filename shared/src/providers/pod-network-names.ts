import { truncate } from '../kube/read.ts';
import type { Alias } from '../model/topology.ts';

/**
 * Four different things are called PodNetwork (multi-network-apis, sections 2, 3 and 10.12). Each has its own group, and names of one
 * are no names of another.
 */
export const pocGroup = 'multinetwork.networking.k8s.io';
export const proposalGroup = 'multinetwork.networking.x-k8s.io';
export const azureGroup = 'acn.azure.com';

/** A PodNetwork of a group: that of core (KEP-3698) has its bare name. */
export const podNetworkAlias = (name: string, group = ''): Alias => ({
  scheme: 'podnetwork',
  value: truncate(group ? `${group}/${name}` : name, 400),
});

/** What a bare name may mean where nothing tells the group: those of the successors, the newest first. */
export const lookAlikes = (name: string): Alias[] =>
  [proposalGroup, pocGroup, azureGroup].map((group) => podNetworkAlias(name, group));

/** What a device of DRA may call a network that an object here defines: the name without its group. */
export function bareName({ scheme, value }: Alias): Alias | undefined {
  if (scheme === 'udn' || scheme === 'nad') return { scheme: 'podnetwork', value };
  const group =
    scheme === 'podnetwork' ? [proposalGroup, pocGroup].find((one) => value.startsWith(`${one}/`)) : undefined;
  return group ? { scheme, value: value.slice(group.length + 1) } : undefined;
}

/** A PodNetworkAttachment is another name of its network, within a namespace. */
export const podNetworkAttachmentAlias = (namespace: string, name: string): Alias => ({
  scheme: 'podnetworkattachment',
  value: truncate(`${namespace}/${name}`, 400),
});

const known: Readonly<Record<string, (namespace: string, name: string) => Alias>> = {
  'k8s.cni.cncf.io/networkattachmentdefinition': (namespace, name) => ({
    scheme: 'nad',
    value: `${namespace}/${name}`,
  }),
  'k8s.ovn.org/userdefinednetwork': (namespace, name) => ({ scheme: 'udn', value: `${namespace}/${name}` }),
  'k8s.ovn.org/clusteruserdefinednetwork': (_, name) => ({ scheme: 'udn', value: name }),
  'networking.gke.io/network': (_, name) => ({ scheme: 'gke-network', value: name }),
  'networking.gke.io/gkenetworkparamset': (_, name) => ({ scheme: 'gke-params', value: name }),
  [`${pocGroup}/podnetwork`]: (_, name) => podNetworkAlias(name, pocGroup),
};

/** `kind` may hold the plural name of the resource, in any case. */
function knownKind(group: string, kind: string): ((namespace: string, name: string) => Alias) | undefined {
  const lower = kind.toLowerCase().replaceAll('-', '');
  for (const text of [lower, lower.replace(/s$/, '')]) {
    const key = `${group}/${text}`;
    if (Object.hasOwn(known, key)) return known[key];
  }
  return undefined;
}

/** The network that an object of another API is, where that API is known here. */
export const aliasOfObject = (group: string, kind: string, namespace: string, name: string): Alias | undefined =>
  knownKind(group, kind)?.(namespace, truncate(name, 253));
