import { accessRules } from './access.ts';
import { addressingRules } from './addressing.ts';
import { antreaRules } from './antrea.ts';
import { calicoRules } from './calico.ts';
import { capabilityRules } from './capabilities.ts';
import { ciliumRules } from './cilium.ts';
import { configRules } from './config.ts';
import { configPluginRules } from './config-plugins.ts';
import { configTrapRules } from './config-traps.ts';
import { danmRules } from './danm.ts';
import { deviceRules } from './devices.ts';
import { disagreementRules } from './disagreement.ts';
import { draDeviceRules } from './dra-devices.ts';
import { gkeRules } from './gke.ts';
import { ipamClaimRules } from './ipam-claims.ts';
import { kubeOvnRules } from './kube-ovn.ts';
import { machineRules } from './kubevirt.ts';
import { liveMachineRules } from './kubevirt-live.ts';
import { l2Rules } from './l2.ts';
import { lifecycleRules } from './lifecycle.ts';
import { metaPluginRules } from './meta.ts';
import { nativeRules } from './native.ts';
import { nodeRules } from './node.ts';
import { nodeAnswerRules } from './node-answers.ts';
import { nodeBridgeRules } from './node-bridges.ts';
import { nodeDeviceRules } from './node-devices.ts';
import { notNetworkRules } from './not-network.ts';
import { objectEventRules } from './object-events.ts';
import { ovnNetworkRules } from './ovn-networks.ts';
import { ovnNodeRules } from './ovn-nodes.ts';
import { ovnRequestRules } from './ovn-requests.ts';
import { pluginRules } from './plugins.ts';
import { policyRules } from './policy.ts';
import { policyPortRules } from './policy-ports.ts';
import { referenceRules } from './reference.ts';
import type { Rule } from './rule.ts';
import { selectionRules } from './selection.ts';
import { selectionTrapRules } from './selection-traps.ts';
import { sharedDeviceRules } from './shared-device.ts';
import { spiderpoolRules } from './spiderpool.ts';
import { statusRules } from './status.ts';
import { teardownRules } from './teardown.ts';
import { udnDraRules } from './udn-dra.ts';
import { unmadeRules } from './unmade.ts';
import { unreadRules } from './unread.ts';
import { draRules, kubevirtRules, ovnRules, vendorRules } from './vendors.ts';

/** One line a family. */
export const rules: readonly Rule[] = [
  ...accessRules,
  ...selectionRules,
  ...selectionTrapRules,
  ...referenceRules,
  ...capabilityRules,
  ...ovnRequestRules,
  ...addressingRules,
  ...ipamClaimRules,
  ...configRules,
  ...configPluginRules,
  ...configTrapRules,
  ...pluginRules,
  ...metaPluginRules,
  ...nodeRules,
  ...unreadRules,
  ...deviceRules,
  ...nodeDeviceRules,
  ...nodeBridgeRules,
  ...sharedDeviceRules,
  ...notNetworkRules,
  ...l2Rules,
  ...policyRules,
  ...policyPortRules,
  ...lifecycleRules,
  ...statusRules,
  ...teardownRules,
  ...objectEventRules,
  ...nodeAnswerRules,
  ...nativeRules,
  ...draRules,
  ...ovnRules,
  ...udnDraRules,
  ...ovnNetworkRules,
  ...ovnNodeRules,
  ...draDeviceRules,
  ...vendorRules,
  ...kubeOvnRules,
  ...spiderpoolRules,
  ...calicoRules,
  ...danmRules,
  ...gkeRules,
  ...antreaRules,
  ...ciliumRules,
  ...unmadeRules,
  ...kubevirtRules,
  ...machineRules,
  ...liveMachineRules,
  ...disagreementRules,
];

/** The families of codes by their first digit. */
export const families: Readonly<Record<string, string>> = {
  MN0: 'Input and access',
  MN1: 'Request and reference',
  MN2: 'Addressing and IPAM',
  MN3: 'Network configuration',
  MN4: 'Node, device and plugin',
  MN5: 'Link and L2',
  MN6: 'Policy',
  MN7: 'Drift and lifecycle',
  MN8: 'Native networks, DRA and vendors',
};

export const familyOf = (code: string): string => families[code.slice(0, 3)] ?? '';
