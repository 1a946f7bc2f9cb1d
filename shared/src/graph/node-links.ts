import type { Network, NodeDevice } from '../model/topology.ts';
import type { LinkState, LinkStop } from './nodes-doc.ts';

/** A link of one node as the lens draws it, whether anything reports it or not. */
export type Link = {
  name: string;
  kind: string;
  state: LinkState;
  chain: LinkStop[];
  mtu?: string;
  vlan?: string;
  switchPorts: string[];
  vfs?: { made: number; wanted?: number; most?: number };
  device?: string;
};

/** Kinds that a network may stand on, the one to prefer under a shared name first. */
const kinds = ['ovs-bridge', 'bridge', 'bond', 'team', 'vlan', 'vxlan', 'vrf', 'nic', 'infiniband', 'mac-vlan', 'vf'];
const deepest = 6;

const bare = (resource: string): string => resource.slice(resource.lastIndexOf('/') + 1);
const isDown = (device: NodeDevice): boolean => device.details['state'] === 'down';
const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;

/** Looks up the devices of one node by what networks call them. */
export function createLinks(devices: readonly NodeDevice[]) {
  const byId = new Map(devices.map((device) => [device.id, device]));
  const byName = new Map<string, NodeDevice>();
  const portsOf = new Map<string, NodeDevice[]>();
  const nicsOfResource = new Map<string, NodeDevice[]>();
  const madeOn = new Map<string, number>();
  const mapped = new Map<string, NodeDevice | undefined>();

  for (const device of devices) {
    const rank = kinds.indexOf(device.kind);
    const known = byName.get(device.name);
    if (rank >= 0 && (!known || rank < kinds.indexOf(known.kind))) byName.set(device.name, device);
    if (device.kind === 'bridge-mapping') mapped.set(device.name, byId.get(device.parent ?? ''));
    if (device.kind !== 'vf') continue;
    const nic = byId.get(device.parent ?? '');
    if (!nic) continue;
    madeOn.set(nic.id, (madeOn.get(nic.id) ?? 0) + 1);
    const offered = device.resourceName ? bare(device.resourceName) : '';
    const nics = nicsOfResource.get(offered) ?? [];
    if (!nics.includes(nic)) nicsOfResource.set(offered, [...nics, nic]);
  }
  const addPort = (name: string, port: NodeDevice | undefined) => {
    const ports = portsOf.get(name) ?? [];
    if (port && port.name !== name && !ports.includes(port)) portsOf.set(name, [...ports, port]);
  };
  for (const device of byName.values()) {
    if (device.details['controller']) addPort(device.details['controller'], device);
    for (const name of (device.details['ports'] ?? '').split(' ')) addPort(device.name, byName.get(name));
  }

  /** What a device stands on, itself left out: its base, or its ports, down to the wire. */
  const below = (device: NodeDevice): NodeDevice[][] => {
    const steps: NodeDevice[][] = [];
    const seen = new Set([device.id]);
    let at: NodeDevice | undefined = device;
    while (at && steps.length < deepest) {
      const base: NodeDevice | undefined = byId.get(at.parent ?? '');
      const step: NodeDevice[] = (base ? [base] : (portsOf.get(at.name) ?? [])).filter(({ id }) => !seen.has(id));
      if (step.length === 0) break;
      for (const { id } of step) seen.add(id);
      steps.unshift(step);
      at = step.length === 1 ? step[0] : undefined;
    }
    return steps;
  };

  const vfsOf = (device: NodeDevice): Link['vfs'] => {
    const made = madeOn.get(device.id) ?? numberOf(device.details['VFs']) ?? 0;
    const wanted = numberOf(device.details['VFs wanted']);
    const most = numberOf(device.details['VFs at most']);
    if (made === 0 && !wanted) return undefined;
    return { made, ...(wanted === undefined ? {} : { wanted }), ...(most === undefined ? {} : { most }) };
  };

  const stateOf = (device: NodeDevice, vfs: Link['vfs']): LinkState => {
    if (isDown(device)) return 'down';
    return vfs?.wanted !== undefined && vfs.made < vfs.wanted ? 'short' : 'up';
  };

  const toLink = (device: NodeDevice): Link => {
    const steps = below(device);
    const vfs = vfsOf(device);
    const wires = steps[0] ?? [device];
    const { mtu, vlan } = device.details;
    return {
      name: device.name,
      kind: device.kind,
      state: stateOf(device, vfs),
      chain: steps.map((step) => ({
        kind: step[0]?.kind ?? '',
        name: step.map(({ name }) => name).join(' + '),
        down: step.some(isDown),
      })),
      ...(mtu ? { mtu } : {}),
      ...(vlan ? { vlan } : {}),
      switchPorts: [...new Set(wires.flatMap((wire) => wire.details['switch port'] ?? []))].slice(0, 3),
      ...(vfs ? { vfs } : {}),
      device: device.id,
    };
  };

  const absent = (name: string, kind: string, lost: boolean): Link => ({
    name,
    kind,
    state: lost ? 'missing' : 'unreported',
    chain: [],
    switchPorts: [],
  });

  return {
    /**
     * The links that a network stands on at this node, the first the one to draw; none where it names none. `lost`: pods there failed
     * for want of it, which counts only while nothing reports it.
     */
    of: (network: Network, node: string, lost: boolean): Link[] =>
      network.uplinks
        .filter((uplink) => uplink.node === undefined || uplink.node === node)
        .flatMap(({ device, physicalNetwork, resourceName }): Link[] => {
          const found = [device, physicalNetwork].flatMap(
            (name) => (name && (byName.get(name) ?? mapped.get(name))) || [],
          );
          if (found[0]) return [toLink(found[0])];
          const nics = resourceName ? nicsOfResource.get(bare(resourceName)) : undefined;
          if (nics) return nics.map(toLink);
          if (device ?? physicalNetwork) return [absent(device ?? physicalNetwork ?? '', 'link', lost)];
          return resourceName ? [absent(resourceName, 'resource', lost)] : [];
        }),
    /** NICs with VFs, made or only wanted: worth a lane even where no network uses them. */
    withVfs: (): Link[] => [...byName.values()].filter((device) => device.kind === 'nic' && vfsOf(device)).map(toLink),
    /** Every link but VFs, by name. */
    all: (): NodeDevice[] =>
      [...byName.values()].filter(({ kind }) => kind !== 'vf').sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
