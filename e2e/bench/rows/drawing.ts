import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright';
import { CHROMIUM_FLAGS, findChromium } from '../../rig/chromium.ts';
import { generatePods } from '../cluster.ts';
import { serveBusbar } from '../follow.ts';
import { type Line, median, ms, type Row, times } from '../row.ts';

/** The ungrouped graph of more pods than this takes a browser minutes. */
const UNGROUPED_LIMIT = 10_000;
const FRAMES = 30;
const OPEN_LIMIT_MS = 120_000;
const webLibraries = new URL('../../../web/node_modules/', import.meta.url);

/** Page open to first drag painted, what is drawn, and panning: Busbar's page against every pod as a node in Cytoscape as it comes. */
export const drawing: Row = {
  id: 'drawing',
  measure: async (bench, size) => {
    const found = findChromium();
    if ('problem' in found) return [{ size: 0, what: 'drawing', budget: '', figure: found.problem, met: null }];
    const browser = await chromium.launch({ executablePath: found.path, args: CHROMIUM_FLAGS });
    const lines: Line[] = [];
    try {
      const ours = await measureBusbar(browser, await bench.api(size), bench.runs);
      const small = await bench.baseline('page open, smallest', async () => ours.opened);
      lines.push(...linesOf(size, ours, small));
      if (size > UNGROUPED_LIMIT) return lines;
      const plain = await measureUngrouped(browser, size);
      lines.push({
        size,
        what: 'page open to first drag painted',
        budget: size >= 10_000 ? '<= 1/4 of the ungrouped graph' : '',
        figure: `${times(ours.opened / plain.opened)} (ungrouped: ${ms(plain.opened)}, pan ${ms(plain.pan)})`,
        met: size >= 10_000 ? ours.opened <= plain.opened / 4 : null,
      });
    } finally {
      await browser.close();
    }
    return lines;
  },
};

type Drawn = { opened: number; pan: number; frame: number; elements: number };

function linesOf(size: number, ours: Drawn, small: number): Line[] {
  return [
    {
      size,
      what: 'page open to first drag painted',
      budget: '<= 2.5 x the smallest cluster',
      figure: `${ms(ours.opened)} (${times(ours.opened / small)})`,
      met: ours.opened <= 2.5 * small,
    },
    { size, what: 'drawn elements', budget: '<= 4,500', figure: `${ours.elements}`, met: ours.elements <= 4500 },
    {
      size,
      what: 'pan, p50 of a frame',
      budget: "the display's own rate",
      figure: `${ms(ours.pan)} (an idle frame: ${ms(ours.frame)})`,
      met: ours.pan <= ours.frame * 1.2,
    },
  ];
}

async function measureBusbar(browser: Browser, url: string, runs: number): Promise<Drawn> {
  const busbar = await serveBusbar(url);
  try {
    const results: Drawn[] = [];
    for (let round = 0; round < runs; round += 1) {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      const isDrawn = () => (window.busbarGraph?.elements ?? 0) > 0;
      results.push(await measurePage(page, busbar.origin, isDrawn));
      await page.close();
    }
    const of = (key: keyof Drawn) => median(results.map((result) => result[key]));
    return { opened: of('opened'), pan: of('pan'), frame: of('frame'), elements: of('elements') };
  } finally {
    await busbar.stop();
  }
}

async function measurePage(page: Page, url: string, isDrawn: () => boolean): Promise<Drawn> {
  const start = performance.now();
  await page.goto(url, { timeout: OPEN_LIMIT_MS });
  await page.waitForFunction(isDrawn, undefined, { timeout: OPEN_LIMIT_MS });
  await page.mouse.move(1200, 800);
  await page.mouse.down();
  await page.mouse.move(1190, 790);
  await page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0))));
  const opened = performance.now() - start;
  const pan = await frames(page, async (at) => page.mouse.move(1190 - at * 5, 790 - at * 3));
  await page.mouse.up();
  const frame = await frames(page, async () => {});
  const elements = await page.evaluate(() => window.busbarGraph?.elements ?? 0);
  return { opened, pan, frame, elements };
}

/** Median time between two frames while something is done again and again. */
async function frames(page: Page, act: (at: number) => Promise<void>): Promise<number> {
  const counting = page.evaluate(
    (wanted) =>
      new Promise<number[]>((resolve) => {
        const gaps: number[] = [];
        let last = performance.now();
        const next = (now: number) => {
          gaps.push(now - last);
          last = now;
          if (gaps.length > wanted) resolve(gaps.slice(1));
          else requestAnimationFrame(next);
        };
        requestAnimationFrame(next);
      }),
    FRAMES,
  );
  let over = false;
  const done = counting.then((gaps) => {
    over = true;
    return gaps;
  });
  for (let at = 0; !over; at += 1) {
    await act(at % 60);
    await new Promise((resolve) => setTimeout(resolve, 8));
  }
  return median(await done);
}

/** A page that draws every pod and every attachment, with Cytoscape's default options and a grid computed beforehand. */
async function measureUngrouped(browser: Browser, size: number): Promise<Drawn> {
  const script = readFileSync(new URL('cytoscape/dist/cytoscape.min.js', webLibraries));
  const elements = JSON.stringify(ungrouped(size));
  const html = `<!doctype html><body style="margin:0"><div id="graph" style="width:100vw;height:100vh"></div>
<script src="/cytoscape.js"></script><script>
fetch('/elements').then((r) => r.json()).then((elements) => {
  const cy = cytoscape({ container: document.getElementById('graph'), elements, layout: { name: 'preset' },
    style: [{ selector: 'node', style: { label: 'data(label)' } }] });
  cy.one('render', () => { window.drawn = true; });
});</script>`;
  const server = createServer((request, response) => {
    const body = request.url === '/cytoscape.js' ? script : request.url === '/elements' ? elements : html;
    response.setHeader(
      'content-type',
      request.url === '/' ? 'text/html' : request.url === '/elements' ? 'application/json' : 'text/javascript',
    );
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return await measurePage(page, url, () => 'drawn' in window);
  } finally {
    await page.close();
    server.close();
    server.closeAllConnections();
  }
}

type Element = { data: Record<string, string>; position?: { x: number; y: number } };

function ungrouped(size: number): Element[] {
  const nodes: Element[] = [];
  const edges: Element[] = [];
  const networks = new Map<string, Element>();
  const columns = Math.ceil(Math.sqrt(size));
  for (const pod of generatePods({ pods: size })) {
    if (pod.kind !== 'Pod') continue;
    const { name, annotations } = pod.metadata;
    const id = `pod/${name}`;
    const at = nodes.length;
    nodes.push({ data: { id, label: name }, position: { x: (at % columns) * 120, y: Math.floor(at / columns) * 60 } });
    const asked = (annotations?.['k8s.v1.cni.cncf.io/networks'] ?? '').split(', ').filter(Boolean);
    for (const network of ['default', ...asked]) {
      if (!networks.has(network))
        networks.set(network, { data: { id: network, label: network }, position: { x: networks.size * 150, y: -300 } });
      edges.push({ data: { id: `edge-${edges.length}`, source: id, target: network } });
    }
  }
  return [...networks.values(), ...nodes, ...edges];
}
