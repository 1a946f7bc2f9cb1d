import { matches } from '../engine/policy-index.ts';
import { sh } from '../kube/shell.ts';
import { antreaPoolOf } from '../providers/antrea.ts';
import type { BridgeClaim } from '../providers/bridge-claims.ts';
import { isWaiting } from './conditions.ts';
import { configEvidence, configIssueOnNetwork, editNad, requestEvidence } from './define.ts';
import { isUp } from './pod-event.ts';
import type { PoolFacts } from './pool-facts.ts';
import type { AttachmentFacts, Draft, NetworkFacts, Rule, World } from './rule.ts';

const group = 'crd.antrea.io';

const isAntrea = (network: NetworkFacts | null): network is NetworkFacts =>
  network?.network.technology.startsWith('antrea-') === true;

/** Antrea starts a pod without an interface that it could not make: it says so in its log alone. */
const isUnserved = (facts: AttachmentFacts): boolean =>
  isWaiting(facts) || (facts.attachment.state === 'missing' && isUp(facts.workload));

/** It stops an interface and never a pod: one that waits will start without, one that runs has done so. */
const onAttachment = (facts: AttachmentFacts, draft: Draft): Draft => ({
  ...draft,
  evidence: [...draft.evidence, ...requestEvidence(facts)],
  ...(isWaiting(facts) ? {} : { effect: 'failed' as const }),
});

const nadOf = ({ claims }: NetworkFacts) => claims.find((claim) => claim.config);

const poolTexts = {
  title: 'The definition of the Antrea network cannot be used',
  severity: 'warning',
  why: 'Antrea reads a NetworkAttachmentDefinition of type antrea itself. It needs a networkType (vlan or sriov), for sriov the annotation with the resource, and every IPPool that the IPAM names. Otherwise pods start without the interface, and only the log of antrea-agent says why.',
  fix: 'Correct the definition, or create the IPPool.',
} as const;

function poolAbsent(network: NetworkFacts | null, world: World): Draft | undefined {
  if (!isAntrea(network) || world.availability(group, 'IPPool') !== 'present') return undefined;
  const names = network.claims.flatMap((claim) => claim.poolKeys ?? []).flatMap((key) => antreaPoolOf(key) ?? []);
  const name = names.find((one) => world.poolsOf(`antrea:${one}`).length === 0);
  const claim = nadOf(network);
  if (name === undefined || !claim) return undefined;
  return {
    slug: 'antrea-ippool-absent',
    group: `antrea-ippool-absent:${network.network.id}`,
    confidence: 'certain',
    title: `IPPool ${name} of Antrea does not exist`,
    message: `${claim.namespace}/${claim.name} takes addresses from ${name}, and there is no such pool: no interface can be made.`,
    fix: {
      text: 'Create the IPPool, or correct "ippools".',
      commands: [sh`kubectl get ippools.${group}`, ...editNad(claim)],
    },
    evidence: [configEvidence(claim)],
    subjects: [{ type: 'network', id: network.network.id }],
  };
}

const issueOnNetwork = configIssueOnNetwork('MN864', ['antrea-nad-invalid'], poolTexts);

/** What is wrong with the definition itself, and with the pools that it names. */
const unusable = (network: NetworkFacts | null, world: World): Draft[] => {
  if (!network) return [];
  const issues = issueOnNetwork.scope === 'network' ? issueOnNetwork.check(network, world) : undefined;
  return [...toDrafts(issues), ...toDrafts(poolAbsent(network, world))];
};

const toDrafts = (drafts: Draft | readonly Draft[] | undefined): Draft[] =>
  drafts === undefined ? [] : ([drafts].flat() as Draft[]);

const fullTexts = {
  code: 'MN865',
  title: 'The IPPool of Antrea is full',
  severity: 'warning',
  why: 'Every address of the pool is given out or kept for a StatefulSet. Pods that come next start without the interface.',
  fix: 'Add a range to the IPPool, or use fewer replicas.',
} as const;

const full = ({ pool, claim }: PoolFacts): Draft => ({
  slug: 'antrea-ippool-full',
  group: pool.id,
  confidence: 'certain',
  title: `IPPool ${pool.name} of Antrea is full`,
  message: `All ${pool.total} addresses of ${pool.range} are taken.`,
  fix: { text: fullTexts.fix, commands: [sh`kubectl get ippools.${group} ${pool.name} -o yaml`] },
  evidence: [
    {
      ref: claim.ref,
      path: claim.allocations.length > 0 ? '/status/ipAddresses' : '/spec/ipRanges',
      value: `${pool.used} of ${pool.total}`,
    },
  ],
});

const isFull = ({ claim, pool, free }: PoolFacts): boolean =>
  claim.provider === 'antrea' && free === 0n && pool.total !== '0';

function poolFull(facts: AttachmentFacts, world: World): Draft | undefined {
  if (!isAntrea(facts.network) || !isUnserved(facts)) return undefined;
  const { namespace, name } = facts.workload.workload;
  const pools = facts.network.network.pools.flatMap((id) => world.pool(id) ?? []);
  const short = pools.find(
    (pool) => isFull(pool) && !pool.claim.allocations.some(({ podRef }) => podRef === `${namespace}/${name}`),
  );
  return (
    short && {
      ...onAttachment(facts, full(short)),
      confidence: 'likely',
      subjects: [{ type: 'pool', id: short.pool.id }],
    }
  );
}

