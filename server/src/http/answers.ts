import { type FiledAnswer, toAnswerObjects } from '@busbar/shared/cni/answer-objects';
import { readNodeAnswers } from '@busbar/shared/cni/node-answer';
import type { AnswersDoc } from '@busbar/shared/inspect/answers';
import type { KubeObject } from '@busbar/shared/kube/object';
import { asText, getPath } from '@busbar/shared/kube/read';
import { readJson, readYaml, type TextEvent } from '../cluster/dump/read-text.ts';

export type Dropped = { name: string; text: string };
export type ReadAnswers = { objects: KubeObject[]; files: AnswersDoc['files'] };

const noteLimit = 20;

/** The answers of nodes in files that were dropped onto the page. What is none says why, and where it would be read. */
export async function readAnswers(dropped: readonly Dropped[]): Promise<ReadAnswers> {
  const answers: FiledAnswer[] = [];
  const files: AnswersDoc['files'] = [];
  for (const { name, text } of dropped) {
    const file = await readFile(name, text);
    answers.push(...file.found);
    files.push({ name, answers: file.found.length, notes: file.notes });
  }
  return { objects: toAnswerObjects(answers), files };
}

type Notes = AnswersDoc['files'][number]['notes'];

async function readFile(name: string, text: string): Promise<{ found: FiledAnswer[]; notes: Notes }> {
  const found: FiledAnswer[] = [];
  const notes: Notes = [];
  const kinds = new Map<string, number>();
  const take = (value: unknown, line: number) => {
    const reading = readNodeAnswers(value, name);
    if (reading?.reason) notes.push({ message: reading.reason, line });
    for (const answer of reading?.answers ?? []) found.push({ ...answer, file: name });
    if (reading) return;
    const kind = asText(getPath(value, 'kind')) ?? '';
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  };
  for await (const event of eventsOf(text)) {
    if (event.type === 'issue')
      notes.push(event.line === undefined ? { message: event.message } : { message: event.message, line: event.line });
    else for (const value of valuesOf(event)) take(value, event.line);
  }
  for (const [kind, count] of kinds) notes.push({ message: notAnAnswer(kind, count) });
  if (text.trim() === '') notes.push({ message: 'the file is empty' });
  return { found, notes: notes.slice(0, noteLimit) };
}

const eventsOf = (text: string): AsyncGenerator<TextEvent> =>
  /^\s*[{[]/.test(text) ? readJson(toStream(text)) : readYaml(toStream(text));

async function* toStream(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text, 'utf8');
}

/** What is left of a list once its items were told is nothing to speak of. */
const valuesOf = ({ type, value }: Extract<TextEvent, { type: 'item' | 'document' }>): readonly unknown[] => {
  if (type === 'item') return [value];
  if (Array.isArray(value)) return value;
  return value === null || Array.isArray(getPath(value, 'items')) ? [] : [value];
};

function notAnAnswer(kind: string, count: number): string {
  if (kind === 'Topology') return 'a snapshot of Busbar, which opens with busbar --from';
  if (kind === '') return 'neither an answer of a node nor a Kubernetes object';
  const what = count === 1 ? `a ${kind}` : `${count} ${kind}`;
  return `${what}. Manifests are judged by "Try manifests", a dump opens with busbar --from`;
}
