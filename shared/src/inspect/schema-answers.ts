import { count, list, nullable, object, ref, text, words } from '../model/json-schema.ts';

/** `inspect/answers.ts`. */
export const AnswersDoc = object({
  revision: count,
  files: list(object({ name: text, answers: count, notes: list(object({ message: text }, { line: count })) })),
  pods: list(
    object({
      id: text,
      namespace: text,
      name: text,
      attachments: list(
        object({
          id: text,
          slot: count,
          network: nullable(text),
          interface: nullable(text),
          state: ref('AttachmentState'),
          file: text,
          fields: list(
            object({
              field: text,
              reported: nullable(text),
              answered: text,
              verdict: words('same', 'differs', 'adds'),
            }),
          ),
        }),
      ),
    }),
  ),
  total: count,
  strangers: list(object({ file: text, about: nullable(text), reason: words('no-pod', 'other-pod', 'unnamed') })),
  findings: list(ref('Finding')),
});
