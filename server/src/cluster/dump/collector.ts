import { answerKind, type FiledAnswer, toAnswerObjects } from '@busbar/shared/cni/answer-objects';
import { readNodeAnswers } from '@busbar/shared/cni/node-answer';
import type { Change, KubeObject, SourceState } from '@busbar/shared/kube/object';
import { groupOf } from '@busbar/shared/kube/object';
import { asRecords, asText, getPath } from '@busbar/shared/kube/read';
import { podOfTemplate } from '@busbar/shared/kube/template-pods';
import { kindKey, type WatchedKind } from '@busbar/shared/kube/watched-kind';
import { asFields, type ItemDefaults, toKubeObject } from '../normalize.ts';
import type { DumpIssue } from '../source.ts';
import type { TextEvent } from './read-text.ts';

const issueLimit = 200;
const kindLimit = 200;
const batchSize = 200;
const answerLimit = 200_000;

/** `skipped`: objects of kinds nobody asked for, counted. `newest`: epoch milliseconds, 0 when no time was found. */
export type Collected = {
  issues: DumpIssue[];
  skipped: Record<string, number>;
  objects: number;
  lists: number;
  newest: number;
};

/** Turns what the files of a dump hold into changes, each object once, the recorded before the merely intended. */
export class Collector {
  readonly #kinds: Map<string, WatchedKind>;
  readonly #namespaces: Set<string> | undefined;
  readonly #emit: (batch: Change[]) => void;
  readonly #counts = new Map<string, number>();
  readonly #versions = new Map<string, string>();
  /** Key of each object handed on -> its resourceVersion. */
  readonly #seen = new Map<string, string>();
  readonly #skipped = new Map<string, number>();
  readonly #issues: DumpIssue[] = [];
  /** Objects without any mark of an API server, by file, held back until it is known whether the dump has better. */
  readonly #intended = new Map<string, KubeObject[]>();
  readonly #recordedFiles = new Set<string>();
  /** Held back until all are there: one may tell whose sandbox another is about. */
  readonly #answers: FiledAnswer[] = [];
  #fileUnread = 0;
  #lists = 0;
  #newest = 0;
  #batch: Change[] = [];
  #untyped: { value: unknown; line: number }[] = [];

  constructor(
    kinds: readonly WatchedKind[],
    namespaces: readonly string[] | undefined,
    emit: (batch: Change[]) => void,
  ) {
    this.#kinds = new Map(kinds.map((kind) => [kindKey(kind), kind]));
    this.#namespaces = namespaces?.length ? new Set(namespaces) : undefined;
    this.#emit = emit;
  }

  take(file: string, event: TextEvent): void {
    if (event.type === 'issue')
      this.issue(
        event.line === undefined
          ? { file, message: event.message }
          : { file, line: event.line, message: event.message },
      );
    else if (event.type === 'item') this.#item(file, event.value, event.line);
    else this.#document(file, event.value, event.line);
  }

  issue(issue: DumpIssue): void {
    if (this.#issues.length < issueLimit) this.#issues.push(issue);
    else this.#fileUnread += 1;
  }

  /** Different objects handed on so far. */
  get taken(): number {
    return this.#seen.size;
  }

  /** A file ends: items whose list never said what they are cannot be kept for the next file. */
  endFile(file: string): void {
    for (const item of this.#untyped) this.#object(file, item.value, item.line, {});
    this.#untyped = [];
  }

  #item(file: string, value: unknown, line: number): void {
    const fields = asFields(value);
    // API server lists say apiVersion and kind once, for all items, perhaps after them.
    if (fields && !asText(fields['kind'])) this.#untyped.push({ value, line });
    else this.#object(file, value, line, {});
  }

  #document(file: string, value: unknown, line: number): void {
    if (value === null || value === undefined) return;
    const kind = asText(getPath(value, 'kind'));
    const isList = Array.isArray(value) || (kind?.endsWith('List') === true && Array.isArray(getPath(value, 'items')));
    const untyped = this.#untyped;
    this.#untyped = [];
    if (!isList) {
      for (const item of untyped) this.#object(file, item.value, item.line, {});
      this.#object(file, value, line, {});
      return;
    }
    this.#lists += 1;
    const defaults: ItemDefaults =
      Array.isArray(value) || kind === 'List'
        ? {}
        : { apiVersion: asText(getPath(value, 'apiVersion')), kind: kind?.slice(0, -'List'.length) };
    for (const item of untyped) this.#object(file, item.value, item.line, defaults);
    const rest = Array.isArray(value) ? value : getPath(value, 'items');
    if (Array.isArray(rest)) for (const item of rest) this.#object(file, item, line, defaults);
  }

