import { sh } from '../kube/shell.ts';
import type { Evidence } from '../model/topology.ts';
import { ciliumPoolKey } from '../providers/cilium.ts';
import { isWaiting } from './conditions.ts';
import type { PoolFacts } from './pool-facts.ts';
import type { AttachmentFacts, Draft, NodeFacts, Rule, World } from './rule.ts';

const group = 'cilium.io';

const poolsNamed = (name: string, world: World): PoolFacts[] =>
  ([4, 6] as const)
    .flatMap((family) => world.poolsOf(ciliumPoolKey(name, family)))
    .flatMap((id) => world.pool(id) ?? []);

type Wanted = { pools: readonly string[]; evidence: Evidence[] };

/** What the pod says, else what its namespace says. The default pool needs no word. */
function wantedBy({ request, attachment, workload }: AttachmentFacts, world: World): Wanted | undefined {
  if (attachment.slot !== 0 || !request) return undefined;
  if (request.fromPools) return { pools: request.fromPools, evidence: [request.requested.source] };
  const said = world.namespacePool(workload.workload.namespace);
  return said && { pools: said.pools, evidence: [{ ref: said.ref, path: said.path, value: said.pools.join(', ') }] };
}

/** The annotation counts when the pod is made: one that runs has its addresses. */
function poolAbsent(facts: AttachmentFacts, world: World): Draft | undefined {
  const { workload } = facts;
  if (!isWaiting(facts) || world.availability(group, 'CiliumPodIPPool') !== 'present') return undefined;
  const wanted = wantedBy(facts, world);
  const name = wanted?.pools.find((one) => poolsNamed(one, world).length === 0);
  if (!wanted || name === undefined) return undefined;
  return {
    slug: 'cilium-pool-absent',
    group: `cilium-pool-absent:${name}`,
    confidence: 'likely',
    title: `CiliumPodIPPool ${name} does not exist`,
    message: `${workload.workload.namespace}/${workload.workload.name} asks for an address from it.`,
    fix: {
      text: 'Create the CiliumPodIPPool, or correct the annotation.',
      commands: [sh`kubectl get ciliumpodippools.${group}`],
    },
    evidence: wanted.evidence,
    effect: 'failed',
  };
}

const texts = {
  code: 'MN868',
  title: 'The pool of Cilium has no block left',
  severity: 'warning',
  why: 'The operator of Cilium gives nodes blocks of a CiliumPodIPPool, and the agent gives pods addresses of them. With no block left, nodes go on as long as their own last, and pods on others wait.',
  fix: 'Add a CIDR to the CiliumPodIPPool.',
} as const;

const isFull = ({ claim, pool, free }: PoolFacts): boolean =>
  claim.provider === 'cilium' && free === 0n && pool.total !== '0';

function full({ pool, claim, networks }: PoolFacts): Draft {
  const nodes = new Set(pool.allocations.map(({ object }) => object.name)).size;
  return {
    slug: 'cilium-pool-full',
    group: pool.id,
    confidence: 'certain',
    title: `CiliumPodIPPool ${pool.name} has no block left (${pool.range})`,
    message: `All of its addresses are in blocks of ${nodes} node${nodes === 1 ? '' : 's'}; a node that needs more gets none.`,
    fix: { text: texts.fix, commands: [sh`kubectl edit ciliumpodippools.${group} ${pool.name}`] },
    evidence: [
      { ref: claim.ref, path: claim.subnet?.family === 6 ? '/spec/ipv6/cidrs' : '/spec/ipv4/cidrs', value: pool.range },
    ],
    subjects: networks.slice(0, 50).map(({ network }) => ({ type: 'network', id: network.id })),
  };
}

/** A pod waits on a node that holds nothing of the pool it asks for, and nothing is left. */
function stopped(facts: AttachmentFacts, world: World): Draft | undefined {
  const { node } = facts.workload.workload;
  const wanted = node && isWaiting(facts) ? wantedBy(facts, world) : undefined;
  const short = wanted?.pools
    .flatMap((name) => poolsNamed(name, world))
    .find((pool) => isFull(pool) && !pool.pool.allocations.some(({ object }) => object.name === node));
  if (!wanted || !short) return undefined;
  const draft = full(short);
  return {
    ...draft,
    severity: 'error',
    confidence: 'likely',
    evidence: [...draft.evidence, ...wanted.evidence],
    subjects: [{ type: 'pool', id: short.pool.id }],
    effect: 'failed',
  };
}

const nodeShort = ({ node }: NodeFacts, world: World): Draft[] =>
  world
    .deviceTroubles(node.name)
    .filter(({ kind }) => kind === 'cilium-node-short')
    .map(({ condition, about, ref, path }) => ({
      slug: 'cilium-node-short',
      group: `cilium-node-short:${node.name}`,
      confidence: 'likely',
      title: `${node.name} waits for addresses of pool ${about}`,
      message: condition.message ?? '',
      fix: {
        text: 'See that the CiliumPodIPPool exists and has a block left, and read the log of cilium-operator.',
        commands: [
          sh`kubectl get ciliumnodes.${group} ${node.name} -o jsonpath='{.spec.ipam.pools}'`,
          sh`kubectl get ciliumpodippools.${group} ${about} -o yaml`,
        ],
      },
      evidence: [{ ref, path, value: (condition.message ?? '').slice(0, 400) }],
    }));

/** MN867, MN868: the pools of Cilium. */
export const ciliumRules: readonly Rule[] = [
  {
    code: 'MN867',
    scope: 'attachment',
    needs: 'unattached',
    title: 'The pool that the pod asks for does not exist',
    severity: 'error',
    slugs: ['cilium-pool-absent'],
    explains: ['default-cni-cilium'],
    why: 'With multi-pool IPAM a pod names its CiliumPodIPPool in ipam.cilium.io/ip-pool. Without such a pool no node gets addresses of it, and the pod none.',
    fix: 'Create the CiliumPodIPPool, or correct the annotation.',
    check: poolAbsent,
  },
  {
    ...texts,
    severity: 'error',
    scope: 'attachment',
    needs: 'unattached',
    slugs: ['cilium-pool-full', 'cilium-node-short'],
    explains: ['default-cni-cilium'],
    check: stopped,
  },
  { ...texts, scope: 'pool', slugs: [], check: (pool) => (isFull(pool) ? full(pool) : undefined) },
  { ...texts, scope: 'node', slugs: [], check: nodeShort },
];
