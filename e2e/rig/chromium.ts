/** Finds a Chromium for the browser tests, or gets one. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { chromium } from 'playwright';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const MAC_APPS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const DOWNLOAD_LIMIT_MS = 300_000;

/** Quiet, and able to run as root in a sandbox. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * `BUSBAR_CHROMIUM`, else an installed one, else (with `install`) Playwright's download, else Debian's package.
 * A `BUSBAR_CHROMIUM` that cannot be run is a problem, not a reason to look elsewhere.
 */
export function findChromium({ install = false } = {}): { path: string } | { problem: string } {
  const named = process.env['BUSBAR_CHROMIUM'];
  if (named) return isExecutable(named) ? { path: named } : { problem: `BUSBAR_CHROMIUM=${named} cannot be run` };
  const path = installedChromium() ?? (install ? (downloadChromium() ?? packagedChromium()) : undefined);
  return path ? { path } : { problem: 'no Chromium: set BUSBAR_CHROMIUM, or install chromium or google-chrome' };
}

function installedChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...MAC_APPS, chromium.executablePath()].find(isExecutable);
}

function downloadChromium(): string | undefined {
  console.log('browser: none installed, trying playwright install chromium');
  const env = { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '' };
  spawnSync('playwright', ['install', 'chromium'], { stdio: 'inherit', env, timeout: DOWNLOAD_LIMIT_MS });
  return [chromium.executablePath()].find(isExecutable);
}

function packagedChromium(): string | undefined {
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) return undefined;
  console.log('browser: trying apt-get install chromium');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    if (spawnSync('apt-get', args, { stdio: 'inherit', env }).status !== 0) return undefined;
  }
  return installedChromium();
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
