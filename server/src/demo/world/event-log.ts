import type { ObjectStore } from '../api/object-store.ts';
import type { JsonObject, KubeObject } from '../api/types.ts';
import type { Random } from './random.ts';

export type EventNote = {
  reason: string;
  type: 'Normal' | 'Warning';
  message: string;
  component:
    | 'kubelet'
    | 'multus'
    | 'default-scheduler'
    | 'whereabouts'
    | 'job-controller'
    | 'deployment-controller'
    | 'replicaset-controller';
  host?: string;
  fieldPath?: string;
};

export type EventLog = {
  /** `at` is when it happened, in ms; `count` and `firstAt` tell of the times before. */
  record: (object: KubeObject, note: EventNote, at: number, earlier?: { count: number; firstAt: number }) => void;
  forget: (uid: string) => void;
  /** Removes what is older than an hour, as the API server's event TTL does. */
  prune: (now: number) => void;
};

/** kubelet's EventCorrelator folds similar events after this many. */
const SIMILAR = 10;
const TTL = 3_600_000;
const COMBINED = '(combined from similar events): ';

let lastSecond = Number.NaN;
let lastStamp = '';

/** RFC 3339 in whole seconds; the last one is remembered, because one object asks for the same many times. */
export const stamp = (ms: number): string => {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastStamp = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
  }
  return lastStamp;
};

type Known = { name: string; namespace: string; last: number };
type Series = { byMessage: Map<string, Known>; distinct: Map<string, number>; combined: Map<string, Known> };

const involved = (object: KubeObject, fieldPath: string | undefined): JsonObject => ({
  kind: object.kind,
  ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
  name: object.metadata.name,
  uid: object.metadata.uid ?? '',
  apiVersion: object.apiVersion,
  resourceVersion: object.metadata.resourceVersion ?? '',
  ...(fieldPath === undefined ? {} : { fieldPath }),
});

/** Writes events as client-go's recorder does: the same again counts up, many similar ones are folded into one. */
export const createEventLog = (store: ObjectStore, random: Random): EventLog => {
  const series = new Map<string, Series>();
  const all = new Map<string, Known>();

  const seriesOf = (uid: string): Series => {
    const found = series.get(uid) ?? { byMessage: new Map(), distinct: new Map(), combined: new Map() };
    series.set(uid, found);
    return found;
  };

  const create = (object: KubeObject, note: EventNote, at: number, count: number, firstAt: number): Known => {
    const namespace = object.metadata.namespace ?? 'default';
    const name = `${object.metadata.name}.${(BigInt(Math.floor(at)) * 1_000_000n + BigInt(random.int(1_000_000))).toString(16)}`;
    store.create({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace, creationTimestamp: stamp(firstAt) },
      involvedObject: involved(object, note.fieldPath),
      reason: note.reason,
      message: note.message,
      source: { component: note.component, ...(note.host === undefined ? {} : { host: note.host }) },
      firstTimestamp: stamp(firstAt),
      lastTimestamp: stamp(at),
      count,
      type: note.type,
      eventTime: null,
      reportingComponent: note.component,
      reportingInstance: note.host ?? '',
    });
    const known = { name, namespace, last: at };
    all.set(`${namespace}/${name}`, known);
    return known;
  };

  const again = (known: Known, message: string, at: number): boolean => {
    const ref = { apiVersion: 'v1', kind: 'Event', namespace: known.namespace, name: known.name };
    const old = store.get(ref);
    if (old === undefined) return false;
    store.update({ ...old, message, lastTimestamp: stamp(at), count: Number(old['count'] ?? 1) + 1 } as KubeObject);
    known.last = at;
    return true;
  };

  return {
    record: (object, note, at, earlier) => {
      const mine = seriesOf(object.metadata.uid ?? '');
      const key = `${note.reason}|${note.fieldPath ?? ''}|${note.message}`;
      const same = mine.byMessage.get(key);
      if (same !== undefined && again(same, note.message, at)) return;
      const distinct = (mine.distinct.get(note.reason) ?? 0) + 1;
      mine.distinct.set(note.reason, distinct);
      // Only sandbox errors differ every time (the sandbox id); the rest is one event that counts.
      if (distinct <= SIMILAR && (earlier === undefined || note.reason !== 'FailedCreatePodSandBox')) {
        mine.byMessage.set(key, create(object, note, at, earlier?.count ?? 1, earlier?.firstAt ?? at));
        return;
      }
      const message = note.message.startsWith(COMBINED) ? note.message : COMBINED + note.message;
      const folded = mine.combined.get(note.reason);
      if (folded !== undefined && again(folded, message, at)) return;
      mine.distinct.set(note.reason, Math.max(distinct, SIMILAR));
      mine.combined.set(
        note.reason,
        create(object, { ...note, message }, at, earlier?.count ?? 1, earlier?.firstAt ?? at),
      );
    },
    forget: (uid) => void series.delete(uid),
    prune: (now) => {
      for (const [key, known] of all) {
        if (now - known.last < TTL) continue;
        all.delete(key);
        const ref = { apiVersion: 'v1', kind: 'Event', namespace: known.namespace, name: known.name };
        if (store.get(ref) !== undefined) store.delete(ref);
      }
    },
  };
};
