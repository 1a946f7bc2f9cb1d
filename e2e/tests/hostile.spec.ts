import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { expect, test } from '../rig/browser.ts';
import { type Busbar, startBusbar } from '../rig/busbar.ts';
import { create, startDemo } from '../rig/demo.ts';
import { nad, pod } from '../rig/objects.ts';
import { cardRect, clickCard, inspector, open, totals } from '../rig/page.ts';

const EVIL = `<script>window.pwned=1</script><img src=x onerror="window.pwned=2">"'&<svg/onload=window.pwned=3>`;
const NETWORKS = 'k8s.v1.cni.cncf.io/networks';
const STATUS = 'k8s.v1.cni.cncf.io/network-status';
const status = (name: string) => JSON.stringify([{ name, interface: EVIL, ips: [EVIL], mac: EVIL }]);

/** What an API server takes, and what only a file can hold. */
const SOURCES = ['a cluster', 'a file'] as const;
const link: Partial<Record<(typeof SOURCES)[number], Busbar>> = {};
const linkOf = (source: (typeof SOURCES)[number]): Busbar => link[source] ?? neverServed(source);
function neverServed(source: string): never {
  throw new Error(`${source} is not served`);
}
let folder: string;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'busbar-hostile-'));
  const demo = await startDemo('empty');
  link['a cluster'] = demo;
  await create(demo.api, ...accepted());
  const file = join(folder, 'dump.json');
  const config = nad('default', EVIL, { cniVersion: '1.0.0', type: EVIL });
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...accepted(), unheardOf(), config] }));
  link['a file'] = await startBusbar(['serve', '--from', file, '--token-reuse']);
});
test.afterAll(async () => {
  for (const busbar of Object.values(link)) await busbar.stop();
  rmSync(folder, { recursive: true, force: true });
});

const accepted = () => [
  pod('default', 'web', { [NETWORKS]: EVIL, [STATUS]: status(EVIL) }),
  pod('default', 'json', {
    [NETWORKS]: JSON.stringify([{ name: EVIL, namespace: EVIL, interface: EVIL, ips: [EVIL] }]),
  }),
  pod('default', 'wired', { [NETWORKS]: 'evil', [STATUS]: status('default/evil') }),
  nad('default', 'evil', {
    cniVersion: EVIL,
    name: EVIL,
    type: EVIL,
    master: EVIL,
    ipam: { type: EVIL, subnet: EVIL },
  }),
  nad('default', 'text', EVIL),
  event('wired', `Failed to create pod sandbox: ${EVIL}`),
];

/** Everything that is a name. */
const unheardOf = () => {
  const { metadata, ...rest } = pod(EVIL, EVIL, { [NETWORKS]: EVIL, [EVIL]: EVIL });
  const ownerReferences = [{ apiVersion: 'v1', kind: EVIL, name: EVIL, controller: true }];
  return {
    ...rest,
    metadata: { ...metadata, labels: { [EVIL]: EVIL }, ownerReferences },
    spec: { ...rest.spec, nodeName: EVIL },
    status: { phase: EVIL, podIP: EVIL, reason: EVIL, message: EVIL },
  };
};

const event = (name: string, message: string) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { namespace: 'default', name: `${name}.evil` },
  involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name },
  type: 'Warning',
  reason: 'FailedCreatePodSandBox',
  message,
  source: { component: EVIL },
  firstTimestamp: new Date().toISOString(),
  lastTimestamp: new Date().toISOString(),
  count: 1,
});

/** Counts what must never happen, from the first moment of the page on. */
async function watch(page: Page): Promise<() => Promise<string[]>> {
  const told: string[] = [];
  page.on('pageerror', (error) => told.push(error.message));
  page.on('dialog', (dialog) => {
    told.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (/content security policy|violates/i.test(message.text())) told.push(message.text());
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (violation) =>
      console.error(`violates ${violation.violatedDirective} ${violation.blockedURI}`),
    );
  });
  return async () => {
    const pwned = await page.evaluate(() => ({
      ran: (window as { pwned?: number }).pwned ?? null,
      images: document.querySelectorAll('img[src="x"], svg[onload]').length,
    }));
    if (pwned.ran !== null || pwned.images > 0) told.push(JSON.stringify(pwned));
    return told;
  };
}

for (const source of SOURCES) {
  test(`markup in names, annotations, configs and events of ${source} is text everywhere`, async ({ page }) => {
    const harm = await watch(page);
    await openDrawn(page, linkOf(source));
    for (const name of ['web', 'json', 'wired'])
      await expect.poll(() => cardRect(page, `default/${name}`)).not.toBeNull();
    await clickCard(page, 'default/wired');
    await expect(inspector(page)).toContainText('wired');
    for (const tab of [/Events/, /Config/]) {
      await inspector(page).getByRole('tab', { name: tab }).click();
      await expect(inspector(page)).toContainText('<script>');
    }
    await page.keyboard.press('Escape');
    const rows = page.getByTestId('finding');
    for (let i = 0; i < (await rows.count()); i++) {
      await rows.nth(i).click();
      await expect(inspector(page)).toBeVisible();
    }
    await page.mouse.move(600, 300);
    await page.keyboard.press('t');
    await expect(page.getByTestId('table')).toContainText('<script>');
    await page.keyboard.press('/');
    await page.keyboard.type('<script>');
    await expect(page.getByRole('option').first()).toContainText('<script>');
    expect(await harm()).toEqual([]);
  });

  test(`markup of ${source} is escaped in the SVG`, async ({ page, context }) => {
    await openDrawn(page, linkOf(source));
    await page.getByRole('button', { name: 'Export' }).click();
    const waiting = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: /^SVG/ }).click();
    const path = await (await waiting).path();
    const svg = readFileSync(path, 'utf8');
    expect(svg).not.toMatch(/<script|<img|<svg\/onload/i);
    expect(svg).toContain('&lt;script');
    const other = await context.newPage();
    const harm = await watch(other);
    await other.setContent(svg);
    await expect(other.locator('svg').first()).toBeVisible();
    expect(await harm()).toEqual([]);
  });
}

test('markup in the address is text', async ({ page }) => {
  const harm = await watch(page);
  const text = encodeURIComponent(EVIL);
  const busbar = linkOf('a cluster');
  await openDrawn(page, busbar);
  await page.goto(`${busbar.origin}/?select=${text}&hide=${text}&ns=${text}&find=${text}`);
  await expect(inspector(page)).toContainText('<script>');
  expect(await harm()).toEqual([]);
});

async function openDrawn(page: Page, busbar: Busbar): Promise<void> {
  await open(page, busbar);
  await expect(totals(page)).toContainText('pods');
}
