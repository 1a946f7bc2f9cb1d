import { matches } from '../engine/policy-index.ts';
import { sh } from '../kube/shell.ts';
import { workloadId } from '../model/ids.ts';
import type { NeedClaim, NetworkClaim } from '../providers/provider.ts';
import { spiderNamespacePart } from '../providers/spiderpool-namespace.ts';
import { spiderPoolKey } from '../providers/spiderpool-pod.ts';
import { nameOf } from './address-parts.ts';
import { isWaiting } from './conditions.ts';
import { editNad } from './define.ts';
import type { AllocationFacts, PoolFacts } from './pool-facts.ts';
import type { AttachmentFacts, Draft, NetworkFacts, Rule, World } from './rule.ts';
import {
  fullDraft,
  fullOnAttachment,
  isFull,
  leaked,
  missingNeed,
  nadEvidence,
  networksOf,
  showObject,
} from './vendor-parts.ts';

const group = 'spiderpool.spidernet.io';
const nadKind = 'NetworkAttachmentDefinition';

const isSpider = ({ group: own, kind }: NeedClaim): boolean => own === group && kind === 'SpiderIPPool';

/** The pools that give the address: those that the pod names, else those that its namespace does, else those of its network. */
function poolsFor({ request, network, workload }: AttachmentFacts, world: World): PoolFacts[] {
  const named = request?.needs?.filter(isSpider) ?? [];
  const found = (keys: readonly string[]) => keys.flatMap((key) => world.poolsOf(key));
  const ofNamespace = world.part(spiderNamespacePart(workload.workload.namespace));
  const ids =
    named.length > 0
      ? found(named.map(({ key }) => key))
      : ofNamespace
        ? found((ofNamespace.holds ?? []).map(spiderPoolKey))
        : (network?.network.pools ?? []);
  return ids.flatMap((id) => world.pool(id) ?? []);
}

/** The namespace names pools for its pods, and none of them is there. */
function missingInNamespace({ request, workload }: AttachmentFacts, world: World): Draft | undefined {
  const { namespace, name } = workload.workload;
  const own = request?.needs?.some(isSpider) ? undefined : world.part(spiderNamespacePart(namespace));
  const [first] = own?.holds ?? [];
  if (!own || !first || world.availability(group, 'SpiderIPPool') !== 'present') return undefined;
  if (own.holds?.some((one) => world.poolsOf(spiderPoolKey(one)).length > 0)) return undefined;
  return {
    slug: 'spiderpool-pool-missing',
    group: `spiderpool-missing:SpiderIPPool/${first}`,
    severity: 'error',
    confidence: 'likely',
    title: `SpiderIPPool ${first} does not exist`,
    message: `Namespace ${namespace} names it for its pods, and ${name} names no other.`,
    fix: {
      text: 'Create the SpiderIPPool, or correct the annotation of the namespace.',
      commands: [sh`kubectl get spiderippools.${group}`, sh`kubectl get namespace ${namespace} -o yaml`],
    },
    evidence: [{ ref: own.ref, path: '/metadata/annotations', value: own.holds?.join(', ').slice(0, 400) ?? '' }],
    effect: 'failed',
  };
}

/** Spiderpool gives the addresses of this attachment. */
const isServed = ({ network }: AttachmentFacts): boolean =>
  network?.claims.some(
    ({ poolKeys, ipam }) => ipam?.type === 'spiderpool' || poolKeys?.some((key) => key.startsWith('spiderpool:')),
  ) === true;

const fullTexts = {
  slug: 'spiderpool-pool-full',
  what: 'SpiderIPPool',
  path: '/status/allocatedIPCount',
  fix: 'Add addresses to spec.ips of the pool, name a second pool, or use fewer replicas.',
};

const full = {
  code: 'MN857',
  title: 'The pool of Spiderpool is full',
  severity: 'error',
  explains: ['spiderpool-exhausted', 'third-party-ipam'],
  why: 'A SpiderIPPool counts what it has and what it gave. When every pool that a pod may use is full, Spiderpool refuses it. A rolling update needs more addresses for a while than it has pods.',
  fix: fullTexts.fix,
} as const;

