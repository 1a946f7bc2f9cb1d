import type { IncomingMessage } from 'node:http';
import { parse as parseYaml } from 'yaml';
import { decodeProtobuf } from './protobuf.ts';
import { ApiError, badRequest } from './status.ts';
import type { Json, JsonObject } from './types.ts';
import { isObject } from './types.ts';

/** A path below /api/v1 or /apis/<group>/<version>, taken apart. */
export type Target = { group: string; version: string; namespace: string; plural: string; name: string; sub: string };

export const parseTarget = (path: string): Target | null => {
  const steps = path
    .split('/')
    .filter((step) => step !== '')
    .map(decodeStep);
  const core = steps[0] === 'api';
  if (!core && steps[0] !== 'apis') return null;
  const [group, version] = core ? ['', steps[1]] : [steps[1], steps[2]];
  const rest = steps.slice(core ? 2 : 3);
  if (group === undefined || version === undefined || rest.length === 0) return null;
  // /namespaces/x/status and /finalize belong to the namespace itself.
  const inside =
    rest[0] === 'namespaces' && rest.length > 2 && !(core && (rest[2] === 'status' || rest[2] === 'finalize'));
  const [plural = '', name = '', sub = '', more] = inside ? rest.slice(2) : rest;
  return more !== undefined ? null : { group, version, namespace: inside ? (rest[1] ?? '') : '', plural, name, sub };
};

const decodeStep = (step: string): string => {
  try {
    return decodeURIComponent(step);
  } catch {
    throw badRequest(`invalid escape in path: ${step}`);
  }
};

/** rest.LimitRequestBody of the API server. */
const BODY_LIMIT = 3 * 1024 * 1024;

const readAll = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > BODY_LIMIT) throw new ApiError(413, 'RequestEntityTooLarge', `limit is ${BODY_LIMIT}`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
};

const isYaml = (type: string): boolean => type.includes('yaml');

/** The body as JSON, YAML where the type says so; an empty body is null. */
export const readBody = async (request: IncomingMessage): Promise<Json> => {
  const type = request.headers['content-type'] ?? '';
  const bytes = await readAll(request);
  if (type.includes('protobuf') && bytes.length > 0) return decodeProtobuf(bytes);
  const text = bytes.toString('utf8');
  if (text.trim() === '') return null;
  try {
    return (isYaml(type) ? parseYaml(text, { maxAliasCount: 50 }) : JSON.parse(text)) as Json;
  } catch (error) {
    throw badRequest(
      `couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : 'unreadable'}`,
    );
  }
};

export const objectBody = (body: Json): JsonObject => {
  if (isObject(body)) return body;
  throw badRequest("Object 'Kind' is missing: the body must be an object");
};

const count = (text: string | null, name: string): number => {
  if (text === null || text === '') return 0;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw badRequest(`invalid ${name}: ${text}`);
  return value;
};

export type Query = {
  labelSelector: string;
  fieldSelector: string;
  limit: number;
  continue: string;
  resourceVersion: string;
  resourceVersionMatch: string;
  watch: boolean;
  bookmarks: boolean;
  timeoutSeconds: number;
  initialEvents: boolean;
  dryRun: boolean;
  include: 'None' | 'Metadata' | 'Object';
};

export const parseQuery = (params: URLSearchParams): Query => {
  const flag = (name: string): boolean => ['true', '1'].includes(params.get(name) ?? '');
  const version = params.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(version))
    throw badRequest(
      `resourceVersion: Invalid value: "${version}": strconv.ParseUint: parsing "${version}": invalid syntax`,
    );
  const include = params.get('includeObject');
  return {
    labelSelector: params.get('labelSelector') ?? '',
    fieldSelector: params.get('fieldSelector') ?? '',
    limit: count(params.get('limit'), 'limit'),
    continue: params.get('continue') ?? '',
    resourceVersion: version,
    resourceVersionMatch: params.get('resourceVersionMatch') ?? '',
    watch: flag('watch'),
    bookmarks: flag('allowWatchBookmarks'),
    timeoutSeconds: count(params.get('timeoutSeconds'), 'timeoutSeconds'),
    initialEvents: flag('sendInitialEvents'),
    dryRun: (params.get('dryRun') ?? '') !== '',
    include: include === 'None' || include === 'Object' ? include : 'Metadata',
  };
};
