import type { CauseGroup } from '../types.ts';

const subInterfaces = ['macvlan', 'ipvlan', 'vlan', 'macvlan-cni'];
const notFound = '[Ll]ink not found';

/** macvlan, ipvlan and vlan: a sub-interface on a master of the node. */
export const subInterface: CauseGroup = {
  group: 'macvlan, ipvlan, vlan',
  source: 'containernetworking/plugins plugins/main/macvlan, ipvlan, vlan',
  secondary: true,
  causes: [
    {
      slug: 'no-default-route-iface',
      severity: 'error',
      title: 'No master is configured, and the node has no default route to take it from',
      cause: 'Without master macvlan and ipvlan use the interface that holds the default route; there is none.',
      fix: 'Set "master" in spec.config.',
      symptom: 'no default route interface found',
      match: /no default route interface found/,
    },
    {
      slug: 'vlan-master-required',
      severity: 'error',
      title: 'The vlan plugin has no master',
      cause: 'vlan has no default for master.',
      fix: 'Set "master" in spec.config.',
      symptom: '"master" field is required. It specifies the host interface name to create the VLAN for',
      match: /"?master"? field is required\.? ?It specifies the host interface name to create the VLAN/,
    },
    {
      slug: 'vlan-id-range',
      severity: 'error',
      title: 'vlanId is out of range',
      cause: 'The vlan plugin accepts 0 to 4094, although its message says 4095.',
      fix: 'Set vlanId to 1 to 4094.',
      symptom: 'invalid VLAN ID 5000 (must be between 0 and 4095 inclusive)',
      match: /invalid VLAN ID (?<vlan>-?\d{1,12}) \(must be between 0 and 409\d inclusive/,
    },
    {
      slug: 'mtu-range',
      severity: 'error',
      title: 'The MTU is above that of the master interface',
      cause: 'A sub-interface cannot have a larger MTU than its master on that node.',
      fix: 'Lower mtu in spec.config or raise the MTU of the master on the node.',
      symptom: 'invalid MTU 9000, must be [0, master MTU(1500)]',
      match: /invalid MTU (?<mtu>-?\d{1,12}), ?must be \[0, ?master MTU ?\((?<masterMtu>\d{1,9})/,
    },
    {
      slug: 'macvlan-bad-mode',
      severity: 'error',
      title: 'Unknown macvlan mode',
      cause: 'macvlan knows bridge, private, vepa and passthru; l2, l3 and l3s belong to ipvlan.',
      fix: 'Correct "mode" in spec.config.',
      symptom: 'unknown macvlan mode',
      match: /unknown macvlan mode:? ?"?(?<mode>[^"]{0,40})/,
    },
    {
      slug: 'ipvlan-bad-mode',
      severity: 'error',
      title: 'Unknown ipvlan mode',
      cause: 'ipvlan knows l2, l3 and l3s; bridge, private, vepa and passthru belong to macvlan.',
      fix: 'Correct "mode" in spec.config.',
      symptom: 'unknown ipvlan mode',
      match: /unknown ipvlan mode:? ?"?(?<mode>[^"]{0,40})/,
    },
    {
      slug: 'ipvlan-chain-master',
      severity: 'error',
      title: 'Chained ipvlan cannot tell its master',
      cause:
        'Without master, a chained ipvlan takes the interface of the previous result, which must have exactly one.',
      fix: 'Set "master" explicitly.',
      symptom: 'chained master failure. PrevResult lacks a single named interface',
      match: /chained master failure\.? ?PrevResult lacks a single named interface/,
    },
    {
      slug: 'ipvlan-address-in-use',
      severity: 'error',
      title: 'The ipvlan address is already held by the master or a sister interface',
      cause:
        'All ipvlan interfaces of one master share its address table: an address that the master itself or another pod on the node still holds is refused.',
      fix: 'Take the address off the master, exclude it from the IPAM range, or wait until the old pod is gone.',
      symptom: 'plugin type="ipvlan" failed (add): failed to add IP addr: address already in use',
      match: [
        {
          pattern:
            /failed to (?:add|configure) (?:IP )?addr[^:]{0,120}: ?(?:address already in use|cannot assign requested address)/,
          when: { namedPlugins: ['ipvlan'] },
        },
        { pattern: /failed to add IP addr.{0,120}?: ?address already in use/, confidence: 'likely' },
      ],
    },
    {
      slug: 'mac-multicast',
      severity: 'error',
      title: 'The requested MAC is a multicast address',
      cause: 'The lowest bit of the first byte is set, so the kernel refuses the address for an interface.',
      fix: 'Use a unicast, locally administered MAC: second digit 2, 6, A or E.',
      symptom: 'failed to create macvlan: cannot assign requested address',
      match: [
        {
          pattern: /failed to create (?:macvlan|interface).{0,60}?: ?cannot assign requested address/,
          when: { plugins: ['macvlan'] },
        },
        /failed to set "?(?<ifname>[^\s"]{1,40}?)"? (?:mac )?address to "?(?<mac>[0-9a-fA-F:]{17})"?: ?cannot assign requested address/,
      ],
      confidence: 'likely',
    },
    {
      slug: 'mac-in-use',
      severity: 'error',
      title: 'The MAC is already used on this master',
      cause:
        'The kernel refuses a second macvlan with one MAC on a master: two pods ask for it on one node, or an old sandbox still holds it.',
      fix: 'Give every pod its own MAC; wait for the old pod to be gone.',
      symptom: 'failed to create macvlan: address already in use',
      match: [
        /failed to create (?:macvlan|interface).{0,40}?: ?address already in use/,
        {
          pattern: /^(?:failed to [^:]{1,60}: ?)?address already in use$/,
          when: { multus: true, plugins: ['macvlan'] },
          confidence: 'likely',
        },
      ],
    },
    {
      slug: 'link-busy',
      severity: 'error',
      title: 'The master interface is already used in another way',
      cause:
        'A NIC carries one kind of upper device: macvlan beside ipvlan, a bridge or bond member, an OVS port or a passthru macvlan make it busy.',
      fix: 'Use one plugin type per master, or VLAN sub-interfaces as masters.',
      symptom: 'failed to create macvlan: device or resource busy',
      match: [
        /failed to create (?<kind>macvlan|ipvlan|vlan)[^:]{0,40}: ?device or resource busy/,
        {
          pattern: /^(?:error[^:]{0,60}: ?|failed[^:]{0,60}: ?)?device or resource busy/,
          when: { multus: true, plugins: subInterfaces },
        },
      ],
    },
    {
      slug: 'macvtap-device-not-found',
      severity: 'error',
      title: 'The macvtap device is not on the node',
      cause:
        'The device plugin did not create the macvtap interface or it was renamed; an empty name means that the pod did not request the resource.',
      fix: 'Request the macvtap resource of the network in the pod, and check the macvtap device plugin on the node.',
      symptom: 'failed to lookup device "...": Link not found',
      match: new RegExp(`failed to lookup device "(?<device>[^"]{0,40})": ?${notFound}`),
    },
    {
      slug: 'master-not-found',
      severity: 'error',
      title: 'The master interface does not exist on the node',
      cause:
        'The interface named by master is not on that node; names often differ from node to node. macvlan and vlan report no more than "Link not found".',
      fix: 'Correct "master" for that node, restrict the pods to nodes that have it, or use linkInContainer if the master lives in the pod.',
      symptom: 'Link not found',
      match: [
        new RegExp(
          `failed to lookup master "?(?<master>[^"\\s:]{0,40}?)"?: ?(?:${notFound}|no such network interface)`,
        ),
        /failed to create (?:vlan device )?(?:master|master interface) "(?<master>[^"]{1,40})"[^"]{0,80}(?:"[^"]{1,40}": ?route ip\+net: ?no such network interface|: ?(?:Link not found|no such network interface))/,
        { pattern: /failed to lookup master "(?<master>[^"]{1,40})/, confidence: 'likely' },
        {
          pattern: /could ?n[o']t (?:find|lookup|get) master (?:interface |link )?"?(?<master>[\w.@-]{1,40})/,
          confidence: 'likely',
        },
        {
          pattern: /^(?:CmdAdd: ?|macvlan: ?|vlan: ?|error[^:]{0,40}: ?)?link not fou(?:nd?)?(?=$|\W|failed|delegate)/,
          when: { plugins: subInterfaces, test: ({ plugins, multus }) => multus || plugins.length > 0 },
        },
        {
          pattern: /^(?:failed: ?|error: ?)?link not found\.?$/,
          when: { plugins: subInterfaces },
          confidence: 'likely',
        },
      ],
    },
    {
      slug: 'macvlan-create-other',
      severity: 'error',
      title: 'The kernel refused the sub-interface',
      cause:
        'The master is down, its driver (wireless, some cloud NICs) does not support it, or the interface exists already.',
      fix: 'Try the same with ip link on the node; choose a master that supports it.',
      symptom: 'failed to create macvlan / ipvlan / vlan',
      match: /failed to create (?<kind>macvlan|ipvlan|vlan|macvtap): ?(?<error>[^,]{0,150})/,
      late: true,
      confidence: 'likely',
    },
  ],
};
