import { expect, test } from '../rig/browser.ts';
import { type Demo, startDemo } from '../rig/demo.ts';
import { freePorts } from '../rig/free-port.ts';
import { badge, cardRect, isSamePage, markPage, openLive } from '../rig/page.ts';

/** A browser waits up to this long between two tries. */
const RECONNECT_MS = 40_000;

const env = { BUSBAR_TOKEN: 'a-token-that-was-chosen' };
let port = 0;
let demo: Demo | undefined;
test.beforeEach(async () => {
  [port = 0] = await freePorts(1);
});
test.afterEach(() => demo?.stop());

test('a server that goes and comes back is noticed, and the page goes on by itself', async ({ page }) => {
  demo = await startDemo('talk', { port, env });
  await openLive(page, demo);
  await markPage(page);
  await demo.stop();
  await expect(badge(page)).toContainText('reconnecting, lost');
  // The last picture stays.
  expect(await cardRect(page, 'media/pod1')).not.toBeNull();
  demo = await startDemo('talk', { port, env });
  await expect(badge(page)).toHaveText('live', { timeout: RECONNECT_MS });
  expect(await isSamePage(page)).toBe(true);
  // At most four pictures a second: the word may be there before the whole picture.
  await expect.poll(() => cardRect(page, 'media/pod1')).not.toBeNull();
});

test('a server that comes back with another token says what to do, and its new link opens', async ({ page }) => {
  demo = await startDemo('talk', { port });
  await openLive(page, demo);
  await demo.stop();
  await expect(badge(page)).toContainText('reconnecting, lost');
  demo = await startDemo('talk', { port });
  await expect(badge(page)).toContainText('no access', { timeout: RECONNECT_MS });
  await expect(page.getByText('Open the URL that the terminal printed')).toBeVisible();
  await openLive(page, demo);
});

test('a page that never had the token is told where it is', async ({ page }) => {
  demo = await startDemo('talk', { port });
  const answer = await page.goto(demo.origin);
  expect(answer?.status()).toBe(401);
  await expect(page.getByText('Open the link that the server printed')).toBeVisible();
  expect((await page.request.get(`${demo.origin}/api/v1/topology`)).status()).toBe(401);
  const token = new URL(demo.openUrl).searchParams.get('token') ?? '';
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(badge(page)).toHaveText('live');
});
