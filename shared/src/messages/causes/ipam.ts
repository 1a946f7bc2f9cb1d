import type { CauseGroup } from '../types.ts';

const notForeignIpam = { test: ({ core }: { core: string }) => !/whereabouts|storageengine|spiderpool/i.test(core) };

/** host-local, static, and what any IPAM result can break afterwards. */
export const ipam: CauseGroup = {
  group: 'IPAM: host-local, static',
  source: 'containernetworking/plugins plugins/ipam',
  causes: [
    {
      slug: 'hostlocal-ip-taken',
      severity: 'error',
      title: 'The requested address is not free in the host-local range',
      cause: 'It is used on this node already (perhaps leaked), or it is not in the range.',
      fix: 'Ask for another address; if no pod holds it, remove its file under /var/lib/cni/networks/<name> on the node.',
      symptom: 'requested IP address is not available in range set',
      match: /requested IP address (?<ip>[0-9a-fA-F.:/]{2,60}?) is not available in range se/,
    },
    {
      slug: 'hostlocal-ip-is-gw',
      severity: 'error',
      title: 'The requested address is the gateway of the subnet',
      cause: 'host-local never hands out the gateway address.',
      fix: 'Ask for another address.',
      symptom: "requested ip is subnet's gateway",
      match: /requested ip (?<ip>[0-9a-fA-F.:/]{2,60}?) is subnet'?s gateway/,
    },
    {
      slug: 'hostlocal-dup',
      severity: 'error',
      title: 'host-local already gave this interface an address',
      cause: 'The same sandbox and interface asks again: leftovers of an earlier attempt.',
      fix: 'Remove the stale file under /var/lib/cni/networks/<name> on the node.',
      symptom: 'has been allocated to ..., duplicate allocation is not allowed',
      match:
        /(?:(?<ip>[0-9a-fA-F.:]{2,60}) has been allocated to (?<id>[^\s,]{1,100}), ?)?duplicate allocation is not allowed/,
    },
    {
      slug: 'hostlocal-exhausted',
      severity: 'error',
      title: 'The host-local range has no free address on this node',
      cause:
        'host-local counts per node: the range is too small for the pods there, or addresses of dead pods leaked after a crash or reboot.',
      fix: 'Enlarge the range; remove files of dead pods under /var/lib/cni/networks/<name> on the node.',
      symptom: 'no IP addresses available in range set',
      match: [
        /failed to allocate for range (?<range>\d{1,4}): ?no IP addresses available in range set:? ?(?<set>[0-9a-fA-F.:/-]{0,100})/,
        /no IP addresses available in (?:range set|network):? ?(?<set>[0-9a-fA-F.:/-]{0,100})/,
      ],
    },
    {
      slug: 'hostlocal-no-ranges',
      severity: 'error',
      title: 'host-local has no range',
      cause: 'Neither subnet nor ranges is configured.',
      fix: 'Add "subnet" or "ranges" to ipam.',
      symptom: 'no IP ranges specified',
      match: /no IP ranges specified/,
    },
    {
      slug: 'hostlocal-bad-range',
      severity: 'error',
      title: 'A host-local range is not valid',
      cause:
        'Host bits set in the subnet, start or end outside of it, a subnet too small, overlapping sets, or mixed families.',
      fix: 'Correct subnet, rangeStart, rangeEnd and gateway.',
      symptom: 'invalid range set 0: Network has host bits set',
      match: [
        /invalid range set (?<index>\d{1,4}): ?(?<detail>.{0,200})/,
        /range set \d{1,4} overlaps with \d{1,4}|Network has host bits set|Range(?:Start|End) [0-9a-fA-F.:]{2,60} not in network|Network [0-9a-fA-F.:/]{2,60} too small to allocate from/,
      ],
      when: notForeignIpam,
    },
    {
      slug: 'hostlocal-store-failed',
      severity: 'error',
      title: 'host-local cannot write its store on the node',
      cause: 'The directory /var/lib/cni/networks is on a full or read-only file system, or the lock cannot be taken.',
      fix: 'Free the disk of the node or correct dataDir.',
      symptom: 'open /var/lib/cni/networks/...: no space left on device',
      match: {
        pattern:
          /(?:open|mkdir|write) (?<path>\/var\/lib\/cni\/networks[^\s:]{0,200}): ?(?<error>no space left on device|read-only file system|permission denied|input\/output error)/,
      },
      domain: 'node',
    },
    {
      slug: 'static-not-cidr',
      severity: 'error',
      title: 'A static address has no prefix length',
      cause: 'The static IPAM wants address/prefix, although the annotation accepts bare addresses.',
      fix: 'Write addresses with a prefix length, for example 10.1.1.5/24.',
      symptom: "the 'address' field is expected to be in CIDR notation",
      match:
        /the '(?:ip|address)' field is expected to be in CIDR notation, ?got:? ?'(?<addr>[^']{0,80})|an entry in the 'ips' field is NOT in CIDR notation, ?got:? ?'(?<addr2>[^']{0,80})/,
    },
    {
      slug: 'static-bad-address',
      severity: 'error',
      title: 'A static address or gateway does not parse',
      cause: 'The addresses or routes of the static IPAM are not IP addresses.',
      fix: 'Correct ipam.addresses and ipam.routes.',
      symptom: 'invalid CIDR address in static IPAM',
      match: {
        pattern:
          /(?:invalid address|invalid CIDR address|failed to parse address|invalid range):? ?"?(?<addr>[^\s",]{1,80})/,
        when: { namedPlugins: ['static'] },
      },
      confidence: 'likely',
    },
    {
      slug: 'cni020-one-address',
      severity: 'error',
      title: 'The old cniVersion allows one address per family only',
      cause: 'Configurations before 0.3.0 cannot carry two addresses of a family.',
      fix: 'Raise cniVersion to 0.3.1 or later.',
      symptom: 'CNI version 0.2.0 does not support more than 1 address per family',
      match: /CNI version (?<version>[^\s]{0,20}?) does not support more than 1 (?:address|range) per family/,
    },
    {
      slug: 'ipam-key-missing',
      severity: 'error',
      title: 'The IPAM plugin was called without an ipam object',
      cause: 'The configuration has no ipam section.',
      fix: 'Add ipam to spec.config.',
      symptom: "IPAM config missing 'ipam' key",
      match: /IPAM config missing '?"?ipam'?"? key/,
    },
    {
      slug: 'route-add-failed',
      severity: 'error',
      title: 'A route of the network cannot be added',
      cause:
        'File exists: the pod has that route already, often a second default route. Network is unreachable: the gateway is not on the link.',
      fix: 'Drop the default route from secondary networks (use default-route in the annotation instead) or correct the gateway.',
      symptom: 'failed to add route: file exists / network is unreachable',
      match:
        /failed to add route '?(?<route>[^':]{0,120}(?::[^': ]{0,60}){0,8})'?: ?(?<error>(?:file exists|network is unreachable|no route to host|invalid argument|operation|network is down|permission|no such)[^,]{0,100})|failed to add route '?(?<route2>[^']{0,200})/,
      when: { notPlugins: ['route-override'] },
    },
    {
      slug: 'dad-failed',
      severity: 'error',
      title: 'The IPv6 address is in use on the link',
      cause: 'Duplicate address detection found another holder, or did not finish in time.',
      fix: 'Choose another address.',
      symptom: 'has address in DADFAILED state',
      match:
        /link (?<ifname>[^\s]{1,40}?) has address (?<ip>[0-9a-fA-F:./]{2,60}) in DADFAILED state|still has tentative addresses after \d{1,5} seconds/,
    },
  ],
};
