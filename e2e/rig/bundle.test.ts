import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { busbarMissing, runBusbar, signIn, startBusbar } from './busbar.ts';

const missing = busbarMissing();
if (missing) console.warn(`the bundle: skipped, ${missing}`);

describe.skipIf(missing)('server/dist, copied to where there are no node_modules', () => {
  let folder: string;
  let main: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'busbar-bundle-'));
    main = join(folder, 'main.js');
    cpSync(fileURLToPath(new URL('../../server/dist', import.meta.url)), folder, { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('prints its help', () => {
    const { code, stdout, stderr } = runBusbar(['--help'], { cwd: folder, main });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('busbar');
  });

  test('serves the page, and ends when told to', async () => {
    const busbar = await startBusbar(['demo'], { main });
    try {
      const page = await fetch(busbar.origin, { headers: { Cookie: await signIn(busbar.openUrl) } });
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<div id="root">');
    } finally {
      await busbar.stop();
    }
    await expect(fetch(busbar.origin)).rejects.toThrow();
  });
});
