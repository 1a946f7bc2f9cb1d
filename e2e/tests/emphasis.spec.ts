import type { Page } from 'playwright/test';
import { expect, test } from '../rig/browser.ts';
import { cardRect, finding, openLive } from '../rig/page.ts';

/** How much there is to see in a part of the window: the spread of its brightness. */
async function contrastOf(page: Page, card: string): Promise<number> {
  const clip = await cardRect(page, card);
  if (!clip) throw new Error(`no card ${card}`);
  const png = (await page.screenshot({ clip, animations: 'disabled' })).toString('base64');
  return page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    context.drawImage(image, 0, 0);
    const { data: pixels } = context.getImageData(0, 0, image.width, image.height);
    const grey: number[] = [];
    for (let i = 0; i < pixels.length; i += 4) {
      grey.push(((pixels[i] ?? 0) + (pixels[i + 1] ?? 0) + (pixels[i + 2] ?? 0)) / 3);
    }
    const mean = grey.reduce((sum, value) => sum + value, 0) / grey.length;
    return Math.sqrt(grey.reduce((sum, value) => sum + (value - mean) ** 2, 0) / grey.length);
  }, png);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`what a selected finding does not touch is dimmed (${colorScheme})`, async ({ page, demo }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await openLive(page, demo);
    await finding(page, 'one JSON object, not a list').click();
    const rail = (name: string) => page.locator(`[data-rail][title^="${name}"]`).first();
    await expect(rail('media/media-net')).not.toHaveAttribute('data-dim');
    await expect(rail('storage/ceph-public')).toHaveAttribute('data-dim');
    const lit = await contrastOf(page, 'media/pod1');
    const dimmed = await contrastOf(page, 'media/pod1-native-fixed');
    expect(lit).toBeGreaterThan(dimmed * 1.8);
    await finding(page, 'one JSON object, not a list').click();
    await expect(rail('storage/ceph-public')).not.toHaveAttribute('data-dim');
    await expect.poll(() => contrastOf(page, 'media/pod1-native-fixed')).toBeGreaterThan(dimmed * 1.8);
  });
}

test('a query in the search box lights what it matches, and says how many pods that is', async ({ page, demo }) => {
  await openLive(page, demo);
  await page.keyboard.press('/');
  await page.keyboard.type('ns:core state:failed');
  await page.keyboard.press('Shift+Enter');
  await expect(page).toHaveURL(/find=ns%3Acore\+state%3Afailed/);
  await expect(
    page
      .getByRole('banner')
      .getByRole('status')
      .filter({ hasText: /^\d+ pods$/ }),
  ).toBeVisible();
  const rail = (name: string) => page.locator(`[data-rail][title^="${name}"]`).first();
  await expect(rail('core/n3')).not.toHaveAttribute('data-dim');
  await expect(rail('core/n2')).toHaveAttribute('data-dim');
  await page.keyboard.press('Escape');
  await expect(rail('core/n2')).not.toHaveAttribute('data-dim');
});
