import type { EventRecord } from '../engine/engine-api.ts';
import { waitingOf } from '../engine/event-draft.ts';
import { evidenceOfEvent } from '../engine/event-evidence.ts';
import { sh } from '../kube/shell.ts';
import { causes } from '../messages/catalogue.ts';
import type { Severity, Subject } from '../model/topology.ts';
import { textsOf } from './define.ts';
import type { Draft, Rule, WorkloadFacts, World } from './rule.ts';

type Options = {
  title?: string;
  severity?: Severity;
  why?: string;
  fix?: string;
  explains?: readonly string[];
  of?: 'any';
  /** Whether an event of such a cause still says something about the pod as it is now. */
  when: (facts: WorkloadFacts, event: EventRecord, world: World) => boolean;
  /** Attachments that it concerns; else those that wait. */
  subjects?: (facts: WorkloadFacts) => Subject[];
};

/** The newest warning of a pod that has one of these causes. */
export const newestOf = ({ events }: WorkloadFacts, slugs: readonly string[]): EventRecord | undefined =>
  events.find((event) => event.type === 'Warning' && event.slug !== undefined && slugs.includes(event.slug));

/** Pods of one owner share what is wrong with them. */
export const ownerOrPod = ({ pod, workload }: WorkloadFacts): string => pod.ownerKey ?? workload.id;

/** The pod is there to be judged: neither over nor on its way out. */
export const isUp = ({ pod }: WorkloadFacts): boolean => !pod.finished && !pod.terminating;

/** The kubelet refused a pod that asks for networks; such a pod stays Failed. */
export const wasRefused = ({ pod, workload, asks }: WorkloadFacts): boolean =>
  asks && !pod.terminating && !pod.sandbox && workload.phase !== 'Succeeded';

/** What does not repeat for this long has gone by, in ms: whatever tries again does so every few minutes. */
const memory = 15 * 60_000;

export const isFresh = (facts: WorkloadFacts, event: EventRecord, world: World): boolean =>
  isUp(facts) && !world.due(event.last + memory);

/**
 * A rule over the newest event of a pod with one of these causes. Unlike a failed sandbox, which the engine follows by itself, such
 * events also come to pods that run: they never change the state of an attachment. Where the sandbox failed for one of these causes the
 * engine reports it under this code, and the rule keeps silent.
 */
export function fromPodEvent(code: string, slugs: readonly string[], options: Options): Rule {
  const texts = textsOf(slugs, options);
  const check = (facts: WorkloadFacts, world: World): Draft | undefined => {
    if (facts.failure && slugs.includes(facts.failure.verdict.slug)) return undefined;
    const event = newestOf(facts, slugs);
    if (!event?.slug || !options.when(facts, event, world)) return undefined;
    const cause = causes.get(event.slug);
    const { kind, namespace, name } = facts.workload;
    return {
      slug: event.slug,
      group: `${event.slug}:${ownerOrPod(facts)}`,
      severity: texts.severity,
      confidence: 'likely',
      title: `${cause?.title ?? texts.title} (${namespace}/${facts.workload.owner?.name ?? name})`,
      message: event.message.slice(0, 300),
      ...(cause ? { cause: cause.cause } : {}),
      fix: {
        text: cause?.fix ?? texts.fix,
        commands: [sh`kubectl -n ${namespace} describe ${kind === 'Pod' ? 'pod' : 'vmi'} ${name}`],
      },
      evidence: [evidenceOfEvent(event)],
      subjects: options.subjects?.(facts) ?? waitingOf(facts),
    };
  };
  const { explains } = options;
  return {
    code,
    scope: 'workload',
    slugs,
    needs: 'event',
    ...texts,
    ...(explains ? { explains } : {}),
    ...(options.of ? { of: options.of } : {}),
    check,
  };
}
