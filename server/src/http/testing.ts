import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Applied, Engine } from '@busbar/shared/engine/engine-api';
import { createTopologyEngine } from '@busbar/shared/engine/from-topology';
import type { GraphDelta, GraphDoc } from '@busbar/shared/graph/graph-doc';
import type { Topology } from '@busbar/shared/model/topology';
import { defaultView } from '@busbar/shared/view/view';
import { pino } from 'pino';
import { Runtime } from '../runtime.ts';
import { snapshotSource } from '../snapshot-source.ts';
import { type Api, clusterDoc } from './api.ts';
import { createApp } from './app.ts';
import { Auth, type AuthOptions } from './auth.ts';
import type { Projector } from './channel.ts';
import { Hub, type HubOptions } from './hub.ts';
import { Ledgers } from './ledgers.ts';
import { Matrices } from './matrices.ts';

/** A small cluster for tests of the wire: two pods on one network, one of them broken. */
export const sampleTopology = (): Topology => ({
  apiVersion: 'busbar/v1',
  kind: 'Topology',
  takenAt: '2026-11-24T10:00:00.000Z',
  cluster: {
    name: 'lab',
    version: 'v1.34.1',
    sources: [{ group: '', resource: 'pods', kind: 'Pod', availability: 'present', count: 2 }],
  },
  networks: [
    {
      id: 'nad:lab/media',
      name: 'media',
      namespace: 'lab',
      provider: 'npwg',
      technology: 'macvlan',
      role: 'secondary',
      aliases: [{ scheme: 'nad', value: 'lab/media' }],
      objects: [],
      subnets: ['10.40.0.0/24'],
      gateways: [],
      vlan: 120,
      uplinks: [{ device: 'ens5' }],
      pools: [],
      conditions: [],
    },
  ],
  workloads: [sampleWorkload('a', 'worker-1'), sampleWorkload('b', 'worker-2')],
  attachments: [
    {
      id: 'pod:lab/a#1',
      workload: 'pod:lab/a',
      slot: 1,
      implicit: false,
      provider: 'npwg',
      network: 'nad:lab/media',
      requested: { network: 'lab/media', namespace: 'lab', interface: 'net1', source: sampleEvidence('a') },
      observed: [],
      interface: { name: 'net1', addresses: [{ ip: '10.40.0.5', prefixLength: 24 }], mac: '02:00:00:00:00:05' },
      state: 'attached',
    },
    {
      id: 'pod:lab/b#1',
      workload: 'pod:lab/b',
      slot: 1,
      implicit: false,
      provider: 'npwg',
      network: null,
      requested: { network: 'lab/storage', namespace: 'lab', source: sampleEvidence('b') },
      observed: [],
      interface: null,
      state: 'failed',
      reason: 'lab/storage does not exist',
    },
  ],
  pools: [],
  nodeDevices: [],
  edges: [],
  findings: [
    {
      id: 'MN102:lab/storage',
      code: 'MN102',
      slug: 'nad-missing',
      severity: 'error',
      confidence: 'certain',
      title: 'NAD lab/storage does not exist',
      message: 'One pod asks for it.',
      cause: 'The name leads nowhere.',
      fix: { text: 'Create it.' },
      subjects: [{ type: 'attachment', id: 'pod:lab/b#1' }],
      evidence: [],
      docs: 'docs/rules/MN102.md',
    },
  ],
});

const sampleWorkload = (name: string, node: string): Topology['workloads'][number] => ({
  id: `pod:lab/${name}`,
  kind: 'Pod',
  namespace: 'lab',
  name,
  node,
  phase: 'Running',
  ready: true,
  hostNetwork: false,
  labels: {},
});

const sampleEvidence = (name: string) => ({
  ref: { group: '', kind: 'Pod', namespace: 'lab', name },
  path: '/metadata/annotations/k8s.v1.cni.cncf.io~1networks',
});

const sampleGraph = (revision: number): GraphDoc => ({
  revision,
  lens: 'rails',
  totals: {
    workloads: 2,
    shownWorkloads: 2,
    cards: 0,
    networks: 1,
    drawnNetworks: 1,
    attachments: 2,
    states: { attached: 1, failed: 1 },
    brokenWorkloads: 1,
  },
  bands: [],
  rails: [],
  cards: [],
  drops: [],
});

export const applied = (revision: number): Applied => ({
  revision,
  workloads: ['pod:lab/a'],
  networks: [],
  nodes: [],
  pools: [],
  findings: [],
  sources: false,
});

