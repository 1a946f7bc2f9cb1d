import type { Page } from 'playwright/test';
import { expect, test } from '../rig/browser.ts';
import { drawn, fetchJson, inspector, openLive } from '../rig/page.ts';

type Topology = { attachments: { workload: string; network: string | null; state: string }[] };

/** All rows of the virtual table, by scrolling through it. */
async function allRows(page: Page): Promise<Map<number, string[]>> {
  const rows = new Map<number, string[]>();
  const table = page.getByTestId('table');
  await table.evaluate((box) => box.scrollTo(0, 0));
  for (let guard = 0; guard < 100; guard++) {
    const part = await table.evaluate((box) =>
      [...box.querySelectorAll('tbody tr[aria-rowindex]')].map((row) => ({
        index: Number(row.getAttribute('aria-rowindex')),
        cells: [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? ''),
      })),
    );
    for (const { index, cells } of part) rows.set(index, cells);
    const more = await table.evaluate((box) => {
      const before = box.scrollTop;
      box.scrollBy(0, box.clientHeight * 0.8);
      return box.scrollTop > before;
    });
    if (!more) break;
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  }
  return rows;
}

test('the table has every attachment that the picture and the API have', async ({ page, demo }) => {
  await openLive(page, demo, 'lens=table&ns=storage,media');
  const total = await page.locator('table[aria-rowcount]').getAttribute('aria-rowcount');
  await expect(async () => {
    const { attachments } = await fetchJson<Topology>(page, 'topology');
    const mine = attachments.filter(({ workload }) => /^pod:(storage|media)\//.test(workload));
    const rows = [...(await allRows(page)).values()];
    const sum = rows
      .filter((cells) => cells[4] !== '')
      .reduce((count, cells) => count + Number((cells[2] ?? '').replace(/\D/g, '')), 0);
    expect(sum).toBe(mine.length);
    const failed = rows.filter((cells) => cells[7] === 'failed').reduce((count, cells) => count + Number(cells[2]), 0);
    expect(failed).toBe(mine.filter(({ state }) => state === 'failed').length);
  }).toPass();
  expect(Number(total)).toBeGreaterThan(10);

  await page.keyboard.press('r');
  await expect(page.getByTestId('graph')).toBeVisible();
  const doc = await drawn(page);
  const ports = doc?.cards.flatMap((card) => card.ports.map((port) => ({ card: card.name, ...port }))) ?? [];
  await page.keyboard.press('t');
  const names = [...(await allRows(page)).values()].map((cells) => `${cells[1]} ${cells[4]} ${cells[7]}`);
  for (const port of ports) expect(names).toContain(`${port.card} ${port.interface} ${port.state}`);
});

test('a heading sorts, a row opens the inspector', async ({ page, demo }) => {
  await openLive(page, demo, 'lens=table');
  await page.getByRole('columnheader', { name: 'State' }).getByRole('button').click();
  await expect(page.getByRole('columnheader', { name: 'State' })).toHaveAttribute('aria-sort', /ascending|descending/);
  const row = page.getByRole('row').filter({ hasText: 'pod1-list' }).filter({ hasText: 'net1' });
  await page.getByLabel('Show only what matches').fill('pod:pod1-list');
  await page.getByLabel('Show only what matches').press('Enter');
  await row.getByText('pod1-list').click();
  await expect(inspector(page)).toContainText('static IPAM without an address');
  await expect(row).toHaveAttribute('data-selected');
});
