import { ApiError, tooManyRequests } from './status.ts';
import type { Watcher } from './watch.ts';

export type GoneAs = 'status' | 'event';

/** Everything an API server, or the network before it, may do to a client. `resource` is `pods` or `plural.group`; none means all. */
export type Misbehave = {
  /** Closes open watches in the middle, without the last chunk. Returns how many. */
  cutStreams: (resource?: string) => number;
  /** Ends open watches in good order, as a timeout does. */
  endStreams: (resource?: string) => number;
  /** Open watches, and those opened until the returned function is called, stay open and say nothing, not even a bookmark. */
  stallStreams: (resource?: string) => () => void;
  /** Every event is sent twice. */
  duplicateEvents: (on: boolean) => void;
  /** Events of one kind come late, so that kinds arrive out of order. */
  delayEvents: (resource: string, ms: number) => void;
  slowLists: (ms: number) => void;
  /** The next watch is answered with 410, as an HTTP status or as an ERROR event. */
  goneOnNextWatch: (as?: GoneAs, resource?: string) => void;
  tooManyRequests: (count: number, retryAfterSeconds?: number) => void;
  serverErrors: (count: number, code?: number) => void;
  /** A line that is not JSON, in every open watch. */
  sendGarbage: (text?: string) => number;
  /** Half an event, and then the connection is gone. */
  cutInsideEvent: (resource?: string) => number;
  /** Stops listening for a while and comes back on the same port; `compact` forgets the history meanwhile. */
  restart: (options?: { downMs?: number; compact?: boolean }) => Promise<void>;
  reset: () => void;
};

export type Faults = {
  duplicate: boolean;
  delays: Map<string, number>;
  slowListMs: number;
  gone: { as: GoneAs; resource: string | undefined }[];
  refusals: ApiError[];
  stalls: Set<{ resource: string | undefined }>;
};

export const noFaults = (): Faults => ({
  duplicate: false,
  delays: new Map(),
  slowListMs: 0,
  gone: [],
  refusals: [],
  stalls: new Set(),
});

const hits = (asked: string | undefined, resource: string): boolean => asked === undefined || asked === resource;

export const isStalled = (faults: Faults, resource: string): boolean =>
  [...faults.stalls].some((stall) => hits(stall.resource, resource));

export const takeGone = (faults: Faults, resource: string): GoneAs | undefined => {
  const index = faults.gone.findIndex((item) => hits(item.resource, resource));
  return index < 0 ? undefined : faults.gone.splice(index, 1)[0]?.as;
};

export const createMisbehave = (faults: Faults, watchers: Set<Watcher>, restart: Misbehave['restart']): Misbehave => {
  const each = (resource: string | undefined, act: (watcher: Watcher) => void): number => {
    const chosen = [...watchers].filter((watcher) => hits(resource, watcher.resource));
    for (const watcher of chosen) act(watcher);
    return chosen.length;
  };
  const repeat = (count: number, error: ApiError): void => {
    for (let i = 0; i < count; i++) faults.refusals.push(error);
  };
  const wake = (): void => {
    for (const watcher of watchers) if (!isStalled(faults, watcher.resource)) watcher.resume();
  };
  return {
    cutStreams: (resource) => each(resource, (watcher) => watcher.cut()),
    endStreams: (resource) => each(resource, (watcher) => watcher.end()),
    stallStreams: (resource) => {
      const stall = { resource };
      faults.stalls.add(stall);
      each(resource, (watcher) => watcher.pause());
      return () => {
        faults.stalls.delete(stall);
        wake();
      };
    },
    duplicateEvents: (on) => {
      faults.duplicate = on;
    },
    delayEvents: (resource, ms) => void (ms > 0 ? faults.delays.set(resource, ms) : faults.delays.delete(resource)),
    slowLists: (ms) => {
      faults.slowListMs = ms;
    },
    goneOnNextWatch: (as = 'event', resource) => void faults.gone.push({ as, resource }),
    tooManyRequests: (count, retryAfterSeconds = 1) => repeat(count, tooManyRequests(retryAfterSeconds)),
    serverErrors: (count, code = 500) =>
      repeat(
        count,
        new ApiError(
          code,
          code === 503 ? 'ServiceUnavailable' : 'InternalError',
          'Internal error occurred: etcdserver: leader changed',
        ),
      ),
    sendGarbage: (text = '<html>502 Bad Gateway</html>') => each(undefined, (watcher) => watcher.raw(`${text}\n`)),
    cutInsideEvent: (resource) =>
      each(resource, (watcher) => {
        watcher.raw('{"type":"MODIFIED","object":{"kind":"Po');
        setTimeout(() => watcher.cut(), 10).unref();
      }),
    restart,
    reset: () => {
      Object.assign(faults, { duplicate: false, slowListMs: 0, gone: [], refusals: [] });
      faults.delays.clear();
      faults.stalls.clear();
      wake();
    },
  };
};
