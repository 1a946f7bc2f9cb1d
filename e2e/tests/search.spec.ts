import { expect, test } from '../rig/browser.ts';
import { attachment, fetchJson, inspector, openLive } from '../rig/page.ts';

type Topology = {
  attachments: {
    id: string;
    workload: string;
    slot: number;
    state: string;
    interface: { name?: string; mac?: string; addresses: { ip: string }[] } | null;
  }[];
};

test('an address, a MAC, a name and a code each lead to what has them', async ({ page, demo }) => {
  await openLive(page, demo);
  const { attachments } = await fetchJson<Topology>(page, 'topology');
  const twin = attachments.find(({ workload, slot }) => workload === 'pod:media/pod1-fixed' && slot === 1);
  const ip = twin?.interface?.addresses[0]?.ip ?? '';
  const mac = twin?.interface?.mac ?? '';
  expect([ip, mac]).toEqual(['10.30.0.7', expect.stringMatching(/^([0-9a-f]{2}:){5}/)]);
  const search = page.getByTestId('search').getByRole('textbox').or(page.locator('input[data-testid=search]')).first();

  for (const [field, text] of [
    ['ip', ip],
    ['mac', mac],
    ['ip', ip],
    ['mac', mac.toUpperCase().replaceAll(':', '-')],
  ] as const) {
    await search.fill(text);
    await expect(page.getByRole('option').first()).toHaveText(new RegExp(`pod1-fixed.*${field}$`));
    await search.press('Enter');
    await expect(inspector(page).getByRole('heading', { name: 'pod1-fixed' })).toBeVisible();
    await expect(attachment(page, 'net1')).toHaveAttribute('data-marked');
    await page.getByLabel('Close the inspector').click();
  }

  await search.fill('osd-spare');
  await expect(page.getByRole('option').first()).toContainText('osd-spare');
  await search.press('Enter');
  await expect(inspector(page)).toContainText('osd-spare');

  await search.fill('ceph-public');
  await page.getByRole('option').filter({ hasText: 'network' }).first().click();
  await expect(page).toHaveURL(/select=nad%3Astorage%2Fceph-public/);

  await search.fill('MN104');
  await page.getByRole('option').filter({ hasText: 'rule' }).first().click();
  await expect(page.getByRole('dialog')).toContainText('MN104');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await search.fill('no-such-thing-anywhere');
  await expect(page.getByText('Nothing is called or has')).toBeVisible();
});
