import { defineConfig } from 'vitest/config';

const SLOW_MS = 60_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{shared,server,web}/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
          environment: 'node',
          testTimeout: SLOW_MS,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['e2e/{rig,contract,faults,bench}/**/*.test.ts'],
          environment: 'node',
          testTimeout: SLOW_MS,
          hookTimeout: SLOW_MS,
          // Every file may start its own API server; two cores carry one or two of those.
          fileParallelism: false,
          retry: process.env['CI'] ? 1 : 0,
        },
      },
    ],
  },
});
