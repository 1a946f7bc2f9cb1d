import { DEFAULT_NETWORK_KEY } from '../cni/default-network.ts';
import { NETWORKS_KEY } from '../cni/selection.ts';
import { isOpen } from '../engine/is-open.ts';
import { sh } from '../kube/shell.ts';
import { causes } from '../messages/catalogue.ts';
import type { Evidence, Fix, Severity } from '../model/topology.ts';
import type { NetworkClaim, RequestIssue } from '../providers/provider.ts';
import { perFacts } from './memo.ts';
import type { AttachmentFacts, Draft, NetworkFacts, Rule, World } from './rule.ts';

export { isOpen };

type Texts = { title?: string; severity?: Severity; why?: string; fix?: string };

/** Title, why and fix of a rule, from the catalogue of causes where the rule does not say better. */
export function textsOf(slugs: readonly string[], texts: Texts) {
  const cause = causes.get(slugs[0] ?? '');
  const severity: Severity =
    texts.severity ?? (cause?.severity === 'warning' || cause?.severity === 'info' ? cause.severity : 'error');
  return {
    title: texts.title ?? cause?.title ?? slugs[0] ?? '',
    severity,
    why: texts.why ?? cause?.cause ?? '',
    fix: texts.fix ?? cause?.fix ?? '',
  };
}

/** A rule that speaks only when an event has one of its causes. */
export const fromEvent = (code: string, slugs: readonly string[], texts: Texts = {}): Rule => ({
  code,
  scope: 'attachment',
  slugs,
  ...textsOf(slugs, texts),
});

/** Where the request stands: the pods of one owner share one annotation, and so one root cause. */
export const originOf = ({ workload }: AttachmentFacts): string =>
  workload.pod.ownerKey ?? `${workload.workload.namespace}/Pod/${workload.workload.name}`;

const templated = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/**
 * Commands that change a pod's annotation for good: in the owner's template, or by creating the pod anew. Without a value the place to
 * edit.
 */
export function annotationCommands({ workload, request }: AttachmentFacts, value?: string): string[] {
  const { owner, namespace, name } = workload.workload;
  const key = request?.index === 'default' ? DEFAULT_NETWORK_KEY : NETWORKS_KEY;
  if (owner && templated.has(owner.kind)) {
    const kind = owner.kind.toLowerCase();
    if (value === undefined) return [sh`kubectl -n ${namespace} edit ${kind} ${owner.name}`];
    const patch = JSON.stringify({ spec: { template: { metadata: { annotations: { [key]: value } } } } });
    return [sh`kubectl -n ${namespace} patch ${kind} ${owner.name} --type merge -p ${patch}`];
  }
  return [
    ...(value === undefined
      ? [sh`kubectl -n ${namespace} edit pod ${name}`]
      : [sh`kubectl -n ${namespace} annotate --overwrite pod ${name} ${key}=${value}`]),
    sh`kubectl -n ${namespace} get pod ${name} -o yaml | kubectl replace --force -f -`,
  ];
}

/** The request's own text, with the offending place marked where the issue knows it. */
export function requestEvidence({ request }: AttachmentFacts): Evidence[] {
  return request ? [request.requested.source] : [];
}

/** A rule over the issues that the reading of a request found. */
export function fromRequestIssue(
  code: string,
  slugs: readonly string[],
  texts: Texts & {
    mend?: (facts: AttachmentFacts, issue: RequestIssue) => Fix | undefined;
    explains?: readonly string[];
  } = {},
): Rule {
  const base = textsOf(slugs, texts);
  return {
    code,
    scope: 'attachment',
    slugs,
    needs: 'request-issue',
    ...base,
    ...(texts.explains ? { explains: texts.explains } : {}),
    check: (facts) => {
      const issue = facts.request?.issues.find((item) => slugs.includes(item.slug));
      if (!issue || facts.attachment.state === 'ended' || facts.attachment.state === 'ignored') return undefined;
      const stops = issue.severity === 'error' && isOpen(facts);
      if (facts.attachment.state === 'attached' && issue.severity === 'error') return undefined;
      const own = causes.get(issue.slug);
      return {
        slug: issue.slug,
        group: `${issue.slug}:${originOf(facts)}`,
        severity: stops ? base.severity : base.severity === 'error' ? 'warning' : base.severity,
        confidence: 'certain',
        title: own?.title ?? base.title,
        message: issue.message,
        ...(own?.cause ? { cause: own.cause } : {}),
        fix: texts.mend?.(facts, issue) ?? { text: own?.fix ?? base.fix, commands: annotationCommands(facts) },
        evidence: requestEvidence(facts),
        ...(stops ? { effect: 'failed' as const } : {}),
      };
    },
  };
}

/** Evidence in a NAD's config: the lines around the place, the place marked. */
export function configEvidence(claim: NetworkClaim, place?: { offset?: number; length?: number }): Evidence {
  const text = claim.config?.text ?? '';
  if (place?.offset === undefined)
    return { ref: claim.ref, path: claim.config?.path ?? '/spec/config', value: text.slice(0, 400) };
  const from = Math.max(0, place.offset - 160);
  return {
    ref: claim.ref,
    path: claim.config?.path ?? '/spec/config',
    value: text.slice(from, from + 400),
    mark: { offset: place.offset - from, length: Math.min(place.length ?? 1, 400 - (place.offset - from)) },
  };
}

