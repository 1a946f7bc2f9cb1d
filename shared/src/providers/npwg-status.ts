import { DEPRECATED_STATUS_KEY, readNetworkStatus, type StatusEntry } from '../cni/network-status.ts';
import { byText } from '../kube/memo.ts';
import { type KubeObject, refOf } from '../kube/object.ts';
import { annotationPath, asString, getKey, truncate } from '../kube/read.ts';
import type { Alias, Device, Interface } from '../model/topology.ts';
import { defaultNetworkAlias } from './default-network.ts';
import { nadAlias } from './nad-alias.ts';
import { excerptLimit } from './npwg-requests.ts';
import { type Claims, nothing, type ObservationClaim } from './provider.ts';

const entryLimit = 1000;
const addressLimit = 64;

function toDevice(entry: StatusEntry): Device | undefined {
  const info = entry.deviceInfo;
  if (!info) return undefined;
  const details: Record<string, string> = {};
  for (const [key, value] of Object.entries(info))
    if (typeof value === 'string' && key !== 'type') details[key] = value;
  const device: Device = { type: info.type, details };
  if (info.pciAddress) device.id = info.pciAddress;
  return device;
}

/** Addresses of a status are canonical where they can be. */
function toInterface(entry: StatusEntry): Interface {
  const { interface: name, mac, ips } = entry;
  const addresses = [];
  for (const ip of ips) {
    if (addresses.length === addressLimit) break;
    addresses.push({ ip });
  }
  // Fields that are added later cost as much again.
  const seen: Interface = name ? (mac ? { addresses, name, mac } : { addresses, name }) : { addresses };
  if (mac && !name) seen.mac = mac;
  if (entry.mtu !== undefined) seen.mtu = entry.mtu;
  if (entry.default) seen.isDefault = true;
  if (entry.gateways.length > 0) seen.gateways = entry.gateways;
  if (entry.dns) seen.dns = entry.dns;
  const device = toDevice(entry);
  if (device) seen.device = device;
  return seen;
}

/** Of networks that are reported by their full name there are few. */
const qualifiedAlias = byText(2000, (value): Alias => ({ scheme: 'nad', value }));

/** The primary network of OVN-Kubernetes has the name of the default network and is marked as default: eth0 is that of the cluster. */
const isPrimary = (entry: StatusEntry): boolean => entry.interface === 'ovn-udn1' && !entry.name.includes('/');

const isMarked = (entry: StatusEntry): boolean => entry.default && !isPrimary(entry);

/** What network-status says. NPWG: the default network's entry carries `default: true`; before that key existed it was the one on eth0. */
export function observe(pod: KubeObject, workload: string, namespace: string): Claims {
  const { annotations } = pod.metadata;
  const { key, entries, issues } = readNetworkStatus(annotations);
  if (!key) return nothing;
  const text = asString(getKey(annotations, key)) ?? '';
  const path = annotationPath(key);
  const ref = refOf(pod);
  const marked = entries.some(isMarked);
  const hints: Claims['hints'] = [];
  const observations: ObservationClaim[] = [];
  for (const entry of entries) {
    if (observations.length === entryLimit) break;
    const { name, span } = entry;
    const primary = isPrimary(entry);
    const isDefault = !primary && (entry.default || (!marked && entry.interface === 'eth0'));
    const qualified = name.includes('/');
    if (isDefault && name && !qualified) hints.push({ alias: defaultNetworkAlias, name: truncate(name, 253) });
    const alias = qualified
      ? qualifiedAlias(name)
      : isDefault
        ? defaultNetworkAlias
        : name && !primary
          ? nadAlias(namespace, name)
          : null;
    observations.push({
      workload,
      alias,
      // One text with the alias, where it is the same.
      name: qualified && alias ? alias.value : name,
      interface: toInterface(entry),
      rank: 50,
      isDefault,
      source: { ref, path, value: truncate(text.slice(span.offset, span.offset + span.length), excerptLimit) },
      weight: 'status',
    });
  }
  const report = {
    workload,
    source: { ref, path, value: truncate(text, excerptLimit) },
    issues: issues.slice(0, 10),
    deprecated: key === DEPRECATED_STATUS_KEY,
  };
  return observations.length > 0 ? { observations, hints, report } : { report };
}
