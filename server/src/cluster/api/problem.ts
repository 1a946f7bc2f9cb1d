import type { IncomingHttpHeaders } from 'node:http';
import { getPath, getText } from '@busbar/shared/kube/read';

/** An answer of the API server that is not the one asked for. `message` is the server's own sentence. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, message: string, reason?: string, retryAfterMs?: number) {
    super(message);
    this.name = 'ApiProblem';
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** 410 as a status, or as what some servers send instead. */
export const isExpired = (error: unknown): boolean =>
  error instanceof ApiProblem && (error.status === 410 || error.reason === 'Expired' || error.reason === 'Gone');

export const isStatus = (error: unknown, status: number): boolean =>
  error instanceof ApiProblem && error.status === status;

const retryAfter = (headers: IncomingHttpHeaders, body: unknown): number | undefined => {
  const seconds = Number(headers['retry-after'] ?? getPath(body, 'details', 'retryAfterSeconds'));
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 300) * 1000 : undefined;
};

/** From an HTTP answer: a Status object where there is one, else the first words of the text (a proxy's page). */
export const toProblem = (status: number, headers: IncomingHttpHeaders, text: string): ApiProblem => {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  const message =
    getText(body, 'message') ??
    (text
      .replace(/<[^>]{0,500}>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 200) ||
      `HTTP ${status}`);
  return new ApiProblem(status, message, getText(body, 'reason'), retryAfter(headers, body));
};

/** From the object of a watch's ERROR event. */
export const statusToProblem = (object: unknown): ApiProblem => {
  const code = getPath(object, 'code');
  return new ApiProblem(
    typeof code === 'number' ? code : 500,
    getText(object, 'message') ?? 'the watch ended with an error',
    getText(object, 'reason'),
    retryAfter({}, object),
  );
};
