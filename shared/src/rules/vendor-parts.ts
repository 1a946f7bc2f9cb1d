import { sh } from '../kube/shell.ts';
import type { Evidence, Subject } from '../model/topology.ts';
import type { NeedClaim } from '../providers/provider.ts';
import { isWaiting } from './conditions.ts';
import { configEvidence, requestEvidence } from './define.ts';
import type { PoolFacts, ReservationFacts } from './pool-facts.ts';
import type { AttachmentFacts, Draft, NetworkFacts, World } from './rule.ts';

/** What the rules on APIs of several vendors have in common. */

/** What stops an attachment that waits, as an error under it. */
export const stopping = (facts: AttachmentFacts, draft: Draft): Draft => ({
  ...draft,
  severity: 'error',
  evidence: [...draft.evidence, ...requestEvidence(facts)],
  effect: 'failed',
});

const isThere = (need: NeedClaim, world: World): boolean =>
  need.of === 'pool'
    ? world.poolsOf(need.key).length > 0
    : world.network(need.key)?.claims.some(({ ref }) => ref.kind === need.kind) === true;

/** What a request names of this API and cannot be found, where objects of that kind can be read. */
export const missingNeed = ({ request }: AttachmentFacts, world: World, group: string): NeedClaim | undefined =>
  request?.needs?.find(
    (need) => need.group === group && world.availability(need.group, need.kind) === 'present' && !isThere(need, world),
  );

export const isFull = ({ pool, claim, free }: PoolFacts, provider: string): boolean =>
  claim.provider === provider && free === 0n && pool.total !== '0' && claim.size?.used !== undefined;

/** Of pools that may all give the address: all of one family are full, or nothing is given out of them any more. */
function exhausted(pools: readonly PoolFacts[], provider: string): PoolFacts | undefined {
  for (const family of [4, 6] as const) {
    const own = pools.filter(({ claim }) => claim.subnet?.family === family);
    if (own.length > 0 && own.every((pool) => pool.claim.disabled || isFull(pool, provider)))
      return own.find((pool) => isFull(pool, provider));
  }
  return undefined;
}

export type FullTexts = { slug: string; fix: string; path: string; what: string };

export const fullDraft = ({ pool, claim }: PoolFacts, texts: FullTexts): Draft => ({
  slug: texts.slug,
  group: pool.id,
  severity: 'warning',
  confidence: 'certain',
  title: `${texts.what} ${pool.namespace ? `${pool.namespace}/` : ''}${pool.name} is full`,
  message: `All ${pool.total} addresses of ${pool.range} are taken: the next pod gets none.`,
  fix: { text: texts.fix, commands: [showObject(claim.ref)] },
  evidence: [{ ref: claim.ref, path: texts.path, value: `${pool.used} of ${pool.total}` }],
});

/** A pod waits for an address that none of its pools can give. */
export function fullOnAttachment(
  facts: AttachmentFacts,
  pools: readonly PoolFacts[],
  provider: string,
  texts: FullTexts,
): Draft | undefined {
  // What has been given an address already waits for something else.
  if (!isWaiting(facts) || facts.attachment.observed.length > 0) return undefined;
  const { namespace, name } = facts.workload.workload;
  const pool = exhausted(pools, provider);
  if (!pool || pool.claim.allocations.some(({ podRef }) => podRef === `${namespace}/${name}`)) return undefined;
  return {
    ...stopping(facts, fullDraft(pool, texts)),
    confidence: 'likely',
    subjects: [{ type: 'pool', id: pool.pool.id }],
  };
}

export const networksOf = ({ networks }: PoolFacts): Subject[] =>
  networks.slice(0, 50).map(({ network }) => ({ type: 'network', id: network.id }));

export const showObject = ({ group, kind, namespace, name }: Evidence['ref']): string =>
  namespace
    ? sh`kubectl -n ${namespace} get ${kind}.${group} ${name} -o yaml`
    : sh`kubectl get ${kind}.${group} ${name} -o yaml`;

/** The config of the definition of a network, where it has one. */
export const nadEvidence = (network: NetworkFacts | null): Evidence[] =>
  (network?.claims ?? []).filter(({ config }) => config).map((claim) => configEvidence(claim));

const deleteObject = ({ group, kind, namespace, name }: Evidence['ref']): string =>
  namespace ? sh`kubectl -n ${namespace} delete ${kind}.${group} ${name}` : sh`kubectl delete ${kind}.${group} ${name}`;

/** An object that holds addresses for a pod that is gone, where pods can be read. */
export function leaked(
  { reservation: { ref, ips, podRef }, keeper }: ReservationFacts,
  world: World,
  texts: { group: string | readonly string[]; slug: string; fix: string; path: string },
): Draft | undefined {
  if (![texts.group].flat().includes(ref.group) || keeper !== 'absent' || world.availability('', 'Pod') !== 'present')
    return undefined;
  return {
    slug: texts.slug,
    group: `${texts.slug}:${podRef ?? `${ref.namespace ?? ''}/${ref.name}`}`,
    confidence: 'likely',
    title: `Addresses are held for ${podRef ?? 'a pod'}, which is gone`,
    message: `${ref.kind} ${ref.name} holds ${ips.join(', ') || 'an interface'} for ${podRef ?? 'no pod'}, and there is no such pod.`,
    fix: { text: texts.fix, commands: [deleteObject(ref)] },
    evidence: [{ ref, path: texts.path }],
  };
}
