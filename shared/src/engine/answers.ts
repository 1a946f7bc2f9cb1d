import { objectKey } from '../model/ids.ts';
import type { AnswerClaim, Claims } from '../providers/provider.ts';
import type { AnswerFacts, WorkloadFacts } from '../rules/rule.ts';
import { createObjectEvents } from './object-events.ts';
import type { Tracker } from './tracker.ts';

/**
 * Answers of nodes, each a subject of its own: the pod that it names may be another one by now, or gone. Objects that events are about
 * are subjects in the same turn.
 */
export function createAnswers(tracker: Tracker) {
  const answers = new Map<string, AnswerClaim>();
  const objects = createObjectEvents((id) => tracker.mark('answer', id));
  return {
    /** Claims that it looks at: nothing else need be told. */
    reads: ['objectEvent', 'answer'] as const satisfies readonly (keyof Claims)[],
    change: (before: Claims | undefined, after: Claims | undefined): void => {
      objects.change(before, after);
      const claim = after?.answer ?? before?.answer;
      if (!claim) return;
      const id = objectKey(claim.ref);
      if (after?.answer) answers.set(id, after.answer);
      else answers.delete(id);
      tracker.mark('answer', id);
    },
    object: objects.facts,
    facts: (id: string, workload: (id: string) => WorkloadFacts | undefined): AnswerFacts | undefined => {
      const answer = answers.get(id);
      return answer && { answer, pod: answer.workload === undefined ? undefined : workload(answer.workload) };
    },
  };
}
