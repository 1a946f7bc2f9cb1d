import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright/test';
import { expect, test } from '../rig/browser.ts';
import { fetchJson, openLive } from '../rig/page.ts';

type Told = { name: string; text: string };
type Plug = {
  workload: string;
  slot: number;
  state: string;
  interface: { name?: string; mac?: string; addresses: { ip: string }[] } | null;
};

const dialog = (page: Page): Locator => page.getByRole('dialog', { name: 'Answers of nodes' });
const answered = (page: Page, name: string): Locator => page.getByTestId('answered').filter({ hasText: name });
const field = (block: Locator, name: string): Locator => block.getByRole('row', { name: new RegExp(`^${name}`) });

async function drop(page: Page, files: readonly Told[]): Promise<void> {
  const data = await page.evaluateHandle((given) => {
    const transfer = new DataTransfer();
    for (const { name, text } of given) transfer.items.add(new File([text], name));
    return transfer;
  }, files);
  await page.dispatchEvent('main', 'dragover', { dataTransfer: data });
  await expect(page.getByText('Drop files of a node')).toBeVisible();
  await page.dispatchEvent('main', 'drop', { dataTransfer: data });
  await expect(page.getByText('Drop files of a node')).toHaveCount(0);
}

/** A plug of a pod that runs and reports an address: what a node would tell of it. */
async function somePlug(page: Page): Promise<{ id: string; pod: string; plug: Plug; ip: string }> {
  const { attachments } = await fetchJson<{ attachments: Plug[] }>(page, 'topology');
  const plug = attachments.find(
    ({ state, slot, workload, interface: seen }) =>
      state === 'attached' && slot > 0 && workload.startsWith('pod:core/') && seen?.name && seen.addresses.length > 0,
  );
  if (!plug) throw new Error('the demo has no such plug');
  return {
    id: plug.workload,
    pod: plug.workload.slice('pod:'.length),
    plug,
    ip: plug.interface?.addresses[0]?.ip ?? '',
  };
}

const cached = (pod: string, ifName: string, ip: string): string => {
  const [namespace = '', name = ''] = pod.split('/');
  return JSON.stringify({
    kind: 'cniCacheV1',
    containerId: 'c'.repeat(64),
    ifName,
    networkName: 'storage',
    cniArgs: [
      ['K8S_POD_NAMESPACE', namespace],
      ['K8S_POD_NAME', name],
    ],
    result: {
      cniVersion: '1.1.0',
      interfaces: [{ name: ifName, mtu: 9000, sandbox: '/run/netns/x' }],
      ips: [{ address: `${ip}/24`, interface: 0 }],
    },
  });
};

test('files of a node that are dropped onto the page stand beside what the pods report, and lead to them', async ({
  page,
  demo,
}) => {
  await openLive(page, demo, 'ns=core');
  const { id, pod, plug, ip } = await somePlug(page);
  const name = plug.interface?.name ?? '';
  await drop(page, [
    { name: 'same', text: cached(pod, name, ip) },
    { name: 'gone', text: cached('core/never-was', 'net1', '10.0.0.5') },
    { name: 'pod.yaml', text: 'apiVersion: v1\nkind: Pod\nmetadata: {name: <img src=x>}\n' },
  ]);
  await expect(dialog(page).getByRole('status')).toHaveText('2 answers, 1 pod: nothing differs from what is reported.');
  const block = answered(page, pod);
  await expect(field(block, 'addresses')).toContainText(`${ip}/24`);
  await expect(field(block, 'addresses')).toContainText('same');
  await expect(field(block, 'MTU')).toContainText(/9000.*only the node/);
  await expect(dialog(page).getByRole('region', { name: 'About no pod' })).toContainText('core/never-was');
  await expect(dialog(page).getByRole('region', { name: 'What could not be read' })).toContainText('a Pod');

  await block.getByRole('button', { name: pod }).click();
  await expect(dialog(page)).toHaveCount(0);
  await expect(page).toHaveURL(
    new RegExp(`select=${encodeURIComponent(id).replaceAll('%2F', '(%2F|/)').replaceAll('%3A', '(%3A|:)')}`),
  );
});

test('what differs comes first, with the finding that it brings up; nothing of it stays', async ({ page, demo }) => {
  await openLive(page, demo, 'ns=core');
  const { pod, plug } = await somePlug(page);
  await drop(page, [{ name: 'other', text: cached(pod, plug.interface?.name ?? '', '192.0.2.7') }]);
  const block = answered(page, pod);
  await expect(field(block, 'addresses')).toContainText('differs');
  await expect(dialog(page).getByRole('region', { name: 'What they bring up' })).toContainText('MN805');
  const { findings } = await fetchJson<{ findings: { code: string }[] }>(page, 'findings');
  expect(findings.filter(({ code }) => code === 'MN805')).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
});

test('files may be chosen, too, and what is too much is refused with a way out', async ({ page, demo }) => {
  await openLive(page, demo);
  await page.getByLabel('More').click();
  await page.getByRole('menuitem', { name: 'Answers of nodes' }).click();
  const choose = async (text: string) => {
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose files' }).click();
    await (await choosing).setFiles([{ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from(text) }]);
  };
  await choose('{"cniVersion":"1.0.0","code":11,"msg":"no IP addresses available"}');
  await expect(dialog(page).getByRole('region', { name: 'What could not be read' })).toContainText('no IP addresses');
  await choose(' '.repeat(1024 * 1024));
  await expect(dialog(page).getByRole('alert')).toContainText('busbar check --from');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`an answer fits 1280x720 and axe finds nothing in it (${colorScheme})`, async ({ page, demo }) => {
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await openLive(page, demo, 'ns=core');
    const { pod, plug } = await somePlug(page);
    await drop(page, [
      { name: `storage-${'c'.repeat(64)}-net1`, text: cached(pod, plug.interface?.name ?? '', '192.0.2.7') },
      { name: 'words.txt', text: 'hello' },
    ]);
    await expect(answered(page, pod)).toBeVisible();
    const wide = await dialog(page).evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(wide).toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().include('[role="dialog"]').analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ')}`)).toEqual([]);
  });
}
