import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { HttpError } from './errors.ts';

/**
 * Nothing from another host, no inline script, never in a frame. Styles may be inline: the UI kit sets positions through them.
 * No HSTS: the server speaks plain HTTP on loopback, and TLS, where there is some, ends in front of it.
 */
export const securityHeaders = (): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        'worker-src': ["'self'", 'blob:'],
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:', 'blob:'],
        'font-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: false,
    // A clear answer about isolation needs HTTPS or localhost; the page shares no window with another.
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  });

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Host name of a Host header or an authority, lower case, without port: 'localhost:8080' -> 'localhost', '[::1]:80' -> '[::1]'. */
export function hostnameOf(authority: string): string {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]/@\s]+)(?::\d{1,5})?$/i.exec(authority.trim());
  return match?.[1]?.toLowerCase() ?? '';
}

/**
 * DNS rebinding: a page of evil.example whose name points at 127.0.0.1 sends `Host: evil.example`. Any port is fine, since
 * port-forwarding changes it.
 */
export function hostGuard(allowed: readonly string[]): RequestHandler {
  const names = new Set([...LOOPBACK, ...allowed.map(toHostName)]);
  return (req, _res, next) => {
    const name = hostnameOf(req.headers.host ?? '');
    if (names.has(name)) return next();
    next(
      new HttpError(
        403,
        'host-not-allowed',
        `This server does not answer to the name '${shorten(name)}'. Start it with --allow-host to let it.`,
      ),
    );
  };
}

const toHostName = (name: string): string => {
  const bare = name.trim().toLowerCase();
  return bare.includes(':') && !bare.startsWith('[') && bare.split(':').length > 2
    ? `[${bare}]`
    : hostnameOf(bare) || bare;
};

const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

/**
 * A page of another origin may neither call the API nor open a stream, whatever cookies the browser sends along. Without either
 * header it is no browser (or a very old one, which the SameSite cookie covers).
 */
export const originGuard: RequestHandler = (req, _res, next) => {
  const site = req.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return next(crossSite());
  const { origin, host } = req.headers;
  if (origin !== undefined && !isSameHost(origin, host ?? '')) return next(crossSite());
  next();
};

const crossSite = (): HttpError =>
  new HttpError(403, 'cross-site', 'Only pages of this server itself may call it from a browser.');

/** The scheme may differ (TLS ends at a proxy), host and port may not. 'null' is an opaque origin: never the same. */
function isSameHost(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === new URL(`${new URL(origin).protocol}//${host}`).host;
  } catch {
    return false;
  }
}
