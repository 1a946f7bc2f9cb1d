import type { Page } from 'playwright/test';
import { test as base, expect } from '../rig/browser.ts';
import { type Busbar, startBusbar } from '../rig/busbar.ts';
import { badge, cardRect, fetchJson, inspector, open, totals } from '../rig/page.ts';

type Card = {
  id: string;
  band: string;
  name: string;
  count: number;
  health: string;
  workload?: string;
  expandable: boolean;
  group?: string;
  within?: string;
};
type Doc = {
  totals: { shownWorkloads: number; cards: number; grouped?: string };
  cards: Card[];
  rails: object[];
  drops: object[];
};

const PODS = 2500;
const test = base.extend<object, { large: Busbar }>({
  large: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
    async ({}, use) => {
      const busbar = await startBusbar(['demo', '--pods', String(PODS), '--token-reuse']);
      await use(busbar);
      await busbar.stop();
    },
    { scope: 'worker' },
  ],
});

const docOf = (page: Page) => page.evaluate(() => (window.busbarGraph?.doc ?? null) as Doc | null);
const sum = (cards: readonly Card[]) => cards.reduce((total, card) => total + card.count, 0);

/** Opens a view and waits until all pods are read and drawn. */
async function openWhole(page: Page, large: Busbar, query: string): Promise<Doc> {
  await open(page, large, query);
  await expect(badge(page)).toHaveText('live', { timeout: 40_000 });
  await expect
    .poll(async () => (await docOf(page))?.totals.shownWorkloads ?? 0, { timeout: 40_000 })
    .toBeGreaterThan(PODS * 0.9);
  const doc = await docOf(page);
  if (!doc) throw new Error('nothing is drawn');
  return doc;
}

test('a large cluster is drawn by nodes, says so, and every pod is on a card', async ({ page, large }) => {
  const doc = await openWhole(page, large, 'by=node');
  expect(doc.totals.grouped).toBe('band');
  expect(sum(doc.cards)).toBe(doc.totals.shownWorkloads);
  expect(doc.cards.length + doc.rails.length + doc.drops.length).toBeLessThanOrEqual(4500);
  expect(await page.evaluate(() => window.busbarGraph?.elements ?? 9999)).toBeLessThanOrEqual(4500);
  await expect(totals(page)).toContainText(/pods as \d+ cards, by node and state/);
});

test('a group opens into its parts by URL and by keys, a part into its pods, and closes again', async ({
  page,
  large,
}) => {
  const closed = await openWhole(page, large, 'by=node');
  const node = closed.cards.find((card) => card.expandable && card.health === 'ok' && card.count > 20);
  const group = node?.group ?? '';
  const ofNode = (doc: Doc | null) => doc?.cards.filter((card) => card.band === node?.band) ?? [];

  await page.goto(`${large.origin}/?by=node&open=${encodeURIComponent(group)}`);
  await expect
    .poll(async () => ofNode(await docOf(page)).filter((card) => card.within === group).length)
    .toBeGreaterThan(3);
  const parts = ofNode(await docOf(page));
  expect(parts.every((card) => card.within === group)).toBe(true);
  expect(Math.abs(sum(parts) - sum(ofNode(closed)))).toBeLessThan(10);

  // Of the parts one that is in sight, to be opened where it stands.
  let part: Card | undefined;
  for (const card of parts.filter((one) => one.expandable && one.count > 1)) {
    const rect = await cardRect(page, card.id);
    if (rect && rect.x > 500 && rect.x + rect.width < 1400 && rect.y > 120 && rect.y + rect.height < 840) part ??= card;
  }
  if (!part) throw new Error('no part of the node is in sight');
  const rect = await cardRect(page, part.id);
  await page.mouse.click((rect?.x ?? 0) + 20, (rect?.y ?? 0) + 8);
  await expect(inspector(page)).toContainText(part.name);
  await page.keyboard.press('Space');
  await expect(page).toHaveURL(new RegExp(encodeURIComponent(part.group ?? '').replaceAll('%2F', '(%2F|/)')));
  const pods = async () => (await docOf(page))?.cards.filter((card) => card.within === part?.group) ?? [];
  await expect.poll(async () => (await pods()).length).toBeGreaterThan(1);
  expect((await pods()).every((card) => card.workload !== undefined)).toBe(true);

  await page.getByRole('button', { name: 'Close 2 open groups' }).click();
  await expect.poll(async () => ofNode(await docOf(page)).some((card) => card.within)).toBe(false);
  expect(page.url()).not.toContain('open=');
});

test('the inspector of a coarse card lists its pods and opens it', async ({ page, large }) => {
  const doc = await openWhole(page, large, 'by=node');
  const card = doc.cards.find((one) => one.expandable && one.count > 20);
  await page.goto(`${large.origin}/?by=node&select=${encodeURIComponent(card?.id ?? '')}`);
  await expect(inspector(page)).toContainText(card?.name ?? '');
  const list = await fetchJson<{ total: number; workloads: { name: string }[] }>(
    page,
    `workloads?view=${encodeURIComponent('by=node')}&card=${encodeURIComponent(card?.id ?? '')}`,
  );
  expect(list.total).toBeGreaterThan(20);
  await expect(inspector(page)).toContainText(list.workloads[0]?.name ?? '');
  await inspector(page).getByRole('button', { name: 'Open the group' }).click();
  await expect(page).toHaveURL(/open=node/);
  await expect
    .poll(async () => (await docOf(page))?.cards.filter((one) => one.within === card?.group).length)
    .toBeGreaterThan(3);
});
