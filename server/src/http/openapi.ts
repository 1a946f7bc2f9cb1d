import { documentSchemas } from '@busbar/shared/inspect/schema';
import { z } from 'zod';
import { version } from '../version.ts';
import type { Answer, Route } from './route.ts';

type Json = { [key: string]: unknown };

/** The OpenAPI 3.1 document of a table of routes. Its schemas are those of the published documents. */
export function openApi(routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Busbar',
      version,
      summary: 'Which pod is plugged into which network, through which interface, and why a plug failed. Read-only.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{ session: [] }, { token: [] }],
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'busbar-PORT', description: 'Set by /auth?token=' },
        token: { type: 'http', scheme: 'bearer' },
      },
      schemas: toComponents(documentSchemas),
    },
  };
}

function operationOf(route: Route): Json {
  const operation: Json = {
    summary: route.summary,
    operationId: operationId(route),
    parameters: [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')],
    responses: { '200': answerOf(route.answer), ...problemsOf(route) },
  };
  if (route.body) {
    operation['requestBody'] = { required: true, content: { 'application/json': { schema: schemaOf(route.body) } } };
  }
  return operation;
}

const operationId = ({ method, path }: Route): string =>
  method + path.replaceAll(/[/:.]+(\w)/g, (_match, letter: string) => letter.toUpperCase());

function parametersOf(shape: z.ZodObject, place: 'path' | 'query'): Json[] {
  const { properties, required } = schemaOf(shape);
  const names = new Set(Array.isArray(required) ? required : []);
  return Object.entries((properties ?? {}) as Record<string, Json>).map(([name, { description, ...schema }]) => ({
    name,
    in: place,
    required: place === 'path' || names.has(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

function schemaOf(shape: z.ZodObject): Json {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(shape, { io: 'input' }) as Json;
  return schema;
}

function answerOf(answer: Answer): Json {
  const { description } = answer;
  if ('mimes' in answer) return { description, content: Object.fromEntries(answer.mimes.map((mime) => [mime, {}])) };
  return {
    description,
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${answer.schema}` } } },
  };
}

const meanings: Record<number, string> = {
  400: 'The request cannot be understood',
  401: 'Not signed in',
  403: 'From another origin, or under a host name that this server does not answer to',
  404: 'Nothing of that name',
  413: 'Too large',
  415: 'Not JSON',
  503: 'Too many views or streams are open',
};

function problemsOf(route: Route): Json {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  const statuses = [400, 401, 403, ...route.problems].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => [String(status), { description: meanings[status] ?? '', content }]),
  );
}

/** `#/$defs/X` -> `#/components/schemas/X`, at any depth. */
function toComponents<T>(value: T): T {
  if (Array.isArray(value)) return value.map(toComponents) as T;
  if (typeof value === 'string') return value.replace(/^#\/\$defs\//, '#/components/schemas/') as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toComponents(inner)])) as T;
}
