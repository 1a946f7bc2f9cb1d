import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access, User } from './access.ts';
import { answerReview, REVIEWS } from './access.ts';
import { aggregated, apiGroup, apiGroupList, apiVersions, resourceList, reviewPlural } from './discovery.ts';
import type { Faults } from './misbehave.ts';
import { openapiV2, openapiV2Protobuf, openapiV3, openapiV3Index } from './openapi.ts';
import type { ReadContext } from './reads.ts';
import { formatOf, matcher, sendList, sendWatch } from './reads.ts';
import type { Registry } from './registry.ts';
import type { Query, Target } from './request.ts';
import { objectBody, parseQuery, parseTarget, readBody } from './request.ts';
import { isScalable, scaled, toScale } from './scale.ts';
import { ApiError, methodNotAllowed, noSuchPath, toStatus } from './status.ts';
import { toObject } from './store.ts';
import { partialMetadata, toTable } from './table.ts';
import type { JsonObject, KubeObject, ResourceType } from './types.ts';
import type { Answer, Where, WriteContext } from './writes.ts';
import { createOne, deleteMany, deleteOne, patched, patchOne, replaceOne } from './writes.ts';

export type ServerContext = ReadContext &
  WriteContext & { registry: Registry; access: Access; faults: Faults; version: JsonObject };

type Call = { request: IncomingMessage; response: ServerResponse; url: URL; user: User };

