import { ipamCapacity } from '../cni/ipam/ipam.ts';
import { cidrContains, cidrsOverlap, toCidr } from '../net/cidr.ts';
import { isLinkLocalIp, toIp } from '../net/ip.ts';
import { rangesOverlap } from '../net/range.ts';
import { givenBy, isGiven, nameOf, type Served, servedBy } from './address-parts.ts';
import { configEvidence, editNad, fromConfigIssue, isOpen } from './define.ts';
import type { Draft, NetworkFacts, Rule, World } from './rule.ts';

const fullyExcluded = {
  code: 'MN231',
  title: 'The excludes leave no address',
  severity: 'error' as const,
  why: 'Whereabouts takes every exclude as a CIDR: 10.0.0.5/24 takes out the whole of 10.0.0.0/24. When nothing is left no pod gets an address.',
  fix: 'Write single addresses as /32 (or /128), or leave more of the range.',
};

function excluded(network: NetworkFacts, stops: boolean): Draft | undefined {
  const served = servedBy(network);
  if (!served || served.ipam.ranges.length === 0 || ipamCapacity(served.ipam.ranges) > 0n) return undefined;
  if (served.ipam.ranges.every((range) => range.exclude.length === 0)) return undefined;
  return {
    slug: 'range-fully-excluded',
    group: network.network.id,
    severity: stops ? 'error' : 'warning',
    confidence: 'certain',
    title: `The excludes of ${nameOf(served.claim)} leave no address`,
    message: `Nothing of ${served.ipam.subnets.join(', ')} may be given out.`,
    fix: { text: fullyExcluded.fix, commands: editNad(served.claim) },
    evidence: [configEvidence(served.claim)],
    subjects: [{ type: 'network', id: network.network.id }],
    ...(stops ? { effect: 'failed' as const } : {}),
  };
}

/** Two networks that give out addresses of one range on one layer 2, neither knowing of the other. */
function collide(a: Served, b: Served): boolean {
  const shared = a.claim.poolKeys?.some((key) => b.claim.poolKeys?.includes(key));
  const reserved =
    a.ipam.type === 'whereabouts' &&
    b.ipam.type === 'whereabouts' &&
    a.ipam.networkName === b.ipam.networkName &&
    a.ipam.overlapping !== false &&
    b.ipam.overlapping !== false;
  const oneStore = a.ipam.perNode && b.ipam.perNode && a.claim.config?.read.name === b.claim.config?.read.name;
  if (shared || reserved || oneStore) return false;
  return givenBy(a.ipam).some((range) => givenBy(b.ipam).some((other) => rangesOverlap(range, other)));
}

function overlaps(network: NetworkFacts, world: World): Draft[] {
  const served = servedBy(network);
  const segment = served?.claim.segment;
  if (!served || !segment || served.ipam.ranges.length === 0) return [];
  const near = new Map(
    served.ipam.ranges
      .slice(0, 50)
      .flatMap(({ subnet }) => world.segment(segment.key, subnet))
      .map((other) => [other.network.id, other]),
  );
  return [...near.values()].flatMap((other): Draft[] => {
    const theirs = servedBy(other);
    if (!theirs || other.network.id === network.network.id || !collide(served, theirs)) return [];
    // Both sides say it, in the same words.
    const [a, b] = network.network.id < other.network.id ? [served, theirs] : [theirs, served];
    return [
      {
        slug: 'ranges-overlap',
        group: [network.network.id, other.network.id].sort().join(' '),
        confidence: 'likely',
        title: `${nameOf(a.claim)} and ${nameOf(b.claim)} give out the same addresses on one link`,
        message: `${a.ipam.subnets.join(', ')} (${a.ipam.type}) overlaps ${b.ipam.subnets.join(', ')} (${b.ipam.type}); neither knows what the other gave.`,
        fix: {
          text: 'Give each network a part of its own, or let both draw on one whereabouts range.',
          commands: [...editNad(a.claim), ...editNad(b.claim)],
        },
        evidence: [configEvidence(a.claim), configEvidence(b.claim)],
        subjects: [{ type: 'network', id: other.network.id }],
      },
    ];
  });
}

