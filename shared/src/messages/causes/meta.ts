import type { CauseGroup } from '../types.ts';

/** tuning, vrf, sbr, route-override, bandwidth, portmap. */
export const meta: CauseGroup = {
  group: 'Meta plugins',
  source: 'containernetworking/plugins plugins/meta, openshift/route-override-cni',
  causes: [
    {
      slug: 'tuning-sysctl-denied',
      severity: 'error',
      title: 'The node does not allow this sysctl',
      cause: 'An allow-list for the tuning plugin exists on the node and does not contain the sysctl.',
      fix: 'Extend /etc/cni/tuning/allowlist.conf on the nodes (on OpenShift the cni-sysctl-allowlist ConfigMap).',
      symptom: 'Sysctl is not allowed. Only the following sysctls are allowed',
      match:
        /Sysctl (?<sysctl>[^\s]{1,120}?) is not allowed\.? ?(?:Only the following sysctls are allowed:? ?\[?(?<allowed>[^\]]{0,300}))?/,
    },
    {
      slug: 'tuning-sysctl-key',
      severity: 'error',
      title: 'The sysctl key is not valid for tuning',
      cause: 'tuning sets net.* keys only, each once.',
      fix: 'Correct the sysctl map.',
      symptom: 'invalid net sysctl key',
      match: /invalid net sysctl key:? ?"?(?<sysctl>[^"]{0,120})|duplicated sysctl keys are not allowed/,
    },
    {
      slug: 'tuning-sysctl-missing',
      severity: 'error',
      title: 'The sysctl does not exist in the pod',
      cause:
        'tuning found no such file under /proc/sys: the key is misspelt, the interface has another name, or a kernel module is not loaded.',
      fix: 'Check the key against the kernel of the node; write IFNAME for the interface.',
      symptom: 'open /proc/sys/net/...: no such file or directory',
      match: {
        pattern:
          /(?:open|write|stat) \/proc\/sys\/(?<sysctl>net\/[^\s:]{1,120}): ?(?<error>no such file or directory|read-only file system|permission denied|invalid argument)/,
        when: { plugins: ['tuning'] },
      },
    },
    {
      slug: 'tuning-mac',
      severity: 'error',
      title: 'The MAC address given to the plugin does not parse',
      cause: 'The mac of the configuration or the annotation is not a hardware address.',
      fix: 'Write it like 02:00:00:00:00:01.',
      symptom: 'invalid args for MAC addr',
      match: /invalid args (?<mac>[^\s]{0,80}?) for MAC addr(?:: ?(?<error>[^,]{0,150}))?/,
    },
    {
      slug: 'vrf-no-name',
      severity: 'error',
      title: 'The vrf plugin has no vrfname',
      cause: 'vrfname is required.',
      fix: 'Set vrfname.',
      symptom: 'configuration is expected to have a valid vrf name',
      match: /configuration is expected to have a valid vrf name/,
    },
    {
      slug: 'vrf-table-clash',
      severity: 'error',
      title: 'The VRF exists with another routing table',
      cause: 'Two networks of the pod use one vrfname with different tables.',
      fix: 'Use the same table for one vrfname.',
      symptom: 'VRF already exist with different routing table',
      match: /VRF (?<vrf>[^\s]{1,40}?) already exists? with different routing table (?<table>\d{1,10})/,
    },
    {
      slug: 'vrf-has-master',
      severity: 'error',
      title: 'The interface already belongs to a bridge, bond or VRF',
      cause: 'An enslaved interface cannot be put into a VRF.',
      fix: 'Choose another interface.',
      symptom: 'interface has already a master set',
      match: /interface (?<ifname>[^\s]{1,40}?) has already a master set/,
    },
    {
      slug: 'sbr-no-ip',
      severity: 'error',
      title: 'Source-based routing needs an address',
      cause: 'sbr follows a plugin that gave the interface no address.',
      fix: 'Add ipam to the main plugin.',
      symptom: 'No IP addresses supplied on interface',
      match: /No IP addresses supplied on interface:? ?(?<ifname>[\w.-]{0,40})/,
    },
    {
      slug: 'sbr-gateways',
      severity: 'error',
      title: 'The gateways list of sbr is not valid',
      cause: 'At most one gateway per address family, each a plain IP address.',
      fix: 'Correct the gateways list.',
      symptom: 'invalid static gateway IP address',
      match:
        /gateways list cannot contain more than 2 entries|invalid static gateway IP address:? ?(?<gw>[^\s,'"]{0,80})|gateways list contains multiple IPv[46] addresses/,
    },
    {
      slug: 'route-override-failed',
      severity: 'error',
      title: 'route-override could not change the routes',
      cause: 'A gateway is not reachable on the link, or a route to delete does not exist.',
      fix: 'Correct addroutes and delroutes.',
      symptom: 'failed to override routes',
      match: /failed to override routes:? ?(?<error>[^,]{0,150})/,
    },
    {
      slug: 'bandwidth-pair',
      severity: 'error',
      title: 'Rate and burst must be given together',
      cause: 'bandwidth needs both rate and burst for a direction; burst is limited to 4 GB.',
      fix: 'Set both, in bits.',
      symptom: 'if rate is set, burst must also be set',
      match:
        /if rate is set, ?burst must also be set|if burst is set, ?rate must also be set|burst cannot be more than 4GB/,
    },
    {
      slug: 'bandwidth-no-veth',
      severity: 'error',
      title: 'bandwidth works on veth interfaces only',
      cause: 'The plugin shapes the host end of a veth pair; macvlan, ipvlan, SR-IOV and host-device have none.',
      fix: 'Use bandwidth after bridge or ptp only.',
      symptom: 'no veth peer of container interface found in host ns',
      match:
        /no veth peer of container interface found in host ns|container interface (?<ifname>[^\s]{1,40}?) has no veth peer|veth peer with index \d{1,9} is not in host ns/,
    },
    {
      slug: 'portmap-port',
      severity: 'error',
      title: 'A port of portMappings is not valid',
      cause: 'Ports must be positive.',
      fix: 'Correct portMappings.',
      symptom: 'Invalid host port number',
      match: /Invalid (?<which>container|host) port number:? ?(?<port>-?\d{0,12})/,
    },
    {
      slug: 'portmap-backend',
      severity: 'error',
      title: 'The options of portmap contradict each other',
      cause: 'The backend is unknown, or options of the other backend or both kinds of mark are given.',
      fix: 'Use backend iptables or nftables with its own options.',
      symptom: 'unrecognized backend',
      match:
        /unrecognized backend "?(?<backend>[^"]{0,40})|backend was requested but configuration contains \w{1,20}-specific options|MasqMarkBit must be between 0 and 31|Cannot specify externalSetMarkChain and mark?[Mm]asq?Bit/,
    },
    {
      slug: 'portmap-rules-failed',
      severity: 'error',
      title: 'The port mapping rules could not be set up on the node',
      cause: 'iptables or nftables failed on the node: binary or kernel module missing, or a lock held.',
      fix: 'Check iptables on the node; choose the backend that the node has.',
      symptom: 'could not setup hostport rules / unable to set up portmap iptables',
      match: {
        pattern:
          /(?:could not|unable to|failed to) (?:set ?up|create|ensure|open) (?:dnat|snat|hostport|portmap|chain CNI-)[^,]{0,150}|running \[\/?[\w/]{1,60}iptables[^\]]{0,200}\]: exit status/,
        when: { namedPlugins: ['portmap'] },
      },
      confidence: 'likely',
    },
  ],
};
