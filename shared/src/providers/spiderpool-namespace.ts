import { type KubeObject, refOf } from '../kube/object.ts';
import { asStringMap, truncate } from '../kube/read.ts';
import { type Claims, nothing } from './provider.ts';
import { isPattern } from './spiderpool-pod.ts';
import { parseJson, textsOf } from './vendor-text.ts';

/** Pools for pods of the namespace that name none themselves; they go before those of the definition (docs/reference/annotation.md). */
const keys = ['ipam.spidernet.io/default-ipv4-ippool', 'ipam.spidernet.io/default-ipv6-ippool'];

/** The key under which `world.part` finds the default pools of a namespace; without `holds` patterns name them. */
export const spiderNamespacePart = (namespace: string): string => `spiderpool-namespace:${namespace}`;

export function spiderpoolNamespaceClaims(object: KubeObject): Claims {
  const annotations = asStringMap(object.metadata.annotations);
  const names = keys.flatMap((key) => textsOf(parseJson(annotations.get(key))));
  if (names.length === 0) return nothing;
  const { name } = object.metadata;
  const holds = names.some(isPattern) ? {} : { holds: names.map((one) => truncate(one, 253)) };
  return { parts: [{ key: spiderNamespacePart(name), ref: refOf(object), name, ...holds }] };
}