export const editNad = (claim: NetworkClaim): string[] => [
  sh`kubectl -n ${claim.namespace ?? 'default'} edit net-attach-def ${claim.name}`,
];

type ConfigTexts = Texts & {
  explains?: readonly string[];
  /** JSON for the config that mends it. */
  patch?: string;
  /** Said of a network only because the request decides; once this holds for an attachment, it fails. */
  failsWhen?: (facts: AttachmentFacts) => boolean;
  /** It does not hold for this attachment. */
  spares?: (facts: AttachmentFacts) => boolean;
  /** It need not hold in this cluster: it is not said of networks. */
  sparesAll?: (world: World) => boolean;
};

/** How a config issue is said: of the network as a warning at most, of an attachment that it stops as an error. */
type Spoken = { stops: boolean; open?: AttachmentFacts };

function configDrafts(slugs: readonly string[], texts: ConfigTexts, network: NetworkFacts, spoken: Spoken): Draft[] {
  const base = textsOf(slugs, texts);
  const drafts = new Map<string, Draft>();
  for (const claim of network.claims) {
    for (const issue of claim.issues) {
      if (!slugs.includes(issue.slug) || drafts.has(issue.slug)) continue;
      const own = texts.title ? undefined : causes.get(issue.slug);
      const failing = spoken.open !== undefined && texts.failsWhen?.(spoken.open) === true;
      const stops = spoken.stops && (issue.severity === 'error' || failing);
      if (spoken.open && !stops) continue;
      const severity = base.severity === 'error' ? issue.severity : base.severity;
      drafts.set(issue.slug, {
        slug: issue.slug,
        group: `${issue.slug}:${network.network.id}`,
        severity: stops ? 'error' : severity === 'error' ? 'warning' : severity,
        confidence: 'certain',
        title: `${own?.title ?? base.title} (${claim.namespace ? `${claim.namespace}/` : ''}${claim.name})`,
        message: issue.message,
        ...(own?.cause ? { cause: own.cause } : {}),
        fix: {
          text: own?.fix ?? base.fix,
          commands: editNad(claim),
          ...(texts.patch ? { patch: texts.patch } : {}),
        },
        evidence: [configEvidence(claim, issue)],
        subjects: [{ type: 'network', id: network.network.id }],
        ...(stops ? { effect: 'failed' as const } : {}),
      });
    }
  }
  return [...drafts.values()];
}

/** What the reading of a config found, said of its network: a warning at most, for nobody may be waiting. */
export const configIssueOnNetwork = (code: string, slugs: readonly string[], texts: ConfigTexts = {}): Rule => ({
  code,
  scope: 'network',
  slugs: [],
  ...textsOf(slugs, texts),
  check: (network, world) =>
    hasIssue(network, slugs) && !texts.sparesAll?.(world)
      ? configDrafts(slugs, texts, network, { stops: false })
      : undefined,
});

/** The event of this very pod speaks of this attachment, or names no attachment and one of these causes. */
const isSaid = ({ failure, workload }: AttachmentFacts, slugs: readonly string[]): boolean =>
  failure !== null || (workload.failure?.slot === null && slugs.includes(workload.failure.verdict.slug));

/** A config with which another pod is attached right now evidently works there, unless an event of this pod says otherwise. */
const isStopped = (facts: AttachmentFacts, network: NetworkFacts, world: World, slugs: readonly string[]): boolean =>
  isOpen(facts) && (isSaid(facts, slugs) || !world.isUsed(network.network.id));

const issueSlugs = perFacts(
  (facts: NetworkFacts) => new Set(facts.claims.flatMap(({ issues }) => issues.map(({ slug }) => slug))),
);

const hasIssue = (facts: NetworkFacts, slugs: readonly string[]): boolean => {
  const found = issueSlugs(facts);
  return found.size > 0 && slugs.some((slug) => found.has(slug));
};

/**
 * A rule over the issues that the reading of a network's config found: one finding per network and kind of issue, with every attachment
 * under it that it stops. On a network that nobody waits for it is said as a warning.
 */
export function fromConfigIssue(code: string, slugs: readonly string[], texts: ConfigTexts = {}): [Rule, Rule] {
  const onAttachment: Rule = {
    code,
    scope: 'attachment',
    slugs,
    needs: 'open',
    ...textsOf(slugs, texts),
    ...(texts.explains ? { explains: texts.explains } : {}),
    check: (facts, world) =>
      facts.network &&
      hasIssue(facts.network, slugs) &&
      !texts.spares?.(facts) &&
      isStopped(facts, facts.network, world, [...slugs, ...(texts.explains ?? [])])
        ? configDrafts(slugs, texts, facts.network, { stops: true, open: facts })
        : undefined,
  };
  return [onAttachment, configIssueOnNetwork(code, slugs, texts)];
}
