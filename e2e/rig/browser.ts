/** Playwright's `test` with a busbar: `import { expect, test } from '../rig/browser.ts'`. */
import { test as base } from 'playwright/test';
import { type Demo, startDemo } from './demo.ts';

export { expect } from 'playwright/test';

/** `demo` is one served demo cluster per worker; a test that stops or changes its server starts its own. */
export const test = base.extend<object, { demo: Demo }>({
  demo: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
    async ({}, use) => {
      const demo = await startDemo();
      await use(demo);
      await demo.stop();
    },
    { scope: 'worker' },
  ],
});
