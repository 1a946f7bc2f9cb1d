import type { SchemaName } from '@busbar/shared/inspect/schema';
import type { Request, Response, Router } from 'express';
import { z } from 'zod';
import type { Api } from './api.ts';
import { HttpError } from './errors.ts';

/** What an answer is: JSON of a named schema, any of several kinds of file, or a stream of events. */
export type Answer = { schema: SchemaName; description: string } | { mimes: readonly string[]; description: string };

type Shape = z.ZodObject;
const empty = z.object({});

/**
 * One line of the API: Express, the OpenAPI document and the tests are made from it. `handle` returns what is sent as JSON, or
 * undefined when it has answered by itself.
 */
export type Route = {
  method: 'get' | 'post';
  path: `/${string}`;
  summary: string;
  params: Shape;
  query: Shape;
  body: Shape | null;
  answer: Answer;
  problems: readonly number[];
  handle: (api: Api, req: Request, res: Response) => unknown;
};

type Input<P extends Shape, Q extends Shape, B extends Shape> = {
  params: z.output<P>;
  query: z.output<Q>;
  body: z.output<B>;
};

type Declaration<P extends Shape, Q extends Shape, B extends Shape> = {
  method?: 'get' | 'post';
  path: `/${string}`;
  summary: string;
  params?: P;
  query?: Q;
  body?: B;
  answer: Answer;
  problems?: readonly number[];
  handle: (api: Api, input: Input<P, Q, B>, exchange: { req: Request; res: Response }) => unknown;
};

/** Types the handler by the schemas beside it: nothing reaches it that they do not accept. */
export function defineRoute<
  P extends Shape = typeof empty,
  Q extends Shape = typeof empty,
  B extends Shape = typeof empty,
>(route: Declaration<P, Q, B>): Route {
  const params = route.params ?? empty;
  const query = route.query ?? empty;
  return {
    method: route.method ?? 'get',
    path: route.path,
    summary: route.summary,
    params,
    query,
    body: route.body ?? null,
    answer: route.answer,
    problems: route.problems ?? [],
    handle: (api, req, res) => {
      const input = {
        params: params.parse(req.params),
        query: query.parse(req.query),
        body: (route.body ?? empty).parse(route.body ? (req.body ?? {}) : {}),
      };
      return route.handle(api, input as Input<P, Q, B>, { req, res });
    },
  };
}

/** Hangs the routes into a router; any other method of a known path is 405, anything else 404. */
export function mountRoutes(router: Router, routes: readonly Route[], api: Api): void {
  const methods = new Map<string, Set<string>>();
  for (const route of routes) {
    router[route.method](route.path, async (req, res) => {
      const answer = await route.handle(api, req, res);
      if (answer !== undefined && !res.headersSent) res.set('Cache-Control', 'no-cache').json(answer);
    });
    const known = methods.get(route.path) ?? new Set(['OPTIONS']);
    for (const method of route.method === 'get' ? ['GET', 'HEAD'] : ['POST']) known.add(method);
    methods.set(route.path, known);
  }
  for (const [path, known] of methods) {
    const allow = [...known].sort().join(', ');
    router.options(path, (_req, res) => {
      res.set('Allow', allow).status(204).end();
    });
    router.all(path, (req) => {
      throw new HttpError(405, 'method-not-allowed', `${req.method} is not among what this path answers: ${allow}.`, {
        Allow: allow,
      });
    });
  }
  router.use((req) => {
    throw new HttpError(
      404,
      'no-such-path',
      `There is no ${req.path.slice(0, 200)} here; /api/v1/openapi.json lists what there is.`,
    );
  });
}
