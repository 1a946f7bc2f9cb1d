import type { Page } from 'playwright/test';
import { expect, test } from '../rig/browser.ts';
import { fetchJson, inspector, openLive } from '../rig/page.ts';

type Cell = { count: number; broken: number; worst: string; ofWorst: number };
type Matrix = {
  rows: {
    total: number;
    items: { id: string; label: string; workloads: number; broken: number; cells: (Cell | null)[] }[];
  };
  columns: { total: number; items: { id: string; name: string }[] };
};

const matrix = (page: Page) => page.getByTestId('matrix');
const read = (page: Page, query: string) => fetchJson<Matrix>(page, `matrix?limit=500&columnLimit=200&${query}`);
const ready = async (page: Page) => {
  await expect(matrix(page)).toHaveAttribute('aria-busy', 'false');
  await expect(matrix(page).locator('tbody tr[aria-rowindex] button').first()).toBeVisible();
};
const rowNames = (page: Page) => matrix(page).locator('tbody th span:first-child').allInnerTexts();

test('the matrix counts what the API counts, what is broken on top', async ({ page, demo }) => {
  await openLive(page, demo, 'lens=matrix');
  await ready(page);
  await expect(async () => {
    const api = await read(page, '');
    expect(api.rows.items[0]?.broken).toBeGreaterThan(0);
    const table = matrix(page).getByRole('table');
    await expect(table).toHaveAttribute('aria-rowcount', String(api.rows.total + 1));
    await expect(table).toHaveAttribute('aria-colcount', String(api.columns.total + 1));
    for (const row of api.rows.items.slice(0, 4))
      for (const [at, cell] of row.cells.slice(0, 8).entries()) {
        const named = cell
          ? `${row.label} on .*${api.columns.items[at]?.name}: ${cell.count} attachments?, ${cell.ofWorst} ${cell.worst}`
          : `${row.label} on .*${api.columns.items[at]?.name}: none`;
        await expect(
          matrix(page)
            .getByRole('button', { name: new RegExp(`^${named}`) })
            .first(),
        ).toBeVisible({ timeout: 1000 });
      }
  }).toPass();
});

test('rows are namespaces, nodes or owners, sorted and found by name', async ({ page, demo }) => {
  await openLive(page, demo, 'lens=matrix&by=node');
  await ready(page);
  await page.getByText('Name', { exact: true }).click();
  const natural = (names: string[]) => [...names].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  await expect
    .poll(async () => {
      const names = await rowNames(page);
      return names.length > 3 && names.join() === natural(names).join();
    })
    .toBe(true);
  await page.getByLabel('Only nodes named').fill('worker-2');
  await expect.poll(() => rowNames(page)).toEqual(['worker-2']);
});

test('arrows walk through the cells, Enter opens what stands behind one', async ({ page, demo }) => {
  await openLive(page, demo, 'lens=matrix');
  await ready(page);
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-spot'));
  await matrix(page).locator('[data-spot="0,0"]').focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(focused).toBe('1,0');
  await page.keyboard.press('ArrowRight');
  await expect.poll(focused).toBe('1,1');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(focused).toBe('1,-1');
  await page.keyboard.press('Control+End');
  const { rows, columns } = await read(page, '');
  await expect.poll(focused).toBe(`${rows.total - 1},${columns.total - 1}`);
  await page.keyboard.press('Control+Home');
  await expect.poll(focused).toBe('0,0');

  const first = await read(page, '');
  const at = first.rows.items[0]?.cells.findIndex((cell) => cell !== null && cell.broken > 0) ?? 0;
  for (let step = 0; step < at; step++) await page.keyboard.press('ArrowRight');
  await expect.poll(focused).toBe(`0,${at}`);
  await page.keyboard.press('Enter');
  await expect(inspector(page)).toContainText(first.columns.items[at]?.name ?? '');
  await expect(inspector(page)).toContainText(first.rows.items[0]?.label ?? '');
  await expect(page).toHaveURL(/select=cell/);
  await inspector(page).getByRole('row').last().getByRole('button').first().click();
  await expect(page).toHaveURL(/select=pod/);
});

test('the name of a network opens it, the name of a row draws its rails', async ({ page, demo }) => {
  await openLive(page, demo, 'lens=matrix');
  await ready(page);
  await matrix(page).getByRole('columnheader').nth(1).getByRole('button').click();
  await expect(inspector(page)).toBeVisible();
  const [name] = await rowNames(page);
  await matrix(page).getByRole('rowheader').first().getByRole('button').click();
  await expect(page.getByTestId('graph')).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`ns=${name}`));
  expect(page.url()).not.toContain('lens=');
});
