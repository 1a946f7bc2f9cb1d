import { type KubeObject, refOf } from '../kube/object.ts';
import { asStrings, asText, pointer, truncate } from '../kube/read.ts';
import { deviceId } from '../model/ids.ts';
import type { Uplink } from '../model/topology.ts';
import { toCidr } from '../net/cidr.ts';
import { canonicalIp } from '../net/ip.ts';
import { readAnnotationList } from './annotation-list.ts';
import type { DeviceClaim } from './device-claims.ts';
import { gkeNetworkAlias } from './gke-pod.ts';
import { createdAt } from './kubernetes.ts';
import { type Claims, type NetworkClaim, nothing } from './provider.ts';

/** Annotations that GKE writes on nodes. `network-status` is that of NPWG only by name: it lists subnets. */
const subnetsKey = 'networking.gke.io/network-status';
const rangesKey = 'networking.gke.io/networks';
const northKey = 'networking.gke.io/north-interfaces';
const nicKey = 'networking.gke.io/nic-info';

type Nic = { name: string; pci?: string; ip: string; index: number };

const listOf = (node: KubeObject, key: string) => readAnnotationList(node, key)?.items ?? [];

/** NICs by their first address, by which `north-interfaces` tells their network. */
function nicsOf(node: KubeObject): Map<string, Nic> {
  const nics = new Map<string, Nic>();
  for (const { item, index } of listOf(node, nicKey)) {
    const name = asText(item['birthName']);
    const pci = asText(item['pciAddress']);
    for (const text of [asText(item['birthIP']), asText(item['birthIPv6'])]) {
      const ip = text && canonicalIp(text);
      if (!ip || !(name ?? pci)) continue;
      nics.set(ip, { name: truncate(name ?? pci ?? '', 64), ip, index, ...(pci ? { pci: truncate(pci, 64) } : {}) });
    }
  }
  return nics;
}

const cidrsOf = (texts: readonly (string | undefined)[]): string[] =>
  texts.slice(0, 16).flatMap((text) => (text && toCidr(text) ? [truncate(text, 64)] : []));

/** Which networks the NICs of a node are on, and their subnets there. */
export function gkeNodeClaims(node: KubeObject): Claims {
  const subnets = new Map<string, string[]>();
  const uplinks = new Map<string, Uplink>();
  const add = (name: string, cidrs: string[]) => subnets.set(name, [...(subnets.get(name) ?? []), ...cidrs]);
  for (const { item } of listOf(node, subnetsKey)) {
    const name = asText(item['name']);
    if (name) add(name, cidrsOf([asText(item['ipv4-subnet']), asText(item['ipv6-subnet'])]));
  }
  for (const { item } of listOf(node, rangesKey)) {
    const name = asText(item['name']);
    // Ranges of one node alone are slices of that of the parameter set.
    if (name) add(name, item['scope'] === 'global' ? cidrsOf(asStrings(item['cidrs'])) : []);
  }
  const nics = nicsOf(node);
  for (const { item } of listOf(node, northKey)) {
    const name = asText(item['network']);
    const nic = nics.get(canonicalIp(asText(item['ipAddress']) ?? '') ?? '');
    if (name) add(name, []);
    if (name && nic) uplinks.set(name, { node: node.metadata.name, device: nic.name });
  }
  if (subnets.size === 0 && nics.size === 0) return nothing;
  const networks = [...subnets].slice(0, 256).map(([name, cidrs]): NetworkClaim => {
    const alias = gkeNetworkAlias(name);
    const uplink = uplinks.get(name);
    const isDefault = alias.scheme === 'default';
    return {
      rank: -3,
      aliases: [alias],
      ref: refOf(node),
      name: isDefault ? 'pod network' : truncate(name, 253),
      technology: 'unknown',
      role: isDefault ? 'cluster-default' : 'secondary',
      subnets: [...new Set(cidrs)],
      gateways: [],
      uplinks: uplink ? [uplink] : [],
      conditions: [],
      issues: [],
      createdAt: createdAt(node),
    };
  });
  const devices = [...nics.values()].map(
    (nic): DeviceClaim => ({
      id: deviceId(node.metadata.name, 'nic', nic.name),
      node: node.metadata.name,
      kind: 'nic',
      name: nic.name,
      details: { 'first address': nic.ip, ...(nic.pci ? { 'PCI address': nic.pci } : {}) },
      path: pointer('metadata', 'annotations', nicKey),
    }),
  );
  return {
    networks,
    ...(devices.length > 0
      ? { devices: [{ node: node.metadata.name, ref: refOf(node), complete: false, devices }] }
      : {}),
  };
}