const json = (response: ServerResponse, code: number, body: JsonObject, headers: Record<string, string> = {}): void => {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(code, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private', ...headers });
  response.end(`${JSON.stringify(body)}\n`);
};

const text = (response: ServerResponse, body: string, code = 200): void => {
  response.writeHead(code, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(body);
};

const aggregatedVersion = (accept: string): string | undefined =>
  /g=apidiscovery\.k8s\.io;v=(v2beta1|v2);as=APIGroupDiscoveryList/.exec(accept)?.[1];

const discover = (context: ServerContext, { request, response, url }: Call): boolean => {
  const version = aggregatedVersion(request.headers.accept ?? '');
  const path = url.pathname.replace(/\/$/, '');
  if ((path === '/api' || path === '/apis') && version !== undefined) {
    json(response, 200, aggregated(context.registry, path === '/api', version), {
      'Content-Type': `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    });
    return true;
  }
  const [root, a, b, more] = path.slice(1).split('/');
  let body: JsonObject | null = null;
  if (path === '/api') body = apiVersions(request.headers.host ?? '');
  else if (path === '/apis') body = apiGroupList(context.registry);
  else if (root === 'api' && a !== undefined && b === undefined) body = resourceList(context.registry, '', a);
  else if (root === 'apis' && a !== undefined && b === undefined) body = apiGroup(context.registry, a);
  else if (root === 'apis' && a !== undefined && b !== undefined && more === undefined)
    body = resourceList(context.registry, a, b);
  else return false;
  if (body === null) throw noSuchPath();
  json(response, 200, body);
  return true;
};

const describeApi = (context: ServerContext, { request, response, url }: Call): boolean => {
  const path = url.pathname;
  if (path === '/openapi/v2') {
    if (!(request.headers.accept ?? '').includes('protobuf')) json(response, 200, openapiV2());
    else {
      response.writeHead(200, { 'Content-Type': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf' });
      response.end(openapiV2Protobuf());
    }
    return true;
  }
  if (path === '/openapi/v3') {
    json(response, 200, openapiV3Index(context.registry));
    return true;
  }
  const found = /^\/openapi\/v3\/(?:api\/([^/]+)|apis\/([^/]+)\/([^/]+))$/.exec(path);
  if (found === null) return false;
  const body = openapiV3(context.registry, found[2] ?? '', found[1] ?? found[3] ?? '');
  if (body === null) throw noSuchPath();
  json(response, 200, body);
  return true;
};

const plain = (context: ServerContext, { response, url }: Call): boolean => {
  switch (url.pathname.replace(/\/$/, '')) {
    case '/version':
      json(response, 200, context.version);
      return true;
    case '/healthz':
    case '/livez':
    case '/readyz':
      text(response, 'ok');
      return true;
    case '':
      json(response, 200, {
        paths: ['/api', '/apis', '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version'],
      });
      return true;
    default:
      return false;
  }
};

const review = async (context: ServerContext, { request, response, user }: Call, target: Target): Promise<boolean> => {
  const kind =
    target.version === 'v1' ? REVIEWS[target.group]?.find((item) => reviewPlural(item) === target.plural) : undefined;
  if (kind === undefined) return false;
  if (request.method !== 'POST') throw methodNotAllowed();
  json(response, 201, answerReview(context.access, kind, user, objectBody(await readBody(request))));
  return true;
};

const VERBS: Record<string, string> = { GET: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

const verbOf = (method: string, target: Target, query: Query): string => {
  if (method === 'GET' && query.watch) return 'watch';
  if (method === 'GET' && target.name === '') return 'list';
  if (method === 'DELETE' && target.name === '') return 'deletecollection';
  return VERBS[method] ?? '';
};

const answer = (
  context: ServerContext,
  { request, response }: Call,
  type: ResourceType,
  query: Query,
  object: JsonObject,
  code: number,
): void => {
  const format = formatOf(request.headers.accept ?? '', query);
  const itself = object['kind'] === type.kind;
  let body = object;
  if (itself && format.as === 'table') {
    body = toTable(type, [object as KubeObject], {}, format.include, context.now());
  } else if (itself && format.as === 'partial') body = partialMetadata(object as KubeObject);
  json(response, code, body);
};

const write = async (context: ServerContext, call: Call, where: Where, query: Query): Promise<Answer> => {
  const { request, url } = call;
  const body = await readBody(request);
  switch (request.method) {
    case 'POST':
      if (where.name !== '') throw methodNotAllowed();
      return createOne(context, where, body, query);
    case 'PUT':
      if (where.name === '') throw methodNotAllowed();
      return replaceOne(context, where, body, query);
    case 'PATCH':
      if (where.name === '') throw methodNotAllowed();
      return patchOne(context, where, contentType(request), body, query);
    case 'DELETE':
      if (where.sub !== '') throw methodNotAllowed();
      if (where.name !== '') return deleteOne(context, where, body, query, url.searchParams);
      return deleteMany(
        context,
        where.type,
        matcher(where.type, where.namespace, '', query),
        body,
        query,
        url.searchParams,
      );
    default:
      throw methodNotAllowed();
  }
};

const contentType = (request: IncomingMessage): string =>
  (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';

const scale = async (
  context: ServerContext,
  call: Call,
  type: ResourceType,
  target: Target,
  query: Query,
): Promise<JsonObject> => {
  const { request } = call;
  const object = toObject(type, context.store.must(type, target.namespace, target.name));
  if (request.method === 'GET') return toScale(object);
  if (request.method !== 'PUT' && request.method !== 'PATCH') throw methodNotAllowed();
  const body = await readBody(request);
  const wanted =
    request.method === 'PUT' ? body : patched(type, toScale(object) as KubeObject, contentType(request), body);
  return toScale(
    context.operations.update(type, target.namespace, target.name, scaled(object, wanted), '', {
      dryRun: query.dryRun,
    }),
  );
};

const resource = async (context: ServerContext, call: Call, target: Target): Promise<void> => {
  const { request, response, url, user } = call;
  const type = context.registry.find(target.group, target.version, target.plural);
  if (
    !context.registry
      .groups()
      .some(({ group, versions }) => group === target.group && versions.includes(target.version))
  ) {
    // Nobody serves this group: the answer is the mux's, not an API object.
    text(response, '404 page not found\n', 404);
    return;
  }
  if (type === undefined) throw noSuchPath();
  const sub = ['', ...(type.status ? ['status'] : []), ...(isScalable(type) ? ['scale'] : [])];
  if ((target.namespace !== '' && !type.namespaced) || !sub.includes(target.sub)) throw noSuchPath();
  const query = parseQuery(url.searchParams);
  const verb = verbOf(request.method ?? '', target, query);
  context.access.check(user, {
    verb,
    group: target.group,
    resource: target.plural,
    subresource: target.sub,
    namespace: target.namespace,
    name: target.name,
  });
  if (type.namespaced && target.namespace === '' && (target.name !== '' || request.method === 'POST')) {
    throw target.name === '' ? methodNotAllowed() : noSuchPath();
  }
  if (target.sub === 'scale') {
    json(response, 200, await scale(context, call, type, target, query));
    return;
  }
  const format = formatOf(request.headers.accept ?? '', query);
  const where: Where = {
    type,
    namespace: target.namespace,
    name: target.name,
    sub: target.sub === 'status' ? 'status' : '',
  };
  if (verb === 'watch')
    return sendWatch(context, response, type, matcher(type, target.namespace, target.name, query), query, format);
  if (verb === 'list')
    return sendList(context, response, type, matcher(type, target.namespace, '', query), query, format);
  if (verb === 'get')
    return answer(
      context,
      call,
      type,
      query,
      toObject(type, context.store.must(type, target.namespace, target.name)),
      200,
    );
  const result = await write(context, call, where, query);
  answer(context, call, type, query, result.body, result.code);
};

const route = async (context: ServerContext, call: Call): Promise<void> => {
  if (call.request.method === 'GET' && (plain(context, call) || discover(context, call) || describeApi(context, call)))
    return;
  const target = parseTarget(call.url.pathname);
  if (target === null) throw noSuchPath();
  if (await review(context, call, target)) return;
  await resource(context, call, target);
};

const HEALTH = new Set(['/healthz', '/livez', '/readyz', '/version']);

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?$/;

/** A page in some browser must not reach the demo API, by its address or by a name that points here. */
const refuseBrowsers = ({ headers }: IncomingMessage): void => {
  const site = headers['sec-fetch-site'];
  const foreign =
    headers.origin !== undefined || (site !== undefined && site !== 'none') || !LOOPBACK.test(headers.host ?? '');
  if (foreign) throw new ApiError(403, 'Forbidden', 'the demo API answers local command line clients only');
};

/** One request of the Kubernetes API, from its bytes to its answer. */
export const handle = async (
  context: ServerContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  try {
    refuseBrowsers(request);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const open = HEALTH.has(url.pathname);
    const refusal = open ? undefined : context.faults.refusals.shift();
    if (refusal !== undefined) throw refusal;
    const user = open ? { name: 'system:anonymous', groups: [] } : context.access.authenticate(request.headers);
    await route(context, { request, response, url, user });
  } catch (error) {
    const known =
      error instanceof ApiError
        ? error
        : new ApiError(
            500,
            'InternalError',
            `Internal error occurred: ${error instanceof Error ? error.message : 'unknown'}`,
          );
    if (response.headersSent) response.destroy();
    else json(response, known.code, toStatus(known), known.headers);
  }
};
