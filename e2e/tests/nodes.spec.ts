import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright/test';
import { must } from '../rig/api-client.ts';
import { expect, test } from '../rig/browser.ts';
import { startDemo } from '../rig/demo.ts';
import { fetchJson, finding, inspector, openLive } from '../rig/page.ts';

type NodesDoc = {
  totals: { workloads: number; shownWorkloads: number; attachments: number };
  nodes: { name: string; pods: number; count: number }[];
  uses: { count: number }[];
};

const nodes = (page: Page): Locator => page.getByTestId('nodes');
const card = (page: Page, name: string): Locator => nodes(page).getByRole('region', { name, exact: true });
const part = (page: Page, node: string, name: string | RegExp): Locator =>
  card(page, node).getByRole('button', { name });

test('every node is there, with its links, and the counts add up to the true numbers', async ({ page, demo }) => {
  await openLive(page, demo, 'lens=nodes');
  for (const name of ['control-1', 'edge-1', 'worker-1', 'worker-2', 'worker-3'])
    await expect(part(page, name, new RegExp(`^${name}`)).first()).toBeVisible();
  await expect(part(page, 'worker-1', /^ens5 NIC · MTU 9000 leaf-worker Ethernet1$/)).toBeVisible();
  await expect(part(page, 'worker-1', /^ens1f0 PF · 2 of 2 VFs$/)).toBeVisible();
  await expect(card(page, 'control-1')).toContainText('no network on');

  const doc = await fetchJson<NodesDoc>(page, 'graph?view=lens%3Dnodes');
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  expect(sum(doc.nodes.map(({ count }) => count))).toBe(5);
  expect(sum(doc.nodes.map(({ pods }) => pods))).toBe(doc.totals.workloads);
  expect(sum(doc.uses.map(({ count }) => count))).toBe(doc.totals.attachments);
});

test('a link that is missing where pods need it is drawn broken, what nobody reports is unknown', async ({
  page,
  demo,
}) => {
  await openLive(page, demo, 'lens=nodes');
  await expect(part(page, 'worker-3', 'ens9 missing')).toBeVisible();
  await expect(part(page, 'worker-3', /^fronthaul of ran on worker-3: 3 failed$/)).toBeVisible();
  await expect(part(page, 'worker-3', 'ens1f0 PF · 0 of 2 VFs')).toBeVisible();
  await expect(part(page, 'edge-1', 'ens5 not reported')).toBeVisible();
  await expect(card(page, 'edge-1')).toContainText('devices not reported');
  await expect(page.getByTestId('device-sources')).toContainText('NMState reports 4 of 5 nodes');
  await expect(page.getByTestId('legend')).toContainText('link missing');

  // The finding about it leaves that row alone bright.
  await finding(page, 'ens9 is missing on worker-3').click();
  await expect(nodes(page).locator('[data-lit]')).toHaveCount(1);
  await expect(nodes(page).locator('[data-lit]')).toContainText('fronthaul');
});

test('nodes, links and networks open in the inspector, and lead on from there', async ({ page, demo }) => {
  await openLive(page, demo, 'lens=nodes');
  await part(page, 'worker-1', /^worker-1/).click();
  await expect(inspector(page)).toContainText('Devices');
  await expect(inspector(page)).toContainText('ens1f0');

  await part(page, 'worker-1', /^ens5 /).click();
  await expect(inspector(page).getByTestId('device')).toContainText('leaf-worker Ethernet1');
  await expect(page).toHaveURL(/select=device%3Aworker-1%2Fnic%2Fens5/);

  await part(page, 'worker-3', 'ens9 missing').click();
  await expect(inspector(page).getByTestId('device')).toContainText('nothing reports a device of this name');
  await expect(inspector(page)).toContainText('ens9 is missing on worker-3');

  await part(page, 'worker-3', /^fronthaul/).click();
  await expect(inspector(page)).toContainText('on worker-3');
  await expect(inspector(page)).toContainText('Pods · 3');
  await inspector(page).getByRole('button', { name: 'The network, everywhere' }).click();
  await expect(page).toHaveURL(/select=nad%3Aran%2Ffronthaul/);
  await expect(inspector(page)).toContainText('Members');
});

test('arrows walk from card to link to network, Enter opens, Escape returns', async ({ page, demo }) => {
  await openLive(page, demo, 'lens=nodes');
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-key') ?? '');
  await part(page, 'worker-1', /^worker-1/).focus();
  await page.keyboard.press('ArrowDown');
  expect(await focused()).toMatch(/^(lane|use) .*worker-1/);
  await page.keyboard.press('ArrowRight');
  const there = await focused();
  await page.keyboard.press('Enter');
  await expect(inspector(page)).toBeVisible();
  expect(await focused()).toBe(there);
  await page.keyboard.press('Escape');
  await expect(inspector(page)).toHaveCount(0);
  await page.keyboard.press('Home');
  expect(await focused()).toMatch(/^card /);
  await page.keyboard.press('r');
  await expect(page.getByTestId('graph')).toBeVisible();
  await page.keyboard.press('n');
  await expect(nodes(page)).toBeVisible();
});

test('a report that goes makes links unknown at once, and the note says what to ask for', async ({ page }) => {
  const demo = await startDemo();
  try {
    await openLive(page, demo, 'lens=nodes');
    await expect(part(page, 'worker-1', /^ens5 NIC/)).toBeVisible();
    const box = await card(page, 'worker-2').getByRole('button').first().boundingBox();
    const states = '/apis/nmstate.io/v1beta1/nodenetworkstates';
    await must(demo.api('DELETE', `${states}/worker-1`));
    await expect(part(page, 'worker-1', 'ens5 not reported')).toBeVisible();
    expect(await card(page, 'worker-2').getByRole('button').first().boundingBox()).toEqual(box);
    for (const name of ['control-1', 'worker-2', 'worker-3']) await must(demo.api('DELETE', `${states}/${name}`));
    await expect(page.getByTestId('device-sources')).toContainText('kubectl get nodenetworkstates');
  } finally {
    await demo.stop();
  }
});

test('the SVG of the lens has its names as text', async ({ page, demo }) => {
  await openLive(page, demo, 'lens=nodes');
  await page.getByRole('button', { name: 'Export' }).click();
  const waiting = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: /^SVG/ }).click();
  const svg = readFileSync(await (await waiting).path(), 'utf8');
  for (const text of ['worker-3', 'ens9', 'missing', 'fronthaul', 'leaf-worker Ethernet1']) expect(svg).toContain(text);
  expect(svg).not.toMatch(/<script|<foreignObject|href="http/i);
});

test('a link to a node shows the same lens and the same node', async ({ page, demo }) => {
  await openLive(page, demo, 'lens=nodes&select=node%3Aworker-2');
  await expect(inspector(page)).toContainText('worker-2');
  await expect(nodes(page).locator('[data-node="node:worker-2"] [data-selected]').first()).toBeVisible();
});