/** The bridges of a node: those of the oldest object that selects it. */
function bridgesOn(node: string, world: World): { bridges: BridgeClaim[]; known: boolean } {
  const all = world.bridges().filter(({ ref }) => ref.group === group);
  const facts = world.node(node);
  if (!facts || all.length === 0) return { bridges: [], known: false };
  const own = all
    .filter(({ nodes }) => matches(nodes, facts.node.labels))
    .sort((a, b) => a.createdAt - b.createdAt || (a.ref.name < b.ref.name ? -1 : a.ref.name > b.ref.name ? 1 : 0));
  return { bridges: own.filter(({ ref }) => ref.name === own[0]?.ref.name), known: true };
}

const passes = ({ uplinks }: BridgeClaim, vlan: number): boolean =>
  uplinks.some(({ vlans }) => !vlans || vlans.some(([first, last]) => first <= vlan && vlan <= last));

function vlanStopped(facts: AttachmentFacts, world: World): Draft | undefined {
  const { network, workload } = facts;
  const { node } = workload.workload;
  if (network?.network.technology !== 'antrea-vlan' || !node || !isUp(workload)) return undefined;
  const vlan = network.network.vlan ?? 0;
  const { bridges, known } = bridgesOn(node, world);
  const [first] = bridges;
  const claim = nadOf(network);
  if (!known || !claim || facts.attachment.state === 'ended' || facts.attachment.state === 'ignored') return undefined;
  if (!first) {
    if (!isUnserved(facts)) return undefined;
    return {
      slug: 'antrea-no-bridge',
      group: `antrea-no-bridge:${node}`,
      severity: 'warning',
      confidence: 'possible',
      title: `No AntreaNodeConfig gives ${node} a bridge for secondary networks`,
      message: `Others are selected by one. Unless the ConfigMap antrea-config names a bridge, pods on ${node} get no VLAN interfaces.`,
      fix: {
        text: 'Label the node for an AntreaNodeConfig with ovsBridges, or set secondaryNetwork.ovsBridges in antrea-config.',
        commands: [sh`kubectl get node ${node} --show-labels`, sh`kubectl get antreanodeconfigs.${group} -o yaml`],
      },
      evidence: requestEvidence(facts),
      subjects: [{ type: 'node', id: node }],
    };
  }
  if (vlan === 0 || bridges.some((bridge) => passes(bridge, vlan))) return undefined;
  return {
    slug: 'antrea-vlan-not-allowed',
    group: `antrea-vlan-not-allowed:${first.ref.name}/${vlan}`,
    severity: 'warning',
    confidence: 'likely',
    title: `Bridge ${first.name} of ${node} lets VLAN ${vlan} pass on none of its interfaces`,
    message: `${claim.namespace}/${claim.name} is VLAN ${vlan}; AntreaNodeConfig ${first.ref.name} allows others on ${first.uplinks.map(({ device }) => device).join(', ')}. Pods on ${node} reach nobody outside of it.`,
    fix: {
      text: `Add "${vlan}" to allowedVLANs of an interface in AntreaNodeConfig ${first.ref.name}, or keep these pods off the node.`,
      commands: [sh`kubectl edit antreanodeconfigs.${group} ${first.ref.name}`],
    },
    evidence: [{ ref: first.ref, path: first.path }, configEvidence(claim), ...requestEvidence(facts)],
    subjects: [{ type: 'node', id: node }],
  };
}

/** MN864-MN866: secondary networks of Antrea. */
export const antreaRules: readonly Rule[] = [
  {
    ...poolTexts,
    code: 'MN864',
    scope: 'attachment',
    needs: 'unattached',
    slugs: ['antrea-nad-invalid', 'antrea-ippool-absent'],
    check: (facts, world) =>
      isUnserved(facts) ? unusable(facts.network, world).map((draft) => onAttachment(facts, draft)) : undefined,
  },
  { ...poolTexts, code: 'MN864', scope: 'network', slugs: [], check: unusable },
  { ...fullTexts, scope: 'attachment', needs: 'unattached', slugs: ['antrea-ippool-full'], check: poolFull },
  {
    ...fullTexts,
    scope: 'pool',
    slugs: [],
    check: (pool) =>
      isFull(pool)
        ? {
            ...full(pool),
            subjects: pool.networks.slice(0, 50).map(({ network }) => ({ type: 'network', id: network.id })),
          }
        : undefined,
  },
  {
    code: 'MN866',
    scope: 'attachment',
    title: 'The bridge of the node does not let the VLAN pass',
    severity: 'warning',
    slugs: ['antrea-vlan-not-allowed', 'antrea-no-bridge'],
    why: 'Antrea puts VLAN interfaces on an OVS bridge of the node. An AntreaNodeConfig names the bridge, the interfaces of the node behind it, and which VLANs each of them lets pass; of several that select a node the oldest counts.',
    fix: 'Allow the VLAN on an interface of the bridge, or give the node a bridge.',
    check: vlanStopped,
  },
];
