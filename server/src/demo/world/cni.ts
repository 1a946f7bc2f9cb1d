import type { JsonObject } from '../api/types.ts';
import { asArray, asObject, asString } from '../api/types.ts';
import type { Ipam } from './ipam.ts';
import { toRange } from './ipam.ts';
import type { Machine } from './machines.ts';
import type { Selection } from './selection.ts';

/** What a CNI plugin gives back, as far as network-status shows it. */
export type Plugged = {
  addresses: string[];
  mac: string;
  gateways: string[];
  mtu?: number;
  device?: string;
};

export type PlugRequest = {
  config: JsonObject;
  machine: Machine;
  ifname: string;
  selection: Selection;
  podref: string;
  sandbox: string;
  /** PCI address from the device plugin; '' when the pod asked for none. */
  device: string;
  mac: string;
};

export class PluginError extends Error {}

/** Looks a plugin's binary up on the node. */
export const needPlugin = (machine: Machine, type: string): void => {
  if (!machine.plugins.has(type)) throw new PluginError(`failed to find plugin "${type}" in path [/opt/cni/bin]`);
};

const needLink = (machine: Machine, name: string, ipvlan: boolean): number => {
  const mtu = machine.links.get(name === '' ? 'ens3' : name);
  // macvlan looks the MTU up before anything else and returns netlink's bare words; ipvlan wraps them.
  if (mtu === undefined)
    throw new PluginError(ipvlan ? `failed to lookup master "${name}": Link not found` : 'Link not found');
  return mtu;
};

const needMtu = (config: JsonObject, master: number): void => {
  const mtu = config['mtu'];
  if (typeof mtu === 'number' && mtu > master)
    throw new PluginError(`invalid MTU ${mtu}, must be [0, master MTU(${master})]`);
};

const MACVLAN_MODES = new Set(['bridge', 'private', 'vepa', 'passthru']);

const checkType = (request: PlugRequest, type: string): void => {
  const { config, machine } = request;
  const master = asString(config['master']);
  switch (type) {
    case 'macvlan': {
      needMtu(config, needLink(machine, master, false));
      const mode = asString(config['mode']) || 'bridge';
      if (!MACVLAN_MODES.has(mode)) throw new PluginError(`unknown macvlan mode: "${mode}"`);
      // The lowest bit of the first octet makes an address multicast, and the kernel refuses it.
      if (Number.parseInt(request.selection.mac.slice(0, 2), 16) & 1) {
        throw new PluginError('failed to create macvlan: cannot assign requested address');
      }
      return;
    }
    case 'vlan': {
      if (master === '')
        throw new PluginError(
          '"master" field is required. It specifies the host interface name to create the VLAN for',
        );
      const id = config['vlanId'];
      if (typeof id === 'number' && (id < 0 || id > 4094))
        throw new PluginError(`invalid VLAN ID ${id} (must be between 0 and 4095 inclusive)`);
      needMtu(config, needLink(machine, master, false));
      return;
    }
    case 'ipvlan':
      needMtu(config, needLink(machine, master, true));
      return;
    case 'sriov':
      if (request.device === '')
        throw new PluginError('SRIOV-CNI failed to load netconf: LoadConf(): VF pci addr is required');
      return;
    case 'bridge': {
      const vlan = config['vlan'];
      if (typeof vlan === 'number' && (vlan < 0 || vlan > 4094))
        throw new PluginError(`invalid VLAN ID ${vlan} (must be between 0 and 4094)`);
      return;
    }
  }
};

const staticAddresses = (request: PlugRequest, ipam: JsonObject): Pick<Plugged, 'addresses' | 'gateways'> => {
  const fixed = asArray(ipam['addresses']).map(asObject);
  const addresses = [...fixed.map((item) => asString(item['address'])), ...request.selection.ips];
  for (const address of request.selection.ips) {
    if (!address.includes('/'))
      throw new PluginError(`an entry in the 'ips' field is NOT in CIDR notation, got: '${address}'`);
  }
  if (addresses.length === 0) {
    // Without a cniVersion the result has to be turned into 0.1.0, which cannot say "no address" (cni types/040 convertTo02x).
    const old = asString(request.config['cniVersion']) === '';
    throw new PluginError(old ? 'cannot convert: no valid IP addresses' : 'IPAM plugin returned missing IP config');
  }
  return { addresses, gateways: fixed.map((item) => asString(item['gateway'])).filter((item) => item !== '') };
};

