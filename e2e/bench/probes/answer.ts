/** How a probe speaks with the bench: arguments as JSON on its command line, figures as the last line that it prints. */
export const MARK = 'figures: ';

export const readArgs = <T>(): T => JSON.parse(process.argv[2] ?? '{}') as T;

export const answer = (figures: Readonly<Record<string, number>>): never => {
  process.stdout.write(`${MARK}${JSON.stringify(figures)}\n`);
  process.exit(0);
};

/** Memory that is really in use, on the heap and in typed arrays beside it. Needs --expose-gc. */
export const heapUsed = (): number => {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
