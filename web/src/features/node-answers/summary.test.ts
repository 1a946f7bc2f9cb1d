import type { AnsweredField, AnswersDoc } from '@busbar/shared/inspect/answers';
import { expect, test } from 'vitest';
import { summaryOf } from './summary.ts';

const doc = (
  answers: number,
  verdicts: AnsweredField['verdict'][],
  total = verdicts.length > 0 ? 1 : 0,
): AnswersDoc => ({
  revision: 1,
  files: [{ name: 'a', answers, notes: [] }],
  pods:
    total === 0
      ? []
      : [
          {
            id: 'pod:lab/a',
            namespace: 'lab',
            name: 'a',
            attachments: [
              {
                id: 'pod:lab/a#1',
                slot: 1,
                network: 'lab/n',
                interface: 'net1',
                state: 'attached',
                file: 'a',
                fields: verdicts.map((verdict) => ({ field: 'MAC', reported: 'x', answered: 'y', verdict })),
              },
            ],
          },
        ],
  total,
  strangers: [],
  findings: [],
});

test.each([
  [doc(0, []), 'No answer of a node in it.'],
  [doc(2, []), '2 answers, and none about a pod that is here.'],
  [doc(1, ['same', 'adds']), '1 answer, 1 pod: nothing differs from what is reported.'],
  [doc(1, ['same', 'differs']), '1 answer, 1 pod: 1 field differs from what is reported.'],
  [doc(1, ['differs', 'differs']), '1 answer, 1 pod: 2 fields differ from what is reported.'],
])('a summary', (given, sentence) => {
  expect(summaryOf(given)).toBe(sentence);
});
