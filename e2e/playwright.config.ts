import { defineConfig } from 'playwright/test';
import { CHROMIUM_FLAGS, findChromium } from './rig/chromium.ts';

const found = findChromium();
if ('problem' in found) throw new Error(found.problem);

export default defineConfig({
  testDir: 'tests',
  testMatch: '**/*.{spec,test}.ts',
  outputDir: '../test-results',
  timeout: 60_000,
  globalTimeout: 15 * 60_000,
  expect: { timeout: 10_000 },
  // Every test may run its own server next to the browser.
  workers: 1,
  // A shared machine may hold any test up; one that passes only then is named in the summary.
  retries: process.env['CI'] ? 1 : 0,
  forbidOnly: Boolean(process.env['CI']),
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: found.path, args: CHROMIUM_FLAGS },
  },
});
