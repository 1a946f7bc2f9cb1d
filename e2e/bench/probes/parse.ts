/** Baseline: the pages of the pods, events, nodes and networks fetched beforehand, then JSON.parse alone. */
import { answer, readArgs } from './answer.ts';
import { fetchPages } from './pages.ts';

const { url } = readArgs<{ url: string }>();
const pages = await fetchPages(url);
const start = performance.now();
let items = 0;
for (const page of pages) items += (JSON.parse(page.toString('utf8')) as { items: unknown[] }).items.length;
answer({ ms: performance.now() - start, items, bytes: pages.reduce((sum, page) => sum + page.length, 0) });
