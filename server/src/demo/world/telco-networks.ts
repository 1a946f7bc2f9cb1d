import type { JsonObject } from '../api/types.ts';
import type { Definition } from './base.ts';
import { SRIOV_RESOURCE } from './machines.ts';

export const whereabouts = (range: string): JsonObject => ({ type: 'whereabouts', range });
export const macvlan = (name: string, master: string, ipam: JsonObject, extra: JsonObject = {}): JsonObject => ({
  cniVersion: '0.3.1',
  name,
  type: 'macvlan',
  master,
  mode: 'bridge',
  ...extra,
  ipam,
});

/** The networks. What is wrong with one of them stands in the comment; the rest is healthy. */
export const DEFINITIONS: Definition[] = [
  {
    namespace: 'core',
    name: 'n3',
    config: {
      cniVersion: '0.3.1',
      name: 'n3',
      type: 'sriov',
      vlan: 310,
      spoofchk: 'off',
      trust: 'on',
      capabilities: { mac: true, ips: true },
      ipam: whereabouts('10.20.3.0/24'),
    },
    annotations: { 'k8s.v1.cni.cncf.io/resourceName': SRIOV_RESOURCE },
  },
  { namespace: 'core', name: 'n6', config: macvlan('n6', 'ens5', whereabouts('10.20.4.0/24')) },
  { namespace: 'core', name: 'n4', config: macvlan('n4', 'ens5', whereabouts('10.20.5.0/24')) },
  {
    namespace: 'core',
    name: 'n2',
    config: {
      cniVersion: '0.3.1',
      name: 'n2',
      type: 'ipvlan',
      master: 'ens5',
      mode: 'l2',
      ipam: whereabouts('10.20.2.0/24'),
    },
  },
  // Every pod of this definition gets the same address.
  {
    namespace: 'core',
    name: 'oam',
    config: macvlan('oam', 'ens5', { type: 'static', addresses: [{ address: '10.20.9.15/24' }] }),
  },
  // worker-3 has no ens9.
  {
    namespace: 'ran',
    name: 'fronthaul',
    config: macvlan('fronthaul', 'ens9', whereabouts('10.56.6.0/24'), { mtu: 9000 }),
  },
  // Six usable addresses.
  { namespace: 'ran', name: 'midhaul', config: macvlan('midhaul', 'ens5', whereabouts('10.56.7.0/29')) },
  {
    namespace: 'lab',
    name: 'storage',
    config: {
      cniVersion: '0.3.1',
      name: 'storage',
      type: 'bridge',
      bridge: 'br-st',
      ipam: whereabouts('10.40.0.0/24'),
    },
  },
  // The `ovs` binary is missing on worker-2 and worker-3.
  {
    namespace: 'lab',
    name: 'ovs-trunk',
    config: {
      cniVersion: '0.3.1',
      name: 'ovs-trunk',
      type: 'ovs',
      bridge: 'br-int',
      vlan: 120,
      ipam: whereabouts('10.40.8.0/24'),
    },
  },
  // No node runs the CNI DHCP daemon.
  { namespace: 'lab', name: 'camera-lan', config: macvlan('camera-lan', 'ens5', { type: 'dhcp' }) },
  // A trailing comma in the config.
  {
    namespace: 'lab',
    name: 'legacy',
    config: '{\n  "cniVersion": "0.3.1",\n  "name": "legacy",\n  "type": "macvlan",\n  "master": "ens5",\n}',
  },
  // Comes and goes.
  { namespace: 'lab', name: 'transit', config: macvlan('transit', 'ens5', whereabouts('10.40.16.0/24')) },
  {
    namespace: 'storage',
    name: 'ceph-public',
    config: macvlan('ceph-public', 'ens5', whereabouts('10.50.0.0/24'), { mtu: 9000, capabilities: { ips: true } }),
  },
  // ens10 carries 1500.
  {
    namespace: 'storage',
    name: 'jumbo',
    config: macvlan('jumbo', 'ens10', whereabouts('10.50.4.0/24'), { mtu: 9000 }),
  },
  { namespace: 'edge', name: 'cell-site', config: macvlan('cell-site', 'ens5', whereabouts('10.60.0.0/24')) },
  {
    namespace: 'media',
    name: 'contribution',
    config: macvlan('contribution', 'ens5', {
      type: 'host-local',
      subnet: '10.30.8.0/24',
      rangeStart: '10.30.8.20',
      rangeEnd: '10.30.8.200',
    }),
  },
];
