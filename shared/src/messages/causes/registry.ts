import type { CauseGroup } from '../types.ts';
import { admission } from './admission.ts';
import { admissionKubelet } from './admission-kubelet.ts';
import { bridge } from './bridge.ts';
import { config } from './config.ts';
import { defaultCni } from './default-cni.ts';
import { delegate } from './delegate.ts';
import { deviceDra } from './device-dra.ts';
import { devices } from './devices.ts';
import { dhcp } from './dhcp.ts';
import { dynamic } from './dynamic.ts';
import { ipam } from './ipam.ts';
import { kubevirtUdn } from './kubevirt-udn.ts';
import { subInterface } from './macvlan-ipvlan-vlan.ts';
import { mesh } from './mesh.ts';
import { meta } from './meta.ts';
import { multusRuntime } from './multus-runtime.ts';
import { native } from './native.ts';
import { nodeRuntime } from './node-runtime.ts';
import { notNetwork } from './not-network.ts';
import { reference } from './reference.ts';
import { selection } from './selection.ts';
import { sriovOvsOvn } from './sriov-ovs-ovn.ts';
import { teardown } from './teardown.ts';
import { vendors } from './vendors.ts';
import { whereabouts } from './whereabouts.ts';

/** Tried in this order, within a group from special to general; causes marked `late` after all others. */
export const groups: readonly CauseGroup[] = [
  dynamic,
  native,
  teardown,
  multusRuntime,
  notNetwork,
  selection,
  reference,
  config,
  kubevirtUdn,
  admissionKubelet,
  deviceDra,
  bridge,
  devices,
  meta,
  vendors,
  sriovOvsOvn,
  whereabouts,
  dhcp,
  ipam,
  subInterface,
  mesh,
  defaultCni,
  nodeRuntime,
  delegate,
  admission,
];
