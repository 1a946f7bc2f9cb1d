import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Router, static as serveStatic } from 'express';
import type { Auth } from './auth.ts';
import { HttpError } from './errors.ts';
import { sendSignIn } from './sign-in.ts';

/** Where the built page is: beside the bundled server, or in the checkout when that runs from source. */
export function findPage(): string | undefined {
  const here = import.meta.dirname;
  return [join(here, 'web'), join(here, '../../../web/dist')].find((dir) => existsSync(join(dir, 'index.html')));
}

/** Vite names what is in `assets/` after its content: it never changes. */
const isHashed = (path: string): boolean => /[/\\]assets[/\\][^/\\]+-[\w-]{8,}\.\w+$/.test(path);

/**
 * The page. Its files hold nothing about the cluster and need no session; the page itself asks for one, so that a person sees how to
 * sign in. A link from another site arrives without the strict cookie: there the page is served, and its own calls carry the cookie.
 * `onOpen` is told the query of a page that somebody with a session opens.
 */
export function pageRouter(dir: string | undefined, auth: Auth, onOpen: (query: string) => void): Router {
  const router = Router();
  if (dir) {
    router.use(
      serveStatic(dir, {
        index: false,
        setHeaders: (res, path) => {
          res.setHeader('Cache-Control', isHashed(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
        },
      }),
    );
  }
  router.get(['/', '/{:page}'], (req, res) => {
    const { page } = req.params as { page?: string };
    if (page !== undefined && (page.includes('.') || !req.accepts('html'))) throw notHere(req.path);
    const fromElsewhere = req.get('Sec-Fetch-Site') === 'cross-site' || req.get('Sec-Fetch-Site') === 'same-site';
    if (!auth.isSignedIn(req) && !fromElsewhere) return sendSignIn(res, req.originalUrl, 'ask');
    if (!dir)
      throw new HttpError(503, 'no-page', 'The page is not built: run npm run setup. The API is under /api/v1.');
    if (auth.isSignedIn(req)) onOpen(req.originalUrl.slice(req.path.length).replace(/^\?/, ''));
    res.sendFile('index.html', { root: dir, cacheControl: false, headers: { 'Cache-Control': 'no-cache' } });
  });
  router.use((req) => {
    throw notHere(req.path);
  });
  return router;
}

const notHere = (path: string): HttpError =>
  new HttpError(404, 'no-such-path', `There is no ${path.slice(0, 200)} here.`);