  #object(file: string, value: unknown, line: number, defaults: ItemDefaults): void {
    if (!defaults.kind && this.#answer(file, value, line)) return;
    const newest = newestTime(value);
    const object = toKubeObject(value, defaults);
    if (typeof object === 'string') {
      this.issue({ file, line, message: object });
      return;
    }
    const recorded = Boolean(
      object.metadata.uid || object.metadata.resourceVersion || object.metadata.creationTimestamp,
    );
    const pod = recorded ? undefined : podOfTemplate(object);
    if (pod) this.#object(file, pod, line, {});
    const kind = this.#kinds.get(`${groupOf(object.apiVersion)}/${object.kind}`);
    if (!kind && pod) return;
    if (!kind || (kind.names && !kind.names.includes(object.metadata.name))) {
      const name = this.#skipped.has(object.kind) || this.#skipped.size < kindLimit ? object.kind : 'other';
      this.#skipped.set(name, (this.#skipped.get(name) ?? 0) + 1);
      return;
    }
    if (kind.namespaced) object.metadata.namespace ??= 'default';
    else delete object.metadata.namespace;
    if (kind.namespaced && this.#namespaces && !this.#namespaces.has(object.metadata.namespace ?? '')) return;
    if (newest > this.#newest) this.#newest = newest;
    if (recorded) {
      this.#recordedFiles.add(file);
      this.#put(kind, object);
    } else {
      const held = this.#intended.get(file);
      if (held) held.push(object);
      else this.#intended.set(file, [object]);
    }
  }

  /** What a node answered about a pod is no object of an API server; true when the value was such a thing. */
  #answer(file: string, value: unknown, line: number): boolean {
    const reading = readNodeAnswers(value, file);
    if (!reading) return false;
    if (reading.reason) this.issue({ file, line, message: reading.reason });
    const room = answerLimit - this.#answers.length;
    if (reading.answers.length > room) this.issue({ file, line, message: 'more answers of nodes than are read' });
    for (const answer of reading.answers.slice(0, Math.max(0, room))) this.#answers.push({ ...answer, file });
    return true;
  }

  #putAnswers(): void {
    for (const object of toAnswerObjects(this.#answers)) {
      const namespace = asText(getPath(object, 'pod', 'namespace'));
      if (this.#namespaces && !this.#namespaces.has(namespace ?? '')) continue;
      this.#batch.push({ type: 'put', object });
      if (this.#batch.length >= batchSize) this.#flush();
    }
    const { length: count, 0: first } = this.#answers;
    if (!first) return;
    this.#batch.push({
      type: 'source',
      source: { ...answerKind, resource: 'nodeanswers', availability: 'present', count },
    });
    if (!this.#counts.has(kindKey({ group: '', kind: 'Pod' })))
      this.issue({
        file: first.file,
        message: `answers of nodes (${count}), and no pod beside them that they could be about: record pods, too`,
      });
  }

  #put(kind: WatchedKind, object: KubeObject): void {
    const { namespace = '', name, resourceVersion = '' } = object.metadata;
    const key = `${kindKey(kind)}/${namespace}/${name}`;
    const before = this.#seen.get(key);
    if (before !== undefined && isOlder(resourceVersion, before)) return;
    if (before === undefined) this.#counts.set(kindKey(kind), (this.#counts.get(kindKey(kind)) ?? 0) + 1);
    this.#seen.set(key, resourceVersion);
    this.#versions.set(kindKey(kind), object.apiVersion.slice(object.apiVersion.indexOf('/') + 1));
    this.#batch.push({ type: 'put', object });
    if (this.#batch.length >= batchSize) this.#flush();
  }

  #flush(): void {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#emit(batch);
  }

  /** After the last file: manifests, the state of every kind, and the account of what was read. */
  finish(): Collected {
    for (const [file, objects] of this.#intended) this.#settleIntended(file, objects);
    this.#putAnswers();
    for (const kind of this.#kinds.values()) this.#batch.push({ type: 'source', source: this.#stateOf(kind) });
    this.#flush();
    if (this.#fileUnread > 0)
      this.#issues.push({ file: '', message: `${this.#fileUnread} more problems of this sort` });
    return {
      issues: this.#issues,
      skipped: Object.fromEntries([...this.#skipped].sort(([a], [b]) => (a < b ? -1 : 1))),
      objects: this.#seen.size + this.#answers.length,
      lists: this.#lists,
      newest: this.#newest,
    };
  }

  /**
   * A manifest beside recorded state says what someone wanted, not what is: an object deleted since would come back to life. It
   * counts only where its own file has recorded objects too, or the whole dump has none.
   */
  #settleIntended(file: string, objects: KubeObject[]): void {
    if (this.#recordedFiles.size > 0 && !this.#recordedFiles.has(file)) {
      this.issue({
        file,
        message: `${objects.length} objects here were never at an API server (no uid, no resourceVersion): left out, as other files hold recorded state`,
      });
      return;
    }
    for (const object of objects) {
      const kind = this.#kinds.get(`${groupOf(object.apiVersion)}/${object.kind}`);
      if (kind) this.#put(kind, object);
    }
  }

  #stateOf(kind: WatchedKind): SourceState {
    const count = this.#counts.get(kindKey(kind)) ?? 0;
    const version = this.#versions.get(kindKey(kind));
    const state: SourceState = {
      group: kind.group,
      resource: kind.resource,
      kind: kind.kind,
      // Manifests say what someone wants, not what the cluster holds besides.
      availability: count > 0 && this.#recordedFiles.size > 0 ? 'present' : 'unread',
      count,
    };
    if (version) state.version = version;
    if (count === 0) state.detail = 'The dump holds no object of this kind.';
    else if (this.#recordedFiles.size === 0)
      state.detail = 'Only manifests were read: what else the cluster holds is not known.';
    if (this.#namespaces && kind.namespaced) state.namespaces = [...this.#namespaces];
    return state;
  }
}

/** Both numbers as etcd gives them; anything else is not comparable, and then the later file wins. */
const isOlder = (version: string, than: string): boolean => {
  if (version === '' && than !== '') return true;
  if (!/^\d{1,20}$/.test(version) || !/^\d{1,20}$/.test(than)) return false;
  return BigInt(version) < BigInt(than);
};

/** The newest time an object bears: the clock of a dump. A deletionTimestamp lies in the future and does not count. */
const newestTime = (value: unknown): number => {
  let newest = 0;
  const see = (time: unknown): void => {
    const at = typeof time === 'string' && time.length <= 40 ? Date.parse(time) : Number.NaN;
    if (at > newest) newest = at;
  };
  see(getPath(value, 'metadata', 'creationTimestamp'));
  for (const field of asRecords(getPath(value, 'metadata', 'managedFields'))) see(field['time']);
  for (const condition of asRecords(getPath(value, 'status', 'conditions'))) {
    see(condition['lastTransitionTime']);
    see(condition['lastHeartbeatTime']);
  }
  for (const field of ['lastTimestamp', 'firstTimestamp', 'eventTime', 'deprecatedLastTimestamp'])
    see(getPath(value, field));
  see(getPath(value, 'series', 'lastObservedTime'));
  return newest;
};
