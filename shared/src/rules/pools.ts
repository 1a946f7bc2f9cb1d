import { pointer } from '../kube/read.ts';
import { sh } from '../kube/shell.ts';
import type { Evidence, Subject } from '../model/topology.ts';
import { toIpOrCidr } from '../net/cidr.ts';
import { toIp } from '../net/ip.ts';
import { isGiven, nameOf, servedBy } from './address-parts.ts';
import { configEvidence, editNad, isOpen, requestEvidence } from './define.ts';
import type { Keeper, PoolFacts } from './pool-facts.ts';
import type { AttachmentFacts, Draft, Rule, World } from './rule.ts';

const group = 'whereabouts.cni.cncf.io';

/** Pools of others have rules of their own. */
const isOurs = ({ provider }: { provider: string }): boolean => provider === 'whereabouts';

const networksOf = ({ networks }: PoolFacts): Subject[] =>
  networks.slice(0, 50).map((network) => ({ type: 'network', id: network.network.id }));

const poolEvidence = ({ claim }: PoolFacts): Evidence => ({ ref: claim.ref, path: '/spec/range', value: claim.range });

const showPool = ({ claim }: PoolFacts): string =>
  sh`kubectl -n ${claim.namespace ?? 'kube-system'} get ippools.${group} ${claim.name} -o yaml`;

/** "3 of them are held for pods that are gone": why a full pool need not be a small one. */
function leaked(pool: PoolFacts, world: World): string {
  const stale = world.staleIn(pool.pool.id);
  return stale > 0 ? ` ${stale} of them ${stale === 1 ? 'is' : 'are'} held for pods that no longer have them.` : '';
}

const fullFix = 'Widen the range, use fewer replicas, or free addresses that are leaked.';

/** The pool that ran out, where it can be seen. */
const fullPool = (facts: AttachmentFacts, world: World): PoolFacts | undefined =>
  facts.network?.network.pools.flatMap((id) => world.pool(id) ?? []).find((pool) => pool.free === 0n);

/** The pod has yet to get an address, and there is none: nothing has failed so far. */
function willExhaust(facts: AttachmentFacts, world: World): Draft | undefined {
  const served = servedBy(facts.network);
  // With slices only that of the pod's own node counts.
  if (served?.ipam.type !== 'whereabouts' || served.ipam.nodeSliceSize || !isOpen(facts)) return undefined;
  const { namespace, name } = facts.workload.workload;
  const pool = fullPool(facts, world);
  if (!pool || pool.claim.allocations.some(({ podRef }) => podRef === `${namespace}/${name}`)) return undefined;
  return {
    slug: 'whereabouts-exhausted',
    group: pool.pool.id,
    severity: 'warning',
    confidence: 'likely',
    title: `Range ${pool.pool.range} is full`,
    message: `${namespace}/${name} waits for an address.${leaked(pool, world)}`,
    fix: { text: fullFix, commands: [showPool(pool), ...editNad(served.claim)] },
    evidence: [configEvidence(served.claim), poolEvidence(pool)],
    subjects: [{ type: 'pool', id: pool.pool.id }],
  };
}

function exhausted(facts: AttachmentFacts, world: World): Draft | undefined {
  const slug = facts.failure?.verdict.slug;
  if (!slug) return willExhaust(facts, world);
  if (slug !== 'whereabouts-exhausted' && slug !== 'hostlocal-exhausted') return undefined;
  const pool = slug === 'whereabouts-exhausted' ? fullPool(facts, world) : undefined;
  const range = pool?.pool.range ?? facts.failure?.verdict.captures['range'] ?? facts.network?.network.subnets[0];
  const served = servedBy(facts.network);
  const onNode = slug === 'hostlocal-exhausted' ? ` on ${facts.workload.workload.node ?? 'its node'}` : '';
  const network = facts.request?.requested.network ?? '';
  return {
    slug,
    group: pool ? pool.pool.id : `${range ?? network}${onNode}`,
    confidence: 'certain',
    title: `${range ? `Range ${range}` : `The range of ${network}`} is full${onNode}`,
    message: `${slug === 'whereabouts-exhausted' ? 'Whereabouts' : 'host-local'} has no free address left for ${network || 'this network'}.${pool ? leaked(pool, world) : ''}`,
    fix: {
      text: fullFix,
      commands: [
        ...(pool
          ? [showPool(pool)]
          : slug === 'whereabouts-exhausted'
            ? [sh`kubectl get ippools.${group} -A -o yaml`]
            : []),
        ...(served ? editNad(served.claim) : []),
      ],
    },
    evidence: [
      ...(served ? [configEvidence(served.claim)] : requestEvidence(facts)),
      ...(pool ? [poolEvidence(pool)] : []),
    ],
    subjects: pool ? [{ type: 'pool', id: pool.pool.id }] : [],
    effect: 'failed',
  };
}

const fullTexts = {
  code: 'MN220',
  title: 'The address range is full',
  severity: 'error' as const,
  why: 'Every address of the range is allocated. Pods that ended without cleaning up may still hold some.',
  fix: fullFix,
};

