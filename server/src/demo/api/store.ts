import type { Entry, History, StoreEvent } from './history.ts';
import { createHistory } from './history.ts';
import { fieldsOf } from './selectors.ts';
import { ApiError, alreadyExists, conflict, expired, notFound } from './status.ts';
import type { KubeObject, NewObject, ResourceType } from './types.ts';
import { asArray, asObject, asString, resourceKey } from './types.ts';

type Bucket = { entries: Map<string, Entry>; sorted: Entry[] | null; history: History };

export type StoreOptions = { historySize: number; now: () => number; uid: () => string; firstVersion: number };

export type Page = { entries: Entry[]; version: number; next: string; remaining: number };

export type Store = ReturnType<typeof createStore>;

const entryKey = (type: ResourceType, namespace: string | undefined, name: string): string =>
  type.namespaced ? `${namespace ?? ''}/${name}` : name;

const headOf = (type: ResourceType): string =>
  `{"kind":${JSON.stringify(type.kind)},"apiVersion":${JSON.stringify(type.group === '' ? type.version : `${type.group}/${type.version}`)},`;

export const fullJson = (type: ResourceType, entry: Entry): string => headOf(type) + entry.body.slice(1);

export const toObject = (type: ResourceType, entry: Entry): KubeObject =>
  JSON.parse(fullJson(type, entry)) as KubeObject;

/** Selects all: a page then needs no walk over the whole kind. */
export const everything = (): boolean => true;

const MAX_SNAPSHOTS = 16;

/** Index of the first entry whose key is not before `key`. */
const position = (sorted: Entry[], key: string): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.key ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** One change must not cost the sorting of the whole kind again. */
const keepSorted = (sorted: Entry[], kind: StoreEvent['kind'], entry: Entry): void => {
  const at = position(sorted, entry.key);
  if (kind === 'ADDED') sorted.splice(at, 0, entry);
  else if (kind === 'MODIFIED') sorted[at] = entry;
  else sorted.splice(at, 1);
};

/**
 * The objects, in memory, with one version counter, a bounded history for each kind, and snapshots behind
 * continue tokens. Knows nothing of HTTP.
 */
