import { expect, test } from '../rig/browser.ts';
import { inspector, openLive } from '../rig/page.ts';

test('without a mouse: find, open, walk, leave', async ({ page, demo }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openLive(page, demo);
  await page.keyboard.press('/');
  await page.keyboard.type('pod1-list');
  await expect(page.getByRole('option').first()).toContainText('pod1-list');
  await page.keyboard.press('Enter');
  await expect(inspector(page)).toContainText('pod1-list');
  await page.keyboard.press('Escape');
  await expect(inspector(page)).toHaveCount(0);

  // The picture is one stop of the Tab key; arrows walk in it and each step is spoken.
  const graph = page.getByTestId('graph');
  for (let i = 0; i < 60 && !(await graph.evaluate((el) => el === document.activeElement)); i++) {
    await page.keyboard.press('Tab');
  }
  await expect(graph).toBeFocused();
  const spoken = graph.locator('[aria-live=polite]');
  await page.keyboard.press('Home');
  await expect(spoken).toHaveText(/\/.*(attached|failed|blocked|No interfaces)/);
  const first = await spoken.textContent();
  await page.keyboard.press('ArrowRight');
  await expect(spoken).not.toHaveText(first ?? '');
  const second = (await spoken.textContent()) ?? '';
  await page.keyboard.press('Enter');
  const name = /^[^/]+\/([^,.\s]+)/.exec(second)?.[1] ?? '?';
  await expect(inspector(page)).toContainText(name);
  await page.keyboard.press('Escape');
  await expect(inspector(page)).toHaveCount(0);

  await page.keyboard.press('t');
  await expect(page.getByTestId('table')).toBeVisible();
  await page.keyboard.press('r');
  await expect(graph).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('walk from card to card');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('the focus is visible where it is', async ({ page, demo }) => {
  await openLive(page, demo);
  const missing: string[] = [];
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab');
    const seen = await page.evaluate(() => {
      const style = (el: Element | null) => (el ? getComputedStyle(el) : undefined);
      const el = document.activeElement;
      const shown = [el, el?.parentElement ?? null, el?.nextElementSibling ?? null].some((one) => {
        const look = style(one);
        return look && ((look.outlineStyle !== 'none' && look.outlineWidth !== '0px') || look.boxShadow !== 'none');
      });
      const border = style(el)?.borderColor;
      return {
        name: `${el?.tagName} ${el?.getAttribute('aria-label') ?? el?.textContent?.slice(0, 30)}`,
        shown,
        border,
      };
    });
    if (!seen.shown && !seen.name.startsWith('INPUT')) missing.push(seen.name);
  }
  expect(missing).toEqual([]);
});
