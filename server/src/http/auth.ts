import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { HttpError } from './errors.ts';
import { sendSignIn } from './sign-in.ts';

const SESSION_MS = 7 * 24 * 3600 * 1000;
const MAX_FAILURES_PER_MINUTE = 20;

export type AuthOptions = {
  mode: 'token' | 'none';
  /** A token that was given. It is shared on purpose, so it stays good. */
  token?: string | undefined;
  /** A token that was made up stays good as well: several people read it in one log. */
  reuse: boolean;
  /** A one-time token was used: here is the next. */
  onSpent?: (token: string) => void;
  clock?: () => number;
};

/**
 * Who may come in. A token in the printed link becomes a cookie of this browser (HttpOnly, SameSite=Strict) and, unless it may be
 * reused, is worth nothing afterwards: a link seen in a process list or a history opens nothing. Programs send it as
 * `Authorization: Bearer`. Sessions are signed, not stored: nothing grows, and with a given token they outlive a restart.
 */
export class Auth {
  readonly mode: 'token' | 'none';
  readonly #key: Buffer;
  readonly #reuse: boolean;
  readonly #onSpent: (token: string) => void;
  readonly #clock: () => number;
  #token: string;

  constructor({ mode, token, reuse, onSpent = () => {}, clock = Date.now }: AuthOptions) {
    this.mode = mode;
    this.#token = token ?? newToken();
    this.#reuse = reuse || token !== undefined;
    this.#key = token === undefined ? randomBytes(32) : createHash('sha256').update(`busbar session ${token}`).digest();
    this.#onSpent = onSpent;
    this.#clock = clock;
  }

  /** The link that lets a browser in. */
  link(base: string): string {
    return this.mode === 'none' ? `${base}/` : `${base}/auth?token=${encodeURIComponent(this.#token)}`;
  }

  isSignedIn(req: Request): boolean {
    if (this.mode === 'none') return true;
    const bearer = /^Bearer +([\w.~+/=-]{1,4096})$/i.exec(req.headers.authorization ?? '')?.[1];
    if (bearer !== undefined && isSame(bearer, this.#token)) return true;
    const cookie = cookieOf(req, cookieName(req));
    return cookie !== undefined && this.#isSession(cookie);
  }

  /** For the API: no session, no answer. */
  readonly guard: RequestHandler = (req, _res, next) => {
    if (this.isSignedIn(req)) return next();
    next(
      new HttpError(
        401,
        'not-signed-in',
        'Open the link that the server printed, or send its token as Authorization: Bearer.',
        {
          'WWW-Authenticate': 'Bearer realm="busbar"',
        },
      ),
    );
  };

  /** `GET /auth?token=&next=`: the token against a cookie, then on to the page. */
  readonly exchange: RequestHandler = (req, res) => {
    res.set('Cache-Control', 'no-store');
    const next = localPath(req.query['next']);
    const token = typeof req.query['token'] === 'string' ? req.query['token'] : '';
    // A browser that fetches ahead, or only asks for the headers, has not used the link.
    const ahead = /prefetch|prerender/i.test(`${req.headers['sec-purpose'] ?? ''} ${req.headers['purpose'] ?? ''}`);
    if (ahead || req.method === 'HEAD') {
      res.status(204).end();
      return;
    }
    if (!isSame(token, this.#token)) {
      if (this.isSignedIn(req)) res.redirect(303, next);
      else sendSignIn(res, next, token === '' ? 'ask' : 'refused');
      return;
    }
    if (!this.#reuse) {
      this.#token = newToken();
      this.#onSpent(this.#token);
    }
    res.cookie(cookieName(req), this.#newSession(), {
      httpOnly: true,
      sameSite: 'strict',
      path: '/',
      maxAge: SESSION_MS,
      secure: req.secure,
    });
    res.redirect(303, next);
  };

  /** Guessing is slowed down; whoever is let in is not counted. */
  readonly limit: RequestHandler = rateLimit({
    windowMs: 60_000,
    limit: MAX_FAILURES_PER_MINUTE,
    skipSuccessfulRequests: true,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_req, _res, next) => next(new HttpError(429, 'too-many-attempts', 'Too many attempts. Wait a minute.')),
  });

  #newSession(): string {
    const claim = `${randomBytes(12).toString('base64url')}.${(this.#clock() + SESSION_MS).toString(36)}`;
    return `${claim}.${this.#sign(claim)}`;
  }

  #isSession(cookie: string): boolean {
    const [nonce, expiry, signature, ...rest] = cookie.split('.');
    if (!nonce || !expiry || !signature || rest.length > 0) return false;
    return isSame(signature, this.#sign(`${nonce}.${expiry}`)) && Number.parseInt(expiry, 36) > this.#clock();
  }

  #sign(claim: string): string {
    return createHmac('sha256', this.#key).update(claim).digest('base64url');
  }
}

const newToken = (): string => randomBytes(24).toString('base64url');

/** Equal, in a time that tells nothing about where they differ or how long they are. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** Cookies know no ports: the name carries the one the browser sees, so that two servers (or port-forwards) do not sign each other out. */
function cookieName(req: Request): string {
  const port = /:(\d{1,5})$/.exec(req.headers.host ?? '')?.[1] ?? '80';
  return `busbar-${port}`;
}

function cookieOf(req: Request, name: string): string | undefined {
  for (const part of (req.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

/** A path of this server, never another host: `//evil` and `/\evil` are other hosts to a browser. */
export function localPath(value: unknown): string {
  if (typeof value !== 'string' || value.length > 8192 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(value)) return '/';
  return value.includes('\\') || value.startsWith('/auth') ? '/' : value;
}
