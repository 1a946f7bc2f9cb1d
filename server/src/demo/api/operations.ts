import { applyDefaults, hasGeneration } from './defaults.ts';
import { sameJson } from './patch.ts';
import type { Registry } from './registry.ts';
import { CRD_KEY } from './resources.ts';
import { ApiError, conflict, invalid, notFound } from './status.ts';
import type { Store } from './store.ts';
import { toObject } from './store.ts';
import type { JsonObject, KubeObject, NewObject, ResourceType } from './types.ts';
import { apiVersionOf, asArray, asObject, asString, resourceKey } from './types.ts';
import { validate } from './validate.ts';

export type OperationOptions = {
  store: Store;
  registry: Registry;
  now: () => number;
  suffix: () => string;
  /** How long a pod with a node stays in Terminating. */
  terminationMs: number;
};

export type DeleteOptions = {
  uid?: string;
  resourceVersion?: string;
  grace?: number;
  orphan?: boolean;
  dryRun?: boolean;
};

export type Operations = ReturnType<typeof createOperations>;

const withoutMetadata = (object: KubeObject): JsonObject => {
  const { metadata: _metadata, status: _status, ...rest } = object;
  return rest;
};

const images = (spec: JsonObject): JsonObject => {
  const strip = (items: unknown): JsonObject[] => asArray(items).map((item) => ({ ...asObject(item), image: '' }));
  const { tolerations: _t, activeDeadlineSeconds: _a, terminationGracePeriodSeconds: _g, ...rest } = spec;
  return { ...rest, containers: strip(spec['containers']), initContainers: strip(spec['initContainers']) };
};

