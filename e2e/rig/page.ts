/** What a person does with the page, in the words of the tests. */
import type { Locator, Page } from 'playwright/test';
import { expect } from 'playwright/test';
import type { Busbar } from './busbar.ts';

export type Rect = { x: number; y: number; width: number; height: number };

/** Only what the tests use of the page's own type. */
type DrawnCard = { id: string; workload?: string; namespace: string; name: string; count: number; ports: Port[] };
type Port = { interface: string; state: string; rail: string | null };
export type Drawn = {
  totals: Record<string, number> & { states: Record<string, number> };
  cards: DrawnCard[];
  rails: { id: string; name: string; ghost?: boolean }[];
  drops: { id: string; card: string; state: string }[];
};
declare global {
  interface Window {
    busbarGraph?: {
      doc: unknown;
      elements: number;
      card(id: string): Rect | null;
      drop(id: string): Rect | null;
      rail(id: string): Rect | null;
    };
  }
}

/** Opens the page as somebody with the printed link does; `query` is a view. */
export async function open(page: Page, { openUrl, origin }: Busbar, query = ''): Promise<void> {
  await page.goto(openUrl);
  if (query) await page.goto(`${origin}/?${query}`);
}

export const badge = (page: Page): Locator => page.getByTestId('live-badge');
export const totals = (page: Page): Locator => page.getByTestId('totals');
export const inspector = (page: Page): Locator => page.getByTestId('inspector');
/** The row of one interface in the inspector. */
export const attachment = (page: Page, name: string): Locator =>
  inspector(page)
    .getByTestId('attachment')
    .filter({ has: page.getByText(name, { exact: true }) });
export const finding = (page: Page, text: string | RegExp): Locator =>
  page.getByTestId('finding').filter({ hasText: text });

/** Opens the page and waits until the whole cluster is drawn and live. */
export async function openLive(page: Page, busbar: Busbar, query = ''): Promise<void> {
  await open(page, busbar, query);
  await expect(badge(page)).toHaveText('live');
  await expect(totals(page)).toContainText('pod');
}

/** The document behind the canvas. */
export const drawn = (page: Page): Promise<Drawn | null> =>
  page.evaluate(() => (window.busbarGraph?.doc ?? null) as Drawn | null);

export const cardRect = (page: Page, name: string): Promise<Rect | null> =>
  page.evaluate((wanted) => window.busbarGraph?.card(wanted) ?? null, name);

/** Clicks a card where it stands on the canvas, once it is there and stands still. */
export async function clickCard(page: Page, name: string): Promise<void> {
  let before: Rect | null = null;
  await expect
    .poll(async () => {
      const now = await cardRect(page, name);
      const still = now !== null && before !== null && now.x === before.x && now.y === before.y;
      before = now;
      return still;
    })
    .toBe(true);
  const rect = before as Rect | null;
  if (!rect) throw new Error(`no card ${name}`);
  await page.mouse.click(rect.x + rect.width / 2, rect.y + Math.min(rect.height / 2, 8));
}

/** The page's own API, with the browser's session. */
export async function fetchJson<T>(page: Page, path: string): Promise<T> {
  const response = await page.request.get(new URL(`/api/v1/${path}`, page.url()).href);
  if (!response.ok()) throw new Error(`GET ${path}: HTTP ${response.status()}`);
  return (await response.json()) as T;
}

/** Leaves a mark that a reload would wipe out. */
export const markPage = (page: Page): Promise<void> =>
  page.evaluate(() => {
    Object.assign(window, { markedByTest: true });
  });
export const isSamePage = (page: Page): Promise<boolean> => page.evaluate(() => 'markedByTest' in window);
