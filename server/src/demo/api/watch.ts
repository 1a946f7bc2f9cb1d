import type { ServerResponse } from 'node:http';
import type { Entry, StoreEvent } from './history.ts';
import type { Store } from './store.ts';
import { fullJson, toObject } from './store.ts';
import type { IncludeObject } from './table.ts';
import { columnDefinitions, partialMetadata, toTable } from './table.ts';
import type { JsonObject, KubeObject, ResourceType } from './types.ts';
import { apiVersionOf, resourceKey } from './types.ts';

export type Format = { as: 'object' } | { as: 'partial' } | { as: 'table'; include: IncludeObject };

export type WatchRequest = {
  type: ResourceType;
  match: (entry: Entry) => boolean;
  format: Format;
  bookmarks: boolean;
  from: number;
  /** Objects to announce first: a watch without a version, or with sendInitialEvents. */
  initial: Entry[];
  markInitialEnd: boolean;
};

/** Bytes a slow reader may leave unread before the server hangs up on it. */
const MAX_UNREAD = 64 << 20;

/** One open watch. Delivery is a pure function of the history after `sent`, so a pause loses nothing. */
export type Watcher = {
  resource: string;
  deliver: (event: StoreEvent) => void;
  /** Sends once more what was already sent. */
  repeat: (event: StoreEvent) => void;
  bookmark: () => void;
  raw: (text: string) => void;
  /** Silent but open until `resume`. */
  pause: () => void;
  resume: () => void;
  end: () => void;
  cut: () => void;
};

type Line = { kind: string; entry: Entry } | null;

/** What one event is for a watch with a selector: an object may enter or leave the selection. */
const seenBy = (event: StoreEvent, match: (entry: Entry) => boolean): Line => {
  const now = event.kind !== 'DELETED' && match(event.entry);
  const before = event.previous !== undefined && match(event.previous);
  if (now) return { kind: before ? 'MODIFIED' : 'ADDED', entry: event.entry };
  return before ? { kind: 'DELETED', entry: event.entry } : null;
};

export const createWatcher = (
  request: WatchRequest,
  response: ServerResponse,
  store: Store,
  now: () => number,
): Watcher => {
  const { type, format } = request;
  const resource = resourceKey(type);
  let sent = request.from;
  let paused = false;
  let columnsSent = false;

  const raw = (text: string): void => {
    if (response.destroyed || response.writableEnded) return;
    response.write(text);
    if (response.writableLength > MAX_UNREAD) response.destroy();
  };

  const shape = (object: KubeObject): JsonObject => {
    if (format.as !== 'table') return partialMetadata(object);
    const table = toTable(
      type,
      [object],
      { resourceVersion: object.metadata.resourceVersion ?? '' },
      format.include,
      now(),
      !columnsSent,
    );
    columnsSent = true;
    return table;
  };

  const line = (kind: string, entry: Entry): string =>
    format.as === 'object'
      ? `{"type":"${kind}","object":${fullJson(type, entry)}}\n`
      : `${JSON.stringify({ type: kind, object: shape(toObject(type, entry)) })}\n`;

  const sharedLine = (event: StoreEvent, kind: string): string => {
    if (format.as !== 'object') return line(kind, event.entry);
    const id = `${kind}/${type.version}`;
    const made = event.lines.get(id) ?? line(kind, event.entry);
    event.lines.set(id, made);
    return made;
  };

  const deliver = (event: StoreEvent): void => {
    if (paused || event.entry.version <= sent) return;
    sent = event.entry.version;
    const seen = seenBy(event, request.match);
    if (seen !== null) raw(sharedLine(event, seen.kind));
  };

  const mark = (annotations?: Record<string, string>): void => {
    const metadata = {
      resourceVersion: String(Math.max(sent, store.version())),
      creationTimestamp: null,
      ...(annotations === undefined ? {} : { annotations }),
    };
    const bare = { kind: type.kind, apiVersion: apiVersionOf(type), metadata } as unknown as JsonObject;
    const table = {
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      columnDefinitions: columnDefinitions(type),
      rows: [],
    } as unknown as JsonObject;
    raw(`${JSON.stringify({ type: 'BOOKMARK', object: format.as === 'table' ? table : bare })}\n`);
  };

  for (const entry of request.initial) raw(line('ADDED', entry));
  if (request.markInitialEnd) mark({ 'k8s.io/initial-events-end': 'true' });
  for (const event of store.history(resource).after(sent)) deliver(event);

  return {
    resource,
    deliver,
    repeat: (event) => {
      const seen = paused ? null : seenBy(event, request.match);
      if (seen !== null) raw(sharedLine(event, seen.kind));
    },
    raw,
    bookmark: () => {
      if (!paused && request.bookmarks) mark();
    },
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
      for (const event of store.history(resource).after(sent)) deliver(event);
    },
    end: () => void response.end(),
    cut: () => void response.destroy(),
  };
};
