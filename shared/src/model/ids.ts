import { byText } from '../kube/memo.ts';
import type { Ref } from '../kube/object.ts';
import type { Alias, WorkloadKind } from './topology.ts';

/**
 * The only file where an id is built. Ids are readable, stable across restarts, and safe in a URL once encoded. Those that there are most
 * of are joined, which makes one text of them: a template makes two, of which the second is kept as long as the first.
 */

/** The pod that was asked for last: all who claim something of it are asked in turn, and hold one text then. */
let last = { namespace: '', name: '', id: 'pod:/' };

export function workloadId(kind: WorkloadKind, namespace: string, name: string): string {
  if (kind !== 'Pod') return ['vmi:', namespace, '/', name].join('');
  if (last.name !== name || last.namespace !== namespace)
    last = { namespace, name, id: ['pod:', namespace, '/', name].join('') };
  return last.id;
}

export const attachmentId = (workload: string, slot: number): string => `${workload}#${slot}`;

export const workloadOfAttachment = (attachment: string): string => {
  const hash = attachment.lastIndexOf('#');
  return hash < 0 ? attachment : attachment.slice(0, hash);
};

export const slotOfAttachment = (attachment: string): number =>
  Number(attachment.slice(attachment.lastIndexOf('#') + 1));

/** NADs are asked for by every pod, over and over: one text for each. */
const nadKey = byText(10_000, (value) => ['nad:', value].join(''));

export const aliasKey = ({ scheme, value }: Alias): string => (scheme === 'nad' ? nadKey(value) : `${scheme}:${value}`);

/** The key of a network is that of its first alias. */
export const networkId = (alias: Alias): string => aliasKey(alias);

export const poolId = (provider: string, namespace: string | undefined, name: string): string =>
  `pool:${provider}:${namespace ? `${namespace}/` : ''}${name}`;

export const policyId = (namespace: string, name: string): string => `policy:${namespace}/${name}`;

export const nodeId = (name: string): string => `node:${name}`;

export const deviceId = (node: string, kind: string, name: string): string => `device:${node}/${kind}/${name}`;

export const edgeId = (kind: string, from: string, to: string): string => `${kind}|${from}|${to}`;

export const findingId = (code: string, group: string): string => `${code}:${group}`;

/** Identity of an object, whatever its version: deleting and recreating under one name keeps it. */
export const objectKey = (ref: { group: string; kind: string; namespace?: string | undefined; name: string }): string =>
  [ref.group, ref.kind, ref.namespace ?? '', ref.name].join('/');

export const refKey = (ref: Ref): string => objectKey(ref);
