import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright/test';
import { expect, test } from '../rig/browser.ts';
import { type Drawn, drawn, fetchJson, openLive } from '../rig/page.ts';

const deployment = (networks: string) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: reporter
spec:
  selector: {matchLabels: {app: reporter}}
  template:
    metadata:
      labels: {app: reporter}
      annotations:
        k8s.v1.cni.cncf.io/networks: '${networks}'
    spec:
      containers: [{name: reporter, image: reporter}]
`;

const dialog = (page: Page): Locator => page.getByRole('dialog', { name: 'Try manifests' });
const planned = (page: Page, name: string): Locator => page.getByTestId('planned').filter({ hasText: name });
const row = (block: Locator, name: string): Locator =>
  block.getByRole('row').filter({ has: block.page().getByText(name, { exact: true }) });
const manifests = (page: Page): Locator => page.getByLabel('Manifests, as YAML or JSON');

async function picture(page: Page): Promise<Pick<Drawn, 'cards' | 'rails' | 'drops'>> {
  const { cards, rails, drops } = (await drawn(page)) ?? { cards: [], rails: [], drops: [] };
  return { cards, rails, drops };
}

async function openDialog(page: Page): Promise<void> {
  await page.getByLabel('More').click();
  await page.getByRole('menuitem', { name: 'Try manifests' }).click();
  await expect(dialog(page)).toContainText('Nothing is applied, and nothing leaves for another host');
  await expect(manifests(page)).toBeFocused();
}

async function check(page: Page, text: string): Promise<void> {
  await manifests(page).fill(text);
  await page.getByRole('button', { name: 'Check', exact: true }).click();
}

test('a network that is not there fails with its likely name, the mended manifest attaches, the cluster stays as it is', async ({
  page,
  demo,
}) => {
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).host !== new URL(demo.origin).host) elsewhere.push(request.url());
  });
  // Namespaces in which nothing happens by itself, that of the manifest among them.
  await openLive(page, demo, 'ns=core,default');
  const before = await picture(page);
  expect(before.cards.length).toBeGreaterThan(0);
  await openDialog(page);

  await check(page, deployment('lab/storage-b'));
  await expect(page.getByRole('status').filter({ hasText: 'It would fail.' })).toBeVisible();
  const wrong = planned(page, 'default/reporter');
  await expect(wrong).toHaveAttribute('data-verdict', 'fails');
  await expect(row(wrong, 'net1')).toContainText(/lab\/storage-b.*failed/);
  await expect(row(wrong, 'eth0')).toContainText('blocked');
  await expect(wrong).toContainText('does not exist');
  await expect(wrong).toContainText('Did you mean');
  await expect(wrong).toContainText('Fix');
  // Two pods that run have the same cause: the evidence shown first is that of the manifest all the same.
  await expect(wrong.getByText(/^Pod .* · metadata/).first()).toContainText('default/reporter');

  await manifests(page).fill(deployment('storage'));
  await expect(dialog(page)).toContainText('before your last change');
  await page.getByLabel('Namespace, where none is named').fill('lab');
  await manifests(page).press('Control+Enter');
  const right = planned(page, 'lab/reporter');
  await expect(right).toHaveAttribute('data-verdict', 'attaches');
  await expect(row(right, 'net1')).toContainText(/lab\/storage.*nothing speaks against it/);
  await expect(right).not.toContainText('does not exist');
  await expect(dialog(page)).not.toContainText('before your last change');

  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByLabel('More')).toBeFocused();
  expect(await picture(page)).toEqual(before);
  const { workloads } = await fetchJson<{ workloads: { name: string }[] }>(page, 'topology');
  expect(workloads.map(({ name }) => name)).not.toContain('reporter');
  expect(elsewhere).toEqual([]);
});

test('files are judged together; what is not YAML has its line; markup stays text', async ({ page, demo }) => {
  await openLive(page, demo);
  await openDialog(page);
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose files' }).click();
  const file = (name: string, text: string) => ({ name, mimeType: 'text/yaml', buffer: Buffer.from(text) });
  await (await choosing).setFiles([
    file('good.yaml', deployment('lab/storage')),
    file('bad.yaml', `${deployment('<img src=x onerror=alert(1)>').replace('reporter', 'markup')}---\nkind: [\n`),
  ]);
  await expect(page.getByTestId('planned')).toHaveCount(2);
  await expect(planned(page, 'default/markup')).toHaveAttribute('data-verdict', 'fails');
  await expect(dialog(page).getByRole('region', { name: 'What could not be read' })).toContainText(/Line \d+/);
  await expect(dialog(page).locator('img')).toHaveCount(0);
});

test('the page of a rule closes before the dialog under it', async ({ page, demo }) => {
  await openLive(page, demo);
  await openDialog(page);
  await check(page, deployment('lab/storage-b'));
  const code = planned(page, 'reporter')
    .getByRole('button', { name: /^MN\d+$/ })
    .first();
  const name = (await code.textContent()) ?? '';
  await code.click();
  const rule = page.getByRole('dialog', { name, exact: true });
  await expect(rule).toContainText('Why');
  await page.keyboard.press('Escape');
  await expect(rule).toHaveCount(0);
  await expect(code).toBeFocused();
  await expect(manifests(page)).toHaveValue(deployment('lab/storage-b'));
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`an answer fits 1280x720 and axe finds nothing in it (${colorScheme})`, async ({ page, demo }) => {
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await openLive(page, demo, 'ns=media');
    await openDialog(page);
    await check(page, `${deployment('lab/storage-b')}---\nkind: Sonnet\nmetadata: {name: x}\n`);
    await expect(planned(page, 'reporter')).toBeVisible();
    const wide = await dialog(page).evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(wide).toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().include('[role="dialog"]').analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ')}`)).toEqual([]);
  });
}
