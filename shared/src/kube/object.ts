/** A reference to one object of the Kubernetes API. `group` is '' for core. */
export type Ref = { group: string; kind: string; namespace?: string; name: string; uid?: string };

export type OwnerReference = { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean };

export type ObjectMeta = {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
};

/**
 * One object as the API server sends it, raw: only apiVersion, kind and metadata.name are known to be there and to be strings,
 * everything else is read through `kube/read.ts`.
 */
export type KubeObject = { apiVersion: string; kind: string; metadata: ObjectMeta; [field: string]: unknown };

/** What a source tells the engine. `put` carries the whole new version; the order within one object is the order of its versions. */
export type Change =
  | { type: 'put'; object: KubeObject }
  | { type: 'delete'; ref: Ref }
  | { type: 'source'; source: SourceState };

export type Availability = 'present' | 'absent' | 'forbidden' | 'error' | 'unread';

/**
 * What could be read of one kind. `namespaces` is set when only some were read; `forbidden` then means "in at least one of them".
 * `count` is the number of objects read. `detail` is one sentence for people (the API server's words).
 */
export type SourceState = {
  group: string;
  version?: string;
  resource: string;
  kind: string;
  availability: Availability;
  count: number;
  namespaces?: string[];
  detail?: string;
};

/** The group of an apiVersion: 'apps/v1' -> 'apps', 'v1' -> ''. */
export const groupOf = (apiVersion: string): string => {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
};

/**
 * The object that was asked for last, and its reference: everything that is claimed of an object points to one, and all who claim something
 * of it are asked in turn. A table of all would have to be cleared by the garbage collection.
 */
let last: { object: KubeObject; ref: Ref } | undefined;

export const refOf = (object: KubeObject): Ref => {
  if (last?.object === object) return last.ref;
  const group = groupOf(object.apiVersion);
  const { kind } = object;
  const { name, namespace, uid } = object.metadata;
  // Written as a whole, for fields that are added later cost as much again.
  const ref: Ref = namespace
    ? uid
      ? { group, kind, name, namespace, uid }
      : { group, kind, name, namespace }
    : uid
      ? { group, kind, name, uid }
      : { group, kind, name };
  last = { object, ref };
  return ref;
};
