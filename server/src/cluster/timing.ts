/** Every wait of the live source, in milliseconds. Tests make them short. */
export type Timing = {
  /** Back-off after a failure: doubles from `retryMs` to `retryMaxMs`, with jitter. */
  retryMs: number;
  retryMaxMs: number;
  /** A kind that is forbidden is tried again this often: rights are given, but not every minute. */
  forbiddenRetryMs: number;
  /** A watch without a byte for this long counts as lost. Servers send bookmarks about once a minute, if at all. */
  stallMs: number;
  /** A list that comes as a stream, and then nothing for this long, has no end: its pages are asked for. */
  listSilenceMs: number;
  /** Looking for kinds that appear or vanish. */
  discoveryMs: number;
  /** Changes of one object within this time are handed on as one. */
  coalesceMs: number;
  /** Counts and progress are told at most this often. */
  reportMs: number;
  /** For the first answer of the server. */
  answerMs: number;
  /** Pods are read when all else is in, but wait no longer than this. */
  othersFirstMs: number;
};

export const defaultTiming: Timing = {
  retryMs: 500,
  retryMaxMs: 30_000,
  forbiddenRetryMs: 60_000,
  stallMs: 300_000,
  listSilenceMs: 30_000,
  discoveryMs: 60_000,
  coalesceMs: 20,
  reportMs: 500,
  answerMs: 15_000,
  othersFirstMs: 5000,
};

/** Half to full: many clients that lost one server must not come back as one. */
export const jittered = (ms: number): number => ms * (0.5 + Math.random() * 0.5);

export const backoff = (timing: Timing, failures: number): number =>
  jittered(Math.min(timing.retryMaxMs, timing.retryMs * 2 ** Math.min(Math.max(0, failures - 1), 20)));

/** Sleeps, or returns at once when stopped. */
export const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