const CIDR = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;

const hostLocal = (
  request: PlugRequest,
  ipam: JsonObject,
  allocator: Ipam,
): Pick<Plugged, 'addresses' | 'gateways'> => {
  const set = asObject(asArray(asArray(ipam['ranges'])[0])[0]);
  const subnet = asString(ipam['subnet']) || asString(set['subnet']);
  const start = asString(ipam['rangeStart']) || asString(set['rangeStart']);
  const end = asString(ipam['rangeEnd']) || asString(set['rangeEnd']);
  if (!CIDR.test(subnet))
    throw new PluginError(subnet === '' ? 'no IP ranges specified' : `invalid CIDR address: ${subnet}`);
  const range = toRange(subnet, start, end);
  const ip = allocator.local(`${request.machine.name}|${asString(request.config['name'])}`, range);
  if (ip === null) {
    throw new PluginError(
      `failed to allocate for range 0: no IP addresses available in range set: ${toDotted(range.first)}-${toDotted(range.last)}`,
    );
  }
  return { addresses: [`${ip}/${range.length}`], gateways: [] };
};

const whereabouts = (
  request: PlugRequest,
  ipam: JsonObject,
  allocator: Ipam,
): Pick<Plugged, 'addresses' | 'gateways'> => {
  const { podref, ifname, sandbox } = request;
  const inner = asObject(asArray(ipam['ipRanges'])[0]);
  const cidr = asString(ipam['range']) || asString(inner['range']);
  if (cidr === '') throw new PluginError("invalid CIDR (do you have the 'range' parameter set for Whereabouts?)");
  if (!CIDR.test(cidr)) throw new PluginError(`invalid CIDR ${cidr}: invalid CIDR address: ${cidr}`);
  const range = toRange(
    cidr,
    asString(ipam['range_start']) || asString(inner['range_start']),
    asString(ipam['range_end']) || asString(inner['range_end']),
  );
  const ip = allocator.whereabouts(range, { id: sandbox, podref, ifname });
  if (ip === null) {
    throw new PluginError(
      `error at storage engine: Could not allocate IP in range: ip: ${toDotted(range.first)} / - ${toDotted(range.last)} / range: ${range.text} / excludeRanges: []`,
    );
  }
  // Whereabouts adds requested addresses to its own (semantics: "added to, not instead of").
  return { addresses: [`${ip}/${range.length}`, ...request.selection.ips], gateways: [] };
};

const allocate = (request: PlugRequest, ipam: JsonObject, allocator: Ipam): Pick<Plugged, 'addresses' | 'gateways'> => {
  const { machine } = request;
  switch (asString(ipam['type'])) {
    case '':
      return { addresses: [], gateways: [] };
    case 'static':
      return staticAddresses(request, ipam);
    case 'dhcp':
      if (machine.dhcpDaemon) return { addresses: [], gateways: [] };
      throw new PluginError(
        'error dialing DHCP daemon: dial unix /run/cni/dhcp.sock: connect: no such file or directory',
      );
    case 'host-local':
      return hostLocal(request, ipam, allocator);
    case 'whereabouts':
      return whereabouts(request, ipam, allocator);
    default:
      throw new PluginError(`failed to find plugin "${asString(ipam['type'])}" in path [/opt/cni/bin]`);
  }
};

const toDotted = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** OVN-Kubernetes gives the addresses itself, from the first of its subnets. */
const ipamOf = (type: string, config: JsonObject): JsonObject =>
  type === 'ovn-k8s-cni-overlay'
    ? { type: 'host-local', subnet: asString(config['subnets']).split(',')[0] ?? '' }
    : asObject(config['ipam']);

/** One CNI ADD of a plugin on a node: what it gives, or a PluginError with the plugin's own words. */
export const plug = (request: PlugRequest, allocator: Ipam): Plugged => {
  const { config, machine } = request;
  const type = asString(config['type']);
  needPlugin(machine, type);
  checkType(request, type);
  const given = allocate(request, ipamOf(type, config), allocator);
  const mtu =
    typeof config['mtu'] === 'number' && asString(config['cniVersion']).startsWith('1.1') ? config['mtu'] : undefined;
  return {
    ...given,
    mac: request.selection.mac === '' ? request.mac : request.selection.mac.toLowerCase(),
    ...(mtu === undefined ? {} : { mtu }),
    ...(type === 'sriov' ? { device: request.device } : {}),
  };
};