function sharedPools(network: NetworkFacts, world: World): Draft[] {
  const served = servedBy(network);
  return (served?.claim.poolKeys ?? []).flatMap((key): Draft[] => {
    const names = world.drawersOf(key);
    if (!served || names.length < 2) return [];
    const first = names.slice(0, 5).map((name) => name.replace(/^nad:/, ''));
    const range = served.ipam.subnets.join(', ');
    return [
      {
        slug: 'same-range-two-nads',
        group: key,
        confidence: 'certain',
        title: `${names.length} networks share the pool of ${range}`,
        message: `${first.join(', ')}${names.length > 5 ? ' and others' : ''} draw on one pool, as it is named after the range. Fine if they are one network; else set "network_name".`,
        fix: {
          text: 'Set a "network_name" of its own in each that should count by itself.',
          commands: editNad(served.claim),
          patch: `"network_name": ${JSON.stringify(served.claim.name)}`,
        },
        evidence: [configEvidence(served.claim)],
      },
    ];
  });
}

function sliceMismatch(network: NetworkFacts, world: World): Draft | undefined {
  const served = servedBy(network);
  const key = served?.ipam.nodeSliceSize ? served.claim.poolKeys?.[0] : undefined;
  if (!served || !key) return undefined;
  const shape = ({ ipam }: Served) => `${ipam.subnets.join()} ${ipam.nodeSliceSize}`;
  const other = world
    .drawersOf(key)
    .slice(0, 50)
    .flatMap((alias) => world.network(alias) ?? [])
    .find((one) => {
      const theirs = servedBy(one);
      return theirs && shape(theirs) !== shape(served);
    });
  if (!other) return undefined;
  return {
    slug: 'whereabouts-nad-mismatch',
    group: key,
    confidence: 'certain',
    title: `Networks of one network_name differ in their ranges (${served.ipam.networkName ?? served.claim.name})`,
    message: `${nameOf(served.claim)} and ${other.network.name} share a network_name, but not range and node_slice_size; the node slice controller refuses them.`,
    fix: { text: 'Make their ipam equal, or give each a network_name of its own.', commands: editNad(served.claim) },
    evidence: [configEvidence(served.claim)],
    subjects: [{ type: 'network', id: other.network.id }],
  };
}

