import { unpack } from '@busbar/shared/graph/pack';
import type { AnswersDoc } from '@busbar/shared/inspect/answers';
import type { PreflightDoc } from '@busbar/shared/inspect/preflight';
import { viewToQuery } from '@busbar/shared/view/url';
import type { View } from '@busbar/shared/view/view';
import { type Backend, Problem, type StreamEvent, type StreamListener } from './backend.ts';

/** The page may be served under a path (a proxy, an ingress): everything is relative to where it was loaded from. */
const apiUrl = (path: string, params: Record<string, string> = {}): string => {
  const url = new URL(`api/v1/${path}`, document.baseURI);
  for (const [name, value] of Object.entries(params)) if (value) url.searchParams.set(name, value);
  url.hash = '';
  return url.href;
};

const problemFrom = async (response: Response): Promise<Problem> => {
  const fallback = `The server answered ${response.status} ${response.statusText}`.trim();
  try {
    const body: unknown = await response.json();
    const field = (name: string): string => {
      const value = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
      return typeof value === 'string' ? value : '';
    };
    return new Problem(response.status, field('title') || fallback, field('detail'));
  } catch {
    return new Problem(response.status, fallback, '');
  }
};

const request = async (url: string, signal?: AbortSignal, body?: object): Promise<Response> => {
  let response: Response;
  try {
    response = await fetch(url, {
      credentials: 'same-origin',
      headers: { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, 'The server does not answer', 'Busbar may have been stopped. The page tries again by itself.');
  }
  if (!response.ok) throw await problemFrom(response);
  return response;
};

const json = async <T>(path: string, params?: Record<string, string>, signal?: AbortSignal): Promise<T> =>
  (await request(apiUrl(path, params), signal)).json() as Promise<T>;

const FIRST_RETRY = 500;
const LAST_RETRY = 15_000;
/** The server pings; a stream that is silent for longer is dead even when the browser has not noticed. */
const SILENCE = 45_000;

const parseEvent = (type: string, data: string): StreamEvent | null => {
  const read: unknown = JSON.parse(data);
  const value = unpack(read) ?? read;
  switch (type) {
    case 'graph':
      return { type, graph: value } as StreamEvent;
    case 'delta':
      return { type, delta: value } as StreamEvent;
    case 'cluster':
      return { type, cluster: value } as StreamEvent;
    case 'findings':
      return { type, findings: value } as StreamEvent;
    case 'cluster-delta':
    case 'findings-delta':
      return { type, delta: value } as StreamEvent;
    default:
      return null;
  }
};

/**
 * EventSource resumes by itself with Last-Event-ID but gives up for good on any answer that is not 200, and never notices a silent
 * stream: so each loss closes it and a new one is opened here, with back-off.
 */
const openStream = (view: View, listener: StreamListener): (() => void) => {
  let source: EventSource | null = null;
  let timer = 0;
  let watchdog = 0;
  let failures = 0;
  let closed = false;
  let lastId = '';

  const alive = () => {
    window.clearTimeout(watchdog);
    watchdog = window.setTimeout(lose, SILENCE);
  };
  const receive = (event: MessageEvent<string>) => {
    alive();
    if (event.lastEventId) lastId = event.lastEventId;
    const parsed = parseEvent(event.type, event.data);
    if (parsed) listener.event(parsed);
  };
  const connect = () => {
    source = new EventSource(apiUrl('stream', { view: viewToQuery(view), lastEventId: lastId, compact: '1' }), {
      withCredentials: false,
    });
    source.onopen = () => {
      failures = 0;
      alive();
      listener.open();
    };
    source.onerror = lose;
    for (const type of ['graph', 'delta', 'cluster', 'cluster-delta', 'findings', 'findings-delta', 'ping'])
      source.addEventListener(type, receive);
  };
  const explain = async () => {
    try {
      await request(apiUrl('graph', { view: viewToQuery(view) }));
    } catch (error) {
      if (closed || !(error instanceof Problem) || error.status < 400 || error.status >= 500) return;
      window.clearTimeout(timer);
      listener.refused(error);
    }
  };
  function lose() {
    source?.close();
    window.clearTimeout(watchdog);
    window.clearTimeout(timer);
    if (closed) return;
    const wait = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** failures) * (0.75 + Math.random() / 2);
    failures += 1;
    timer = window.setTimeout(connect, wait);
    listener.lost(Date.now() + wait);
    void explain();
  }

  connect();
  return () => {
    closed = true;
    source?.close();
    window.clearTimeout(timer);
    window.clearTimeout(watchdog);
  };
};

export const liveBackend = (): Backend => ({
  workload: (id) => json(`workloads/${encodeURIComponent(id)}`),
  network: (id) => json(`networks/${encodeURIComponent(id)}`),
  node: (name) => json(`nodes/${encodeURIComponent(name)}`),
  members: (view, card) => json('workloads', { view: viewToQuery(view), card }),
  ledger: (view, { sort, desc, offset, limit }, signal) =>
    json(
      'attachments',
      { view: viewToQuery(view), sort, desc: desc ? '1' : '', offset: String(offset), limit: String(limit) },
      signal,
    ),
  matrix: (view, { sort, desc, rows, ...cut }, signal) =>
    json(
      'matrix',
      {
        view: viewToQuery(view),
        sort,
        desc: desc ? '1' : '',
        rows,
        ...Object.fromEntries(Object.entries(cut).map(([name, value]) => [name, String(value)])),
      },
      signal,
    ),
  matrixCell: (view, at) => json('matrix/cell', { view: viewToQuery(view), ...at }),
  search: (query, signal) => json('search', { q: query }, signal),
  lit: (view, what, signal) => json('lit', { view: viewToQuery(view), ...what }, signal),
  rule: (code) => json(`rules/${encodeURIComponent(code)}`),
  explain: (message) => json('explain', { message }),
  preflight: async (manifests, namespace) =>
    (await request(apiUrl('preflight'), undefined, { manifests, namespace })).json() as Promise<PreflightDoc>,
  answers: async (files) => (await request(apiUrl('answers'), undefined, { files })).json() as Promise<AnswersDoc>,
  download: async (format, view, theme) =>
    (await request(apiUrl(`export/${encodeURIComponent(format)}`, { view: viewToQuery(view), theme }))).blob(),
  stream: openStream,
});
