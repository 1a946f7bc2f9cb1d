/** Takes the pictures of the docs: `npm run pictures`, after `npm run setup`. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright';
import { CHROMIUM_FLAGS, findChromium } from './rig/chromium.ts';
import { startDemo } from './rig/demo.ts';

const folder = fileURLToPath(new URL('../docs/pictures/', import.meta.url));
const sizes = [
  [1440, 900],
  [1280, 720],
] as const;
const themes = ['light', 'dark'] as const;
const subjects = { demo: '', pod: '?select=pod%3Amedia%2Fpod1', nodes: '?lens=nodes', table: '?lens=table' } as const;
/** The picture comes to rest: no glow of what changed, no hover. */
const REST_MS = 2500;

async function take(page: Page, origin: string, name: string, query: string): Promise<void> {
  await page.goto(`${origin}/${query}`);
  await page.getByTestId('totals').waitFor();
  await page.waitForTimeout(REST_MS);
  await page.screenshot({ path: `${folder}${name}.png` });
  console.log(`docs/pictures/${name}.png`);
}

const found = findChromium();
if ('problem' in found) throw new Error(found.problem);
await mkdir(folder, { recursive: true });
const demo = await startDemo();
const browser = await chromium.launch({ executablePath: found.path, args: [...CHROMIUM_FLAGS] });
try {
  const context = await browser.newContext();
  await (await context.newPage()).goto(demo.openUrl);
  const state = await context.storageState();
  for (const theme of themes) {
    for (const [width, height] of sizes) {
      const page = await (
        await browser.newContext({ storageState: state, viewport: { width, height }, colorScheme: theme })
      ).newPage();
      for (const [subject, query] of Object.entries(subjects)) {
        if (subject !== 'demo' && width !== 1440) continue;
        await take(page, demo.origin, `${subject}-${theme}-${width}x${height}`, query);
      }
    }
  }
} finally {
  await browser.close();
  await demo.stop();
}
