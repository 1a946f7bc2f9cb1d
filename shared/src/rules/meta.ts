import { fromEvent } from './define.ts';
import type { Rule } from './rule.ts';

/** MN417-MN419: plugins that change an interface which another plugin has made. */
export const metaPluginRules: readonly Rule[] = [
  fromEvent('MN417', ['tuning-sysctl-denied', 'tuning-sysctl-missing'], {
    title: 'A sysctl of the tuning plugin cannot be set',
    why: 'The tuning plugin sets sysctls in the network namespace of the pod. Some exist only when a kernel module is loaded, others are not allowed by the list on the node.',
    fix: 'Allow the sysctl on the node (/etc/cni/tuning/allowlist.conf), load its module, or remove it from the NAD.',
  }),
  fromEvent('MN418', ['vrf-table-clash', 'vrf-has-master'], {
    title: 'The interface cannot join its VRF',
    why: 'The vrf plugin makes a VRF with a routing table of its own in the pod. The table must be free, and the interface in no other VRF.',
    fix: 'Give each VRF its own table, and name one VRF per interface.',
  }),
  fromEvent('MN419', ['portmap-port', 'portmap-rules-failed'], {
    title: 'Port mappings could not be set up',
    why: 'portmap writes rules of iptables or nftables on the node for every hostPort.',
    fix: 'Check the port numbers, and that the backend of portmap works on the node.',
  }),
];
