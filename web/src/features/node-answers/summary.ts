import type { AnsweredField, AnswersDoc } from '@busbar/shared/inspect/answers';
import { plural } from '../../ui/format.ts';

const countFields = ({ pods }: AnswersDoc, verdict: AnsweredField['verdict']): number =>
  pods
    .flatMap((pod) => pod.attachments)
    .flatMap(({ fields }) => fields)
    .filter((field) => field.verdict === verdict).length;

/** One sentence: what was found, and whether it says anything that was not known. */
export function summaryOf(doc: AnswersDoc): string {
  const answers = doc.files.reduce((sum, file) => sum + file.answers, 0);
  if (answers === 0) return 'No answer of a node in it.';
  if (doc.total === 0) return `${plural(answers, 'answer')}, and none about a pod that is here.`;
  const differs = countFields(doc, 'differs');
  const said =
    differs === 0 ? 'nothing differs' : `${plural(differs, 'field')} ${differs === 1 ? 'differs' : 'differ'}`;
  return `${plural(answers, 'answer')}, ${plural(doc.total, 'pod')}: ${said} from what is reported.`;
}
