import { sh } from '../kube/shell.ts';
import type { Cause } from '../messages/types.ts';
import type { Evidence, Severity, Subject } from '../model/topology.ts';
import type { Draft, Failure, Rule, WorkloadFacts } from '../rules/rule.ts';

/**
 * A finding made from an event alone, in the words of the catalogue. The group is what went wrong where: the same cause with the same
 * captures is one finding, whichever pods it hits; what cannot be told apart stays with its pod.
 */
export function draftOfEvent(
  facts: WorkloadFacts,
  failure: Failure,
  evidence: Evidence,
  rule: Rule | undefined,
  cause: Cause | undefined,
): Draft | undefined {
  const { verdict } = failure;
  const pod = `${facts.workload.namespace}/${facts.workload.name}`;
  const target = facts.attachments.find((item) => item.attachment.slot === failure.slot);
  const network = target?.request?.requested.network;
  if (!cause || verdict.slug === 'unknown') return unknownFailure(facts, failure, evidence, pod);
  const where = whereOf(facts, failure, network, rule);
  const ofNode = where !== '' && where === facts.workload.node;
  const notOurs = verdict.domain === 'not-network';
  const waits =
    notOurs ||
    cause.severity === 'info' ||
    (rule?.eventEffect === 'waits' && (failure.slot === null || failure.event.reason === 'FailedScheduling'));
  const words = verdict.peeled.slice(0, 300);
  return {
    slug: verdict.slug,
    group: `${verdict.slug}:${where || pod}`,
    severity: notOurs && cause.severity !== 'info' ? 'warning' : severityOf(cause),
    confidence: verdict.confidence,
    title: where ? `${cause.title} (${where})` : cause.title,
    message: ofNode ? words : `${pod}${network ? `, network ${network}` : ''}: ${words}`,
    cause: cause.cause || rule?.why || '',
    fix: { text: cause.fix, commands: nextSteps(facts, ofNode ? where : '') },
    evidence: [evidence, ...configEvidence(target)],
    subjects: [
      ...(ofNode ? [{ type: 'node' as const, id: where }] : []),
      ...(waits && failure.slot === null ? waitingOf(facts) : []),
    ],
    ...(waits ? {} : { effect: 'failed' as const }),
  };
}

/** What a pod asks for and has not got yet: that is what people look at when it waits for something else. */
export const waitingOf = ({ attachments }: WorkloadFacts): Subject[] =>
  attachments
    .filter(({ attachment, request }) => attachment.state === 'pending' && request?.index !== 'default')
    .map(({ attachment }) => ({ type: 'attachment', id: attachment.id }));

const severityOf = ({ severity }: Cause): Severity =>
  severity === 'info' || severity === 'warning' ? severity : 'error';

function nextSteps({ workload }: WorkloadFacts, node: string): string[] {
  const describe = sh`kubectl -n ${workload.namespace} describe pod ${workload.name}`;
  return node ? [describe, sh`kubectl get pods -A -o wide --field-selector spec.nodeName=${node}`] : [describe];
}

/** Node troubles gather by node, network troubles by network. */
function whereOf(facts: WorkloadFacts, failure: Failure, network: string | undefined, rule: Rule | undefined): string {
  const { domain } = failure.verdict;
  if (domain === 'node' || domain === 'default' || rule?.eventEffect === 'waits') return facts.workload.node ?? '';
  return network ?? '';
}

function configEvidence(target: WorkloadFacts['attachments'][number] | undefined): Evidence[] {
  const claim = target?.network?.claims.find((item) => item.config);
  if (!claim?.config) return [];
  return [{ ref: claim.ref, path: claim.config.path, value: claim.config.text.slice(0, 400) }];
}

function unknownFailure(facts: WorkloadFacts, failure: Failure, evidence: Evidence, pod: string): Draft {
  const words = failure.verdict.peeled || failure.event.message;
  return {
    slug: 'unknown-failure',
    group: `unknown-failure:${pod}`,
    confidence: 'possible',
    title: `The sandbox of ${pod} fails for a reason that is not in the catalogue`,
    message: words.slice(0, 300),
    fix: {
      text: 'Read the whole message and the log of the CNI plugin on the node that it names.',
      commands: [sh`kubectl -n ${facts.workload.namespace} describe pod ${facts.workload.name}`],
    },
    evidence: [evidence],
    effect: 'failed',
  };
}
