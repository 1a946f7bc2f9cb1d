import { objectKey } from '../model/ids.ts';
import type { AnswerClaim, Claims } from '../providers/provider.ts';
import type { AnswerFacts, WorkloadFacts } from '../rules/rule.ts';
import type { Tracker } from './tracker.ts';

/** Answers of nodes, each a subject of its own: the pod that it names may be another one by now, or gone. */
export function createAnswers(tracker: Tracker) {
  const answers = new Map<string, AnswerClaim>();
  return {
    change: (before: Claims | undefined, after: Claims | undefined): void => {
      const claim = after?.answer ?? before?.answer;
      if (!claim) return;
      const id = objectKey(claim.ref);
      if (after?.answer) answers.set(id, after.answer);
      else answers.delete(id);
      tracker.mark('answer', id);
    },
    facts: (id: string, workload: (id: string) => WorkloadFacts | undefined): AnswerFacts | undefined => {
      const answer = answers.get(id);
      return answer && { answer, pod: answer.workload === undefined ? undefined : workload(answer.workload) };
    },
  };
}
