import { expect, test } from '../rig/browser.ts';
import { attachment, badge, clickCard, drawn, fetchJson, finding, inspector, openLive, totals } from '../rig/page.ts';

type ClusterDoc = { counts: { workloads: number }; brokenWorkloads: number };
type Topology = { workloads: unknown[]; attachments: { state: string }[]; networks: unknown[] };

test('the printed URL shows the demo cluster, live, with the numbers that the API has', async ({ page, demo }) => {
  await openLive(page, demo);
  await expect(page.getByText('demo cluster', { exact: true })).toBeVisible();
  // The world lives: the picture and the API are compared until both speak of the same moment.
  await expect(async () => {
    const cluster = await fetchJson<ClusterDoc>(page, 'cluster');
    const topology = await fetchJson<Topology>(page, 'topology');
    const doc = await drawn(page);
    expect(doc?.totals).toMatchObject({
      workloads: topology.workloads.length,
      attachments: topology.attachments.length,
      networks: topology.networks.length,
      brokenWorkloads: cluster.brokenWorkloads,
    });
    expect(doc?.cards.reduce((sum, card) => sum + card.count, 0)).toBe(topology.workloads.length);
    await expect(totals(page)).toContainText(`${topology.workloads.length} pods as ${doc?.cards.length} cards`, {
      timeout: 500,
    });
    await expect(page.getByRole('heading', { name: /causes stop/ })).toContainText(
      `${cluster.brokenWorkloads} of ${cluster.counts.workloads} pods`,
      { timeout: 500 },
    );
  }).toPass();
});

test('nothing is asked of another host, and nothing complains in the console', async ({ page, demo }) => {
  const foreign: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(demo.origin) && !request.url().startsWith('data:')) foreign.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await openLive(page, demo);
  await clickCard(page, 'media/pod1');
  await expect(inspector(page)).toContainText('pod1');
  await page.keyboard.press('t');
  await expect(page.getByTestId('table')).toBeVisible();
  expect({ foreign, complaints }).toEqual({ foreign: [], complaints: [] });
});

test('a click on a pod opens its interfaces', async ({ page, demo }) => {
  await openLive(page, demo);
  await clickCard(page, 'media/pod1-fixed');
  await expect(inspector(page).getByRole('heading', { name: 'pod1-fixed' })).toBeVisible();
  await expect(page).toHaveURL(/select=pod%3Amedia%2Fpod1-fixed/);
  const net1 = attachment(page, 'net1');
  await expect(net1).toContainText('media-net-fixed');
  await expect(net1).toContainText('attached');
  await expect(net1).toContainText('10.30.0.7/24');
  await expect(net1).toContainText(/([0-9a-f]{2}:){5}[0-9a-f]{2}/);
  await expect(attachment(page, 'eth0')).toContainText(/10\.244\.\d+\.\d+/);
  await page.keyboard.press('Escape');
  await expect(inspector(page)).toHaveCount(0);
});

test('an annotation that is an object is named as the cause, with the evidence and the fix', async ({ page, demo }) => {
  await openLive(page, demo);
  const card = (await drawn(page))?.cards.find((one) => one.name === 'pod1');
  expect(card?.ports.find((port) => port.interface === 'net1')).toMatchObject({ state: 'failed' });
  await clickCard(page, 'media/pod1');
  const net1 = attachment(page, 'net1');
  await expect(net1).toContainText('The networks annotation is one JSON object, not a list');
  await expect(net1).toContainText('{"name": "media-net", "interface": "net1"}');
  await expect(net1).toContainText('cannot unmarshal object into Go value');
  await expect(net1).toContainText(/annotate --overwrite pod pod1 k8s\.v1\.cni\.cncf\.io\/networks=\S*media-net/);
  await expect(net1).toContainText('sel-json-object');
  await inspector(page)
    .getByRole('tab', { name: /Events/ })
    .click();
  await expect(inspector(page)).toContainText('FailedCreatePodSandBox');
});

test('a network that does not exist is a ghost, and the name that was meant is offered', async ({ page, demo }) => {
  await openLive(page, demo);
  expect((await drawn(page))?.rails.find((rail) => rail.name === 'storage-b')).toMatchObject({ ghost: true });
  await finding(page, 'NAD lab/storage-b does not exist').click();
  await expect(inspector(page)).toContainText('MN');
  await expect(inspector(page)).toContainText(/did you mean.*storage/i);
  await expect(inspector(page)).toContainText('nad-not-found');
  await expect(
    inspector(page).getByText('pod', { exact: true }).or(inspector(page).getByText('interface')).first(),
  ).toBeVisible();
});

test('the badge freezes the picture and goes on', async ({ page, demo }) => {
  await openLive(page, demo);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(badge(page)).toContainText('paused');
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(badge(page)).toHaveText('live');
});
