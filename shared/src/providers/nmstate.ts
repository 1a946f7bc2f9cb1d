import { type KubeObject, refOf } from '../kube/object.ts';
import { asNumber, asRecord, asRecords, asText, getPath, getText, pointer, truncate } from '../kube/read.ts';
import type { WatchedKind } from '../kube/watched-kind.ts';
import { deviceId } from '../model/ids.ts';
import type { Condition } from '../model/topology.ts';
import { canonicalMac } from '../net/mac.ts';
import type { DeviceClaim, DeviceTrouble } from './device-claims.ts';
import { toConditions } from './kubernetes.ts';
import { type Claims, nothing, type Provider } from './provider.ts';

const group = 'nmstate.io';
const deviceLimit = 1000;

/** Types of nmstate that have a plainer word. */
const kindOfType: Readonly<Record<string, string>> = { ethernet: 'nic', 'linux-bridge': 'bridge' };

/** A name like 0123 comes as a number out of YAML. */
const nameOf = (value: unknown): string | undefined => {
  const text = typeof value === 'number' ? String(value) : asText(value);
  return text === undefined ? undefined : truncate(text, 64);
};

const names = (value: unknown, key = 'name'): string[] =>
  Array.isArray(value)
    ? value.slice(0, 256).flatMap((item) => nameOf(asRecord(item) ? getPath(item, key) : item) ?? [])
    : [];

const addressesOf = (link: unknown): string =>
  (['ipv4', 'ipv6'] as const)
    .flatMap((family) => asRecords(getPath(link, family, 'address')).slice(0, 16))
    .flatMap((item) => {
      const ip = asText(item['ip']);
      return ip ? [`${ip}/${asNumber(item['prefix-length']) ?? '?'}`] : [];
    })
    .join(' ');

/** A neighbour is a list of TLVs, one record each: system name (5), port id (2), chassis id (1). */
function lldpOf(link: unknown): string {
  const neighbors = getPath(link, 'lldp', 'neighbors');
  if (!Array.isArray(neighbors)) return '';
  return neighbors
    .slice(0, 8)
    .flatMap((neighbor) => {
      const records = asRecords(neighbor).slice(0, 64);
      const find = (key: string) => records.map((tlv) => asText(tlv[key])).find((text) => text !== undefined);
      const words = [find('system-name') ?? find('chassis-id'), find('port-id')].flatMap((text) => text ?? []);
      return words.length > 0 ? [truncate(words.join(' '), 120)] : [];
    })
    .join(', ');
}

/** What the ports of a Linux bridge let through: `{'VLANs on bond0': '100 200-210'}`. A port without a filter is left out. */
function filtersOf(link: unknown): Record<string, string> {
  const ports = asRecords(getPath(link, 'bridge', 'port')).slice(0, 64);
  return Object.fromEntries(
    ports.flatMap((port) => {
      const name = nameOf(port['name']);
      const vlan = asRecord(port['vlan']);
      if (!name || !vlan || (vlan['mode'] !== 'trunk' && vlan['mode'] !== 'access')) return [];
      const tags = asRecords(vlan['trunk-tags'])
        .slice(0, 256)
        .flatMap((tag) => {
          const [id, min, max] = [
            asNumber(tag['id']),
            getPath(tag, 'id-range', 'min'),
            getPath(tag, 'id-range', 'max'),
          ];
          return id === undefined
            ? asNumber(min)
              ? [`${asNumber(min)}-${asNumber(max) ?? asNumber(min)}`]
              : []
            : [`${id}`];
        });
      const untagged = asNumber(vlan['tag']);
      const own = vlan['mode'] === 'access' || vlan['enable-native'] === true ? untagged : undefined;
      return [[`VLANs on ${name}`, [...(own === undefined ? [] : [`${own}`]), ...tags].join(' ') || '0'] as const];
    }),
  );
}

/** Empty where it has none to speak of; a bridge that says so has `none`. */
function portsOf(link: unknown): string {
  const lists = (['link-aggregation', 'bridge', 'vrf'] as const).map((key) => getPath(link, key, 'port'));
  const ports = lists.flatMap((list) => names(list)).join(' ');
  return ports === '' && Array.isArray(lists[1]) ? 'none' : ports;
}

function detailsOf(link: unknown): Record<string, string> {
  const number = (...path: string[]) => asNumber(getPath(link, ...path));
  const mac = getText(link, 'mac-address');
  const vlan = number('vlan', 'id');
  const all: Record<string, string | undefined> = {
    state: getText(link, 'state'),
    mtu: number('mtu')?.toString(),
    mac: mac && (canonicalMac(mac) ?? truncate(mac, 64)),
    controller: nameOf(getPath(link, 'controller')),
    vlan: vlan?.toString(),
    mode: getText(link, 'link-aggregation', 'mode'),
    ports: portsOf(link),
    addresses: addressesOf(link),
    'switch port': lldpOf(link),
    VFs: number('ethernet', 'sr-iov', 'total-vfs')?.toString(),
    'route table': number('vrf', 'route-table-id')?.toString(),
    ...filtersOf(link),
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) => (value ? [[key, truncate(value, 400)] as const] : [])),
  );
}