export const createStore = (options: StoreOptions) => {
  let version = options.firstVersion;
  let compacted = options.firstVersion;
  const buckets = new Map<string, Bucket>();
  const listeners = new Set<(key: string, event: StoreEvent) => void>();
  const owned = new Map<string, Map<string, { type: ResourceType; namespace: string; name: string }>>();
  const snapshots = new Map<string, { entries: Entry[]; version: number }>();

  const bucketOf = (key: string): Bucket => {
    let bucket = buckets.get(key);
    if (bucket === undefined) {
      bucket = { entries: new Map(), sorted: null, history: createHistory(options.historySize, compacted) };
      buckets.set(key, bucket);
    }
    return bucket;
  };

  const freeze = (type: ResourceType, object: KubeObject): Entry => {
    const { kind: _kind, apiVersion: _apiVersion, ...rest } = object;
    const namespace = object.metadata.namespace ?? '';
    return {
      key: entryKey(type, namespace, object.metadata.name),
      namespace,
      name: object.metadata.name,
      uid: object.metadata.uid ?? '',
      version,
      body: JSON.stringify(rest),
      labels: { ...object.metadata.labels },
      fields: fieldsOf(type, object),
    };
  };

  const trackOwners = (type: ResourceType, object: KubeObject, present: boolean): void => {
    const id = `${resourceKey(type)}|${entryKey(type, object.metadata.namespace, object.metadata.name)}`;
    for (const reference of asArray(object.metadata['ownerReferences'])) {
      const uid = asString(asObject(reference)['uid']);
      const children = owned.get(uid) ?? new Map();
      if (present) children.set(id, { type, namespace: object.metadata.namespace ?? '', name: object.metadata.name });
      else children.delete(id);
      if (children.size === 0) owned.delete(uid);
      else owned.set(uid, children);
    }
  };

  const commit = (type: ResourceType, kind: StoreEvent['kind'], entry: Entry, previous: Entry | undefined): void => {
    const key = resourceKey(type);
    const bucket = bucketOf(key);
    if (kind === 'DELETED') bucket.entries.delete(entry.key);
    else bucket.entries.set(entry.key, entry);
    if (bucket.sorted !== null) keepSorted(bucket.sorted, kind, entry);
    const event: StoreEvent = { kind, entry, previous, lines: new Map() };
    bucket.history.push(event);
    for (const listener of listeners) listener(key, event);
  };

  const find = (type: ResourceType, namespace: string | undefined, name: string): Entry | undefined =>
    buckets.get(resourceKey(type))?.entries.get(entryKey(type, namespace, name));

  const must = (type: ResourceType, namespace: string | undefined, name: string): Entry => {
    const entry = find(type, namespace, name);
    if (entry === undefined) throw notFound(type, name);
    return entry;
  };

  const create = (type: ResourceType, object: NewObject): KubeObject => {
    const metadata = object.metadata;
    const name = asString(metadata['name']);
    const namespace = asString(metadata['namespace']);
    if (find(type, namespace, name) !== undefined) throw alreadyExists(type, name);
    version++;
    const stored = {
      ...object,
      metadata: {
        ...metadata,
        name,
        uid: asString(metadata['uid']) || options.uid(),
        resourceVersion: String(version),
        creationTimestamp:
          asString(metadata['creationTimestamp']) || new Date(options.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      },
    } as KubeObject;
    commit(type, 'ADDED', freeze(type, stored), undefined);
    trackOwners(type, stored, true);
    return stored;
  };

  const update = (type: ResourceType, object: KubeObject): KubeObject => {
    const { namespace, name, resourceVersion } = object.metadata;
    const previous = must(type, namespace, name);
    if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== String(previous.version))
      throw conflict(type, name);
    const old = toObject(type, previous);
    const kept = {
      uid: previous.uid,
      resourceVersion: String(previous.version),
      creationTimestamp: old.metadata.creationTimestamp ?? '',
    };
    const unchanged = freeze(type, { ...object, metadata: { ...object.metadata, ...kept } } as KubeObject);
    if (unchanged.body === previous.body) return old;
    version++;
    const stored = {
      ...object,
      metadata: { ...object.metadata, ...kept, resourceVersion: String(version) },
    } as KubeObject;
    trackOwners(type, old, false);
    commit(type, 'MODIFIED', freeze(type, stored), previous);
    trackOwners(type, stored, true);
    return stored;
  };

  const remove = (type: ResourceType, namespace: string | undefined, name: string): KubeObject => {
    const previous = must(type, namespace, name);
    const object = toObject(type, previous);
    version++;
    object.metadata.resourceVersion = String(version);
    commit(type, 'DELETED', freeze(type, object), previous);
    trackOwners(type, object, false);
    return object;
  };

  const sorted = (key: string): Entry[] => {
    const bucket = bucketOf(key);
    bucket.sorted ??= [...bucket.entries.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    return bucket.sorted;
  };

  const remember = (entries: Entry[]): string => {
    const id = `${version}.${snapshots.size}.${options.uid().slice(0, 8)}`;
    snapshots.set(id, { entries, version });
    const [oldest] = snapshots.keys();
    if (snapshots.size > MAX_SNAPSHOTS && oldest !== undefined) snapshots.delete(oldest);
    return id;
  };

  /** One page. A continue token names a snapshot, so every page of one list shows one moment. */
  const page = (key: string, match: (entry: Entry) => boolean, limit: number, token: string): Page => {
    let from = 0;
    let id = '';
    let source = { entries: [] as Entry[], version };
    if (token === '')
      source = { entries: match === everything ? [...sorted(key)] : sorted(key).filter(match), version };
    else {
      const found = /^([\w.-]+):(\d+)$/.exec(Buffer.from(token, 'base64url').toString());
      if (found === null) throw new ApiError(400, 'BadRequest', 'continue key is not valid: illegal base64 data');
      id = found[1] ?? '';
      const snapshot = snapshots.get(id);
      if (snapshot === undefined)
        throw expired(
          'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
        );
      source = snapshot;
      from = Number(found[2]);
    }
    const end = limit > 0 ? Math.min(from + limit, source.entries.length) : source.entries.length;
    if (end >= source.entries.length) {
      snapshots.delete(id);
      return {
        entries: from === 0 ? source.entries : source.entries.slice(from),
        version: source.version,
        next: '',
        remaining: 0,
      };
    }
    if (id === '') id = remember(source.entries);
    return {
      entries: source.entries.slice(from, end),
      version: source.version,
      next: Buffer.from(`${id}:${end}`).toString('base64url'),
      remaining: source.entries.length - end,
    };
  };

  return {
    version: (): number => version,
    find,
    must,
    create,
    update,
    remove,
    page,
    /** In order of key; a copy is the caller's business when it changes the store meanwhile. */
    entries: sorted,
    count: (key: string): number => buckets.get(key)?.entries.size ?? 0,
    children: (uid: string) => [...(owned.get(uid)?.values() ?? [])],
    history: (key: string): History => bucketOf(key).history,
    /** Forgets what happened, as etcd's compaction does: older watches and continue tokens answer 410. */
    compact: (): void => {
      compacted = version;
      snapshots.clear();
      for (const bucket of buckets.values()) bucket.history.compact(version);
    },
    listen: (listener: (key: string, event: StoreEvent) => void): (() => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};