const missingTexts = {
  code: 'MN858',
  title: 'A pool of Spiderpool does not exist or gives nothing',
  severity: 'error',
  explains: ['spiderpool-exhausted', 'third-party-ipam'],
  why: 'Pods name pools in annotations (ipam.spidernet.io/ippool, ippools, subnet, subnets), definitions in default_ipv4_ippool and default_ipv6_ippool. Spiderpool refuses a pod for which none of them is there, and passes over those with disable: true.',
  fix: 'Create the pool, or correct the name.',
} as const;

function missingOnPod(facts: AttachmentFacts, world: World): Draft | undefined {
  if (!isServed(facts) || !isWaiting(facts) || facts.attachment.observed.length > 0) return undefined;
  const need = missingNeed(facts, world, group);
  const { namespace, name } = facts.workload.workload;
  if (need) {
    // Another that is named may do, unless it is of the other family.
    const others = facts.request?.needs?.some(({ kind, key }) => kind === need.kind && world.poolsOf(key).length > 0);
    return {
      slug: 'spiderpool-pool-missing',
      group: `spiderpool-missing:${need.kind}/${need.name}`,
      severity: others ? 'warning' : 'error',
      confidence: others ? 'possible' : 'likely',
      title: `${need.kind} ${need.name} does not exist`,
      message: `${namespace}/${name} asks for it in an annotation.`,
      fix: {
        text: `Create the ${need.kind}, or correct the annotation.`,
        commands: [sh`kubectl get ${need.kind}.${group}`],
      },
      evidence: [need.source],
      ...(others ? {} : { effect: 'failed' as const }),
    };
  }
  return missingInNamespace(facts, world) ?? closedTo(facts, poolsFor(facts, world), world);
}

/** The definition that is asked for, `ns/name`; that of eth0 is a matter of the whole cluster. */
const definitionOf = ({ request }: AttachmentFacts): string | undefined =>
  request?.alias?.scheme === 'nad' && request.index !== 'default' ? request.alias.value : undefined;

/** A bare name is of a definition in the namespace of Spiderpool, which is not known here. */
const serves = (definitions: readonly string[], asked: string): boolean =>
  definitions.some((one) => (one.includes('/') ? one === asked : asked.endsWith(`/${one}`)));

/** Why a pool gives nothing to this pod, and where it says so; in the order in which Spiderpool asks (pkg/ipam, selectByPod). */
function refusal({ claim }: PoolFacts, facts: AttachmentFacts, world: World): [string, string] | undefined {
  const { workload } = facts.workload;
  const { namespaces, namespaceLabels, nodes, nodeLabels, podLabels, definitions } = claim.only ?? {};
  if (claim.disabled) return ['is disabled', '/spec/disable'];
  if (nodes && workload.node !== undefined && !nodes.includes(workload.node))
    return [`is not for node ${workload.node}`, '/spec/nodeName'];
  const node = nodeLabels && workload.node !== undefined ? world.node(workload.node)?.node : undefined;
  if (nodeLabels && node && !matches(nodeLabels, node.labels))
    return [`is not for nodes with the labels of ${node.name}`, '/spec/nodeAffinity'];
  if (namespaces && !namespaces.includes(workload.namespace))
    return [`is not for namespace ${workload.namespace}`, '/spec/namespaceName'];
  const namespace = namespaceLabels && world.namespace(workload.namespace);
  if (namespaceLabels && namespace && !matches(namespaceLabels, namespace.labels))
    return [`is not for namespaces with the labels of ${namespace.name}`, '/spec/namespaceAffinity'];
  if (podLabels && !matches(podLabels, workload.labels))
    return [
      `is not for pods with the labels of ${workload.owner?.name ?? workload.name} in ${workload.namespace}`,
      '/spec/podAffinity',
    ];
  const asked = definitionOf(facts);
  if (definitions && asked && !serves(definitions, asked)) return [`is not for ${asked}`, '/spec/multusName'];
  return undefined;
}

