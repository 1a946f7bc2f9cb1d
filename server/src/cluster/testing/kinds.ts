import type { WatchedKind } from '@busbar/shared/kube/watched-kind';

const kind = (group: string, resource: string, name: string, extra: Partial<WatchedKind> = {}): WatchedKind => ({
  group,
  versions: ['v1'],
  resource,
  kind: name,
  namespaced: true,
  optional: group !== '',
  why: 'needed by a test',
  ...extra,
});

/** The kinds that the tests of the sources read. */
export const pods = kind('', 'pods', 'Pod');
export const nodes = kind('', 'nodes', 'Node', { namespaced: false });
export const events = kind('', 'events', 'Event');
export const configMaps = kind('', 'configmaps', 'ConfigMap', { names: ['multus-cni-config'] });
export const nads = kind('k8s.cni.cncf.io', 'network-attachment-definitions', 'NetworkAttachmentDefinition');
export const podNetworks = kind('networking.x-k8s.io', 'podnetworks', 'PodNetwork', {
  namespaced: false,
  versions: ['v1', 'v1alpha1'],
});
export const testKinds: readonly WatchedKind[] = [pods, nodes, events, configMaps, nads];
