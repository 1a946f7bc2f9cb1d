import type { Json, JsonObject } from './types.ts';

/** An answer that is not the happy one, in the words of the real API server. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: JsonObject | undefined;
  readonly headers: Record<string, string>;

  constructor(
    code: number,
    reason: string,
    message: string,
    details?: JsonObject,
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
    this.headers = headers;
  }
}

/** The `Status` object of an error, as the API server sends it. */
export const toStatus = (error: ApiError): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: error.message,
  ...(error.reason === '' ? {} : { reason: error.reason }),
  ...(error.details === undefined ? {} : { details: error.details }),
  code: error.code,
});

export const successStatus = (details: JsonObject): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details,
});

type Named = { group: string; plural: string };
const qualified = (type: Named): string => (type.group === '' ? type.plural : `${type.plural}.${type.group}`);
const details = (type: Named, name: string, extra: { [key: string]: Json } = {}): JsonObject => ({
  name,
  ...(type.group === '' ? {} : { group: type.group }),
  kind: type.plural,
  ...extra,
});

export const notFound = (type: Named, name: string): ApiError =>
  new ApiError(404, 'NotFound', `${qualified(type)} "${name}" not found`, details(type, name));

export const noSuchPath = (): ApiError =>
  new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});

export const alreadyExists = (type: Named, name: string): ApiError =>
  new ApiError(409, 'AlreadyExists', `${qualified(type)} "${name}" already exists`, details(type, name));

export const conflict = (type: Named, name: string): ApiError =>
  new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(type)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    details(type, name),
  );

/** field.ErrorType by the words its message begins with. */
const causeReason = (message: string): string => {
  if (message.startsWith('Required value')) return 'FieldValueRequired';
  return message.startsWith('Forbidden') ? 'FieldValueForbidden' : 'FieldValueInvalid';
};

export const invalid = (
  kind: string,
  type: Named,
  name: string,
  causes: { field: string; message: string }[],
): ApiError => {
  const text = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const joined = text.length === 1 ? (text[0] ?? '') : `[${text.join(', ')}]`;
  return new ApiError(
    422,
    'Invalid',
    `${kind}${type.group === '' ? '' : `.${type.group}`} "${name}" is invalid: ${joined}`,
    {
      name,
      ...(type.group === '' ? {} : { group: type.group }),
      kind,
      causes: causes.map((cause) => ({
        reason: causeReason(cause.message),
        message: cause.message,
        field: cause.field,
      })),
    },
  );
};

export const badRequest = (message: string): ApiError => new ApiError(400, 'BadRequest', message);

export const methodNotAllowed = (): ApiError =>
  new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const expired = (message: string): ApiError => new ApiError(410, 'Expired', message);

/** The text etcd gives for a compacted revision. */
export const tooOld = (asked: number, oldest: number): ApiError =>
  expired(`too old resource version: ${asked} (${oldest})`);

export const tooManyRequests = (retryAfterSeconds: number): ApiError =>
  new ApiError(
    429,
    'TooManyRequests',
    'The server has received too many requests and has asked us to try again later',
    { retryAfterSeconds },
    { 'Retry-After': String(retryAfterSeconds) },
  );

export const unauthorized = (): ApiError => new ApiError(401, 'Unauthorized', 'Unauthorized');
