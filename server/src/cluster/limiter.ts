/** Lets at most `size` pieces of work run at a time, in order of asking. */
export const createLimiter = (size: number): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= size) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // The place is handed over, not given up, so that nobody slips in between.
      if (next) next();
      else running -= 1;
    }
  };
};
