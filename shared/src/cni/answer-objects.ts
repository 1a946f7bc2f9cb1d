import type { KubeObject } from '../kube/object.ts';
import type { NodeAnswer } from './node-answer-types.ts';

/**
 * Answers of nodes go the way of every object: as a kind of Busbar's own group, that no API server serves. Its name is the file that it
 * comes from, so evidence points there; `documentPath` is the place within that file's document.
 */
export const answerKind = { group: 'node.busbar', kind: 'NodeAnswer' } as const;

export type FiledAnswer = NodeAnswer & { file: string };

/**
 * One object per answer. CNI names a sandbox and often nothing else: a pod that is missing is taken from another answer of the same sandbox,
 * or of the same pod's uid. Names are unique and follow from the files alone.
 */
export function toAnswerObjects(answers: readonly FiledAnswer[]): KubeObject[] {
  const known = new Map<string, NodeAnswer['pod']>();
  for (const { sandbox, pod } of answers) {
    if (!pod.namespace || !pod.name) continue;
    if (sandbox) known.set(`sandbox ${sandbox}`, pod);
    if (pod.uid) known.set(`uid ${pod.uid}`, pod);
  }
  const used = new Map<string, number>();
  return answers.map(({ file, path: documentPath, source: from, ...answer }) => {
    const base = documentPath ? `${file}#${documentPath}` : file;
    const times = (used.get(base) ?? 0) + 1;
    used.set(base, times);
    const found = answer.pod.name
      ? undefined
      : (known.get(`sandbox ${answer.sandbox}`) ?? known.get(`uid ${answer.pod.uid}`));
    return {
      apiVersion: `${answerKind.group}/v1`,
      kind: answerKind.kind,
      metadata: { name: times > 1 ? `${base}~${times}` : base },
      documentPath,
      from,
      ...answer,
      pod: { ...found, ...answer.pod },
    };
  });
}
