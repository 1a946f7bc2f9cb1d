import { type KubeObject, refOf } from '../kube/object.ts';
import {
  asArray,
  asNumber,
  asRecord,
  asText,
  getPath,
  getText,
  type JsonRecord,
  pointer,
  truncate,
} from '../kube/read.ts';
import { aliasKey, deviceId } from '../model/ids.ts';
import type { Alias } from '../model/topology.ts';
import type { DeviceClaim } from './device-claims.ts';
import { findDriver, podNetworkDomains } from './dra-drivers.ts';
import type { DeviceTaint, SliceDeviceClaim, TaintRuleClaim } from './grant-claims.ts';
import { type Claims, nothing } from './provider.ts';

/** `attributes` of a device; in v1beta1 and before they stand in `basic`. */
const attributesOf = (device: unknown): JsonRecord =>
  asRecord(getPath(device, 'attributes')) ?? asRecord(getPath(device, 'basic', 'attributes')) ?? {};

/** Of one type each: string, bool, int, version; since 1.37 also lists of those. */
function textOf(attribute: unknown): string | undefined {
  for (const [type, value] of Object.entries(asRecord(attribute) ?? {})) {
    if (type.endsWith('s') && Array.isArray(value)) return truncate(value.slice(0, 16).map(String).join(' '), 253);
    if (typeof value === 'string' && value !== '') return truncate(value, 253);
    if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  }
  return undefined;
}

/** The attribute of a domain by its name, or the bare name, which is of the driver's own domain. */
const find = (attributes: JsonRecord, names: readonly string[]): string | undefined => {
  for (const name of names) {
    const text = Object.hasOwn(attributes, name) ? textOf(attributes[name]) : undefined;
    if (text) return text;
  }
  return undefined;
};

/** The network of a cloud that a NIC is plugged into: of old releases of DRANET, then of new ones. */
const cloudNetwork = ['gce.dra.net/networkName', 'dra.net/cloudNetwork'];

/**
 * What a device is plugged into, by preference: a pod network, which may be namespaced, then the network of a cloud (multi-network-apis,
 * sections 3 and 4). A name with a slash is one of the 2026 draft.
 */
function networkOfDevice(attributes: JsonRecord): Alias | undefined {
  const inDomains = (name: string) =>
    find(
      attributes,
      podNetworkDomains.map((domain) => `${domain}/${name}`),
    );
  const podNetwork = inDomains('podNetwork');
  const namespace = inDomains('podNetworkNamespace');
  if (podNetwork) return { scheme: 'podnetwork', value: namespace ? `${namespace}/${podNetwork}` : podNetwork };
  const cloud = find(attributes, cloudNetwork);
  return cloud ? { scheme: 'dra', value: cloud } : undefined;
}

/** What a person wants to know of a NIC, whatever its driver calls it. */
const shown: readonly [string, readonly string[]][] = [
  ['interface', ['ifName', 'interfaceName', 'kernelIfName', 'dra.net/name', 'name']],
  ['PCI address', ['k8s.cni.cncf.io/deviceID', 'resource.kubernetes.io/pciBusID', 'pciAddress', 'deviceID']],
  ['PF', ['PFName', 'pfName']],
  ['mac', ['mac']],
  ['mtu', ['mtu']],
  ['state', ['state']],
  ['addresses', ['ipv4', 'ipv6']],
  ['NUMA node', ['numaNode', 'dra.net/numaNode']],
  ['RDMA device', ['rdmaDevice']],
  ['resource', ['k8s.cni.cncf.io/resourceName', 'resourceName']],
];

const detailsOf = (attributes: JsonRecord, driver: string): Record<string, string> =>
  Object.fromEntries(
    shown.flatMap(([label, names]) => {
      const text = find(
        attributes,
        names.flatMap((name) => (name.includes('/') ? [name] : [`${driver}/${name}`, name])),
      );
      return text ? [[label, text] as const] : [];
    }),
  );

function toTaint(value: unknown): DeviceTaint | undefined {
  const key = getText(value, 'key');
  const effect = getText(value, 'effect');
  if (!key || (effect !== 'NoSchedule' && effect !== 'NoExecute')) return undefined;
  const text = getText(value, 'value');
  return { key: truncate(key, 317), effect, ...(text ? { value: truncate(text, 63) } : {}) };
}

function taintsOf(device: unknown): (DeviceTaint & { path: string })[] {
  const within = getPath(device, 'taints') === undefined ? ['basic', 'taints'] : ['taints'];
  return (asArray(getPath(device, ...within)) ?? []).slice(0, 16).flatMap((item, index) => {
    const taint = toTaint(item);
    return taint ? [{ ...taint, path: pointer(...within, index) }] : [];
  });
}

