import { fromConfigIssue } from './define.ts';
import type { AttachmentFacts, Rule } from './rule.ts';

/** Plugins that need a device and were handed none: neither config, NAD annotation nor request names one. */
const withoutDevice = ({ element }: AttachmentFacts): boolean => !element?.deviceId && !element?.cniArgs;

/** MN320-MN349: what each plugin refuses in its config (semantics section 8), seen in the NAD or told by an event. */
export const configPluginRules: readonly Rule[] = [
  ...fromConfigIssue('MN320', ['bridge-vlan-range']),
  ...fromConfigIssue('MN321', ['bridge-trunk']),
  ...fromConfigIssue('MN322', ['bridge-hairpin-promisc']),
  ...fromConfigIssue('MN323', ['bridge-ipam-disabled-iface']),
  ...fromConfigIssue('MN324', ['macvlan-bad-mode'], { patch: '"mode": "bridge"' }),
  ...fromConfigIssue('MN325', ['ipvlan-bad-mode'], { patch: '"mode": "l2"' }),
  ...fromConfigIssue('MN326', ['vlan-master-required'], { patch: '"master": "eth1"' }),
  ...fromConfigIssue('MN327', ['vlan-id-range']),
  ...fromConfigIssue('MN328', ['mtu-range', 'bond-mtu']),
  ...fromConfigIssue('MN329', ['ptp-no-ipam', 'dummy-no-ipam'], {
    patch: '"ipam": {"type": "host-local", "subnet": "10.30.0.0/24"}',
  }),
  ...fromConfigIssue('MN330', ['hostdevice-no-selector', 'hostdevice-deviceid-unsupported'], {
    failsWhen: withoutDevice,
    patch: '"device": "eth1"',
  }),
  ...fromConfigIssue('MN331', ['sriov-no-device-id'], {
    failsWhen: withoutDevice,
    // A DRA driver that runs the config itself hands the device over.
    spares: ({ attachment }) => attachment.provider === 'dra',
    sparesAll: (world) => world.driverDevices('sriovnetwork.k8snetworkplumbingwg.io').count > 0,
  }),
  ...fromConfigIssue('MN332', ['sriov-conf-invalid']),
  ...fromConfigIssue('MN333', ['ovs-trunk']),
  ...fromConfigIssue('MN348', ['ovs-vlan-range'], {
    title: 'The VLAN of an ovs network is out of range',
    why: 'Open vSwitch takes a tag up to 4095 and refuses the port otherwise.',
    fix: 'Use a VLAN from 1 to 4094.',
  }),
  ...fromConfigIssue('MN334', ['ovnk-nad-invalid'], { explains: ['ovnk-annotation-timeout', 'ovnk-interface-config'] }),
  ...fromConfigIssue('MN335', ['ovnk-nad-name-mismatch'], {
    explains: ['ovnk-annotation-timeout', 'ovnk-interface-config'],
  }),
  ...fromConfigIssue('MN336', ['ovnk-ipam-key'], { explains: ['ovnk-annotation-timeout', 'ovnk-interface-config'] }),
  ...fromConfigIssue('MN337', ['bond-mode'], { patch: '"mode": "active-backup"' }),
  ...fromConfigIssue('MN338', ['bond-links'], { patch: '"links": [{"name": "net1"}, {"name": "net2"}]' }),
  ...fromConfigIssue('MN339', ['tuning-sysctl-key']),
  ...fromConfigIssue('MN340', ['tuning-mac']),
  ...fromConfigIssue('MN341', ['vrf-no-name'], { patch: '"vrfname": "blue"' }),
  ...fromConfigIssue('MN342', ['sbr-gateways']),
  ...fromConfigIssue('MN343', ['route-override-failed']),
  ...fromConfigIssue('MN344', ['bandwidth-pair']),
  ...fromConfigIssue('MN345', ['bandwidth-no-veth']),
  ...fromConfigIssue('MN346', ['portmap-backend']),
];