/** MN205 to MN209, MN216 to MN219, MN231 to MN234, MN240: ranges as they are configured. */
export const rangeRules: readonly Rule[] = [
  {
    code: 'MN205',
    scope: 'network',
    title: 'A secondary range overlaps the pod range of a node',
    severity: 'warning',
    slugs: ['overlap-node-cidr'],
    why: 'A pod with an interface in both ranges sends answers out of the wrong one: the more specific route wins, and traffic to other pods ends in the secondary network.',
    fix: 'Choose a range that the cluster does not use.',
    check: ({ network, claims }, world) => {
      if (network.role !== 'secondary') return undefined;
      const claim = claims.find((one) => one.config);
      for (const text of network.subnets.slice(0, 50)) {
        const cidr = toCidr(text);
        const hit = cidr && world.near(cidr).find((range) => range.what === 'pods' && cidrsOverlap(range.cidr, cidr));
        if (!claim || !cidr || !hit) continue;
        return {
          slug: 'overlap-node-cidr',
          group: network.id,
          confidence: 'likely',
          title: `${nameOf(claim)} uses ${cidr.text}, which overlaps the pod range of nodes`,
          message: `${hit.node} gives its pods addresses of ${hit.cidr.text}.`,
          fix: { text: 'Choose a range that the cluster does not use.', commands: editNad(claim) },
          evidence: [configEvidence(claim)],
          subjects: [{ type: 'node', id: hit.node }],
        };
      }
      return undefined;
    },
  },
  {
    code: 'MN206',
    scope: 'network',
    title: 'Two networks give out the same addresses on one link',
    severity: 'warning',
    slugs: ['ranges-overlap'],
    why: 'Networks with one master and one VLAN are one layer 2. When their IPAMs do not know of each other, pods get the same address.',
    fix: 'Give each network a part of its own, or let both draw on one whereabouts range.',
    check: overlaps,
  },
  {
    code: 'MN207',
    scope: 'network',
    title: 'Networks share one whereabouts pool',
    severity: 'info',
    slugs: ['same-range-two-nads'],
    why: 'Whereabouts names a pool after its range. NADs with one range draw on one pool, which is right for one network and surprising for two.',
    fix: 'Set a "network_name" of its own in each that should count by itself.',
    check: sharedPools,
  },
  {
    code: 'MN208',
    scope: 'network',
    title: 'The range holds the address of a node',
    severity: 'warning',
    slugs: ['range-holds-node-address'],
    why: 'IPAM plugins know the addresses that they gave to pods, not those of machines. Sooner or later a pod gets the address of the node, and both lose connections.',
    fix: 'Exclude the addresses of nodes, or start the range behind them.',
    check: (network, world) => {
      const served = servedBy(network);
      if (served?.claim.segment?.perNode !== false) return undefined;
      for (const { subnet } of served.ipam.ranges.slice(0, 50)) {
        const hit = world.near(subnet).find(({ what, cidr }) => what === 'node' && isGiven(served.ipam, cidr.address));
        if (!hit) continue;
        return {
          slug: 'range-holds-node-address',
          group: network.network.id,
          confidence: 'likely',
          title: `${nameOf(served.claim)} may give a pod the address of a node`,
          message: `${hit.cidr.address.text} of ${hit.node} is inside the range ${subnet.text}.`,
          fix: {
            text: 'Exclude the addresses of nodes, or start the range behind them.',
            commands: editNad(served.claim),
            ...(served.ipam.type === 'whereabouts'
              ? { patch: `"exclude": ["${hit.cidr.address.text}/${hit.cidr.family === 4 ? 32 : 128}"]` }
              : {}),
          },
          evidence: [configEvidence(served.claim)],
          subjects: [{ type: 'node', id: hit.node }],
        };
      }
      return undefined;
    },
  },
  {
    code: 'MN209',
    scope: 'network',
    title: 'The gateway is outside the subnet',
    severity: 'warning',
    slugs: ['gateway-outside-subnet'],
    why: 'The kernel takes a route only when its gateway is on the link. With a gateway outside of the subnet the route fails with "network is unreachable", or leads nowhere.',
    fix: 'Correct the gateway or the subnet.',
    check: (network) => {
      const served = servedBy(network);
      const subnets = served?.ipam.subnets.flatMap((text) => toCidr(text) ?? []) ?? [];
      const outside = served?.ipam.gateways.find((text) => {
        const ip = toIp(text);
        return ip && !isLinkLocalIp(ip) && !subnets.some((subnet) => cidrContains(subnet, ip));
      });
      if (!served || !outside || subnets.length === 0) return undefined;
      const text = served.claim.config?.text ?? '';
      const offset = text.indexOf(outside);
      return {
        slug: 'gateway-outside-subnet',
        group: network.network.id,
        confidence: 'certain',
        title: `The gateway ${outside} of ${nameOf(served.claim)} is outside its subnet`,
        message: `Its subnets are ${served.ipam.subnets.join(', ')}.`,
        fix: { text: 'Correct the gateway or the subnet.', commands: editNad(served.claim) },
        evidence: [configEvidence(served.claim, offset < 0 ? undefined : { offset, length: outside.length })],
      };
    },
  },
  ...fromConfigIssue('MN216', ['hostlocal-bad-range']),
  ...fromConfigIssue('MN217', ['hostlocal-no-ranges']),
  ...fromConfigIssue('MN218', ['whereabouts-exclude', 'whereabouts-exclude-wide'], {
    title: 'An exclude is wrong, or takes out more than it seems to',
    why: 'Whereabouts takes an exclude as a CIDR: 10.0.0.5/24 takes out all of 10.0.0.0/24, not one address. What is neither an address nor a CIDR it refuses.',
    fix: 'Write a single address as /32 (or /128).',
    patch: '"exclude": ["10.0.0.5/32"]',
  }),
  ...fromConfigIssue('MN219', ['whereabouts-gateway', 'static-bad-gateway'], {
    title: 'The gateway is not an IP address',
    severity: 'error',
    why: 'The IPAM plugin cannot read the gateway and refuses the config.',
    fix: 'Write an IP address without a prefix length.',
  }),
  {
    ...fullyExcluded,
    scope: 'attachment',
    needs: 'open',
    slugs: ['range-fully-excluded'],
    explains: ['whereabouts-exhausted', 'hostlocal-exhausted'],
    check: (facts) => (facts.network && isOpen(facts) ? excluded(facts.network, true) : undefined),
  },
  { ...fullyExcluded, scope: 'network', slugs: [], check: (network) => excluded(network, false) },
  ...fromConfigIssue('MN232', ['whereabouts-invalid-cidr']),
  ...fromConfigIssue('MN233', ['whereabouts-range-start']),
  ...fromConfigIssue('MN234', ['whereabouts-too-small']),
  {
    code: 'MN240',
    scope: 'network',
    title: 'Networks of one network_name differ in their ranges',
    severity: 'warning',
    slugs: ['whereabouts-nad-mismatch'],
    why: 'NADs with one network_name share the slices of their nodes. The node slice controller refuses them when their ranges differ, and nodes get no slice.',
    fix: 'Make their ipam equal, or give each a network_name of its own.',
    check: sliceMismatch,
  },
];
