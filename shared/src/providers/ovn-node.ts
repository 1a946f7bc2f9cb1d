import { type KubeObject, refOf } from '../kube/object.ts';
import { asRecord, asStringMap, pointer, truncate } from '../kube/read.ts';
import { type Claims, nothing } from './provider.ts';
import { parseJson } from './vendor-text.ts';

/** `{network: cidr | [cidr]}`, by the name in the CNI config; `default` is the cluster's own (ovn-kubernetes pkg/util/subnet_annotations.go). */
const subnetsKey = 'k8s.ovn.org/node-subnets';

const networkLimit = 2000;
const longest = 1_000_000;

/** The key under which `world.part` finds which networks of layer 3 a node has a subnet of. */
export const ovnNodePart = (node: string): string => `ovn-node-subnets:${node}`;

export const ovnNodeSubnetsPath = pointer('metadata', 'annotations', subnetsKey);

/** Which networks of layer 3 OVN-Kubernetes has given the node a subnet of. */
export function ovnNodeClaims(node: KubeObject): Claims {
  const text = asStringMap(node.metadata.annotations).get(subnetsKey);
  const subnets = text === undefined ? undefined : asRecord(parseJson(text, longest));
  if (!subnets) return nothing;
  const { name } = node.metadata;
  const holds = Object.keys(subnets)
    .slice(0, networkLimit)
    .map((network) => truncate(network, 253));
  return { parts: [{ key: ovnNodePart(name), ref: refOf(node), name, holds }] };
}
