import type { Entry } from './history.ts';
import type { Operations } from './operations.ts';
import { jsonPatch, mergePatch } from './patch.ts';
import type { Query } from './request.ts';
import { objectBody } from './request.ts';
import { ApiError, badRequest, successStatus } from './status.ts';
import type { Store } from './store.ts';
import { toObject } from './store.ts';
import { strategicMerge } from './strategic.ts';
import type { Json, JsonObject, KubeObject, ResourceType } from './types.ts';
import { apiVersionOf, asObject, asString, resourceKey } from './types.ts';

export type WriteContext = { store: Store; operations: Operations };
export type Answer = { code: number; body: JsonObject };

export type Where = { type: ResourceType; namespace: string; name: string; sub: '' | 'status' };

export const createOne = (context: WriteContext, where: Where, body: Json, query: Query): Answer => ({
  code: 201,
  body: context.operations.create(where.type, where.namespace, objectBody(body), { dryRun: query.dryRun }),
});

export const replaceOne = (context: WriteContext, where: Where, body: Json, query: Query): Answer => {
  const object = objectBody(body) as KubeObject;
  const named = asString(asObject(object.metadata)['name']);
  if (named !== where.name)
    throw badRequest(`the name of the object (${named}) does not match the name on the URL (${where.name})`);
  return {
    code: 200,
    body: context.operations.update(where.type, where.namespace, where.name, object, where.sub, {
      dryRun: query.dryRun,
    }),
  };
};

const MERGE = 'application/merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const APPLY = 'application/apply-patch+yaml';

/** The object after a patch of any of the four kinds. */
export const patched = (type: ResourceType, old: KubeObject, contentType: string, patch: Json): KubeObject => {
  switch (contentType) {
    case JSON_PATCH:
      return jsonPatch(old, patch) as KubeObject;
    case STRATEGIC:
      if (type.builtin) return strategicMerge(old, objectBody(patch)) as KubeObject;
      break;
    case MERGE:
      return mergePatch(old, objectBody(patch)) as KubeObject;
    case APPLY:
      // Server-side apply without field ownership: what the manifest says is merged in.
      return (type.builtin ? strategicMerge(old, objectBody(patch)) : mergePatch(old, objectBody(patch))) as KubeObject;
  }
  const supported = [JSON_PATCH, MERGE, ...(type.builtin ? [STRATEGIC] : []), APPLY];
  throw new ApiError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${supported.join(', ')}`,
  );
};

export const patchOne = (
  context: WriteContext,
  where: Where,
  contentType: string,
  body: Json,
  query: Query,
): Answer => {
  const { type, namespace, name, sub } = where;
  const entry = context.store.find(type, type.namespaced ? namespace : undefined, name);
  if (entry === undefined && contentType === APPLY && sub === '') return createOne(context, where, body, query);
  const old = toObject(type, context.store.must(type, namespace, name));
  const next = patched(type, old, contentType, body);
  if (next.metadata?.name !== name) throw badRequest('the name of the object may not be changed');
  return { code: 200, body: context.operations.update(type, namespace, name, next, sub, { dryRun: query.dryRun }) };
};

const deleteOptions = (body: Json, query: Query, params: URLSearchParams) => {
  const options = asObject(body);
  const preconditions = asObject(options['preconditions']);
  const grace =
    options['gracePeriodSeconds'] ??
    (params.has('gracePeriodSeconds') ? Number(params.get('gracePeriodSeconds')) : undefined);
  const policy = asString(options['propagationPolicy']) || (params.get('propagationPolicy') ?? '');
  return {
    ...(typeof preconditions['uid'] === 'string' ? { uid: preconditions['uid'] } : {}),
    ...(typeof preconditions['resourceVersion'] === 'string'
      ? { resourceVersion: preconditions['resourceVersion'] }
      : {}),
    ...(typeof grace === 'number' && grace >= 0 ? { grace } : {}),
    orphan: policy === 'Orphan' || options['orphanDependents'] === true,
    dryRun: query.dryRun || options['dryRun'] !== undefined,
  };
};

export const deleteOne = (
  context: WriteContext,
  where: Where,
  body: Json,
  query: Query,
  params: URLSearchParams,
): Answer => {
  const { type, namespace, name } = where;
  const object = context.operations.remove(type, namespace, name, deleteOptions(body, query, params));
  if (object.metadata.deletionTimestamp !== undefined || resourceKey(type) === 'pods')
    return { code: 200, body: object };
  return {
    code: 200,
    body: successStatus({
      name,
      ...(type.group === '' ? {} : { group: type.group }),
      kind: type.plural,
      uid: object.metadata.uid ?? '',
    }),
  };
};

export const deleteMany = (
  context: WriteContext,
  type: ResourceType,
  match: (entry: Entry) => boolean,
  body: Json,
  query: Query,
  params: URLSearchParams,
): Answer => {
  const options = deleteOptions(body, query, params);
  const items = context.store
    .entries(resourceKey(type))
    .filter(match)
    .map((entry) => context.operations.remove(type, entry.namespace, entry.name, options));
  return {
    code: 200,
    body: {
      kind: `${type.kind}List`,
      apiVersion: apiVersionOf(type),
      metadata: { resourceVersion: String(context.store.version()) },
      items,
    },
  };
};
