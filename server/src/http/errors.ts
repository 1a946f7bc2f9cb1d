import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, Response } from 'express';
import { z } from 'zod';
import type { Log } from '../log.ts';

/** An expected failure: what the client gets is exactly this, as RFC 9457 `application/problem+json`. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, detail: string, headers: Record<string, string> = {}) {
    super(detail);
    this.name = 'HttpError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export type Problem = { type: string; title: string; status: number; code: string; detail: string };

function sendProblem(res: Response, error: HttpError): void {
  const title = STATUS_CODES[error.status] ?? 'Error';
  const type = `urn:busbar:problem:${error.code}`;
  const problem: Problem = { type, title, status: error.status, code: error.code, detail: error.message };
  res.status(error.status).set(error.headers).set('Cache-Control', 'no-store');
  res.type('application/problem+json').send(JSON.stringify(problem));
}

/** The one place where a thrown error becomes a response. Only the unexpected is logged with its stack. */
export const problemHandler =
  (log: Log): ErrorRequestHandler =>
  (error: unknown, req, res, next) => {
    if (res.headersSent) {
      next(error);
      return;
    }
    const expected = toHttpError(error);
    if (!expected) log.error({ err: error, method: req.method, path: req.path }, 'request failed');
    sendProblem(res, expected ?? new HttpError(500, 'internal', 'Something went wrong here; the log says more.'));
  };

function toHttpError(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error;
  if (error instanceof z.ZodError) return new HttpError(400, 'invalid-request', describeIssues(error));
  // Express and its body parser mark what the client did wrong with a 4xx status and `expose`.
  if (error instanceof Error && 'status' in error && typeof error.status === 'number') {
    if (error.status >= 400 && error.status < 500) return new HttpError(error.status, 'invalid-request', error.message);
  }
  return undefined;
}

const describeIssues = (error: z.ZodError): string =>
  error.issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ');
