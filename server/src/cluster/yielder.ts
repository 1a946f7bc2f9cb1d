import { setImmediate } from 'node:timers/promises';

const sliceMs = 4;

/** Gives way to timers and sockets once a slice of time is used up; else returns nothing, and costs nothing. */
export const createYielder = (): (() => Promise<void> | undefined) => {
  let started = performance.now();
  return () => {
    if (performance.now() - started < sliceMs) return undefined;
    return setImmediate().then(() => {
      started = performance.now();
    });
  };
};