/** Pod specs are all but immutable (validation.ValidatePodUpdate). */
const checkPodSpec = (type: ResourceType, old: KubeObject, next: KubeObject): void => {
  if (resourceKey(type) !== 'pods' || sameJson(images(asObject(old['spec'])), images(asObject(next['spec'])))) return;
  throw invalid('Pod', type, next.metadata.name, [
    {
      field: 'spec',
      message:
        'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    },
  ]);
};

/** Optimistic locking comes before everything else; custom resources may not be replaced without it. */
const checkVersion = (type: ResourceType, old: KubeObject, given: KubeObject): void => {
  const { name, resourceVersion } = old.metadata;
  const asked = asString(given.metadata['resourceVersion']);
  if (asked === '' && !type.builtin) {
    throw invalid(type.plural, type, name, [
      { field: 'metadata.resourceVersion', message: 'Invalid value: 0x0: must be specified for an update' },
    ]);
  }
  if (asked !== '' && asked !== resourceVersion) throw conflict(type, name);
};

/** What the API server does around storage: names, defaults, subresources, generations, finalizers, cascades. */
export const createOperations = ({ store, registry, now, suffix, terminationMs }: OperationOptions) => {
  const timers = new Set<NodeJS.Timeout>();
  const later = (ms: number, run: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timer.unref();
    timers.add(timer);
  };
  const stamp = (): string => new Date(now()).toISOString().replace(/\.\d+Z$/, 'Z');

  const requireNamespace = (type: ResourceType, namespace: string): void => {
    const namespaces = registry.byKey('namespaces');
    if (!type.namespaced || namespaces === undefined) return;
    const found = store.find(namespaces, undefined, namespace);
    if (found === undefined) throw notFound(namespaces, namespace);
    if (found.fields['status.phase'] !== 'Terminating') return;
    throw new ApiError(
      403,
      'Forbidden',
      `unable to create new content in namespace ${namespace} because it is being terminated`,
      { kind: type.plural },
    );
  };

  /** `raw` keeps a given status and skips admission: the way controllers of the demo world write. */
  const create = (
    type: ResourceType,
    namespace: string,
    given: JsonObject,
    options: { dryRun?: boolean; raw?: boolean } = {},
  ): KubeObject => {
    const metadata: JsonObject = { ...asObject(given['metadata']) };
    if (asString(metadata['name']) === '' && asString(metadata['generateName']) !== '')
      metadata['name'] = asString(metadata['generateName']) + suffix();
    const object = { ...given, apiVersion: apiVersionOf(type), kind: type.kind, metadata } as NewObject;
    validate(type, { ...given, metadata }, namespace);
    if (type.namespaced) metadata['namespace'] = namespace;
    else delete metadata['namespace'];
    if (options.raw !== true) {
      for (const key of ['uid', 'resourceVersion', 'creationTimestamp', 'deletionTimestamp', 'selfLink', 'generation'])
        delete metadata[key];
      if (type.status) delete (object as JsonObject)['status'];
    }
    requireNamespace(type, namespace);
    if (hasGeneration(type)) metadata['generation'] ??= 1;
    const complete = applyDefaults(type, object as KubeObject, stamp());
    if (options.dryRun === true) return complete;
    const stored = store.create(type, complete as unknown as NewObject);
    if (resourceKey(type) === CRD_KEY) registry.addCrd(stored);
    return stored;
  };

  const finishIfReleased = (type: ResourceType, object: KubeObject): boolean => {
    if (object.metadata.deletionTimestamp === undefined || asArray(object.metadata['finalizers']).length > 0)
      return false;
    if (resourceKey(type) === 'pods' && asString(asObject(object['spec'])['nodeName']) !== '') return false;
    finalDelete(type, object);
    return true;
  };

  /** `sub` is '' or 'status'. A missing resourceVersion means: whatever is there. */
  const update = (
    type: ResourceType,
    namespace: string,
    name: string,
    given: KubeObject,
    sub: '' | 'status',
    options: { dryRun?: boolean; raw?: boolean } = {},
  ): KubeObject => {
    const old = toObject(type, store.must(type, namespace, name));
    const metadata: JsonObject = { ...(sub === 'status' && !type.builtin ? old.metadata : given.metadata) };
    if (options.raw !== true) checkVersion(type, old, given);
    for (const key of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'generation'] as const) {
      if (old.metadata[key] === undefined) delete metadata[key];
      else metadata[key] = old.metadata[key];
    }
    if (options.raw !== true) validate(type, { ...given, metadata }, namespace);
    if (metadata['uid'] !== undefined && metadata['uid'] !== old.metadata.uid) {
      throw new ApiError(
        409,
        'Conflict',
        `Operation cannot be fulfilled on ${type.plural} "${name}": Precondition failed: UID in precondition: ${String(metadata['uid'])}, UID in object meta: ${old.metadata.uid ?? ''}`,
        { name, kind: type.plural },
      );
    }
    if (type.namespaced) metadata['namespace'] = namespace;
    let next = { ...given, kind: type.kind, apiVersion: apiVersionOf(type), metadata } as KubeObject;
    if (sub === 'status') {
      const { status: _status, ...kept } = old;
      next = {
        ...kept,
        metadata: { ...metadata, ownerReferences: old.metadata['ownerReferences'] ?? [] },
        status: next['status'] ?? {},
      } as unknown as KubeObject;
      if (old.metadata['ownerReferences'] === undefined) delete next.metadata['ownerReferences'];
    } else if (type.status && options.raw !== true) {
      if (old['status'] === undefined) delete next['status'];
      else next['status'] = old['status'];
      checkPodSpec(type, old, next);
    }
    if (hasGeneration(type) && !sameJson(withoutMetadata(old), withoutMetadata(next)))
      next.metadata.generation = (old.metadata.generation ?? 0) + 1;
    if (options.dryRun === true) return next;
    const stored = store.update(type, next);
    if (resourceKey(type) === CRD_KEY) registry.addCrd(stored);
    finishIfReleased(type, stored);
    return stored;
  };

  const cascade = (uid: string | undefined): void => {
    for (const child of uid === undefined ? [] : store.children(uid))
      remove(child.type, child.namespace, child.name, {});
  };

  const finalDelete = (type: ResourceType, object: KubeObject, orphan = false): KubeObject => {
    const { namespace, name, uid } = object.metadata;
    if (store.find(type, namespace, name)?.uid !== uid) return object;
    const gone = store.remove(type, namespace, name);
    if (resourceKey(type) === CRD_KEY) dropKind(object);
    if (!orphan) cascade(uid);
    return gone;
  };

  const dropKind = (crd: KubeObject): void => {
    const type = registry.byKey(crd.metadata.name);
    for (const entry of type === undefined || type.builtin ? [] : [...store.entries(crd.metadata.name)]) {
      if (type !== undefined) store.remove(type, entry.namespace, entry.name);
    }
    registry.removeCrd(crd);
  };

  const markDeleted = (type: ResourceType, object: KubeObject, grace: number): KubeObject => {
    if (object.metadata.deletionTimestamp !== undefined) return object;
    const metadata = {
      ...object.metadata,
      deletionTimestamp: new Date(now() + grace * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
      deletionGracePeriodSeconds: grace,
    };
    const isNamespace = resourceKey(type) === 'namespaces';
    return store.update(type, {
      ...object,
      metadata,
      ...(isNamespace ? { status: { phase: 'Terminating' } } : {}),
    } as unknown as KubeObject);
  };

  const emptyNamespace = (namespace: string): void => {
    for (const type of registry.all()) {
      if (!type.namespaced) continue;
      for (const entry of store.entries(resourceKey(type)).filter((item) => item.namespace === namespace))
        remove(type, namespace, entry.name, { grace: 0 });
    }
  };

  function remove(type: ResourceType, namespace: string, name: string, options: DeleteOptions): KubeObject {
    const entry = store.must(type, namespace, name);
    const object = toObject(type, entry);
    const { uid, resourceVersion } = options;
    if (
      (uid !== undefined && uid !== entry.uid) ||
      (resourceVersion !== undefined && resourceVersion !== String(entry.version))
    ) {
      throw new ApiError(
        409,
        'Conflict',
        `Operation cannot be fulfilled on ${type.plural} "${name}": Precondition failed`,
        { name, kind: type.plural },
      );
    }
    if (options.dryRun === true) return object;
    const key = resourceKey(type);
    if (key === 'namespaces') {
      const marked = markDeleted(type, object, 0);
      later(0, () => {
        emptyNamespace(name);
        if (store.find(type, undefined, name) !== undefined) finalDelete(type, object);
      });
      return marked;
    }
    if (asArray(object.metadata['finalizers']).length > 0) return markDeleted(type, object, 0);
    const grace = options.grace ?? (Number(asObject(object['spec'])['terminationGracePeriodSeconds'] ?? 30) || 0);
    const running =
      key === 'pods' &&
      entry.fields['spec.nodeName'] !== '' &&
      entry.fields['status.phase'] !== 'Succeeded' &&
      entry.fields['status.phase'] !== 'Failed';
    if (!running || grace === 0) return told(finalDelete(type, object, options.orphan), key);
    const marked = markDeleted(type, object, grace);
    later(Math.min(grace * 1000, terminationMs), () => finalDelete(type, object, options.orphan));
    return marked;
  }

  /** A pod that is deleted at once is answered as one that had no time left. */
  const told = (object: KubeObject, key: string): KubeObject =>
    key !== 'pods'
      ? object
      : ({
          ...object,
          metadata: { ...object.metadata, deletionTimestamp: stamp(), deletionGracePeriodSeconds: 0 },
        } as KubeObject);

  const byKind = (object: JsonObject): ResourceType => {
    const type = registry.byKind(asString(object['apiVersion']), asString(object['kind']));
    if (type === undefined)
      throw new ApiError(
        404,
        'NotFound',
        `no matches for kind "${asString(object['kind'])}" in version "${asString(object['apiVersion'])}"`,
      );
    return type;
  };

  const stop = (): void => {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  };

  return { create, update, remove, byKind, stop };
};
