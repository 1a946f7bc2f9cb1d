import { REVIEWS } from './access.ts';
import type { Registry } from './registry.ts';
import { isScalable } from './scale.ts';
import type { Json, JsonObject, ResourceType } from './types.ts';
import { apiVersionOf } from './types.ts';

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const STATUS_VERBS = ['get', 'patch', 'update'];

const reviewsOf = (group: string, version: string): string[] => (version === 'v1' ? [...(REVIEWS[group] ?? [])] : []);
export const reviewPlural = (kind: string): string => `${kind.toLowerCase()}s`;

const groupsOf = (registry: Registry): { group: string; versions: string[] }[] => [
  ...registry.groups().filter((item) => item.group !== ''),
  ...Object.keys(REVIEWS).map((group) => ({ group, versions: ['v1'] })),
];

/** GET /apis */
export const apiGroupList = (registry: Registry): JsonObject => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groupsOf(registry)
    .map((item) => apiGroup(registry, item.group))
    .filter((item) => item !== null),
});

/** GET /apis/<group> */
export const apiGroup = (registry: Registry, group: string): JsonObject | null => {
  const found = groupsOf(registry).find((item) => item.group === group);
  if (found === undefined) return null;
  const versions = found.versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { kind: 'APIGroup', apiVersion: 'v1', name: group, versions, preferredVersion: versions[0] ?? null };
};

/** GET /api */
export const apiVersions = (address: string): JsonObject => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
});

const entry = (type: ResourceType): JsonObject => ({
  name: type.plural,
  singularName: type.singular,
  namespaced: type.namespaced,
  kind: type.kind,
  verbs: VERBS,
  ...(type.shortNames.length === 0 ? {} : { shortNames: type.shortNames }),
  ...(type.categories.length === 0 ? {} : { categories: type.categories }),
});

const served = (registry: Registry, group: string, version: string): ResourceType[] =>
  registry.all().filter((type) => type.group === group && type.version === version);

/** GET /api/v1 and /apis/<group>/<version> */
export const resourceList = (registry: Registry, group: string, version: string): JsonObject | null => {
  const resources: Json[] = [];
  for (const type of served(registry, group, version)) {
    resources.push(entry(type));
    if (type.status)
      resources.push({
        name: `${type.plural}/status`,
        singularName: '',
        namespaced: type.namespaced,
        kind: type.kind,
        verbs: STATUS_VERBS,
      });
  }
  for (const type of served(registry, group, version).filter(isScalable)) {
    resources.push({
      name: `${type.plural}/scale`,
      singularName: '',
      namespaced: true,
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      verbs: STATUS_VERBS,
    });
  }
  for (const kind of reviewsOf(group, version)) {
    resources.push({
      name: reviewPlural(kind),
      singularName: kind.toLowerCase(),
      namespaced: kind === 'LocalSubjectAccessReview',
      kind,
      verbs: ['create'],
    });
  }
  if (resources.length === 0) return null;
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersionOf({ group, version }), resources };
};

const aggregatedResource = (type: ResourceType): JsonObject => ({
  resource: type.plural,
  responseKind: { group: type.group, version: type.version, kind: type.kind },
  scope: type.namespaced ? 'Namespaced' : 'Cluster',
  singularResource: type.singular,
  verbs: VERBS,
  ...(type.shortNames.length === 0 ? {} : { shortNames: type.shortNames }),
  ...(type.categories.length === 0 ? {} : { categories: type.categories }),
  ...(type.status
    ? {
        subresources: [
          {
            subresource: 'status',
            responseKind: { group: type.group, version: type.version, kind: type.kind },
            verbs: STATUS_VERBS,
          },
        ],
      }
    : {}),
});

const aggregatedReview = (group: string, kind: string): JsonObject => ({
  resource: reviewPlural(kind),
  responseKind: { group, version: 'v1', kind },
  scope: kind === 'LocalSubjectAccessReview' ? 'Namespaced' : 'Cluster',
  singularResource: kind.toLowerCase(),
  verbs: ['create'],
});

/** Aggregated discovery (apidiscovery.k8s.io) of /api (`core`) or /apis. */
export const aggregated = (registry: Registry, core: boolean, version: string): JsonObject => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: `apidiscovery.k8s.io/${version}`,
  metadata: {},
  items: (core ? [{ group: '', versions: ['v1'] }] : groupsOf(registry)).map(({ group, versions }) => ({
    metadata: { name: group, creationTimestamp: null },
    versions: versions.map((item) => ({
      version: item,
      freshness: 'Current',
      resources: [
        ...served(registry, group, item).map(aggregatedResource),
        ...reviewsOf(group, item).map((kind) => aggregatedReview(group, kind)),
      ],
    })),
  })),
});
