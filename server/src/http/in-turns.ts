import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long one piece of work may go on until others have their turn. */
const TURN_MS = 10;

/** Runs steps to their end, in turns of the event loop. */
export async function inTurns<T>(steps: Generator<void, T>): Promise<T> {
  let until = performance.now() + TURN_MS;
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() < until) continue;
    await nextTurn();
    until = performance.now() + TURN_MS;
  }
}
