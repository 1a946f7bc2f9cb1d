/** The built server and its page on a real kube-apiserver, with kubectl as the other hand. */
import { type Browser, chromium, type Page } from 'playwright';
import { expect as seen } from 'playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ApiServer, apiServerMissing, startApiServer } from '../rig/apiserver.ts';
import { type Busbar, busbarMissing, startBusbar } from '../rig/busbar.ts';
import { CHROMIUM_FLAGS, findChromium } from '../rig/chromium.ts';
import { kubectl, kubectlMissing } from '../rig/kubectl.ts';
import { NAD_CRD, nad, pod } from '../rig/objects.ts';
import * as ui from '../rig/page.ts';

const found = findChromium();
const missing =
  busbarMissing() ?? apiServerMissing() ?? kubectlMissing() ?? ('problem' in found ? found.problem : undefined);
if (missing) console.warn(`the page on a real kube-apiserver: skipped, ${missing}`);

const NETWORKS = 'k8s.v1.cni.cncf.io/networks';
const STATUS = 'k8s.v1.cni.cncf.io/network-status';
const CONFIG = { cniVersion: '1.0.0', name: 'wire', type: 'bridge', bridge: 'br0', ipam: {} };
/** Generous, for a busy machine; what was measured is printed. */
const SOON_MS = 5_000;
const settled = { timeout: 20_000 };

describe.skipIf(missing)(`the page on a real kube-apiserver${missing ? ` (${missing})` : ''}`, () => {
  let server: ApiServer;
  let browser: Browser;
  let busbar: Busbar | undefined;
  let page: Page;
  const k = (args: string[], input?: object) => kubectl(`--kubeconfig=${server.kubeconfig}`, args, input);

  beforeAll(async () => {
    server = await startApiServer();
    const executablePath = 'path' in found ? found.path : '';
    browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
    k(['apply', '-f', '-'], NAD_CRD);
    k(['wait', '--for=condition=Established', 'crd', NAD_CRD.metadata.name]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  });
  afterEach(async () => {
    await page.context().close();
    await busbar?.stop();
    busbar = undefined;
  });

  const card = (name: string) => ui.drawn(page).then((doc) => doc?.cards.find((one) => one.name === name));
  const soon = async (what: string, check: () => Promise<void>): Promise<void> => {
    const started = performance.now();
    await check();
    const took = Math.round(performance.now() - started);
    console.log(`real kube-apiserver: ${what} is in the page after ${took} ms`);
    expect(took, what).toBeLessThan(SOON_MS);
  };

  test('shows what kubectl made, and follows what kubectl does, without a reload', async () => {
    k(['create', 'namespace', 'shop']);
    k(['create', '-f', '-'], nad('shop', 'wire', CONFIG));
    k(['create', '-f', '-'], pod('shop', 'web', { [NETWORKS]: 'wire' }));
    busbar = await startBusbar(['serve', '--kubeconfig', server.kubeconfig]);
    await ui.openLive(page, busbar);
    await ui.markPage(page);
    await ui.clickCard(page, 'shop/web');
    await seen(ui.attachment(page, 'net1')).toContainText('pending', settled);

    k(['-n', 'shop', 'annotate', '--overwrite', 'pod', 'web', `${NETWORKS}=wire,nowhere`]);
    await soon('an annotation', () => seen(ui.finding(page, 'NAD shop/nowhere does not exist')).toBeVisible(settled));
    await seen(ui.attachment(page, 'net2')).toContainText('failed', settled);

    k(['-n', 'shop', 'annotate', '--overwrite', 'pod', 'web', `${NETWORKS}=wire`]);
    await soon('its correction', () =>
      seen(ui.finding(page, 'NAD shop/nowhere does not exist')).toHaveCount(0, settled),
    );

    const status = [
      { name: 'cbr0', interface: 'eth0', ips: ['10.244.1.7'], mac: '02:00:00:00:00:01', default: true },
      { name: 'shop/wire', interface: 'net1', ips: ['192.0.2.7'], mac: '02:00:00:00:00:02' },
    ];
    k(['-n', 'shop', 'annotate', 'pod', 'web', `${STATUS}=${JSON.stringify(status)}`]);
    const running = { status: { phase: 'Running', podIP: '10.244.1.7', podIPs: [{ ip: '10.244.1.7' }] } };
    k(['-n', 'shop', 'patch', 'pod', 'web', '--subresource=status', '--type=merge', '-p', JSON.stringify(running)]);
    await soon('a status', () => seen.poll(async () => (await card('web'))?.ports[1]?.state, settled).toBe('attached'));
    await seen(ui.attachment(page, 'net1')).toContainText('192.0.2.7', settled);

    k(['create', '-f', '-'], pod('shop', 'late', { [NETWORKS]: 'wire' }));
    await soon('a new pod', () => seen.poll(() => ui.cardRect(page, 'shop/late'), settled).not.toBeNull());
    k(['-n', 'shop', 'delete', 'pod', 'late', '--grace-period=0', '--force']);
    await soon('a deletion', () => seen.poll(() => ui.cardRect(page, 'shop/late'), settled).toBeNull());
    expect(await ui.isSamePage(page)).toBe(true);
  });

  test('for somebody who may read little, it works and says what is forbidden', async () => {
    k(['create', 'namespace', 'mine']);
    k(['create', '-f', '-'], pod('mine', 'web', { [NETWORKS]: 'wire' }));
    const verbs = ['get', 'list', 'watch'];
    const { kubeconfig } = await server.addUser('little', [
      { apiGroups: [''], resources: ['pods'], verbs },
      { apiGroups: ['k8s.cni.cncf.io'], resources: ['network-attachment-definitions'], verbs },
    ]);
    busbar = await startBusbar(['serve', '--kubeconfig', kubeconfig]);
    await ui.openLive(page, busbar);
    await seen.poll(() => ui.cardRect(page, 'mine/web'), settled).not.toBeNull();
    await page.getByLabel('More').click();
    await page.getByRole('menuitem', { name: 'What may be read' }).click();
    const rights = page.getByRole('dialog');
    for (const kind of ['Node', 'Event']) {
      const row = rights.getByRole('row').filter({ has: page.getByRole('cell', { name: kind, exact: true }) });
      await seen(row).toContainText('forbidden', settled);
    }
    const pods = rights.getByRole('row').filter({ has: page.getByRole('cell', { name: 'Pod', exact: true }) });
    await seen(pods).toContainText('read', settled);
    await seen(rights).toContainText('could not be read');
  });

  test('an API server that restarts is waited for', async (context) => {
    const { restart } = server;
    if (!restart) return context.skip('the server is not ours to restart');
    busbar = await startBusbar(['serve', '--kubeconfig', server.kubeconfig]);
    await ui.openLive(page, busbar);
    await restart();
    k(['create', '-f', '-'], pod('default', 'after-restart'));
    await seen.poll(() => ui.cardRect(page, 'default/after-restart'), { timeout: 45_000 }).not.toBeNull();
    await seen(ui.badge(page)).toHaveText('live', settled);
  });
});
