import type { CauseGroup } from '../types.ts';

export const dhcp: CauseGroup = {
  group: 'IPAM: dhcp',
  source: 'containernetworking/plugins plugins/ipam/dhcp',
  secondary: true,
  causes: [
    {
      slug: 'dhcp-netns',
      severity: 'error',
      title: 'The DHCP daemon cannot see the network namespace of the pod',
      cause:
        'The daemon runs in a container without /run/netns mounted, or mounted without propagation; or the sandbox went away meanwhile.',
      fix: 'Mount /run/netns with mountPropagation HostToContainer into the DHCP daemon.',
      symptom: 'error calling DHCP.Allocate: failed to Statfs',
      match:
        /error calling DHCP\.Allocate: ?(?:failed to Statfs "?|error opening netns "?|failed to open netns "?)(?<netns>[^":]{0,120})/,
    },
    {
      slug: 'dhcp-no-mask',
      severity: 'error',
      title: 'The DHCP answer has no subnet mask',
      cause: 'The server does not send option 1.',
      fix: 'Configure the subnet mask on the DHCP server.',
      symptom: 'DHCP option Subnet Mask not found in DHCPACK',
      match: /DHCP option Subnet Mask not found in DHCPACK/,
    },
    {
      slug: 'dhcp-daemon-down',
      severity: 'error',
      title: 'The DHCP daemon is not running on the node',
      cause: 'The dhcp plugin asks a daemon over a socket on the node, and nobody listens there.',
      fix: 'Run the CNI DHCP daemon on every node; remove a stale /run/cni/dhcp.sock before it starts.',
      symptom: 'error dialing DHCP daemon',
      match: [
        /error dialing DHCP daemon:? ?(?<error>[^,]{0,150})/,
        /dial unix (?<socket>[^\s:,'"]{0,120}dhcp\.sock): ?connect: ?(?<error>connection refused|no such file or directory)/,
      ],
    },
    {
      slug: 'dhcp-no-offer',
      severity: 'error',
      title: 'No DHCP server answered',
      cause:
        'The requests of the pod get no answer: wrong VLAN, port security, wireless, server down or out of leases.',
      fix: 'Check that a DHCP server is reachable from the master interface; try the daemon with -broadcast=true.',
      symptom: 'error calling DHCP.Allocate: no more tries',
      match: [
        /error calling DHCP\.Allocate: ?(?<error>no more tries|context deadline exceeded|[^,]{0,120}?no matching response packet received|[^,]{0,120}?no DHCP packet received|[^,]{0,120}?(?:timed out|timeout))/,
        { pattern: /^(?:.{0,60}: ?)?no more tries$/, confidence: 'likely' },
        { pattern: /\/[^/\s]{1,253}\/[\w.@-]{1,15}: ?no more tries$/, confidence: 'likely' },
        { pattern: /no (?:DHCP packet|matching response packet) received(?: within \d{1,4}s)?/, confidence: 'likely' },
      ],
    },
    {
      slug: 'dhcp-allocate-other',
      severity: 'error',
      title: 'The DHCP daemon returned an error',
      cause: 'The daemon was reached but could not get a lease; the text says why.',
      fix: 'Look at the log of the DHCP daemon on the node and restart it.',
      symptom: 'error calling DHCP.Allocate',
      match: /error calling DHCP\.(?<method>\w{1,20}):? ?(?<error>[^,]{0,150})/,
      late: true,
      confidence: 'likely',
    },
    {
      slug: 'dhcp-sandbox-timeout',
      severity: 'error',
      title: 'The runtime gave up before DHCP did',
      cause: 'The DHCP retries last longer than the time the kubelet allows for a sandbox.',
      fix: 'Shorten the DHCP timeouts, and see why the server does not answer.',
      symptom: 'code = DeadlineExceeded while DHCP waits',
      match: {
        pattern: /dhcp.{0,120}?(?:context deadline exceeded|DeadlineExceeded)|DeadlineExceeded.{0,200}?dhcp/,
        scope: 'region',
      },
      late: true,
      confidence: 'likely',
    },
  ],
};
