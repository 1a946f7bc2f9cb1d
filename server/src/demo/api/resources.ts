import { COLUMNS } from './columns.ts';
import type { ResourceType } from './types.ts';
import { resourceKey } from './types.ts';

type Row = [kind: string, plural: string, shortNames: string, flags: string, singular?: string];

/** flags: n namespaced, s status subresource, a category all. */
const rows = (group: string, version: string, table: Row[]): ResourceType[] =>
  table.map(([kind, plural, shortNames, flags, singular]) => {
    const columns = COLUMNS[resourceKey({ group, plural })];
    return {
      group,
      version,
      kind,
      plural,
      singular: singular ?? kind.toLowerCase(),
      shortNames: shortNames === '' ? [] : shortNames.split(','),
      categories: flags.includes('a') ? ['all'] : [],
      namespaced: flags.includes('n'),
      status: flags.includes('s'),
      builtin: true,
      ...(columns === undefined ? {} : { columns }),
    };
  });

export const CRD_KEY = 'customresourcedefinitions.apiextensions.k8s.io';

/** The kinds the demo API server compiles in. PodNetwork and its attachment stand in core v1, where KEP-3698 would have put them. */
export const BUILTIN: ResourceType[] = [
  ...rows('', 'v1', [
    ['Pod', 'pods', 'po', 'nsa'],
    ['Node', 'nodes', 'no', 's'],
    ['Namespace', 'namespaces', 'ns', 's'],
    ['Event', 'events', 'ev', 'n'],
    ['Service', 'services', 'svc', 'nsa'],
    ['Endpoints', 'endpoints', 'ep', 'n', 'endpoints'],
    ['ConfigMap', 'configmaps', 'cm', 'n'],
    ['ServiceAccount', 'serviceaccounts', 'sa', 'n'],
    ['Secret', 'secrets', '', 'n'],
    ['ReplicationController', 'replicationcontrollers', 'rc', 'nsa'],
    ['PersistentVolumeClaim', 'persistentvolumeclaims', 'pvc', 'ns'],
    ['PodNetwork', 'podnetworks', 'pnw', 's'],
    ['PodNetworkAttachment', 'podnetworkattachments', '', 'ns'],
  ]),
  ...rows('apps', 'v1', [
    ['Deployment', 'deployments', 'deploy', 'nsa'],
    ['ReplicaSet', 'replicasets', 'rs', 'nsa'],
    ['StatefulSet', 'statefulsets', 'sts', 'nsa'],
    ['DaemonSet', 'daemonsets', 'ds', 'nsa'],
  ]),
  ...rows('batch', 'v1', [['Job', 'jobs', '', 'nsa']]),
  ...rows('coordination.k8s.io', 'v1', [['Lease', 'leases', '', 'n']]),
  ...rows('rbac.authorization.k8s.io', 'v1', [
    ['Role', 'roles', '', 'n'],
    ['RoleBinding', 'rolebindings', '', 'n'],
    ['ClusterRole', 'clusterroles', '', ''],
    ['ClusterRoleBinding', 'clusterrolebindings', '', ''],
  ]),
  ...rows('apiextensions.k8s.io', 'v1', [['CustomResourceDefinition', 'customresourcedefinitions', 'crd,crds', 's']]),
];
