import { evidenceOfEvent } from '../engine/event-evidence.ts';
import type { Ref } from '../kube/object.ts';
import { sh } from '../kube/shell.ts';
import { causes } from '../messages/catalogue.ts';
import type { Evidence } from '../model/topology.ts';
import type { ObjectEventClaim } from '../providers/object-event.ts';
import type { ObjectFacts } from './object-facts.ts';
import { fromPodEvent, isFresh } from './pod-event.ts';
import type { Draft, Rule, World } from './rule.ts';

/** Controllers try again at intervals that grow to 1,000 seconds at most; an event that is older says nothing of now. In ms. */
const memory = 20 * 60_000;

/**
 * The newest warning, where it still holds. Times have whole seconds: what went well in the same second may have come after it, and is
 * taken to have.
 */
function standing({ events }: ObjectFacts, world: World): ObjectEventClaim | undefined {
  const failed = events.find(({ record }) => record.type === 'Warning');
  const good = events.find(({ record }) => record.type !== 'Warning');
  if (!failed || (good && good.record.last >= failed.record.last)) return undefined;
  return world.due(failed.record.last + memory) ? undefined : failed;
}

const nameOf = ({ kind, namespace, name }: Ref): string => `${kind} ${namespace ? `${namespace}/` : ''}${name}`;

const describe = ({ group, kind, namespace, name }: Ref): string => {
  const resource = group ? `${kind}.${group}` : kind;
  return namespace
    ? sh`kubectl -n ${namespace} describe ${resource} ${name}`
    : sh`kubectl describe ${resource} ${name}`;
};

const evidenceOf = ({ record }: ObjectEventClaim): Evidence[] => [evidenceOfEvent(record)];

/** Causes of pods that are refused, and of their networks. */
const refusals = [
  'network-webhook-down',
  'network-webhook-denied',
  'network-policy-denied',
  'injector-nad-missing',
  'nad-admission-ns',
];

const isOfNetworks = ({ verdict }: ObjectEventClaim): boolean =>
  verdict !== undefined &&
  verdict.slug !== 'unknown' &&
  verdict.confidence === 'certain' &&
  (verdict.domain === 'secondary' || verdict.domain === 'default');

function refused(facts: ObjectFacts, world: World): Draft | undefined {
  const event = facts.of === 'pods' ? standing(facts, world) : undefined;
  if (!event || !isOfNetworks(event)) return undefined;
  const slug = event.verdict?.slug ?? '';
  const cause = causes.get(slug);
  return {
    slug: refusals.includes(slug) ? slug : 'pods-refused',
    group: `${slug}:${nameOf(facts.ref)}`,
    confidence: 'certain',
    title: `${nameOf(facts.ref)} gets no pods: ${cause?.title ?? 'their networks are refused'}`,
    message: event.record.message.slice(0, 300),
    ...(cause ? { cause: cause.cause } : {}),
    fix: {
      text: cause?.fix ?? 'Correct the template as the message says.',
      commands: [
        describe(facts.ref),
        'kubectl get mutatingwebhookconfigurations,validatingwebhookconfigurations,validatingadmissionpolicies',
      ],
    },
    evidence: evidenceOf(event),
  };
}

function notMade(facts: ObjectFacts, world: World): Draft | undefined {
  const event = facts.of === 'pods' ? standing(facts, world) : undefined;
  if (!event || isOfNetworks(event)) return undefined;
  const slug = event.verdict?.slug ?? 'unknown';
  const cause = causes.get(slug);
  const known = cause !== undefined && event.verdict?.domain === 'not-network';
  return {
    slug: 'pods-not-made',
    group: nameOf(facts.ref),
    confidence: known ? 'likely' : 'possible',
    title: known
      ? `${nameOf(facts.ref)} gets no pods, and not because of a network: ${cause.title}`
      : `${nameOf(facts.ref)} gets no pods, and the message does not speak of a network`,
    message: event.record.message.slice(0, 300),
    ...(known ? { cause: cause.cause } : {}),
    fix: {
      text: known ? cause.fix : 'Read the whole message: it says who refused the pod.',
      commands: [describe(facts.ref)],
    },
    evidence: evidenceOf(event),
  };
}

function ofNetwork(facts: ObjectFacts, world: World): Draft | undefined {
  const event = facts.of === 'network' ? standing(facts, world) : undefined;
  if (!event) return undefined;
  const { reason, message, component } = event.record;
  return {
    slug: 'network-object-trouble',
    group: nameOf(facts.ref),
    confidence: 'possible',
    title: `${component || 'A controller'} has trouble with ${nameOf(facts.ref)}`,
    message: `${reason}: ${message}`.slice(0, 300),
    fix: {
      text: 'Correct what the message names; the controller tries again by itself.',
      commands: [describe(facts.ref)],
    },
    evidence: evidenceOf(event),
  };
}

const refusedTexts = {
  title: 'The pods of an owner are refused for their networks',
  severity: 'error',
  why: 'Webhooks of networking projects look at a pod before it exists. One that refuses it, or does not answer, leaves a ReplicaSet, StatefulSet, DaemonSet or Job without pods: there is nothing to look at but the event on the owner.',
  fix: 'Read what the webhook says: correct the annotation in the template, or bring the webhook up again.',
} as const;

/** MN143, MN478, MN724: what events say of objects that are no pods, and of machines that get none. */
export const objectEventRules: readonly Rule[] = [
  { code: 'MN143', scope: 'object', slugs: [...refusals, 'pods-refused'], ...refusedTexts, check: refused },
  fromPodEvent('MN143', refusals, {
    ...refusedTexts,
    of: 'any',
    when: (facts, event, world) => isFresh(facts, event, world) && !facts.pod.sandbox && !facts.workload.ready,
  }),
  {
    code: 'MN478',
    scope: 'object',
    title: 'The pods of an owner cannot be made, and no network has to do with it',
    severity: 'info',
    slugs: ['pods-not-made'],
    why: 'A quota, a policy, another webhook or a missing service account keeps the pods of a ReplicaSet, StatefulSet, DaemonSet or Job from being made. They have no interfaces because there are no pods.',
    fix: 'Read the event on the owner, and ask who refused the pod.',
    check: notMade,
  },
  {
    code: 'MN724',
    scope: 'object',
    title: 'A controller reports trouble with an object of a network',
    severity: 'warning',
    slugs: ['network-object-trouble'],
    why: 'OVN-Kubernetes, Kube-OVN and others write events about a network or its parts where they cannot make it, or not on every node. Pods on it may work elsewhere.',
    fix: 'Read the event: correct the object, or the node that it names.',
    check: ofNetwork,
  },
];
