import { expect, test } from '../rig/browser.ts';
import { create, type Demo, patch, remove, startDemo } from '../rig/demo.ts';
import { nad, pod } from '../rig/objects.ts';
import {
  attachment,
  badge,
  cardRect,
  clickCard,
  drawn,
  finding,
  inspector,
  isSamePage,
  markPage,
  openLive,
  totals,
} from '../rig/page.ts';

/** What a person would call "at once", with room for a busy machine; what was measured is printed. */
const SOON_MS = 5_000;
const NETWORKS = 'k8s.v1.cni.cncf.io/networks';

let empty: Demo;
test.beforeAll(async () => {
  empty = await startDemo('empty');
});
test.afterAll(() => empty.stop());

async function soon(what: string, seen: () => Promise<void>): Promise<void> {
  const started = performance.now();
  await seen();
  const took = Math.round(performance.now() - started);
  console.log(`      ${what}: in the page after ${took} ms`);
  test.info().annotations.push({ type: 'latency', description: `${what}: ${took} ms` });
  expect(took).toBeLessThan(SOON_MS);
}

test('what is done to the cluster appears in the open page', async ({ page }) => {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'late' } };
  const plugged = {
    ...pod('late', 'plugged', { [NETWORKS]: 'wire' }),
    spec: { nodeName: 'worker-1', containers: [{ name: 'main', image: 'example.invalid/main' }] },
  };
  await openLive(page, empty);
  await markPage(page);

  await create(empty.api, namespace);
  await create(empty.api, plugged);
  await soon('a new pod', () => expect.poll(() => cardRect(page, 'late/plugged')).not.toBeNull());
  await soon('its missing NAD', () => expect(finding(page, 'NAD late/wire does not exist')).toBeVisible());

  await clickCard(page, 'late/plugged');
  await expect(attachment(page, 'net1')).toContainText('failed');
  const config = { cniVersion: '1.0.0', name: 'wire', type: 'bridge', bridge: 'br0', ipam: {} };
  await create(empty.api, nad('late', 'wire', config));
  await soon('the NAD', () => expect(finding(page, 'NAD late/wire does not exist')).toHaveCount(0));

  await remove(empty.api, plugged);
  await soon('the deletion', () => expect.poll(() => cardRect(page, 'late/plugged')).toBeNull());
  await expect(inspector(page)).toContainText('It is no longer there');
  expect(await isSamePage(page)).toBe(true);
  await remove(empty.api, nad('late', 'wire', config));
});

test('a paused picture stands still, counts what waits, and catches up', async ({ page }) => {
  await openLive(page, empty);
  await page.getByRole('button', { name: 'Pause' }).click();
  const text = await totals(page).textContent();
  const late = pod('default', 'while-paused');
  await create(empty.api, late);
  await expect(badge(page)).toContainText(/paused, \d+ waiting/);
  expect(await totals(page).textContent()).toBe(text);
  expect(await cardRect(page, 'default/while-paused')).toBeNull();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect.poll(() => cardRect(page, 'default/while-paused')).not.toBeNull();
  await remove(empty.api, late);
});

test('when one pod changes nothing else moves', async ({ page, demo }) => {
  await openLive(page, demo);
  const names = ['storage/osd-0', 'media/pod1-fixed', 'lab/notebook'];
  const places = () => Promise.all(names.map((name) => cardRect(page, name)));
  const settled = await places();
  const key = 'k8s.v1.cni.cncf.io/network-status';
  await patch(demo.api, pod('lab', 'notebook'), { metadata: { annotations: { [key]: null } } });
  const states = async () => (await drawn(page))?.cards.find((card) => card.name === 'notebook')?.ports;
  await expect.poll(states).toContainEqual(expect.objectContaining({ state: 'missing' }));
  expect(await places()).toEqual(settled);
});
