import { expect, test } from '../rig/browser.ts';
import { attachment, drawn, fetchJson, inspector, openLive, totals } from '../rig/page.ts';

type Topology = { workloads: { id: string; namespace: string }[] };

test('a link is a view: namespace, states, selection and bands are as they were', async ({ page, context, demo }) => {
  await openLive(page, demo);
  await page.getByRole('button', { name: 'All namespaces' }).click();
  await page.getByRole('menuitemcheckbox', { name: /^media/ }).click();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/ns=media/);
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByRole('menuitemradio', { name: 'Bands by node' }).click();
  await page.keyboard.press('Escape');
  await page
    .getByRole('tab', { name: 'Rails' })
    .or(page.getByText('Rails', { exact: true }))
    .first()
    .click();
  await page.getByTestId('finding').filter({ hasText: 'one JSON object, not a list' }).click();
  await expect(inspector(page)).toContainText('sel-json-object');
  const link = page.url();
  expect(link).toMatch(/by=node/);
  const before = await drawn(page);

  const other = await context.newPage();
  await other.goto(link);
  await expect(inspector(other)).toContainText('sel-json-object');
  await expect.poll(async () => (await drawn(other))?.cards.length).toBe(before?.cards.length);
  const after = await drawn(other);
  expect(after?.cards.map((card) => card.id)).toEqual(before?.cards.map((card) => card.id));
  expect(new Set(after?.cards.map((card) => card.namespace))).toEqual(new Set(['media']));
  await expect(other.getByRole('button', { name: 'media', exact: true })).toBeVisible();
});

test('a link to a pod opens its inspector, and back leads back', async ({ page, demo }) => {
  await openLive(page, demo, 'select=pod%3Amedia%2Fpod1-list%231');
  await expect(attachment(page, 'net1')).toContainText('static IPAM without an address');
  await expect(attachment(page, 'net1')).toHaveAttribute('data-marked');
  await attachment(page, 'net1')
    .getByRole('button', { name: 'media-net' })
    .or(attachment(page, 'net1').getByText('media-net', { exact: true }))
    .first()
    .click();
  await expect(page).toHaveURL(/select=nad%3Amedia%2Fmedia-net/);
  await expect(inspector(page)).toContainText('bridge');
  await page.goBack();
  await expect(page).toHaveURL(/pod1-list/);
  await expect(attachment(page, 'net1')).toContainText('static IPAM without an address');
});

test('hiding by a query leaves what matches, with the true numbers', async ({ page, demo }) => {
  await openLive(page, demo);
  const query = page.getByLabel('Show only what matches');
  await query.fill('ns:storage');
  await query.press('Enter');
  const { workloads } = await fetchJson<Topology>(page, 'topology');
  const expected = workloads.filter((workload) => workload.namespace === 'storage').length;
  await expect(totals(page)).toContainText(new RegExp(`^${expected} of \\d+ pods`));
  expect(new Set((await drawn(page))?.cards.map((card) => card.namespace))).toEqual(new Set(['storage']));
  await expect(page).toHaveURL(/hide=ns%3Astorage/);
  await query.fill('state:failed -ns:lab');
  await query.press('Enter');
  await expect.poll(async () => (await drawn(page))?.cards.some((card) => card.namespace === 'ran')).toBe(true);
  const cards = (await drawn(page))?.cards ?? [];
  expect(cards.every((card) => card.ports.some((port) => port.state === 'failed'))).toBe(true);
  expect(cards.some((card) => card.namespace === 'lab')).toBe(false);
});

test('a query with a mistake says so beside the box and changes nothing', async ({ page, demo }) => {
  await openLive(page, demo);
  const query = page.getByLabel('Show only what matches');
  await query.fill('ip:10.40.0.0/240');
  await expect(query).toHaveAttribute('aria-invalid', 'true');
  const described = (await query.getAttribute('aria-describedby')) ?? '';
  await expect(page.locator(`[id="${described.split(' ').at(-1)}"]`)).toContainText(/10\.40\.0\.0\/240/);
  await query.press('Enter');
  expect(page.url()).not.toContain('hide=');
  await query.press('Escape');
  await expect(query).toHaveValue('');
});

test('when nothing matches the page says so and offers the way back', async ({ page, demo }) => {
  await openLive(page, demo, 'hide=ns%3Anowhere');
  await expect(page.getByText('Nothing matches')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await expect(page.getByTestId('graph')).toBeVisible();
});

test('the page of a rule has a link of its own, and the tab says what is open', async ({ page, demo }) => {
  await openLive(page, demo, 'select=pod%3Amedia%2Fpod1');
  await expect(page).toHaveTitle(/^media\/pod1 · /);
  await inspector(page).getByRole('button', { name: 'MN104' }).first().click();
  await expect(page).toHaveURL(/rule=MN104/);
  await page.reload();
  await expect(page.getByRole('dialog', { name: 'MN104' })).toContainText('list of objects');
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/rule=/);
  await expect(inspector(page)).toContainText('pod1');
});

test('what is open can be taken to a terminal', async ({ page, context, demo }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openLive(page, demo, 'select=pod%3Amedia%2Fpod1');
  await page.getByRole('button', { name: /^Copy the name of media\/pod1/ }).click();
  await page.getByRole('menuitem', { name: /describe pod pod1/ }).click();
  await expect(page.getByRole('menuitem', { name: /describe pod pod1/ })).toContainText('copied');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('kubectl -n media describe pod pod1');
});
