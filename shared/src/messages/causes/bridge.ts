import type { CauseGroup } from '../types.ts';

const group = { plugins: ['bridge', 'cnv-bridge', 'ptp', 'veth'] };

export const bridge: CauseGroup = {
  group: 'bridge',
  source: 'containernetworking/plugins plugins/main/bridge',
  causes: [
    {
      slug: 'bridge-vlan-range',
      severity: 'error',
      title: 'The VLAN ID of the bridge is out of range',
      cause: 'bridge accepts vlan 0 to 4094.',
      fix: 'Correct "vlan" in spec.config.',
      symptom: 'invalid VLAN ID 5000 (must be between 0 and 4094)',
      match: /invalid VLAN ID (?<vlan>-?\d{1,12}) \(must be between 0 and 4094(?! inclusive)/,
    },
    {
      slug: 'bridge-trunk',
      severity: 'error',
      title: 'An entry of vlanTrunk is not valid',
      cause: 'Entries take an id, or minID and maxID together, each 1 to 4094, with minID not above maxID.',
      fix: 'Correct vlanTrunk in spec.config.',
      symptom: 'incorrect trunk id parameter',
      match:
        /incorrect trunk (?:minID|maxID|id) parameter|minID is greater than maxID in trunk parameter|minID and maxID should be configured simultaneously/,
    },
    {
      slug: 'bridge-hairpin-promisc',
      severity: 'error',
      title: 'hairpinMode and promiscMode are both on',
      cause: 'The two modes exclude each other.',
      fix: 'Keep one of hairpinMode and promiscMode.',
      symptom: 'cannot set hairpin mode and promiscuous mode at the same time',
      match: /cannot set hairpin mode and promiscuous mode at the same time/,
    },
    {
      slug: 'bridge-ipam-disabled-iface',
      severity: 'error',
      title: 'IPAM is configured although the container interface is disabled',
      cause: 'disableContainerInterface and ipam exclude each other.',
      fix: 'Remove ipam or disableContainerInterface.',
      symptom: 'cannot use IPAM when DisableContainerInterface flag is set',
      match: /cannot use IPAM when DisableContainerInterface flag is set/,
    },
    {
      slug: 'bridge-ip-conflict',
      severity: 'error',
      title: 'The bridge on the node has another gateway address already',
      cause:
        'With isGateway the plugin wants to give the bridge the gateway address of the subnet, but finds a different one, often from an earlier configuration.',
      fix: 'Use the same gateway in every network on that bridge, delete the stale address from the bridge on the node, or set forceAddress.',
      symptom: 'already has an IP address different from',
      match: [
        /"(?<bridge>[^"]{1,40})" already has an IP address different from (?<ip>[0-9a-fA-F.:/]{1,60})/,
        /(?<bridge>[\w.-]{1,15}) already has an IP address different from (?<ip>[0-9a-fA-F.:/]{1,60})/,
        /failed to set bridge addr: .{0,120}?already has an IP address/,
        /already has an IP address different from/,
      ],
    },
    {
      slug: 'bridge-not-a-bridge',
      severity: 'error',
      title: 'A device with the name of the bridge exists and is not a bridge',
      cause: 'The node has another kind of interface under the configured name.',
      fix: 'Choose another bridge name; to use a NIC directly, enslave it to a bridge or use macvlan.',
      symptom: 'already exists but is not a bridge',
      match: /"?(?<link>[^"\s:]{1,40}?)"? already exists but is not a bridge/,
    },
    {
      slug: 'bridge-create-failed',
      severity: 'error',
      title: 'The bridge could not be created on the node',
      cause:
        'The kernel refused: missing module, a name longer than 15 characters, missing permission, or no support for VLAN filtering.',
      fix: 'Check the bridge name and the kernel of the node.',
      symptom: 'failed to create bridge',
      match: [
        /failed to create bridge "(?<bridge>[^"]{1,64})": ?(?<error>[^",][^,]{0,200})/,
        /failed to create bridge:? ?(?<error>(?:could not add|operation|numerical)[^,]{0,200})/,
        {
          pattern: /could not add "(?<bridge>[^"]{1,64})": ?(?<error>(?:operation|numerical|permission)[^,]{0,100})/,
          confidence: 'likely',
        },
      ],
    },
    {
      slug: 'bridge-connect-failed',
      severity: 'error',
      title: 'The pod could not be plugged into the bridge',
      cause:
        'The bridge refused another port: it is full (1024 ports), VLAN filtering is not supported, or the bridge vanished meanwhile.',
      fix: 'Count the ports of the bridge on the node and check that it exists and supports VLANs.',
      symptom: 'failed to connect ... to bridge',
      match:
        /failed to connect "?(?<port>[^"\s]{1,40}?)"? to bridge "?(?<bridge>[^"\s:]{1,40}?)"?: ?(?<error>[^,]{1,150})|failed to setup vlan tag on (?:interface|bridge)(?<error2>[^,]{0,150})/,
    },
    {
      slug: 'ipv6-disabled',
      severity: 'error',
      title: 'IPv6 is disabled where the address should go',
      cause: 'The network hands out an IPv6 address, and the kernel of the node or the pod has IPv6 switched off.',
      fix: 'Enable IPv6 (net.ipv6.conf.*.disable_ipv6 = 0) on the node, or remove the IPv6 range.',
      symptom: 'could not add IP address to "...": permission denied',
      match: {
        pattern:
          /(?:could not add IP address to "?(?<ifname>[^"\s:]{1,40}?)"?|failed to add IP addr.{0,200}?): ?permission denied/,
        when: { test: ({ core }) => !/configurepodinterface/i.test(core) },
      },
      confidence: 'likely',
    },
    {
      slug: 'bridge-port-error',
      severity: 'error',
      title: 'The port of the pod on the bridge never came up',
      cause:
        'The host end of the veth pair stayed down for longer than the plugin waits: bridge down, or held by spanning tree.',
      fix: 'Bring the bridge up on the node and check its spanning tree settings.',
      symptom: 'bridge port in error state',
      match: /bridge port in error state:? ?(?<state>\w{0,20})/,
    },
    {
      slug: 'veth-exists',
      severity: 'error',
      title: 'The interface name is already taken in the pod',
      cause:
        'A device of that name exists in the network namespace of the pod: two attachments with one name, or a reserved one such as lo or eth0.',
      fix: 'Give each attachment its own interface name.',
      symptom: 'container veth name already exists',
      match: [
        /container veth name ?\(?"?(?:provided \()?(?<ifname>[\w.-]{1,40}?)"?\)? ?(?:peer provided \("?(?<peer>[^")]{1,40})"?\) )?already exists/,
        /container veth name provided.{0,80}?already exists/,
      ],
    },
    {
      slug: 'veth-create-failed',
      severity: 'error',
      title: 'The veth pair could not be created or moved',
      cause:
        'The kernel refused to make the pair or to move one end into the pod: leftovers of an earlier sandbox, a kernel without veth, or a vanished namespace.',
      fix: 'Check for leftover interfaces on the node; retry after the old sandbox is gone.',
      symptom: 'failed to make veth pair',
      match: {
        pattern:
          /failed to (?:make|create) veth pair:? ?(?<error>[^,]{0,150})|failed to move (?:host )?veth (?:to|into) (?:host|container) netns:? ?(?<error2>[^,]{0,150})|container veth .{0,30}?: ?file exists/,
        when: group,
      },
      confidence: 'likely',
    },
  ],
};
