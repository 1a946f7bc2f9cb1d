import { nearest } from '../cni/text.ts';
import { pointer } from '../kube/read.ts';
import { sh } from '../kube/shell.ts';
import type { Evidence, Fix, Subject } from '../model/topology.ts';
import { cidrContainsCidr, toCidr } from '../net/cidr.ts';
import { POLICY_FOR_KEY } from '../providers/multi-networkpolicy.ts';
import type { EnforcerClaim, PolicyClaim } from '../providers/policy-claims.ts';
import { configEvidence } from './define.ts';
import type { PolicyFacts } from './pool-facts.ts';
import type { Draft, NetworkFacts, Rule } from './rule.ts';

const kind = 'multi-networkpolicies.k8s.cni.cncf.io';
const titleOf = ({ namespace, name }: PolicyClaim): string => `${namespace}/${name}`;

const policyForEvidence = ({ ref, policyFor }: PolicyClaim): Evidence => ({
  ref,
  path: pointer('metadata', 'annotations', POLICY_FOR_KEY),
  ...(policyFor === undefined ? {} : { value: policyFor }),
});

const edit = ({ namespace, name }: PolicyClaim): string => sh`kubectl -n ${namespace} edit ${kind} ${name}`;
const fixOf = (text: string, policy: PolicyClaim, ...more: string[]): Fix => ({
  text,
  commands: [edit(policy), ...more],
});

const networkSubjects = ({ networks }: PolicyFacts): Subject[] =>
  networks.slice(0, 50).flatMap(({ facts }) => (facts ? [{ type: 'network', id: facts.network.id }] : []));

/** The types of the plugins of a network: what an agent compares its list with is the type of the first. */
const pluginOf = (network: NetworkFacts): string | undefined =>
  network.claims.find((claim) => claim.config)?.config?.read.plugins[0]?.type;

const actsOn = (agents: readonly EnforcerClaim[], plugin: string): boolean =>
  agents.some((agent) => agent.plugins === null || agent.plugins.includes(plugin));

/** Networks whose interfaces get no address: peers that are pods resolve through addresses of network-status. */
const isL2Only = (network: NetworkFacts): boolean =>
  network.network.subnets.length === 0 && network.claims.some((claim) => claim.config && !claim.ipam);

function cidrTrouble({ peers }: PolicyClaim): { path: string; value: string; message: string } | undefined {
  for (const peer of peers) {
    if (peer.kind !== 'ipBlock') continue;
    const block = toCidr(peer.cidr ?? '');
    if (!block)
      return { path: peer.path, value: peer.cidr ?? '', message: `"${(peer.cidr ?? '').slice(0, 80)}" is not a CIDR.` };
    const stray = peer.except.find((text) => {
      const except = toCidr(text);
      return !except || !cidrContainsCidr(block, except);
    });
    if (stray !== undefined)
      return {
        path: peer.path,
        value: stray,
        message: `The exception "${stray.slice(0, 80)}" is not inside ${block.text}.`,
      };
  }
  return undefined;
}

