import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 20_000;
const POLL_MS = 50;

/** The first value of `read` that is not undefined or false; an error of `read` counts as not yet. */
export async function eventually<T>(
  what: string,
  read: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = LIMIT_MS,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await read();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`not in ${limitMs} ms: ${what}`, { cause: last });
    await sleep(POLL_MS);
  }
}
