import type { StoreEvent } from './history.ts';
import type { DeleteOptions, Operations } from './operations.ts';
import { mergePatch } from './patch.ts';
import type { Registry } from './registry.ts';
import { ApiError } from './status.ts';
import type { Store } from './store.ts';
import { toObject } from './store.ts';
import type { Json, JsonObject, KubeObject, ResourceType } from './types.ts';
import { asObject, asString, resourceKey } from './types.ts';

export type ObjectRef = { apiVersion: string; kind: string; namespace?: string; name: string };

/**
 * The store as the demo world and the tests use it: objects in, objects out, by apiVersion and kind, without HTTP.
 * Writes skip admission: a status is kept on create, a node may be given to a pod.
 */
export type ObjectStore = {
  create: (object: JsonObject) => KubeObject;
  update: (object: KubeObject) => KubeObject;
  /** Merge patch of the whole object, status included. */
  patch: (ref: ObjectRef, patch: JsonObject) => KubeObject;
  delete: (ref: ObjectRef, options?: DeleteOptions) => KubeObject;
  get: (ref: ObjectRef) => KubeObject | undefined;
  list: (apiVersion: string, kind: string, namespace?: string) => KubeObject[];
  count: (apiVersion: string, kind: string) => number;
  /** What has this object as an owner. */
  owned: (uid: string) => KubeObject[];
  /** Every change, in order. Returns the way to stop. */
  listen: (
    listener: (change: { kind: StoreEvent['kind']; resource: string; object: () => KubeObject }) => void,
  ) => () => void;
  /** Forgets the history: watches from before answer 410. */
  compact: () => void;
  version: () => number;
};

export const createObjectStore = (store: Store, registry: Registry, operations: Operations): ObjectStore => {
  const typeOf = (apiVersion: string, kind: string): ResourceType => operations.byKind({ apiVersion, kind });
  const namespaceOf = (type: ResourceType, namespace: string | undefined): string =>
    type.namespaced ? (namespace ?? 'default') : '';
  const get = (ref: ObjectRef): KubeObject | undefined => {
    const type = registry.byKind(ref.apiVersion, ref.kind);
    const entry = type === undefined ? undefined : store.find(type, namespaceOf(type, ref.namespace), ref.name);
    return type === undefined || entry === undefined ? undefined : toObject(type, entry);
  };
  const update = (object: KubeObject): KubeObject => {
    const type = typeOf(object.apiVersion, object.kind);
    return operations.update(type, namespaceOf(type, object.metadata.namespace), object.metadata.name, object, '', {
      raw: true,
    });
  };
  return {
    create: (object) => {
      const type = operations.byKind(object);
      const namespace = asString(asObject(object['metadata'])['namespace']);
      return operations.create(type, namespaceOf(type, namespace === '' ? undefined : namespace), object, {
        raw: true,
      });
    },
    update,
    patch: (ref, patch) => {
      const old = get(ref);
      if (old === undefined) throw new ApiError(404, 'NotFound', `${ref.kind} "${ref.name}" not found`);
      return update(mergePatch(old, patch as Json) as KubeObject);
    },
    delete: (ref, options = {}) => {
      const type = typeOf(ref.apiVersion, ref.kind);
      return operations.remove(type, namespaceOf(type, ref.namespace), ref.name, options);
    },
    get,
    list: (apiVersion, kind, namespace) => {
      const type = registry.byKind(apiVersion, kind);
      if (type === undefined) return [];
      return store
        .entries(resourceKey(type))
        .filter((entry) => namespace === undefined || entry.namespace === namespace)
        .map((entry) => toObject(type, entry));
    },
    count: (apiVersion, kind) => {
      const type = registry.byKind(apiVersion, kind);
      return type === undefined ? 0 : store.count(resourceKey(type));
    },
    owned: (uid) =>
      store.children(uid).flatMap(({ type, namespace, name }) => {
        const entry = store.find(type, namespace, name);
        return entry === undefined ? [] : [toObject(type, entry)];
      }),
    listen: (listener) =>
      store.listen((resource, event) => {
        const type = registry.byKey(resource);
        if (type !== undefined) listener({ kind: event.kind, resource, object: () => toObject(type, event.entry) });
      }),
    compact: store.compact,
    version: store.version,
  };
};