/** MN6xx: policies for secondary interfaces, and whether anything acts on them. */
export const policyRules: readonly Rule[] = [
  {
    code: 'MN601',
    scope: 'policy',
    title: 'A policy names no network',
    severity: 'error',
    slugs: ['mnp-no-policy-for'],
    why: 'A MultiNetworkPolicy applies to the networks in its annotation policy-for. Without the annotation the agents skip it entirely.',
    fix: `Add the annotation ${POLICY_FOR_KEY}.`,
    check: ({ policy }) =>
      policy.networks.length > 0
        ? undefined
        : {
            slug: 'mnp-no-policy-for',
            group: policy.id,
            confidence: 'certain',
            title: `Policy ${titleOf(policy)} names no network, so nothing applies it`,
            message: `The annotation ${POLICY_FOR_KEY} is ${policy.policyFor === undefined ? 'missing' : 'empty'}.`,
            fix: {
              text: `Add the annotation ${POLICY_FOR_KEY}.`,
              commands: [
                sh`kubectl -n ${policy.namespace} annotate ${kind} ${policy.name} ${`${POLICY_FOR_KEY}=${policy.namespace}/NETWORK`}`,
              ],
            },
            evidence: [
              policy.policyFor === undefined ? { ref: policy.ref, path: '/metadata' } : policyForEvidence(policy),
            ],
          },
  },
  {
    code: 'MN602',
    scope: 'policy',
    title: 'A policy names a network that does not exist',
    severity: 'error',
    slugs: ['mnp-unknown-nad'],
    why: 'The annotation policy-for names a NAD that is not there. A name without a namespace is looked up in the namespace of the policy, not of the pods.',
    fix: 'Correct the name, with its namespace.',
    check: ({ policy, networks }, world) => {
      // What was not read may well be there: manifests beside which nobody has written the definitions.
      const seen = world.availability('k8s.cni.cncf.io', 'NetworkAttachmentDefinition') ?? 'present';
      if (seen !== 'present' && seen !== 'absent') return undefined;
      const missing = networks.filter(({ facts }) => !facts);
      const [first] = missing;
      if (!first) return undefined;
      const [namespace = '', name = ''] = first.name.split('/');
      const elsewhere = world.nadNamespaces(name)[0];
      const meant = elsewhere ? `${elsewhere}/${name}` : nearestIn(namespace, name, world.nadNames(namespace));
      return {
        slug: 'mnp-unknown-nad',
        group: policy.id,
        severity: missing.length < networks.length ? 'warning' : 'error',
        confidence: 'certain',
        title: `Policy ${titleOf(policy)} is for ${first.name}, which does not exist`,
        message: `${missing
          .slice(0, 3)
          .map((one) => one.name)
          .join(', ')} not found.${meant ? ` Perhaps ${meant} is meant.` : ''}`,
        fix: {
          text: meant ? `Write ${meant}.` : 'Correct the name, with its namespace.',
          commands: [edit(policy), 'kubectl get network-attachment-definitions.k8s.cni.cncf.io -A'],
        },
        evidence: [policyForEvidence(policy)],
      };
    },
  },
  {
    code: 'MN603',
    scope: 'policy',
    title: 'No agent enforces the policy on networks of this type',
    severity: 'error',
    slugs: ['mnp-plugin-not-watched'],
    why: 'The agents act on networks whose plugin is in their list --network-plugins, which is macvlan alone unless set. Interfaces of other types stay open.',
    fix: 'Add the plugin to --network-plugins of the agent.',
    check: (facts, world) => {
      const agents = world.enforcers();
      if (agents.length === 0) return undefined;
      const { policy } = facts;
      const open = facts.networks.flatMap(({ name, facts: network }) => {
        const plugin = network && pluginOf(network);
        return network && plugin && !actsOn(agents, plugin) ? [{ name, network, plugin }] : [];
      });
      const [first] = open;
      const agent = agents.find((one) => one.plugins !== null);
      if (!first || !agent) return undefined;
      const list = [...new Set([...(agent.plugins ?? []), ...open.map((one) => one.plugin)])].join(',');
      const claim = first.network.claims.find((one) => one.config);
      return {
        slug: 'mnp-plugin-not-watched',
        group: policy.id,
        confidence: 'certain',
        title: `Policy ${titleOf(policy)} is not enforced on ${first.name}: no agent acts on ${first.plugin}`,
        message: `${agent.ref.namespace ?? ''}/${agent.ref.name} acts on ${(agent.plugins ?? []).join(', ')}.`,
        fix: {
          text: `Run the agent with --network-plugins=${list}, if it supports ${first.plugin}.`,
          commands: [sh`kubectl -n ${agent.ref.namespace ?? 'kube-system'} edit daemonset ${agent.ref.name}`],
          patch: `--network-plugins=${list}`,
        },
        evidence: [
          policyForEvidence(policy),
          { ref: agent.ref, path: agent.path },
          ...(claim ? [configEvidence(claim)] : []),
        ],
        subjects: open.map((one): Subject => ({ type: 'network', id: one.network.network.id })),
      };
    },
  },
  {
    code: 'MN604',
    scope: 'policy',
    title: 'A policy selects nothing',
    severity: 'warning',
    slugs: ['mnp-selects-nothing'],
    why: 'The policy acts on pods of its own namespace that have the labels and an interface on one of its networks. There is none.',
    fix: 'Correct podSelector, or the annotation policy-for.',
    check: (facts, world) => {
      const { policy } = facts;
      if (facts.acts || !facts.networks.some((one) => one.facts)) return undefined;
      if ((world.availability('', 'Pod') ?? 'present') !== 'present') return undefined;
      return {
        slug: 'mnp-selects-nothing',
        group: policy.id,
        confidence: 'certain',
        title: `Policy ${titleOf(policy)} selects nothing`,
        message: facts.matching
          ? `Pods of ${policy.namespace} have the labels, but none is plugged into ${policy.networks.slice(0, 3).join(', ')}.`
          : `No pod of ${policy.namespace} has the labels that podSelector wants.`,
        fix: fixOf(
          facts.matching ? 'Correct the annotation policy-for, or plug the pods in.' : 'Correct podSelector.',
          policy,
          sh`kubectl -n ${policy.namespace} get pods --show-labels`,
        ),
        evidence: [{ ref: policy.ref, path: '/spec' }, policyForEvidence(policy)],
        subjects: networkSubjects(facts),
      };
    },
  },
  {
    code: 'MN605',
    scope: 'policy',
    title: 'The agents do not read matchExpressions of podSelector',
    severity: 'warning',
    slugs: ['mnp-match-expressions'],
    why: 'The agents turn podSelector into plain labels. Of matchExpressions only "In" with a single value survives that; the policy then acts on other pods than it says.',
    fix: 'Use matchLabels.',
    check: ({ policy }) => {
      const lost = policy.selector.expressions.find(({ operator, values }) => operator !== 'In' || values.length !== 1);
      if (!lost) return undefined;
      return {
        slug: 'mnp-match-expressions',
        group: policy.id,
        confidence: 'likely',
        title: `podSelector of policy ${titleOf(policy)} uses ${lost.operator}, which the agents drop`,
        message: `matchExpressions on "${lost.key.slice(0, 100)}" cannot be written as a plain label.`,
        fix: fixOf('Use matchLabels.', policy),
        evidence: [{ ref: policy.ref, path: '/spec/podSelector/matchExpressions' }],
      };
    },
  },
  {
    code: 'MN606',
    scope: 'policy',
    title: 'A policy denies everything',
    severity: 'info',
    slugs: ['mnp-default-deny'],
    why: 'A direction in policyTypes without a rule lets nothing through. That is how a default deny is written, and how a forgotten rule looks.',
    fix: 'Nothing, if it is meant; else add rules.',
    check: (facts) => {
      const { policy } = facts;
      const denied = policy.types.filter((type) => policy.rules[type] === 0);
      if (denied.length === 0 || !facts.acts) return undefined;
      return {
        slug: 'mnp-default-deny',
        group: policy.id,
        confidence: 'certain',
        title: `Policy ${titleOf(policy)} denies all ${denied.map((type) => type.toLowerCase()).join(' and ')}`,
        message: `It has no ${denied.map((type) => type.toLowerCase()).join(' and no ')} rule, so the interfaces on ${policy.networks.slice(0, 3).join(', ')} drop it all.`,
        fix: fixOf('Nothing, if it is meant; else add rules.', policy),
        evidence: [{ ref: policy.ref, path: '/spec' }],
        subjects: networkSubjects(facts),
      };
    },
  },
  {
    code: 'MN607',
    scope: 'policy',
    title: 'Nothing enforces MultiNetworkPolicies',
    severity: 'error',
    slugs: ['mnp-not-deployed'],
    why: 'A MultiNetworkPolicy is a note in the API. An agent on every node (multi-networkpolicy-iptables, -nftables, -tc, or OVN-Kubernetes with its flag) turns it into rules; without one nothing is filtered.',
    fix: 'Deploy an agent.',
    check: (facts, world): Draft | undefined => {
      if (world.availability('apps', 'DaemonSet') !== 'present' || world.enforcers().length > 0) return undefined;
      const { policy } = facts;
      // OVN-Kubernetes is told by a ConfigMap in some distributions, which is not read.
      const ovn = facts.networks.some((one) => one.facts && pluginOf(one.facts) === 'ovn-k8s-cni-overlay');
      if (ovn) return undefined;
      return {
        slug: 'mnp-not-deployed',
        group: 'agents',
        confidence: 'likely',
        title: 'Policies exist for secondary networks, but no agent enforces them',
        message: 'No DaemonSet looks like an agent of MultiNetworkPolicy.',
        fix: {
          text: 'Deploy an agent.',
          commands: [
            'kubectl apply -f https://raw.githubusercontent.com/k8snetworkplumbingwg/multi-networkpolicy-iptables/master/deploy.yml',
          ],
        },
        evidence: [{ ref: policy.ref, path: '/spec' }],
      };
    },
  },
  {
    code: 'MN608',
    scope: 'policy',
    title: 'Pods as peers cannot be resolved on a network without addresses',
    severity: 'warning',
    slugs: ['mnp-ipblock-l2only'],
    why: 'Peers that are pods or namespaces are resolved through the addresses in network-status. Interfaces without IPAM have none there, so the peers match nothing and the traffic is dropped.',
    fix: 'Use ipBlock for peers on such networks, or give the network an IPAM.',
    check: (facts) => {
      const { policy } = facts;
      const peer = policy.peers.find((one) => one.kind === 'pods');
      const bare = facts.networks.find((one) => one.facts && isL2Only(one.facts));
      if (!peer || !bare?.facts) return undefined;
      const claim = bare.facts.claims.find((one) => one.config);
      return {
        slug: 'mnp-ipblock-l2only',
        group: policy.id,
        confidence: 'likely',
        title: `Peers of policy ${titleOf(policy)} cannot be told on ${bare.name}, which has no addresses`,
        message: `${bare.name} has no IPAM: network-status shows no addresses of its pods.`,
        fix: fixOf('Use ipBlock for peers on such networks, or give the network an IPAM.', policy),
        evidence: [{ ref: policy.ref, path: peer.path }, ...(claim ? [configEvidence(claim)] : [])],
        subjects: [{ type: 'network', id: bare.facts.network.id }],
      };
    },
  },
  {
    code: 'MN609',
    scope: 'policy',
    title: 'An ipBlock is not valid',
    severity: 'warning',
    slugs: ['mnp-bad-ipblock'],
    why: 'The schema of MultiNetworkPolicy does not check addresses. Agents skip a block that they cannot read, or fail over it.',
    fix: 'Write a CIDR, and exceptions inside of it.',
    check: ({ policy }) => {
      const found = cidrTrouble(policy);
      return found
        ? {
            slug: 'mnp-bad-ipblock',
            group: policy.id,
            confidence: 'certain',
            title: `An ipBlock of policy ${titleOf(policy)} is not valid`,
            message: found.message,
            fix: fixOf('Write a CIDR, and exceptions inside of it.', policy),
            evidence: [{ ref: policy.ref, path: `${found.path}/ipBlock`, value: found.value.slice(0, 400) }],
          }
        : undefined;
    },
  },
];

const nearestIn = (namespace: string, name: string, names: readonly string[]): string | undefined => {
  const close = nearest(name, names, 2);
  return close ? `${namespace}/${close}` : undefined;
};
