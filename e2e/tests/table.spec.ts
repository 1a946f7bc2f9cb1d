import type { Page } from 'playwright/test';
import { expect, test } from '../rig/browser.ts';
import { drawn, fetchJson, inspector, openLive } from '../rig/page.ts';

type Attachment = {
  id: string;
  workload: string;
  slot: number;
  state: string;
  interface: { name?: string; mac?: string; addresses: { ip: string; prefixLength?: number }[] } | null;
};
type Topology = { attachments: Attachment[] };
type Row = Record<'state' | 'namespace' | 'pod' | 'interface' | 'network' | 'address' | 'mac' | 'node' | 'why', string>;

/** All rows of the virtual table, by scrolling through it. */
async function allRows(page: Page): Promise<Row[]> {
  const rows = new Map<number, Row>();
  const table = page.getByTestId('table');
  await table.evaluate((box) => box.scrollTo(0, 0));
  for (let guard = 0; guard < 100; guard++) {
    await expect(table).toHaveAttribute('aria-busy', 'false');
    const part = await table.evaluate((box) =>
      [...box.querySelectorAll('tbody tr[aria-rowindex]')].map((row) => ({
        index: Number(row.getAttribute('aria-rowindex')),
        cells: [...row.querySelectorAll('td')].map((cell) => [cell.dataset['column'] ?? '', cell.textContent ?? '']),
      })),
    );
    for (const { index, cells } of part) rows.set(index, Object.fromEntries(cells) as Row);
    const more = await table.evaluate((box) => {
      const before = box.scrollTop;
      box.scrollBy(0, box.clientHeight * 0.8);
      return box.scrollTop > before;
    });
    if (!more) break;
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  }
  return [...rows].sort(([a], [b]) => a - b).map(([, row]) => row);
}

const rowCount = (page: Page) => page.locator('table[aria-rowcount]').getAttribute('aria-rowcount');
const heading = (page: Page, name: string) => page.getByRole('columnheader', { name });

test('the table has every attachment that the API has, with its addresses and its MAC', async ({ page, demo }) => {
  await openLive(page, demo, 'lens=table&ns=storage,media');
  await expect(async () => {
    const { attachments } = await fetchJson<Topology>(page, 'topology');
    const mine = attachments.filter(({ workload }) => /^pod:(storage|media)\//.test(workload));
    const rows = await allRows(page);
    expect(rows.length).toBe(mine.length);
    expect(Number(await rowCount(page))).toBe(mine.length + 1);
    expect(rows.filter(({ state }) => state === 'failed').length).toBe(
      mine.filter(({ state }) => state === 'failed').length,
    );
    const plugged = mine.filter((item) => item.interface?.mac && item.interface.addresses.length > 0);
    expect(plugged.length).toBeGreaterThan(3);
    for (const { workload, interface: plug } of plugged) {
      const row = rows.find(({ namespace, pod, interface: name }) => {
        return `pod:${namespace}/${pod}` === workload && name === plug?.name;
      });
      const addresses = plug?.addresses.map(({ ip, prefixLength }) => (prefixLength ? `${ip}/${prefixLength}` : ip));
      expect(row).toMatchObject({ address: addresses?.join(''), mac: plug?.mac });
    }
  }).toPass();
});

test('the table is the twin of the picture', async ({ page, demo }) => {
  await openLive(page, demo, 'ns=storage,media');
  await expect(page.getByTestId('graph')).toBeVisible();
  await expect(async () => {
    await page.keyboard.press('r');
    const doc = await drawn(page);
    const cards = doc?.cards.filter((card) => card.workload) ?? [];
    expect(cards.length).toBeGreaterThan(3);
    await page.keyboard.press('t');
    const rows = (await allRows(page)).map((row) => `pod:${row.namespace}/${row.pod} ${row.interface} ${row.state}`);
    for (const card of cards)
      for (const port of card.ports) expect(rows).toContain(`${card.workload} ${port.interface} ${port.state}`);
    expect(rows.length).toBe(doc?.totals['attachments']);
  }).toPass();
});

test('the worst is on top, a heading sorts all rows, and the default network goes where the view leaves it out', async ({
  page,
  demo,
}) => {
  await openLive(page, demo, 'lens=table&default=0');
  await expect(heading(page, 'State')).toHaveAttribute('aria-sort', 'ascending');
  const rows = await allRows(page);
  expect(rows[0]).toMatchObject({ state: 'failed', why: expect.stringMatching(/MN\d{3}/) });
  expect(rows.filter(({ network }) => network === 'cbr0')).toEqual([]);

  await heading(page, 'Addresses').getByRole('button').click();
  await expect(heading(page, 'Addresses')).toHaveAttribute('aria-sort', 'ascending');
  await expect(heading(page, 'State')).toHaveAttribute('aria-sort', 'none');
  const number = (ip: string) => ip.split(/[./]/, 4).reduce((sum, part) => sum * 256 + Number(part), 0);
  const up = (await allRows(page)).map(({ address }) => address).filter((text) => /^[\d./]+$/.test(text));
  expect(up.length).toBeGreaterThan(20);
  expect(up.map(number)).toEqual([...up.map(number)].sort((a, b) => a - b));
  await heading(page, 'Addresses').getByRole('button').click();
  await expect(heading(page, 'Addresses')).toHaveAttribute('aria-sort', 'descending');
  await expect.poll(async () => (await allRows(page))[0]?.address).toBe(up.at(-1));
});

test('a row opens the inspector, its cause the finding', async ({ page, demo }) => {
  await openLive(page, demo, 'lens=table');
  const row = page
    .getByRole('row')
    .filter({ hasText: 'pod1-list' })
    .filter({ has: page.getByRole('cell', { name: 'net1', exact: true }) });
  await page.getByLabel('Show only what matches').fill('pod:pod1-list');
  await page.getByLabel('Show only what matches').press('Enter');
  await row.getByText('pod1-list').click();
  await expect(inspector(page)).toContainText('static IPAM without an address');
  await expect(row).toHaveAttribute('data-selected');
  await row.getByRole('button', { name: /^MN\d{3}$/ }).click();
  await expect(inspector(page)).toContainText('What it touches');
});

test('arrows walk through the rows, beyond what is in the page', async ({ page, demo }) => {
  await openLive(page, demo, 'lens=table');
  const table = page.getByTestId('table');
  await expect(table).toHaveAttribute('aria-busy', 'false');
  const focused = () => page.evaluate(() => document.activeElement?.closest('tr')?.getAttribute('aria-rowindex'));
  await table.focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(focused).toBe('2');
  await page.keyboard.press('ArrowDown');
  await expect.poll(focused).toBe('3');
  // The cluster lives: a row may come after the last.
  await expect(async () => {
    await page.keyboard.press('End');
    await expect.poll(focused, { timeout: 1500 }).toBe(await rowCount(page));
  }).toPass();
  await page.keyboard.press('Enter');
  await expect(inspector(page)).toBeVisible();
  await page.keyboard.press('Home');
  await expect.poll(focused).toBe('2');
});

test('the order of the rows is part of the link, and back takes it back', async ({ page, demo }) => {
  await openLive(page, demo, 'lens=table&sort=-network');
  await expect(heading(page, 'Network')).toHaveAttribute('aria-sort', 'descending');
  await heading(page, 'Node').getByRole('button').click();
  await expect(page).toHaveURL(/sort=node/);
  await expect(heading(page, 'Node')).toHaveAttribute('aria-sort', 'ascending');
  await page.goBack();
  await expect(heading(page, 'Network')).toHaveAttribute('aria-sort', 'descending');
});
