import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { expect, test } from '../rig/browser.ts';
import { runBusbar, startBusbar } from '../rig/busbar.ts';
import type { CheckReport } from '../rig/check-report.ts';
import { drawn, openLive, totals } from '../rig/page.ts';

type Snapshot = { kind: string; workloads: { id: string }[]; attachments: { state: string }[]; findings: unknown[] };

let folder: string;
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'busbar-export-'));
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function save(page: Page, title: string | RegExp): Promise<string> {
  await page.getByRole('button', { name: 'Export' }).click();
  const waiting = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: title }).click();
  const download = await waiting;
  const file = join(folder, download.suggestedFilename());
  await download.saveAs(file);
  await page.keyboard.press('Escape');
  return file;
}

test('the JSON snapshot opens again: the same pods, states and findings', async ({ page, demo }) => {
  await openLive(page, demo);
  const file = await save(page, /^JSON/);
  expect(file).toMatch(/\.json$/);
  const snapshot = JSON.parse(readFileSync(file, 'utf8')) as Snapshot;
  expect(snapshot.kind).toBe('Topology');

  const { code, stdout } = runBusbar(['check', '--from', file, '-o', 'json']);
  const report = JSON.parse(stdout) as CheckReport;
  expect(code).toBe(1);
  expect(report.attachments).toHaveLength(snapshot.attachments.length);
  expect(report.findings).toHaveLength(snapshot.findings.length);

  const served = await startBusbar(['serve', '--from', file]);
  try {
    await page.goto(served.openUrl);
    await expect(page.getByTestId('live-badge')).toContainText('snapshot of');
    await expect(totals(page)).toContainText(`${snapshot.workloads.length} pods`);
    const states: Record<string, number> = {};
    for (const { state } of snapshot.attachments) states[state] = (states[state] ?? 0) + 1;
    expect((await drawn(page))?.totals.states).toEqual(states);
  } finally {
    await served.stop();
  }
});

test('the SVG has the names as text and draws without the page', async ({ page, demo, context }) => {
  await openLive(page, demo, 'ns=media');
  const file = await save(page, /^SVG/);
  const svg = readFileSync(file, 'utf8');
  expect(svg).toMatch(/^(<\?xml[^>]*>\s*)?<svg[^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  expect(svg).toContain('media-net-fixed');
  expect(svg).not.toContain('ceph-public');
  expect(svg).not.toMatch(/<script|<foreignObject|href="http/i);
  const other = await context.newPage();
  await other.goto(`file://${file}`);
  await expect(other.locator('svg').first()).toBeVisible();
  await expect(other.locator('text', { hasText: 'pod1-fixed' }).first()).toBeVisible();
});

test('the PNG is a picture of some size', async ({ page, demo }) => {
  await openLive(page, demo);
  const file = await save(page, /^PNG/);
  const png = readFileSync(file);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.readUInt32BE(16)).toBeGreaterThan(1000);
  expect(png.readUInt32BE(20)).toBeGreaterThan(300);
  expect(png.length).toBeGreaterThan(20_000);
});