type Slice = { object: KubeObject; driver: string; pool: string };

function toDevice({ object, driver, pool }: Slice, device: unknown, index: number): SliceDeviceClaim[] {
  const name = getText(device, 'name');
  if (!name) return [];
  const attributes = attributesOf(device);
  const multusDeviceId = find(attributes, ['k8s.cni.cncf.io/deviceID']);
  const multusResource = find(attributes, ['k8s.cni.cncf.io/resourceName']);
  const network = networkOfDevice(attributes);
  const taints = taintsOf(device);
  const details = detailsOf(attributes, driver);
  const mtu = asNumber(Number(details['mtu'] ?? Number.NaN));
  return [
    {
      device: truncate(`${driver}/${pool}/${name}`, 600),
      ref: refOf(object),
      path: pointer('spec', 'devices', index),
      ...(multusDeviceId ? { multusDeviceId } : {}),
      ...(multusResource ? { multusResource } : {}),
      ...(network ? { network } : {}),
      ...(mtu ? { mtu } : {}),
      ...(taints.length > 0 ? { taints } : {}),
      details,
    },
  ];
}

/** A slice of one node lists its NICs; of others nobody knows where they are. */
function toNodeDevices(object: KubeObject, driver: string, devices: readonly SliceDeviceClaim[]): DeviceClaim[] {
  const node = getText(object, 'spec', 'nodeName');
  if (!node) return [];
  return devices.map(({ device, path, mtu, multusResource, details, taints }) => {
    const name = truncate(device.slice(device.lastIndexOf('/') + 1), 128);
    return {
      id: deviceId(node, 'dra', `${driver}/${name}`),
      node,
      kind: 'dra',
      name,
      ...(multusResource ? { resourceName: multusResource } : {}),
      details: {
        driver,
        ...details,
        ...(taints ? { taints: taints.map(({ key, effect }) => `${key}:${effect}`).join(' ') } : {}),
      },
      path,
      ...(mtu ? { mtu } : {}),
    };
  });
}

const deviceLimit = 512;

/** Devices of network drivers, and of others that say which network they lead to; GPUs and the like say nothing. */
export function sliceClaims(object: KubeObject): Claims {
  const driver = truncate(getText(object, 'spec', 'driver') ?? '', 253);
  const pool = truncate(getText(object, 'spec', 'pool', 'name') ?? '', 253);
  if (!driver || !pool) return nothing;
  const all = (asArray(getPath(object, 'spec', 'devices')) ?? [])
    .slice(0, deviceLimit)
    .flatMap((device, index) => toDevice({ object, driver, pool }, device, index));
  if (!findDriver(driver) && !all.some(({ network, multusResource }) => network || multusResource)) return nothing;
  const node = getText(object, 'spec', 'nodeName');
  const onNode = toNodeDevices(object, driver, all);
  const hints = new Map(
    all.flatMap(({ network }) =>
      network ? [[aliasKey(network), { alias: network, name: network.value.split('/').at(-1) ?? '' }] as const] : [],
    ),
  );
  return {
    slicePools: [
      {
        driver,
        pool: `${driver}/${pool}`,
        ref: refOf(object),
        generation: asNumber(getPath(object, 'spec', 'pool', 'generation')) ?? 0,
        slices: asNumber(getPath(object, 'spec', 'pool', 'resourceSliceCount')) ?? 1,
        ...(node ? { node: truncate(node, 253) } : {}),
      },
    ],
    ...(all.length > 0 ? { sliceDevices: all } : {}),
    ...(onNode.length > 0 && node
      ? { devices: [{ node: truncate(node, 253), ref: refOf(object), complete: false, devices: onNode }] }
      : {}),
    ...(hints.size > 0 ? { hints: [...hints.values()] } : {}),
  };
}

/** Taints that somebody puts on devices from outside: by driver, pool and device, all of which may be left out. */
export function taintRuleClaims(object: KubeObject): Claims {
  const taint = toTaint(getPath(object, 'spec', 'taint'));
  if (!taint) return nothing;
  const selector = asRecord(getPath(object, 'spec', 'deviceSelector')) ?? {};
  const by = (key: string) => asText(selector[key]);
  // Selectors of CEL and of classes, which early releases had, are not evaluated.
  if (selector['selectors'] !== undefined || selector['deviceClassName'] !== undefined) return nothing;
  const [driver, pool, device] = [by('driver'), by('pool'), by('device')];
  const rule: TaintRuleClaim = {
    ref: refOf(object),
    taint,
    ...(driver ? { driver } : {}),
    ...(pool ? { pool } : {}),
    ...(device ? { device } : {}),
  };
  return { taintRules: [rule] };
}
