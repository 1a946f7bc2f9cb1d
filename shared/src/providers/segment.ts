import type { describeNetwork } from '../cni/plugins/registry.ts';
import type { Segment } from './pool-claims.ts';
import { poolKey, sliceKey } from './whereabouts.ts';

type Described = ReturnType<typeof describeNetwork>;

/** `eth1.10` is VLAN 10 on eth1, however it was made. */
function onLink(link: string, vlan: number | undefined): string {
  const named = /^(.+)\.(\d{1,4})$/.exec(link);
  if (!vlan && named) return `link:${named[1]}/${Number(named[2])}`;
  return `link:${link}/${vlan ?? 0}`;
}

/** The layer 2 that the interfaces of a network land on, where its config tells. */
export function segmentOf(
  network: Described,
  configName: string,
  resourceName: string | undefined,
): Segment | undefined {
  const vlan = network.vlan ?? 0;
  const wide = (key: string): Segment => ({ key, perNode: false });
  switch (network.technology) {
    case 'macvlan':
    case 'ipvlan':
    case 'vlan':
      return wide(onLink(network.master ?? '', network.vlan));
    case 'bridge':
      return { key: `bridge:${network.bridge ?? 'cni0'}/${vlan}`, perNode: true };
    case 'ptp':
      return { key: `ptp:${configName}`, perNode: true };
    case 'ovs':
      return network.bridge ? wide(`ovs:${network.bridge}/${vlan}`) : undefined;
    case 'sriov':
      return resourceName ? wide(`sriov:${resourceName}/${vlan}`) : undefined;
    case 'ovn-localnet':
      return wide(`localnet:${network.physicalNetwork ?? configName}/${vlan}`);
    case 'ovn-layer2':
      return wide(`ovn:${configName}`);
    default:
      return undefined;
  }
}

/** The pools of a network that whereabouts serves: one a range; with slices those of its nodes. */
export function poolKeysOf({ ipam }: Described, configName: string): string[] {
  if (ipam?.type !== 'whereabouts') return [];
  if (ipam.nodeSliceSize) return [sliceKey(ipam.networkName ?? configName)];
  return [...new Set(ipam.ranges.map((range) => poolKey(range.subnet, ipam.networkName)))];
}