const openTo = (facts: AttachmentFacts, world: World): PoolFacts[] =>
  poolsFor(facts, world).filter((pool) => !refusal(pool, facts, world));

/** There are pools, and none of them gives anything to this pod. */
function closedTo(facts: AttachmentFacts, pools: readonly PoolFacts[], world: World): Draft | undefined {
  const own = pools.filter(({ claim }) => claim.provider === 'spiderpool');
  const [first] = own;
  const why = first && refusal(first, facts, world);
  if (!why || !own.every((pool) => refusal(pool, facts, world))) return undefined;
  const { namespace, name } = facts.workload.workload;
  return {
    slug: first.claim.disabled ? 'spiderpool-pool-disabled' : 'spiderpool-pool-closed',
    group: `${first.pool.id}:${why[0]}`,
    severity: 'error',
    confidence: 'likely',
    title: `SpiderIPPool ${first.pool.name} ${why[0]}`,
    message: `${namespace}/${name} may use no other.`,
    fix: { text: 'Open the pool to the pod, or name another.', commands: [showObject(first.claim.ref)] },
    evidence: [{ ref: first.claim.ref, path: why[1] }],
    subjects: [{ type: 'pool', id: first.pool.id }],
    effect: 'failed',
  };
}

function missingOnNetwork(network: NetworkFacts, world: World): Draft | undefined {
  if (world.availability(group, 'SpiderIPPool') !== 'present') return undefined;
  const prefix = 'spiderpool:';
  for (const claim of network.claims) {
    const key = claim.poolKeys?.find((one) => one.startsWith(prefix) && world.poolsOf(one).length === 0);
    if (!key) continue;
    const name = key.slice(prefix.length);
    const own = claim.ref.kind === nadKind;
    return {
      slug: 'spiderpool-pool-missing',
      group: `spiderpool-missing:SpiderIPPool/${name}`,
      severity: 'warning',
      confidence: 'certain',
      title: `SpiderIPPool ${name} does not exist`,
      message: `${nameOf(claim)} takes addresses from it.`,
      fix: { text: missingTexts.fix, commands: own ? editNad(claim) : [showObject(claim.ref)] },
      evidence: own ? nadEvidence(network) : [{ ref: claim.ref, path: '/spec', value: name }],
    };
  }
  return undefined;
}

const madeOf = ({ claims }: NetworkFacts): NetworkClaim | undefined =>
  claims.find(({ ref }) => ref.kind === 'SpiderMultusConfig' && ref.group === group);

/** The controller answers within seconds. */
const patience = 60_000;

const undone = {
  code: 'MN879',
  title: 'Spiderpool has not done what an object asks for',
  severity: 'warning',
  why: 'The controller of Spiderpool makes a NetworkAttachmentDefinition of each SpiderMultusConfig, and finds the CIDRs of the cluster for its coordinator. Without the first no pod can refer to the network, without the second pods that use the coordinator do not start.',
  fix: 'Look at the log of spiderpool-controller.',
} as const;

const controllerLog = 'kubectl logs -n kube-system -l app.kubernetes.io/component=spiderpool-controller --tail=50';

const leakTexts = {
  code: 'MN859',
  title: 'Spiderpool holds an address for a pod that is gone',
  severity: 'warning',
  why: 'A SpiderEndpoint says which addresses a pod has, and goes with it. When that was missed, its addresses stay taken until the garbage collection comes round. Those of StatefulSets and machines are kept on purpose and not meant here.',
  fix: 'Check that the garbage collection of Spiderpool is on, or delete the object.',
} as const;

/** The numbers of a StatefulSet, whose addresses are kept on purpose. */
const isNumbered = (name: string): boolean => /-\d+$/.test(name);