/** Draws a picture that says nothing but its revision, and counts how often it was asked to. */
export class FakeProjector implements Projector {
  revision = 1;
  updates = 0;
  docs = 0;
  closed = false;
  readonly step: () => boolean;
  constructor(step: () => boolean) {
    this.step = step;
  }
  close(): void {
    this.closed = true;
  }
  doc(): GraphDoc {
    this.docs += 1;
    return sampleGraph(this.revision);
  }
  update({ revision }: Applied): boolean {
    this.updates += 1;
    const changed = revision !== this.revision;
    this.revision = revision;
    return changed;
  }
  members(card: string): string[] | undefined {
    return card === 'card' ? ['pod:lab/b'] : undefined;
  }
}

const fakeDiff = (before: GraphDoc, after: GraphDoc): GraphDelta | null =>
  before.revision === after.revision ? null : { from: before.revision, to: after.revision, totals: after.totals };

export type TestServer = {
  base: string;
  port: number;
  auth: Auth;
  hub: Hub;
  runtime: Runtime;
  engine: Engine;
  projectors: FakeProjector[];
  bearer: { Authorization: string };
  close(): Promise<void>;
};

const TOKEN = 'a-token-for-tests-only';

/** The whole app on a free port, over a recorded topology. The given token is good for ever unless `auth` says otherwise. */
export async function startTestServer(
  options: {
    auth?: Partial<AuthOptions>;
    allowHosts?: string[];
    hub?: Partial<HubOptions>;
    pageDir?: string;
    step?: () => boolean;
  } = {},
): Promise<TestServer> {
  const topology = sampleTopology();
  const log = pino({ level: 'silent' });
  const engine = createTopologyEngine(topology);
  const runtime = new Runtime({ engine, source: snapshotSource(topology), log });
  const auth = new Auth({ mode: 'token', token: TOKEN, reuse: true, ...options.auth });
  const projectors: FakeProjector[] = [];
  const hub = new Hub({
    createProjector: () => {
      const projector = new FakeProjector(options.step ?? (() => true));
      projectors.push(projector);
      return projector;
    },
    diff: fakeDiff,
    keyOf: (view) => JSON.stringify(view),
    notes: [
      { event: 'cluster', build: () => ({ key: '1', whole: () => '{"revision":1}', compact: () => '{"revision":1}' }) },
    ],
    onError: () => {},
    ...options.hub,
  });
  const api: Api = {
    runtime,
    hub,
    ledgers: new Ledgers(engine),
    matrices: new Matrices(engine),
    rules: [],
    providers: [],
    exporters: [],
    parseView: (query) => ({ ...defaultView, hide: query }),
  };
  const app = createApp({ api, auth, log, allowHosts: options.allowHosts ?? [], pageDir: options.pageDir });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await runtime.start();
  clusterDoc(api);
  return {
    base: `http://127.0.0.1:${port}`,
    port,
    auth,
    hub,
    runtime,
    engine,
    projectors,
    bearer: { Authorization: `Bearer ${TOKEN}` },
    close: async () => {
      hub.close();
      await runtime.stop();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export type Answer = { status: number; headers: IncomingHttpHeaders; text: string };

/** A request with any headers at all: `fetch` forbids Host, Origin and Sec-Fetch-Site. */
export function ask(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  body = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () =>
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text: Buffer.concat(chunks).toString() }),
      );
      res.on('error', reject);
    });
    req.on('error', reject);
    req.end(body);
  });
}

export type SseEvent = { event: string; data: unknown; id?: string };

/** An open stream: events as they come. */
export class SseClient {
  readonly events: SseEvent[] = [];
  readonly #abort = new AbortController();
  #wake = (): void => {};
  ended = false;

  async open(url: string, headers: Record<string, string>): Promise<Response> {
    const response = await fetch(url, { headers, signal: this.#abort.signal });
    if (response.body && response.ok) void this.#read(response.body);
    return response;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body) {
        text += decoder.decode(chunk, { stream: true });
        const frames = text.split('\n\n');
        text = frames.pop() ?? '';
        for (const frame of frames) this.events.push(toEvent(frame));
        this.#wake();
      }
    } catch {
      // Aborted by the test.
    }
    this.ended = true;
    this.#wake();
  }

  async until(done: (events: readonly SseEvent[]) => boolean, ms = 3000): Promise<void> {
    const limit = Date.now() + ms;
    while (!done(this.events)) {
      const left = limit - Date.now();
      if (left <= 0 || this.ended)
        throw new Error(`not seen in ${ms} ms; got ${this.events.map(({ event }) => event).join(' ')}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, left);
      });
    }
  }

  of(event: string): SseEvent[] {
    return this.events.filter((each) => each.event === event);
  }

  close(): void {
    this.#abort.abort();
  }
}

function toEvent(frame: string): SseEvent {
  const fields = new Map(
    frame.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  );
  const id = fields.get('id');
  const event = { event: fields.get('event') ?? '', data: JSON.parse(fields.get('data') ?? 'null') as unknown };
  return id === undefined ? event : { ...event, id };
}