const gone: Readonly<Record<Keeper, string>> = {
  absent: 'there is no such pod',
  finished: 'that pod has ended',
  'other-address': 'that pod has another address now',
  live: '',
  unknown: '',
};

const noSlice = {
  code: 'MN228',
  title: 'The node has no slice of the range',
  severity: 'error' as const,
  why: 'With "node_slice_size" a controller gives each node a slice of the range. Without the controller, or with more nodes than slices, whereabouts crashes with "no allocated node slice for node".',
  fix: 'Deploy the node slice controller of whereabouts, or make the slices smaller.',
};

const sliceCommands = [sh`kubectl get nodeslicepools.${group} -A -o yaml`];

/** MN220, MN223 to MN225, MN227, MN228: pools as they stand. */
export const poolRules: readonly Rule[] = [
  {
    ...fullTexts,
    scope: 'attachment',
    needs: ['open', 'failure'],
    slugs: ['whereabouts-exhausted', 'hostlocal-exhausted', 'ovnk-ip-full'],
    check: exhausted,
  },
  {
    ...fullTexts,
    scope: 'pool',
    slugs: [],
    check: (pool, world) => {
      if (!isOurs(pool.claim) || pool.free !== 0n || pool.pool.total === '0') return undefined;
      return {
        slug: 'whereabouts-exhausted',
        group: pool.pool.id,
        severity: 'warning',
        confidence: 'certain',
        title: `Range ${pool.pool.range} is full`,
        message: `All ${pool.pool.total} addresses are taken: the next pod gets none.${leaked(pool, world)}`,
        fix: { text: fullFix, commands: [showPool(pool)] },
        evidence: [poolEvidence(pool)],
        subjects: networksOf(pool),
      };
    },
  },
  {
    code: 'MN223',
    scope: 'pool',
    title: 'The address range is nearly full',
    severity: 'warning',
    slugs: ['whereabouts-nearly-full'],
    why: 'Nine of ten addresses are taken. A rolling update needs more for a while, as old pods keep theirs until they are gone.',
    fix: fullFix,
    check: (pool, world) => {
      const total = BigInt(pool.pool.total);
      if (!isOurs(pool.claim) || pool.free === null || pool.free === 0n || total === 0n || pool.free * 10n > total)
        return undefined;
      return {
        slug: 'whereabouts-nearly-full',
        group: pool.pool.id,
        confidence: 'certain',
        title: `Range ${pool.pool.range} is nearly full`,
        message: `${pool.pool.used} of ${pool.pool.total} addresses are taken.${leaked(pool, world)}`,
        fix: { text: fullFix, commands: [showPool(pool)] },
        evidence: [poolEvidence(pool)],
        subjects: networksOf(pool),
      };
    },
  },
  {
    code: 'MN224',
    scope: 'allocation',
    title: 'Addresses are held for pods that no longer have them',
    severity: 'warning',
    slugs: ['whereabouts-leak'],
    why: 'Whereabouts frees an address when the node tears the pod down. After a node crash or a forced deletion nobody does, and the range fills up with addresses of the dead.',
    fix: 'Let the reconciler of whereabouts run (its CronJob), or remove the entries from the pool.',
    check: ({ pool, allocation, keeper }, world) => {
      if (!isOurs(pool) || keeper === 'live' || keeper === 'unknown') return undefined;
      const known = world.availability('', 'Pod') === 'present';
      const path = pointer('spec', 'allocations', allocation.key);
      const remove = JSON.stringify([{ op: 'remove', path }]);
      return {
        slug: 'whereabouts-leak',
        group: `${pool.id}:${keeper}`,
        confidence: keeper === 'absent' && known ? 'certain' : 'likely',
        title:
          keeper === 'absent'
            ? `Addresses of ${pool.range} are held for pods that are gone`
            : keeper === 'finished'
              ? `Addresses of ${pool.range} are held for pods that have ended`
              : `Addresses of ${pool.range} are held for pods that have others now`,
        message: `For example ${allocation.ip} for ${allocation.podRef ?? 'no pod'}${allocation.interface ? `, ${allocation.interface}` : ''}: ${gone[keeper]}.`,
        fix: {
          text: 'Let the reconciler of whereabouts run (its CronJob), or remove the entries from the pool.',
          commands: [
            sh`kubectl -n ${pool.ref.namespace ?? 'kube-system'} patch ippools.${group} ${pool.name} --type json -p ${remove}`,
          ],
        },
        evidence: [
          {
            ref: pool.ref,
            path,
            value: `${allocation.podRef ?? ''} ${allocation.interface ?? ''}`.trim(),
          },
        ],
      };
    },
  },
  {
    code: 'MN225',
    scope: 'reservation',
    title: 'An address is reserved that no pool has given out',
    severity: 'warning',
    slugs: ['whereabouts-orphan-reservation'],
    why: 'With overlapping ranges whereabouts keeps a reservation per address beside the pool. A half-finished deletion leaves it behind, and the address can never be given out again.',
    fix: 'Delete the reservation.',
    check: ({ reservation, pools, keeper }, world) => {
      const readable = world.availability(group, 'IPPool') ?? 'present';
      if (reservation.ref.group !== group) return undefined;
      if (pools.length > 0 || keeper === 'live' || keeper === 'unknown' || readable !== 'present') return undefined;
      const { ref } = reservation;
      return {
        slug: 'whereabouts-orphan-reservation',
        group: `${ref.namespace ?? ''}/${ref.name}`,
        confidence: 'likely',
        title: `${ref.name} is reserved, but allocated in no pool`,
        message: `It is for ${reservation.podRef ?? 'no pod'}: ${gone[keeper]}.`,
        fix: {
          text: 'Delete the reservation.',
          commands: [
            sh`kubectl -n ${ref.namespace ?? 'kube-system'} delete overlappingrangeipreservations.${group} ${ref.name}`,
          ],
        },
        evidence: [{ ref, path: '/metadata/name', value: ref.name }],
      };
    },
  },
  {
    code: 'MN227',
    scope: 'attachment',
    title: 'A pod has an address that its pool does not know of',
    severity: 'warning',
    slugs: ['whereabouts-missing-allocation'],
    why: 'The reconciler of older whereabouts releases removed entries of living pods. The address counts as free, and the next pod gets it too.',
    fix: 'Upgrade whereabouts, and create the pod anew.',
    check: (facts, world) => {
      if (facts.attachment.state !== 'attached') return undefined;
      const served = servedBy(facts.network);
      if (served?.ipam.type !== 'whereabouts') return undefined;
      const keys = served.claim.poolKeys ?? [];
      if (keys.length === 0) return undefined;
      // Where pools can be read, nobody has to look for them until an address is lost.
      const isKnown = () => keys.some((key) => world.poolsOf(key).length > 0);
      if (world.availability(group, 'IPPool') !== 'present' && !isKnown()) return undefined;
      const { addresses } = served.ipam;
      const isFixed = (ip: string) =>
        [...(facts.element?.ips ?? []), ...addresses].some((text) => toIpOrCidr(text)?.address.text === ip);
      const lost = facts.attachment.interface?.addresses.find(({ ip: text }) => {
        const ip = toIp(text);
        return ip && isGiven(served.ipam, ip) && world.poolsWith(ip.text).length === 0 && !isFixed(ip.text);
      });
      if (!lost) return undefined;
      const { namespace, name } = facts.workload.workload;
      return {
        slug: 'whereabouts-missing-allocation',
        group: facts.network?.network.id ?? '',
        confidence: isKnown() ? 'certain' : 'likely',
        title: `Pods on ${nameOf(served.claim)} have addresses that the pool does not know of`,
        message: `For example ${namespace}/${name} with ${lost.ip}: the next pod may get the same.`,
        fix: {
          text: 'Upgrade whereabouts, and create the pod anew.',
          commands: [sh`kubectl -n ${namespace} delete pod ${name}`],
        },
        evidence: [...facts.attachment.observed.slice(0, 1).map((item) => item.source), configEvidence(served.claim)],
      };
    },
  },
  {
    ...noSlice,
    scope: 'attachment',
    needs: 'open',
    slugs: ['whereabouts-no-slice'],
    check: (facts, world) => {
      const served = servedBy(facts.network);
      const { node } = facts.workload.workload;
      if (!served?.ipam.nodeSliceSize || !node || !isOpen(facts)) return undefined;
      const name = served.ipam.networkName ?? served.claim.config?.read.name ?? '';
      const slices = world.slicesOf(name);
      if (
        slices
          ? slices.slices.some((slice) => slice.node === node)
          : world.availability(group, 'NodeSlicePool') !== 'present'
      )
        return undefined;
      return {
        slug: 'whereabouts-no-slice',
        group: slices ? `${name}/${node}` : name,
        confidence: slices ? 'certain' : 'likely',
        title: slices ? `${node} has no slice of ${slices.range}` : `There is no NodeSlicePool ${name}`,
        message: slices
          ? `${slices.slices.length} nodes have a slice, ${slices.free} slices are free.`
          : `${nameOf(served.claim)} cuts its range by node, and nothing did.`,
        fix: { text: noSlice.fix, commands: [...sliceCommands, ...editNad(served.claim)] },
        evidence: [
          configEvidence(served.claim),
          ...(slices ? [{ ref: slices.ref, path: '/metadata/name', value: name }] : []),
        ],
        subjects: [{ type: 'node', id: node }],
        effect: 'failed',
      };
    },
  },
  {
    ...noSlice,
    scope: 'network',
    slugs: [],
    check: (network, world) => {
      const served = servedBy(network);
      if (!served?.ipam.nodeSliceSize || world.availability(group, 'NodeSlicePool') !== 'present') return undefined;
      const name = served.ipam.networkName ?? served.claim.config?.read.name ?? '';
      if (world.slicesOf(name)) return undefined;
      return {
        slug: 'whereabouts-no-slice',
        group: name,
        severity: 'warning',
        confidence: 'likely',
        title: `There is no NodeSlicePool ${name}`,
        message: `${nameOf(served.claim)} cuts its range by node, and nothing did.`,
        fix: { text: noSlice.fix, commands: sliceCommands },
        evidence: [configEvidence(served.claim)],
      };
    },
  },
];
