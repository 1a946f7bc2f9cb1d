import { ApiError, badRequest } from './status.ts';
import type { Json, JsonObject } from './types.ts';
import { asString, isObject } from './types.ts';

const copy = <T extends Json>(value: T): T => structuredClone(value);

/** RFC 7386. */
export const mergePatch = (target: Json, patch: Json): Json => {
  if (!isObject(patch)) return copy(patch);
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key] ?? null, value);
  }
  return result;
};

const pointer = (path: string): string[] => {
  if (path === '') return [];
  if (!path.startsWith('/')) throw badRequest(`invalid JSON pointer: ${path}`);
  return path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
};

const unprocessable = (message: string): ApiError =>
  new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {
    causes: [{ message }],
  });

const child = (parent: Json, step: string): Json | undefined => {
  if (Array.isArray(parent)) return parent[step === '-' ? parent.length : Number(step)];
  return isObject(parent) && Object.hasOwn(parent, step) ? parent[step] : undefined;
};

const read = (document: Json, path: string): Json => {
  let value: Json | undefined = document;
  for (const step of pointer(path)) value = value === undefined ? undefined : child(value, step);
  if (value === undefined) throw unprocessable(`nonexistent path ${path}`);
  return value;
};

const parentOf = (document: Json, path: string): { parent: Json; last: string } => {
  const steps = pointer(path);
  const last = steps.pop();
  if (last === undefined) throw unprocessable('the root cannot be replaced');
  let parent: Json | undefined = document;
  for (const step of steps) parent = parent === undefined ? undefined : child(parent, step);
  if (!isObject(parent) && !Array.isArray(parent)) throw unprocessable(`nonexistent path ${path}`);
  return { parent, last };
};

const insert = (document: Json, path: string, value: Json): void => {
  const { parent, last } = parentOf(document, path);
  if (!Array.isArray(parent)) {
    if (isObject(parent)) parent[last] = value;
    return;
  }
  const index = last === '-' ? parent.length : Number(last);
  if (!Number.isInteger(index) || index < 0 || index > parent.length)
    throw unprocessable(`index ${last} out of bounds`);
  parent.splice(index, 0, value);
};

const remove = (document: Json, path: string): Json => {
  const { parent, last } = parentOf(document, path);
  const old = read(document, path);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (isObject(parent)) delete parent[last];
  return old;
};

const applyOperation = (document: Json, operation: JsonObject): void => {
  const path = asString(operation['path']);
  const value = copy(operation['value'] ?? null);
  switch (asString(operation['op'])) {
    case 'add':
      insert(document, path, value);
      return;
    case 'remove':
      remove(document, path);
      return;
    case 'replace':
      read(document, path);
      remove(document, path);
      insert(document, path, value);
      return;
    case 'move':
      insert(document, path, remove(document, asString(operation['from'])));
      return;
    case 'copy':
      insert(document, path, copy(read(document, asString(operation['from']))));
      return;
    case 'test':
      if (!sameJson(read(document, path), value)) throw unprocessable(`testing value ${path} failed`);
      return;
    default:
      throw badRequest(`unexpected operation ${asString(operation['op'])}`);
  }
};

export const sameJson = (a: Json | undefined, b: Json | undefined): boolean => {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
};

/** RFC 6902. */
export const jsonPatch = (target: JsonObject, operations: Json): JsonObject => {
  if (!Array.isArray(operations)) throw badRequest('a JSON patch must be a list');
  const document = copy(target);
  for (const operation of operations) {
    if (!isObject(operation)) throw badRequest('a JSON patch operation must be an object');
    applyOperation(document, operation);
  }
  return document;
};