function toDevices(node: string, links: readonly unknown[]): DeviceClaim[] {
  const kindOf = (link: unknown): string => {
    const type = getText(link, 'type') ?? 'unknown';
    return truncate(kindOfType[type] ?? type, 64);
  };
  const kinds = new Map(links.map((link) => [nameOf(getPath(link, 'name')), kindOf(link)]));
  const seen = new Set<string>();
  return links.flatMap((link, index): DeviceClaim[] => {
    const name = nameOf(getPath(link, 'name'));
    if (!name) return [];
    const kind = kindOf(link);
    const id = deviceId(node, kind, name);
    if (seen.has(id)) return [];
    seen.add(id);
    const base =
      nameOf(getPath(link, 'vlan', 'base-iface')) ??
      nameOf(getPath(link, 'vxlan', 'base-iface')) ??
      nameOf(getPath(link, 'mac-vlan', 'base-iface'));
    const baseKind = base === undefined ? undefined : kinds.get(base);
    const state = getText(link, 'state');
    const mtu = asNumber(getPath(link, 'mtu'));
    const altNames = names(getPath(link, 'alt-names'));
    return [
      {
        id,
        node,
        kind,
        name,
        ...(base && baseKind ? { parent: deviceId(node, baseKind, base) } : {}),
        details: detailsOf(link),
        path: pointer('status', 'currentState', 'interfaces', index),
        ...(mtu === undefined ? {} : { mtu }),
        ...(state === 'up' || state === 'down' ? { up: state === 'up' } : {}),
        ...(altNames.length > 0 ? { altNames } : {}),
      },
    ];
  });
}

/** OVN's name of a physical network and the bridge that leads to it. */
function toMappings(node: string, state: unknown, devices: readonly DeviceClaim[]): DeviceClaim[] {
  const list = asRecords(getPath(state, 'ovn', 'bridge-mappings')).slice(0, 100);
  const seen = new Set<string>();
  return list.flatMap((item, index): DeviceClaim[] => {
    const localnet = nameOf(item['localnet']);
    const bridge = nameOf(item['bridge']);
    if (!localnet || seen.has(localnet)) return [];
    seen.add(localnet);
    const parent = devices.find(({ kind, name }) => kind === 'ovs-bridge' && name === bridge)?.id;
    return [
      {
        id: deviceId(node, 'bridge-mapping', localnet),
        node,
        kind: 'bridge-mapping',
        name: localnet,
        ...(parent ? { parent } : {}),
        details: bridge ? { bridge } : {},
        path: pointer('status', 'currentState', 'ovn', 'bridge-mappings', index),
      },
    ];
  });
}

/** Name of the object = name of the node. */
function stateClaims(object: KubeObject): Claims {
  const node = object.metadata.name;
  const state = getPath(object, 'status', 'currentState');
  const links = getPath(state, 'interfaces');
  const list = Array.isArray(links) ? links : [];
  const devices = toDevices(node, list.slice(0, deviceLimit));
  const failing = toConditions(getPath(object, 'status', 'conditions')).some(
    ({ type, status }) => (type === 'Failing' && status === 'True') || (type === 'Available' && status === 'False'),
  );
  return {
    devices: [
      {
        node,
        ref: refOf(object),
        // What is no longer refreshed, or too long to be read to its end, proves nothing by leaving a link out.
        complete: devices.length > 0 && list.length <= deviceLimit && !failing,
        devices: [...devices, ...toMappings(node, state, devices)],
      },
    ],
  };
}

const troubleOf = (object: KubeObject, wanted: string, kind: string, about: string): DeviceTrouble | undefined => {
  const written = getPath(object, 'status', 'conditions');
  const index = Array.isArray(written)
    ? written.findIndex((item) => getText(item, 'type') === wanted && getText(item, 'status') === 'True')
    : -1;
  if (index < 0) return undefined;
  const [condition] = toConditions([getPath(written, index)]) as (Condition | undefined)[];
  return condition ? { kind, path: pointer('status', 'conditions', index), condition, about } : undefined;
};

/** Name `<node>.<policy>`; a node's name has dots as well, so the labels tell which is which. */
function enactmentClaims(object: KubeObject): Claims {
  const label = (key: string) => getText(object, 'metadata', 'labels', key);
  const policy = label('nmstate.io/policy') ?? object.metadata.name.split('.').at(-1) ?? '';
  const node = label('nmstate.io/node') ?? object.metadata.name.slice(0, -policy.length - 1);
  const trouble = troubleOf(object, 'Failing', 'nmstate-enactment-failed', truncate(policy, 253));
  if (!node || !trouble) return nothing;
  return { devices: [{ node: truncate(node, 253), ref: refOf(object), complete: false, devices: [], trouble }] };
}

function policyClaims(object: KubeObject): Claims {
  const trouble = troubleOf(object, 'Degraded', 'nmstate-policy-degraded', object.metadata.name);
  return trouble ? { devices: [{ node: '', ref: refOf(object), complete: false, devices: [], trouble }] } : nothing;
}

const kind = (name: string, resource: string, versions: string[], why: string): WatchedKind => ({
  group,
  versions,
  resource,
  kind: name,
  namespaced: false,
  optional: true,
  why,
});

/** The network of nodes as nmstate reports and sets it (nmstate/kubernetes-nmstate). */
export const nmstate: Provider = {
  id: 'nmstate',
  title: 'NMState (kubernetes-nmstate)',
  kinds: [
    kind('NodeNetworkState', 'nodenetworkstates', ['v1beta1'], 'NICs, bonds, bridges, VLANs and switch ports of nodes'),
    kind(
      'NodeNetworkConfigurationPolicy',
      'nodenetworkconfigurationpolicies',
      ['v1', 'v1beta1'],
      'what the network of nodes should be, and whether it came about',
    ),
    kind(
      'NodeNetworkConfigurationEnactment',
      'nodenetworkconfigurationenactments',
      ['v1beta1'],
      'why a policy failed on a node',
    ),
  ],
  claims: (object) => {
    if (!object.apiVersion.startsWith(`${group}/`)) return nothing;
    if (object.kind === 'NodeNetworkState') return stateClaims(object);
    if (object.kind === 'NodeNetworkConfigurationEnactment') return enactmentClaims(object);
    if (object.kind === 'NodeNetworkConfigurationPolicy') return policyClaims(object);
    return nothing;
  },
};
