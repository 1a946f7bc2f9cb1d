import type { Change, KubeObject, SourceState } from '@busbar/shared/kube/object';
import { refOf } from '@busbar/shared/kube/object';
import { objectKey } from '@busbar/shared/model/ids';
import type { Sink, SourceHealth } from '../source.ts';

export type Recorder = Sink & {
  readonly batches: Change[][];
  readonly healths: SourceHealth[];
  readonly objects: Map<string, KubeObject>;
  readonly states: Map<string, SourceState>;
  /** `Kind ns/name` (or `Kind name`), sorted: what the engine would now hold. */
  names(kind?: string): string[];
  state(kind: string): SourceState | undefined;
  until(condition: () => boolean, what: string, timeoutMs?: number): Promise<void>;
};

/** A sink that keeps the world as an engine would, and lets a test wait for it. */
export const createRecorder = (): Recorder => {
  const recorder: Recorder = {
    batches: [],
    healths: [],
    objects: new Map(),
    states: new Map(),
    changes(batch) {
      recorder.batches.push(batch);
      for (const change of batch) {
        if (change.type === 'put') recorder.objects.set(objectKey(refOf(change.object)), change.object);
        else if (change.type === 'delete') recorder.objects.delete(objectKey(change.ref));
        else recorder.states.set(`${change.source.group}/${change.source.kind}`, change.source);
      }
    },
    health: (health) => void recorder.healths.push(health),
    names: (kind) =>
      [...recorder.objects.values()]
        .filter((object) => !kind || object.kind === kind)
        .map(({ kind: k, metadata: { namespace, name } }) => `${k} ${namespace ? `${namespace}/` : ''}${name}`)
        .sort(),
    state: (kind) => [...recorder.states.values()].find((state) => state.kind === kind),
    async until(condition, what, timeoutMs = 5000) {
      const end = Date.now() + timeoutMs;
      while (!condition()) {
        if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
  return recorder;
};
