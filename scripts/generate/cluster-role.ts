import type { WatchedKind } from '../../shared/src/kube/watched-kind.ts';

const VERBS = ['get', 'list', 'watch'];

/** Only that one exists, and its name: an optional API that is installed later is noticed at once. */
const DEFINITIONS: WatchedKind = {
  group: 'apiextensions.k8s.io',
  versions: ['v1'],
  resource: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
  optional: true,
  why: 'optional APIs that are installed later',
};

/**
 * Exactly what is read, one rule a kind, with the reason beside it. A kind of which only some objects are read is granted by name:
 * list and watch by resourceNames hold for requests with `fieldSelector=metadata.name=`, which is how they are asked for.
 */
export function clusterRole(kinds: readonly WatchedKind[]): string {
  const all = [...kinds, DEFINITIONS];
  const refused = all.find(({ group, resource }) => group === '' && resource === 'secrets');
  if (refused) throw new Error('Secrets are never read');
  return [
    '# Made by npm run generate from the registry of providers: change that.',
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: ClusterRole',
    'metadata:',
    '  name: busbar',
    '  labels:',
    '    app.kubernetes.io/name: busbar',
    'rules:',
    ...all.flatMap(ruleOf),
    '',
  ].join('\n');
}

const ruleOf = ({ group, resource, names, why }: WatchedKind): string[] => [
  `  # ${why}`,
  `  - apiGroups: [${JSON.stringify(group)}]`,
  `    resources: [${resource}]`,
  ...(names ? [`    resourceNames: [${names.join(', ')}]`] : []),
  `    verbs: [${VERBS.join(', ')}]`,
];
