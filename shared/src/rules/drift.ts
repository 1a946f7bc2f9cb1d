import { sh } from '../kube/shell.ts';
import { requestEvidence } from './define.ts';
import { perFacts } from './memo.ts';
import { newestOf } from './pod-event.ts';
import type { AttachmentFacts, Draft, Rule, WorkloadFacts } from './rule.ts';

export const restart = ({ workload }: WorkloadFacts): string[] => {
  const { namespace, name, owner } = workload;
  return owner && ['Deployment', 'StatefulSet', 'DaemonSet'].includes(owner.kind)
    ? [sh`kubectl -n ${namespace} rollout restart ${owner.kind.toLowerCase()}/${owner.name}`]
    : [sh`kubectl -n ${namespace} get pod ${name} -o yaml | kubectl replace --force -f -`];
};

export const isNad = (facts: AttachmentFacts): boolean =>
  facts.request?.alias?.scheme === 'nad' &&
  !facts.request.inert &&
  !facts.request.implicit &&
  facts.attachment.provider !== 'dra';

/** MN306 speaks of these: without a cniVersion the report cannot have them. */
const cannotShow = ({ network }: AttachmentFacts): boolean =>
  network?.claims.some((claim) => claim.issues.some((issue) => issue.slug === 'cni-version-missing-020')) === true;

/** Requested, and not in the report of a pod whose sandbox stands. */
export const missingOf = perFacts((facts: WorkloadFacts): readonly AttachmentFacts[] =>
  facts.reported
    ? facts.attachments.filter((item) => item.attachment.state === 'missing' && isNad(item) && !cannotShow(item))
    : [],
);

const unexpectedOf = (facts: WorkloadFacts): AttachmentFacts[] =>
  facts.attachments.filter((item) => item.attachment.state === 'unexpected');

const quoted = (items: readonly AttachmentFacts[]): string =>
  items
    .slice(0, 3)
    .map(({ attachment }) => attachment.requested?.network ?? attachment.interface?.name ?? '')
    .join(', ');

function drifted(facts: WorkloadFacts): Draft | undefined {
  const missing = missingOf(facts);
  if (missing.length === 0 || newestOf(facts, ['hotplug-add-failed'])) return undefined;
  const extra = unexpectedOf(facts);
  const { namespace, name, id } = facts.workload;
  const edited = extra.length > 0;
  return {
    slug: 'sel-changed-after-start',
    group: id,
    confidence: edited ? 'certain' : 'likely',
    title: edited
      ? `The networks of ${namespace}/${name} were edited after it had started`
      : `${namespace}/${name} runs without an interface that it asks for`,
    message: edited
      ? `It asks for ${quoted(missing)} and runs with ${quoted(extra)} instead.`
      : `network-status has no entry for ${quoted(missing)}. The annotation was probably edited after the pod had started.`,
    fix: { text: 'Create the pod anew.', commands: restart(facts) },
    evidence: [
      ...missing.flatMap(requestEvidence),
      ...extra.flatMap(({ attachment }) => attachment.observed.slice(0, 1).map((item) => item.source)),
    ],
    subjects: [...missing, ...extra].map(({ attachment }) => ({ type: 'attachment' as const, id: attachment.id })),
  };
}

/** What is missing and what is there instead are one story. */
export const driftedRule: Rule = {
  code: 'MN701',
  scope: 'workload',
  needs: 'unattached',
  title: 'A requested interface is not there',
  severity: 'warning',
  slugs: ['sel-changed-after-start', 'status-entry-missing'],
  why: 'Multus reads the annotation once, when the sandbox is made. Editing it on a running pod changes nothing.',
  fix: 'Create the pod anew.',
  check: drifted,
};

export const unexpectedRule: Rule = {
  code: 'MN702',
  scope: 'workload',
  needs: 'unattached',
  title: 'An interface that nobody asked for',
  severity: 'info',
  slugs: ['status-extra-entry'],
  why: 'It comes from defaultNetworks, from another controller, or from an annotation that was edited after the pod had started.',
  fix: 'Look at who else attaches networks, or create the pod anew.',
  check: (facts) => {
    const extra = unexpectedOf(facts);
    if (extra.length === 0 || missingOf(facts).length > 0) return undefined;
    return {
      slug: 'status-extra-entry',
      group: facts.workload.id,
      confidence: 'certain',
      title: `${facts.workload.namespace}/${facts.workload.name} has an interface that it does not ask for`,
      message: `${quoted(extra)} is reported, but not requested.`,
      fix: { text: 'Look at who else attaches networks, or create the pod anew.' },
      evidence: extra.flatMap(({ attachment }) => attachment.observed.slice(0, 1).map((item) => item.source)),
      subjects: extra.map(({ attachment }) => ({ type: 'attachment' as const, id: attachment.id })),
    };
  },
};