function leakedInPool({ pool, allocation, keeper }: AllocationFacts, world: World): Draft | undefined {
  const [namespace, name] = (allocation.podRef ?? '').split('/');
  if (pool.provider !== 'spiderpool' || keeper !== 'absent' || !namespace || !name || isNumbered(name))
    return undefined;
  if (world.availability('', 'Pod') !== 'present') return undefined;
  // Addresses of a machine are under its own name, whether it runs or not.
  if (world.workload(workloadId('VirtualMachineInstance', namespace, name))) return undefined;
  return {
    slug: 'spiderpool-address-leaked',
    group: `spiderpool-address-leaked:${namespace}/${name}`,
    confidence: 'possible',
    title: `Addresses are held for ${namespace}/${name}, which is gone`,
    message: `${allocation.ip} of SpiderIPPool ${pool.name} is held for it, and there is no such pod.`,
    fix: { text: leakTexts.fix, commands: [showObject(pool.ref)] },
    evidence: [{ ref: pool.ref, path: '/status/allocatedIPs', value: allocation.ip }],
  };
}

/** MN857-MN859, MN879: what the objects of Spiderpool say of themselves, and whom it hurts. */
export const spiderpoolRules: readonly Rule[] = [
  {
    ...full,
    scope: 'attachment',
    slugs: ['spiderpool-pool-full'],
    needs: 'open',
    check: (facts, world) =>
      isServed(facts) ? fullOnAttachment(facts, openTo(facts, world), 'spiderpool', fullTexts) : undefined,
  },
  {
    ...full,
    scope: 'pool',
    slugs: [],
    check: (pool) =>
      pool.claim.ref.kind === 'SpiderIPPool' && isFull(pool, 'spiderpool')
        ? { ...fullDraft(pool, fullTexts), subjects: networksOf(pool) }
        : undefined,
  },
  {
    ...missingTexts,
    scope: 'attachment',
    slugs: ['spiderpool-pool-missing', 'spiderpool-pool-disabled', 'spiderpool-pool-closed'],
    needs: 'open',
    check: missingOnPod,
  },
  { ...missingTexts, scope: 'network', slugs: [], check: missingOnNetwork },
  {
    ...leakTexts,
    scope: 'reservation',
    slugs: ['spiderpool-address-leaked'],
    check: (facts, world) =>
      leaked(facts, world, { group, slug: 'spiderpool-address-leaked', fix: leakTexts.fix, path: '/status/current' }),
  },
  { ...leakTexts, scope: 'allocation', slugs: [], check: leakedInPool },
  {
    ...undone,
    scope: 'network',
    slugs: ['spiderpool-nad-missing', 'spiderpool-coordinator-not-ready'],
    check: (network, world) => {
      const own = madeOf(network);
      const made = network.claims.some(({ ref }) => ref.kind === nadKind);
      if (!own || made || own.createdAt === 0 || world.availability('k8s.cni.cncf.io', nadKind) !== 'present')
        return undefined;
      if (!world.due(own.createdAt + patience)) return undefined;
      return {
        slug: 'spiderpool-nad-missing',
        group: `spiderpool-nad-missing:${network.network.id}`,
        confidence: 'likely',
        title: `Spiderpool has not made the NAD ${nameOf(own)}`,
        message: `SpiderMultusConfig ${own.ref.namespace ?? ''}/${own.ref.name} should become a NAD, and there is none.`,
        fix: { text: undone.fix, commands: [controllerLog] },
        evidence: [{ ref: own.ref, path: '/spec' }],
      };
    },
  },
  {
    ...undone,
    scope: 'cluster',
    slugs: [],
    check: (world) =>
      world
        .deviceTroubles('')
        .filter(({ kind }) => kind === 'spiderpool-coordinator-not-ready')
        .map(
          ({ ref, path, condition, about }): Draft => ({
            slug: 'spiderpool-coordinator-not-ready',
            group: `spiderpool-coordinator-not-ready:${about}`,
            confidence: 'certain',
            title: `SpiderCoordinator ${about} is not ready`,
            message: condition.message ?? 'Its phase is NotReady.',
            fix: { text: undone.fix, commands: [showObject(ref), controllerLog] },
            evidence: [{ ref, path }],
            subjects: [{ type: 'object', ref }],
          }),
        ),
  },
];
