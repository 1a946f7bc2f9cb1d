import compression from 'compression';
import express, { type Express, type RequestHandler, Router } from 'express';
import type { Log } from '../log.ts';
import type { Api } from './api.ts';
import type { Auth } from './auth.ts';
import { HttpError, problemHandler } from './errors.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { mountRoutes } from './route.ts';
import { routes } from './routes.ts';
import { hostGuard, originGuard, securityHeaders } from './security.ts';
import { pageRouter } from './static.ts';

const MAX_BODY = '1mb';

export type AppOptions = { api: Api; auth: Auth; log: Log; allowHosts: readonly string[]; pageDir: string | undefined };

/** Everything that is served on one port, in the order in which a request meets it. */
export function createApp({ api, auth, log, allowHosts, pageDir }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  const metrics = createMetrics(api.runtime, api.hub);

  app.use(accessLog(log, metrics));
  app.use(securityHeaders());
  // A kubelet asks by the pod's address; the answer is one word.
  app.get('/healthz', (_req, res) => {
    res.type('text').send('ok\n');
  });
  app.get('/readyz', (_req, res) => {
    const { ready, health } = api.runtime;
    res
      .status(ready ? 200 : 503)
      .type('text')
      .send(ready ? 'ok\n' : `${health.state}\n`);
  });
  app.use(hostGuard(allowHosts));
  app.get('/auth', auth.limit, auth.exchange);
  app.get('/metrics', originGuard, auth.guard, async (_req, res) => {
    res.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  app.use(compression());
  app.use('/api/v1', apiRouter(api, auth));
  app.use('/api', (req) => {
    throw new HttpError(404, 'no-such-path', `There is no ${req.originalUrl.slice(0, 200)} here; the API is /api/v1.`);
  });
  // The picture is begun while the browser still reads the page's scripts.
  app.use(pageRouter(pageDir, auth, (query) => api.hub.begin(api.parseView(query))));
  app.use(problemHandler(log));
  return app;
}

function apiRouter(api: Api, auth: Auth): Router {
  const router = Router();
  router.use(originGuard, auth.guard, express.json({ limit: MAX_BODY }), requireJson);
  mountRoutes(router, routes, api);
  return router;
}

/** A form or plain text needs no preflight, so another origin could send it; JSON it cannot. */
const requireJson: RequestHandler = (req, _res, next) => {
  const length = Number(req.headers['content-length'] ?? 0);
  const hasBody = length > 0 || req.headers['transfer-encoding'] !== undefined;
  if (req.method !== 'POST' || !hasBody || req.is('application/json')) return next();
  next(new HttpError(415, 'not-json', 'Send JSON, with Content-Type: application/json.'));
};

/** Path without query: queries hold tokens and what people search for. */
const accessLog =
  (log: Log, metrics: Metrics): RequestHandler =>
  (req, res, next) => {
    const began = performance.now();
    const { method, path } = req;
    res.on('close', () => {
      metrics.requests.inc({ method, status: String(res.statusCode) });
      log.debug({ method, path, status: res.statusCode, ms: Math.round(performance.now() - began) }, 'request');
    });
    next();
  };
