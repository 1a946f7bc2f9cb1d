import type { Ref } from '@busbar/shared/kube/object';
import type { Workload } from '@busbar/shared/model/topology';

/** Names come from strangers: what a shell would not take as one plain word is quoted. */
const word = (text: string): string => (/^[\w./=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

const inNamespace = (namespace: string | undefined): string => (namespace ? ` -n ${word(namespace)}` : '');

export const commandsOfWorkload = ({ kind, namespace, name }: Pick<Workload, 'kind' | 'namespace' | 'name'>) => {
  const thing = kind === 'Pod' ? 'pod' : 'virtualmachineinstance';
  return [
    `kubectl${inNamespace(namespace)} describe ${thing} ${word(name)}`,
    `kubectl${inNamespace(namespace)} get ${thing} ${word(name)} -o yaml`,
  ];
};

export const commandsOfNode = (name: string): string[] => [
  `kubectl describe node ${word(name)}`,
  `kubectl get pods -A -o wide --field-selector ${word(`spec.nodeName=${name}`)}`,
];

/** kubectl takes a kind in small letters for the name of its resource; the group tells kinds of one name apart. */
export const commandOfObject = ({ group, kind, namespace, name }: Ref): string =>
  `kubectl${inNamespace(namespace)} get ${word([kind.toLowerCase(), group].filter(Boolean).join('.'))} ${word(name)} -o yaml`;
