import { sh } from '../kube/shell.ts';
import { isWaiting } from './conditions.ts';
import { requestEvidence } from './define.ts';
import type { AttachmentFacts, Draft, Rule, World } from './rule.ts';
import { fullDraft, fullOnAttachment, isFull, leaked, networksOf, stopping } from './vendor-parts.ts';

const groups = ['danm.io', 'danm.k8s.io', 'kubernetes.nokia.com'];

const kinds: Readonly<Record<string, string>> = {
  danmnet: 'DanmNet',
  'danm-tenantnetwork': 'TenantNetwork',
  'danm-clusternetwork': 'ClusterNetwork',
};

const kindOf = ({ request }: AttachmentFacts): string | undefined => kinds[request?.alias?.scheme ?? ''];

const describePod = ({ workload: { workload } }: AttachmentFacts): string[] => [
  sh`kubectl -n ${workload.namespace} get pod ${workload.name} -o jsonpath='{.metadata.annotations}'`,
];

function notFound(facts: AttachmentFacts, world: World): Draft | undefined {
  const kind = kindOf(facts);
  if (!kind || facts.network || !isWaiting(facts)) return undefined;
  const group = groups.find((one) => world.availability(one, kind) === 'present');
  if (!group) return undefined;
  const name = facts.request?.requested.network ?? '';
  return {
    slug: 'danm-network-not-found',
    group: `danm-network-not-found:${kind}/${name}`,
    confidence: 'certain',
    title: `${kind} ${name} does not exist`,
    message: 'The pod names it for DANM in an annotation.',
    fix: {
      text: `Create the ${kind}, or correct the annotation.`,
      commands: [sh`kubectl get ${kind}.${group} -A`, ...describePod(facts)],
    },
    evidence: requestEvidence(facts),
    effect: 'failed',
  };
}

function unreadable(facts: AttachmentFacts): Draft | undefined {
  const issue = facts.request?.issues.find(({ slug }) => slug === 'danm-annotation-invalid');
  if (!issue || !isWaiting(facts)) return undefined;
  const { namespace, name, owner } = facts.workload.workload;
  return {
    slug: 'danm-annotation-invalid',
    group: `danm-annotation-invalid:${namespace}/${owner?.name ?? name}`,
    confidence: 'certain',
    title: `The interfaces of ${namespace}/${owner?.name ?? name} cannot be read`,
    message: issue.message,
    fix: {
      text: 'Write a list in JSON, each element with network, tenantNetwork or clusterNetwork.',
      commands: describePod(facts),
    },
    evidence: requestEvidence(facts),
    effect: 'failed',
  };
}

function denied(facts: AttachmentFacts): Draft | undefined {
  const { namespace } = facts.workload.workload;
  const claim = facts.network?.claims.find(({ tenants }) => tenants && !tenants.includes(namespace));
  if (!claim || !kindOf(facts) || !isWaiting(facts)) return undefined;
  return stopping(facts, {
    slug: 'danm-tenant-denied',
    group: `danm-tenant-denied:${claim.name}:${namespace}`,
    confidence: 'likely',
    title: `ClusterNetwork ${claim.name} is not for ${namespace}`,
    message: `It is for ${claim.tenants?.slice(0, 5).join(', ')} alone.`,
    fix: {
      text: `Add ${namespace} to AllowedTenants, or use another network.`,
      commands: [sh`kubectl get ${claim.ref.kind}.${claim.ref.group} ${claim.ref.name} -o yaml`],
    },
    evidence: [{ ref: claim.ref, path: '/spec/AllowedTenants', value: claim.tenants?.join(', ').slice(0, 400) ?? '' }],
  });
}

const fullTexts = {
  slug: 'danm-pool-full',
  what: 'The allocation pool of',
  path: '/spec/Options/alloc',
  fix: 'Widen allocation_pool, or free addresses that are leaked.',
};

const full = {
  code: 'MN874',
  title: 'The allocation pool of the DANM network is full',
  severity: 'error',
  explains: ['danm-exhausted', 'danm-failed'],
  why: 'A network of DANM keeps a bit for each of its addresses. When all from start to end of its allocation_pool are set, a pod that asks for a dynamic address does not start.',
  fix: fullTexts.fix,
} as const;

const wantsDynamic = ({ request }: AttachmentFacts): boolean =>
  request?.requested.source.value?.includes('"dynamic"') === true;

/** MN873-MN875, MN878: DANM. */
export const danmRules: readonly Rule[] = [
  {
    code: 'MN873',
    scope: 'attachment',
    title: 'The network that a pod names for DANM is not there',
    severity: 'error',
    slugs: ['danm-network-not-found', 'danm-annotation-invalid'],
    explains: ['danm-network-missing', 'danm-failed', 'danm-no-networks'],
    why: 'DANM looks up a DanmNet or TenantNetwork in the namespace of the pod, a ClusterNetwork in the cluster. All interfaces of the pod are made at once, and one network that is not there stops them all.',
    fix: 'Create the network, or correct the annotation danm.io/interfaces (danm.k8s.io/interfaces before version 4.3).',
    needs: 'open',
    check: (facts, world) => unreadable(facts) ?? notFound(facts, world),
  },
  {
    ...full,
    scope: 'attachment',
    slugs: ['danm-pool-full'],
    needs: 'open',
    check: (facts, world) =>
      kindOf(facts) && wantsDynamic(facts)
        ? fullOnAttachment(
            facts,
            facts.network?.network.pools.flatMap((id) => world.pool(id) ?? []) ?? [],
            'danm',
            fullTexts,
          )
        : undefined,
  },
  {
    ...full,
    scope: 'pool',
    slugs: [],
    check: (pool) =>
      isFull(pool, 'danm')
        ? {
            ...fullDraft(pool, {
              ...fullTexts,
              path: pool.claim.subnet?.family === 6 ? '/spec/Options/alloc6' : fullTexts.path,
            }),
            subjects: networksOf(pool),
          }
        : undefined,
  },
  {
    code: 'MN875',
    scope: 'reservation',
    title: 'DANM keeps an endpoint of a pod that is gone',
    severity: 'warning',
    slugs: ['danm-endpoint-leaked'],
    why: 'Each interface of a pod is a DanmEp, which DANM deletes when the node tears the pod down. After a crash of the node nobody does, and its bit stays set in the network: the address is never given again.',
    fix: 'Let the cleaner of DANM run, or delete the DanmEp and reset the address in the network.',
    check: (facts, world) =>
      leaked(facts, world, {
        group: groups,
        slug: 'danm-endpoint-leaked',
        fix: 'Let the cleaner of DANM run, or delete the DanmEp and reset the address in the network.',
        path: '/spec/Pod',
      }),
  },
  {
    code: 'MN878',
    scope: 'attachment',
    title: 'The ClusterNetwork of DANM is not for this namespace',
    severity: 'error',
    slugs: ['danm-tenant-denied'],
    explains: ['danm-failed', 'danm-network-missing'],
    why: 'A ClusterNetwork with AllowedTenants serves pods of these namespaces alone.',
    fix: 'Add the namespace to AllowedTenants, or use another network.',
    needs: 'open',
    check: denied,
  },
];
