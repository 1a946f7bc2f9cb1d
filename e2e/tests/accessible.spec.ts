import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright/test';
import { expect, test } from '../rig/browser.ts';
import { type Demo, startDemo } from '../rig/demo.ts';
import { inspector, open, openLive } from '../rig/page.ts';

/** `rules`: these alone. Legacy mode spares axe a page of its own; the page has no frames. */
async function problems(page: Page, rules: string[] = []): Promise<string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (rules.length > 0 ? axe.withRules(rules) : axe).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.any[0]?.message ?? node.all[0]?.message ?? ''}`),
  );
}

const STATES: Record<string, (page: Page) => Promise<void>> = {
  'the picture': async () => {},
  'a pod in the inspector': async (page) => {
    await page.getByTestId('finding').filter({ hasText: 'one JSON object' }).click();
    await page.keyboard.press('Escape');
    await page.goto(`${new URL(page.url()).origin}/?ns=media&select=pod%3Amedia%2Fpod1`);
    await expect(inspector(page)).toContainText('MN104');
  },
  'a finding': async (page) => {
    await page.getByTestId('finding').first().click();
    await expect(inspector(page)).toContainText('What it touches');
  },
  'a network': async (page) => {
    await page.goto(`${new URL(page.url()).origin}/?ns=media&select=nad%3Amedia%2Fmedia-net`);
    await expect(inspector(page)).toContainText('technology');
  },
  'the table': async (page) => {
    await page.keyboard.press('t');
    await expect(page.getByTestId('table')).toBeVisible();
  },
  'the matrix': async (page) => {
    await page.keyboard.press('m');
    await expect(page.getByTestId('matrix').locator('tbody button').first()).toBeVisible();
  },
  'the nodes': async (page) => {
    await page.keyboard.press('n');
    await expect(page.getByTestId('nodes')).toBeVisible();
  },
  'a NIC in the inspector': async (page) => {
    await page.goto(`${new URL(page.url()).origin}/?lens=nodes&select=device%3Aworker-1%2Fnic%2Fens5`);
    await expect(page.getByTestId('device')).toBeVisible();
  },
  'the search with hits': async (page) => {
    await page.keyboard.press('/');
    await page.keyboard.type('pod1');
    await expect(page.getByRole('option').first()).toBeVisible();
  },
  'what may be read': async (page) => {
    await page.getByLabel('More').click();
    await page.getByRole('menuitem', { name: 'What may be read' }).click();
    await expect(page.getByRole('dialog')).toContainText('NetworkAttachmentDefinition');
  },
  'the export menu': async (page) => {
    await page.getByRole('button', { name: 'Export' }).click();
    await expect(page.getByRole('menuitem').first()).toBeVisible();
  },
};

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing (${colorScheme})`, async ({ page, demo }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const found: Record<string, string[]> = {};
    for (const [name, go] of Object.entries(STATES)) {
      await openLive(page, demo, 'ns=media');
      await go(page);
      // What depends on the theme is colour alone.
      const list = await problems(page, colorScheme === 'dark' ? ['color-contrast'] : []);
      if (list.length > 0) found[name] = list;
    }
    expect(found).toEqual({});
  });

  test(`the theme follows the system (${colorScheme})`, async ({ page, demo }) => {
    await page.emulateMedia({ colorScheme });
    await openLive(page, demo);
    const brightness = () =>
      page.evaluate(() => {
        const [r = 0, g = 0, b = 0] =
          getComputedStyle(document.body)
            .backgroundColor.match(/[\d.]+/g)
            ?.map(Number) ?? [];
        return (r + g + b) / 3;
      });
    if (colorScheme === 'dark') expect(await brightness()).toBeLessThan(80);
    else expect(await brightness()).toBeGreaterThan(200);
    await page.getByLabel(/Use the (light|dark) theme/).click();
    if (colorScheme === 'dark') await expect.poll(brightness).toBeGreaterThan(200);
    else await expect.poll(brightness).toBeLessThan(80);
  });
}

test('an empty cluster and a page without a session say what to do, without a fault for axe', async ({ page }) => {
  let demo: Demo | undefined;
  try {
    demo = await startDemo('empty');
    await page.goto(demo.origin);
    await expect(page.getByText('Open the link')).toBeVisible();
    expect(await problems(page)).toEqual([]);
    await open(page, demo);
    await expect(page.getByTestId('live-badge')).toHaveText('live');
    expect(await problems(page)).toEqual([]);
  } finally {
    await demo?.stop();
  }
});

test('1280x720 and 200 % zoom keep everything in reach', async ({ page, demo }) => {
  for (const viewport of [
    { width: 1280, height: 720 },
    { width: 720, height: 450 },
  ]) {
    await page.setViewportSize(viewport);
    await openLive(page, demo);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    for (const name of ['Export', 'More']) {
      const box = await page.getByRole('button', { name }).first().boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= viewport.width).toBe(true);
    }
    const graph = await page.getByTestId('graph').boundingBox();
    expect(graph?.width ?? 0).toBeGreaterThan(viewport.width / 4);
    await openLive(page, demo, 'lens=nodes');
    await expect(page.getByTestId('nodes')).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    const sideways = await page.getByTestId('nodes').evaluate((box) => box.scrollWidth - box.clientWidth);
    expect(sideways).toBeLessThanOrEqual(0);
  }
});
